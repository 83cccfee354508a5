// Who waits is told how it goes on: places, admissions, the end of it; and a whole on-sale day (WR1 to WR7, RT1, RT3).

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { ways } from '../socket_io/echo.mjs';
import { LiveWorld, toldOnceASecond } from './support/live.mjs';
import { inDays, until } from './support/world.mjs';

describe('who waits', () => {
  let world;
  before(async () => {
    world = await LiveWorld.open();
  });
  after(() => world?.close());
  afterEach(() => world?.hangUp());

  /** An event that admits one at a time, with so many customers in its waiting room, of whom the first is admitted. */
  async function sale(count) {
    const event = await world.event();
    await world.setRoom(event, { enabled: true, threshold: 1, rate: 50 });
    const fans = await world.customers(count);
    for (const each of fans) await world.enter(each, event);
    return [event, ...fans];
  }

  const inQueue = async (customer, event, options) => (await world.socket(customer, options)).join('join-queue', event);
  const at = (position) => (told) => told.position === position;

  it('is told the place at once, and whenever it changes (WR3)', async () => {
    const [event, , lee, park] = await sale(3);
    const [second, third] = await Promise.all([lee, park].map((each) => inQueue(each, event)));
    for (const [socket, position] of [
      [second, 1],
      [third, 2],
    ]) {
      const told = await socket.told('queue-updated');
      assert.deepEqual([told.position, told.queueSize, told.currentUsers], [position, 2, 1]);
    }
    third.forget();
    await world.leave(lee, event);
    const moved = await third.told('queue-updated', at(1));
    assert.deepEqual([moved.queueSize, moved.currentUsers], [1, 1]);
  });

  it('is told how many wait, but no place, once admitted', async () => {
    const [event, kim, lee] = await sale(2);
    const socket = await inQueue(kim, event);
    const told = await socket.told('queue-updated');
    assert.deepEqual([told.queueSize, told.currentUsers, 'position' in told], [1, 1, false]);
    await world.leave(lee, event);
    await socket.told('queue-updated', (each) => each.queueSize === 0 && !('position' in each));
  });

  it('is told so at most once a second', async () => {
    const [event, , lee, ...others] = await sale(5);
    const socket = await inQueue(lee, event, ways.WebSocket);
    await socket.told('queue-updated');
    socket.forget();
    await toldOnceASecond(world, event, socket, 'queue-updated', others);
  });

  it('is told when admitted, on all devices, and nobody else is (WR4, fault: one opens the door to all)', async () => {
    const [event, kim, lee, park] = await sale(3);
    const mine = [
      await inQueue(lee, event, ways['long-polling']),
      await world.socket(lee, ways.WebSocket),
      await world.plain(lee),
    ];
    const others = [await inQueue(park, event), await world.socket(kim)];
    await world.leave(kim, event);
    const told = await Promise.all(mine.map((each) => each.told('queue-entry-allowed')));
    for (const each of told) assert.equal(each.userId, lee.user.id);
    const { code } = await reserve(400, park, event, told[0].entryToken);
    assert.equal(code, 'entry_token_other_user');
    for (const each of told) await reserve(201, lee, event, each.entryToken);
    await others[0].told('queue-updated', at(1));
    for (const each of others) assert.deepEqual(each.all('queue-entry-allowed'), []);
  });

  async function reserve(expect, customer, event, entryToken) {
    const [type] = await world.ticketTypes(event);
    const json = { eventId: event.id, items: [{ ticketTypeId: type.id, quantity: 1 }] };
    const options = { token: customer, json, headers: { 'X-Queue-Token': entryToken } };
    return (await world.api.call(expect, 'POST', '/reservations', options)).body;
  }

  it('is told when the room is cleared, and so is who was admitted (WR5)', async () => {
    const [event, kim, lee] = await sale(2);
    const [elsewhere, choi] = await sale(1);
    const sockets = [await inQueue(kim, event), await inQueue(lee, event)];
    const other = await inQueue(choi, elsewhere);
    assert.equal((await world.clear(event)).cleared, 2);
    for (const each of sockets) await each.told('queue-cleared');
    await world.clear(elsewhere);
    await other.told('queue-cleared');
    assert.equal(other.all('queue-cleared').length, 1, 'not of another room');
    for (const each of sockets) assert.equal(each.all('queue-cleared').length, 1);
  });

  it('is told so whenever that is', async () => {
    const queues = [];
    for (let i = 0; i < 12; i += 1) {
      const [event, , lee] = await sale(2);
      queues.push([event, await inQueue(lee, event)]);
    }
    for (const [event] of queues) {
      await world.clear(event);
      await pause(90); // at all times of a second
    }
    for (const [, socket] of queues) await socket.told('queue-cleared');
  });

  it('is told when nothing is left, and when there is something again (WR2)', async () => {
    const event = await world.event({
      ticketTypes: [{ name: '입장', price: 1_000, totalQuantity: 2, description: '' }],
    });
    await world.setRoom(event, { enabled: true, threshold: 1, rate: 50, mode: 'session' });
    const [kim, lee] = await world.customers(2);
    for (const each of [kim, lee]) await world.enter(each, event);
    const [socket, stream] = [await inQueue(lee, event), await world.stream(lee, event)];
    await stream.told('position', (told) => !told.soldOut);
    const bought = await world.buy(kim, event, 2);
    await socket.told('event-updated', (told) => told.eventId === event.id && told.status === 'sold_out');
    await stream.told('position', (told) => told.soldOut);
    stream.forget();
    await world.giveUp(kim, bought);
    await socket.told('event-updated', (told) => told.status === 'on_sale');
    await stream.told('position', (told) => !told.soldOut);
  });

  it('is in one queue’s room: joining another leaves the first', async () => {
    const [first, , lee] = await sale(2);
    const [second] = await sale(1);
    await world.enter(lee, second);
    const witness = await inQueue(lee, first);
    const socket = await inQueue(lee, first);
    await socket.join('join-queue', second);
    socket.forget();
    await world.clear(first);
    await witness.told('queue-cleared');
    await world.clear(second);
    await socket.told('queue-cleared');
    assert.equal(socket.all('queue-cleared').length, 1);
  });

  it('keeps the place over a reconnect, and is told of it again (RT3 WR3)', async () => {
    const [event, kim, lee, park, choi] = await sale(4);
    const socket = await inQueue(choi, event);
    await socket.told('queue-updated', at(3));
    await socket.reconnect();
    assert.deepEqual(await socket.told('session-restored'), {
      eventId: null,
      queueEventId: event.id,
      seatEventId: null,
      selectedSeats: [],
    });
    assert.equal((await world.place(choi, event)).position, 3);
    await world.leave(park, event);
    await socket.told('queue-updated', at(2));
    for (const each of [kim, lee]) await world.leave(each, event);
    await socket.told('queue-entry-allowed');
  });
});

