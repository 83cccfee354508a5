// Admins make, change and cancel events (AD1), under the rules of the box office.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { World, inDays, nobody } from './support/world.mjs';

describe('an admin', () => {
  let world, api, customer;
  before(async () => {
    world = await World.open({ seed: true });
    api = world.api;
    customer = await world.customer();
  });
  after(() => world?.close());

  const asAdmin = (expect, method, target, json) =>
    api.call(expect, method, target, { token: world.admin, ...(json === undefined ? {} : { json }) });
  const times = { eventDate: inDays(30), saleStartDate: inDays(-1), saleEndDate: inDays(29) };

  it('makes an event with seats and ticket types, up for sale at once', async () => {
    const layout = await world.layout();
    const event = await world.event({
      seatLayoutId: layout.id,
      ticketTypes: [{ name: '주차', price: 3_000, totalQuantity: 7, description: '지하' }],
    });
    assert.equal(event.seat_layout_id, layout.id);
    const { seats } = await api.get(`/seats/events/${event.id}`);
    assert.equal(seats.length, layout.total_seats);
    const [parking] = await world.ticketTypes(event);
    assert.deepEqual([parking.name, parking.price, parking.total_quantity], ['주차', 3_000, 7]);
  });

  it('is told what is wrong by the names of the request’s own fields', async () => {
    const good = { title: '이름', ...times, ticketTypes: [] };
    const type = { name: '스탠딩', price: 1_000, totalQuantity: 5, description: '' };
    for (const [wrong, field] of [
      [{ saleEndDate: inDays(-2) }, 'saleEndDate'],
      [{ eventDate: inDays(1) }, 'eventDate'],
      [{ posterImageUrl: 'http://x/\u0007' }, 'posterImageUrl'],
      [{ artistName: 'x'.repeat(2_000) }, 'artistName'],
      [{ currency: 'won' }, 'currency'],
      [{ ticketTypes: [type, { ...type, totalQuantity: 0 }] }, 'ticketTypes[1].totalQuantity'],
    ]) {
      const { body } = await asAdmin(400, 'POST', '/admin/events', { ...good, ...wrong });
      assert.equal(body.field ?? body.errors[0].field, field);
    }
  });

  it('gives an event its seats and ticket types later', async () => {
    const event = await world.event({ ticketTypes: [{ name: '스탠딩', price: 1_000, totalQuantity: 5, description: '' }] });
    const layout = await world.layout();
    const json = {
      seatLayoutId: layout.id,
      ticketTypes: [
        { name: '스탠딩', price: 2_000, totalQuantity: 6, description: '앞' },
        { name: '주차', price: 500, totalQuantity: 7, description: '' },
      ],
    };
    for (let time = 1; time <= 2; ++time) await asAdmin(200, 'PUT', `/admin/events/${event.id}`, json);
    const { seats } = await api.get(`/seats/events/${event.id}`);
    assert.equal(seats.length, layout.total_seats);
    const types = await world.ticketTypes(event);
    assert.deepEqual(
      types.map((each) => [each.name, each.price, each.total_quantity]),
      [
        ['스탠딩', 2_000, 6],
        ['주차', 500, 7],
      ],
    );
  });

  it('sells in other currencies than won', async () => {
    const { body } = await asAdmin(201, 'POST', '/admin/events', {
      title: 'Abroad',
      ...times,
      currency: 'USD',
      ticketTypes: [{ name: 'Standing', price: 4_550, totalQuantity: 5, description: '' }],
    });
    assert.equal(body.event.currency, 'USD');
    const added = { name: 'Balcony', price: 9_000, totalQuantity: 3, description: '' };
    await asAdmin(201, 'POST', `/admin/events/${body.event.id}/tickets`, added);
  });

  it('gives times with a zone, in UTC, or in Seoul’s wall time (fault: 9 h off)', async () => {
    const { body } = await asAdmin(201, 'POST', '/admin/events', {
      title: '시간',
      eventDate: '2099-12-24T19:00:00',
      saleStartDate: '2099-11-20T10:00:00+09:00',
      saleEndDate: '2099-12-24T09:00:00Z',
      ticketTypes: [],
    });
    assert.deepEqual(
      [body.event.event_date, body.event.sale_start_date, body.event.sale_end_date],
      ['2099-12-24T10:00:00.000Z', '2099-11-20T01:00:00.000Z', '2099-12-24T09:00:00.000Z'],
    );
  });

  it('is told every field that is wrong', async () => {
    const { body } = await asAdmin(400, 'POST', '/admin/events', {});
    assert.deepEqual(body.errors.map((each) => each.field).sort(), [
      'eventDate',
      'saleEndDate',
      'saleStartDate',
      'title',
    ]);
    for (const [field, json] of [
      ['title', { title: '' }],
      ['title', { title: 'x'.repeat(601) }],
      ['eventDate', { eventDate: 'tomorrow' }],
      ['eventDate', { eventDate: 1_700_000_000_000 }],
      ['eventDate', { eventDate: '2099-02-30T19:00:00' }],
      ['seatLayoutId', { seatLayoutId: 'small' }],
      ['maxPerUser', { maxPerUser: -1 }],
      ['ticketTypes[0].price', { ticketTypes: [{ name: '가', price: -1, totalQuantity: 1 }] }],
      ['ticketTypes[0].price', { ticketTypes: [{ name: '가', price: '100', totalQuantity: 1 }] }],
      ['ticketTypes[0].totalQuantity', { ticketTypes: [{ name: '가', price: 1, totalQuantity: -1 }] }],
      ['ticketTypes[0].totalQuantity', { ticketTypes: [{ name: '가', price: 1, totalQuantity: 1.5 }] }],
      ['ticketTypes[0].name', { ticketTypes: [{ price: 1, totalQuantity: 1 }] }],
      ['ticketTypes', { ticketTypes: 'none' }],
    ]) {
      const problem = await api.refused(400, 'invalid_argument', 'POST', '/admin/events', {
        token: world.admin,
        json: { title: '잘못', ...times, ...json },
      });
      assert.equal(problem.errors[0].field, field, JSON.stringify(json).slice(0, 80));
    }
    // A sale that ends before it starts, or after the event.
    for (const json of [{ saleEndDate: inDays(-2) }, { saleEndDate: inDays(31) }])
      await api.refused(400, 'invalid_argument', 'POST', '/admin/events', {
        token: world.admin,
        json: { title: '잘못', ...times, ...json },
      });
    await api.refused(404, 'layout_not_found', 'POST', '/admin/events', {
      token: world.admin,
      json: { title: '잘못', ...times, seatLayoutId: nobody },
    });
  });

  it('changes an event in parts, and everybody sees it at once (CA3)', async () => {
    const event = await world.event({ title: '옛 제목', maxPerUser: 4 });
    await api.get(`/events/${event.id}`);
    const { body } = await asAdmin(200, 'PUT', `/admin/events/${event.id}`, { title: '새 제목', artistName: 'IU' });
    assert.deepEqual([body.event.title, body.event.venue, body.event.max_per_user], ['새 제목', '블루스퀘어', 4]);
    const shown = (await api.get(`/events/${event.id}`)).event;
    assert.deepEqual([shown.title, shown.artist_name], ['새 제목', 'IU']);
    const listed = (await api.get(`/events?limit=1000`)).events.find((each) => each.id === event.id);
    assert.equal(listed.title, '새 제목');
    await asAdmin(200, 'PUT', `/admin/events/${event.id}`, { saleStartDate: inDays(1) });
    assert.equal((await api.get(`/events/${event.id}`)).event.status, 'upcoming');
    const problem = await api.refused(400, 'invalid_argument', 'PUT', `/admin/events/${event.id}`, {
      token: world.admin,
      json: { eventDate: 'soon' },
    });
    assert.equal(problem.errors[0].field, 'eventDate');
    await api.refused(404, 'event_not_found', 'PUT', `/admin/events/${nobody}`, {
      token: world.admin,
      json: { title: '없음' },
    });
  });

  it('changes nothing of an event when a part of the request is refused (fault: half a change)', async () => {
    const event = await world.seatedEvent({
      title: '그대로',
      ticketTypes: [{ name: '스탠딩', price: 1_000, totalQuantity: 5, description: '' }],
    });
    await world.hold(customer, event, 2);
    const seen = async () => [
      (await api.get(`/events/${event.id}`)).event,
      await world.ticketTypes(event),
      (await api.get(`/seats/events/${event.id}`)).seats,
    ];
    const before = await seen();
    const good = { name: '스탠딩', price: 2_000, totalQuantity: 6, description: '' };
    const other = await world.layout('large_theater');
    for (const [status, code, json] of [
      [404, 'layout_not_found', { seatLayoutId: nobody }],
      [400, 'already_exists', { seatLayoutId: other.id }],
      [400, 'has_reservations', { ticketTypes: [{ ...good, totalQuantity: 1 }] }],
      [400, 'invalid_argument', { ticketTypes: [good, { ...good, name: '주차', totalQuantity: 0 }] }],
      [400, 'invalid_argument', { ticketTypes: [good, good] }],
      [400, 'invalid_argument', { ticketTypes: [good], saleEndDate: inDays(40) }],
    ]) {
      await api.refused(status, code, 'PUT', `/admin/events/${event.id}`, {
        token: world.admin,
        json: { title: '반쪽', ...json },
      });
      assert.deepEqual(await seen(), before, JSON.stringify(json));
    }
  });

  it('cancels an event, which refunds everybody in full and keeps history (PA6, faults)', async () => {
    const event = await world.event({ eventDate: inDays(3), saleEndDate: inDays(2) });
    const [type] = await world.ticketTypes(event);
    const fans = [await world.customer(), await world.customer(), await world.customer()];
    await world.chargePoints(fans[1], 30_000);
    const holds = [
      await world.buy(fans[0], event, 2),
      await world.buy(fans[1], event, 1, { paymentMethod: 'mixed', pointsToUse: 30_000 }),
      await world.hold(fans[2], event),
    ];
    const { revenue } = await world.ledger();
    const { body } = await asAdmin(200, 'POST', `/admin/events/${event.id}/cancel`);
    assert.equal(body.event.status, 'cancelled');
    const progress = await cancellation(event);
    assert.equal(progress.cancelled, 3);
    for (const [i, word] of [
      [0, 'refunded'],
      [1, 'refunded'],
      [2, 'pending'],
    ]) {
      const one = await world.reservation(fans[i], holds[i].id);
      assert.deepEqual([one.status, one.payment_status], ['cancelled', word]);
    }
    assert.equal(await world.points(fans[1]), 30_000, 'points come back as points');
    const [payment] = await world.payments(fans[0]);
    assert.deepEqual(
      payment.refunds.map(({ amount, fee, reason }) => [amount, fee, reason]),
      [[100_000, 0, 'event_cancelled']],
    );
    assert.equal((await world.ledger()).revenue, revenue - 150_000);
    assert.equal(await world.available(type), 100, 'no seat stays taken');
    const again = await asAdmin(200, 'POST', `/admin/events/${event.id}/cancel`);
    assert.equal(again.body.event.status, 'cancelled');
    assert.equal((await world.ledger()).revenue, revenue - 150_000, 'repeating it refunds nothing twice');
    assert.equal((await api.get(`/events/${event.id}`)).event.status, 'cancelled');
  });

  /** Its progress, once it has finished. */
  async function cancellation(event) {
    for (;;) {
      const { cancellation: progress } = (await asAdmin(200, 'GET', `/admin/events/${event.id}/cancellation`)).body;
      if (progress.finished_at !== null) return progress;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('deletes an event by cancelling it: nothing that was sold is orphaned (fault: deleting fails, or orphans)', async () => {
    const event = await world.event();
    const hold = await world.buy(customer, event);
    await asAdmin(200, 'DELETE', `/admin/events/${event.id}`);
    await cancellation(event);
    const one = await world.reservation(customer, hold.id);
    assert.deepEqual([one.status, one.payment_status, one.event_title], ['cancelled', 'refunded', event.title]);
  });

  it('can’t cancel what is over or not there', async () => {
    const over = await world.event({ eventDate: inDays(-1), saleStartDate: inDays(-5), saleEndDate: inDays(-2) });
    await api.refused(400, 'sale_ended', 'POST', `/admin/events/${over.id}/cancel`, { token: world.admin });
    await api.refused(404, 'event_not_found', 'POST', `/admin/events/${nobody}/cancel`, { token: world.admin });
    await api.refused(404, 'event_not_found', 'DELETE', `/admin/events/${nobody}`, { token: world.admin });
    const event = await world.event();
    await asAdmin(404, 'GET', `/admin/events/${event.id}/cancellation`);
    await asAdmin(404, 'GET', `/admin/events/${nobody}/cancellation`);
    await asAdmin(400, 'GET', '/admin/events/17/cancellation');
  });

  it('makes seats anew or removes them while nobody has one (AD1)', async () => {
    const layout = await world.layout();
    const event = await world.seatedEvent();
    const made = await asAdmin(201, 'POST', `/admin/events/${event.id}/generate-seats`);
    assert.deepEqual([made.body.seatsCreated, made.body.eventTitle], [layout.total_seats, event.title]);
    const gone = await asAdmin(200, 'DELETE', `/admin/events/${event.id}/seats`);
    assert.equal(gone.body.seatsDeleted, layout.total_seats);
    await api.refused(404, 'no_seat_selection', 'GET', `/seats/events/${event.id}`);
    await asAdmin(201, 'POST', `/admin/events/${event.id}/generate-seats`);
    const hold = await world.holdSeats(customer, event);
    for (const [method, target] of [
      ['POST', `/admin/events/${event.id}/generate-seats`],
      ['DELETE', `/admin/events/${event.id}/seats`],
    ])
      await api.refused(400, 'has_reservations', method, target, { token: world.admin });
    await world.pay(customer, hold);
    await api.refused(400, 'has_reservations', 'DELETE', `/admin/events/${event.id}/seats`, { token: world.admin });
    const unseated = await world.event();
    await api.refused(404, 'layout_not_found', 'POST', `/admin/events/${unseated.id}/generate-seats`, {
      token: world.admin,
    });
    await api.refused(404, 'event_not_found', 'POST', `/admin/events/${nobody}/generate-seats`, { token: world.admin });
    await api.refused(404, 'event_not_found', 'DELETE', `/admin/events/${nobody}/seats`, { token: world.admin });
  });

  it('shows everybody the seats that were made anew, and the new title (CA5, fault: the map stays stale)', async () => {
    const event = await world.seatedEvent({ title: '옛 제목' });
    const formats = ['full', 'compact', 'statuses'];
    const maps = async () => {
      const all = [];
      for (const each of formats) all.push(await api.get(`/seats/events/${event.id}?format=${each}`));
      return all;
    };
    const [before] = await maps();
    await asAdmin(201, 'POST', `/admin/events/${event.id}/generate-seats`);
    const [full, compact] = await maps();
    const ids = full.seats.map((each) => each.id);
    const old = new Set(before.seats.map((each) => each.id));
    assert.ok(ids.every((each) => !old.has(each)));
    assert.deepEqual(compact.seats.id, ids);
    await asAdmin(200, 'PUT', `/admin/events/${event.id}`, { title: '새 제목' });
    for (const each of (await maps()).slice(0, 2)) assert.equal(each.event.title, '새 제목');
    const other = await world.layout('large_theater');
    await asAdmin(200, 'DELETE', `/admin/events/${event.id}/seats`);
    await asAdmin(200, 'PUT', `/admin/events/${event.id}`, { seatLayoutId: other.id });
    for (const each of await maps()) assert.equal(each.count, other.total_seats);
    await world.holdSeats(customer, event, 2);
  });

  it('adds ticket types and changes them, never below what is sold (fault: stock set by an admin loses a sale)', async () => {
    const event = await world.event({ ticketTypes: [] });
    const input = { name: 'R석', price: 40_000, totalQuantity: 10, description: '' };
    const { body } = await asAdmin(201, 'POST', `/admin/events/${event.id}/tickets`, input);
    const type = body.ticketType;
    assert.deepEqual([type.name, type.price, type.total_quantity, type.available_quantity], ['R석', 40_000, 10, 10]);
    assert.equal((await world.ticketTypes(event)).length, 1, 'everybody sees it at once');
    await world.buy(customer, event, 4);
    const below = await asAdmin(400, 'PUT', `/admin/tickets/${type.id}`, { totalQuantity: 3 });
    assert.equal(below.body.left ?? 4, 4);
    const sales = Promise.all(Array.from({ length: 3 }, () => world.hold(customer, event)));
    const changed = asAdmin(200, 'PUT', `/admin/tickets/${type.id}`, {
      name: 'VIP석',
      totalQuantity: 20,
      description: '앞',
    });
    await Promise.all([sales, changed]);
    const [now] = await world.ticketTypes(event);
    assert.deepEqual(
      [now.name, now.price, now.description, now.total_quantity, now.available_quantity],
      ['VIP석', 40_000, '앞', 20, 13],
    );
    await world.buy(customer, event, 13);
    assert.equal((await api.get(`/events/${event.id}`)).event.status, 'sold_out');
  });

  it('is told what is wrong with a ticket type (fault: negative prices)', async () => {
    const event = await world.event();
    const [type] = await world.ticketTypes(event);
    for (const [field, json] of [
      ['price', { price: -1 }],
      ['price', { price: 1.5 }],
      ['price', { price: '1000' }],
      ['totalQuantity', { totalQuantity: -1 }],
      ['totalQuantity', { totalQuantity: '10' }],
      ['name', { name: '' }],
    ])
      for (const [method, target] of [
        ['POST', `/admin/events/${event.id}/tickets`],
        ['PUT', `/admin/tickets/${type.id}`],
      ]) {
        const problem = await api.refused(400, 'invalid_argument', method, target, {
          token: world.admin,
          json: { name: 'R석', price: 1, totalQuantity: 1, ...json },
        });
        assert.equal(problem.errors[0].field, field);
      }
    await api.refused(404, 'event_not_found', 'POST', `/admin/events/${nobody}/tickets`, {
      token: world.admin,
      json: { name: 'R석', price: 1, totalQuantity: 1 },
    });
    await api.refused(404, 'ticket_type_not_found', 'PUT', `/admin/tickets/${nobody}`, {
      token: world.admin,
      json: { price: 1 },
    });
  });

  it('sees the layouts by name', async () => {
    const { layouts } = (await asAdmin(200, 'GET', '/admin/seat-layouts')).body;
    const names = layouts.map((each) => each.name);
    assert.deepEqual(names, [...names].sort());
  });
});
