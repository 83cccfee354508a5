// BoxOfficeStore::commit: every guard of a change, and what is told when it fails.

#include "store/store_fixture.hpp"

namespace tiketi::test {

namespace {

using Kind = Outcome::Kind;
class BoxOfficeGuards : public StoreTest {};

/// Commits a change that must be applied, and finds it stored as it was decided.
#define APPLIED(change)                                 \
  do {                                                  \
    const Change& decided = change;                     \
    ASSERT_EQ(commit(decided).kind, Kind::applied);     \
    EXPECT_EQ(stored(decided.after.id), decided.after); \
  } while (false)

// BO2: seats and tickets in one reservation, and all that the store has to say of it afterwards.
TEST_P(BoxOfficeGuards, a_hold_takes_its_seats_and_stock) {
  const auto event = load_inventory(5, {10, 20});
  const Change change = hold(event, {1, 3}, {0, 4});
  APPLIED(change);
  for (const std::size_t i : {1U, 3U}) {
    const SeatState expected{PlaceStatus::held, 1, change.after.id, change.after.expires_at};
    EXPECT_EQ(seat(event.seats[i].id).state, expected);
  }
  EXPECT_EQ(seat(event.seats[0].id), event.seats[0]);
  EXPECT_EQ(stock(event.stock[0].id), event.stock[0]);
  EXPECT_EQ(stock(event.stock[1].id).held, 4);
  EXPECT_EQ(inventory(event.event_id).total, 35);
  EXPECT_EQ(inventory(event.event_id).available, 29);
}

// BO1: available → held → sold → available.
TEST_P(BoxOfficeGuards, a_sale_and_its_cancellation_move_the_places) {
  const auto event = load_inventory(2, {5});
  const Change change = hold(event, {0}, {3});
  APPLIED(change);
  const Change sale = confirmed(change.after, clock.now(), "toss-1");
  APPLIED(sale);
  const SeatState sold{PlaceStatus::sold, 2, change.after.id, {}};
  EXPECT_EQ(seat(event.seats[0].id).state, sold);
  EXPECT_EQ(stock(event.stock[0].id).held, 0);
  EXPECT_EQ(stock(event.stock[0].id).sold, 3);
  EXPECT_EQ(inventory(event.event_id).available, 3);
  APPLIED(cancelled(sale.after, clock.now()));
  const SeatState freed{PlaceStatus::available, 3, {}, {}};
  EXPECT_EQ(seat(event.seats[0].id).state, freed);
  EXPECT_EQ(stock(event.stock[0].id), event.stock[0]);
  EXPECT_EQ(inventory(event.event_id).available, 7);
}

// BO4, BO9: an extension moves the seats' hold with the reservation's; expiry frees them.
TEST_P(BoxOfficeGuards, an_extension_and_an_expiry_move_the_places) {
  const auto event = load_inventory(1, {5});
  const Change change = hold(event, {0}, {2});
  APPLIED(change);
  const Change longer = extended(change.after, clock.now(), 500 * second_ms);
  APPLIED(longer);
  EXPECT_EQ(seat(event.seats[0].id).state.held_until, clock.now().plus_ms(500 * second_ms));
  EXPECT_EQ(stock(event.stock[0].id).held, 2);
  EXPECT_EQ(inventory(event.event_id).available, 3);
  clock.advance(500 * second_ms);
  APPLIED(expired(longer.after, clock.now()));
  EXPECT_EQ(seat(event.seats[0].id).state.status, PlaceStatus::available);
  EXPECT_EQ(stock(event.stock[0].id).held, 0);
  EXPECT_EQ(inventory(event.event_id).available, 6);
}

// BO3, BO5: which seats are not to be had, and that nothing else of the change is done.
TEST_P(BoxOfficeGuards, seats_unavailable_names_them_all_and_takes_none) {
  const auto event = load_inventory(5, {10});
  APPLIED(hold(event, {1, 3}));
  const Change change = hold(event, {0, 1, 2, 3}, {2});
  const Outcome outcome = commit(change);
  EXPECT_EQ(outcome.kind, Kind::seats_unavailable);
  EXPECT_EQ(outcome.seats, (std::vector{event.seats[1].id, event.seats[3].id}));
  EXPECT_EQ(seat(event.seats[0].id).state.status, PlaceStatus::available);
  EXPECT_EQ(stock(event.stock[0].id).held, 0);
  EXPECT_EQ(inventory(event.event_id).available, 13);
  EXPECT_FALSE(box_office().reservations({&change.after.id, 1}).value().front());
  EXPECT_EQ(box_office().outbox_size().value(), 1);
}

TEST_P(BoxOfficeGuards, blocked_and_unknown_seats_are_unavailable) {
  NewInventory event = load_inventory(1);
  NewInventory blocked = event;
  blocked.event_id = ids.next<EventId>();
  blocked.seats[0].id = ids.next<SeatId>();
  blocked.seats[0].event_id = blocked.event_id;
  blocked.seats[0].state.status = PlaceStatus::blocked;
  ASSERT_TRUE(box_office().load(blocked).has_value());
  EXPECT_EQ(commit(hold(blocked, {0})).kind, Kind::seats_unavailable);
  EXPECT_EQ(inventory(blocked.event_id).total, 0);

  const SeatId nowhere = ids.next<SeatId>();
  event.seats[0].id = nowhere;
  const Outcome outcome = commit(hold(event, {0}));
  EXPECT_EQ(outcome.kind, Kind::seats_unavailable);
  EXPECT_EQ(outcome.seats, std::vector{nowhere});
}

// BO3: another's seat can be neither sold nor freed nor extended, whatever the change says.
TEST_P(BoxOfficeGuards, a_seat_moves_only_with_its_own_reservation) {
  const auto event = load_inventory(2);
  const Change mine = hold(event, {0});
  const Change theirs = hold(event, {1});
  APPLIED(mine);
  APPLIED(theirs);
  for (Change change : {confirmed(mine.after, clock.now()), cancelled(mine.after, clock.now()),
                        extended(mine.after, clock.now(), hour_ms), expired(mine.after, clock.now())}) {
    change.after.lines[0].seat_id = event.seats[1].id;
    const Outcome outcome = commit(change);
    EXPECT_EQ(outcome.kind, Kind::seats_unavailable);
    EXPECT_EQ(outcome.seats, std::vector{event.seats[1].id});
  }
  EXPECT_EQ(seat(event.seats[1].id).state.reservation_id, theirs.after.id);
  EXPECT_EQ(stored(mine.after.id), mine.after);
}

// BO5: how many are left.
TEST_P(BoxOfficeGuards, stock_short_tells_the_type_and_what_is_left) {
  const auto event = load_inventory(1, {10, 5});
  APPLIED(hold(event, {}, {0, 3}));
  const Outcome outcome = commit(hold(event, {0}, {10, 3}));
  EXPECT_EQ(outcome.kind, Kind::stock_short);
  EXPECT_EQ(outcome.ticket_type, event.stock[1].id);
  EXPECT_EQ(outcome.number, 2);
  EXPECT_EQ(stock(event.stock[0].id).held, 0);
  EXPECT_EQ(seat(event.seats[0].id).state.status, PlaceStatus::available);
  APPLIED(hold(event, {0}, {10, 2}));
}

TEST_P(BoxOfficeGuards, an_unknown_ticket_type_has_nothing_left) {
  auto event = load_inventory(0, {10});
  event.stock[0].id = ids.next<TicketTypeId>();
  const Outcome outcome = commit(hold(event, {}, {1}));
  EXPECT_EQ(outcome.kind, Kind::stock_short);
  EXPECT_EQ(outcome.number, 0);
}

// BO4: optimistic versions decide between two who read the same state.
TEST_P(BoxOfficeGuards, of_two_changes_to_one_version_the_second_conflicts) {
  const auto event = load_inventory(1);
  const Change change = hold(event, {0});
  APPLIED(change);
  APPLIED(confirmed(change.after, clock.now()));
  const Reservation sold = stored(change.after.id);
  EXPECT_EQ(commit(cancelled(change.after, clock.now())).kind, Kind::version_conflict);
  EXPECT_EQ(stored(change.after.id), sold);
}

TEST_P(BoxOfficeGuards, a_reservation_that_is_not_there_conflicts) {
  const auto event = load_inventory(1);
  EXPECT_EQ(commit(confirmed(hold(event, {0}).after, clock.now())).kind, Kind::version_conflict);
}

TEST_P(BoxOfficeGuards, an_event_without_inventory_is_unknown) {
  auto event = load_inventory(1);
  event.event_id = ids.next<EventId>();
  EXPECT_EQ(commit(hold(event, {0})).kind, Kind::unknown_event);
}

TEST_P(BoxOfficeGuards, a_closed_event_takes_no_holds_but_gives_back) {
  const auto event = load_inventory(3);
  const Change pending = hold(event, {0});
  const Change paid = hold(event, {1});
  APPLIED(pending);
  APPLIED(paid);
  const Change sale = confirmed(paid.after, clock.now());
  APPLIED(sale);
  ASSERT_TRUE(box_office().close(event.event_id).has_value());
  EXPECT_TRUE(inventory(event.event_id).closed);
  EXPECT_EQ(commit(hold(event, {2})).kind, Kind::event_closed);
  EXPECT_EQ(commit(confirmed(pending.after, clock.now())).kind, Kind::event_closed);
  EXPECT_EQ(commit(extended(pending.after, clock.now(), hour_ms)).kind, Kind::event_closed);
  APPLIED(cancelled(sale.after, clock.now()));
  APPLIED(expired(pending.after, clock.now()));
  EXPECT_EQ(inventory(event.event_id).available, 3);
}

// BO5: what counts is what is bought, and what is held at the time of the change.
TEST_P(BoxOfficeGuards, the_buyer_limit_counts_live_holds_and_sales_of_that_event) {
  const auto event = load_inventory(10, {10});
  const auto elsewhere = load_inventory(10);
  const UserId fan = ids.next<UserId>();
  const auto limited = [&](const NewInventory& at, const std::vector<std::size_t>& seats,
                           const std::vector<std::int64_t>& tickets = {}) {
    Change change = hold(at, seats, tickets, fan);
    change.buyer_limit = 4;
    return change;
  };
  const Change first = limited(event, {0}, {1});
  APPLIED(first);
  APPLIED(confirmed(first.after, clock.now()));
  const Change second = limited(event, {1});
  APPLIED(second);
  APPLIED(limited(elsewhere, {0, 1, 2, 3}));
  const Outcome outcome = commit(limited(event, {2, 3}));
  EXPECT_EQ(outcome.kind, Kind::buyer_limit);
  EXPECT_EQ(outcome.number, 3);
  APPLIED(limited(event, {2}));
  // At this millisecond both holds are over, though nobody has swept them: only the sale counts.
  clock.advance(300 * second_ms);
  APPLIED(limited(event, {4, 5}));
  EXPECT_EQ(commit(limited(event, {6})).number, 4);
}

TEST_P(BoxOfficeGuards, the_buyer_limit_counts_within_a_batch_too) {
  const auto event = load_inventory(5);
  const UserId fan = ids.next<UserId>();
  std::vector<Change> changes;
  for (const std::size_t i : {0U, 1U, 2U}) {
    changes.push_back(hold(event, {i}, {}, fan));
    changes.back().buyer_limit = 2;
  }
  const auto outcomes = commit(changes);
  EXPECT_EQ(outcomes[0].kind, Kind::applied);
  EXPECT_EQ(outcomes[1].kind, Kind::applied);
  EXPECT_EQ(outcomes[2].kind, Kind::buyer_limit);
  EXPECT_EQ(outcomes[2].number, 2);
  // What is given back in a batch is free again in it.
  Change again = hold(event, {3}, {}, fan);
  again.buyer_limit = 2;
  const auto freed = commit({cancelled(changes[0].after, clock.now()), again});
  EXPECT_EQ(freed[1].kind, Kind::applied);
}

// BO6
TEST_P(BoxOfficeGuards, an_idempotency_key_serves_once_per_user) {
  const auto event = load_inventory(5);
  const auto keyed = [&](std::size_t seat, UserId user) {
    Change change = hold(event, {seat}, {}, user);
    change.idempotency = IdempotencyRecord{user, "click-1", 0xfedcba9876543210ULL, change.after.id, clock.now()};
    return change;
  };
  const UserId fan = ids.next<UserId>();
  const UserId other = ids.next<UserId>();
  const Change first = keyed(0, fan);
  APPLIED(first);
  EXPECT_EQ(commit(keyed(1, fan)).kind, Kind::idempotency_used);
  APPLIED(keyed(2, other));
  EXPECT_EQ(seat(event.seats[1].id).state.status, PlaceStatus::available);
  const auto answer = box_office().ask({{}, {}, {{other, "click-2"}, {fan, "click-1"}}, {}}).value();
  EXPECT_FALSE(answer.records[0]);
  EXPECT_EQ(answer.records[1], first.idempotency);

  const UserId third = ids.next<UserId>();
  const auto outcomes = commit({keyed(3, third), keyed(4, third)});
  EXPECT_EQ(outcomes[0].kind, Kind::applied);
  EXPECT_EQ(outcomes[1].kind, Kind::idempotency_used);
}

TEST_P(BoxOfficeGuards, a_refused_change_leaves_its_key_free) {
  const auto event = load_inventory(2);
  APPLIED(hold(event, {0}));
  Change change = hold(event, {0});
  change.idempotency = IdempotencyRecord{change.after.user_id, "k", 1, change.after.id, clock.now()};
  EXPECT_EQ(commit(change).kind, Kind::seats_unavailable);
  Change retry = hold(event, {1}, {}, change.after.user_id);
  retry.idempotency = change.idempotency;
  retry.idempotency->reservation_id = retry.after.id;
  APPLIED(retry);
}

// BO6: after an unknown outcome the same batch is committed again.
TEST_P(BoxOfficeGuards, repeating_a_commit_applies_nothing_twice) {
  const auto event = load_inventory(2, {10});
  Change change = hold(event, {0}, {3});
  change.buyer_limit = 4;
  change.idempotency = IdempotencyRecord{change.after.user_id, "k", 1, change.after.id, clock.now()};
  const Change refused = hold(event, {0});
  for (int i = 0; i < 3; ++i) {
    const auto outcomes = commit({change, refused});
    EXPECT_EQ(outcomes[0].kind, Kind::applied);
    EXPECT_EQ(outcomes[1].kind, Kind::seats_unavailable);
  }
  EXPECT_EQ(commit({change, change})[1].kind, Kind::applied);
  EXPECT_EQ(stock(event.stock[0].id).held, 3);
  EXPECT_EQ(seat(event.seats[0].id).state.version, 1);
  EXPECT_EQ(inventory(event.event_id).available, 8);
  EXPECT_EQ(box_office().outbox_size().value(), 1);
  EXPECT_EQ(stored(change.after.id), change.after);
}

// Changes of one batch apply in its order: the first who wants a seat has it.
TEST_P(BoxOfficeGuards, within_a_batch_the_first_wins) {
  const auto event = load_inventory(3);
  const Change first = hold(event, {0, 1});
  const Change second = hold(event, {1, 2});
  const Change third = hold(event, {2});
  const auto outcomes = commit({first, second, third});
  EXPECT_EQ(outcomes[0].kind, Kind::applied);
  EXPECT_EQ(outcomes[1].kind, Kind::seats_unavailable);
  EXPECT_EQ(outcomes[1].seats, std::vector{event.seats[1].id});
  EXPECT_EQ(outcomes[2].kind, Kind::applied);
  EXPECT_EQ(seat(event.seats[1].id).state.reservation_id, first.after.id);
  EXPECT_EQ(seat(event.seats[2].id).state.reservation_id, third.after.id);
}

TEST_P(BoxOfficeGuards, stock_is_counted_down_through_a_batch) {
  const auto event = load_inventory(0, {10});
  std::vector<Change> changes;
  for (int i = 0; i < 5; ++i) changes.push_back(hold(event, {}, {3}));
  changes.push_back(hold(event, {}, {1}));
  const auto outcomes = commit(changes);
  for (const std::size_t i : {0U, 1U, 2U, 5U}) EXPECT_EQ(outcomes[i].kind, Kind::applied) << i;
  for (const std::size_t i : {3U, 4U}) {
    EXPECT_EQ(outcomes[i].kind, Kind::stock_short) << i;
    EXPECT_EQ(outcomes[i].number, 1) << i;
  }
  EXPECT_EQ(stock(event.stock[0].id).held, 10);
}

// BO4: a seat under a hold that is over goes to the next customer in the same commit as its release.
TEST_P(BoxOfficeGuards, a_seat_changes_hands_within_a_batch) {
  const auto event = load_inventory(1);
  const Change late = hold(event, {0});
  APPLIED(late);
  clock.advance(300 * second_ms);
  const Change next = hold(event, {0});
  const auto outcomes = commit({expired(late.after, clock.now()), next});
  EXPECT_EQ(outcomes[0].kind, Kind::applied);
  EXPECT_EQ(outcomes[1].kind, Kind::applied);
  const SeatState expected{PlaceStatus::held, 3, next.after.id, next.after.expires_at};
  EXPECT_EQ(seat(event.seats[0].id).state, expected);
  EXPECT_EQ(stored(late.after.id).status, ReservationStatus::expired);
}

TEST_P(BoxOfficeGuards, a_reservation_can_change_more_than_once_in_a_batch) {
  const auto event = load_inventory(1, {5});
  const Change first = hold(event, {0}, {2});
  const Change sale = confirmed(first.after, clock.now());
  const Change back = cancelled(sale.after, clock.now());
  for (const Outcome& outcome : commit({first, sale, back})) EXPECT_EQ(outcome.kind, Kind::applied);
  EXPECT_EQ(stored(first.after.id), back.after);
  EXPECT_EQ(seat(event.seats[0].id).state.version, 3);
  EXPECT_EQ(stock(event.stock[0].id), event.stock[0]);
  EXPECT_EQ(box_office().outbox_size().value(), 3);
}

TEST_P(BoxOfficeGuards, a_batch_may_span_events_and_be_empty) {
  const auto one = load_inventory(1);
  const auto other = load_inventory(1);
  const auto outcomes = commit({hold(one, {0}), hold(other, {0}), hold(one, {0})});
  EXPECT_EQ(outcomes[0].kind, Kind::applied);
  EXPECT_EQ(outcomes[1].kind, Kind::applied);
  EXPECT_EQ(outcomes[2].kind, Kind::seats_unavailable);
  EXPECT_TRUE(commit(std::vector<Change>{}).empty());
}

// The order in which guards are told: the first that fails.
TEST_P(BoxOfficeGuards, of_several_failing_guards_the_first_is_told) {
  const auto event = load_inventory(1, {1});
  const UserId fan = ids.next<UserId>();
  Change taken = hold(event, {0}, {1}, fan);
  taken.idempotency = IdempotencyRecord{fan, "k", 1, taken.after.id, clock.now()};
  APPLIED(taken);
  ASSERT_TRUE(box_office().close(event.event_id).has_value());

  Change change = hold(event, {0}, {1}, fan);
  change.idempotency = taken.idempotency;
  change.buyer_limit = 1;
  const EventId there = change.after.event_id;
  const EventId nowhere = ids.next<EventId>();
  change.expected_version = 7;
  EXPECT_EQ(commit(change).kind, Kind::idempotency_used);
  change.idempotency.reset();
  EXPECT_EQ(commit(change).kind, Kind::version_conflict);
  change.expected_version = 0;
  change.after.event_id = nowhere;
  EXPECT_EQ(commit(change).kind, Kind::unknown_event);
  change.after.event_id = there;
  EXPECT_EQ(commit(change).kind, Kind::event_closed);
  change.needs_open = false;
  EXPECT_EQ(commit(change).kind, Kind::buyer_limit);
  change.buyer_limit = 0;
  EXPECT_EQ(commit(change).kind, Kind::seats_unavailable);
  change.after.lines.erase(change.after.lines.begin());
  EXPECT_EQ(commit(change).kind, Kind::stock_short);
}

INSTANTIATE_TEST_SUITE_P(Every, BoxOfficeGuards, every_store(), store_name);

}  // namespace

}  // namespace tiketi::test
