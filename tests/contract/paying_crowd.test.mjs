// More payments than the server takes at once: who is refused is refused before anything has begun (PA3, PA7, SE1).

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { World, until } from './support/world.mjs';

describe('a crowd that pays', () => {
  let world, api;
  before(async () => {
    world = await World.open({ flags: ['--max-queue', '1'] });
    api = world.api;
  });
  after(() => world?.close());

  it('is served, or told at once to try again; nobody is left half paid', async () => {
    const event = await world.event();
    const buyers = [];
    for (let i = 0; i < 12; ++i) {
      const customer = await world.customer();
      buyers.push({ customer, hold: await world.hold(customer, event) });
    }
    const pay = async ({ customer, hold }) => {
      const options = { token: customer, json: { reservationId: hold.id, paymentMethod: 'card' } };
      // Never `payment_in_progress`, which is 400: that would be a payment which had begun and was refused all the same.
      const ask = () => api.call([200, 503], 'POST', '/payments/process', options);
      const paid = await until(ask, ({ status, headers, body }) => {
        if (status === 503) assert.deepEqual([body.code, headers['retry-after']], ['overloaded', '1']);
        return status === 200;
      });
      assert.equal(paid.status, 200);
    };
    await Promise.all(buyers.map(pay));
    assert.equal((await world.ledger()).revenue, 12 * 50_000);
  });
});
