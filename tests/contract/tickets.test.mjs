// What lets people in (SPEC 6).

import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { after, before, describe, it } from 'node:test';

import { World, nobody } from './support/world.mjs';

/** Reads a code as docs/openapi.yaml describes it; null if no key of these signed it. */
function readOffline(code, keys) {
  const bytes = Buffer.from(code, 'base64url');
  const [claims, signature] = [bytes.subarray(0, 43), bytes.subarray(43)];
  const key = keys.find((each) => each.id === claims.subarray(1, 5).toString('hex'));
  if (!key || bytes[0] !== 1) return null;
  const signed = Buffer.concat([Buffer.from('tiketi-ticket'), claims]);
  if (!verify(null, signed, createPublicKey(key.pem), signature)) return null;
  const uuid = (from) =>
    claims.toString('hex', from, from + 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { ticket: uuid(5), event: uuid(21), issued_at: new Date(claims.readUIntBE(37, 6)).toISOString() };
}

describe('tickets', () => {
  let world, api, customer, event;
  before(async () => {
    world = await World.open();
    api = world.api;
    customer = await world.customer();
    event = await world.event();
  });
  after(() => world?.close());

  const ticketsOf = async (hold) => (await api.get(`/reservations/${hold.id}/tickets`, { token: customer })).tickets;
  const bought = async (quantity = 1) => ticketsOf(await world.buy(customer, event, quantity));
  const checkIn = (expect, json, options) =>
    api.call(expect, 'POST', '/tickets/check-in', {
      token: world.admin,
      json: { gate: '북문 2', ...json },
      ...options,
    });

  it('are issued for what was paid, and not before (TI1)', async () => {
    const hold = await world.hold(customer, event, 2);
    assert.deepEqual(await ticketsOf(hold), []);
    await world.pay(customer, hold);
    const tickets = await ticketsOf(hold);
    assert.equal(tickets.length, 2);
    assert.equal(new Set(tickets.map((each) => each.number)).size, 2);
    assert.equal(new Set(tickets.map((each) => each.code)).size, 2);
    assert.deepEqual(await ticketsOf(hold), tickets, 'the same whenever one asks');
    assert.deepEqual((await api.get(`/tickets/${tickets[0].id}`, { token: customer })).ticket, tickets[0]);
  });

  it('can be checked without a network by anybody who has the public keys (TI2)', async () => {
    const [ticket] = await bought();
    const { keys } = await api.get('/tickets/keys');
    const spki = createPublicKey(keys[0].pem).export({ format: 'jwk' });
    assert.equal(spki.x, keys[0].public_key, 'both forms are the same key');
    assert.deepEqual(readOffline(ticket.code, keys), {
      ticket: ticket.id,
      event: ticket.event_id,
      issued_at: ticket.issued_at,
    });
    const altered = Buffer.from(ticket.code, 'base64url');
    altered[10] ^= 1;
    assert.equal(readOffline(altered.toString('base64url'), keys), null);
  });

  it('let in once: where and when is told to who comes second (TI2)', async () => {
    const [ticket] = await bought();
    const { body } = await checkIn(200, { code: ticket.code });
    assert.deepEqual([body.ticket.id, body.ticket.status, body.ticket.gate], [ticket.id, 'used', '북문 2']);
    assert.ok(body.ticket.used_at);
    const second = await checkIn(409, { code: ticket.code, gate: '남문' });
    assert.deepEqual([second.body.code, second.body.gate], ['ticket_used', '북문 2']);
    assert.equal(Date.parse(second.body.at), Date.parse(body.ticket.used_at));
    assert.equal((await api.get(`/tickets/${ticket.id}`, { token: customer })).ticket.status, 'used');
  });

  it('let in once, however many gates scan at the same time (TI2)', async () => {
    const [ticket] = await bought();
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) => checkIn([200, 409], { code: ticket.code, gate: `문 ${i}` })),
    );
    assert.equal(answers.filter((each) => each.status === 200).length, 1);
  });

  it('can be looked up by hand, by id or number (TI2)', async () => {
    const [first, second] = await bought(2);
    await checkIn(200, { ticketId: first.id });
    await checkIn(200, { number: second.number.toLowerCase() });
    await checkIn(409, { number: second.number });
  });

  it('are void after a refund (TI2)', async () => {
    const hold = await world.buy(customer, event);
    const [ticket] = await ticketsOf(hold);
    await api.post(200, `/reservations/${hold.id}/cancel`, { token: customer });
    const { body } = await checkIn(410, { code: ticket.code });
    assert.equal(body.code, 'ticket_void');
    assert.equal((await ticketsOf(hold))[0].status, 'voided');
  });

  it('of another event don’t open this event’s gate (TI2)', async () => {
    const [ticket] = await bought();
    const other = await world.event();
    const { body } = await checkIn(404, { code: ticket.code, eventId: other.id });
    assert.equal(body.code, 'ticket_not_found');
    await checkIn(200, { code: ticket.code, eventId: event.id });
  });

  it('that nobody signed are forged (TI1 SE2)', async () => {
    const [ticket] = await bought();
    const bytes = Buffer.from(ticket.code, 'base64url');
    for (const at of [0, 2, 8, 25, 40, 50, 106]) {
      const altered = Buffer.from(bytes);
      altered[at] ^= 0x40;
      const { body } = await checkIn(422, { code: altered.toString('base64url') });
      assert.equal(body.code, 'ticket_forged');
    }
    for (const code of ['x', ticket.code.slice(1), `${ticket.code}A`, '티켓']) await checkIn(422, { code });
    await checkIn(200, { code: ticket.code });
  });

  it('want a gate, and to be named', async () => {
    const [ticket] = await bought();
    for (const [field, json] of [
      ['gate', { code: ticket.code, gate: undefined }],
      ['gate', { code: ticket.code, gate: 'x'.repeat(101) }],
      ['code', {}],
      ['ticketId', { ticketId: 'x' }],
      ['code', { code: 'x'.repeat(1001) }],
    ]) {
      const { body } = await checkIn(400, json);
      assert.equal(body.errors[0].field, field);
    }
    await checkIn(404, { ticketId: nobody });
    await checkIn(404, { number: 'TI0000000000000000' });
    await checkIn(404, { number: 'no number' });
  });

  it('answer a repeated check-in of the same scanner as the first time, by its key (BO6)', async () => {
    const [ticket] = await bought();
    await checkIn(200, { code: ticket.code }, { key: 'scan-1' });
    const again = await checkIn(200, { code: ticket.code }, { key: 'scan-1' });
    assert.equal(again.headers['idempotent-replayed'], 'true');
  });

  it('are listed a page at a time', async () => {
    const fan = await world.customer();
    await world.buy(fan, event, 5);
    assert.equal((await api.get('/tickets/my?limit=2', { token: fan })).tickets.length, 2);
    const { tickets, pagination } = await api.get('/tickets/my?page=2&limit=2', { token: fan });
    assert.equal(tickets.length, 2);
    assert.deepEqual(pagination, { page: 2, limit: 2, total: 5, totalPages: 3 });
    for (const query of ['page=0', 'limit=0', 'limit=1001', 'page=x'])
      await api.refused(400, 'invalid_argument', 'GET', `/tickets/my?${query}`, { token: fan });
  });

  it('have a QR that nobody keeps in a shared cache (TI1)', async () => {
    const [ticket] = await bought();
    for (const picture of ['qr.svg', 'qr.png']) {
      const { headers, raw } = await api.call(200, 'GET', `/tickets/${ticket.id}/${picture}`, { token: customer });
      assert.match(headers['cache-control'], /no-store|private/);
      assert.ok(raw.length > 300);
    }
    await api.refused(404, 'ticket_not_found', 'GET', `/tickets/${nobody}/qr.svg`, { token: customer });
    await api.refused(404, 'ticket_not_found', 'GET', `/tickets/${nobody}/qr.png`, { token: customer });
    await api.refused(400, 'invalid_argument', 'GET', '/tickets/17/qr.svg', { token: customer });
    await api.refused(404, 'reservation_not_found', 'GET', `/reservations/${nobody}/tickets`, { token: customer });
  });

  it('of a customer who is no admin can’t be checked in by them (ID4)', async () => {
    const [ticket] = await bought();
    await api.refused(403, 'not_permitted', 'POST', '/tickets/check-in', {
      token: customer,
      json: { code: ticket.code, gate: '내 집' },
    });
  });
});
