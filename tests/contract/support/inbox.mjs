// What a client of the live events was told, and what must hold of all of it, whatever it came by.

import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

import { document } from './document.mjs';

const id = { type: 'string', format: 'uuid' };
const idOrNull = { type: ['string', 'null'], format: 'uuid' };
const count = { type: 'integer', minimum: 0 };
const message = { type: 'string', pattern: '[가-힣]' };
const entryToken = { type: 'string', pattern: '^[\\w-]{100,}$' };
const timestamp = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' };

/** Exactly these members. */
function exactly(properties, optional = {}) {
  const all = { ...properties, ...optional };
  return { type: 'object', required: Object.keys(properties), properties: all, additionalProperties: false };
}
const seat = (status) => exactly({ seatId: id, status: { const: status }, timestamp });

const shapes = {
  'room-info': exactly({ eventId: id, userCount: count }),
  'session-restored': exactly({
    eventId: idOrNull,
    queueEventId: idOrNull,
    seatEventId: idOrNull,
    selectedSeats: { type: 'array', items: id },
  }),
  'ticket-updated': exactly({ ticketTypeId: id, availableQuantity: count, totalQuantity: count, timestamp }),
  'seat-locked': seat('locked'),
  'seat-selected': seat('locked'),
  'seat-released': seat('available'),
  'seat-reserved': seat('reserved'),
  'seats-changed': {
    ...exactly(
      {
        version: count,
        changes: {
          type: 'array',
          items: { type: 'array', prefixItems: [count, { enum: [0, 1, 2, 3] }], minItems: 2, maxItems: 2 },
        },
      },
      { reload: { const: true } },
    ),
    anyOf: [{ required: ['reload'] }, { properties: { changes: { minItems: 1 } } }],
  },
  'queue-updated': {
    ...exactly(
      { queueSize: count, currentUsers: count, timestamp },
      { position: { type: 'integer', minimum: 1 }, estimatedWait: count },
    ),
    dependentRequired: { position: ['estimatedWait'], estimatedWait: ['position'] },
  },
  'queue-entry-allowed': exactly({ userId: id, eventId: id, message, entryToken }),
  'queue-cleared': exactly({ eventId: id, message }),
  'event-updated': exactly({ eventId: id, status: document.components.schemas.EventStatus }),
  // Words of plain WebSockets.
  connected: exactly({}),
  connect_error: exactly({ message: { type: 'string' } }),
  ping: exactly({}),
  // Server-Sent Events.
  position: { ...document.components.schemas.QueuePlace, additionalProperties: false },
  'queue-refused': exactly({ error: { type: 'string' } }),
};

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
const checks = new Map(Object.entries(shapes).map(([name, schema]) => [name, ajv.compile(schema)]));

/** What one client was told, in order. */
export class Inbox {
  #looks = new Set();
  #from = 0;

  /** `owner`: the customer whose client it is, if it has said so. */
  constructor(owner) {
    this.owner = owner;
    this.messages = [];
  }

  add(name, payload) {
    this.messages.push({ name, payload });
    for (const look of [...this.#looks]) look();
  }

  /** What has come so far is not looked at any more, except by `findings`. */
  forget() {
    this.#from = this.messages.length;
    return this;
  }

  get fresh() {
    return this.messages.slice(this.#from);
  }

  /** The payloads of that name, in order. */
  all(name) {
    return this.fresh.filter((each) => each.name === name).map((each) => each.payload);
  }

  /** The first payload of that name that is as it should be, if need be when it comes. */
  told(name, isSo = () => true, ms = 10_000) {
    const asked = new Error(`who waits for ${name}`);
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.fresh.find((each) => each.name === name && isSo(each.payload));
        if (!found) return;
        clearTimeout(late);
        this.#looks.delete(look);
        resolve(found.payload);
      };
      const late = setTimeout(() => {
        this.#looks.delete(look);
        const instead = JSON.stringify(this.fresh.map((each) => [each.name, each.payload])).slice(-3000);
        reject(new Error(`no such ${name} within ${ms} ms, but ${instead}`, { cause: asked }));
      }, ms);
      this.#looks.add(look);
      look();
    });
  }

  /** Everything that is wrong with what was told, as sentences: names, members, and ids of other people. */
  findings(people) {
    const others = people.filter((each) => each.user.id !== this.owner?.user.id);
    const secrets = others.flatMap(({ user }) => [user.id, user.id.replaceAll('-', ''), user.email]);
    return this.messages.flatMap(({ name, payload }) => {
      const text = JSON.stringify(payload) ?? 'nothing';
      const check = checks.get(name);
      const wrong = secrets.filter((each) => text.includes(each)).map((each) => `tells of somebody else: ${each}`);
      if (!check) wrong.push('no such event is known');
      else if (!check(payload)) wrong.push(ajv.errorsText(check.errors));
      return wrong.map((each) => `${name}: ${each} in ${text.slice(0, 300)}`);
    });
  }
}
