// PA3, PA5: many threads at once on one store. Whoever wins, everything is paid once, and no balance becomes negative.

#include "store/payment_fixture.hpp"
#include "support/threads.hpp"

#include <atomic>
#include <random>
#include <thread>

namespace tiketi::test {

namespace {

using Kind = PaymentOutcome::Kind;

constexpr std::size_t thread_count = 8;

class PaymentRaces : public PaymentStoreTest {
 protected:
  /// How many of the changes were applied.
  std::size_t applied(const std::vector<PaymentChange>& changes) {
    const auto outcomes = payments().commit(changes);
    if (outcomes.has_error()) {
      ADD_FAILURE() << outcomes.error().message;
      return 0;
    }
    return static_cast<std::size_t>(std::count_if(
        outcomes->begin(), outcomes->end(), [](const PaymentOutcome& each) { return each.kind == Kind::applied; }));
  }
  std::size_t applied(const PaymentChange& change) { return applied(std::vector{change}); }
};

// Two tabs, and six more.
TEST_P(PaymentRaces, every_reservation_is_claimed_by_one_payment) {
  std::vector<ReservationId> reservations;
  for (int i = 0; i < 60; ++i) reservations.push_back(ids.next<ReservationId>());
  std::atomic<std::size_t> claimed{0};
  run_threads(thread_count, [&](std::size_t thread) {
    std::vector<ReservationId> order = reservations;
    std::shuffle(order.begin(), order.end(), std::mt19937(static_cast<unsigned>(thread)));
    std::vector<PaymentChange> batch;
    for (const ReservationId each : order) {
      batch.push_back(begin(1'000, 0, {}, each));
      if (batch.size() < thread + 1) continue;
      claimed += applied(batch);
      batch.clear();
    }
    claimed += applied(batch);
  });
  EXPECT_EQ(claimed, reservations.size());
  for (const ReservationId each : reservations) EXPECT_TRUE(paying(each));
}

TEST_P(PaymentRaces, stored_orders_of_one_reservation_are_paid_once) {
  for (int round = 0; round < 10; ++round) {
    const ReservationId reservation = ids.next<ReservationId>();
    std::vector<Payment> orders;
    for (std::size_t i = 0; i < thread_count; ++i)
      orders.push_back(apply(make_order(ids, clock.now(), ids.next<UserId>(), reservation, 1'000)));
    std::atomic<std::size_t> claimed{0};
    run_threads(thread_count, [&](std::size_t thread) { claimed += applied(begun(orders[thread], clock.now())); });
    EXPECT_EQ(claimed, 1U);
  }
}

// PA4
TEST_P(PaymentRaces, points_are_spent_once) {
  const UserId user = rich(20'000);
  std::atomic<std::size_t> spent{0};
  run_threads(thread_count, [&](std::size_t) {
    for (int i = 0; i < 10; ++i) spent += applied(begin(1'000, 1'000, user));
  });
  EXPECT_EQ(spent, 20U);
  EXPECT_EQ(points(user), 0);
  EXPECT_EQ(payments().point_history(user, 0, 100).value().total, 21);
}

// Customers' accounts are taken in any order, the house's by all.
TEST_P(PaymentRaces, sales_and_charges_of_all_add_up) {
  std::vector<UserId> users;
  for (int i = 0; i < 6; ++i) users.push_back(rich(1'000));
  std::atomic<std::int64_t> charged{6'000}, sold{0};
  run_threads(thread_count, [&](std::size_t thread) {
    std::mt19937 random(static_cast<unsigned>(thread));
    for (int i = 0; i < 12; ++i) {
      std::vector<PaymentChange> batch;
      for (int each = 0; each < 4; ++each) {
        const UserId user = users[random() % users.size()];
        if (random() % 2 == 0) {
          batch.push_back(make_points(ids, clock.now(), user, 500));
          continue;
        }
        const PaymentChange start = begin(700, 300, user);
        batch.push_back(start);
        batch.push_back(completed(start.after, ids, clock.now()));
      }
      const auto outcomes = payments().commit(batch);
      ASSERT_TRUE(outcomes.has_value()) << outcomes.error().message;
      for (std::size_t each = 0; each < batch.size(); ++each) {
        if ((*outcomes)[each].kind != Kind::applied) continue;
        if (batch[each].news == PaymentNews::points_charged) charged += 500;
        if (batch[each].news == PaymentNews::completed) sold += 700;
      }
    }
  });
  EXPECT_EQ(balance(AccountKind::revenue), sold);
  EXPECT_EQ(balance(AccountKind::provider_clearing), charged + sold / 700 * 400);
  EXPECT_EQ(balance(AccountKind::user_points), charged - sold / 700 * 300);
}

TEST_P(PaymentRaces, a_key_makes_one_payment) {
  for (int round = 0; round < 10; ++round) {
    const UserId user = ids.next<UserId>();
    std::atomic<std::size_t> made{0};
    run_threads(thread_count, [&](std::size_t) {
      PaymentChange change = begin(1'000, 0, user);
      change.key = PaymentKeyRecord{user, "click", 1, change.after.id, clock.now()};
      made += applied(change);
    });
    EXPECT_EQ(made, 1U);
    EXPECT_EQ(payments().payments_of(user, {}, 10).value().size(), 1U);
  }
}

// What is repeated after an unknown outcome may still be under way.
TEST_P(PaymentRaces, repetitions_of_one_change_apply_it_once) {
  const UserId user = rich(10'000);
  const PaymentChange change = begin(1'000, 1'000, user);
  std::atomic<std::size_t> answered{0};
  run_threads(thread_count, [&](std::size_t) { answered += applied(change); });
  EXPECT_EQ(answered, thread_count);
  EXPECT_EQ(points(user), 9'000);
}

// The redirect, the webhook and the recovery finish the same payment.
TEST_P(PaymentRaces, one_of_complete_and_fail_wins) {
  const UserId user = rich(20'000);
  for (int i = 0; i < 20; ++i) {
    const Payment payment = apply(begin(3'000, i % 2 * 1'000, user));
    std::atomic<std::size_t> won{0};
    run_threads(thread_count, [&](std::size_t thread) {
      won += applied(thread % 2 == 0 ? completed(payment, ids, clock.now()) : failed(payment, ids, clock.now()));
    });
    EXPECT_EQ(won, 1U);
    EXPECT_EQ(stored(payment.id).version, 2);
  }
  EXPECT_EQ(balance(AccountKind::points_set_aside), 0);
}

INSTANTIATE_TEST_SUITE_P(Every, PaymentRaces, every_store(), store_name);

}  // namespace

}  // namespace tiketi::test
