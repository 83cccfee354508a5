// What watchers of an event are told of its seats, its tickets and itself (RT2; contract of realtime, 4).

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { ways } from '../socket_io/echo.mjs';
import { LiveWorld } from './support/live.mjs';
import { inDays, until } from './support/world.mjs';

const available = 0;
const locked = 1;
const reserved = 2;
const seatsOf = (hold) => hold.seats.map((each) => each.id);

/** A socket that watches the event, and its seats if it has any. */
async function watch(world, event, options) {
  const socket = await world.socket(await world.customer(), options);
  await socket.join('join-event', event);
  await socket.join('join-seat-selection', event);
  return socket;
}

/** An event with seats and a hundred parking tickets, so that one reservation can take both. */
async function eventWithParking(world) {
  const event = await world.seatedEvent({
    ticketTypes: [{ name: '주차권', price: 5_000, totalQuantity: 100, description: '' }],
  });
  const [parking] = await world.ticketTypes(event);
  return [event, parking];
}

/** Holds two seats and two parking tickets. */
async function holdBoth(world, customer, event, parking) {
  const seats = (await world.freeSeats(event)).slice(0, 2);
  const items = [{ ticketTypeId: parking.id, quantity: 2 }];
  const json = { eventId: event.id, seatIds: seats.map((each) => each.id), items };
  return (await world.api.post(201, '/reservations', { token: customer, json })).reservation;
}

/** Until the watcher was told of these seats, by all of these names, and by index. */
async function toldOfSeats(watcher, map, seats, names, status) {
  for (const id of seats) {
    for (const name of names) await watcher.told(name, ({ seatId }) => seatId === id);
    const index = map.ids.indexOf(id);
    await watcher.told('seats-changed', ({ changes }) => changes.some(([i, to]) => i === index && to === status));
  }
}

const toldOfStock = (watcher, parking, quantity) =>
  watcher.told(
    'ticket-updated',
    (told) => told.ticketTypeId === parking.id && told.availableQuantity === quantity && told.totalQuantity === 100,
  );

