// Live events by Socket.IO: who may connect, rooms, sessions (RT1 to RT3; contract of realtime, 2.3, 2.8, 4).

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { after, afterEach, before, describe, it } from 'node:test';

import { next, ways } from '../socket_io/echo.mjs';
import { send } from './support/http.mjs';
import { LiveWorld, repeat, within } from './support/live.mjs';
import { WebSocketClient } from './support/web_socket.mjs';
import { nobody, payloadOf, token } from './support/world.mjs';

const polling = '/socket.io/?EIO=4&transport=polling';
const webSocket = '/socket.io/?EIO=4&transport=websocket';
const packets = (...all) => all.join('\x1e');
const seatsOf = (hold) => hold.seats.map((each) => each.id);

describe('connecting by Socket.IO', () => {
  let world, kim;
  before(async () => {
    world = await LiveWorld.open();
    kim = await world.customer();
  });
  after(() => world?.close());
  afterEach(() => world?.hangUp());

  const poll = (method, sid, body) =>
    send(world.server.base, { method, target: sid ? `${polling}&sid=${sid}` : polling, body });
  const isOpen = (text) => {
    assert.equal(text[0], '0');
    return JSON.parse(text.slice(1));
  };

  it('promises a ping every 25 s, and 60 s for the answer (RT1)', async () => {
    const { sid, maxPayload, ...rest } = isOpen((await poll('GET')).text);
    assert.match(sid, /^[\w-]{20}$/);
    assert.ok(maxPayload >= 100_000);
    assert.deepEqual(rest, { upgrades: ['websocket'], pingInterval: 25_000, pingTimeout: 60_000 });
  });

  for (const [way, options] of Object.entries(ways))
    describe(`over ${way}`, () => {
      it('takes a customer’s token, and an admin’s', async () => {
        for (const person of [kim, world.admin]) {
          const socket = await world.socket(person, options);
          assert.equal(socket.io.io.engine.transport.name, options.transports?.[0] ?? 'websocket');
        }
      });

      it('refuses who has no token (contract 4)', async () => {
        for (const auth of [undefined, {}, { user: kim.user.id }])
          assert.equal(await world.dial(undefined, { ...options, auth }).refusal(), 'Authentication required');
      });

      it('refuses bad, forged, expired and logged-out tokens (contract 4)', async () => {
        const good = payloadOf(kim.token);
        const gone = await world.customer();
        await world.api.post(200, '/auth/logout', { token: gone });
        for (const bad of [
          'nonsense',
          token(good, { secret: 'another secret of more than thirty-two bytes' }),
          token(good, { secret: null, header: { alg: 'none', typ: 'JWT' } }),
          token({ ...good, iat: 1_700_000_000, exp: 1_700_000_001 }),
          gone.token,
        ]) {
          const refused = world.dial(undefined, { ...options, auth: { token: bad } });
          assert.equal(await refused.refusal(), 'Invalid authentication token', bad);
        }
      });

      it('has one namespace (RT1)', async () => {
        const socket = await world.socket(kim, options);
        const elsewhere = socket.io.io.socket('/admin', { auth: { token: kim.token } });
        const [refused] = await next(elsewhere, 'connect_error');
        elsewhere.disconnect();
        assert.equal(refused.message, 'Invalid namespace');
      });
    });

  /** A connection whose packets are written by hand. */
  async function byHand() {
    const got = new EventEmitter();
    const client = await WebSocketClient.open(
      world.server.base,
      webSocket,
      {},
      {
        text: (text) => got.emit(text.slice(0, 2), text),
      },
    );
    return { client, next: (beginning) => next(got, beginning) };
  }

  it('lets who was refused try again on the same connection', async () => {
    const { client, next: heard } = await byHand();
    const refused = heard('44');
    client.send('40{}');
    assert.deepEqual(await refused, ['44{"message":"Authentication required"}']);
    const joined = heard('40');
    client.send(`40${JSON.stringify({ token: kim.token })}`);
    await joined;
    client.drop();
  });

  it('does not lose what comes in one burst with the connect (fault: 496 of 500 joins are lost)', async () => {
    const event = await world.event();
    const burst = (customer) => [
      `40${JSON.stringify({ token: customer.token })}`,
      `42${JSON.stringify(['join-seat-selection', { eventId: event.id }])}`,
      `420${JSON.stringify(['join-event', { eventId: event.id }])}`,
    ];
    const byPolling = async (customer) => {
      const { sid } = isOpen((await poll('GET')).text);
      assert.equal((await poll('POST', sid, packets(...burst(customer)))).text, 'ok');
      for (let got = ''; !got.includes('430[{"ok":true}]');) {
        const answer = await poll('GET', sid);
        assert.equal(answer.status, 200, answer.text);
        got += answer.text;
      }
    };
    const byWebSocket = async (customer) => {
      const { client, next: heard } = await byHand();
      const joined = heard('43');
      for (const each of burst(customer)) client.send(each);
      assert.deepEqual(await joined, ['430[{"ok":true}]']);
      client.drop();
    };
    const fans = await world.customers(5);
    for (let round = 0; round < 4; round += 1) {
      const joins = fans.flatMap((each) => [byPolling(each), byWebSocket(each), byWebSocket(each)]);
      await within(10_000, Promise.all(joins), 'joining');
    }
  });

  it('ends with the server, which does not wait for anybody', async () => {
    const clients = await Promise.all(Object.values(ways).map((each) => world.socket(kim, each)));
    const gone = clients.map((each) => next(each.io, 'disconnect'));
    assert.equal(await world.server.terminate(), 0);
    await Promise.all(gone);
    await world.server.restart();
    await world.socket(kim);
  });
});

