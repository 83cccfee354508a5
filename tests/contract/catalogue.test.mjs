// Events, ticket types, layouts and seat maps, as everybody reads them (SPEC 2, contract 1).

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';

import { World, inDays } from './support/world.mjs';

describe('the catalogue', () => {
  let world, api;
  before(async () => {
    world = await World.open({ seed: true });
    api = world.api;
  });
  after(() => world?.close());

  it('lists events by the start of their sale, ten a page (CA3)', async () => {
    const first = await api.get('/events');
    assert.equal(first.events.length, 10);
    const { total } = first.pagination;
    assert.deepEqual(first.pagination, { page: 1, limit: 10, total, totalPages: Math.ceil(total / 10) });
    const all = (await api.get('/events?limit=1000')).events;
    assert.equal(all.length, total);
    const starts = all.map((each) => each.sale_start_date);
    assert.deepEqual(starts, [...starts].sort());
    const second = await api.get('/events?page=2&limit=10');
    assert.deepEqual(
      second.events.map((each) => each.id),
      all.slice(10, 20).map((each) => each.id),
    );
    assert.deepEqual((await api.get(`/events?page=${total + 1}&limit=1`)).events, []);
  });

  it('sends ticket_type_count as a text and prices as numbers or null (contract 1)', async () => {
    const { events } = await api.get('/events?limit=1000');
    assert.ok(events.every((each) => typeof each.ticket_type_count === 'string'));
    const standing = events.find((each) => Number(each.ticket_type_count) > 0);
    assert.ok(standing.min_price > 0 && standing.max_price >= standing.min_price);
  });

  it('filters by status; an unknown word gives an empty list, as it always did (CA3)', async () => {
    for (const status of ['upcoming', 'on_sale', 'sold_out', 'ended', 'cancelled']) {
      const { events } = await api.get(`/events?status=${status}&limit=1000`);
      assert.ok(events.every((each) => each.status === status));
    }
    assert.ok((await api.get('/events?status=on_sale')).pagination.total > 0);
    const none = await api.get('/events?status=whatever');
    assert.deepEqual([none.events, none.pagination.total], [[], 0]);
  });

  it('finds across Korean and English, and forgives typing errors (CA4)', async () => {
    const titles = async (q) =>
      (await api.get(`/events?limit=100&q=${encodeURIComponent(q)}`)).events.map((each) => each.title);
    assert.ok((await titles('psy')).includes('흠뻑쇼'));
    assert.ok((await titles('싸이')).includes('흠뻑쇼'));
    assert.ok((await titles('IU')).includes('The Golden Hour'));
    assert.ok((await titles('Baskteball')).includes('농구 결승전 Basketball Final'));
    assert.deepEqual(await titles('qqqqqqqqqqqq'), []);
  });

  it('takes % and _ in a search for what they are (fault: wildcards)', async () => {
    for (const q of ['%', '_', '%%', '100%', "'", '\\', "'='"]) {
      const { pagination } = await api.get(`/events?q=${encodeURIComponent(q)}`);
      assert.equal(pagination.total, 0, q);
    }
    await world.event({ title: '100% 콘서트' });
    const { events } = await api.get(`/events?q=${encodeURIComponent('100% 콘서트')}`);
    assert.equal(events[0].title, '100% 콘서트');
  });

  it('refuses pages and limits out of bounds with 400, never with SQL text (fault: limit=abc)', async () => {
    for (const query of [
      'page=0',
      'page=-1',
      'page=abc',
      'page=1.5',
      'limit=0',
      'limit=1001',
      'limit=abc',
      'limit=-5',
      'limit=1e3',
      'page=99999999999999999999',
      "limit=10'",
    ]) {
      const problem = await api.refused(400, 'invalid_argument', 'GET', `/events?${query}`);
      assert.equal(problem.errors[0].field, query.split('=')[0]);
    }
    await api.refused(400, 'invalid_argument', 'GET', `/events?q=${'x'.repeat(201)}`);
  });

  it('shows an event with its ticket types, highest price first (CA3)', async () => {
    const event = await world.event({
      ticketTypes: [
        { name: '가', price: 10_000, totalQuantity: 1, description: 'ㄱ' },
        { name: '나', price: 30_000, totalQuantity: 2, description: 'ㄴ' },
        { name: '다', price: 20_000, totalQuantity: 3, description: 'ㄷ' },
      ],
    });
    const { ticketTypes } = await api.get(`/events/${event.id}`);
    assert.deepEqual(
      ticketTypes.map(({ name, price, total_quantity, available_quantity, description }) => [
        name,
        price,
        total_quantity,
        available_quantity,
        description,
      ]),
      [
        ['나', 30_000, 2, 2, 'ㄴ'],
        ['다', 20_000, 3, 3, 'ㄷ'],
        ['가', 10_000, 1, 1, 'ㄱ'],
      ],
    );
    assert.deepEqual((await api.get(`/tickets/event/${event.id}`)).ticketTypes, ticketTypes);
    assert.deepEqual(await api.get(`/tickets/availability/${ticketTypes[0].id}`), {
      available_quantity: 2,
      total_quantity: 2,
    });
  });

  it('answers 404 for what is not there and 400 for what is no id, naming the field', async () => {
    const nothing = '0198f0a2-4c1e-7d3b-8a55-1f2e3d4c5b6a';
    const problem = await api.refused(404, 'event_not_found', 'GET', `/events/${nothing}`);
    assert.equal(problem.error, '이벤트를 찾을 수 없습니다.');
    await api.refused(404, 'event_not_found', 'GET', `/tickets/event/${nothing}`);
    await api.refused(404, 'ticket_type_not_found', 'GET', `/tickets/availability/${nothing}`);
    await api.refused(404, 'event_not_found', 'GET', `/seats/events/${nothing}`);
    for (const [field, target] of [
      ['id', '/events/1'],
      ['eventId', '/tickets/event/1'],
      ['ticketTypeId', '/tickets/availability/1'],
      ['eventId', '/seats/events/1'],
      ['id', "/events/0198f0a2-4c1e-7d3b-8a55-1f2e3d4c5b6'"],
    ]) {
      const refused = await api.refused(400, 'invalid_argument', 'GET', target);
      assert.equal(refused.errors[0].field, field);
    }
  });

  it('says so when an event has no seats to choose', async () => {
    const event = await world.event();
    await api.refused(404, 'no_seat_selection', 'GET', `/seats/events/${event.id}`);
    const { body } = await api.call(404, 'GET', `/seats/events/${event.id}`, { language: 'en' });
    assert.equal(body.error, 'This event does not have seat selection');
  });

  it('lists layouts by number of seats (CA5)', async () => {
    const { layouts } = await api.get('/seats/layouts');
    const counts = layouts.map((each) => each.total_seats);
    assert.deepEqual(
      counts,
      [...counts].sort((a, b) => a - b),
    );
    for (const each of layouts) {
      const seats = each.layout_config.sections.reduce((sum, { rows, seatsPerRow }) => sum + rows * seatsPerRow, 0);
      assert.ok(each.total_seats <= seats);
    }
  });

  it('shows a seat map by section, row and number, under both of its addresses (CA5)', async () => {
    const event = await world.seatedEvent();
    const { seats, layout } = await api.get(`/seats/events/${event.id}`);
    const sections = layout.sections.map((each) => each.name);
    const order = seats.map(({ section, row_number, seat_number }) => [
      sections.indexOf(section),
      row_number,
      seat_number,
    ]);
    const sorted = [...order].sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
    assert.deepEqual(order, sorted);
    for (const { seat_label, section, row_number, seat_number, price } of seats) {
      assert.equal(seat_label, `${section}-${row_number}-${seat_number}`);
      assert.equal(price, layout.sections[sections.indexOf(section)].price);
    }
    assert.deepEqual((await api.get(`/seats/event/${event.id}`)).seats, seats);
  });

  it('packs a seat map for large halls: columns, and two bits a seat (contract 2)', async () => {
    const event = await world.seatedEvent();
    const customer = await world.customer();
    const locked = await world.holdSeats(customer, event, 2);
    const paid = await world.holdSeats(customer, event, 1);
    await world.pay(customer, paid);
    const full = await api.get(`/seats/events/${event.id}`);
    const compact = await api.get(`/seats/events/${event.id}?format=compact`);
    const bytes = Buffer.from(compact.statuses, 'base64');
    assert.equal(bytes.length, Math.ceil(full.seats.length / 4));
    const words = ['available', 'locked', 'reserved', 'blocked'];
    const { id, section, row, number, price } = compact.seats;
    const unpacked = id.map((each, i) => ({
      id: each,
      price: price[i],
      status: words[(bytes[i >> 2] >> (2 * (i & 3))) & 3],
      seat_label: `${compact.sections[section[i]]}-${row[i]}-${number[i]}`,
    }));
    assert.deepEqual(
      unpacked,
      full.seats.map((seat) => ({
        id: seat.id,
        price: seat.price,
        status: seat.status,
        seat_label: seat.seat_label,
      })),
    );
    const of = (status) =>
      unpacked
        .filter((each) => each.status === status)
        .map((each) => each.id)
        .sort();
    assert.deepEqual(of('locked'), locked.seats.map((each) => each.id).sort());
    assert.deepEqual(of('reserved'), [paid.seats[0].id]);
    const after = await world.holdSeats(customer, event, 1);
    const later = await api.get(`/seats/events/${event.id}?format=statuses`);
    assert.ok(later.version > compact.version, `grows with ${after.reservationNumber}`);
    assert.equal(later.count, full.seats.length);
    assert.notEqual(later.statuses, compact.statuses);
    await api.refused(400, 'invalid_argument', 'GET', `/seats/events/${event.id}?format=xml`);
  });

  it('is not sent again to who has it: ETag and 304 (fault: a seat map of 787 KB sent to each viewer)', async () => {
    const event = await world.seatedEvent();
    for (const target of [
      `/seats/events/${event.id}`,
      `/seats/event/${event.id}`,
      `/events/${event.id}`,
      '/events?limit=5',
    ]) {
      const first = await api.call(200, 'GET', target);
      assert.ok(first.headers.etag);
      const again = await api.call(304, 'GET', target, { headers: { 'If-None-Match': first.headers.etag } });
      assert.equal(again.raw.length, 0);
      assert.equal(again.headers.etag, first.headers.etag);
      await api.call(304, 'GET', target, { headers: { 'If-None-Match': `"other", W/${first.headers.etag}` } });
      await api.call(200, 'GET', target, { headers: { 'If-None-Match': '"other"' } });
    }
    const customer = await world.customer();
    const { headers } = await api.call(200, 'GET', `/seats/events/${event.id}`);
    await world.holdSeats(customer, event);
    const changed = await api.call(200, 'GET', `/seats/events/${event.id}`, {
      headers: { 'If-None-Match': headers.etag },
    });
    assert.notEqual(changed.headers.etag, headers.etag, 'who reserves sees it at once');
  });

  it('is compressed for who accepts it (fault: a seat map sent uncompressed)', async () => {
    const { events } = await api.get(`/events?q=${encodeURIComponent('흠뻑쇼')}`);
    const target = `/seats/events/${events[0].id}`;
    const plain = await api.call(200, 'GET', target);
    assert.equal(plain.headers['content-encoding'], undefined);
    const packed = await api.call(200, 'GET', target, { headers: { 'Accept-Encoding': 'br, gzip' } });
    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.match(packed.headers.vary, /accept-encoding/i);
    assert.equal(packed.headers['content-length'], String(packed.raw.length));
    assert.deepEqual(JSON.parse(gunzipSync(packed.raw)), plain.body);
    assert.ok(packed.raw.length * 5 < plain.raw.length, `${packed.raw.length} of ${plain.raw.length} bytes`);
    const refused = await api.call(200, 'GET', target, { headers: { 'Accept-Encoding': 'gzip;q=0' } });
    assert.equal(refused.headers['content-encoding'], undefined);
    const again = await api.call(304, 'GET', target, {
      headers: { 'Accept-Encoding': 'gzip', 'If-None-Match': packed.headers.etag },
    });
    assert.equal(again.raw.length, 0);
  });

  it('tells the status of the very moment: before, during and after the sale (CA2)', async () => {
    const upcoming = await world.event({ saleStartDate: inDays(1) });
    const ended = await world.event({ saleStartDate: inDays(-3), saleEndDate: inDays(-1) });
    const onSale = await world.event();
    const status = async (event) => (await api.get(`/events/${event.id}`)).event.status;
    assert.deepEqual(
      [await status(upcoming), await status(ended), await status(onSale)],
      ['upcoming', 'ended', 'on_sale'],
    );
  });

  it('has sold_out when the last place is taken, and on_sale again when one comes back (CA2, fault: never set)', async () => {
    const customer = await world.customer();
    const event = await world.event({
      title: '마지막 한 장',
      ticketTypes: [{ name: '입장권', price: 1_000, totalQuantity: 2, description: '' }],
    });
    const status = async () => (await api.get(`/events/${event.id}`)).event.status;
    const listed = async () =>
      (await api.get('/events?status=sold_out&limit=1000')).events.some((each) => each.id === event.id);
    const soon = async (expected) => {
      while ((await listed()) !== expected) await new Promise((resolve) => setTimeout(resolve, 50));
    };
    const hold = await world.hold(customer, event, 2);
    assert.equal(await status(), 'sold_out');
    await soon(true);
    await api.post(200, `/reservations/${hold.id}/cancel`, { token: customer });
    assert.equal(await status(), 'on_sale');
    await soon(false);
  });
});