describe('watchers of an event', () => {
  let world, fan;
  before(async () => {
    world = await LiveWorld.open({ seed: true, flags: ['--housekeeping-ms', '50'] });
    fan = await world.customer();
  });
  after(() => world?.close());
  afterEach(() => world?.hangUp());

  for (const [way, options] of Object.entries(ways))
    describe(`over ${way} are told`, () => {
      let event, parking, map, watcher;
      before(async () => {
        [event, parking] = await eventWithParking(world);
        map = await world.seatMap(event);
      });
      beforeEach(async () => (watcher = await watch(world, event, options)));

      const told = async (seats, names, status, quantity) => {
        await toldOfSeats(watcher, map, seats, names, status);
        if (quantity !== undefined) await toldOfStock(watcher, parking, quantity);
        watcher.forget();
      };
      const holds = async (left = 98) => {
        const hold = await holdBoth(world, fan, event, parking);
        await told(seatsOf(hold), ['seat-locked', 'seat-selected'], locked, left);
        return hold;
      };
      const buys = async () => {
        const hold = await holds();
        await world.pay(fan, hold);
        await told(seatsOf(hold), ['seat-reserved'], reserved);
        return hold;
      };

      it('that places are held, and given back unpaid', async () => {
        const hold = await holds();
        await world.giveUp(fan, hold);
        await told(seatsOf(hold), ['seat-released'], available, 100);
      });

      it('that they are paid for, and refunded (fault: paid and cancelled seats are not told)', async () => {
        const hold = await buys();
        await world.giveUp(fan, hold);
        await told(seatsOf(hold), ['seat-released'], available, 100);
      });

      it('that an admin gives them back', async () => {
        const { id, seats } = await buys();
        const cancel = { token: world.admin, json: { status: 'cancelled' } };
        await world.api.call(200, 'PATCH', `/admin/reservations/${id}/status`, cancel);
        await told(seatsOf({ seats }), ['seat-released'], available, 100);
      });

      it('that the event is cancelled, and all of its places are free', async () => {
        const [paid, held] = [await buys(), await holds(96)];
        await world.cancel(event);
        const isIt = (update) => update.eventId === event.id && update.status === 'cancelled';
        await watcher.told('event-updated', isIt);
        await told([...seatsOf(paid), ...seatsOf(held)], ['seat-released'], available, 100);
      });
    });

  it('are told of seats and tickets only where they asked for it', async () => {
    const [event, parking] = await eventWithParking(world);
    const [ofEvent, ofSeats] = await Promise.all(
      (await world.customers(2)).map((each) => world.socket(each, ways.WebSocket)),
    );
    await ofEvent.join('join-event', event);
    await ofSeats.join('join-seat-selection', event);
    await holdBoth(world, fan, event, parking);
    await toldOfStock(ofEvent, parking, 98);
    await ofSeats.told('seat-locked');
    await world.cancel(event);
    await ofEvent.told('event-updated');
    await ofSeats.told('seat-released');
    const names = (socket) => [...new Set(socket.messages.map((each) => each.name))].sort();
    assert.deepEqual(names(ofEvent), ['event-updated', 'room-info', 'ticket-updated']);
    assert.deepEqual(names(ofSeats), ['seat-locked', 'seat-released', 'seat-selected', 'seats-changed']);
  });

  it('keep a compact map up to date by what they are told', async () => {
    const event = await world.seatedEvent();
    const watcher = await watch(world, event);
    const map = await world.seatMap(event);
    const [kim, lee, park] = await world.customers(3);
    const two = await world.holdSeats(kim, event, 2);
    const twenty = await world.holdSeats(lee, event, 20);
    await world.holdSeats(park, event, 3);
    await world.pay(kim, two);
    await world.giveUp(lee, twenty);
    const end = await world.seatMap(event, 'statuses');
    await watcher.told('seats-changed', ({ version }) => version === end.version);
    const told = watcher.all('seats-changed').filter(({ version }) => version > map.version);
    for (const [i, { version }] of told.entries()) assert.ok(i === 0 || version > told[i - 1].version, 'versions grow');
    for (const [index, status] of told.flatMap((each) => each.changes)) map.statuses[index] = status;
    assert.deepEqual(map.statuses, end.statuses);
    assert.equal(end.statuses.filter((each) => each === reserved).length, 2);
    assert.equal(end.statuses.filter((each) => each === locked).length, 3);
  });

  it('are told of each seat of a burst one by one, and of all by index', async () => {
    const event = await world.seatedEvent();
    const watcher = await watch(world, event);
    const { ids } = await world.seatMap(event);
    await world.holdSeats(fan, event);
    await watcher.told('seats-changed'); // now the map is known: what was before is not told one by one
    const twenty = seatsOf(await world.holdSeats(fan, event, 20));
    const toldByIndex = (index) => watcher.told('seats-changed', ({ changes }) => changes.some(([i]) => i === index));
    for (const each of twenty) await toldByIndex(ids.indexOf(each));
    const [last] = seatsOf(await world.holdSeats(fan, event));
    for (const name of ['seat-selected', 'seat-locked']) {
      await watcher.told(name, ({ seatId }) => seatId === last);
      const told = watcher.all(name).filter(({ seatId }) => twenty.includes(seatId));
      assert.deepEqual(told.map((each) => each.seatId).sort(), twenty.sort(), `${name}: each of them once`);
    }
  });

  it('are told to read the map again when the seats are made anew', async () => {
    const event = await world.seatedEvent();
    const watcher = await watch(world, event);
    const before = await world.seatMap(event);
    const admin = { token: world.admin };
    const isTold = async () => {
      await world.api.call(200, 'DELETE', `/admin/events/${event.id}/seats`, admin);
      await world.api.call(201, 'POST', `/admin/events/${event.id}/generate-seats`, admin);
      return watcher.all('seats-changed').some(({ reload }) => reload);
    };
    assert.ok(await until(isTold, (each) => each)); // again, for the first time may be before the map is known
    const after = await world.seatMap(event);
    assert.equal(after.ids.length, before.ids.length);
    assert.notDeepEqual(after.ids, before.ids);
  });

  it('are told when the sale opens', async () => {
    const event = await world.event({ saleStartDate: inDays(1) });
    const watcher = await watch(world, event);
    const opens = Date.now() + 1_500;
    await world.change(event, { saleStartDate: new Date(opens).toISOString() });
    await watcher.told('event-updated', (told) => told.eventId === event.id && told.status === 'on_sale');
    assert.ok(Date.now() >= opens, 'not before');
  });

  it('are told when nothing is left', async () => {
    const event = await world.event({
      ticketTypes: [{ name: '입장', price: 1_000, totalQuantity: 3, description: '' }],
    });
    const watcher = await watch(world, event);
    await world.hold(fan, event, 2);
    await watcher.told('ticket-updated', (told) => told.availableQuantity === 1 && told.totalQuantity === 3);
    await world.hold(fan, event, 1);
    await watcher.told('ticket-updated', (told) => told.availableQuantity === 0);
    await watcher.told('event-updated', (told) => told.eventId === event.id && told.status === 'sold_out');
  });

  it('miss nothing that happens right after they have joined', async () => {
    const socket = await world.socket(await world.customer(), ways.WebSocket);
    for (let i = 0; i < 5; i += 1) {
      const event = await world.seatedEvent();
      const [seat] = await world.freeSeats(event);
      const json = { eventId: event.id, seatIds: [seat.id] };
      await socket.join('join-seat-selection', event);
      await world.api.post(201, '/seats/reserve', { token: fan, json });
      await socket.told('seat-locked', ({ seatId }) => seatId === seat.id);
      await socket.join('join-event', event);
      await world.cancel(event);
      await socket.told('event-updated', (told) => told.eventId === event.id && told.status === 'cancelled');
    }
  });

  it('hear nothing of other events', async () => {
    const [event, elsewhere] = [await world.seatedEvent(), await world.seatedEvent()];
    const watcher = await watch(world, event);
    const witness = await watch(world, elsewhere);
    await world.holdSeats(fan, elsewhere, 2);
    await witness.told('seat-locked');
    await world.cancel(elsewhere);
    await witness.told('seat-released');
    await witness.told('event-updated');
    const [seat] = seatsOf(await world.holdSeats(fan, event));
    await watcher.told('seat-locked');
    assert.deepEqual(
      watcher.all('seat-locked').map((each) => each.seatId),
      [seat],
    );
    for (const name of ['seat-released', 'ticket-updated']) assert.deepEqual(watcher.all(name), []);
    const about = watcher.all('event-updated').map((each) => each.eventId);
    assert.deepEqual([...new Set(about)], [event.id]);
  });
});

describe('watchers of a hold that is never paid', () => {
  let world;
  before(async () => {
    world = await LiveWorld.open({ seed: true, flags: ['--hold-seconds', '3', '--housekeeping-ms', '20'] });
  });
  after(() => world?.close());
  afterEach(() => world?.hangUp());

  it('are told that its places are free again (BO4)', async () => {
    const [event, parking] = await eventWithParking(world);
    const watcher = await watch(world, event);
    const map = await world.seatMap(event);
    const held = await holdBoth(world, await world.customer(), event, parking);
    await toldOfSeats(watcher, map, seatsOf(held), ['seat-locked', 'seat-selected'], locked);
    await toldOfStock(watcher, parking, 98);
    watcher.forget();
    await toldOfSeats(watcher, map, seatsOf(held), ['seat-released'], available);
    await toldOfStock(watcher, parking, 100);
    assert.ok(Date.now() >= Date.parse(held.expiresAt), 'not before it is over');
    const { statuses } = await until(
      () => world.seatMap(event, 'statuses'),
      (each) => each.statuses.every((status) => status === available),
    );
    assert.ok(statuses.every((status) => status === available));
  });
});