describe('pages of other sites (contract 2.8)', () => {
  const page = 'https://tickets.example';
  const strangers = ['https://evil.example', `${page}.evil.example`, 'http://tickets.example', 'null'];
  let world;
  before(async () => (world = await LiveWorld.open({ env: { FRONTEND_URL: page } })));
  after(() => world?.close());

  const ask = (method, headers) => send(world.server.base, { method, target: polling, headers });

  it('may connect if they are the site’s own, with credentials', async () => {
    for (const [method, status, more] of [
      ['GET', 200, {}],
      ['OPTIONS', 204, { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }],
    ]) {
      const answer = await ask(method, { origin: page, ...more });
      assert.equal(answer.status, status);
      assert.equal(answer.headers['access-control-allow-origin'], page);
      assert.equal(answer.headers['access-control-allow-credentials'], 'true');
      assert.match(answer.headers.vary, /\borigin\b/i);
      if (method === 'OPTIONS') {
        assert.deepEqual(answer.headers['access-control-allow-methods'].split(/, */).sort(), ['GET', 'POST']);
        assert.match(answer.headers['access-control-allow-headers'], /content-type/i);
      }
    }
  });

  it('can’t read anything otherwise, nor open a WebSocket', async () => {
    for (const origin of strangers) {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const allowed = (await ask(method, { origin })).headers['access-control-allow-origin'];
        assert.ok(![origin, '*'].includes(allowed), `${method} ${origin}`);
      }
      const opened = WebSocketClient.open(world.server.base, webSocket, { origin });
      await assert.rejects(opened, { status: 403 });
    }
  });

  it('are asked about for browsers only', async () => {
    assert.equal((await ask('GET', {})).status, 200);
    for (const headers of [{}, { origin: page }])
      (await WebSocketClient.open(world.server.base, webSocket, headers)).drop();
  });
});

