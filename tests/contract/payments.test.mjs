// Paying and getting money back (SPEC 5). The sandbox provider stands for the real one; the ledger is the judge.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { World, day, inDays, nobody } from './support/world.mjs';

const hour = day / 24;

describe('payments', () => {
  let world, api, customer;
  before(async () => {
    world = await World.open();
    api = world.api;
    customer = await world.customer();
  });
  after(() => world?.close());

  const process = (expect, code, json, options) =>
    api.refused(expect, code, 'POST', '/payments/process', { token: customer, json, ...options });

  it('are taken by every means of the site (PA1)', async () => {
    const event = await world.event({
      ticketTypes: [{ name: '입장', price: 10_000, totalQuantity: 9, description: '' }],
    });
    for (const paymentMethod of ['naver_pay', 'kakao_pay', 'bank_transfer', 'card']) {
      const hold = await world.buy(customer, event, 1, { paymentMethod });
      const one = await world.reservation(customer, hold.id);
      assert.deepEqual([one.status, one.payment_status, one.payment_method], ['confirmed', 'completed', paymentMethod]);
    }
  });

  it('refuse what is missing or wrong, naming the field', async () => {
    const hold = await world.hold(customer, await world.event());
    for (const [field, json] of [
      ['reservationId', { paymentMethod: 'card' }],
      ['reservationId', { reservationId: 'x', paymentMethod: 'card' }],
      ['paymentMethod', { reservationId: hold.id }],
      ['paymentMethod', { reservationId: hold.id, paymentMethod: 'gold' }],
      ['paymentMethod', { reservationId: hold.id, paymentMethod: 'CARD' }],
      ['pointsToUse', { reservationId: hold.id, paymentMethod: 'mixed', pointsToUse: -1 }],
      ['pointsToUse', { reservationId: hold.id, paymentMethod: 'mixed', pointsToUse: '100' }],
      ['amount', { reservationId: hold.id, paymentMethod: 'card', amount: 1.5 }],
    ])
      assert.equal((await process(400, 'invalid_argument', json)).errors[0].field, field, JSON.stringify(json));
    await process(404, 'reservation_not_found', { reservationId: nobody, paymentMethod: 'card' });
    for (const [field, json] of [
      ['reservationId', { amount: 1 }],
      ['amount', { reservationId: hold.id }],
      ['amount', { reservationId: hold.id, amount: '50000' }],
      ['method', { reservationId: hold.id, amount: 50_000, method: 'gold' }],
      ['successUrl', { reservationId: hold.id, amount: 50_000, successUrl: 'javascript:alert(1)' }],
      ['failUrl', { reservationId: hold.id, amount: 50_000, failUrl: '//elsewhere.example.com' }],
    ]) {
      const problem = await api.refused(400, 'invalid_argument', 'POST', '/payments', { token: customer, json });
      assert.equal(problem.errors[0].field, field);
    }
  });

  it('refuse another amount than what is due (PA2)', async () => {
    const hold = await world.hold(customer, await world.event());
    const due = hold.totalAmount;
    for (const amount of [1, due - 1, due + 1]) {
      const problem = await process(400, 'amount_mismatch', { reservationId: hold.id, paymentMethod: 'card', amount });
      assert.equal(problem.due, due);
      const json = { reservationId: hold.id, amount };
      await api.refused(400, 'amount_mismatch', 'POST', '/payments', { token: customer, json });
    }
    const order = await api.post(201, '/payments', { token: customer, json: { reservationId: hold.id, amount: due } });
    const confirmation = World.confirmation(await world.decide(order.paymentUrl));
    for (const changed of [{ amount: 1 }, { amount: due + 1 }])
      await api.refused(400, 'amount_mismatch', 'POST', '/payments/toss/confirm', {
        token: customer,
        json: { ...confirmation, ...changed },
      });
    await api.refused(404, 'payment_not_found', 'POST', '/payments/toss/confirm', {
      token: customer,
      json: { ...confirmation, orderId: 'tk_of_nobody' },
    });
    await api.post(200, '/payments/toss/confirm', { token: customer, json: confirmation });
  });

  it('are taken once: double click, two tabs, two ways at once (PA3)', async () => {
    const event = await world.event({
      ticketTypes: [{ name: '입장', price: 10_000, totalQuantity: 5, description: '' }],
    });
    const hold = await world.hold(customer, event);
    const before = (await world.ledger()).revenue ?? 0;
    const json = { reservationId: hold.id, paymentMethod: 'card' };
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => api.call([200, 400], 'POST', '/payments/process', { token: customer, json })),
    );
    assert.equal(answers.filter((each) => each.status === 200).length, 1);
    for (const each of answers.filter((one) => one.status === 400))
      assert.match(each.body.code, /^payment_(completed|in_progress)$/);
    await process(400, 'payment_completed', json);
    assert.equal((await world.ledger()).revenue, before + 10_000);
  });

  it('give the first answer to a repeated idempotency key (BO6)', async () => {
    const hold = await world.hold(customer, await world.event());
    const json = { reservationId: hold.id, paymentMethod: 'card' };
    const key = 'pay-once';
    const first = await api.call(200, 'POST', '/payments/process', { token: customer, json, key });
    const again = await api.call(200, 'POST', '/payments/process', { token: customer, json, key });
    assert.equal(again.headers['idempotent-replayed'], 'true');
    assert.deepEqual(again.body.payment, first.body.payment);
    await process(422, 'idempotency_misuse', { ...json, paymentMethod: 'naver_pay' }, { key });
  });

  it('by an order are repeated by the key too, and for that order only (BO6)', async () => {
    const event = await world.event();
    const holds = [await world.hold(customer, event), await world.hold(customer, event)];
    const orders = [];
    for (const hold of holds) {
      const { paymentUrl } = await world.order(customer, hold);
      orders.push(World.confirmation(await world.decide(paymentUrl)));
    }
    const confirm = (status, json, key) =>
      api.call(status, 'POST', '/payments/toss/confirm', { token: customer, json, key });
    const first = await confirm(200, orders[0], 'confirm-once');
    assert.equal(first.headers['idempotent-replayed'], undefined);
    const again = await confirm(200, orders[0], 'confirm-once');
    assert.equal(again.headers['idempotent-replayed'], 'true');
    assert.deepEqual(again.body, first.body);
    const before = await world.ledger();
    assert.equal((await confirm(422, orders[1], 'confirm-once')).body.code, 'idempotency_misuse');
    assert.deepEqual(await world.ledger(), before);
    assert.equal((await world.reservation(customer, holds[1].id)).status, 'pending');
    await confirm(200, orders[1], 'confirm-twice');
  });

  it('that the card company refuses leave the hold, and can be tried again with another (PA3)', async () => {
    const hold = await world.hold(customer, await world.event());
    const json = { reservationId: hold.id, paymentMethod: 'card' };
    const before = await world.ledger();
    for (const testCode of ['REJECT_CARD_PAYMENT', 'EXCEED_MAX_AMOUNT', 'INVALID_CARD_LOST_OR_STOLEN']) {
      const problem = await process(400, 'payment_refused', json, { testCode });
      assert.equal(problem.provider_code, testCode);
    }
    assert.deepEqual(await world.ledger(), before);
    assert.equal((await world.reservation(customer, hold.id)).status, 'pending');
    await world.pay(customer, hold);
  });

  it('tell at once when the provider can’t be reached; nothing is taken, the hold goes on (PA7)', async () => {
    const hold = await world.hold(customer, await world.event());
    const json = { reservationId: hold.id, paymentMethod: 'card' };
    const { headers } = await api.call(503, 'POST', '/payments/process', {
      token: customer,
      json,
      testCode: 'TIKETI_DOWN',
    });
    assert.ok(Number(headers['retry-after']) > 0);
    assert.equal((await world.reservation(customer, hold.id)).status, 'pending');
  });

  it('can’t be made for what was cancelled or refunded (fault: a cancelled reservation can still be paid)', async () => {
    const event = await world.event();
    const cancelled = await world.hold(customer, event);
    await api.post(200, `/reservations/${cancelled.id}/cancel`, { token: customer });
    const refunded = await world.buy(customer, event);
    await api.post(200, `/reservations/${refunded.id}/cancel`, { token: customer });
    for (const hold of [cancelled, refunded]) {
      await process(400, 'reservation_cancelled', { reservationId: hold.id, paymentMethod: 'card' });
      await api.refused(400, 'reservation_cancelled', 'POST', '/payments', {
        token: customer,
        json: { reservationId: hold.id, amount: hold.totalAmount },
      });
    }
  });

  it('that come late move nothing: the reservation was given back while the customer was at the page (PA3)', async () => {
    const event = await world.event();
    const [type] = await world.ticketTypes(event);
    const hold = await world.hold(customer, event);
    const order = await world.order(customer, hold);
    const json = World.confirmation(await world.decide(order.paymentUrl));
    const before = await world.ledger();
    await api.post(200, `/reservations/${hold.id}/cancel`, { token: customer });
    const { body } = await api.call(400, 'POST', '/payments/toss/confirm', { token: customer, json });
    assert.match(body.code, /^(reservation_cancelled|payment_over)$/);
    assert.deepEqual(await world.ledger(), before, 'no money for a place not given');
    assert.equal(await world.available(type), 100);
    assert.equal((await world.reservation(customer, hold.id)).status, 'cancelled');
  });

  it('of a cancelled event can’t be made (fault: paying revives a reservation of a cancelled event)', async () => {
    const event = await world.event();
    const hold = await world.hold(customer, event);
    const order = await world.order(customer, hold);
    const json = World.confirmation(await world.decide(order.paymentUrl));
    await api.post(200, `/admin/events/${event.id}/cancel`, { token: world.admin });
    const before = await world.ledger();
    const direct = await api.call(400, 'POST', '/payments/process', {
      token: customer,
      json: { reservationId: hold.id, paymentMethod: 'card' },
    });
    assert.match(direct.body.code, /^(reservation_cancelled|event_cancelled|event_closed)$/);
    await api.call(400, 'POST', '/payments/toss/confirm', { token: customer, json });
    assert.deepEqual(await world.ledger(), before);
    assert.equal((await world.reservation(customer, hold.id)).status, 'cancelled');
  });

  it('are made though the customer never comes back from the page: the provider’s webhook does it (PA2)', async () => {
    const event = await world.event();
    const hold = await world.hold(customer, event);
    const order = await world.order(customer, hold);
    const other = await world.hold(customer, event);
    const undecided = await world.order(customer, other);
    const before = (await world.ledger()).revenue ?? 0;
    await world.tell(undecided.orderId);
    await world.decide(order.paymentUrl);
    for (let delivery = 1; delivery <= 3; ++delivery) await world.tell(order.orderId);
    assert.equal((await world.settled(customer, order.paymentId, 'completed')).status, 'completed');
    assert.equal((await world.reservation(customer, hold.id)).status, 'confirmed');
    assert.equal((await world.reservation(customer, other.id)).status, 'pending', 'what it says is not believed');
    await world.tell(order.orderId);
    await world.decide(undecided.paymentUrl);
    await world.tell(undecided.orderId);
    assert.equal((await world.settled(customer, undecided.paymentId, 'completed')).status, 'completed');
    assert.equal((await world.ledger()).revenue, before + hold.totalAmount + other.totalAmount, 'once each');
  });

  it('are not disturbed by webhooks that mean nothing: these are answered like all', async () => {
    for (const json of [
      { orderId: 'tk_of_nobody' },
      { orderId: 'x'.repeat(65) },
      { orderId: 'tk_\u0000' },
      { data: { orderId: 5 } },
      { eventType: 'BILLING_DELETED', data: { billingKey: 'x' } },
      [],
      '{"data":',
      '',
    ])
      assert.deepEqual(await api.post(200, '/payments/toss/webhook', { json }), { received: true });
  });

  it('whose outcome nobody knows are in progress until the provider tells (PA3)', async () => {
    const hold = await world.hold(customer, await world.event());
    const json = { reservationId: hold.id, paymentMethod: 'card' };
    await process(400, 'payment_in_progress', json, { testCode: 'TIKETI_TIMEOUT_DONE' });
    await process(400, 'payment_in_progress', json);
    const cancel = { token: customer, key: 'cancel-when-known' };
    await api.refused(400, 'payment_in_progress', 'POST', `/reservations/${hold.id}/cancel`, cancel);
    const [payment] = await world.payments(customer);
    assert.equal(payment.status, 'pending');
    await world.tell(payment.order_id);
    assert.equal((await world.settled(customer, payment.id, 'completed')).status, 'completed');
    assert.equal((await world.reservation(customer, hold.id)).status, 'confirmed');
    await api.post(200, `/reservations/${hold.id}/cancel`, cancel);
  });

  it('whose money came too late give it back by themselves, and say so (PA3)', async () => {
    const event = await world.event();
    const hold = await world.hold(customer, event);
    const order = await world.order(customer, hold);
    const json = World.confirmation(await world.decide(order.paymentUrl));
    const before = await world.ledger();
    const confirm = (code, options) =>
      api.refused(400, code, 'POST', '/payments/toss/confirm', { token: customer, json, ...options });
    await confirm('payment_in_progress', { testCode: 'TIKETI_TIMEOUT_DONE' });
    await api.post(200, `/admin/events/${event.id}/cancel`, { token: world.admin });
    await world.tell(order.orderId);
    const payment = await world.settled(customer, order.paymentId, 'refunded');
    assert.equal(payment.status, 'refunded');
    assert.deepEqual(
      payment.refunds.map((each) => [each.amount, each.fee, each.reason]),
      [[hold.totalAmount, 0, 'late']],
    );
    assert.deepEqual(await world.ledger(), before);
    await confirm('money_returned');
  });

  it('that the customer gives up end at once; the hold goes on (PA2)', async () => {
    const hold = await world.hold(customer, await world.event());
    const json = { reservationId: hold.id, amount: hold.totalAmount, successUrl: '/done?x=1', failUrl: '/failed' };
    const order = await api.post(201, '/payments', { token: customer, json });
    const back = await world.decide(order.paymentUrl, { action: 'abandon' });
    assert.deepEqual(
      [back.pathname, back.searchParams.get('code'), back.searchParams.get('orderId')],
      ['/failed', 'PAY_PROCESS_CANCELED', order.orderId],
    );
    const given = { orderId: order.orderId, code: 'PAY_PROCESS_CANCELED' };
    const { payment } = await api.post(200, '/payments/fail', { token: customer, json: given });
    assert.deepEqual([payment.status, payment.failure_code], ['failed', 'PAY_PROCESS_CANCELED']);
    await api.post(200, '/payments/fail', { token: customer, json: given });
    assert.equal((await world.reservation(customer, hold.id)).status, 'pending');
    const late = await world.decide(order.paymentUrl);
    assert.equal(late.searchParams.get('x'), '1', 'the success URL keeps its own query');
    await api.refused(400, 'payment_over', 'POST', '/payments/toss/confirm', {
      token: customer,
      json: World.confirmation(late),
    });
    await world.pay(customer, hold);
    const [done] = await world.payments(customer);
    await api.refused(400, 'payment_completed', 'POST', '/payments/fail', {
      token: customer,
      json: { orderId: done.order_id },
    });
    await api.refused(404, 'payment_not_found', 'POST', '/payments/fail', {
      token: customer,
      json: { orderId: 'tk_of_nobody' },
    });
  });

  it('are listed newest first, with their refunds (PA8)', async () => {
    const fan = await world.customer();
    const event = await world.event();
    const first = await world.buy(fan, event);
    const second = await world.buy(fan, event);
    await api.post(200, `/reservations/${first.id}/cancel`, { token: fan });
    const payments = await world.payments(fan);
    assert.deepEqual(
      payments.map((each) => each.reservation_id),
      [second.id, first.id],
    );
    assert.deepEqual(
      payments.map((each) => each.refunds.length),
      [0, 1],
    );
    const { payments: older } = await api.get(`/payments/my?before=${payments[0].id}&limit=1`, { token: fan });
    assert.deepEqual(
      older.map((each) => each.id),
      [payments[1].id],
    );
    await api.refused(400, 'invalid_argument', 'GET', '/payments/my?limit=1001', { token: fan });
    await api.refused(404, 'payment_not_found', 'GET', `/payments/${nobody}`, { token: fan });
    await api.refused(400, 'invalid_argument', 'GET', '/payments/17', { token: fan });
  });

  it('of nothing at all confirm a free reservation', async () => {
    const event = await world.event({ ticketTypes: [{ name: '무료', price: 0, totalQuantity: 5, description: '' }] });
    const hold = await world.hold(customer, event);
    await world.pay(customer, hold, { paymentMethod: 'point' });
    assert.equal((await world.reservation(customer, hold.id)).status, 'confirmed');
  });
});

