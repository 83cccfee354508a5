// The program realtime_echo as a process of its own, and clients of it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { io } from 'socket.io-client';

const program = process.env.TIKETI_REALTIME_ECHO ?? 'build/examples/realtime_echo';

/** Resolves when it has said where it listens; `stop` ends it and resolves with its exit code. */
export async function startEcho(...flags) {
  const child = spawn(program, flags.includes('--port') ? flags : ['--port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill); // whatever becomes of the test
  const url = await new Promise((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      const line = /^listening on (http:\/\/\S+)\n/m.exec(output);
      if (line) resolve(line[1]);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`the echo ended: ${code ?? signal}`)));
  });
  return {
    url,
    async stop() {
      process.off('exit', kill);
      child.kill('SIGTERM');
      return (await once(child, 'exit'))[0];
    },
  };
}

/** How clients connect; each of the tests should hold with all of them. */
export const ways = {
  'long-polling': { transports: ['polling'] },
  WebSocket: { transports: ['websocket'] },
  'an upgrade': {},
};

export function connect(url, options = {}) {
  return io(url, { forceNew: true, reconnection: false, ...options });
}

/** The arguments of the next such event. */
export function next(emitter, event, ms = 5000) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no ${event} within ${ms} ms`)), ms);
    emitter.once(event, (...args) => {
      clearTimeout(late);
      resolve(args);
    });
  });
}

/** Until the client is connected, and on the transport that it is to end up with. */
export async function connected(socket, options) {
  if (!socket.connected) await next(socket, 'connect');
  const engine = socket.io.engine;
  if (!options.transports && engine.transport.name !== 'websocket') await next(engine, 'upgrade');
}
