// Log-ins cost a core some time on purpose. One address may not take all of it (SE1).

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { World } from './support/world.mjs';

describe('a crowd at the log-in', () => {
  let world, api;
  before(async () => {
    world = await World.open({ flags: ['--password-queue-per-client', '1'] });
    api = world.api;
  });
  after(() => world?.close());

  it('gets 429 beyond its part of the queue, and is let in later', async () => {
    const customer = await world.customer();
    const { email, password } = customer;
    let person = 0;
    const newEmail = () => `crowd-${process.pid}-${(person += 1)}@example.com`;
    const routes = [
      [200, '/auth/password', () => ({ token: customer, json: { currentPassword: password, newPassword: password } })],
      [200, '/auth/login', () => ({ json: { email, password } })],
      [201, '/auth/register', () => ({ json: { email: newEmail(), password, name: '군중' } })],
    ];
    for (const [normal, route, options] of routes) {
      const calls = Array.from({ length: 12 }, () => api.call([normal, 429], 'POST', route, options()));
      const answers = await Promise.all(calls);
      const refused = answers.filter((each) => each.status === 429);
      assert.ok(refused.length > 0 && refused.length < answers.length, `${route}: ${refused.length} of ${answers.length}`);
      for (const each of refused) {
        assert.equal(each.body.code, 'too_many_requests');
        assert.match(each.body.detail, /[가-힣]/);
        assert.equal(each.headers['retry-after'], '1');
      }
      await api.call(normal, 'POST', route, options());
    }
  });
});
