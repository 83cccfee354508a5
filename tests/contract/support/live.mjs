// A server, and clients that are told what happens: by Socket.IO, by plain WebSockets, by Server-Sent Events.

import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { connect, connected, next } from '../../socket_io/echo.mjs';
import { note } from './api.mjs';
import { Inbox } from './inbox.mjs';
import { WebSocketClient } from './web_socket.mjs';
import { World } from './world.mjs';

const bearer = (person) => (person ? { authorization: `Bearer ${person.token}` } : {});

/** Rejects if the promise takes longer. */
export async function within(ms, promise, what) {
  const clock = new AbortController();
  const late = pause(ms, undefined, { signal: clock.signal }).then(() => assert.fail(`${what}: not within ${ms} ms`));
  late.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    clock.abort();
  }
}

/** Does it every tenth of a second for so long. */
export async function repeat(ms, act) {
  const end = performance.now() + ms;
  for (let i = 0; performance.now() < end; i += 1) {
    await act(i);
    await pause(100);
  }
}

/** While the others come and go in the line before the client, it is told of its place about once a second. */
export async function toldOnceASecond(world, event, client, name, others) {
  const begun = performance.now();
  await repeat(3_000, async (i) => {
    const other = others[i % others.length];
    await (other.left ? world.enter(other, event) : world.leave(other, event));
    other.left = !other.left;
  });
  for (const each of others) await world.leave(each, event);
  await client.told(name, (told) => told.position === 1 && told.queueSize === 1);
  const seconds = (performance.now() - begun) / 1000;
  const { length } = client.all(name);
  assert.ok(length >= 2 && length <= seconds + 2, `${length} times in ${seconds} s`);
}

/** An ordinary socket.io-client. */
export class LiveSocket extends Inbox {
  #options;

  constructor(base, person, options) {
    super(person);
    this.#options = options;
    this.io = connect(base, { auth: person ? { token: person.token } : {}, ...options });
    this.io.onAny((name, ...payload) => this.add(name, payload.length === 1 ? payload[0] : payload));
  }

  async connected() {
    await connected(this.io, this.#options);
    return this;
  }

  /** The message by which the server refuses. */
  async refusal() {
    const [error] = await next(this.io, 'connect_error');
    assert.equal(error.data, undefined);
    return error.message;
  }

  emit(name, payload) {
    this.io.emit(name, payload);
  }

  /** The acknowledgement. */
  ask(name, ...payload) {
    return this.io.timeout(10_000).emitWithAck(name, ...payload);
  }

  /** Fails unless it is acknowledged. */
  async join(room, event) {
    assert.deepEqual(await this.ask(room, { eventId: event.id }), { ok: true }, room);
    return this;
  }

  /** The connection breaks, and the page connects anew. */
  async reconnect() {
    const gone = next(this.io, 'disconnect');
    this.io.io.engine.close();
    await gone;
    this.forget();
    this.io.connect();
    return this.connected();
  }

  /** The cable is cut, and the client connects again by itself. */
  async comeBackOver(cable) {
    const gone = next(this.io, 'disconnect');
    const cutting = setInterval(() => cable.cut(), 20); // between two polls there is nothing to cut
    await gone.finally(() => clearInterval(cutting));
    this.forget();
    await next(this.io, 'connect', 10_000);
  }

  close() {
    this.io.close();
  }
}

/** A way to the server that breaks when it is told to: all that goes over it ends without a goodbye. */
export class Cable {
  #ends = new Set();
  #relay;

  static async lay(base) {
    const { hostname, port } = new URL(base);
    const out = new Cable();
    out.#relay = net.createServer((here) => {
      const there = net.connect(port, hostname);
      for (const [end, other] of [
        [here, there],
        [there, here],
      ]) {
        out.#ends.add(end);
        end.on('error', () => {}).on('close', () => {
          out.#ends.delete(end);
          other.destroy();
        });
        end.pipe(other);
      }
    });
    await new Promise((resolve) => out.#relay.listen(0, '127.0.0.1', resolve));
    out.base = `http://127.0.0.1:${out.#relay.address().port}`;
    return out;
  }

  cut() {
    for (const each of this.#ends) each.destroy();
  }

  close() {
    this.#relay.close();
    this.cut();
  }
}

/** A plain WebSocket, each of whose messages is `["name", {payload}]`. */
export class PlainSocket extends Inbox {
  static async open(base, person, { target = '/api/live', headers = {} } = {}) {
    const out = new PlainSocket(person);
    const on = { text: (text) => out.#take(text), ping: () => out.add('ping', {}) };
    out.socket = await WebSocketClient.open(base, target, headers, on);
    note('GET', target, 101);
    return out;
  }

  #take(text) {
    const parsed = JSON.parse(text);
    if (Array.isArray(parsed) && parsed.length === 2) this.add(...parsed);
    else this.add('not a pair', text);
  }

  emit(name, payload) {
    this.socket.send(JSON.stringify([name, payload]));
    return this;
  }

  /** Until the server has closed it; resolves to the code. */
  closed(ms = 10_000) {
    return within(ms, this.socket.closed, 'closing');
  }

  close() {
    this.socket.close();
  }
}

/** The parts of a text of Server-Sent Events (HTML standard, 9.2.6) that end with an empty line. */
function parseEvents(text) {
  return text.split('\n\n').flatMap((block) => {
    const fields = block.split('\n').filter((line) => line !== '' && !line.startsWith(':'));
    const of = (name) =>
      fields.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).replace(/^ /, ''));
    return fields.length === 0 ? [] : [{ name: of('event')[0] ?? 'message', data: of('data').join('\n') }];
  });
}