describe('an on-sale day', () => {
  let world;
  before(async () => {
    world = await LiveWorld.open({ seed: true, flags: ['--housekeeping-ms', '50'] });
  });
  after(() => world?.close());
  afterEach(() => world?.hangUp());

  /** A customer in the lobby, with a page open. */
  async function arrive(event, options) {
    const person = await world.customer();
    assert.equal((await world.enter(person, event)).status, 'lobby');
    const { socket, cable } = await world.socketOnCable(person, options);
    for (const room of ['join-event', 'join-queue', 'join-seat-selection']) await socket.join(room, event);
    await socket.told('queue-updated');
    return { person, socket, cable };
  }

  /** The connection breaks, and the client connects again by itself; everything is as before. */
  async function comeBack({ socket, cable }, event) {
    await socket.comeBackOver(cable);
    const all = { eventId: event.id, queueEventId: event.id, seatEventId: event.id, selectedSeats: [] };
    assert.deepEqual(await socket.told('session-restored'), all);
  }

  /** In the order of the line, when the first of them is admitted. */
  async function lined(fans, event) {
    const places = () => Promise.all(fans.map((each) => world.place(each.person, event)));
    // Each is asked by a request of its own: until all of them are answered as of the same moment.
    const inLine = (all) => all.map((each) => each.position).sort().every((position, i) => position === i);
    const found = await until(places, (all) => all.some((each) => each.status === 'active') && inLine(all));
    assert.equal(found.filter((each) => each.status === 'active').length, 1, 'one at a time');
    const position = new Map(fans.map((each, i) => [each, found[i].position]));
    return [...fans].sort((one, other) => position.get(one) - position.get(other));
  }

  async function buy({ person, socket }, event, watchers) {
    const { entryToken } = await socket.told('queue-entry-allowed');
    const hold = await world.holdSeatBy(entryToken, person, event);
    const isIt = ({ seatId }) => seatId === hold.seats[0].id;
    for (const each of watchers) for (const name of ['seat-locked', 'seat-selected']) await each.told(name, isIt);
    await world.pay(person, hold);
    for (const each of watchers) await each.told('seat-reserved', isIt);
    const { tickets } = await world.api.get(`/reservations/${hold.id}/tickets`, { token: person });
    assert.equal(tickets.length, 1);
  }

  it('goes well for customers on three transports whose connections break', async () => {
    const event = await world.seatedEvent({ saleStartDate: inDays(1) });
    await world.setRoom(event, { enabled: true, lobbyEnabled: true, threshold: 1, rate: 50 });
    const watcher = await world.socket(await world.customer());
    for (const room of ['join-event', 'join-seat-selection']) await watcher.join(room, event);
    const fans = [];
    for (const options of Object.values(ways)) fans.push(await arrive(event, options));
    for (const each of fans) await comeBack(each, event);

    await world.change(event, { saleStartDate: inDays(-1) });
    const sockets = [watcher, ...fans.map((each) => each.socket)];
    for (const each of sockets) await each.told('event-updated', (told) => told.status === 'on_sale');

    for (let line = fans; line.length > 0; line = line.slice(1)) {
      line = await lined(line, event);
      for (const [position, { socket, cable, person }] of line.entries()) {
        if (position === 0) continue;
        await socket.told('queue-updated', (told) => told.position === position);
        assert.deepEqual(socket.all('queue-entry-allowed'), [], 'not yet');
        await comeBack({ socket, cable }, event);
        assert.equal((await world.place(person, event)).position, position, 'the place is kept');
      }
      await buy(line[0], event, sockets);
    }
    const { currentUsers, queueSize } = await until(
      () => world.room(event),
      (each) => each.currentUsers === 0,
    );
    assert.deepEqual([currentUsers, queueSize], [0, 0]);
    const audit = await world.api.get(`/queue/admin/${event.id}/audit`, { token: world.admin });
    assert.deepEqual(audit.findings, []);
    const { statuses } = await world.seatMap(event, 'statuses');
    assert.equal(statuses.filter((each) => each === 2).length, fans.length);
  });
});
