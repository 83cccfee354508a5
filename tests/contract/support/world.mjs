// The people and things that the tests are about.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { Api } from './api.mjs';
import { Server, admin, jwtSecret } from './server.mjs';

export const day = 24 * 60 * 60 * 1000;

/** A time so many days from now, as the API takes it. */
export const inDays = (days) => new Date(Date.now() + days * day).toISOString();

/** An id that belongs to nothing. */
export const nobody = '0198f0a2-4c1e-7d3b-8a55-1f2e3d4c5b6a';

/** Asks until it is so, for ten seconds at most; resolves to the last answer. */
export async function until(ask, isSo) {
  const end = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (isSo(answer) || Date.now() > end) return answer;
    await pause(10);
  }
}

let people = 0;

/** A server with an admin, and the means to put everything else into it. */
export class World {
  static async open(options) {
    const world = new this();
    world.server = await Server.start(options);
    world.api = new Api(world.server);
    try {
      world.admin = await world.api.post(200, '/auth/login', { json: admin });
    } catch (error) {
      await world.close();
      throw error;
    }
    return world;
  }

  close() {
    return this.server.stop();
  }

  /** A new customer: {token, refreshToken, user, email, password}. */
  async customer(name = '김미나') {
    people += 1;
    const email = `fan-${process.pid}-${people}@example.com`;
    const password = `password of ${people}`;
    const answer = await this.api.post(201, '/auth/register', { json: { email, password, name } });
    return { ...answer, email, password };
  }

  async layout(name = 'small_theater') {
    const { layouts } = await this.api.get('/admin/seat-layouts', { token: this.admin });
    const found = layouts.find((each) => each.name === name);
    assert.ok(found, `the sample catalogue has the layout ${name}`);
    return found;
  }

  /** An event on sale, with 100 tickets at 50,000 won unless told otherwise. */
  async event(changes = {}) {
    const json = {
      title: '겨울 콘서트',
      description: '한 번뿐인 밤',
      venue: '블루스퀘어',
      address: '서울 용산구 이태원로 294',
      artistName: '10CM',
      posterImageUrl: '',
      eventDate: inDays(30),
      saleStartDate: inDays(-1),
      saleEndDate: inDays(29),
      ticketTypes: [{ name: '스탠딩', price: 50_000, totalQuantity: 100, description: '' }],
      ...changes,
    };
    const { event } = await this.api.post(201, '/admin/events', { token: this.admin, json });
    return event;
  }

  /** An event with seats of a layout of the sample catalogue. Needs a seeded store. */
  async seatedEvent(changes = {}) {
    const { id } = await this.layout();
    return this.event({ seatLayoutId: id, ticketTypes: [], ...changes });
  }

  async ticketTypes(event) {
    return (await this.api.get(`/events/${event.id}`)).ticketTypes;
  }

  async freeSeats(event) {
    const { seats } = await this.api.get(`/seats/events/${event.id}`);
    return seats.filter((each) => each.status === 'available');
  }

  /** Holds so many tickets of the event's first type. */
  async hold(customer, event, quantity = 1) {
    const [type] = await this.ticketTypes(event);
    const json = { eventId: event.id, items: [{ ticketTypeId: type.id, quantity }] };
    return (await this.api.post(201, '/reservations', { token: customer, json })).reservation;
  }

  async holdSeats(customer, event, count = 1) {
    const seats = (await this.freeSeats(event)).slice(0, count);
    const json = { eventId: event.id, seatIds: seats.map((each) => each.id) };
    return (await this.api.post(201, '/seats/reserve', { token: customer, json })).reservation;
  }

  pay(customer, hold, json = {}, options = {}) {
    return this.api.post(200, '/payments/process', {
      token: customer,
      json: { reservationId: hold.id, paymentMethod: 'card', ...json },
      ...options,
    });
  }

  /** Holds and pays; resolves to the hold. */
  async buy(customer, event, quantity = 1, json = {}) {
    const hold = await this.hold(customer, event, quantity);
    await this.pay(customer, hold, json);
    return hold;
  }

  /** What a customer does on the provider's page; resolves to where the browser is sent. */
  async decide(paymentUrl, form = { action: 'approve' }) {
    const page = new URL(paymentUrl, this.server.base);
    const { headers } = await this.api.call(303, 'POST', page.pathname + page.search, { form });
    return new URL(headers.location, this.server.base);
  }

  /** What the success URL tells, as the confirmation wants it. */
  static confirmation(url) {
    const of = (name) => url.searchParams.get(name);
    return { paymentKey: of('paymentKey'), orderId: of('orderId'), amount: Number(of('amount')) };
  }

  /** An order for the provider's page, of all that the hold costs. */
  order(customer, hold) {
    const json = { reservationId: hold.id, amount: hold.totalAmount };
    return this.api.post(201, '/payments', { token: customer, json });
  }

  async chargePoints(customer, amount) {
    const order = await this.api.post(201, '/points/charge', { token: customer, json: { amount, method: 'card' } });
    const url = await this.decide(order.paymentUrl);
    return this.api.post(200, '/payments/toss/confirm', { token: customer, json: World.confirmation(url) });
  }

  async points(customer) {
    return (await this.api.get('/points', { token: customer })).balance;
  }

  async reservation(customer, id) {
    return (await this.api.get(`/reservations/${id}`, { token: customer })).reservation;
  }

  async payments(customer) {
    return (await this.api.get('/payments/my', { token: customer })).payments;
  }

  /** The payment once it has that status and nothing of it is under way; as it is then if that takes too long. */
  settled(customer, id, status) {
    return until(
      async () => (await this.api.get(`/payments/${id}`, { token: customer })).payment,
      (payment) => payment.status === status && payment.refunds.every((each) => each.status === 'completed'),
    );
  }

  /** What the provider tells when something of an order has changed; the server looks at orders in turn, later. */
  tell(orderId) {
    const json = { eventType: 'PAYMENT_STATUS_CHANGED', data: { orderId, status: 'DONE' } };
    return this.api.post(200, '/payments/toss/webhook', { json });
  }

  async available(ticketType) {
    return (await this.api.get(`/tickets/availability/${ticketType.id}`)).available_quantity;
  }

  /** The books by account; asserts that they balance. */
  async ledger() {
    const { balances } = await this.api.get('/admin/ledger', { token: this.admin });
    const sums = new Map();
    for (const { side, currency, balance } of balances)
      sums.set(currency, (sums.get(currency) ?? 0) + (side === 'credit' ? balance : -balance));
    for (const [currency, sum] of sums) assert.equal(sum, 0, `the books of ${currency} sum to zero`);
    return Object.fromEntries(balances.map(({ account, balance }) => [account, balance]));
  }
}

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token as somebody might make one; signed as the server would, or with another secret, or not at all. */
export function token(payload, { secret = jwtSecret, header = { alg: 'HS256', typ: 'JWT' } } = {}) {
  const text = `${encode(header)}.${encode(payload)}`;
  const signature = secret === null ? '' : createHmac('sha256', secret).update(text).digest('base64url');
  return `${text}.${signature}`;
}

export const payloadOf = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'));
