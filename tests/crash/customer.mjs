// A customer who holds, pays, cancels and charges points until the server is gone, and remembers what was promised.

import { send } from '../contract/support/http.mjs';

const troubles = ['TIKETI_TIMEOUT_DONE', 'TIKETI_TIMEOUT_LOST', 'TIKETI_LATE', 'REJECT_CARD_PAYMENT'];

/** What a request came to: the answer, or `null` if none came. */
async function call(base, method, target, { token, json, key, trouble } = {}) {
  const headers = { 'content-type': 'application/json' };
  if (token) headers.authorization = `Bearer ${token}`;
  if (key) headers['idempotency-key'] = key;
  if (trouble) headers['TossPayments-Test-Code'] = trouble;
  try {
    const answer = await send(base, { method, target, headers, body: json && JSON.stringify(json) });
    const body = answer.headers['content-type']?.includes('json') ? JSON.parse(answer.text) : {};
    return { status: answer.status, headers: answer.headers, body };
  } catch {
    return null;
  }
}

export class Customer {
  #random;
  #keys = 0;

  constructor({ token, user }, random) {
    this.token = token;
    this.id = user.id;
    this.#random = random;
    /** {id, event, total, expiresAt, seats, paid, cancelled, refund}: `paid` and `cancelled` are yes, no or unknown. */
    this.reservations = [];
    this.charges = []; // payment ids of points that were promised
    this.unanswered = []; // what may be asked again after the restart
  }

  /** Acts until the server does not answer any more. */
  async act(base, round) {
    while (await this.#step(base, round));
  }

  async #step(base, round) {
    const dice = this.#random.next();
    if (dice < 0.4) return this.#hold(base, round);
    if (dice < 0.75) return this.#pay(base);
    if (dice < 0.85) return this.#order(base);
    if (dice < 0.95) return this.#cancel(base);
    return this.#charge(base);
  }

  get(base, target) {
    return call(base, 'GET', target, { token: this.token });
  }

