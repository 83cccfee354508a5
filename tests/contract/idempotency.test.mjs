// `Idempotency-Key` on every POST that takes one: the same key with another request is refused (contract 1, BO6).

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { operations } from './support/document.mjs';
import { World } from './support/world.mjs';

const ids = ['0198f0a2-4c1e-7d3b-8a55-1f2e3d4c5b6a', '0198f0a2-4c1e-7d3b-8a55-1f2e3d4c5b6b'];

describe('an idempotency key', () => {
  let world, api, customer;
  before(async () => {
    world = await World.open({ seed: true });
    api = world.api;
    customer = await world.customer();
  });
  after(() => world?.close());

  /** Two requests to a route that differ: in the body, or where there is none in the address. */
  const pairs = {
    reserveSeats: async () => {
      const event = await world.seatedEvent();
      const seats = await world.freeSeats(event);
      return [0, 1].map((i) => ({ json: { eventId: event.id, seatIds: [seats[i].id] } }));
    },
    reserveBestSeats: async () => {
      const event = await world.seatedEvent();
      return [1, 2].map((quantity) => ({ json: { eventId: event.id, quantity } }));
    },
    reserve: async () => {
      const event = await world.event();
      const [{ id }] = await world.ticketTypes(event);
      return [1, 2].map((quantity) => ({ json: { eventId: event.id, items: [{ ticketTypeId: id, quantity }] } }));
    },
    pay: async () => {
      const event = await world.event();
      const holds = [await world.hold(customer, event), await world.hold(customer, event)];
      return holds.map(({ id }) => ({ json: { reservationId: id, paymentMethod: 'card' } }));
    },
  };
  pairs.lockSeats = pairs.reserveSeats;
  pairs.confirmTossPayment = async () => {
    const event = await world.event();
    const confirmations = [];
    for (let i = 0; i < 2; ++i) {
      const { paymentUrl } = await world.order(customer, await world.hold(customer, event));
      confirmations.push({ json: World.confirmation(await world.decide(paymentUrl)) });
    }
    return confirmations;
  };
  pairs.confirmPaymentAlias = pairs.confirmTossPayment;
  const byAddress = new Set(['cancelReservation', 'cancelEvent', 'generateSeats', 'leaveQueue', 'clearQueueRoom']);

  const requests = async ({ id }) => {
    if (pairs[id]) return pairs[id]();
    if (byAddress.has(id)) return ids.map((each) => ({ id: each }));
    return [{ json: { first: true } }, { json: { first: false } }];
  };

  describe('with another request is 422 idempotency_misuse', () => {
    for (const operation of operations.filter((each) => each.operation.responses['422']))
      it(`${operation.method} ${operation.path}`, async () => {
        const [first, second] = await requests(operation);
        const address = ({ id = ids[0] }) => operation.path.replace(/\{[^}]+\}/, id);
        const options = { token: operation.access === 'admin' ? world.admin : customer, key: `twice-${operation.id}` };
        const documented = Object.keys(operation.operation.responses).map(Number);
        const before = await api.call(documented, 'POST', address(first), { ...options, json: first.json });
        assert.notEqual(before.body.code, 'idempotency_misuse');
        const { body } = await api.call(422, 'POST', address(second), { ...options, json: second.json });
        assert.equal(body.code, 'idempotency_misuse');
        const again = await api.call(documented, 'POST', address(first), { ...options, json: first.json });
        assert.deepEqual([again.status, again.headers['idempotent-replayed']], [before.status, 'true']);
      });
  });

  it('is taken by every POST that is for users, but where tokens are handed out or a place is asked for', () => {
    const without = operations
      .filter((each) => each.method === 'POST' && each.access !== 'anyone')
      .filter((each) => !each.parameters.some(({ name }) => name === 'Idempotency-Key'))
      .map((each) => each.path);
    assert.deepEqual(without.sort(), [
      '/auth/logout',
      '/auth/password',
      '/queue/check/{eventId}',
      '/queue/enter',
      '/queue/join/{eventId}',
    ]);
  });
});
