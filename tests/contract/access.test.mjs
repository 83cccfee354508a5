// Who may call what: every operation of the document, with every kind of token (contract 1, ID3, ID4, AD1).

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { operations } from './support/document.mjs';
import { World, payloadOf, token, nobody } from './support/world.mjs';

/** The operation's address, with an id that nothing has. */
const address = (operation) => operation.path.replace(/\{[^}]+\}/g, nobody);

/** A body as good as any: access is decided before it is read. */
const bodyFor = (operation) => (operation.method === 'GET' || operation.method === 'DELETE' ? {} : { json: {} });

describe('access', () => {
  let world, api, customer, expired, stale;
  before(async () => {
    world = await World.open();
    api = world.api;
    customer = await world.customer();
    expired = token({ ...payloadOf(customer.token), iat: 1_700_000_000, exp: 1_700_000_001 });
    const gone = await world.customer();
    await api.post(200, '/auth/logout', { token: gone });
    stale = gone.token;
  });
  after(() => world?.close());

  const call = (expect, operation, options) =>
    api.call(expect, operation.method, address(operation), { ...bodyFor(operation), ...options });

  describe('without a token is 401 on every route that needs one', () => {
    for (const operation of operations.filter((each) => each.access !== 'anyone'))
      it(`${operation.method} ${operation.path}`, async () => {
        const { body } = await call(401, operation);
        assert.deepEqual([body.code, body.error], ['not_authenticated', '인증이 필요합니다.']);
      });
  });

  describe('with a bad, expired or logged-out token is 403 on every route that needs one', () => {
    for (const operation of operations.filter((each) => each.access !== 'anyone'))
      it(`${operation.method} ${operation.path}`, async () => {
        for (const bad of ['nonsense', expired, stale]) {
          const { body } = await call(403, operation, { token: bad });
          assert.deepEqual([body.code, body.error], ['token_invalid', '유효하지 않은 토큰입니다.']);
        }
      });
  });

  describe('to admins’ routes is 403 for customers (AD1)', () => {
    for (const operation of operations.filter((each) => each.access === 'admin'))
      it(`${operation.method} ${operation.path}`, async () => {
        const { body } = await call(403, operation, { token: customer });
        assert.equal(body.code, 'not_permitted');
      });
  });

  describe('to public routes never ends in 401 or 403, whatever the token', () => {
    const own = new Set(['logIn', 'refreshToken']); // they answer 401 to what is in the body
    for (const operation of operations.filter((each) => each.access === 'anyone' && !own.has(each.id)))
      it(`${operation.method} ${operation.path}`, async () => {
        const documented = Object.keys(operation.operation.responses).map(Number);
        const statuses = new Set();
        for (const options of [{}, { token: 'nonsense' }, { token: expired }, { token: stale }])
          statuses.add((await call(documented, operation, options)).status);
        assert.equal(statuses.size, 1, 'the same answer with and without a token');
        assert.ok(!statuses.has(401) && !statuses.has(403));
      });
  });

  it('takes `Bearer` in any case, and refuses other schemes', async () => {
    await api.get('/auth/me', { headers: { authorization: `bearer ${customer.token}` } });
    for (const authorization of [`Basic ${customer.token}`, customer.token, 'Bearer', 'Bearer ']) {
      const { body } = await api.call(401, 'GET', '/auth/me', { headers: { authorization } });
      assert.equal(body.code, 'not_authenticated');
    }
  });

  it('says by WWW-Authenticate what it wants', async () => {
    const { headers } = await api.call(401, 'GET', '/auth/me');
    assert.equal(headers['www-authenticate'], 'Bearer');
  });

  it('to somebody else’s things ends in 404, as if they were not there (BO7 PA8 TI1)', async () => {
    const owner = await world.customer();
    const event = await world.event();
    const hold = await world.hold(owner, event);
    await world.pay(owner, hold);
    const [payment] = await world.payments(owner);
    const { tickets } = await api.get(`/reservations/${hold.id}/tickets`, { token: owner });
    const unpaid = await world.hold(owner, event);
    const order = await world.order(owner, unpaid);
    const confirmation = World.confirmation(await world.decide(order.paymentUrl));
    for (const [code, method, target, json] of [
      ['reservation_not_found', 'GET', `/reservations/${hold.id}`],
      ['reservation_not_found', 'GET', `/reservations/${hold.id}/tickets`],
      ['reservation_not_found', 'GET', `/reservations/${hold.id}/refund-quote`],
      ['reservation_not_found', 'POST', `/reservations/${hold.id}/cancel`],
      ['reservation_not_found', 'GET', `/seats/reservation/${hold.id}`],
      ['reservation_not_found', 'POST', '/seats/release', { reservationId: unpaid.id }],
      ['reservation_not_found', 'POST', '/payments/process', { reservationId: unpaid.id, paymentMethod: 'card' }],
      ['reservation_not_found', 'POST', '/payments', { reservationId: unpaid.id, amount: unpaid.totalAmount }],
      ['payment_not_found', 'POST', '/payments/toss/confirm', confirmation],
      ['payment_not_found', 'POST', '/payments/fail', { orderId: order.orderId }],
      ['payment_not_found', 'GET', `/payments/${payment.id}`],
      ['payment_not_found', 'GET', `/payments/${payment.id}/status`],
      ['payment_not_found', 'POST', `/payments/${payment.id}/cancel`, { reason: '내 것' }],
      ['payment_not_found', 'POST', '/payments/cancel', { paymentId: payment.id, reason: '내 것' }],
      ['ticket_not_found', 'GET', `/tickets/${tickets[0].id}`],
      ['ticket_not_found', 'GET', `/tickets/${tickets[0].id}/qr.svg`],
      ['ticket_not_found', 'GET', `/tickets/${tickets[0].id}/qr.png`],
    ]) {
      const problem = await api.refused(404, code, method, target, { token: customer, ...(json ? { json } : {}) });
      const unknown = await api.refused(404, code, method, target.replace(/[0-9a-f-]{36}/, nobody), {
        token: customer,
        ...(json ? { json } : {}),
      });
      assert.equal(problem.detail, unknown.detail, 'told no differently from what does not exist');
    }
    assert.equal((await world.reservation(owner, hold.id)).status, 'confirmed');
    assert.equal((await world.reservation(owner, unpaid.id)).status, 'pending');
    assert.deepEqual((await api.get('/reservations/my', { token: customer })).reservations, []);
    assert.deepEqual(await world.payments(customer), []);
    assert.equal((await api.get('/tickets/my', { token: customer })).pagination.total, 0);
  });

  it('of admins reaches everybody’s reservations, payments and tickets (BO7)', async () => {
    const owner = await world.customer();
    const hold = await world.buy(owner, await world.event());
    const [payment] = await world.payments(owner);
    const { tickets } = await api.get(`/reservations/${hold.id}/tickets`, { token: world.admin });
    assert.equal((await world.reservation(world.admin, hold.id)).status, 'confirmed');
    await api.get(`/payments/${payment.id}`, { token: world.admin });
    await api.get(`/tickets/${tickets[0].id}`, { token: world.admin });
  });
});
