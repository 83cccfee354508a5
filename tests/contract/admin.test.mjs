// Admins look after reservations, accounts and the books (AD1).

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { World, nobody } from './support/world.mjs';

describe('an admin', () => {
  let world, api, customer, event;
  before(async () => {
    world = await World.open();
    api = world.api;
    customer = await world.customer('이지은');
    event = await world.event();
  });
  after(() => world?.close());

  const get = (target) => api.get(target, { token: world.admin });
  const patch = (expect, target, json) => api.call(expect, 'PATCH', target, { token: world.admin, json });

  it('sees the house at a glance', async () => {
    const before = await get('/admin/dashboard/stats');
    const sold = await world.buy(customer, event, 2);
    await world.hold(customer, event);
    const cancelled = await world.hold(customer, event);
    await api.post(200, `/reservations/${cancelled.id}/cancel`, { token: customer });
    const { stats, recentReservations } = await get('/admin/dashboard/stats');
    const gained = (name) => stats[name] - before.stats[name];
    assert.deepEqual(
      [gained('totalReservations'), gained('totalRevenue'), gained('totalEvents')],
      [3, sold.totalAmount, 0],
    );
    const { reservationsByStatus: now } = stats;
    const { reservationsByStatus: then } = before.stats;
    assert.deepEqual(
      ['confirmed', 'pending', 'cancelled'].map((each) => now[each] - then[each]),
      [1, 1, 1],
    );
    const dates = recentReservations.map((each) => each.created_at);
    assert.deepEqual(dates, [...dates].sort().reverse(), 'newest first');
    const mine = recentReservations.find((each) => each.id === sold.id);
    assert.deepEqual([mine.user_name, mine.user_email, mine.event_title], ['이지은', customer.email, event.title]);
    await api.post(200, `/reservations/${sold.id}/cancel`, { token: customer });
    const after = await get('/admin/dashboard/stats');
    assert.equal(after.stats.totalRevenue, before.stats.totalRevenue, 'what was given back is no revenue');
  });

  it('lists everybody’s reservations, a page at a time, by status', async () => {
    const confirmed = await world.buy(customer, event);
    const pending = await world.hold(customer, event);
    const { reservations, pagination } = await get('/admin/reservations?page=1&limit=2');
    assert.deepEqual(
      reservations.map((each) => each.id),
      [pending.id, confirmed.id],
    );
    assert.ok(pagination.total >= 2 && pagination.limit === 2);
    assert.deepEqual(
      [reservations[1].user_name, reservations[1].user_email, reservations[1].status, reservations[1].payment_status],
      ['이지은', customer.email, 'confirmed', 'completed'],
    );
    for (const status of ['pending', 'confirmed', 'cancelled', 'expired'])
      for (const each of (await get(`/admin/reservations?limit=1000&status=${status}`)).reservations)
        assert.equal(each.status, status);
    assert.deepEqual((await get('/admin/reservations?status=whatever')).reservations, []);
    for (const query of ['page=0', 'limit=0', 'limit=1001', 'limit=abc'])
      await api.refused(400, 'invalid_argument', 'GET', `/admin/reservations?${query}`, { token: world.admin });
  });

  it('cancels a customer’s reservation by the customer’s rules: stock and money go back (fault: touches neither)', async () => {
    const [type] = await world.ticketTypes(event);
    const before = { available: await world.available(type), ...(await world.ledger()) };
    const hold = await world.buy(customer, event, 2);
    const { body } = await patch(200, `/admin/reservations/${hold.id}/status`, {
      status: 'cancelled',
      paymentStatus: 'completed',
    });
    assert.deepEqual([body.reservation.status, body.reservation.payment_status], ['cancelled', 'refunded']);
    assert.equal(body.refund.amount, hold.totalAmount);
    assert.equal(await world.available(type), before.available);
    assert.equal((await world.ledger()).revenue ?? 0, before.revenue ?? 0);
    const again = await patch(200, `/admin/reservations/${hold.id}/status`, { status: 'cancelled' });
    assert.equal(again.body.refund.id, body.refund.id, 'never twice');
    assert.equal((await world.ledger()).revenue ?? 0, before.revenue ?? 0);
  });

  it('confirms a live hold that was paid at the counter, and nothing else', async () => {
    const hold = await world.hold(customer, event);
    const { body } = await patch(200, `/admin/reservations/${hold.id}/status`, { status: 'confirmed' });
    assert.deepEqual([body.reservation.status, body.reservation.payment_status], ['confirmed', 'completed']);
    const { tickets } = await api.get(`/reservations/${hold.id}/tickets`, { token: customer });
    assert.equal(tickets.length, 1);
    await api.refused(400, 'payment_completed', 'POST', '/payments/process', {
      token: customer,
      json: { reservationId: hold.id, paymentMethod: 'card' },
    });
    const cancelled = await world.hold(customer, event);
    await api.post(200, `/reservations/${cancelled.id}/cancel`, { token: customer });
    await api.refused(400, 'reservation_cancelled', 'PATCH', `/admin/reservations/${cancelled.id}/status`, {
      token: world.admin,
      json: { status: 'confirmed' },
    });
  });

  it('may name the money instead: refunded is cancelled', async () => {
    const hold = await world.buy(customer, await world.event());
    await api.call(200, 'PATCH', `/admin/reservations/${hold.id}/status`, {
      token: world.admin,
      json: { paymentStatus: 'refunded' },
    });
    const one = await world.reservation(customer, hold.id);
    assert.deepEqual([one.status, one.payment_status], ['cancelled', 'refunded']);
  });

  it('can’t set a status that no rule leads to', async () => {
    const hold = await world.buy(customer, event);
    for (const status of ['pending', 'expired', 'refunded', '', 7, undefined]) {
      const problem = await api.refused(400, 'invalid_argument', 'PATCH', `/admin/reservations/${hold.id}/status`, {
        token: world.admin,
        json: { status },
      });
      assert.equal(problem.errors[0].field, 'status');
    }
    await api.refused(404, 'reservation_not_found', 'PATCH', `/admin/reservations/${nobody}/status`, {
      token: world.admin,
      json: { status: 'cancelled' },
    });
    assert.equal((await world.reservation(customer, hold.id)).status, 'confirmed');
  });

  it('finds accounts; % and _ mean themselves (fault: wildcards)', async () => {
    await world.customer('100%_확실');
    const names = async (q) =>
      (await get(`/admin/users?limit=1000&q=${encodeURIComponent(q)}`)).users.map((each) => each.name);
    assert.deepEqual(await names('이지은'), ['이지은']);
    assert.deepEqual(await names(customer.email.toUpperCase()), ['이지은']);
    assert.deepEqual(await names('100%_'), ['100%_확실']);
    assert.deepEqual(await names('%'), ['100%_확실']);
    assert.deepEqual(await names("' OR 1=1 --"), []);
    const all = await get('/admin/users?page=1&limit=1');
    assert.deepEqual([all.users.length, all.pagination.totalPages], [1, all.pagination.total]);
    for (const each of (await get('/admin/users')).users)
      assert.ok(!JSON.stringify(each).includes('argon2'), 'no hash of a password leaves the house');
    for (const query of ['page=0', 'limit=1001', 'limit=abc', `q=${'x'.repeat(201)}`])
      await api.refused(400, 'invalid_argument', 'GET', `/admin/users?${query}`, { token: world.admin });
  });

  it('changes a role, which counts at once (ID4, fault: a demoted admin keeps the role for 7 days)', async () => {
    const other = await world.customer();
    await patch(200, `/admin/users/${other.user.id}`, { role: 'admin' });
    await api.get('/admin/users', { token: other });
    const { body } = await patch(200, `/admin/users/${other.user.id}`, { role: 'user' });
    assert.equal(body.user.role, 'user');
    await api.refused(403, 'not_permitted', 'GET', '/admin/users', { token: other });
  });

  it('disables an account, which ends its sessions at once', async () => {
    const other = await world.customer();
    await patch(200, `/admin/users/${other.user.id}`, { disabled: true });
    await api.refused(401, 'USER_NOT_FOUND', 'GET', '/auth/me', { token: other });
    await api.call(401, 'POST', '/auth/login', { json: { email: other.email, password: other.password } });
    await patch(200, `/admin/users/${other.user.id}`, { disabled: false });
    await api.post(200, '/auth/login', { json: { email: other.email, password: other.password } });
  });

  it('can’t lock themselves out, and is told what is wrong', async () => {
    for (const json of [{ role: 'user' }, { disabled: true }])
      await api.refused(409, 'not_permitted', 'PATCH', `/admin/users/${world.admin.user.id}`, {
        token: world.admin,
        json,
      });
    for (const [field, json] of [
      ['role', { role: 'king' }],
      ['disabled', { disabled: 'yes' }],
    ]) {
      const problem = await api.refused(400, 'invalid_argument', 'PATCH', `/admin/users/${customer.user.id}`, {
        token: world.admin,
        json,
      });
      assert.equal(problem.errors[0].field, field);
    }
    await api.refused(404, 'user_not_found', 'PATCH', `/admin/users/${nobody}`, {
      token: world.admin,
      json: { role: 'user' },
    });
  });

  it('is written down with every change (AD1)', async () => {
    const other = await world.customer();
    const requestId = `audit-test-${process.pid}`;
    await api.call(200, 'PATCH', `/admin/users/${other.user.id}`, {
      token: world.admin,
      json: { role: 'admin' },
      headers: { 'X-Request-Id': requestId },
    });
    const made = await world.event();
    await api.call(200, 'POST', `/admin/events/${made.id}/cancel`, { token: world.admin });
    const { entries } = await get('/admin/audit?limit=1000');
    const role = entries.find((each) => each.request_id === requestId);
    assert.deepEqual(
      [role.actor_id, role.actor_email, role.subject_kind, role.subject_id, role.details.role],
      [world.admin.user.id, 'admin@example.com', 'user', other.user.id, 'admin'],
    );
    const about = entries.filter((each) => each.subject_id === made.id);
    assert.ok(about.length >= 2, 'making and cancelling the event');
    const sequences = entries.map((each) => each.sequence);
    assert.deepEqual(
      sequences,
      [...sequences].sort((a, b) => b - a),
      'newest first',
    );
    const first = await get('/admin/audit?limit=2');
    const second = await get(`/admin/audit?limit=2&before=${first.next}`);
    assert.deepEqual(
      [...first.entries, ...second.entries].map((each) => each.sequence),
      sequences.slice(0, 4),
    );
    for (const query of ['limit=0', 'limit=1001', 'before=-1', 'before=x'])
      await api.refused(400, 'invalid_argument', 'GET', `/admin/audit?${query}`, { token: world.admin });
  });

  it('sees payments in numbers that agree with the payments (PA8)', async () => {
    const row = async (status, method) => {
      const { totals } = await get('/admin/payments/stats');
      const found = totals.filter((each) => each.status === status && each.method === method);
      assert.ok(found.length <= 1, 'one row of each');
      return found[0] ?? { count: 0, amount: 0, refunded: 0 };
    };
    const before = await row('completed', 'bank_transfer');
    await world.buy(customer, event, 3, { paymentMethod: 'bank_transfer' });
    const after = await row('completed', 'bank_transfer');
    assert.deepEqual([after.count - before.count, after.amount - before.amount], [1, 150_000]);
    const then = await row('refunded', 'bank_transfer');
    const [payment] = await world.payments(customer);
    await api.post(200, `/payments/${payment.id}/cancel`, { token: customer, json: { reason: '변심' } });
    const now = await row('refunded', 'bank_transfer');
    assert.deepEqual([now.count - then.count, now.refunded - then.refunded], [1, 150_000]);
  });

  it('sees books that balance after all of this (PA5)', async () => {
    await world.chargePoints(customer, 25_000);
    const books = await world.ledger();
    assert.equal(
      books.provider_clearing,
      (books.user_points ?? 0) +
        (books.points_set_aside ?? 0) +
        (books.revenue ?? 0) +
        (books.cancellation_fees ?? 0) +
        (books.refunds_payable ?? 0),
    );
    assert.equal(books.points_set_aside ?? 0, 0, 'no payment is in flight');
    assert.equal(books.refunds_payable ?? 0, 0, 'no refund is owed');
  });
});
