// A whole purchase, the way a customer's browser makes it: seats, general admission, and both at once.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { World, inDays } from './support/world.mjs';

describe('a purchase', () => {
  let world, api;
  before(async () => {
    world = await World.open({ seed: true });
    api = world.api;
  });
  after(() => world?.close());

  it('goes from registering over a seat to the ticket, and back to the money (ID1 CA3 BO2 PA1 TI1 BO7 PA6)', async () => {
    const email = `walk-${process.pid}@example.com`;
    const { token, refreshToken, user } = await api.post(201, '/auth/register', {
      json: { email, password: 'walk through', name: '박서준', phone: '010-1234-5678' },
    });
    assert.equal(user.userId, user.id);
    assert.deepEqual([user.email, user.name, user.role], [email, '박서준', 'user']);
    assert.ok(refreshToken);

    // By itself its sale opens at nine in the morning.
    const [concert] = (await api.get('/events?q=10CM')).events;
    const json = { saleStartDate: inDays(-1) };
    await api.call(200, 'PUT', `/admin/events/${concert.id}`, { token: world.admin, json });
    const { events } = await api.get('/events?status=on_sale&q=10CM');
    const listed = events[0];
    assert.equal(listed.artist_name, '10CM');
    const { event } = await api.get(`/events/${listed.id}`);
    assert.equal(event.title, listed.title);
    assert.ok(event.seat_layout_id);

    const map = await api.get(`/seats/events/${event.id}`);
    const [seat] = map.seats.filter((each) => each.status === 'available');
    assert.equal(seat.seat_label, `${seat.section}-${seat.row_number}-${seat.seat_number}`);

    const held = await api.post(201, '/seats/reserve', { token, json: { eventId: event.id, seatIds: [seat.id] } });
    const { reservation } = held;
    assert.equal(reservation.totalAmount, seat.price);
    assert.deepEqual(reservation.seats, [
      { id: seat.id, seat_label: seat.seat_label, price: seat.price, status: 'locked' },
    ]);
    const left = Date.parse(reservation.expiresAt) - Date.now();
    assert.ok(left > 200_000 && left <= 301_000, `a hold lasts 300 s, this one ${left} ms`);
    assert.equal(await statusOf(event, seat), 'locked');

    const pending = await api.get(`/seats/reservation/${reservation.id}`, { token });
    assert.deepEqual(
      [pending.reservation.status, pending.reservation.payment_status, pending.reservation.isExpired],
      ['pending', 'pending', false],
    );
    assert.equal(pending.reservation.expires_at, reservation.expiresAt);
    assert.deepEqual(pending.reservation.seats, [
      {
        seatId: seat.id,
        seatLabel: seat.seat_label,
        section: seat.section,
        rowNumber: seat.row_number,
        seatNumber: seat.seat_number,
        price: seat.price,
      },
    ]);

    const { methods } = await api.get('/payments/methods');
    assert.deepEqual(methods.map((each) => each.id).sort(), [
      'bank_transfer',
      'card',
      'kakao_pay',
      'mixed',
      'naver_pay',
      'point',
    ]);
    const paid = await api.post(200, '/payments/process', {
      token,
      json: { reservationId: reservation.id, paymentMethod: 'kakao_pay' },
    });
    assert.equal(paid.success, true);
    assert.deepEqual(
      [
        paid.payment.reservationId,
        paid.payment.reservationNumber,
        paid.payment.paymentMethod,
        paid.payment.totalAmount,
      ],
      [reservation.id, reservation.reservationNumber, 'kakao_pay', seat.price],
    );
    assert.equal(paid.reservation.event.title, event.title);
    assert.deepEqual(
      paid.reservation.seats.map((each) => [each.id, each.unit_price]),
      [[seat.id, seat.price]],
    );
    assert.equal(await statusOf(event, seat), 'reserved');

    const { reservations } = await api.get('/reservations/my', { token });
    assert.equal(reservations.length, 1);
    assert.deepEqual(
      [reservations[0].status, reservations[0].payment_status, reservations[0].event_title],
      ['confirmed', 'completed', event.title],
    );
    assert.deepEqual(reservations[0].items, [
      { ticketTypeName: seat.seat_label, quantity: 1, unitPrice: seat.price, subtotal: seat.price },
    ]);
    const one = await world.reservation({ token }, reservation.id);
    assert.equal(one.payment_method, 'kakao_pay');
    assert.deepEqual([one.items[0].seatLabel, one.items[0].section], [seat.seat_label, seat.section]);

    const { tickets } = await api.get(`/reservations/${reservation.id}/tickets`, { token });
    assert.deepEqual(
      tickets.map((each) => [each.label, each.status, each.event_title, each.used_at]),
      [[seat.seat_label, 'issued', event.title, null]],
    );
    const mine = await api.get('/tickets/my', { token });
    assert.equal(mine.pagination.total, 1);
    assert.equal(mine.tickets[0].id, tickets[0].id);
    const svg = await api.call(200, 'GET', `/tickets/${tickets[0].id}/qr.svg`, { token });
    assert.match(svg.text, /<svg/);
    const png = await api.call(200, 'GET', `/tickets/${tickets[0].id}/qr.png`, { token });
    assert.equal(png.raw.subarray(1, 4).toString(), 'PNG');

    const { refund: quoted } = await api.get(`/reservations/${reservation.id}/refund-quote`, { token });
    const cancelled = await api.post(200, `/reservations/${reservation.id}/cancel`, { token });
    assert.equal(cancelled.refund.amount, quoted.amount);
    assert.equal(cancelled.refund.amount + cancelled.refund.fee, seat.price);
    assert.equal(await statusOf(event, seat), 'available');
    const end = await world.reservation({ token }, reservation.id);
    assert.equal(end.status, 'cancelled');
    assert.equal(end.payment_status, 'refunded');
    const { tickets: afterwards } = await api.get(`/reservations/${reservation.id}/tickets`, { token });
    assert.deepEqual(
      afterwards.map((each) => [each.id, each.status]),
      [[tickets[0].id, 'voided']],
    );
    assert.equal((await api.get(`/tickets/${tickets[0].id}`, { token })).ticket.status, 'voided');
  });

  async function statusOf(event, seat) {
    const { seats } = await api.get(`/seats/events/${event.id}`);
    return seats.find((each) => each.id === seat.id).status;
  }

  it('of general admission takes several types in one reservation (BO2 CA6)', async () => {
    const customer = await world.customer();
    const event = await world.event({
      ticketTypes: [
        { name: 'R석', price: 90_000, totalQuantity: 10, description: '앞' },
        { name: 'S석', price: 60_000, totalQuantity: 20, description: '뒤' },
      ],
    });
    const [dear, cheap] = await world.ticketTypes(event);
    assert.deepEqual([dear.name, cheap.name], ['R석', 'S석'], 'highest price first');
    const json = {
      eventId: event.id,
      items: [
        { ticketTypeId: cheap.id, quantity: 3 },
        { ticketTypeId: dear.id, quantity: 2 },
      ],
    };
    const { reservation } = await api.post(201, '/reservations', { token: customer, json });
    assert.equal(reservation.totalAmount, 3 * 60_000 + 2 * 90_000);
    assert.deepEqual(reservation.seats, []);
    assert.deepEqual([await world.available(dear), await world.available(cheap)], [8, 17]);
    await world.pay(customer, reservation, { paymentMethod: 'naver_pay' });
    const { tickets } = await api.get(`/reservations/${reservation.id}/tickets`, { token: customer });
    assert.deepEqual(tickets.map((each) => each.label).sort(), ['R석', 'R석', 'S석', 'S석', 'S석']);
    assert.deepEqual([await world.available(dear), await world.available(cheap)], [8, 17]);
    await api.post(200, `/reservations/${reservation.id}/cancel`, { token: customer });
    assert.deepEqual([await world.available(dear), await world.available(cheap)], [10, 20]);
  });

  it('may mix seats and tickets in one reservation (BO2)', async () => {
    const customer = await world.customer();
    const event = await world.seatedEvent({
      ticketTypes: [{ name: '주차권', price: 5_000, totalQuantity: 3, description: '' }],
    });
    const [seat] = await world.freeSeats(event);
    const [parking] = await world.ticketTypes(event);
    const json = { eventId: event.id, seatIds: [seat.id], items: [{ ticketTypeId: parking.id, quantity: 1 }] };
    const { reservation } = await api.post(201, '/reservations', { token: customer, json });
    assert.equal(reservation.totalAmount, seat.price + 5_000);
    assert.deepEqual(
      reservation.seats.map((each) => each.id),
      [seat.id],
    );
    await world.pay(customer, reservation);
    const one = await world.reservation(customer, reservation.id);
    assert.deepEqual(
      one.items.map((each) => [each.ticketTypeName, each.seatLabel, each.subtotal]).sort(),
      [
        [seat.seat_label, seat.seat_label, seat.price],
        ['주차권', null, 5_000],
      ].sort(),
    );
    const seats = await api.get(`/seats/reservation/${reservation.id}`, { token: customer });
    assert.equal(seats.reservation.seats.length, 1, 'only seats are listed there');
  });

  it('can be left to the house to choose: the best seats beside each other (BO8)', async () => {
    const customer = await world.customer();
    const event = await world.seatedEvent();
    const { reservation } = await api.post(201, '/seats/best-available', {
      token: customer,
      json: { eventId: event.id, quantity: 3 },
    });
    const places = reservation.seats.map((each) => /^(.*)-(\d+)-(\d+)$/.exec(each.seat_label));
    assert.equal(new Set(places.map((each) => `${each[1]}-${each[2]}`)).size, 1, 'in one row');
    const numbers = places.map((each) => Number(each[3])).sort((a, b) => a - b);
    assert.equal(numbers[2] - numbers[0], 2, 'beside each other');

    const cheapest = Math.min(...(await world.freeSeats(event)).map((each) => each.price));
    const second = await api.post(201, '/seats/best-available', {
      token: customer,
      json: { eventId: event.id, quantity: 1, maxPrice: cheapest },
    });
    assert.equal(second.reservation.totalAmount, cheapest);
    await api.refused(400, 'no_best_seats', 'POST', '/seats/best-available', {
      token: customer,
      json: { eventId: event.id, quantity: 100 },
    });
    await api.refused(400, 'seat_not_found', 'POST', '/seats/best-available', {
      token: customer,
      json: { eventId: event.id, quantity: 1, section: '없는 구역' },
    });
  });

  it('knows /seats/lock and /seats/release for reserving and for giving up an unpaid hold', async () => {
    const customer = await world.customer();
    const event = await world.seatedEvent();
    const [seat] = await world.freeSeats(event);
    const { reservation } = await api.post(201, '/seats/lock', {
      token: customer,
      json: { eventId: event.id, seatIds: [seat.id] },
    });
    assert.equal(await statusOf(event, seat), 'locked');
    const released = await api.post(200, '/seats/release', {
      token: customer,
      json: { reservationId: reservation.id },
    });
    assert.equal(released.refund, undefined);
    assert.equal(await statusOf(event, seat), 'available');

    const paid = await world.holdSeats(customer, event);
    await world.pay(customer, paid);
    await api.refused(400, 'reservation_confirmed', 'POST', '/seats/release', {
      token: customer,
      json: { reservationId: paid.id },
    });
  });

  it('by way of the provider’s page moves money only when it is confirmed (PA2)', async () => {
    const customer = await world.customer();
    const event = await world.event();
    const hold = await world.hold(customer, event, 2);
    const before = await world.ledger();
    const order = await api.post(201, '/payments', {
      token: customer,
      json: { reservationId: hold.id, amount: hold.totalAmount, customerInfo: { name: '김미나' } },
    });
    assert.equal(order.amount, hold.totalAmount);
    const page = new URL(order.paymentUrl, world.server.base);
    const shown = await api.call(200, 'GET', page.pathname + page.search);
    assert.match(shown.text, /100[,.]?000/, 'the page tells the amount');
    const back = await world.decide(order.paymentUrl);
    assert.deepEqual(
      [back.searchParams.get('orderId'), back.searchParams.get('amount')],
      [order.orderId, String(hold.totalAmount)],
    );
    assert.deepEqual(await world.ledger(), before, 'approving alone moves nothing');
    assert.equal((await world.reservation(customer, hold.id)).status, 'pending');

    const json = World.confirmation(back);
    const paid = await api.post(200, '/payments/toss/confirm', { token: customer, json });
    assert.equal(paid.payment.reservationId, hold.id);
    assert.equal((await world.reservation(customer, hold.id)).status, 'confirmed');
    const { payment } = await api.get(`/payments/${order.paymentId}`, { token: customer });
    assert.deepEqual(
      [payment.status, payment.amount, payment.point_used, payment.card_amount, payment.order_id],
      ['completed', hold.totalAmount, 0, hold.totalAmount, order.orderId],
    );
    assert.deepEqual((await api.get(`/payments/${order.paymentId}/status`, { token: customer })).payment, payment);

    const again = await api.post(200, '/payments/confirm', { token: customer, json });
    assert.deepEqual(again.payment, paid.payment, 'a second tab, a double click: the same answer');
    assert.equal((await world.payments(customer)).length, 1);
  });

  it('asked for at any of the three addresses makes the same kind of order', async () => {
    const customer = await world.customer();
    const event = await world.event();
    for (const address of ['/payments', '/payments/prepare', '/payments/toss/request']) {
      const hold = await world.hold(customer, event);
      const order = await api.post(201, address, {
        token: customer,
        json: { reservationId: hold.id, amount: hold.totalAmount, method: 'card' },
      });
      assert.equal(order.amount, 50_000);
    }
  });
});
