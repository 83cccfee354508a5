// Points: bought, used, given back; and the books that prove it (PA4, PA5).

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { World } from './support/world.mjs';

describe('points', () => {
  let world, api;
  before(async () => {
    world = await World.open();
    api = world.api;
  });
  after(() => world?.close());

  const history = async (customer) => (await api.get('/points/history', { token: customer })).history;

  it('are there once their order is confirmed, and not before', async () => {
    const customer = await world.customer();
    assert.equal(await world.points(customer), 0);
    const order = await api.post(201, '/points/charge', { token: customer, json: { amount: 30_000, method: 'card' } });
    assert.equal(order.amount, 30_000);
    const json = World.confirmation(await world.decide(order.paymentUrl));
    assert.equal(await world.points(customer), 0);
    const paid = await api.post(200, '/payments/toss/confirm', { token: customer, json });
    assert.deepEqual([paid.reservation, paid.balance, paid.payment.totalAmount], [null, 30_000, 30_000]);
    await api.post(200, '/payments/toss/confirm', { token: customer, json });
    assert.equal(await world.points(customer), 30_000, 'confirming twice credits once');
    assert.equal((await world.ledger()).user_points, 30_000);
    const { payment } = await api.get(`/payments/${order.paymentId}`, { token: customer });
    assert.deepEqual([payment.purpose, payment.reservation_id, payment.status], ['points', null, 'completed']);
  });

  it('are bought between 1,000 and 2,000,000 at a time', async () => {
    const customer = await world.customer();
    for (const [field, json] of [
      ['amount', {}],
      ['amount', { amount: 999 }],
      ['amount', { amount: 2_000_001 }],
      ['amount', { amount: -5_000 }],
      ['amount', { amount: '5000' }],
      ['method', { amount: 5_000, method: 'point' }],
      ['method', { amount: 5_000, method: 'mixed' }],
      ['successUrl', { amount: 5_000, successUrl: 'javascript:alert(1)' }],
    ]) {
      const problem = await api.refused(400, 'invalid_argument', 'POST', '/points/charge', { token: customer, json });
      assert.equal(problem.errors[0].field, field);
    }
  });

  it('pay for a whole reservation, and come back with its refund', async () => {
    const customer = await world.customer();
    await world.chargePoints(customer, 60_000);
    const event = await world.event();
    const hold = await world.buy(customer, event, 1, { paymentMethod: 'point' });
    assert.equal(await world.points(customer), 10_000);
    const [payment] = await world.payments(customer);
    assert.deepEqual([payment.point_used, payment.card_amount, payment.payment_method], [50_000, 0, 'point']);
    const { refund } = await api.post(200, `/reservations/${hold.id}/cancel`, { token: customer });
    assert.deepEqual([refund.points, refund.card, refund.status], [50_000, 0, 'completed']);
    assert.equal(await world.points(customer), 60_000);
    assert.deepEqual(
      (await history(customer)).map((each) => [each.type, each.amount, each.balance_after]),
      [
        ['REFUND', 50_000, 60_000],
        ['USE', -50_000, 10_000],
        ['CHARGE', 60_000, 60_000],
      ],
    );
  });

  it('pay a part and the card the rest, both or neither (PA1 PA4)', async () => {
    const customer = await world.customer();
    await world.chargePoints(customer, 20_000);
    const event = await world.event();
    const hold = await world.buy(customer, event, 1, { paymentMethod: 'mixed', pointsToUse: 15_000 });
    assert.equal(await world.points(customer), 5_000);
    const [payment] = await world.payments(customer);
    assert.deepEqual([payment.amount, payment.point_used, payment.card_amount], [50_000, 15_000, 35_000]);
    const { refund: quote } = await api.get(`/reservations/${hold.id}/refund-quote`, { token: customer });
    assert.deepEqual([quote.points, quote.card], [15_000, 35_000], 'to the means that paid');
    await api.post(200, `/reservations/${hold.id}/cancel`, { token: customer });
    assert.equal(await world.points(customer), 20_000);
    await world.ledger();
  });

  it('come back when the card is declined, and the hold goes on (PA4)', async () => {
    const customer = await world.customer();
    await world.chargePoints(customer, 20_000);
    const hold = await world.hold(customer, await world.event());
    const before = await world.ledger();
    const json = { reservationId: hold.id, paymentMethod: 'mixed', pointsToUse: 15_000 };
    await api.refused(400, 'payment_refused', 'POST', '/payments/process', {
      token: customer,
      json,
      testCode: 'REJECT_CARD_PAYMENT',
    });
    assert.equal(await world.points(customer), 20_000);
    assert.deepEqual(await world.ledger(), before);
    await world.pay(customer, hold, { paymentMethod: 'mixed', pointsToUse: 15_000 });
    assert.equal(await world.points(customer), 5_000);
  });

  it('are mixed with a card at the provider’s page, and taken when the order is confirmed (PA2)', async () => {
    const customer = await world.customer();
    await world.chargePoints(customer, 20_000);
    const hold = await world.hold(customer, await world.event());
    const order = await api.post(201, '/payments', {
      token: customer,
      json: { reservationId: hold.id, amount: hold.totalAmount, method: 'mixed', pointsToUse: 12_000 },
    });
    assert.equal(order.amount, 38_000, 'what the page asks for');
    assert.equal(await world.points(customer), 20_000);
    const json = World.confirmation(await world.decide(order.paymentUrl));
    await api.post(200, '/payments/toss/confirm', { token: customer, json });
    assert.equal(await world.points(customer), 8_000);
  });

  it('can’t be spent beyond the balance, however many try at once (PA5)', async () => {
    const customer = await world.customer();
    await world.chargePoints(customer, 70_000);
    const event = await world.event();
    const [first, second] = [await world.hold(customer, event), await world.hold(customer, event)];
    const pay = (hold) =>
      api.call([200, 400], 'POST', '/payments/process', {
        token: customer,
        json: { reservationId: hold.id, paymentMethod: 'point' },
      });
    const answers = await Promise.all([pay(first), pay(second)]);
    const refused = answers.filter((each) => each.status === 400);
    assert.equal(refused.length, 1);
    assert.equal(refused[0].body.code, 'points_short');
    assert.equal(await world.points(customer), 20_000);
    const short = await api.refused(400, 'points_short', 'POST', '/payments/process', {
      token: customer,
      json: {
        reservationId: (answers[0].status === 200 ? second : first).id,
        paymentMethod: 'mixed',
        pointsToUse: 20_001,
      },
    });
    assert.equal(short.balance, 20_000);
  });

  it('of a charge that is taken back go as far as they are unspent (PA6)', async () => {
    const customer = await world.customer();
    await world.chargePoints(customer, 60_000);
    const [charge] = await world.payments(customer);
    await world.buy(customer, await world.event(), 1, { paymentMethod: 'point' });
    const json = { reason: '다시 환불' };
    const part = await api.post(200, `/payments/${charge.id}/cancel`, { token: customer, json });
    assert.deepEqual([part.refund.amount, part.payment.status], [10_000, 'partially_refunded']);
    assert.equal(await world.points(customer), 0);
    await api.call(400, 'POST', `/payments/${charge.id}/cancel`, { token: customer, json });

    const other = await world.customer();
    await world.chargePoints(other, 5_000);
    const [whole] = await world.payments(other);
    const { refund } = await api.post(200, `/payments/${whole.id}/cancel`, { token: other, json });
    assert.equal(refund.amount, 5_000);
    assert.equal(await world.points(other), 0);
    await world.ledger();
  });

  it('are told line by line, a page at a time', async () => {
    const customer = await world.customer();
    for (const amount of [1_000, 2_000, 3_000]) await world.chargePoints(customer, amount);
    const { history: lines, pagination } = await api.get('/points/history?page=1&limit=2', { token: customer });
    assert.deepEqual(
      lines.map((each) => each.balance_after),
      [6_000, 3_000],
    );
    assert.deepEqual(pagination, { page: 1, limit: 2, total: 3, totalPages: 2 });
    for (const line of lines) assert.equal(line.reference_type, 'payment');
    for (const query of ['page=0', 'limit=0', 'limit=1001', 'limit=abc'])
      await api.refused(400, 'invalid_argument', 'GET', `/points/history?${query}`, { token: customer });
  });

  it('are nobody else’s to see', async () => {
    const customer = await world.customer();
    await world.chargePoints(customer, 5_000);
    const other = await world.customer();
    assert.equal(await world.points(other), 0);
    assert.deepEqual(await history(other), []);
  });
});