describe('rooms', () => {
  let world, buyer;
  before(async () => {
    world = await LiveWorld.open({ seed: true });
    buyer = await world.customer();
  });
  after(() => world?.close());
  afterEach(() => world?.hangUp());

  /** So many sockets, each of a customer of its own: who comes back is in the rooms of before. */
  const sockets = async (count) => Promise.all((await world.customers(count)).map((each) => world.socket(each)));

  it('tell how many are in them, at most once a second (RT2)', async () => {
    const event = await world.event();
    const [watcher, ...fans] = await sockets(5);
    await watcher.join('join-event', event);
    const count = (userCount) => watcher.told('room-info', (info) => info.userCount === userCount);
    await count(1);
    watcher.forget();
    const begun = performance.now();
    await Promise.all(fans.map((each) => each.join('join-event', event)));
    await count(5);
    await repeat(3_000, async (i) => {
      const fan = fans[i % fans.length];
      await fan.join(fan.left ? 'join-event' : 'leave-event', event);
      fan.left = !fan.left;
    });
    for (const each of fans) await each.join('join-event', event);
    watcher.forget();
    const [one, other] = fans;
    await one.join('leave-event', event);
    other.close();
    await count(3);
    const infos = watcher.messages.filter((each) => each.name === 'room-info');
    assert.ok(infos.every((each) => each.payload.eventId === event.id));
    const seconds = (performance.now() - begun) / 1000;
    assert.ok(infos.length <= seconds + 3, `${infos.length} times in ${seconds} s`);
  });

  it('are one of each kind for a socket: joining another leaves the first', async () => {
    const [before, then] = [await world.seatedEvent(), await world.seatedEvent()];
    const [watcher, mover] = await sockets(2);
    for (const room of ['join-event', 'join-seat-selection']) {
      await watcher.join(room, before);
      await mover.join(room, before);
    }
    await watcher.told('room-info', (info) => info.userCount === 2);
    watcher.forget();
    await mover.join('join-event', then);
    await watcher.told('room-info', (info) => info.userCount === 1);
    await mover.join('join-seat-selection', then);
    mover.forget();
    for (const event of [before, then]) await world.holdSeats(buyer, event);
    for (const each of [watcher, mover]) await each.told('seat-locked');
    for (const event of [before, then]) await world.cancel(event);
    const cancelled = (event) => (each) => each.eventId === event.id && each.status === 'cancelled';
    await watcher.told('event-updated', cancelled(before));
    await watcher.told('seat-released');
    await mover.told('event-updated', cancelled(then));
    await mover.told('seat-released');
    assert.deepEqual(
      mover.all('event-updated').filter((each) => each.eventId !== then.id),
      [],
    );
    const ids = new Set((await world.seatMap(then)).ids);
    const seats = mover.fresh.map((each) => each.payload.seatId).filter(Boolean);
    assert.ok(seats.length > 0 && seats.every((each) => ids.has(each)), 'seats of the other event');
  });

  it('of a waiting room are for those who are in it (fault: anyone joins any room)', async () => {
    const event = await world.event();
    await world.setRoom(event, { enabled: true, threshold: 1 });
    const fan = await world.customer();
    const socket = await world.socket(fan);
    const refused = { ok: false, error: 'queue_required' };
    assert.deepEqual(await socket.ask('join-queue', { eventId: event.id }), refused);
    await world.enter(buyer, event);
    assert.deepEqual(await socket.ask('join-queue', { eventId: event.id }), refused, 'somebody else is in it');
    await world.enter(fan, event);
    await socket.join('join-queue', event);
    await world.leave(fan, event);
    assert.deepEqual(await socket.ask('join-queue', { eventId: event.id }), refused);
  });

  it('are of events that there are (fault: any id is accepted as an event)', async () => {
    const socket = await world.socket(await world.customer());
    for (const room of ['join-event', 'join-seat-selection', 'join-queue'])
      assert.deepEqual(await socket.ask(room, { eventId: nobody }), { ok: false, error: 'event_not_found' }, room);
  });

  it('refuse what is no such object, and nothing breaks (fault: a malformed payload throws)', async () => {
    const [socket] = await sockets(1);
    const event = await world.seatedEvent();
    const noObjects = [[], [null], [7], ['x'], [[]], [true], [[event.id]]];
    const noIds = [{}, { eventId: null }, { eventId: 7 }, { eventId: 'x' }, { eventId: [event.id] }, { eventId: '' }];
    for (const name of ['join-event', 'leave-event', 'join-queue', 'join-seat-selection', 'seat-selection-changed']) {
      for (const payload of noObjects) {
        const { ok, error } = await socket.ask(name, ...payload);
        assert.deepEqual([ok, error], [false, 'invalid_argument'], `${name} ${JSON.stringify(payload)}`);
        socket.io.emit(name, ...payload);
      }
      for (const payload of noIds) {
        const refused = await socket.ask(name, payload);
        assert.deepEqual(refused, { ok: false, error: 'invalid_argument', field: 'eventId' }, JSON.stringify(payload));
        socket.emit(name, payload);
      }
    }
    for (const seats of [undefined, null, 7, 'x', {}, ['x'], [7], [null]]) {
      const refused = await socket.ask('seat-selection-changed', { eventId: event.id, seats });
      assert.deepEqual([refused.ok, refused.error], [false, 'invalid_argument'], JSON.stringify(seats));
      assert.match(refused.field, /^seats/);
    }
    await socket.join('join-event', event);
    assert.deepEqual(
      socket.messages.filter((each) => !['event-updated', 'room-info'].includes(each.name)),
      [],
      'refusals without an acknowledgement are silent',
    );
  });

  it('are left by who asks for it', async () => {
    const event = await world.event();
    const [stays, leaves] = await sockets(2);
    await stays.join('join-event', event);
    await leaves.join('join-event', event);
    await leaves.join('leave-event', event);
    const isCancelled = (each) => each.status === 'cancelled'; // the first who watch are told how it is, too
    await world.cancel(event);
    await stays.told('event-updated', isCancelled);
    const end = await world.event();
    await leaves.join('join-event', end);
    await world.cancel(end);
    await leaves.told('event-updated', (each) => each.eventId === end.id && isCancelled(each));
    assert.equal(leaves.all('event-updated').filter(isCancelled).length, 1);
  });

  describe('after a reconnect', () => {
    const joinAll = async (socket, event) => {
      for (const room of ['join-event', 'join-seat-selection']) await socket.join(room, event);
    };

    for (const [way, options] of Object.entries(ways))
      it(`over ${way} are joined again, which is told (RT3, fault: sessions are never restored)`, async () => {
        const [event, fan] = [await world.seatedEvent(), await world.customer()];
        const socket = await world.socket(fan, options);
        await joinAll(socket, event);
        const [seat] = await world.freeSeats(event);
        assert.deepEqual(await socket.ask('seat-selection-changed', { eventId: event.id, seats: [seat.id] }), {
          ok: true,
        });
        await socket.reconnect();
        assert.deepEqual(await socket.told('session-restored'), {
          eventId: event.id,
          queueEventId: null,
          seatEventId: event.id,
          selectedSeats: [seat.id],
        });
        const hold = await world.holdSeats(buyer, event);
        for (const name of ['seat-locked', 'seat-selected'])
          await socket.told(name, (each) => seatsOf(hold).includes(each.seatId));
        await world.cancel(event);
        await socket.told('event-updated', (each) => each.eventId === event.id && each.status === 'cancelled');
      });

    it('are those that the customer was in at the end', async () => {
      const [first, last, fan] = [await world.seatedEvent(), await world.seatedEvent(), await world.customer()];
      const socket = await world.socket(fan);
      await joinAll(socket, first);
      await socket.join('join-seat-selection', last);
      await socket.join('leave-event', first);
      await socket.reconnect();
      assert.deepEqual(await socket.told('session-restored'), {
        eventId: null,
        queueEventId: null,
        seatEventId: last.id,
        selectedSeats: [],
      });
    });

    it('are nobody else’s, and none for who was in none (RT3)', async () => {
      const [event, elsewhere] = [await world.seatedEvent(), await world.seatedEvent()];
      const [fan, other] = await world.customers(2);
      const socket = await world.socket(fan);
      await joinAll(socket, event);
      const stranger = await world.socket(other);
      await stranger.reconnect();
      await socket.reconnect();
      await socket.told('session-restored');
      await joinAll(stranger, elsewhere);
      for (const each of [event, elsewhere]) await world.holdSeats(buyer, each);
      await socket.told('seat-locked');
      const { ids } = await world.seatMap(elsewhere);
      await stranger.told('seat-locked', (each) => ids.includes(each.seatId));
      assert.deepEqual(stranger.all('session-restored'), []);
      assert.equal(stranger.all('seat-locked').length, 1, 'of its own room only');
    });

    it('are told to a second tab too, while the first is there', async () => {
      const [event, fan] = [await world.seatedEvent(), await world.customer()];
      const tabs = [await world.socket(fan, ways['long-polling'])];
      await joinAll(tabs[0], event);
      tabs.push(await world.socket(fan, ways.WebSocket));
      const { eventId, seatEventId } = await tabs[1].told('session-restored');
      assert.deepEqual([eventId, seatEventId], [event.id, event.id]);
      const hold = await world.holdSeats(buyer, event);
      for (const each of tabs) await each.told('seat-locked', ({ seatId }) => seatsOf(hold).includes(seatId));
    });
  });
});
