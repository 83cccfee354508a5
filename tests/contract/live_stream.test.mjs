// One's place in the waiting room by Server-Sent Events, which any browser understands (WR3 to WR5).

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';

import { LiveWorld, toldOnceASecond } from './support/live.mjs';
import { nobody, payloadOf, token } from './support/world.mjs';

describe('the stream of one’s place in the queue', () => {
  let world, api, toldByQuery;
  before(async () => {
    world = await LiveWorld.open();
    api = world.api;
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

  const at = (position) => (told) => told.position === position;

  /** All but what is estimated, and what is new each time. */
  const settled = ({ estimatedWait: _, entryToken: __, ...rest }) => rest;

  it('tells it at once, as it is answered by /queue/status, at all addresses (WR3)', async () => {
    const [event, kim, lee, park] = await sale(3);
    const outside = await world.customer();
    for (const prefix of ['/api', '/api/v1', '/api/api'])
      for (const person of [kim, lee, park, outside]) {
        const stream = await world.stream(person, event, { prefix });
        assert.match(stream.headers['content-type'], /^text\/event-stream\b/);
        assert.match(stream.headers['cache-control'], /no-(store|cache)/);
        assert.ok(stream.headers['x-request-id']);
        assert.equal(stream.headers['content-encoding'], undefined);
        const told = await stream.told('position');
        assert.deepEqual(settled(told), settled(await world.place(person, event)));
        assert.equal(stream.messages[0].name, 'position');
      }
  });

  it('takes the token from the query too, because an EventSource sends no headers', async () => {
    const [event, , lee] = await sale(2);
    const stream = await world.stream(lee, event, { headers: {}, query: `?token=${lee.token}` });
    assert.equal((await stream.told('position')).position, 1);
    toldByQuery = lee.token;
    await api.call(401, 'GET', `/queue/status/${event.id}?token=${lee.token}`);
    await api.call(401, 'GET', `/auth/me?token=${lee.token}`);
  });

  it('is refused like any other request', { timeout: 60_000 }, async () => {
    const [event, kim] = await sale(1);
    const expired = token({ ...payloadOf(kim.token), iat: 1_700_000_000, exp: 1_700_000_001 });
    const refused = (expect, id, options) => api.call(expect, 'GET', `/queue/stream/${id}`, options);
    assert.equal((await refused(401, event.id)).body.code, 'not_authenticated');
    for (const bad of ['nonsense', expired]) {
      assert.equal((await refused(403, event.id, { token: bad })).body.code, 'token_invalid');
      assert.equal((await refused(403, `${event.id}?token=${bad}`)).body.code, 'token_invalid');
    }
    assert.equal((await (await world.stream(kim, { id: nobody })).told('queue-refused')).error, 'event_not_found');
    await refused(400, 'x', { token: kim });
  });

  it('tells each customer the own place whenever it changes', async () => {
    const [event, , lee, park, choi] = await sale(4);
    const [second, third] = [await world.stream(park, event), await world.stream(choi, event)];
    await second.told('position', at(2));
    await third.told('position', at(3));
    await world.leave(lee, event);
    const [mine, theirs] = [await second.told('position', at(1)), await third.told('position', at(2))];
    for (const each of [mine, theirs]) assert.deepEqual([each.status, each.queueSize], ['waiting', 2]);
    await world.setRoom(event, { paused: true });
    await second.told('position', (told) => told.paused);
  });

  it('does so at most once a second', async () => {
    const [event, , ...others] = await sale(5);
    const last = others.pop();
    const stream = await world.stream(last, event);
    await stream.told('position', at(4));
    stream.forget();
    await toldOnceASecond(world, event, stream, 'position', others);
  });

  it('brings the entry token to who is admitted, and to nobody else (WR4)', async () => {
    const [event, kim, lee, park] = await sale(3);
    const streams = [await world.stream(lee, event), await world.stream(park, event)];
    for (const each of streams) await each.told('position');
    await world.leave(kim, event);
    const { entryToken } = await streams[0].told('queue-entry-allowed');
    const [type] = await world.ticketTypes(event);
    const json = { eventId: event.id, items: [{ ticketTypeId: type.id, quantity: 1 }], queueToken: entryToken };
    await api.post(201, '/reservations', { token: lee, json });
    const { code } = (await api.call(400, 'POST', '/reservations', { token: park, json })).body;
    assert.equal(code, 'entry_token_other_user');
    await streams[1].told('position', at(1));
    assert.deepEqual(streams[1].all('queue-entry-allowed'), []);
    assert.equal(streams[0].all('queue-entry-allowed').length, 1);
  });

  it('brings it also to who was admitted while the connection was lost', async () => {
    const [event, kim, lee] = await sale(2);
    const before = await world.stream(lee, event);
    await before.told('position', at(1));
    before.close();
    const witness = await world.socket(lee);
    await world.leave(kim, event);
    await witness.told('queue-entry-allowed');
    const { entryToken } = await (await world.stream(lee, event)).told('queue-entry-allowed');
    const [type] = await world.ticketTypes(event);
    const json = { eventId: event.id, items: [{ ticketTypeId: type.id, quantity: 1 }], queueToken: entryToken };
    await api.post(201, '/reservations', { token: lee, json });
  });

  it('follows a customer who comes later', async () => {
    const [event] = await sale(2);
    const late = await world.customer();
    const stream = await world.stream(late, event);
    assert.equal((await stream.told('position')).status, 'outside');
    await world.enter(late, event);
    assert.equal((await stream.told('position', at(2))).status, 'waiting');
  });

  it('says when the room was cleared (WR5)', async () => {
    const [event, kim, lee] = await sale(2);
    const [elsewhere, , choi] = await sale(2);
    const streams = [await world.stream(kim, event), await world.stream(lee, event)];
    const other = await world.stream(choi, elsewhere);
    for (const each of [...streams, other]) await each.told('position');
    await world.clear(event);
    for (const each of streams) await each.told('queue-cleared');
    await world.clear(elsewhere);
    await other.told('queue-cleared');
    assert.equal(other.all('queue-cleared').length, 1, 'not of another room');
  });

  it('ends with the server, which does not wait for it', async () => {
    const [event, kim] = await sale(1);
    const stream = await world.stream(kim, event);
    await stream.told('position');
    assert.equal(await world.server.terminate(), 0);
    await stream.closed();
    assert.ok(!world.server.output.includes(toldByQuery), 'the log tells no tokens, those of queries neither');
    await world.server.restart();
    await (await world.stream(kim, event)).told('position');
  });
});
