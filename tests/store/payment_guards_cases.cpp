// PA3, PA5: every guard of a payment's change, alone and in a batch.

#include "store/payment_fixture.hpp"

namespace tiketi::test {

namespace {

using Kind = PaymentOutcome::Kind;

class PaymentGuards : public PaymentStoreTest {
 protected:
  /// Nothing of the change was stored, nothing was told.
  void expect_untouched(const PaymentChange& change) {
    EXPECT_FALSE(payments().ask({{change.after.id}, {}, {}, {}}).value().payments.front());
    EXPECT_TRUE(payments().refunds_of({&change.after.id, 1}).value().front().empty());
  }
};

TEST_P(PaymentGuards, a_card_payment_is_begun_and_completed) {
  const PaymentChange begun = begin();
  EXPECT_EQ(commit(begun).kind, Kind::applied);
  EXPECT_EQ(stored(begun.after.id), begun.after);
  const PaymentChange done = completed(begun.after, ids, clock.now());
  EXPECT_EQ(commit(done).kind, Kind::applied);
  EXPECT_EQ(stored(begun.after.id), done.after);
  EXPECT_EQ(balance(AccountKind::revenue), 150'000);
  EXPECT_EQ(balance(AccountKind::provider_clearing), 150'000);
  EXPECT_EQ(topics(), std::vector<std::string>{"payment.completed"});
}

// PA4: all or nothing with the card part.
TEST_P(PaymentGuards, points_are_set_aside_and_come_back_when_the_card_fails) {
  const UserId user = rich(50'000);
  const Payment payment = apply(begin(150'000, 30'000, user));
  EXPECT_EQ(points(user), 20'000);
  EXPECT_EQ(balance(AccountKind::points_set_aside), 30'000);
  apply(failed(payment, ids, clock.now()));
  EXPECT_EQ(points(user), 50'000);
  EXPECT_EQ(balance(AccountKind::points_set_aside), 0);
  EXPECT_EQ(topics(), (std::vector<std::string>{"points.charged", "payment.failed"}));
}

TEST_P(PaymentGuards, a_refund_goes_back_to_the_means_that_paid) {
  const UserId user = rich(50'000);
  Payment payment = apply(completed(apply(begin(150'000, 30'000, user)), ids, clock.now()));
  const PaymentChange booked = refund_booked(payment, ids, clock.now(), 100'000, 20'000, 5'000);
  payment = apply(booked);
  EXPECT_EQ(points(user), 40'000);
  EXPECT_EQ(balance(AccountKind::refunds_payable), 100'000);
  EXPECT_EQ(balance(AccountKind::cancellation_fees), 5'000);
  EXPECT_EQ(payments().refunds_of({&payment.id, 1}).value().front().front(), booked.refund->after);
  clock.advance(1'000);
  const PaymentChange paid = refund_paid(payment, booked.refund->after, ids, clock.now());
  apply(paid);
  EXPECT_EQ(payments().refunds_of({&payment.id, 1}).value().front().front(), paid.refund->after);
  EXPECT_EQ(balance(AccountKind::refunds_payable), 0);
  EXPECT_EQ(balance(AccountKind::provider_clearing), 50'000 + 120'000 - 100'000);
}

TEST_P(PaymentGuards, a_key_makes_one_payment) {
  PaymentChange first = begin();
  const UserId user = first.after.user_id;
  first.key = PaymentKeyRecord{user, "click", 7, first.after.id, clock.now()};
  apply(first);
  PaymentChange second = begin(150'000, 0, user);
  second.key = PaymentKeyRecord{user, "click", 8, second.after.id, clock.now()};
  const PaymentOutcome outcome = commit(second);
  EXPECT_EQ(outcome.kind, Kind::key_used);
  EXPECT_EQ(outcome.payment, first.after.id);
  expect_untouched(second);
  EXPECT_EQ(payments().ask({{}, {}, {}, {{user, "click"}}}).value().keys.front(), first.key);
  second.key->key = "another click";
  EXPECT_EQ(commit(second).kind, Kind::applied);
  PaymentChange of_somebody_else = begin();
  of_somebody_else.key = PaymentKeyRecord{of_somebody_else.after.user_id, "click", 7, of_somebody_else.after.id, {}};
  EXPECT_EQ(commit(of_somebody_else).kind, Kind::applied);
}

TEST_P(PaymentGuards, a_payment_must_be_as_it_was_read) {
  const Payment payment = apply(begin());
  apply(completed(payment, ids, clock.now()));
  const PaymentOutcome outcome = commit(failed(payment, ids, clock.now()));
  EXPECT_EQ(outcome.kind, Kind::version_conflict);
  EXPECT_EQ(outcome.number, 2);
  EXPECT_EQ(stored(payment.id).status, PaymentStatus::completed);
  const PaymentChange of_nothing = completed(begin().after, ids, clock.now());
  EXPECT_EQ(commit(of_nothing).kind, Kind::version_conflict);
  expect_untouched(of_nothing);
}

TEST_P(PaymentGuards, a_refund_must_be_as_it_was_read) {
  Payment payment = apply(completed(apply(begin()), ids, clock.now()));
  const PaymentChange booked = refund_booked(payment, ids, clock.now(), 50'000);
  payment = apply(booked);
  const Payment after_paying = apply(refund_paid(payment, booked.refund->after, ids, clock.now()));
  PaymentChange again = refund_paid(after_paying, booked.refund->after, ids, clock.now());
  const PaymentOutcome outcome = commit(again);
  EXPECT_EQ(outcome.kind, Kind::version_conflict);
  EXPECT_EQ(outcome.number, 2);
  EXPECT_EQ(stored(payment.id), after_paying);
  EXPECT_EQ(balance(AccountKind::refunds_payable), 0);
}

// A reservation is paid once: two tabs.
TEST_P(PaymentGuards, a_reservation_is_claimed_by_one_payment) {
  const Payment first = apply(begin());
  const PaymentChange second = begin(150'000, 0, {}, first.reservation_id);
  PaymentOutcome outcome = commit(second);
  EXPECT_EQ(outcome.kind, Kind::claimed);
  EXPECT_EQ(outcome.payment, first.id);
  expect_untouched(second);
  const Payment done = apply(completed(first, ids, clock.now()));
  EXPECT_EQ(commit(second).kind, Kind::claimed);
  const Payment partly = apply(refund_booked(done, ids, clock.now(), 50'000));
  EXPECT_EQ(commit(second).kind, Kind::claimed);
  apply(refund_booked(partly, ids, clock.now(), 100'000));
  EXPECT_EQ(commit(second).kind, Kind::applied);
  EXPECT_EQ(paying(first.reservation_id)->id, second.after.id);
}

TEST_P(PaymentGuards, orders_claim_only_when_they_are_paid) {
  const ReservationId reservation = ids.next<ReservationId>();
  const Payment one = apply(make_order(ids, clock.now(), ids.next<UserId>(), reservation, 1'000));
  const Payment other = apply(make_order(ids, clock.now(), ids.next<UserId>(), reservation, 1'000));
  EXPECT_EQ(paying(reservation)->id, other.id) << "the newest";
  apply(begun(one, clock.now()));
  EXPECT_EQ(paying(reservation)->id, one.id) << "who claims";
  EXPECT_EQ(commit(begun(other, clock.now())).kind, Kind::claimed);
  EXPECT_EQ(stored(other.id), other);
}

TEST_P(PaymentGuards, no_balance_becomes_negative) {
  const UserId user = rich(10'000);
  const PaymentChange too_dear = begin(150'000, 10'001, user);
  const PaymentOutcome outcome = commit(too_dear);
  EXPECT_EQ(outcome.kind, Kind::balance_short);
  EXPECT_EQ(outcome.number, 10'000);
  EXPECT_EQ(outcome.account, points_of(user));
  expect_untouched(too_dear);
  EXPECT_EQ(commit(begin(150'000, 10'000, user)).kind, Kind::applied);
  EXPECT_EQ(points(user), 0);
  EXPECT_EQ(commit(begin(1'000, 1'000)).kind, Kind::balance_short) << "who never had any";

  // The mirror of the world outside has its balance on the other side.
  const Payment paid = apply(completed(apply(begin(20'000)), ids, clock.now()));
  PaymentChange too_much = refund_booked(paid, ids, clock.now(), 20'000);
  too_much.entries = {{ids.next<JournalEntryId>(),
                       JournalKind::refund_paid,
                       paid.id,
                       too_much.refund->after.id,
                       clock.now(),
                       {{house(AccountKind::provider_clearing), 30'001}, {house(AccountKind::revenue), -30'001}}}};
  EXPECT_EQ(commit(too_much).kind, Kind::balance_short);
}

// PA3: what was committed when the connection broke.
TEST_P(PaymentGuards, what_is_there_already_is_answered_and_not_applied_again) {
  const UserId user = rich(50'000);
  PaymentChange change = begin(150'000, 30'000, user);
  change.key = PaymentKeyRecord{user, "click", 7, change.after.id, clock.now()};
  EXPECT_EQ(commit(std::vector{change, change}).back().kind, Kind::applied);
  EXPECT_EQ(commit(change).kind, Kind::applied);
  EXPECT_EQ(points(user), 20'000);
  EXPECT_EQ(payments().point_history(user, 0, 10).value().total, 2);
  apply(completed(change.after, ids, clock.now()));
  EXPECT_EQ(commit(change).kind, Kind::applied) << "also when it has gone on since";
  EXPECT_EQ(stored(change.after.id).status, PaymentStatus::completed);
  EXPECT_EQ(topics(), (std::vector<std::string>{"points.charged", "payment.completed"}));
}

// The first guard that fails is told, in the documented order.
TEST_P(PaymentGuards, are_told_in_order) {
  PaymentChange first = begin();
  const UserId user = first.after.user_id;
  first.key = PaymentKeyRecord{user, "click", 7, first.after.id, clock.now()};
  apply(first);
  PaymentChange all_wrong = begin(150'000, 1'000, user, first.after.reservation_id);
  all_wrong.expected_version = 3;
  all_wrong.key = PaymentKeyRecord{user, "click", 7, all_wrong.after.id, clock.now()};
  EXPECT_EQ(commit(all_wrong).kind, Kind::key_used);
  all_wrong.key.reset();
  EXPECT_EQ(commit(all_wrong).kind, Kind::version_conflict);
  all_wrong.expected_version = 0;
  EXPECT_EQ(commit(all_wrong).kind, Kind::claimed);
  all_wrong.after.reservation_id = ids.next<ReservationId>();
  EXPECT_EQ(commit(all_wrong).kind, Kind::balance_short);
}

TEST_P(PaymentGuards, in_a_batch_the_first_wins) {
  const UserId user = rich(10'000);
  const ReservationId reservation = ids.next<ReservationId>();
  PaymentChange first = begin(150'000, 6'000, user, reservation);
  first.key = PaymentKeyRecord{user, "click", 7, first.after.id, clock.now()};
  const PaymentChange same_reservation = begin(150'000, 0, {}, reservation);
  PaymentChange same_key = begin(150'000, 0, user);
  same_key.key = PaymentKeyRecord{user, "click", 7, same_key.after.id, clock.now()};
  const PaymentChange same_points = begin(150'000, 6'000, user);
  const auto outcomes =
      commit(std::vector{first, same_reservation, same_key, same_points, begin(150'000, 4'000, user)});
  EXPECT_EQ(outcomes[0].kind, Kind::applied);
  EXPECT_EQ(outcomes[1].kind, Kind::claimed);
  EXPECT_EQ(outcomes[1].payment, first.after.id);
  EXPECT_EQ(outcomes[2].kind, Kind::key_used);
  EXPECT_EQ(outcomes[2].payment, first.after.id);
  EXPECT_EQ(outcomes[3].kind, Kind::balance_short);
  EXPECT_EQ(outcomes[3].number, 4'000);
  EXPECT_EQ(outcomes[4].kind, Kind::applied);
  EXPECT_EQ(points(user), 0);
}

TEST_P(PaymentGuards, a_batch_sees_its_own_changes) {
  const UserId user = rich(10'000);
  const PaymentChange begun_first = begin(150'000, 10'000, user);
  const PaymentChange failed_first = failed(begun_first.after, ids, clock.now());
  const PaymentChange begun_second = begin(150'000, 10'000, user, begun_first.after.reservation_id);
  const PaymentChange done = completed(begun_second.after, ids, clock.now());
  const PaymentChange booked = refund_booked(done.after, ids, clock.now(), 140'000, 10'000);
  const PaymentChange paid = refund_paid(booked.after, booked.refund->after, ids, clock.now());
  for (const PaymentOutcome& each :
       commit(std::vector{begun_first, failed_first, begun_second, done, booked, paid, begin(1'000, 1'000, user)}))
    EXPECT_EQ(each.kind, Kind::applied);
  EXPECT_EQ(stored(begun_first.after.id), failed_first.after);
  EXPECT_EQ(stored(done.after.id), paid.after);
  EXPECT_EQ(payments().refunds_of({&done.after.id, 1}).value().front().front(), paid.refund->after);
  EXPECT_EQ(points(user), 9'000);
}

// The claim passes from one stored order to another within one batch, in either order of their ids.
TEST_P(PaymentGuards, a_claim_that_is_given_up_makes_room_in_the_same_batch) {
  for (const bool older_claims : {true, false}) {
    const ReservationId reservation = ids.next<ReservationId>();
    Payment one = apply(make_order(ids, clock.now(), ids.next<UserId>(), reservation, 1'000));
    Payment other = apply(make_order(ids, clock.now(), ids.next<UserId>(), reservation, 1'000));
    if (!older_claims) std::swap(one, other);
    const Payment claiming = apply(begun(one, clock.now()));
    const auto outcomes = commit(std::vector{failed(claiming, ids, clock.now()), begun(other, clock.now())});
    EXPECT_EQ(outcomes[0].kind, Kind::applied);
    EXPECT_EQ(outcomes[1].kind, Kind::applied);
    EXPECT_EQ(paying(reservation)->id, other.id);
  }
}

TEST_P(PaymentGuards, an_empty_batch_does_nothing) { EXPECT_TRUE(commit(std::vector<PaymentChange>{}).empty()); }

TEST_P(PaymentGuards, charging_points_claims_nothing) {
  const UserId user = rich(1'000);
  apply(make_points(ids, clock.now(), user, 2'000));
  EXPECT_EQ(points(user), 3'000);
}

INSTANTIATE_TEST_SUITE_P(Every, PaymentGuards, every_store(), store_name);

}  // namespace

}  // namespace tiketi::test
