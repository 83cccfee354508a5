// The real server, as its operators run it: a process of its own on a free port, with an SQLite file in a new folder.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { paths } from './paths.mjs';

const run = promisify(execFile);

export const admin = { email: 'admin@example.com', password: 'a password for tests' };
export const jwtSecret = 'a secret of more than thirty-two bytes, for tests only';

/** Only what a program needs of ours: settings of whoever runs the tests must not reach the server. */
function environment(more) {
  const { PATH, HOME, LANG, TMPDIR, ASAN_OPTIONS, UBSAN_OPTIONS, TSAN_OPTIONS } = process.env;
  const kept = { PATH, HOME, LANG, TMPDIR, ASAN_OPTIONS, UBSAN_OPTIONS, TSAN_OPTIONS, ...more };
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
}

/** Starts the process and resolves when it has said where it listens. */
async function launch(store, { flags, env }) {
  const child = spawn(
    paths.server,
    ['--profile', 'development', '--address', '127.0.0.1', '--port', '0', '--store', store, ...flags],
    {
      env: environment({ TIKETI_ADMIN_EMAIL: admin.email, TIKETI_ADMIN_PASSWORD: admin.password, ...env }),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  // Whatever becomes of the test, the server does not outlive it.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  const out = { child, output: '' };
  const base = await new Promise((resolve, reject) => {
    const read = (chunk) => {
      out.output += chunk;
      const line = /^listening on (http:\/\/\S+)\n/m.exec(out.output);
      if (line) resolve(line[1]);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', read);
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`the server ended (${code ?? signal}):\n${out.output}`)));
  });
  return Object.assign(out, { base: base.replace(/\/$/, '') });
}

export class Server {
  #process;
  #options;

  /** `seed`: fill the store with the sample catalogue before. `hs256`: sign tokens with `jwtSecret`. */
  static async start({ seed = false, hs256 = true, flags = [], env = {} } = {}) {
    const server = new Server();
    server.folder = await mkdtemp(path.join(tmpdir(), 'tiketi-contract-'));
    server.store = `sqlite:${path.join(server.folder, 'box.db')}`;
    server.#options = { flags, env: hs256 ? { JWT_SECRET: jwtSecret, ...env } : env };
    try {
      if (seed) await server.tiketi('seed');
      await server.#launch();
    } catch (error) {
      await rm(server.folder, { recursive: true, force: true });
      throw error;
    }
    return server;
  }

  async #launch() {
    this.#process = await launch(this.store, this.#options);
  }

  get base() {
    return this.#process.base;
  }
  get port() {
    return Number(new URL(this.base).port);
  }
  get pid() {
    return this.#process.child.pid;
  }
  /** All that it has written. */
  get output() {
    return this.#process.output;
  }

  /** The command line on the same store; resolves to what it prints, rejects with that if it fails. */
  async tiketi(...words) {
    const { stdout } = await run(paths.cli, [...words, '--store', this.store], { env: environment({}) }).catch(
      (error) => {
        throw new Error(`tiketi ${words.join(' ')} ended with ${error.code}:\n${error.stdout}${error.stderr}`);
      },
    );
    return stdout;
  }

  /** Asks it to stop, and resolves to its exit code. */
  async terminate(signal = 'SIGTERM') {
    if (!this.#process) return 0;
    const { child } = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = await ended;
    return code;
  }

  async restart(signal) {
    await this.terminate(signal);
    await this.#launch();
  }

  /** Stops it gracefully, lets `tiketi verify` look at what it left, and removes it. */
  async stop() {
    const code = await this.terminate();
    try {
      await this.tiketi('verify');
      if (code !== 0) throw new Error(`the server ended with ${code}:\n${this.output.slice(-4000)}`);
    } finally {
      await rm(this.folder, { recursive: true, force: true });
    }
  }
}