  #post(base, target, json, { trouble } = {}) {
    this.#keys += 1;
    const request = { target, json, key: `${this.id}-${this.#keys}`, trouble };
    return this.#send(base, request);
  }

  async #send(base, request) {
    const answer = await call(base, 'POST', request.target, { ...request, token: this.token });
    if (!answer) this.unanswered.push(request);
    return answer;
  }

  async #hold(base, { seated, standing, seats, type }) {
    const seat = this.#random.chance(0.7) && seats.pop();
    const answer = seat
      ? await this.#post(base, '/api/seats/reserve', { eventId: seated.id, seatIds: [seat.id] })
      : await this.#post(base, '/api/reservations', {
          eventId: standing.id,
          items: [{ ticketTypeId: type.id, quantity: 1 + this.#random.below(3) }],
        });
    if (answer?.status === 201) this.#remember(answer.body.reservation, seat ? seated : standing);
    return answer;
  }

  #remember(held, event) {
    if (this.reservations.some((each) => each.id === held.id)) return;
    this.reservations.push({
      id: held.id,
      event: event.id,
      total: held.totalAmount,
      expiresAt: Date.parse(held.expiresAt),
      seats: held.seats.map((each) => each.id),
      paid: 'no',
      cancelled: 'no',
    });
  }

  #unpaid() {
    return this.#random.of(this.reservations.filter((each) => each.paid === 'no' && each.cancelled === 'no'));
  }

  #trouble() {
    return this.#random.chance(0.15) ? this.#random.of(troubles) : undefined;
  }

  async #pay(base) {
    const reservation = this.#unpaid();
    if (!reservation) return true;
    const json = { reservationId: reservation.id, paymentMethod: this.#random.of(['card', 'kakao_pay', 'mixed', 'point']) };
    if (json.paymentMethod === 'mixed') json.pointsToUse = 1_000;
    reservation.paid = 'unknown';
    const answer = await this.#post(base, '/api/payments/process', json, { trouble: this.#trouble() });
    this.#learn(reservation, answer);
    return answer;
  }

  /** What an answer to a payment says about the reservation. */
  #learn(reservation, answer) {
    if (!answer) return;
    if (answer.status === 200) {
      reservation.paid = 'yes';
      reservation.payment = answer.body.payment.id;
    } else if (['payment_refused', 'points_short', 'provider_unavailable', 'overloaded'].includes(answer.body.code)) {
      reservation.paid = 'no';
    }
  }

  async #order(base) {
    const reservation = this.#unpaid();
    if (!reservation) return true;
    const order = await this.#post(base, '/api/payments', { reservationId: reservation.id, amount: reservation.total });
    if (order?.status !== 201) return order;
    const back = await call(base, 'POST', order.body.paymentUrl, { json: { action: 'approve' } });
    if (back?.status !== 303) return back;
    const query = new URL(back.headers.location, base).searchParams;
    reservation.paid = 'unknown';
    const answer = await this.#confirm(base, query);
    this.#learn(reservation, answer);
    return answer;
  }

  #confirm(base, query) {
    const json = { paymentKey: query.get('paymentKey'), orderId: query.get('orderId'), amount: Number(query.get('amount')) };
    return this.#post(base, '/api/payments/toss/confirm', json, { trouble: this.#trouble() });
  }

  async #cancel(base) {
    const reservation = this.#random.of(this.reservations.filter((each) => each.cancelled === 'no'));
    if (!reservation) return true;
    reservation.cancelled = 'unknown';
    const answer = await this.#post(base, `/api/reservations/${reservation.id}/cancel`);
    if (answer?.status === 200) {
      reservation.cancelled = 'yes';
      reservation.refund = answer.body.refund;
    } else if (['payment_in_progress', 'overloaded'].includes(answer?.body.code)) {
      reservation.cancelled = 'no';
    }
    return answer;
  }

  async #charge(base) {
    const order = await this.#post(base, '/api/points/charge', { amount: 5_000 });
    if (order?.status !== 201) return order;
    const back = await call(base, 'POST', order.body.paymentUrl, { json: { action: 'approve' } });
    if (back?.status !== 303) return back;
    const answer = await this.#confirm(base, new URL(back.headers.location, base).searchParams);
    if (answer?.status === 200) this.charges.push(answer.body.payment.id);
    return answer;
  }

  /**
   * Asks again what was not answered, twice: it must have been done once. What is wrong is returned.
   */
  async askAgain(base, share) {
    const wrong = [];
    for (const request of this.unanswered.splice(0)) {
      if (!this.#random.chance(share)) continue;
      const first = await this.#send(base, request);
      const second = await this.#send(base, request);
      if (!first || !second) continue;
      const made = (answer) => answer.body.reservation?.id ?? answer.body.payment?.id ?? answer.body.paymentId;
      if (first.status < 300 && (second.status !== first.status || made(second) !== made(first)))
        wrong.push({ request, first, second });
      this.#takeUp(request, first);
    }
    return wrong;
  }

  #takeUp(request, answer) {
    const named = this.reservations.find(
      (each) => each.id === request.json?.reservationId || request.target.includes(`${each.id}/cancel`),
    );
    if (answer.status === 201 && answer.body.reservation?.expiresAt) this.#remember(answer.body.reservation, { id: request.json.eventId });
    else if (named && request.target.endsWith('/process')) this.#learn(named, answer);
    else if (named && request.target.endsWith('/cancel') && answer.status === 200) {
      named.cancelled = 'yes';
      named.refund ??= answer.body.refund;
    }
  }

  /** What the server says now that can't be, going by what it has promised before. */
  async broken(base, cancelledEvents) {
    const wrong = [];
    for (const each of this.reservations) {
      if (each.settled) continue;
      const answer = await this.get(base, `/api/reservations/${each.id}`);
      if (answer?.status !== 200) wrong.push({ what: 'an acknowledged reservation is gone', each, answer });
      else {
        const problem = contradiction(each, answer.body.reservation, cancelledEvents.has(each.event));
        if (problem) wrong.push({ what: problem, each, now: answer.body.reservation });
        each.settled = each.cancelled === 'yes' || Date.now() > each.expiresAt + 60_000;
      }
    }
    return wrong;
  }
}

/** What is wrong with what is told of a reservation; null if nothing is. */
function contradiction(promised, now, eventIsCancelled) {
  const { status, payment_status: payment } = now;
  if (promised.cancelled === 'yes') {
    if (status !== 'cancelled') return 'an acknowledged cancellation is undone';
    const refunded = ['refunded', 'partially_refunded'].includes(payment);
    return promised.refund && !refunded ? 'an acknowledged refund is lost' : null;
  }
  if (eventIsCancelled || promised.cancelled === 'unknown') return null;
  if (promised.paid === 'yes')
    return status === 'confirmed' && payment === 'completed' ? null : 'an acknowledged payment is lost';
  if (promised.paid === 'unknown') return null;
  if (status === 'pending') return null;
  return status === 'expired' && Date.now() >= promised.expiresAt ? null : 'an acknowledged hold is lost';
}
