// Holding places and giving them back: every refusal by its own name (SPEC 3).

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { World, inDays, nobody } from './support/world.mjs';

describe('the box office', () => {
  let world, api, customer;
  before(async () => {
    world = await World.open({ seed: true });
    api = world.api;
    customer = await world.customer();
  });
  after(() => world?.close());

  const reserveSeats = (expect, code, json, options) =>
    api.refused(expect, code, 'POST', '/seats/reserve', { token: customer, json, ...options });
  const reserve = (expect, code, json, options) =>
    api.refused(expect, code, 'POST', '/reservations', { token: customer, json, ...options });

  it('refuses a seat that is held or sold, and says which (BO5)', async () => {
    const event = await world.seatedEvent();
    const other = await world.customer();
    const held = await world.holdSeats(other, event, 1);
    const sold = await world.holdSeats(other, event, 1);
    await world.pay(other, sold);
    const [free] = await world.freeSeats(event);
    const seatIds = [held.seats[0].id, sold.seats[0].id, free.id];
    const problem = await reserveSeats(400, 'seat_taken', { eventId: event.id, seatIds });
    assert.deepEqual([...problem.seats].sort(), seatIds.slice(0, 2).sort());
    assert.deepEqual([...problem.labels].sort(), [held.seats[0].seat_label, sold.seats[0].seat_label].sort());
    for (const label of problem.labels) assert.ok(problem.error.includes(label), 'people read which');
    const { seats } = await api.get(`/seats/events/${event.id}`);
    assert.equal(seats.find((each) => each.id === free.id).status, 'available', 'all of them or none (BO2)');
  });

  it('gives one seat to one of many who want it at once (BO3)', async () => {
    const event = await world.seatedEvent();
    const [seat] = await world.freeSeats(event);
    const crowd = await Promise.all(Array.from({ length: 8 }, () => world.customer()));
    const json = { eventId: event.id, seatIds: [seat.id] };
    const answers = await Promise.all(
      crowd.flatMap((token) => [0, 1, 2].map(() => api.call([201, 400], 'POST', '/seats/reserve', { token, json }))),
    );
    assert.equal(answers.filter((each) => each.status === 201).length, 1);
    for (const each of answers) if (each.status === 400) assert.equal(each.body.code, 'seat_taken');
  });

  it('sells no more tickets than there are, and says how many are left (BO5, fault: 20 sold of 10)', async () => {
    const event = await world.event({
      ticketTypes: [{ name: '입장', price: 1_000, totalQuantity: 10, description: '' }],
    });
    const [type] = await world.ticketTypes(event);
    const json = { eventId: event.id, items: [{ ticketTypeId: type.id, quantity: 1 }] };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => api.call([201, 400], 'POST', '/reservations', { token: customer, json })),
    );
    assert.equal(
      answers.filter((each) => each.status === 201).length,
      10,
      'a busy moment refuses nobody for whom there is stock',
    );
    const short = await reserve(400, 'stock_short', { ...json, items: [{ ticketTypeId: type.id, quantity: 3 }] });
    assert.equal(short.left, 0);
    assert.deepEqual(short.ticket_types, [type.id]);
  });

  it('refuses seats of another event, and seats that are none (BO5)', async () => {
    const event = await world.seatedEvent();
    const other = await world.seatedEvent();
    const [elsewhere] = await world.freeSeats(other);
    await reserveSeats(400, 'seat_other_event', { eventId: event.id, seatIds: [elsewhere.id] });
    const problem = await reserveSeats(400, 'seat_not_found', { eventId: event.id, seatIds: [nobody] });
    assert.deepEqual(problem.seats, [nobody]);
    await reserveSeats(404, 'event_not_found', { eventId: nobody, seatIds: [elsewhere.id] });
  });

  it('refuses a ticket type of another event (BO5, fault: a type of B is sold under A)', async () => {
    const event = await world.event();
    const other = await world.event();
    const [elsewhere] = await world.ticketTypes(other);
    const items = [{ ticketTypeId: elsewhere.id, quantity: 1 }];
    await reserve(400, 'ticket_type_other_event', { eventId: event.id, items });
    await reserve(404, 'ticket_type_not_found', { eventId: event.id, items: [{ ticketTypeId: nobody, quantity: 1 }] });
    assert.equal(await world.available(elsewhere), 100);
  });

  it('refuses the same seat or type twice in one request (BO5, fault: collides with itself)', async () => {
    const event = await world.seatedEvent({
      ticketTypes: [{ name: '주차', price: 1_000, totalQuantity: 5, description: '' }],
    });
    const [seat] = await world.freeSeats(event);
    const [type] = await world.ticketTypes(event);
    await reserveSeats(400, 'duplicate_item', { eventId: event.id, seatIds: [seat.id, seat.id] });
    const item = { ticketTypeId: type.id, quantity: 1 };
    await reserve(400, 'duplicate_item', { eventId: event.id, items: [item, item] });
  });

  it('refuses what is no quantity, without a word of SQL (fault: "2" or 1.5 accepted)', async () => {
    const event = await world.event();
    const [type] = await world.ticketTypes(event);
    for (const quantity of ['2', 1.5, 0, -1, null, true, [2], 1e20, 10_001, 2.0000001]) {
      const json = { eventId: event.id, items: [{ ticketTypeId: type.id, quantity }] };
      const problem = await reserve(400, 'invalid_argument', json);
      assert.equal(problem.errors[0].field, 'items[0].quantity', JSON.stringify(quantity));
    }
    assert.equal(await world.available(type), 100);
  });

  it('refuses malformed requests and names the field (SE1)', async () => {
    const event = await world.event();
    const [type] = await world.ticketTypes(event);
    for (const [field, json] of [
      ['eventId', { seatIds: [nobody] }],
      ['eventId', { eventId: 'x', seatIds: [nobody] }],
      ['eventId', { eventId: 5, seatIds: [nobody] }],
      ['seatIds', { eventId: event.id }],
      ['seatIds', { eventId: event.id, seatIds: [] }],
      ['seatIds', { eventId: event.id, seatIds: nobody }],
      ['seatIds[1]', { eventId: event.id, seatIds: [nobody, 'x'] }],
      ['seatIds', { eventId: event.id, seatIds: Array.from({ length: 101 }, () => nobody) }],
    ])
      assert.equal((await reserveSeats(400, 'invalid_argument', json)).errors[0].field, field);
    for (const [field, json] of [
      ['items', { eventId: event.id }],
      ['items', { eventId: event.id, items: [] }],
      ['items', { eventId: event.id, items: {} }],
      ['items[0]', { eventId: event.id, items: [7] }],
      ['items[0].ticketTypeId', { eventId: event.id, items: [{ quantity: 1 }] }],
      [
        'items[1].quantity',
        { eventId: event.id, items: [{ ticketTypeId: type.id, quantity: 1 }, { ticketTypeId: type.id }] },
      ],
    ])
      assert.equal((await reserve(400, 'invalid_argument', json)).errors[0].field, field);
    await api.refused(400, 'invalid_argument', 'POST', '/seats/release', { token: customer, json: {} });
    await api.refused(404, 'reservation_not_found', 'POST', '/seats/release', {
      token: customer,
      json: { reservationId: nobody },
    });
    for (const quantity of [0, 101, '2'])
      await api.refused(400, 'invalid_argument', 'POST', '/seats/best-available', {
        token: customer,
        json: { eventId: event.id, quantity },
      });
  });

  it('sells only while the sale is on (BO5, fault: upcoming, ended and cancelled events sell)', async () => {
    const upcoming = await world.event({ saleStartDate: inDays(1) });
    const ended = await world.event({ saleStartDate: inDays(-3), saleEndDate: inDays(-1) });
    const cancelled = await world.event();
    await api.post(200, `/admin/events/${cancelled.id}/cancel`, { token: world.admin });
    for (const [event, code] of [
      [upcoming, 'sale_not_open'],
      [ended, 'sale_ended'],
      [cancelled, 'event_cancelled'],
    ]) {
      const [type] = await world.ticketTypes(event);
      await reserve(400, code, { eventId: event.id, items: [{ ticketTypeId: type.id, quantity: 1 }] });
      assert.equal(await world.available(type), 100);
    }
    const [type] = await world.ticketTypes(upcoming);
    const problem = await reserve(400, 'sale_not_open', {
      eventId: upcoming.id,
      items: [{ ticketTypeId: type.id, quantity: 1 }],
    });
    assert.equal(Date.parse(problem.opens_at), Date.parse(upcoming.sale_start_date));
  });

  it('keeps the limits of one reservation and of one customer, over several requests (BO5, fault: no per-user limit)', async () => {
    const event = await world.event({ maxPerReservation: 2, maxPerUser: 3 });
    assert.deepEqual([event.max_per_reservation, event.max_per_user], [2, 3]);
    const [type] = await world.ticketTypes(event);
    const json = (quantity) => ({ eventId: event.id, items: [{ ticketTypeId: type.id, quantity }] });
    const large = await reserve(400, 'reservation_limit', json(3));
    assert.equal(large.limit, 2);
    const first = await world.buy(customer, event, 2);
    const over = await reserve(400, 'buyer_limit', json(2));
    assert.deepEqual([over.limit, over.holding], [3, 2]);
    await world.hold(customer, event, 1);
    await world.hold(await world.customer(), event, 2);
    await api.post(200, `/reservations/${first.id}/cancel`, { token: customer });
    await world.hold(customer, event, 2);
  });

  it('makes one reservation for one idempotency key, however often it is asked (BO6)', async () => {
    const event = await world.event();
    const [type] = await world.ticketTypes(event);
    const json = { eventId: event.id, items: [{ ticketTypeId: type.id, quantity: 2 }] };
    const key = `reserve-${process.pid}`;
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => api.call(201, 'POST', '/reservations', { token: customer, json, key })),
    );
    assert.equal(new Set(answers.map((each) => each.body.reservation.id)).size, 1);
    assert.equal(answers.filter((each) => each.headers['idempotent-replayed'] === undefined).length, 1);
    assert.equal(await world.available(type), 98);
    await reserve(422, 'idempotency_misuse', { ...json, items: [{ ticketTypeId: type.id, quantity: 1 }] }, { key });
    const other = await world.customer();
    const theirs = await api.post(201, '/reservations', { token: other, json, key });
    assert.notEqual(theirs.reservation.id, answers[0].body.reservation.id, 'keys count per user');
    await world.server.restart();
    const after = await api.call(201, 'POST', '/reservations', { token: customer, json, key });
    assert.equal(after.body.reservation.id, answers[0].body.reservation.id, 'also after a restart');
    assert.equal(after.headers['idempotent-replayed'], 'true');
  });

  it('lets a refused key try again', async () => {
    const event = await world.event({
      ticketTypes: [{ name: '입장', price: 1_000, totalQuantity: 1, description: '' }],
    });
    const [type] = await world.ticketTypes(event);
    const json = { eventId: event.id, items: [{ ticketTypeId: type.id, quantity: 1 }] };
    const key = `again-${process.pid}`;
    const hold = await world.hold(await world.customer(), event);
    await reserve(400, 'stock_short', json, { key });
    const owner = (await api.get('/admin/reservations?limit=1', { token: world.admin })).reservations[0];
    assert.equal(owner.id, hold.id);
    await api.call(200, 'PATCH', `/admin/reservations/${hold.id}/status`, {
      token: world.admin,
      json: { status: 'cancelled' },
    });
    await api.post(201, '/reservations', { token: customer, json, key });
  });

  it('gives back the places of an unpaid hold, which is then cancelled and not refunded (BO7, faults)', async () => {
    const event = await world.seatedEvent();
    const hold = await world.holdSeats(customer, event, 2);
    const before = (await world.freeSeats(event)).length;
    const answer = await api.post(200, `/reservations/${hold.id}/cancel`, { token: customer });
    assert.equal(answer.refund, undefined);
    assert.equal((await world.freeSeats(event)).length, before + 2);
    const one = await world.reservation(customer, hold.id);
    assert.deepEqual([one.status, one.payment_status], ['cancelled', 'pending']);
    await api.post(200, `/reservations/${hold.id}/cancel`, { token: customer });
    assert.equal((await world.freeSeats(event)).length, before + 2, 'repeating it changes nothing');
    await api.refused(404, 'reservation_not_found', 'POST', `/reservations/${nobody}/cancel`, { token: customer });
    await api.refused(400, 'invalid_argument', 'POST', '/reservations/17/cancel', { token: customer });
  });

  it('lists my reservations, newest first', async () => {
    const fan = await world.customer();
    const event = await world.event();
    const ids = [];
    for (let i = 0; i < 3; ++i) ids.unshift((await world.hold(fan, event)).id);
    const { reservations } = await api.get('/reservations/my', { token: fan });
    assert.deepEqual(
      reservations.map((each) => each.id),
      ids,
    );
    const limited = await api.get('/reservations/my?limit=2', { token: fan });
    assert.deepEqual(
      limited.reservations.map((each) => each.id),
      ids.slice(0, 2),
    );
    await api.refused(400, 'invalid_argument', 'GET', '/reservations/my?limit=0', { token: fan });
  });
});

