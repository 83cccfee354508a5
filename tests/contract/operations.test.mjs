// What operators see: health, metrics, logs, the document, start and stop (SPEC 15, 17, 18).

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

import { operations, source } from './support/document.mjs';
import { paths } from './support/paths.mjs';
import { admin } from './support/server.mjs';
import { World } from './support/world.mjs';

const run = promisify(execFile);

describe('operators', () => {
  let world, api;
  before(async () => {
    world = await World.open();
    api = world.api;
  });
  after(() => world?.close());

  it('see that the process lives and that it can serve (OB4)', async () => {
    const health = await api.get('/health');
    assert.deepEqual([health.status, health.environment], ['ok', 'development']);
    assert.match(health.version, /^\d+\.\d+\.\d+$/);
    for (const path of ['live', 'ready', 'detailed', 'db', 'redis', 'all'])
      assert.equal((await api.get(`/health/${path}`)).status, 'ok');
    const { checks } = await api.get('/health/all');
    assert.deepEqual([checks.storage.status, checks.redis.status], ['ok', 'unused']);
  });

  it('read metrics by the documented names (OB1)', async () => {
    const customer = await world.customer();
    const event = await world.event();
    const hold = await world.buy(customer, event);
    await api.post(200, `/reservations/${hold.id}/cancel`, { token: customer });
    await api.call(401, 'GET', '/auth/me');
    const { text, headers } = await api.call(200, 'GET', '/metrics');
    assert.match(headers['content-type'], /^text\/plain; version=0\.0\.4/);
    for (const name of ['http_requests_total', 'http_request_duration_seconds', 'http_requests_active'])
      assert.match(text, new RegExp(`^# TYPE ${name} `, 'm'));
    const me = text.split('\n').find((line) => line.startsWith('http_requests_total{') && line.includes('/auth/me'));
    assert.match(me, /method="GET"/);
    assert.match(me, /status="401"/);
    assert.match(text, /http_request_duration_seconds_bucket\{[^}]*le="\+Inf"[^}]*\} \d+/);
    assert.ok(!text.includes(hold.id), 'paths are told as patterns: what clients send makes no series');
    assert.match(text, /^# TYPE tiketi_auth_attempts_total counter/m);
  });

  it('count what was sold (OB1)', async () => {
    const customer = await world.customer();
    const hold = await world.buy(customer, await world.event());
    await api.post(200, `/reservations/${hold.id}/cancel`, { token: customer });
    // They are told by events, which come soon after.
    for (;;) {
      const { text } = await api.call(200, 'GET', '/metrics');
      const names = [
        'tiketi_reservations_total',
        'tiketi_seats_total',
        'tiketi_payments_total',
        'tiketi_revenue_total',
        'tiketi_payment_amount_total',
        'tiketi_db_query_duration_seconds_bucket',
      ];
      if (names.every((each) => text.includes(`${each}{`) || text.includes(`${each} `))) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });

  it('see how many places are free (OB1)', async () => {
    const places = async () => {
      const { text } = await api.call(200, 'GET', '/metrics');
      return ['available', 'reserved'].map((each) =>
        Number(text.match(new RegExp(`^tiketi_seats_${each} (\\d+)`, 'm'))[1]),
      );
    };
    const event = await world.event();
    const before = await places();
    await world.hold(await world.customer(), event, 3);
    assert.deepEqual(await places(), [before[0] - 3, before[1] + 3]);
  });

  it('get this very document, and a page to browse it', async () => {
    const { text } = await api.call(200, 'GET', '/openapi.yaml');
    assert.equal(text, source);
    const page = await api.call(200, 'GET', '/api-docs');
    for (const [, file] of page.text.matchAll(/(?:src|href)="(\/api-docs\/[^"]+)"/g))
      await api.call(200, 'GET', file, { raw: true });
  });

  it('find requests in the log by their id, as JSON lines', async () => {
    await api.call(404, 'GET', '/events/0198f0a2-4c1e-7d3b-8a55-1f2e3d4c5b6a', {
      headers: { 'X-Request-Id': 'find-me-again' },
    });
    const line = await logged('find-me-again');
    const record = JSON.parse(line);
    assert.deepEqual([record.status, record.method, record.request_id], [404, 'GET', 'find-me-again']);
  });

  async function logged(word) {
    for (;;) {
      const whole = world.server.output.split('\n').slice(0, -1);
      const line = whole.find((each) => each.includes(word));
      if (line) return line;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('never find a password, token or secret in it (OB2 SE2)', async () => {
    const secrets = ['correct-horse-battery', 'wrong-horse-battery'];
    const email = `masked-${process.pid}@example.com`;
    const answer = await api.post(201, '/auth/register', { json: { email, password: secrets[0], name: '가면' } });
    await api.call(401, 'POST', '/auth/login', { json: { email, password: secrets[1] } });
    await api.call(403, 'GET', '/auth/me', { token: `${answer.token}x` });
    await api.call(400, 'POST', '/auth/login', { json: `{"password":"${secrets[0]}",` });
    await api.call(400, 'GET', `/events?limit=x&token=${answer.token}&password=${secrets[1]}`);
    await api.post(200, '/auth/refresh-token', { json: { refreshToken: answer.refreshToken } });
    await api.call(200, 'GET', '/events', {
      headers: { 'X-Request-Id': 'the-last-of-them', Cookie: `session=${secrets[0]}` },
    });
    await logged('the-last-of-them');
    const { output } = world.server;
    for (const secret of [...secrets, admin.password, answer.token, answer.token.split('.')[2], answer.refreshToken])
      assert.ok(!output.includes(secret), `the log tells ${secret.slice(0, 20)}…`);
    assert.ok(!output.includes(email), 'e-mail addresses are masked');
  });

  it('find in the document every route that the server has, and the other way round', async () => {
    const { stdout } = await run(paths.server, ['--routes']);
    const wild = (path) => path.replace(/:[^/]+/g, '{}').replace(/\{[^}]+\}/g, '{}');
    const served = new Set();
    for (const line of stdout.trim().split('\n')) {
      const [method, path] = line.split(' ');
      if (path.startsWith('/api-docs/') || path.includes('*')) continue; // files of a page
      served.add(`${method} ${wild(path)}`);
    }
    const documented = new Set();
    for (const { method, path, root } of operations)
      for (const prefix of root ? [''] : ['/api', '/api/v1', ...(path.startsWith('/queue/') ? ['/api/api'] : [])])
        documented.add(`${method} ${prefix}${wild(path)}`);
    const missing = (from, where) => [...from].filter((each) => !where.has(each));
    assert.deepEqual(missing(served, documented), [], 'served, but not documented');
    assert.deepEqual(missing(documented, served), [], 'documented, but not served');
  });
});

describe('a server that is told to stop', () => {
  let world;
  before(async () => {
    world = await World.open();
  });
  after(() => world?.close());

  it('finishes what is in flight, closes idle connections and ends with 0 (SV5)', async () => {
    const { port } = world.server;
    const idle = net.connect(port, '127.0.0.1');
    const idleEnded = once(idle, 'close');
    idle.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(idle, 'data');
    idle.resume();

    // That it says "100 Continue" means that it has taken the request in.
    const json = JSON.stringify({ email: `last-${process.pid}@example.com`, password: 'just in time', name: '마지막' });
    const busy = net.connect(port, '127.0.0.1').setEncoding('utf8');
    const busyEnded = once(busy, 'close');
    let text = '';
    busy.on('data', (chunk) => (text += chunk));
    busy.write(
      'POST /api/auth/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n' +
        `Content-Length: ${Buffer.byteLength(json)}\r\nExpect: 100-continue\r\n\r\n`,
    );
    await once(busy, 'data');
    assert.match(text, /^HTTP\/1\.1 100 Continue\r\n/);
    const ended = world.server.terminate();
    await idleEnded; // it is stopping
    busy.write(json);
    await busyEnded;
    assert.match(text, /HTTP\/1\.1 201 /);
    assert.match(text, /\r\nConnection: close\r\n/i);
    assert.equal(await ended, 0);
    await assert.rejects(world.api.get('/health'));
  });

  it('finds all that it has confirmed when it starts again (BO3)', async () => {
    await world.server.restart();
    const customer = await world.customer();
    const hold = await world.buy(customer, await world.event());
    await world.server.terminate('SIGKILL');
    await world.server.restart();
    assert.equal((await world.reservation(customer, hold.id)).status, 'confirmed');
    const { tickets } = await world.api.get(`/reservations/${hold.id}/tickets`, { token: customer });
    assert.equal(tickets.length, 1);
    await world.ledger();
  });
});

describe('a server that is told nonsense', () => {
  const fails = async (flags, env = {}) => {
    const { PATH } = process.env;
    const error = await run(paths.server, flags, { env: { PATH, ...env }, timeout: 20_000 }).then(
      () => assert.fail(`started with ${flags.join(' ')}`),
      (failure) => failure,
    );
    assert.ok(error.code === 1 || error.code === 2, `ended with ${error.code ?? error.signal}`);
    return error.stderr + error.stdout;
  };

  it('says what is wrong instead of starting (SV4)', async () => {
    await fails(['--port', '99999']);
    await fails(['--no-such-flag']);
    await fails(['--log-level', 'loud', '--store', 'memory', '--port', '0']);
    await fails(['--store', 'paper:tape', '--port', '0']);
    await fails(['--profile', 'weekend']);
    await fails(['--cancellation-fees', '1:1:1', '--store', 'memory', '--port', '0']);
  });

  it('takes no known password or weak secret in production (ID4, fault: default admin password and secret in code)', async () => {
    const production = ['--profile', 'production', '--provider', 'sandbox', '--store', 'memory', '--port', '0'];
    const told = await fails(production, { JWT_SECRET: 'short' });
    assert.match(told, /secret/i);
    assert.ok(!told.includes('short\n'), 'and does not tell it');
  });

  it('takes nobody’s money outside development only if told so (PA1)', async () => {
    for (const profile of ['production', 'staging'])
      assert.match(await fails(['--profile', profile, '--store', 'memory', '--port', '0']), /--provider sandbox/);
  });

  it('shows its configuration without secrets', async () => {
    const { stdout } = await run(paths.server, ['--print-config', '--provider', 'sandbox'], {
      env: {
        PATH: process.env.PATH,
        JWT_SECRET: 'x'.repeat(40),
        TIKETI_ADMIN_EMAIL: 'a@example.com',
        TIKETI_ADMIN_PASSWORD: 'sesame',
      },
    });
    assert.match(stdout, /port = 3001/);
    assert.ok(!stdout.includes('sesame') && !stdout.includes('xxxx'));
  });

  it('takes the database of DB_HOST and the variables beside it, unless it is told another (SV4)', async () => {
    const env = {
      PATH: process.env.PATH,
      DB_HOST: 'db.local',
      DB_PORT: '5433',
      DB_USER: 'box office',
      DB_PASSWORD: 'p@ss/word',
      DB_NAME: 'tiketi',
      DB_SSL_MODE: 'require',
    };
    const store = async (...flags) => {
      const all = ['--print-config', '--provider', 'sandbox', ...flags];
      return (await run(paths.server, all, { env })).stdout.match(/^store = (.*)$/m)[1];
    };
    assert.equal(await store(), 'postgres://box%20office:***@db.local:5433/tiketi?sslmode=require');
    assert.equal(await store('--store', 'memory'), 'memory');
  });

  it('prints its flags', async () => {
    const { stdout } = await run(paths.server, ['--help']);
    for (const flag of ['--store', '--port', '--profile', '--hold-seconds', '--routes'])
      assert.ok(stdout.includes(flag));
  });
});
