// PA3, BO3, BO6: the server is killed at random moments under load. After each restart nothing that was acknowledged is
// lost, and what was not answered can be asked again without being done twice; in the end no money is without a place or a
// refund, and no place without money.
//
// TIKETI_CRASH_ROUNDS=n for more or fewer rounds, TIKETI_CRASH_SEED=n to make the same choices again. A failure keeps the
// folder of the store.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { World } from '../contract/support/world.mjs';
import { Customer } from './customer.mjs';
import { Random } from './random.mjs';

const rounds = Number(process.env.TIKETI_CRASH_ROUNDS ?? 50);
const seed = Number(process.env.TIKETI_CRASH_SEED ?? Date.now() % 1_000_000);
const random = new Random(seed);
const recoveryMs = 7_000; // longer than the sandbox's late answers
const run = promisify(execFile);

const world = await World.open({
  seed: true,
  flags: [
    ...['--housekeeping-ms', '50', '--recovery-after-ms', String(recoveryMs), '--log-level', 'error'],
    ...['--password-threads', '2', '--password-queue-per-client', '0'], // the crowd comes from one address
  ],
});
const file = world.server.store.replace('sqlite:', '');
const cancelledEvents = new Set();

async function query(path, sql) {
  const { stdout } = await run('sqlite3', ['-readonly', path, sql]);
  return stdout.trim();
}

async function crowd(size) {
  const people = await Promise.all(Array.from({ length: size }, () => world.customer()));
  return people.map((each) => new Customer(each, new Random(random.below(2 ** 31))));
}

async function newEvents() {
  const seated = await world.seatedEvent({ maxPerUser: 0, maxPerReservation: 0 });
  const standing = await world.event({ ticketTypes: [{ name: '스탠딩', price: 3_000, totalQuantity: 50_000, description: '' }] });
  const seats = await world.freeSeats(seated);
  return { seated, standing, seats, type: (await world.ticketTypes(standing))[0] };
}

/** One life of the server: everybody at it, sometimes an event is cancelled, then it is killed. */
async function live(customers) {
  const { base } = world.server;
  const round = await newEvents();
  const all = customers.map((each) => each.act(base, round));
  if (random.chance(0.2)) {
    cancelledEvents.add(round.standing.id);
    await sleep(random.below(150));
    all.push(cancelEvent(base, round.standing.id));
  }
  await sleep(100 + random.below(600));
  await world.server.terminate('SIGKILL');
  await Promise.all(all);
  return round.standing.id;
}

async function cancelEvent(base, id) {
  await fetch(`${base}/api/admin/events/${id}/cancel`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.admin.token}` },
  }).catch(() => null);
}

/** An event whose cancellation was not answered is cancelled again. */
async function finishCancellations() {
  for (const id of cancelledEvents) await cancelEvent(world.server.base, id);
}

async function nothingLost(customers, round) {
  const { base } = world.server;
  const twice = (await Promise.all(customers.map((each) => each.askAgain(base, 0.5)))).flat();
  assert.deepEqual(twice, [], `round ${round}: a repeated request was not done once`);
  const lost = (await Promise.all(customers.map((each) => each.broken(base, cancelledEvents)))).flat();
  assert.deepEqual(lost, [], `round ${round}`);
}

/** Waits until the recovery has nothing left to do. */
async function recovered() {
  const deadline = Date.now() + recoveryMs + 60_000;
  while (Date.now() < deadline) {
    const open = await query(
      file,
      'SELECT (SELECT COUNT(*) FROM payments WHERE status = 1) + (SELECT COUNT(*) FROM refunds WHERE status = 0)',
    );
    if (open === '0') return;
    await sleep(250);
  }
  assert.fail('payments or refunds are still unfinished a minute after the recovery should have finished them');
}

async function booksAgree() {
  const { balances } = await world.api.get('/admin/ledger', { token: world.admin });
  const ours = balances.find((each) => each.account === 'provider_clearing')?.balance ?? 0;
  // What the sandbox does late it writes down when it is next asked: until then, `pending_at` says when it was done.
  const late = `pending_at BETWEEN 1 AND ${Date.now()}`;
  const theirs = await query(
    `${file}.sandbox`,
    `SELECT COALESCE(SUM(balance_minor - CASE WHEN ${late} THEN pending_cancel_minor ELSE 0 END), 0)
     FROM payments WHERE approved_at > 0 OR ${late}`,
  );
  assert.equal(ours, Number(theirs), 'what the provider holds for us, by our books and by theirs');
  const withoutPlace = `SELECT COUNT(*) FROM payments p LEFT JOIN reservations r ON r.id = p.reservation_id
    WHERE p.purpose = 0 AND p.status = 2 AND (r.id IS NULL OR r.status <> 1)`;
  assert.equal(await query(file, withoutPlace), '0', 'payments kept without a place');
  const withoutMoney = `SELECT COUNT(*) FROM reservations r WHERE r.status = 1
    AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.reservation_id = r.id AND p.status IN (2, 6))`;
  assert.equal(await query(file, withoutMoney), '0', 'places given without money');
}

async function pointsAgree(customers) {
  for (const each of customers) {
    const { body: mine } = await each.get(world.server.base, '/api/points');
    const { body: page } = await each.get(world.server.base, '/api/points/history?limit=1000');
    assert.equal(page.pagination.totalPages <= 1, true, 'one page holds the history');
    assert.equal(mine.balance, page.history.reduce((sum, line) => sum + line.amount, 0), 'points add up');
    const charged = new Set(page.history.filter((line) => line.type === 'CHARGE').map((line) => line.reference_id));
    for (const id of each.charges) assert.ok(charged.has(id), `an acknowledged charge of points is lost: ${id}`);
  }
}

async function allAgrees(customers) {
  await finishCancellations();
  await recovered();
  await booksAgree();
  await pointsAgree(customers);
  await world.server.terminate();
  await world.server.tiketi('verify');
  await world.server.restart();
}

console.log(`${rounds} rounds, seed ${seed}, store ${file}`);
const customers = await crowd(40);
const started = Date.now();
for (let round = 1; round <= rounds; ++round) {
  await live(customers);
  await world.server.restart();
  await nothingLost(customers, round);
  if (round % 10 === 0 || round === rounds) {
    await allAgrees(customers);
    const count = customers.reduce((sum, each) => sum + each.reservations.length, 0);
    console.log(`round ${round}: ${count} reservations acknowledged, all there (${Math.round((Date.now() - started) / 1000)} s)`);
  }
}
await world.close();
