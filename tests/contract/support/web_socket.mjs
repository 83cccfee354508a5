// A WebSocket client (RFC 6455) that shows what others hide: refused handshakes, control frames, close codes. (Node has
// none of its own before version 22.)

import { randomBytes } from 'node:crypto';
import http from 'node:http';

const opcodes = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 };

/** The frame at the beginning of the bytes, and where it ends; nothing while a part of it is missing. */
function parseFrame(bytes) {
  if (bytes.length < 2) return undefined;
  const short = bytes[1] & 0x7f;
  const header = { 126: 4, 127: 10 }[short] ?? 2;
  if (bytes.length < header) return undefined;
  let length = short;
  if (short === 126) length = bytes.readUInt16BE(2);
  if (short === 127) length = Number(bytes.readBigUInt64BE(2));
  const end = header + length;
  if (bytes.length < end) return undefined;
  return { final: (bytes[0] & 0x80) !== 0, opcode: bytes[0] & 0x0f, payload: bytes.subarray(header, end), end };
}

/** A whole message of less than 64 kB, masked as a client's must be. */
function writeFrame(opcode, payload) {
  const isShort = payload.length < 126;
  const header = Buffer.alloc(isShort ? 2 : 4);
  header[0] = 0x80 | opcode;
  header[1] = 0x80 | (isShort ? payload.length : 126);
  if (!isShort) header.writeUInt16BE(payload.length, 2);
  const mask = randomBytes(4);
  return Buffer.concat([header, mask, payload.map((byte, i) => byte ^ mask[i % 4])]);
}

export class WebSocketClient {
  #socket;
  #on;
  #bytes = Buffer.alloc(0);
  #parts = [];

  /** Calls `on.text` with each message, `on.ping` for each ping. Rejects with the `status` of what is no upgrade. */
  static open(base, target, headers = {}, on = {}) {
    const url = new URL(base);
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
    upgrade['sec-websocket-key'] = randomBytes(16).toString('base64');
    return new Promise((resolve, reject) => {
      const request = http.get({
        host: url.hostname,
        port: url.port,
        path: target,
        headers: { ...upgrade, ...headers },
        agent: false,
      });
      request.setTimeout(10_000, () => request.destroy(new Error(`${target} is not answered`)));
      request.once('error', reject);
      request.once('upgrade', (_, socket, head) => {
        socket.setTimeout(0);
        resolve(new WebSocketClient(socket, head, on));
      });
      request.once('response', (response) => {
        response.resume();
        reject(Object.assign(new Error(`${target} answers ${response.statusCode}`), { status: response.statusCode }));
      });
    });
  }

  constructor(socket, head, on) {
    this.#socket = socket;
    this.#on = on;
    /** Resolves to the server's close code, or 1006 if there was none. */
    this.closed = new Promise((resolve) => socket.once('close', () => resolve(this.closeCode ?? 1006)));
    socket.on('error', () => {}); // `closed` tells
    socket.on('end', () => socket.end());
    socket.on('data', (chunk) => this.#take(chunk));
    this.#take(head);
  }

  send(text) {
    this.#socket.write(writeFrame(opcodes.text, Buffer.from(text)));
  }

  close() {
    if (this.#socket.writable) this.#socket.end(writeFrame(opcodes.close, Buffer.from([0x03, 0xe8])));
  }

  /** As if the cable were cut. */
  drop() {
    this.#socket.destroy();
  }

  #take(chunk) {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (let frame = parseFrame(this.#bytes); frame; frame = parseFrame(this.#bytes)) {
      this.#bytes = this.#bytes.subarray(frame.end);
      this.#frame(frame);
    }
  }

  #frame({ final, opcode, payload }) {
    if (opcode === opcodes.ping) {
      this.#socket.write(writeFrame(opcodes.pong, payload));
      this.#on.ping?.();
    } else if (opcode === opcodes.close) {
      this.closeCode = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
      this.close();
    } else if (opcode === opcodes.text || opcode === opcodes.continuation) {
      this.#parts.push(payload);
      if (final) this.#on.text?.(Buffer.concat(this.#parts.splice(0)).toString('utf8'));
    }
  }
}
