// Faults of the earlier implementation that belong to HTTP and are not shown by another file; each must not return.
// The others are marked "fault" where they are tested.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { World } from './support/world.mjs';

describe('faults that must not return', () => {
  let world, api;
  before(async () => {
    world = await World.open({ seed: true });
    api = world.api;
  });
  after(() => world?.close());

  it('a failed payment request never answers', async () => {
    const customer = await world.customer();
    const hold = await world.hold(customer, await world.event());
    const json = { reservationId: hold.id, paymentMethod: 'card' };
    for (const testCode of [
      'PROVIDER_ERROR',
      'TIKETI_TIMEOUT_LOST',
      'FAILED_INTERNAL_SYSTEM_PROCESSING',
      'UNKNOWN_PAYMENT_ERROR',
    ]) {
      const one = testCode === 'PROVIDER_ERROR' ? hold : await world.hold(customer, await world.event());
      const { body } = await api.call([400, 503], 'POST', '/payments/process', {
        token: customer,
        json: { ...json, reservationId: one.id },
        testCode,
      });
      assert.ok(body.error, testCode);
    }
  });

  it('a seat reservation cannot be cancelled', async () => {
    const customer = await world.customer();
    const event = await world.seatedEvent();
    const hold = await world.holdSeats(customer, event, 2);
    await world.pay(customer, hold);
    const { refund } = await api.post(200, `/reservations/${hold.id}/cancel`, { token: customer });
    assert.equal(refund.amount, hold.totalAmount);
    const free = new Set((await world.freeSeats(event)).map((each) => each.id));
    for (const seat of hold.seats) assert.ok(free.has(seat.id));
  });

  it('an unpaid cancel is marked "refunded"', async () => {
    const customer = await world.customer();
    const hold = await world.hold(customer, await world.event());
    await api.post(200, `/reservations/${hold.id}/cancel`, { token: customer });
    const { reservations } = await api.get('/reservations/my', { token: customer });
    assert.deepEqual([reservations[0].status, reservations[0].payment_status], ['cancelled', 'pending']);
    const listed = (await api.get('/admin/reservations?limit=1', { token: world.admin })).reservations[0];
    assert.deepEqual([listed.id, listed.payment_status], [hold.id, 'pending']);
  });

  it('cancelling an event leaves paid seats reserved', async () => {
    const customer = await world.customer();
    const event = await world.seatedEvent();
    const hold = await world.holdSeats(customer, event, 3);
    await world.pay(customer, hold);
    await api.post(200, `/admin/events/${event.id}/cancel`, { token: world.admin });
    for (;;) {
      const { cancellation } = await api.get(`/admin/events/${event.id}/cancellation`, { token: world.admin });
      if (cancellation.finished_at !== null) break;
    }
    const { seats } = await api.get(`/seats/events/${event.id}`);
    for (const { id } of hold.seats) assert.equal(seats.find((each) => each.id === id).status, 'available');
    assert.equal((await world.reservation(customer, hold.id)).payment_status, 'refunded');
  });

  it('a busy lock refuses though seats are there', async () => {
    const event = await world.seatedEvent();
    const seats = (await world.freeSeats(event)).slice(0, 24);
    const crowd = await Promise.all(Array.from({ length: 6 }, () => world.customer()));
    const answers = await Promise.all(
      seats.map(({ id }, i) =>
        api.call(201, 'POST', '/seats/reserve', {
          token: crowd[i % crowd.length],
          json: { eventId: event.id, seatIds: [id] },
        }),
      ),
    );
    assert.equal(answers.length, 24, 'each wanted another seat, and each got it');
  });

  it('several seats are taken in the client’s order, and two who want the same ones crosswise block each other', async () => {
    const event = await world.seatedEvent();
    const ids = (await world.freeSeats(event)).slice(0, 10).map((each) => each.id);
    const [one, two] = [await world.customer(), await world.customer()];
    for (let round = 0; round < 5; ++round) {
      const reserve = (token, seatIds) =>
        api.call([201, 400], 'POST', '/seats/reserve', { token, json: { eventId: event.id, seatIds } });
      const pair = [ids[2 * round], ids[2 * round + 1]];
      const answers = await Promise.all([reserve(one, pair), reserve(two, [...pair].reverse())]);
      assert.deepEqual(answers.map((each) => each.status).sort(), [201, 400]);
    }
  });

  it('who has a seat is told to everyone', async () => {
    const customer = await world.customer('비밀이름');
    const event = await world.seatedEvent();
    await world.holdSeats(customer, event);
    const { text } = await api.call(200, 'GET', `/seats/events/${event.id}`);
    for (const secret of [customer.user.id, customer.email, '비밀이름', 'user_id', 'reservation'])
      assert.ok(!text.includes(secret));
  });

  it('`limit=abc` answers 500 with SQL text, on any list', async () => {
    for (const [target, token] of [
      ['/events', undefined],
      ['/news', undefined],
      ['/points/history', world.admin],
      ['/tickets/my', world.admin],
      ['/payments/my', world.admin],
      ['/reservations/my', world.admin],
      ['/admin/reservations', world.admin],
      ['/admin/users', world.admin],
      ['/admin/audit', world.admin],
    ])
      await api.refused(400, 'invalid_argument', 'GET', `${target}?limit=abc`, { token });
  });

  it('answers tell of tables, statements or files of ours', async () => {
    const customer = await world.customer();
    // Each answer is also searched for such words by the harness.
    for (const value of ["'", '"', '\\', '1; DROP TABLE events', '\u202e', '😀', '\u0007']) {
      await api.call([200, 400], 'GET', `/events?q=${encodeURIComponent(value)}`);
      await api.call([200, 400], 'GET', `/events?status=${encodeURIComponent(value)}`);
      await api.call(400, 'GET', `/events/${encodeURIComponent(value)}`);
      await api.call(400, 'POST', '/reservations', { token: customer, json: { eventId: value, items: value } });
      await api.call([400, 401], 'POST', '/auth/login', { json: { email: value, password: value } });
    }
  });
});
