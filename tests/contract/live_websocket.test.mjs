// Live events over a plain WebSocket: each message is `["name", {payload}]`, both ways (RT2, RT3).

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';

import { LiveWorld, PlainSocket } from './support/live.mjs';
import { payloadOf, token } from './support/world.mjs';

const policyViolation = 1008;

describe('a plain WebSocket', () => {
  let world, kim, idle;
  before(async () => {
    world = await LiveWorld.open({ seed: true });
    kim = await world.customer();
    const quiet = await world.customer();
    // Does nothing while others are tested.
    idle = await PlainSocket.open(world.server.base, quiet, bearer(quiet.token));
  });
  after(() => world?.close());
  afterEach(() => world?.hangUp());

  const bearer = (text) => ({ headers: { authorization: `Bearer ${text}` } });
  const expired = () => token({ ...payloadOf(kim.token), iat: 1_700_000_000, exp: 1_700_000_001 });

  const refused = async (socket, message) => {
    assert.deepEqual(await socket.told('connect_error'), { message });
    assert.equal(await socket.closed(), policyViolation);
    assert.deepEqual(socket.all('connected'), []);
  };

  it('connects by the handshake’s Authorization, or by its first message', async () => {
    for (const target of ['/api/live', '/api/v1/live']) {
      const byHeader = await world.openPlain(kim, { target, ...bearer(kim.token) });
      assert.deepEqual(await byHeader.told('connected'), {});
      const byMessage = await world.openPlain(kim, { target });
      byMessage.emit('connect', { token: kim.token });
      assert.deepEqual(await byMessage.told('connected'), {});
    }
  });

  it('is refused with a bad token, wherever it is', async () => {
    const gone = await world.customer();
    await world.api.post(200, '/auth/logout', { token: gone });
    const forged = token(payloadOf(kim.token), { secret: 'another secret of more than thirty-two bytes' });
    for (const bad of ['nonsense', forged, expired(), gone.token]) {
      await refused(await world.openPlain(undefined, bearer(bad)), 'Invalid authentication token');
      const socket = await world.openPlain();
      socket.emit('connect', { token: bad });
      await refused(socket, 'Invalid authentication token');
    }
  });

  it('is refused without one, also if it asks for something else first', async () => {
    const event = await world.event();
    for (const first of [
      ['connect', {}],
      ['join-event', { eventId: event.id }],
    ]) {
      const socket = await world.openPlain();
      socket.emit(...first);
      await refused(socket, 'Authentication required');
    }
  });

  it('is closed if it says nothing for ten seconds', async () => {
    const begun = performance.now();
    const socket = await world.openPlain();
    assert.equal(await socket.closed(20_000), policyViolation);
    assert.ok(performance.now() - begun > 9_000, 'it has ten seconds');
  });

  it('answers HTTP without an upgrade by refusing it', async () => {
    const { status } = await fetch(`${world.server.base}/api/live`);
    assert.ok(status >= 400 && status < 500, `${status}`);
  });

  it('does not lose what comes in one burst with the connect', async () => {
    const event = await world.event();
    const sockets = await Promise.all((await world.customers(3)).map((each) => world.openPlain(each)));
    for (const each of sockets) {
      each.emit('connect', { token: each.owner.token });
      each.emit('join-event', { eventId: event.id });
    }
    for (const each of sockets) await each.told('room-info', (info) => info.userCount === 3);
    for (const each of sockets) assert.equal(each.messages[0].name, 'connected', 'before anything else');
  });

  it('is in the same rooms as sockets of Socket.IO, and is told the same', async () => {
    const event = await world.seatedEvent({
      ticketTypes: [{ name: '주차권', price: 5_000, totalQuantity: 100, description: '' }],
    });
    const [one, other] = await world.customers(2);
    const [plain, socket] = [await world.plain(one), await world.socket(other)];
    plain.emit('join-seat-selection', { eventId: event.id }).emit('join-event', { eventId: event.id });
    for (const room of ['join-event', 'join-seat-selection']) await socket.join(room, event);
    for (const each of [plain, socket]) await each.told('room-info', (info) => info.userCount === 2);
    const hold = await world.holdSeats(kim, event, 1);
    await world.hold(kim, event);
    const isIt = ({ seatId }) => seatId === hold.seats[0].id;
    const same = async (name, isSo) => {
      const [mine, theirs] = await Promise.all([plain, socket].map((each) => each.told(name, isSo)));
      assert.deepEqual(mine, theirs);
    };
    for (const name of ['seat-locked', 'seat-selected']) await same(name, isIt);
    await same('seats-changed');
    await same('ticket-updated', (told) => told.availableQuantity === 99);
    await world.pay(kim, hold);
    await same('seat-reserved', isIt);
    await world.cancel(event);
    await same('seat-released', isIt);
    await same('event-updated', (told) => told.status === 'cancelled');
    socket.forget();
    plain.close();
    await socket.told('room-info', (info) => info.userCount === 1);
  });

  it('is told its place, its admission, and the end of the waiting room (WR3 WR4 WR5)', async () => {
    const event = await world.event();
    await world.setRoom(event, { enabled: true, threshold: 1, rate: 50 });
    const [first, second, third] = await world.customers(3);
    for (const each of [first, second, third]) await world.enter(each, event);
    const sockets = await Promise.all([second, third].map((each) => world.plain(each)));
    for (const [i, each] of sockets.entries()) {
      each.emit('join-queue', { eventId: event.id });
      assert.equal((await each.told('queue-updated')).position, i + 1);
    }
    await world.leave(first, event);
    const { userId, entryToken } = await sockets[0].told('queue-entry-allowed');
    assert.equal(userId, second.user.id);
    const [type] = await world.ticketTypes(event);
    const json = { eventId: event.id, items: [{ ticketTypeId: type.id, quantity: 1 }], queueToken: entryToken };
    await world.api.post(201, '/reservations', { token: second, json });
    await sockets[1].told('queue-updated', (told) => told.position === 1);
    assert.deepEqual(sockets[1].all('queue-entry-allowed'), []);
    await world.clear(event);
    await sockets[1].told('queue-cleared');
  });

  it('comes back into its rooms when the cable was cut (RT3)', async () => {
    const [event, fan] = [await world.seatedEvent(), await world.customer()];
    const [seat] = await world.freeSeats(event);
    const before = await world.plain(fan);
    before.emit('join-seat-selection', { eventId: event.id });
    before.emit('seat-selection-changed', { eventId: event.id, seats: [seat.id] });
    before.emit('join-event', { eventId: event.id });
    await before.told('room-info');
    before.socket.drop();
    const back = await world.plain(fan);
    assert.deepEqual(await back.told('session-restored'), {
      eventId: event.id,
      queueEventId: null,
      seatEventId: event.id,
      selectedSeats: [seat.id],
    });
    const stranger = await world.plain(await world.customer());
    await world.holdSeats(kim, event);
    await back.told('seat-locked');
    const names = back.messages.map((each) => each.name);
    assert.ok(names.indexOf('connected') < names.indexOf('session-restored'));
    assert.deepEqual(
      stranger.messages.map((each) => each.name),
      ['connected'],
    );
  });

  it('is answered nothing when it asks for what it may not have, or asks wrongly', async () => {
    const event = await world.seatedEvent();
    await world.setRoom(event, { enabled: true });
    const socket = await world.plain(await world.customer());
    socket.emit('join-queue', { eventId: event.id }); // it is not in that queue
    for (const name of ['join-event', 'leave-event', 'join-queue', 'join-seat-selection', 'seat-selection-changed'])
      for (const payload of [null, 7, 'x', [], {}, { eventId: null }, { eventId: 7 }, { eventId: 'x' }])
        socket.emit(name, payload);
    socket.emit('join-event', { eventId: event.id });
    await socket.told('room-info', (info) => info.userCount === 1);
    const names = new Set(socket.messages.map((each) => each.name));
    assert.deepEqual([...names].sort(), ['connected', 'event-updated', 'room-info']);
  });

  it('that talks nonsense harms nobody else', async () => {
    const event = await world.event();
    const witness = await world.plain(await world.customer());
    witness.emit('join-event', { eventId: event.id });
    for (const text of ['', 'x', '[', '{}', '[]', '7', 'null', '[7,{}]', '["join-event"]', '[["join-event"],{}]']) {
      const socket = await world.plain(kim);
      socket.socket.send(text);
      socket.emit('join-event', { eventId: event.id });
      await Promise.race([socket.told('room-info'), socket.closed()]); // ignored, or sent away
      socket.close();
    }
    witness.forget();
    await world.cancel(event);
    await witness.told('event-updated', (told) => told.eventId === event.id && told.status === 'cancelled');
  });

  it('is pinged every 25 s, and stays', async () => {
    await idle.told('ping', undefined, 35_000);
    const event = await world.event();
    idle.emit('join-event', { eventId: event.id });
    await idle.told('room-info');
    assert.deepEqual(idle.findings([kim, world.admin]), []);
    idle.close();
    assert.equal(await idle.closed(), 1000);
  });

  it('ends with the server, which does not wait for it', async () => {
    const event = await world.event();
    const sockets = [await world.plain(kim), await world.openPlain()];
    sockets[0].emit('join-event', { eventId: event.id });
    await sockets[0].told('room-info');
    assert.equal(await world.server.terminate(), 0);
    for (const each of sockets) await each.closed();
    await world.server.restart();
    await world.plain(kim);
  });
});
