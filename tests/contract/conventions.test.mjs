// What holds for every route alike (contract 1): errors, languages, prefixes, paging, CORS, idempotency, bounds.

import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, it } from 'node:test';

import { operations } from './support/document.mjs';
import { World, nobody } from './support/world.mjs';

describe('conventions', () => {
  let world, api, customer, event;
  before(async () => {
    world = await World.open();
    api = world.api;
    customer = await world.customer();
    event = await world.event();
  });
  after(() => world?.close());

  /** What the server writes to a connection on which we write these bytes. */
  const exchange = (bytes) =>
    new Promise((resolve, reject) => {
      let text = '';
      const socket = net.connect(world.server.port, '127.0.0.1', () => socket.write(bytes));
      socket.setEncoding('utf8');
      socket.on('data', (chunk) => (text += chunk));
      socket.on('close', () => resolve(text));
      socket.on('error', (error) => (text ? resolve(text) : reject(error)));
    });

  it('serve everything under /api and under /api/v1 alike (SV3)', async () => {
    for (const target of [`/events/${event.id}`, '/news', '/payments/methods'])
      assert.deepEqual(await api.get(`/api/v1${target}`), await api.get(`/api${target}`));
    const hold = await world.hold(customer, event);
    const { reservation } = await api.get(`/api/v1/reservations/${hold.id}`, { token: customer });
    assert.equal(reservation.id, hold.id);
    await api.post(200, `/api/v1/reservations/${hold.id}/cancel`, { token: customer });
  });

  it('tell errors in Korean, and in English to who prefers it', async () => {
    let guesses = 0;
    for (const [expect, method, target, options, korean, english] of [
      [404, 'GET', `/events/${nobody}`, {}, '이벤트를 찾을 수 없습니다.', /not found/i],
      [401, 'GET', '/auth/me', {}, '인증이 필요합니다.', /authentication/i],
      [403, 'GET', '/auth/me', { token: 'x' }, '유효하지 않은 토큰입니다.', /token/i],
      [
        401,
        'POST',
        '/auth/login',
        // Each guess at another account: who guesses at one is locked out.
        {
          get json() {
            return { email: `nobody-${++guesses}@example.com`, password: 'x' };
          },
        },
        '이메일 또는 비밀번호가 일치하지 않습니다.',
        /password/i,
      ],
    ]) {
      for (const language of [undefined, 'ko-KR', 'ko;q=0.9, en;q=0.8', 'fr', '*'])
        assert.equal((await api.call(expect, method, target, { ...options, language })).body.error, korean);
      for (const language of ['en', 'en-US,en;q=0.9', 'ko;q=0.1, en'])
        assert.match((await api.call(expect, method, target, { ...options, language })).body.error, english);
    }
    const { body } = await api.call(400, 'GET', '/events?limit=0', { language: 'en' });
    assert.doesNotMatch(JSON.stringify(body), /[가-힣]/, 'the fields too');
    const pay = await api.call(400, 'POST', '/payments/process', { token: customer, json: {}, language: 'en' });
    assert.doesNotMatch(JSON.stringify(pay.body), /[가-힣]/);
  });

  it('are problems whose error, message and detail say the same (fault: errors as `message` only)', async () => {
    const { body, headers } = await api.call(404, 'GET', `/events/${nobody}`);
    assert.match(headers['content-type'], /^application\/problem\+json/);
    assert.deepEqual([body.error, body.message], [body.detail, body.detail]);
    assert.deepEqual([body.status, body.code], [404, 'event_not_found']);
  });

  describe('take a malformed id in a path for a mistake, and name it', () => {
    const withId = operations.filter((each) =>
      each.parameters.some((one) => one.in === 'path' && one.schema.format === 'uuid'),
    );
    for (const operation of withId)
      it(`${operation.method} ${operation.path}`, async () => {
        const [, name] = /\{([^}]+)\}/.exec(operation.path);
        // What a body should be is no matter here: the id is wrong.
        const json = { gate: '문', reason: '왜', status: 'cancelled', name: '가', price: 1, totalQuantity: 1 };
        for (const id of ['17', `${nobody}0`, 'null', '%27']) {
          const { body } = await api.call(400, operation.method, operation.path.replace(/\{[^}]+\}/, id), {
            token: world.admin,
            ...(['GET', 'DELETE'].includes(operation.method) ? {} : { json }),
          });
          assert.deepEqual([body.code, body.errors[0].field], ['invalid_argument', name]);
        }
      });
  });

  it('give the aliases the refusals of what they stand for', async () => {
    const hold = await world.hold(customer, event);
    for (const [of, aliases, bodies] of [
      [
        '/seats/reserve',
        ['/seats/lock'],
        [{}, { eventId: nobody, seatIds: [nobody] }, { eventId: event.id, seatIds: [nobody] }],
      ],
      ['/seats/best-available', [], [{}, { eventId: nobody, quantity: 1 }]],
      [
        '/payments',
        ['/payments/prepare', '/payments/toss/request'],
        [{}, { reservationId: nobody, amount: 1 }, { reservationId: hold.id, amount: 1 }],
      ],
      ['/payments/toss/confirm', ['/payments/confirm'], [{}, { paymentKey: 'x', orderId: 'unknown', amount: 1 }]],
    ])
      for (const json of bodies) {
        const first = await api.call([400, 404], 'POST', of, { token: customer, json });
        for (const alias of aliases) {
          const { body } = await api.call(first.status, 'POST', alias, { token: customer, json });
          assert.deepEqual(body, first.body);
        }
      }
  });

  it('know an unknown path from a wrong method', async () => {
    for (const target of ['/api/nothing', '/api', '/api/events/x/y/z', '/api/v2/events', '/api/v1', '/api/EVENTS']) {
      const { body } = await api.call(404, 'GET', target, { raw: true });
      assert.equal(body.code, 'route_not_found');
    }
    const { headers, body } = await api.call(405, 'DELETE', '/events');
    assert.equal(body.code, 'method_not_allowed');
    assert.deepEqual(headers.allow.split(', ').sort(), ['GET', 'HEAD', 'OPTIONS']);
    await api.call(405, 'GET', '/auth/login');
    await api.call(405, 'PUT', `/events/${event.id}`, { json: {} });
    await api.call(405, 'POST', '/health', { json: {}, raw: true });
  });

  it('refuse malformed JSON with 400, and what is no object', async () => {
    for (const json of [
      '{',
      '{"email":}',
      '[1',
      "{'a':1}",
      '{"a":1,}',
      '{"a":1}x',
      '\u0000',
      '"text"',
      '[]',
      '7',
      'null',
      'NaN',
      '{"a":"\\ud800"}',
      '{"email":"a","email":"b"}',
      '{"a":01}',
    ]) {
      const { body } = await api.call(400, 'POST', '/auth/login', { json });
      assert.ok(body.error.length > 0);
    }
    const bytes = Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d]);
    await api.call(400, 'POST', '/auth/login', { body: bytes, headers: { 'Content-Type': 'application/json' } });
  });

  it('refuse JSON that is nested, long or wide beyond measure (SE1)', async () => {
    const deep = `${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`;
    const wide = JSON.stringify({ eventId: event.id, items: Array.from({ length: 20_000 }, () => 1) });
    const many = JSON.stringify(Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, i])));
    for (const json of [deep, wide, many, JSON.stringify({ email: 'x'.repeat(400_000), password: 'x' })])
      await api.call(400, 'POST', '/reservations', { token: customer, json });
  });

  it('refuse a body beyond the limit with 413 (SE1)', async () => {
    const { body } = await api.call(413, 'POST', '/auth/login', {
      json: JSON.stringify({ email: 'x'.repeat(3_000_000) }),
    });
    assert.ok(body.code);
    const text = await exchange(
      'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n',
    );
    assert.match(text, /^HTTP\/1\.1 413 /, 'before a byte of it is read');
  });

  it('refuse too long a target or headers', async () => {
    await api.call(414, 'GET', `/events?q=${'x'.repeat(10_000)}`);
    await api.call(431, 'GET', '/events', { headers: { 'X-Long': 'x'.repeat(40_000) } });
    await api.call(400, 'GET', `/events?${Array.from({ length: 200 }, (_, i) => `a${i}=1`).join('&')}`);
  });

  it('refuse what is no HTTP, and what could be smuggled', async () => {
    for (const [request, status] of [
      ['GARBAGE\r\n\r\n', 400],
      ['GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
      ['POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}', 400],
      ['GET /health HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n', 400],
    ])
      assert.match(await exchange(request), new RegExp(`^HTTP/1\\.1 ${status} `), JSON.stringify(request));
    assert.match(await exchange('GET /api/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 400 /);
    assert.match(
      await exchange('GET /api/events/..%2f..%2fetc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
      /^HTTP\/1\.1 40[04] /,
    );
  });

  it('answer a preflight with 204 for whatever it asks, to any origin and without credentials (contract 1)', async () => {
    const { headers, raw } = await api.call(204, 'OPTIONS', '/seats/reserve', {
      headers: {
        Origin: 'https://shop.example.com',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization, content-type, idempotency-key, x-anything',
      },
    });
    assert.equal(raw.length, 0);
    assert.equal(headers['access-control-allow-origin'], '*');
    assert.match(headers['access-control-allow-methods'], /POST/);
    for (const name of ['authorization', 'content-type', 'idempotency-key', 'x-anything'])
      assert.ok(headers['access-control-allow-headers'].toLowerCase().includes(name));
    assert.equal(headers['access-control-allow-credentials'], undefined);
    for (const [expect, target] of [
      [200, '/events'],
      [404, `/events/${nobody}`],
      [401, '/auth/me'],
    ])
      assert.equal(
        (await api.call(expect, 'GET', target, { headers: { Origin: 'https://shop.example.com' } })).headers[
          'access-control-allow-origin'
        ],
        '*',
      );
  });

  it('send security headers with every answer (SE1)', async () => {
    for (const [expect, target] of [
      [200, '/events'],
      [404, '/api/nothing'],
    ]) {
      const { headers } = await api.call(expect, 'GET', target, { raw: true });
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['x-frame-options'], 'DENY');
      assert.equal(headers['x-powered-by'], undefined);
    }
  });

  it('carry a request id: yours, or a new one (OB2)', async () => {
    const given = await api.call(200, 'GET', '/events', { headers: { 'X-Request-Id': 'abc-123' } });
    assert.equal(given.headers['x-request-id'], 'abc-123');
    const one = await api.call(200, 'GET', '/events');
    const two = await api.call(200, 'GET', '/events');
    assert.notEqual(one.headers['x-request-id'], two.headers['x-request-id']);
    const long = await api.call(200, 'GET', '/events', { headers: { 'X-Request-Id': 'x'.repeat(500) } });
    assert.ok(long.headers['x-request-id'].length < 200);
  });

  it('answer HEAD as GET, without the body', async () => {
    const get = await api.call(200, 'GET', `/events/${event.id}`);
    const head = await api.call(200, 'HEAD', `/events/${event.id}`);
    assert.equal(head.raw.length, 0);
    assert.deepEqual(
      [head.headers['content-length'], head.headers.etag],
      [get.headers['content-length'], get.headers.etag],
    );
    await api.call(404, 'HEAD', `/events/${nobody}`);
  });

  it('tell times in UTC with milliseconds (contract 1)', async () => {
    const text = JSON.stringify((await api.get(`/events/${event.id}`)).event);
    const times = text.match(/\d{4}-\d\d-\d\dT[^"]*/g);
    assert.ok(times.length >= 5);
    for (const each of times) assert.match(each, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('repeat no POST by its key, whoever sends it again and whatever came between (contract 1)', async () => {
    const hold = await world.hold(customer, event);
    const options = { token: customer, key: 'cancel-once' };
    const first = await api.call(200, 'POST', `/reservations/${hold.id}/cancel`, options);
    assert.equal(first.headers['idempotent-replayed'], undefined);
    const again = await api.call(200, 'POST', `/reservations/${hold.id}/cancel`, options);
    assert.equal(again.headers['idempotent-replayed'], 'true');
    assert.deepEqual(again.body, first.body);
    const other = await world.hold(customer, event);
    await api.refused(422, 'idempotency_misuse', 'POST', `/reservations/${other.id}/cancel`, options);
    assert.equal((await world.reservation(customer, other.id)).status, 'pending');

    const order = { token: customer, key: 'order-once', json: { reservationId: other.id, amount: other.totalAmount } };
    const made = await api.call(201, 'POST', '/payments', order);
    assert.deepEqual((await api.call(201, 'POST', '/payments', order)).body, made.body);
    const charge = { token: customer, key: 'charge-once', json: { amount: 5_000 } };
    const charged = await api.call(201, 'POST', '/points/charge', charge);
    const repeated = await api.call(201, 'POST', '/points/charge', charge);
    assert.deepEqual([repeated.body, repeated.headers['idempotent-replayed']], [charged.body, 'true']);
    await api.refused(422, 'idempotency_misuse', 'POST', '/points/charge', { ...charge, json: { amount: 6_000 } });
  });

  it('refuse a key that is none', async () => {
    for (const key of ['x'.repeat(201), 'with space', '키']) {
      const headers = { 'Idempotency-Key': Buffer.from(key, 'utf8').toString('latin1') };
      const { body } = await api.call(400, 'POST', '/points/charge', {
        token: customer,
        json: { amount: 5_000 },
        headers,
      });
      assert.equal(body.errors[0].field, 'Idempotency-Key');
    }
  });

  it('keep a connection open for the next request, and take several at once (HTTP/1.1)', async () => {
    const get = 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n';
    const last = 'GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const text = await exchange(get + get + last);
    assert.equal(text.match(/HTTP\/1\.1 200 OK/g).length, 3);
  });
});