describe('the sandbox’s page', () => {
  let world, api, customer, order;
  before(async () => {
    world = await World.open();
    api = world.api;
    customer = await world.customer();
    order = async (urls = {}) => api.post(201, '/points/charge', { token: customer, json: { amount: 5_000, ...urls } });
  });
  after(() => world?.close());

  it('sends the browser where the order said, with what the shop needs', async () => {
    const successUrl = 'https://shop.example.com/paid?from=tiketi';
    const failUrl = 'https://shop.example.com/failed';
    const back = await world.decide((await order({ successUrl, failUrl })).paymentUrl);
    assert.equal(back.origin + back.pathname, 'https://shop.example.com/paid');
    for (const name of ['from', 'paymentKey', 'orderId', 'amount']) assert.ok(back.searchParams.get(name), name);
    const failed = await world.decide((await order({ successUrl, failUrl })).paymentUrl, {
      action: 'reject',
      code: 'REJECT_CARD_PAYMENT',
    });
    assert.equal(failed.origin + failed.pathname, failUrl);
    assert.equal(failed.searchParams.get('code'), 'REJECT_CARD_PAYMENT');
    assert.ok(failed.searchParams.get('message'));
  });

  it('takes JSON as well as a form, and shows a result page of its own', async () => {
    const { paymentUrl } = await order();
    const { headers } = await api.call(303, 'POST', paymentUrl, { json: { action: 'approve' } });
    const back = new URL(headers.location, world.server.base);
    assert.equal(back.pathname, '/sandbox/done');
    const page = await api.call(200, 'GET', back.pathname + back.search);
    assert.ok(page.text.includes(back.searchParams.get('paymentKey')));
    const evil = await api.call(200, 'GET', '/sandbox/done?code=%3Cscript%3Ealert(1)%3C/script%3E');
    assert.ok(!evil.text.includes('<script>alert'), 'what comes in the query is shown, never run (SE1)');
  });

  it('refuses a rejected order at its confirmation', async () => {
    const one = await order();
    await world.decide(one.paymentUrl, { action: 'reject' });
    const paymentKey = new URL(one.paymentUrl, world.server.base).pathname.split('/').pop();
    const { body } = await api.call(400, 'POST', '/payments/toss/confirm', {
      token: customer,
      json: { paymentKey, orderId: one.orderId, amount: one.amount },
    });
    assert.match(body.code, /^payment_(over|refused)$/);
    assert.equal(await world.points(customer), 0);
  });

  it('refuses what it does not know', async () => {
    const { paymentUrl } = await order();
    await api.refused(400, 'invalid_argument', 'POST', paymentUrl, { form: { action: 'steal' } });
    await api.refused(400, 'invalid_argument', 'POST', paymentUrl, { form: {} });
    await api.call(404, 'GET', '/sandbox/pay/unknown');
    await api.call(404, 'POST', '/sandbox/pay/unknown', { form: { action: 'approve' } });
    await world.decide(paymentUrl, { action: 'reject' });
    await api.call(409, 'POST', paymentUrl, { form: { action: 'approve' } });
  });

  it('confirms nothing that nobody approved', async () => {
    const one = await order();
    const paymentKey = new URL(one.paymentUrl, world.server.base).pathname.split('/').pop();
    const { body } = await api.call(400, 'POST', '/payments/toss/confirm', {
      token: customer,
      json: { paymentKey, orderId: one.orderId, amount: one.amount },
    });
    assert.match(body.code, /^payment_(over|refused)$/);
    assert.equal(await world.points(customer), 0);
    await world.ledger();
  });
});