/** What an EventSource in a browser is told. */
export class EventStream extends Inbox {
  /** Rejects with the `status` of an answer that is none. */
  static open(base, person, target, headers) {
    const url = new URL(base);
    const options = { host: url.hostname, port: url.port, path: target, headers, agent: false };
    return new Promise((resolve, reject) => {
      const request = http.get(options, (response) => {
        note('GET', target, response.statusCode);
        if (response.statusCode === 200) return resolve(new EventStream(person, request, response));
        request.destroy();
        reject(Object.assign(new Error(`${target} answers ${response.statusCode}`), { status: response.statusCode }));
      });
      request.setTimeout(10_000, () => request.destroy(new Error(`${target} is not answered`)));
      request.once('error', reject);
    });
  }

  #request;
  #text = '';

  constructor(person, request, response) {
    super(person);
    this.#request = request;
    this.headers = response.headers;
    request.setTimeout(0);
    request.on('error', () => {}); // `closed` tells
    this.ended = new Promise((done) => response.once('close', done));
    response.on('error', () => {});
    response.setEncoding('utf8').on('data', (text) => this.#take(text));
  }

  #take(text) {
    this.#text += text.replaceAll('\r\n', '\n');
    const whole = this.#text.lastIndexOf('\n\n') + 2;
    if (whole < 2) return;
    for (const { name, data } of parseEvents(this.#text.slice(0, whole))) this.add(name, JSON.parse(data));
    this.#text = this.#text.slice(whole);
  }

  closed(ms = 10_000) {
    return within(ms, this.ended, 'the end of the stream');
  }

  close() {
    this.#request.destroy();
  }
}

/** Two bits for each seat, four seats a byte, the first in the low bits. */
function unpacked(statuses, count) {
  const bytes = Buffer.from(statuses, 'base64');
  return Array.from({ length: count }, (_, i) => (bytes[i >> 2] >> (2 * (i & 3))) & 3);
}

export class LiveWorld extends World {
  #people = [];
  #clients = [];
  #cables = [];

  async customer(name) {
    const person = await super.customer(name);
    this.#people.push(person);
    return person;
  }

  customers(count) {
    return Promise.all(Array.from({ length: count }, () => this.customer()));
  }

  #keep(client) {
    this.#clients.push(client);
    return client;
  }

  /** A socket.io-client that has not connected yet. */
  dial(person, options = {}) {
    return this.#keep(new LiveSocket(this.server.base, person, options));
  }

  socket(person, options) {
    return this.dial(person, options).connected();
  }

  /** A socket.io-client that connects again by itself, and the cable that it is on. */
  async socketOnCable(person, options) {
    const cable = await Cable.lay(this.server.base);
    this.#cables.push(cable);
    const again = { reconnection: true, reconnectionDelay: 20, reconnectionDelayMax: 100 };
    const socket = await this.#keep(new LiveSocket(cable.base, person, { ...options, ...again })).connected();
    return { socket, cable };
  }

  /** A plain WebSocket that has said nothing yet. */
  async openPlain(person, options) {
    return this.#keep(await PlainSocket.open(this.server.base, person, options));
  }

  async plain(person, options = {}) {
    const out = await this.openPlain(person, { ...options, headers: bearer(person) });
    await out.told('connected');
    return out;
  }

  async stream(person, event, { prefix = '/api', query = '', headers = bearer(person) } = {}) {
    const target = `${prefix}/queue/stream/${event.id}${query}`;
    return this.#keep(await EventStream.open(this.server.base, person, target, headers));
  }

  /** After each test: all clients go, and nothing may be wrong with anything that they were told. */
  hangUp() {
    const clients = this.#clients.splice(0);
    for (const each of clients) each.close();
    for (const each of this.#cables.splice(0)) each.close();
    const people = [...this.#people, this.admin];
    assert.deepEqual(
      clients.flatMap((each) => each.findings(people)),
      [],
    );
  }

  change(event, json) {
    return this.api.call(200, 'PUT', `/admin/events/${event.id}`, { token: this.admin, json });
  }
  cancel(event) {
    return this.api.post(200, `/admin/events/${event.id}/cancel`, { token: this.admin });
  }
  /** A customer's own hold or purchase. */
  giveUp(customer, hold) {
    return this.api.post(200, `/reservations/${hold.id}/cancel`, { token: customer });
  }

  // The waiting room.
  setRoom(event, json) {
    return this.api.call(200, 'PUT', `/queue/admin/${event.id}`, { token: this.admin, json });
  }
  room(event) {
    return this.api.get(`/queue/admin/${event.id}`, { token: this.admin });
  }
  enter(customer, event) {
    return this.api.post(200, `/queue/check/${event.id}`, { token: customer });
  }
  place(customer, event) {
    return this.api.get(`/queue/status/${event.id}`, { token: customer });
  }
  leave(customer, event) {
    return this.api.post(200, `/queue/leave/${event.id}`, { token: customer });
  }
  clear(event) {
    return this.api.post(200, `/queue/admin/clear/${event.id}`, { token: this.admin });
  }
  /** Holds the first free seat of an event behind a waiting room. */
  async holdSeatBy(entryToken, customer, event) {
    const [seat] = await this.freeSeats(event);
    const json = { eventId: event.id, seatIds: [seat.id] };
    const options = { token: customer, json, headers: { 'X-Queue-Token': entryToken } };
    return (await this.api.post(201, '/seats/reserve', options)).reservation;
  }

  /** The statuses of all seats as numbers, with the version; `ids` too if the whole compact map is asked for. */
  async seatMap(event, format = 'compact') {
    const { version, count, statuses, seats } = await this.api.get(`/seats/events/${event.id}?format=${format}`);
    return { version, statuses: unpacked(statuses, count), ids: seats?.id };
  }
}
