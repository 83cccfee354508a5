// PA3, PA4, PA8: what the cashier and the customers read.

#include "store/payment_fixture.hpp"

#include <algorithm>

namespace tiketi::test {

namespace {

class PaymentReads : public PaymentStoreTest {
 protected:
  static std::vector<PaymentId> ids_of(const std::vector<Payment>& payments) {
    std::vector<PaymentId> out;
    for (const Payment& each : payments) out.push_back(each.id);
    return out;
  }
};

TEST_P(PaymentReads, a_question_is_answered_in_its_order) {
  const Payment one = apply(begin());
  const Payment other = apply(begin());
  const PaymentId nobody = ids.next<PaymentId>();
  const auto answer = payments()
                          .ask({{other.id, nobody, one.id, other.id},
                                {one.order_id, "tk_unknown", one.order_id},
                                {ids.next<ReservationId>(), other.reservation_id, one.reservation_id},
                                {{one.user_id, "no such key"}}})
                          .value();
  ASSERT_EQ(answer.payments.size(), 4U);
  EXPECT_EQ(answer.payments[0], other);
  EXPECT_FALSE(answer.payments[1]);
  EXPECT_EQ(answer.payments[2], one);
  EXPECT_EQ(answer.payments[3], other);
  EXPECT_EQ(answer.orders[0], one);
  EXPECT_FALSE(answer.orders[1]);
  EXPECT_EQ(answer.orders[2], one);
  EXPECT_FALSE(answer.reservations[0]);
  EXPECT_EQ(answer.reservations[1], other);
  EXPECT_EQ(answer.reservations[2], one);
  EXPECT_FALSE(answer.keys[0]);
  EXPECT_TRUE(payments().ask({}).value().payments.empty());
}

TEST_P(PaymentReads, every_field_comes_back) {
  PaymentChange change = begin();
  Payment& after = change.after;
  after.amount = {123'456, Currency::parse("USD").value()};
  after.method = PaymentMethod::kakao_pay;
  after.provider = "toss";
  after.payment_key = "5zJ4xY7m0kODnyRpQWGrN2xqGlNvLrKwv1M9ENjbeoPaZdL6";
  after.failure_code = "한글";
  after.expires_at = {11};
  after.attempts = 3;
  change.key = PaymentKeyRecord{after.user_id, "key", 0xffff'ffff'ffff'fff0ULL, after.id, {12}, ids.next<RefundId>()};
  apply(change);
  EXPECT_EQ(stored(after.id), after);
  EXPECT_EQ(payments().ask({{}, {}, {}, {{after.user_id, "key"}}}).value().keys.front(), change.key);
  if (GetParam() != StoreKind::memory) reopen();
  EXPECT_EQ(stored(after.id), after);
}

TEST_P(PaymentReads, a_customers_payments_newest_first_in_pages) {
  const UserId user = ids.next<UserId>();
  std::vector<PaymentId> made;
  for (int i = 0; i < 7; ++i) {
    made.push_back(apply(begin(1'000, 0, user)).id);
    apply(begin());
    clock.advance(1);
  }
  std::reverse(made.begin(), made.end());
  EXPECT_EQ(ids_of(payments().payments_of(user, {}, 100).value()), made);
  const auto first = payments().payments_of(user, {}, 3).value();
  EXPECT_EQ(ids_of(first), std::vector(made.begin(), made.begin() + 3));
  EXPECT_EQ(ids_of(payments().payments_of(user, first.back().id, 3).value()),
            std::vector(made.begin() + 3, made.begin() + 6));
  EXPECT_TRUE(payments().payments_of(user, made.back(), 3).value().empty());
  EXPECT_TRUE(payments().payments_of(ids.next<UserId>(), {}, 3).value().empty());
}

TEST_P(PaymentReads, refunds_of_each_payment_oldest_first) {
  Payment one = apply(completed(apply(begin()), ids, clock.now()));
  Payment other = apply(completed(apply(begin()), ids, clock.now()));
  std::vector<Refund> refunds;
  for (int i = 0; i < 3; ++i) {
    clock.advance(1);
    const PaymentChange change = refund_booked(one, ids, clock.now(), 1'000);
    refunds.push_back(change.refund->after);
    one = apply(change);
    other = apply(refund_booked(other, ids, clock.now(), 2'000));
  }
  const std::vector asked{other.id, ids.next<PaymentId>(), one.id, one.id};
  const auto found = payments().refunds_of(asked).value();
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].size(), 3U);
  EXPECT_TRUE(found[1].empty());
  EXPECT_EQ(found[2], refunds);
  EXPECT_EQ(found[3], refunds);
}

// PA3: whom the recovery has to look after.
TEST_P(PaymentReads, due_payments_are_those_in_doubt_whose_time_has_come) {
  const Payment late = apply(begin());
  clock.advance(1'000);
  const Payment later = apply(begin());
  apply(completed(apply(begin()), ids, clock.now()));
  apply(failed(apply(begin()), ids, clock.now()));
  apply(make_order(ids, clock.now(), ids.next<UserId>(), ids.next<ReservationId>(), 1'000));
  EXPECT_TRUE(payments().due_payments(late.next_attempt_at.plus_ms(-1), 10).value().empty());
  EXPECT_EQ(payments().due_payments(late.next_attempt_at, 10).value(), std::vector{late});
  EXPECT_EQ(payments().due_payments(later.next_attempt_at, 10).value(), (std::vector{late, later}));
  EXPECT_EQ(payments().due_payments(later.next_attempt_at, 1).value(), std::vector{late});
  const Payment moved = apply(postponed(late, later.next_attempt_at.plus_ms(1)));
  EXPECT_EQ(payments().due_payments(moved.next_attempt_at, 10).value(), (std::vector{later, moved}));

  PaymentChange failing = failed(later, ids, clock.now());
  failing.after.next_attempt_at = moved.next_attempt_at.plus_ms(1);
  const Payment doubtful = apply(failing);
  EXPECT_EQ(payments().due_payments(moved.next_attempt_at, 10).value(), std::vector{moved});
  EXPECT_EQ(payments().due_payments(doubtful.next_attempt_at, 10).value(), (std::vector{moved, doubtful}));
  EXPECT_EQ(payments().due_payments(doubtful.next_attempt_at, 1).value(), std::vector{moved});
  PaymentChange certain = postponed(doubtful, {});
  apply(certain);
  EXPECT_EQ(payments().due_payments(doubtful.next_attempt_at, 10).value(), std::vector{moved});
}

TEST_P(PaymentReads, overdue_orders_are_those_pending_whose_time_has_run_out) {
  const auto order = [&] {
    return apply(make_order(ids, clock.now(), ids.next<UserId>(), ids.next<ReservationId>(), 1'000));
  };
  const Payment first = order();
  apply(given_up(order(), clock.now()));
  apply(begun(order(), clock.now()));
  clock.advance(1'000);
  const Payment second = order();
  EXPECT_TRUE(payments().overdue_orders(first.expires_at.plus_ms(-1), 10).value().empty());
  EXPECT_EQ(payments().overdue_orders(first.expires_at, 10).value(), std::vector{first});
  EXPECT_EQ(payments().overdue_orders(second.expires_at, 10).value(), (std::vector{first, second}));
  EXPECT_EQ(payments().overdue_orders(second.expires_at, 1).value(), std::vector{first});
}

TEST_P(PaymentReads, due_refunds_are_those_pending_whose_time_has_come) {
  std::vector<PaymentChange> booked;
  for (int i = 0; i < 3; ++i) {
    booked.push_back(refund_booked(apply(completed(apply(begin()), ids, clock.now())), ids, clock.now(), 1'000));
    apply(booked.back());
    clock.advance(1'000);
  }
  apply(refund_paid(booked[1].after, booked[1].refund->after, ids, clock.now()));
  const Refund first = booked[0].refund->after;
  const Refund last = booked[2].refund->after;
  EXPECT_TRUE(payments().due_refunds(first.next_attempt_at.plus_ms(-1), 10).value().empty());
  EXPECT_EQ(payments().due_refunds(last.next_attempt_at, 10).value(), (std::vector{first, last}));
  EXPECT_EQ(payments().due_refunds(last.next_attempt_at, 1).value(), std::vector{first});
}

// PA4: signed amounts, and what was left after each.
TEST_P(PaymentReads, the_history_of_points_newest_first_in_pages) {
  const UserId user = ids.next<UserId>();
  const PaymentChange charged = make_points(ids, clock.now(), user, 50'000);
  apply(charged);
  clock.advance(1);
  const PaymentChange used = begin(150'000, 30'000, user);
  const Payment payment = apply(completed(apply(used), ids, clock.now()));
  clock.advance(-5);  // clocks step, the history does not
  const PaymentChange back = refund_booked(payment, ids, clock.now(), 0, 10'000);
  apply(back);
  rich(77'000);

  const auto page = payments().point_history(user, 0, 10).value();
  EXPECT_EQ(page.total, 3);
  const std::vector<PointHistoryLine> expected{
      {back.entries[0].id, JournalKind::refund_booked, 10'000, 30'000, payment.id, back.refund->after.id,
       back.after.updated_at},
      {used.entries[0].id, JournalKind::points_set_aside, -30'000, 20'000, payment.id, {}, used.after.updated_at},
      {charged.entries[0].id,
       JournalKind::points_charged,
       50'000,
       50'000,
       charged.after.id,
       {},
       charged.after.updated_at}};
  EXPECT_EQ(page.lines, expected);
  const auto second = payments().point_history(user, 1, 1).value();
  EXPECT_EQ(second.total, 3);
  EXPECT_EQ(second.lines, std::vector{expected[1]});
  EXPECT_TRUE(payments().point_history(user, 3, 10).value().lines.empty());
  EXPECT_EQ(payments().point_history(user, 3, 10).value().total, 3);
  EXPECT_EQ(payments().point_history(ids.next<UserId>(), 0, 10).value().total, 0);
}

TEST_P(PaymentReads, points_of_each_customer) {
  const UserId poor = ids.next<UserId>();
  const UserId one = rich(1'000);
  const UserId other = rich(2'000);
  const std::vector asked{other, poor, one, other};
  EXPECT_EQ(payments().points(asked).value(), (std::vector<std::int64_t>{2'000, 0, 1'000, 2'000}));
  EXPECT_TRUE(payments().points({}).value().empty());
}

TEST_P(PaymentReads, balances_sum_up_the_customers) {
  EXPECT_TRUE(payments().balances().value().empty());
  const UserId user = rich(10'000);
  rich(5'000);
  apply(completed(apply(begin(100'000, 4'000, user)), ids, clock.now()));
  const std::vector<AccountBalance> expected{{points_of({}), 11'000},
                                             {house(AccountKind::points_set_aside), 0},
                                             {house(AccountKind::provider_clearing), 111'000},
                                             {house(AccountKind::revenue), 100'000}};
  EXPECT_EQ(payments().balances().value(), expected);
}

TEST_P(PaymentReads, totals_by_status_and_method) {
  const UserId user = rich(10'000);
  const Payment paid = apply(completed(apply(begin(100'000, 4'000, user)), ids, clock.now()));
  apply(refund_booked(paid, ids, clock.now(), 6'000, 1'000));
  apply(begin(1'000));
  apply(begin(2'000));
  const auto totals = payments().totals().value();
  ASSERT_EQ(totals.size(), 3U);
  const auto of = [&](PaymentStatus status) {
    return *std::find_if(totals.begin(), totals.end(),
                         [&](const PaymentTotals& each) { return each.status == status; });
  };
  EXPECT_EQ(of(PaymentStatus::processing).count, 2);
  EXPECT_EQ(of(PaymentStatus::processing).amount_minor, 3'000);
  EXPECT_EQ(of(PaymentStatus::partially_refunded).method, PaymentMethod::mixed);
  EXPECT_EQ(of(PaymentStatus::partially_refunded).amount_minor, 100'000);
  EXPECT_EQ(of(PaymentStatus::partially_refunded).refunded_minor, 7'000);
  EXPECT_EQ(of(PaymentStatus::completed).amount_minor, 10'000);
}

// PA6: resumable.
TEST_P(PaymentReads, event_cancellations_are_gone_on_with_until_they_are_finished) {
  EventCancellation one{ids.next<EventId>(), {}, 0, clock.now(), {}};
  const EventCancellation other{ids.next<EventId>(), ids.next<ReservationId>(), 5, clock.now(), {}};
  EXPECT_FALSE(payments().event_cancellation(one.event_id).value());
  ASSERT_TRUE(payments().put(one).has_value());
  ASSERT_TRUE(payments().put(other).has_value());
  EXPECT_EQ(payments().event_cancellation(one.event_id).value(), one);
  EXPECT_EQ(payments().unfinished_event_cancellations(10).value(), (std::vector{one, other}));
  EXPECT_EQ(payments().unfinished_event_cancellations(1).value(), std::vector{one});
  one.done_until = ids.next<ReservationId>();
  one.cancelled = 12;
  one.finished_at = clock.now();
  ASSERT_TRUE(payments().put(one).has_value());
  EXPECT_EQ(payments().event_cancellation(one.event_id).value(), one);
  EXPECT_EQ(payments().unfinished_event_cancellations(10).value(), std::vector{other});
}

TEST_P(PaymentReads, old_keys_are_forgotten) {
  const UserId user = ids.next<UserId>();
  for (int i = 0; i < 5; ++i) {
    PaymentChange change = begin(1'000, 0, user);
    change.key = PaymentKeyRecord{user, "key " + std::to_string(i), 1, change.after.id, clock.now()};
    apply(change);
    clock.advance(1'000);
  }
  const Timestamp before = clock.now().plus_ms(-1'500);
  EXPECT_EQ(payments().prune_keys(before, 3).value(), 3U);
  EXPECT_EQ(payments().prune_keys(before, 3).value(), 1U);
  EXPECT_EQ(payments().prune_keys(before, 3).value(), 0U);
  EXPECT_FALSE(payments().ask({{}, {}, {}, {{user, "key 3"}}}).value().keys.front());
  EXPECT_TRUE(payments().ask({{}, {}, {}, {{user, "key 4"}}}).value().keys.front());
}

INSTANTIATE_TEST_SUITE_P(Every, PaymentReads, every_store(), store_name);

}  // namespace

}  // namespace tiketi::test
