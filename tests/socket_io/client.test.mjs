// RT: ordinary socket.io-client 4.x works unchanged, over long-polling, over WebSocket, and from one to the other.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';

import { Socket as EngineSocket } from 'engine.io-client'; // comes with socket.io-client

import { WebSocketClient } from '../contract/support/web_socket.mjs';
import { connect, connected, next, startEcho, ways } from './echo.mjs';

let echo;
before(async () => (echo = await startEcho('--threads', '2')));
after(async () => assert.equal(await echo.stop(), 0, 'a stop is clean'));

for (const [way, options] of Object.entries(ways)) {
  describe(`RT over ${way}`, () => {
    /** Connects, lets `body` do its work, and takes leave. */
    const session = (name, body, more = {}, path = '/') =>
      test(name, async () => {
        const socket = connect(echo.url + path, { ...options, ...more });
        try {
          await body(socket);
        } finally {
          socket.close();
        }
      });

    session(
      'the auth object is what was sent',
      async (socket) => {
        assert.deepEqual(await next(socket, 'auth'), [{ token: '123' }]);
      },
      { auth: { token: '123' } },
    );

    session('without auth there is an empty one, and ids differ', async (socket) => {
      assert.deepEqual(await next(socket, 'auth'), [{}]);
      assert.equal(socket.id.length, 20);
      assert.notEqual(socket.id, socket.io.engine.id);
    });

    session('ends up on the transport that was asked for', async (socket) => {
      await connected(socket, options);
      assert.equal(socket.io.engine.transport.name, options.transports?.[0] ?? 'websocket');
    });

    session('events come back with all their arguments', async (socket) => {
      const args = [1, '2', { 3: [false, null] }, '서울 \u2028 🎫', []];
      socket.emit('message', ...args);
      assert.deepEqual(await next(socket, 'message-back'), args);
    });

    session('bytes come back, wherever in the arguments they were', async (socket) => {
      const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
      socket.emit('message', all, { deep: [Buffer.alloc(0), 'x', { again: Buffer.alloc(100_000, 7) }] });
      const [first, second] = await next(socket, 'message-back');
      assert.deepEqual(Buffer.from(first), all);
      assert.equal(second.deep[0].byteLength ?? second.deep[0].length, 0);
      assert.deepEqual(Buffer.from(second.deep[2].again), Buffer.alloc(100_000, 7));
    });

    session('acknowledgements carry the arguments, bytes too', async (socket) => {
      const got = await new Promise((resolve) =>
        socket.emit('message-with-ack', 1, { b: Buffer.from([1, 2, 3]) }, (...args) => resolve(args)),
      );
      assert.equal(got[0], 1);
      assert.deepEqual(Buffer.from(got[1].b), Buffer.from([1, 2, 3]));
      const several = await Promise.all(
        [1, 2, 3].map((i) => socket.timeout(5000).emitWithAck('message-with-ack', `answer ${i}`)),
      );
      assert.deepEqual(several, ['answer 1', 'answer 2', 'answer 3']);
    });

    session('200 events keep their order, also across the change of transport', async (socket) => {
      const got = [];
      const done = new Promise((resolve) => socket.on('message-back', (i) => got.push(i) === 200 && resolve()));
      for (let i = 0; i < 200; ++i) {
        socket.emit('message', i);
        if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await done;
      assert.deepEqual(
        got,
        Array.from({ length: 200 }, (_, i) => i),
      );
    });

    session('a namespace of its own beside the first, on one connection', async (socket) => {
      const custom = socket.io.socket('/custom', { auth: { for: 'custom' } });
      const [[auth]] = await Promise.all([next(custom, 'auth'), next(socket, 'auth')]);
      assert.deepEqual(auth, { for: 'custom' });
      assert.notEqual(custom.id, socket.id);
      assert.equal(await custom.timeout(5000).emitWithAck('message-with-ack', 'c'), 'c');
      custom.disconnect(); // leaves the other one where it is
      assert.equal(await socket.timeout(5000).emitWithAck('message-with-ack', 'still'), 'still');
    });

    session(
      'a namespace that there is not is refused',
      async (socket) => {
        const [error] = await next(socket, 'connect_error');
        assert.equal(error.message, 'Invalid namespace');
      },
      {},
      '/random',
    );

    test('Engine.IO alone: text and bytes come back', async () => {
      const socket = new EngineSocket(echo.url, options); // its path is /engine.io/
      socket.binaryType = 'arraybuffer';
      const got = [];
      const done = new Promise((resolve) =>
        socket.on('message', (data) => {
          got.push(typeof data === 'string' ? data : Buffer.from(data).toString('hex'));
          if (got.length === 3) resolve();
        }),
      );
      await next(socket, 'open');
      socket.send('hello');
      socket.send(Buffer.from([1, 0, 255]));
      socket.send('서울');
      await done;
      assert.deepEqual(got, ['hello', '0100ff', '서울']);
      socket.close();
    });

    test('whoever is cut off connects again, and what was emitted meanwhile arrives', async () => {
      const server = await startEcho('--threads', '2');
      const socket = connect(server.url, {
        ...options,
        reconnection: true,
        reconnectionDelay: 50,
        reconnectionDelayMax: 100,
      });
      await connected(socket, options);
      const port = new URL(server.url).port;
      const gone = next(socket, 'disconnect');
      await server.stop();
      assert.ok(['transport close', 'transport error'].includes((await gone)[0]));
      socket.emit('message', 'later');
      const again = await startEcho('--port', port);
      assert.deepEqual(await next(socket, 'message-back', 10_000), ['later']);
      socket.close();
      await again.stop();
    });
  });
}

describe('RT bounds and times', () => {
  for (const transport of ['polling', 'websocket'])
    test(`5000 events at once, and large ones, over ${transport}`, async () => {
      const socket = connect(echo.url, { transports: [transport] });
      let count = 0;
      const done = new Promise((resolve) =>
        socket.on('message-back', (i) => {
          assert.equal(i.length ?? i, count < 5000 ? count : 400_000);
          if (++count === 5002) resolve();
        }),
      );
      for (let i = 0; i < 5000; ++i) socket.emit('message', i);
      socket.emit('message', 'x'.repeat(400_000));
      socket.emit('message', 'x'.repeat(400_000));
      await done;
      socket.close();
    });

  for (const transport of ['polling', 'websocket']) {
    test(`a message beyond maxPayload ends the session over ${transport}`, async () => {
      const server = await startEcho('--max-payload', '1000');
      const socket = connect(server.url, { transports: [transport] });
      await next(socket, 'connect');
      socket.emit('message', 'x'.repeat(2000));
      await next(socket, 'disconnect');
      await server.stop();
    });

    test(`heartbeats keep an idle session over ${transport}`, async () => {
      const server = await startEcho('--ping-interval', '100', '--ping-timeout', '80');
      const socket = connect(server.url, { transports: [transport] });
      await next(socket, 'connect');
      let pings = 0;
      socket.io.engine.on('ping', () => ++pings);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      assert.ok(socket.connected);
      assert.ok(pings >= 9 && pings <= 15, `${pings} pings`);
      socket.close();
      await server.stop();
    });
  }

  test('a client that joins no namespace in time is let go', async () => {
    const server = await startEcho('--connect-timeout', '1000');
    for (const transport of ['polling', 'websocket']) {
      const silent = new EngineSocket(server.url, { transports: [transport], path: '/socket.io/' });
      await next(silent, 'open');
      const socket = connect(server.url, { transports: [transport] });
      await next(silent, 'close');
      await new Promise((resolve) => setTimeout(resolve, 1100));
      assert.ok(socket.connected, 'who joined stays');
      socket.close();
    }
    await server.stop();
  });

  test('both protocols may be served anywhere', async () => {
    const server = await startEcho('--path', '/shop/live/', '--engine-path', '/raw/');
    const socket = connect(server.url, { path: '/shop/live/' });
    await connected(socket, {});
    assert.equal(await socket.timeout(5000).emitWithAck('message-with-ack', 7), 7);
    const raw = new EngineSocket(server.url, { path: '/raw/' });
    await next(raw, 'open');
    raw.send('there');
    assert.deepEqual(await next(raw, 'message'), ['there']);
    assert.equal((await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`)).status, 404);
    socket.close();
    raw.close();
    await server.stop();
  });

  test('an upgrade that is not finished in time is given up', async () => {
    const server = await startEcho('--upgrade-timeout', '100');
    const opened = await (await fetch(`${server.url}/engine.io/?EIO=4&transport=polling`)).text();
    const { sid } = JSON.parse(opened.slice(1));
    const half = await WebSocketClient.open(server.url, `/engine.io/?EIO=4&transport=websocket&sid=${sid}`);
    assert.equal(await half.closed, 1000);
    const post = { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: '4still' };
    assert.equal((await fetch(`${server.url}/engine.io/?EIO=4&transport=polling&sid=${sid}`, post)).status, 200);
    await server.stop();
  });

  test("a client's polls may come by any connection", async () => {
    const server = await startEcho('--threads', '4');
    const agent = new http.Agent({ keepAlive: false }); // a connection for each request: all threads get some
    for (let i = 0; i < 5; ++i) {
      const socket = connect(server.url, { transports: ['polling'], agent });
      for (let j = 0; j < 10; ++j) assert.equal(await socket.timeout(5000).emitWithAck('message-with-ack', j), j);
      socket.close();
    }
    await server.stop();
  });

  test('many clients at once, on all threads, upgrading', async () => {
    const server = await startEcho('--threads', '4');
    await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const socket = connect(server.url);
        await connected(socket, {});
        assert.equal(await socket.timeout(8000).emitWithAck('message-with-ack', i), i);
        socket.close();
      }),
    );
    await server.stop();
  });
});
