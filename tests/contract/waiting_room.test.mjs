// The waiting room over HTTP (WR1 to WR5, WR7).

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';

import { World, inDays, nobody, until } from './support/world.mjs';

describe('the waiting room', () => {
  let world, api;
  before(async () => {
    world = await World.open();
    api = world.api;
  });
  after(() => world?.close());

  const set = (event, json) => api.call(200, 'PUT', `/queue/admin/${event.id}`, { token: world.admin, json });
  const room = (event) => api.get(`/queue/admin/${event.id}`, { token: world.admin });
  const enter = (customer, event) => api.post(200, `/queue/check/${event.id}`, { token: customer });
  const status = (customer, event) => api.get(`/queue/status/${event.id}`, { token: customer });
  const leave = (customer, event) => api.post(200, `/queue/leave/${event.id}`, { token: customer });
  const reserve = async (expect, customer, event, { headers, body } = {}) => {
    const [type] = await world.ticketTypes(event);
    const json = { eventId: event.id, items: [{ ticketTypeId: type.id, quantity: 1 }], ...body };
    return (await api.call(expect, 'POST', '/reservations', { token: customer, json, headers })).body;
  };

  /** An event with a room that admits one at a time, and so many customers. */
  async function sale(customers, settings = {}) {
    const event = await world.event();
    await set(event, { enabled: true, threshold: 1, rate: 50, ...settings });
    return [event, ...(await Promise.all(Array.from({ length: customers }, () => world.customer())))];
  }

  it('lets in at once below the threshold; then who comes waits, first come, first served (WR1)', async () => {
    const [event, kim, lee, park] = await sale(3);
    const first = await enter(kim, event);
    assert.deepEqual([first.queued, first.currentUsers, first.threshold], [false, 1, 1]);
    assert.match(first.entryToken, /^[\w-]{100,}$/);
    const second = await enter(lee, event);
    assert.deepEqual([second.queued, second.position, second.currentUsers], [true, 1, 1]);
    assert.ok(second.estimatedWait >= 0);
    assert.equal((await api.post(200, '/queue/enter', { token: park, json: { eventId: event.id } })).position, 2);
    assert.equal((await api.post(200, `/queue/join/${event.id}`, { token: lee })).position, 1, 'nobody loses a place');
    const seen = await status(park, event);
    assert.deepEqual([seen.queued, seen.position, seen.queueSize, seen.currentUsers], [true, 2, 2, 1]);
    assert.equal('entryToken' in seen, false);
    await leave(lee, event);
    assert.equal((await status(park, event)).position, 1);
    assert.deepEqual([(await status(lee, event)).queued, (await status(lee, event)).position], [false, 0]);
  });

  it('gives one place to an account, however often and from wherever it asks (WR3)', async () => {
    const [event, kim, bot, lee] = await sale(3);
    await enter(kim, event);
    const asked = 2000;
    let left = asked;
    const positions = new Set();
    const connection = async () => {
      while (left-- > 0) positions.add((await enter(bot, event)).position);
    };
    await Promise.all(Array.from({ length: 40 }, connection));
    assert.deepEqual([...positions], [1]);
    assert.equal((await enter(lee, event)).position, 2);
    assert.equal((await status(lee, event)).queueSize, 2);
  });

  it('admits the next when one leaves, by itself (WR2; fault: nobody is ever admitted)', async () => {
    const [event, kim, lee] = await sale(2);
    await enter(kim, event);
    await enter(lee, event);
    await leave(kim, event);
    const admitted = await until(() => status(lee, event), (each) => each.status === 'active');
    assert.equal(admitted.status, 'active');
    await reserve(201, lee, event, { headers: { 'X-Queue-Token': admitted.entryToken } });
  });

  it('is asked by the box office (WR4; fault: the queue is not enforced)', async () => {
    const [event, kim, lee] = await sale(2);
    assert.equal((await reserve(400, kim, event)).code, 'queue_required');
    const { entryToken } = await enter(kim, event);
    await reserve(201, kim, event, { headers: { 'X-Queue-Token': entryToken } });
    await reserve(201, kim, event, { body: { queueToken: entryToken } });
    const refused = async (customer, queueToken, where = event) =>
      (await reserve(400, customer, where, { body: { queueToken } })).code;
    assert.equal(await refused(kim, undefined), 'queue_required');
    const forged = `${entryToken.slice(0, 90)}${entryToken[90] === 'A' ? 'B' : 'A'}${entryToken.slice(91)}`;
    assert.equal(await refused(kim, forged), 'entry_token_forged');
    assert.equal(await refused(kim, 'x'.repeat(250)), 'entry_token_forged');
    assert.equal(await refused(lee, entryToken), 'entry_token_other_user');
    const [other] = await sale(0);
    assert.equal(await refused(kim, entryToken, other), 'entry_token_other_event');
    await leave(kim, event);
    assert.equal(await refused(kim, entryToken), 'admission_over');
  });

  it('asks in mode session only for an admission, as clients do that send no token', async () => {
    const [event, kim, lee] = await sale(2, { mode: 'session' });
    await enter(kim, event);
    await reserve(201, kim, event);
    assert.equal((await reserve(400, lee, event)).code, 'queue_required');
  });

  it('makes room for the next when somebody has bought (WR2)', async () => {
    const [event, kim, lee] = await sale(2, { mode: 'session' });
    await enter(kim, event);
    await enter(lee, event);
    await world.buy(kim, event);
    assert.equal((await until(() => status(lee, event), (each) => each.status === 'active')).status, 'active');
    assert.equal((await status(kim, event)).status, 'outside');
  });

  it('is measured: who waits, who is in, how many were admitted and how long they had waited (OB1)', async () => {
    const measured = async () => {
      const { text } = await api.call(200, 'GET', '/metrics');
      const admitted = ['admitted_total{waited="true"}', 'admitted_total{waited="false"}'];
      const names = ['waiting', 'active', ...admitted, 'wait_seconds_count', 'wait_seconds_bucket{le="+Inf"}'];
      const line = (name) => text.split('\n').find((each) => each.startsWith(`tiketi_waiting_room_${name} `));
      return names.map((name) => Number(line(name)?.split(' ').pop() ?? 0));
    };
    const later = async (expected) =>
      assert.deepEqual(await until(measured, (each) => `${each}` === `${expected}`), expected);
    const [event, kim, lee, park] = await sale(3);
    const [waiting, active, admitted, atOnce, waits, all] = await measured();
    for (const each of [kim, lee, park]) await enter(each, event);
    await later([waiting + 2, active + 1, admitted, atOnce + 1, waits, all]);
    await leave(kim, event);
    await later([waiting + 1, active + 1, admitted + 1, atOnce + 1, waits + 1, all + 1]);
  });

  it('is off unless it was turned on', async () => {
    const event = await world.event();
    const kim = await world.customer();
    const entered = await enter(kim, event);
    assert.deepEqual([entered.queued, entered.status, entered.entryToken], [false, 'open', '']);
    await reserve(201, kim, event);
  });

  it('is there for events only (fault: any id is accepted as an event)', async () => {
    const kim = await world.customer();
    const ask = (expect, method, path, token = kim) => api.call(expect, method, path, { token });
    for (const [id, expect] of [[nobody, 404], ['x', 400]]) {
      for (const path of ['check', 'join', 'leave']) await ask(expect, 'POST', `/queue/${path}/${id}`);
      await api.call(expect, 'POST', '/queue/enter', { token: kim, json: { eventId: id } });
      await ask(expect, 'GET', `/queue/status/${id}`);
      await ask(expect, 'GET', `/queue/lobby/${id}`);
      await ask(expect, 'GET', `/queue/admin/${id}`, world.admin);
      await api.call(expect, 'PUT', `/queue/admin/${id}`, { token: world.admin, json: { paused: true } });
      await ask(expect, 'POST', `/queue/admin/clear/${id}`, world.admin);
    }
    await ask(400, 'GET', '/queue/admin/x/audit', world.admin);
  });

  it('obeys admins at once: pause, threshold, rate, clear (WR5)', async () => {
    const [event, kim, lee, park] = await sale(3, { paused: true });
    assert.equal((await enter(kim, event)).position, 1, 'nobody is let in while it is paused');
    await enter(lee, event);
    await enter(park, event);
    await set(event, { paused: false, threshold: 2 });
    const view = await until(() => room(event), (each) => each.currentUsers === 2);
    assert.deepEqual([view.queueSize, view.currentUsers, view.available, view.threshold], [1, 2, 0, 2]);
    assert.equal((await status(park, event)).position, 1);
    assert.equal((await api.post(200, `/queue/admin/clear/${event.id}`, { token: world.admin })).cleared, 3);
    assert.equal((await status(kim, event)).status, 'outside');
    const { entries } = await api.get('/admin/audit', { token: world.admin });
    assert.ok(entries.some((each) => each.action === 'waiting_room.clear'));
    const audit = await api.get(`/queue/admin/${event.id}/audit`, { token: world.admin });
    assert.deepEqual([audit.findings, audit.admitted, audit.waiting], [[], 2, 0]);
  });

  it('names the setting that is out of bounds', async () => {
    const event = await world.event();
    for (const [wrong, field] of [
      [{ threshold: 0 }, 'threshold'],
      [{ rate: 0 }, 'rate'],
      [{ rate: 1.5 }, 'rate'],
      [{ activeSeconds: 9 }, 'activeSeconds'],
      [{ maxPayments: -1 }, 'maxPayments'],
      [{ mode: 'loose' }, 'mode'],
      [{ enabled: 'yes' }, 'enabled'],
    ]) {
      const { body } = await api.call(400, 'PUT', `/queue/admin/${event.id}`, { token: world.admin, json: wrong });
      assert.equal(body.field ?? body.errors[0].field, field);
    }
    assert.equal((await room(event)).enabled, false);
  });

  it('takes nobody in when the sale is over or cancelled', async () => {
    const over = await world.event({ saleStartDate: inDays(-3), saleEndDate: inDays(-2) });
    const cancelled = await world.event();
    await api.post(200, `/admin/events/${cancelled.id}/cancel`, { token: world.admin });
    for (const event of [over, cancelled]) await set(event, { enabled: true });
    const kim = await world.customer();
    const refused = async (event) =>
      (await api.call(400, 'POST', `/queue/check/${event.id}`, { token: kim })).body.code;
    assert.equal(await refused(over), 'sale_ended');
    assert.match(await refused(cancelled), /event_cancelled/);
    const enterAs = (event) => api.call(400, 'POST', '/queue/enter', { token: kim, json: { eventId: event.id } });
    assert.equal((await enterAs(over)).body.code, 'sale_ended');
  });

  it('draws the places of who was in the lobby, so that anybody can check it (WR7)', async () => {
    const event = await world.event({ saleStartDate: inDays(1) });
    await set(event, { enabled: true, lobbyEnabled: true, threshold: 1, rate: 1 });
    const { lobby } = await api.get(`/queue/lobby/${event.id}`);
    assert.deepEqual([lobby.phase, lobby.seed], ['open', '']);
    const fans = await Promise.all(Array.from({ length: 8 }, () => world.customer()));
    for (const each of fans) assert.equal((await enter(each, event)).status, 'lobby');
    const opens = { token: world.admin, json: { saleStartDate: inDays(-1) } };
    await api.call(200, 'PUT', `/admin/events/${event.id}`, opens);
    const started = (await until(() => api.get(`/queue/lobby/${event.id}`), (each) => each.lobby.seed !== '')).lobby;
    const seed = Buffer.from(started.seed, 'base64url');
    assert.equal(createHash('sha256').update(seed).digest('base64url'), lobby.commitment);
    const key = ({ user }) =>
      createHash('sha256').update(seed).update(Buffer.from(user.id.replaceAll('-', ''), 'hex')).digest().readBigUInt64BE();
    const drawn = [...fans].sort((one, other) => (key(one) < key(other) ? -1 : 1));
    await set(event, { paused: true });
    const { currentUsers } = await room(event);
    const places = await Promise.all(drawn.map((each) => status(each, event)));
    assert.deepEqual(
      places.map((each) => (each.status === 'active' ? 0 : each.position)),
      drawn.map((_, i) => Math.max(0, i + 1 - currentUsers)),
    );
  });

  it('is served under the doubled prefix too, which existing pages ask for', async () => {
    const [event, kim] = await sale(1);
    await enter(kim, event);
    for (const prefix of ['/api', '/api/v1', '/api/api']) {
      const answer = await fetch(`${world.server.base}${prefix}/queue/status/${event.id}`, {
        headers: { Authorization: `Bearer ${kim.token}` },
      });
      assert.equal(answer.status, 200);
      assert.equal((await answer.json()).status, 'active');
    }
  });

  it('keeps everybody’s place when the server is killed (WR6)', async () => {
    const [event, kim, ...others] = await sale(4);
    await enter(kim, event);
    for (const each of others) await enter(each, event);
    await world.server.restart('SIGKILL');
    const places = await Promise.all(others.map((each) => status(each, event)));
    assert.deepEqual(places.map((each) => each.position), [1, 2, 3]);
    assert.equal((await status(kim, event)).status, 'active');
  });

  it('loses no place that it has told of when it is killed while everybody comes (WR6)', async () => {
    const [event, kim] = await sale(1);
    const others = [];
    while (others.length < 40) others.push(await world.customer());
    await enter(kim, event);
    const { base } = world.server;
    const told = new Map();
    const coming = [...others];
    let killed;
    const come = async () => {
      for (let each = coming.pop(); each; each = coming.pop()) {
        const options = { method: 'POST', headers: { authorization: `Bearer ${each.token}` } };
        const answer = await fetch(`${base}/api/queue/check/${event.id}`, options).then(
          (response) => response.json(),
          () => null, // it may have entered nevertheless
        );
        if (answer?.position) told.set(each, answer.position);
        if (told.size === 15) killed ??= world.server.restart('SIGKILL');
      }
    };
    await Promise.all(Array.from({ length: 8 }, come));
    await killed;
    for (const [each, position] of told) assert.equal((await status(each, event)).position, position);
    const places = await Promise.all(others.map((each) => enter(each, event)));
    assert.deepEqual(
      places.map((each) => each.position).sort((a, b) => a - b),
      others.map((_, i) => i + 1),
    );
    for (const [each, position] of told) assert.equal((await status(each, event)).position, position);
  });
});