describe('a hold that is over', () => {
  let world, api, customer;
  before(async () => {
    world = await World.open({ flags: ['--hold-seconds', '1', '--housekeeping-ms', '60000'] });
    api = world.api;
    customer = await world.customer();
  });
  after(() => world?.close());

  /** Until the hold's own last millisecond has passed; the sweeper sleeps longer than these tests. */
  const pass = async (hold) => {
    while (Date.now() <= Date.parse(hold.expiresAt)) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  it('is expired to whoever looks, swept or not (BO4, fault: holds never expire)', async () => {
    const event = await world.event();
    const hold = await world.hold(customer, event);
    await pass(hold);
    assert.equal((await world.reservation(customer, hold.id)).status, 'expired');
    const { reservation } = await api.get(`/seats/reservation/${hold.id}`, { token: customer });
    assert.equal(reservation.isExpired, true);
  });

  it('can never be paid, and nothing is taken for it (BO4 PA3)', async () => {
    const event = await world.event();
    const hold = await world.hold(customer, event);
    await pass(hold);
    const json = { reservationId: hold.id, paymentMethod: 'card' };
    await api.refused(400, 'hold_expired', 'POST', '/payments/process', { token: customer, json });
    const order = { reservationId: hold.id, amount: hold.totalAmount };
    await api.refused(400, 'hold_expired', 'POST', '/payments', { token: customer, json: order });
    assert.equal((await world.ledger()).revenue ?? 0, 0);
  });

  it('frees its places for the next at once, general admission too (BO4, fault: no expiry)', async () => {
    const event = await world.event({
      ticketTypes: [{ name: '입장', price: 1_000, totalQuantity: 1, description: '' }],
    });
    const hold = await world.hold(customer, event);
    await pass(hold);
    const next = await world.hold(await world.customer(), event);
    assert.notEqual(next.id, hold.id);
    await api.refused(400, 'hold_expired', 'POST', `/reservations/${hold.id}/cancel`, { token: customer });
  });

  it('does not stop its customer from trying again where only one is allowed (BO5)', async () => {
    const event = await world.event({ maxPerUser: 1 });
    await pass(await world.hold(customer, event));
    await world.hold(customer, event);
  });
});

describe('the sweeper', () => {
  let world, api;
  before(async () => {
    world = await World.open({ seed: true, flags: ['--hold-seconds', '1', '--housekeeping-ms', '20'] });
    api = world.api;
  });
  after(() => world?.close());

  it('releases every hold that is over, whatever has become of its event (BO4, fault: one bad hold blocks the sweep)', async () => {
    const customer = await world.customer();
    const [ended, hidden, seated] = [await world.event(), await world.event(), await world.seatedEvent()];
    const holds = [
      await world.hold(customer, ended),
      await world.hold(customer, hidden),
      await world.holdSeats(customer, seated),
    ];
    for (const [event, json] of [
      [ended, { saleStartDate: inDays(-2), saleEndDate: inDays(-1) }],
      [hidden, { saleStartDate: inDays(1) }],
    ])
      await api.call(200, 'PUT', `/admin/events/${event.id}`, { token: world.admin, json });
    const swept = async () => {
      const { reservations } = await api.get('/admin/reservations?status=expired&limit=1000', { token: world.admin });
      return holds.every((hold) => reservations.some((each) => each.id === hold.id));
    };
    while (!(await swept())) await new Promise((resolve) => setTimeout(resolve, 50));
    const seat = (await world.freeSeats(seated)).find((each) => each.id === holds[2].seats[0].id);
    assert.equal(seat.status, 'available');
    for (const event of [ended, hidden]) assert.equal(await world.available((await world.ticketTypes(event))[0]), 100);
  });
});