describe('refunds', () => {
  let world, api, customer;
  before(async () => {
    world = await World.open();
    api = world.api;
    customer = await world.customer();
  });
  after(() => world?.close());

  it('keep a fee by the days before the event, as the quote said (PA6)', async () => {
    for (const [days, percent] of [
      [20, 0],
      [9, 10],
      [5, 20],
      [2, 30],
    ]) {
      const event = await world.event({ eventDate: inDays(days), saleEndDate: inDays(days - 0.5) });
      const hold = await world.buy(customer, event);
      const { refund: quote } = await api.get(`/reservations/${hold.id}/refund-quote`, { token: customer });
      const fee = (hold.totalAmount * percent) / 100;
      assert.deepEqual(quote, {
        amount: hold.totalAmount - fee,
        fee,
        card: hold.totalAmount - fee,
        points: 0,
        currency: 'KRW',
      });
      const { refund } = await api.post(200, `/reservations/${hold.id}/cancel`, { token: customer });
      assert.deepEqual([refund.amount, refund.fee, refund.status], [quote.amount, fee, 'completed']);
      const one = await world.reservation(customer, hold.id);
      assert.equal(one.payment_status, 'refunded', 'nothing more will come back');
    }
    await world.ledger();
  });

  it('are not given on the day of the event (PA6)', async () => {
    // Days are Seoul's: shortly before its midnight the event has to be soon, or else tomorrow.
    const untilMidnight = () => (day - ((Date.now() + 9 * hour) % day)) / day;
    if (untilMidnight() < 0.0005) await new Promise((resolve) => setTimeout(resolve, untilMidnight() * day + 1));
    const left = Math.min(0.02, untilMidnight() - 0.00001);
    const event = await world.event({ eventDate: inDays(left), saleEndDate: inDays(left / 2) });
    const hold = await world.buy(customer, event);
    await api.refused(400, 'refund_not_allowed', 'GET', `/reservations/${hold.id}/refund-quote`, { token: customer });
    await api.refused(400, 'refund_not_allowed', 'POST', `/reservations/${hold.id}/cancel`, { token: customer });
    assert.equal((await world.reservation(customer, hold.id)).status, 'confirmed');
    const [payment] = await world.payments(customer);
    const { refund } = await api.post(200, `/payments/${payment.id}/cancel`, {
      token: world.admin,
      json: { reason: '사정이 있어' },
    });
    assert.deepEqual([refund.amount, refund.fee, refund.reason], [hold.totalAmount, 0, 'admin']);
  });

  it('of nothing paid are nothing', async () => {
    const hold = await world.hold(customer, await world.event());
    const { refund } = await api.get(`/reservations/${hold.id}/refund-quote`, { token: customer });
    assert.deepEqual([refund.amount, refund.fee], [0, 0]);
    await api.refused(404, 'reservation_not_found', 'GET', `/reservations/${nobody}/refund-quote`, { token: customer });
  });

  it('by payment give the places back too (PA6)', async () => {
    const event = await world.event();
    const [type] = await world.ticketTypes(event);
    for (const [address, json] of [
      [(id) => `/payments/${id}/cancel`, () => ({ reason: '일정 변경' })],
      [() => '/payments/cancel', (id) => ({ paymentId: id, reason: '일정 변경' })],
    ]) {
      const hold = await world.buy(customer, event, 2);
      assert.equal(await world.available(type), 98);
      const [{ id }] = await world.payments(customer);
      const answer = await api.post(200, address(id), { token: customer, json: json(id) });
      assert.deepEqual([answer.payment.status, answer.refund.note], ['refunded', '일정 변경']);
      assert.equal((await world.reservation(customer, hold.id)).status, 'cancelled');
      assert.equal(await world.available(type), 100);
      const again = await api.call(400, 'POST', address(id), { token: customer, json: json(id) });
      assert.match(again.body.code, /^(refund_exceeds|payment_over|refund_not_allowed)$/);
    }
  });

  it('of a part are for admins; the places stay sold, and no more goes back than was paid (PA6)', async () => {
    const event = await world.event();
    const [type] = await world.ticketTypes(event);
    const hold = await world.buy(customer, event);
    const [{ id }] = await world.payments(customer);
    const part = { amount: 20_000, reason: '시야 방해' };
    await api.refused(403, 'not_permitted', 'POST', `/payments/${id}/cancel`, { token: customer, json: part });
    const first = await api.post(200, `/payments/${id}/cancel`, { token: world.admin, json: part });
    assert.deepEqual(
      [first.payment.status, first.payment.refunded_amount, first.refund.amount],
      ['partially_refunded', 20_000, 20_000],
    );
    assert.equal((await world.reservation(customer, hold.id)).status, 'confirmed');
    assert.equal(await world.available(type), 99);
    const over = await api.refused(400, 'refund_exceeds', 'POST', `/payments/${id}/cancel`, {
      token: world.admin,
      json: { amount: 30_001, reason: '너무 많이' },
    });
    assert.equal(over.left, 30_000);
    const rest = await api.post(200, `/payments/${id}/cancel`, { token: world.admin, json: { reason: '나머지' } });
    assert.deepEqual([rest.refund.amount, rest.payment.status], [30_000, 'refunded']);
    assert.equal((await world.reservation(customer, hold.id)).status, 'cancelled');
    await world.ledger();
  });

  it('want a reason, and an amount that is one', async () => {
    await world.buy(customer, await world.event());
    const [{ id }] = await world.payments(customer);
    for (const [field, json] of [
      ['reason', {}],
      ['reason', { reason: '' }],
      ['reason', { reason: 'x'.repeat(201) }],
      ['amount', { reason: '왜', amount: 0 }],
      ['amount', { reason: '왜', amount: -5 }],
      ['amount', { reason: '왜', amount: '5' }],
      ['paymentId', null],
    ]) {
      const target = json === null ? '/payments/cancel' : `/payments/${id}/cancel`;
      const problem = await api.refused(400, 'invalid_argument', 'POST', target, {
        token: world.admin,
        json: json ?? { reason: '왜' },
      });
      assert.equal(problem.errors[0].field, field);
    }
  });

  it('are repeated by the key only in their answer (BO6)', async () => {
    await world.buy(customer, await world.event());
    const [{ id }] = await world.payments(customer);
    const json = { amount: 5_000, reason: '한 번만' };
    const options = { token: world.admin, json, key: 'refund-once' };
    const first = await api.call(200, 'POST', `/payments/${id}/cancel`, options);
    const again = await api.call(200, 'POST', `/payments/${id}/cancel`, options);
    assert.equal(again.headers['idempotent-replayed'], 'true');
    assert.deepEqual(again.body, first.body);
    await api.refused(422, 'idempotency_misuse', 'POST', `/payments/${id}/cancel`, {
      ...options,
      json: { ...json, amount: 6_000 },
    });
    const { payment } = await api.get(`/payments/${id}`, { token: customer });
    assert.equal(payment.refunded_amount, 5_000);
  });
});
