// BO3: many threads at once on one store. Whoever wins, everything is given once.

#include "store/store_fixture.hpp"
#include "support/threads.hpp"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <random>
#include <thread>

namespace tiketi::test {

namespace {

constexpr std::size_t thread_count = 8;

class Races : public StoreTest {
 protected:
  /// How many of the changes were applied.
  std::size_t applied(const std::vector<Change>& changes) {
    const auto outcomes = box_office().commit(changes);
    if (outcomes.has_error()) {
      ADD_FAILURE() << outcomes.error().message;
      return 0;
    }
    return static_cast<std::size_t>(std::count_if(
        outcomes->begin(), outcomes->end(), [](const Outcome& each) { return each.kind == Outcome::Kind::applied; }));
  }
  std::size_t applied(const Change& change) { return applied(std::vector{change}); }
};

TEST_P(Races, every_seat_goes_to_one_customer) {
  constexpr std::size_t seats = 120;
  const auto event = load_inventory(seats);
  std::atomic<std::size_t> sold{0};
  run_threads(thread_count, [&](std::size_t thread) {
    std::vector<std::size_t> order(seats);
    std::iota(order.begin(), order.end(), 0U);
    std::shuffle(order.begin(), order.end(), std::mt19937(static_cast<unsigned>(thread)));
    std::vector<Change> batch;
    for (const std::size_t index : order) {
      batch.push_back(hold(event, {index}));
      if (batch.size() < thread + 1) continue;
      sold += applied(batch);
      batch.clear();
    }
    sold += applied(batch);
  });
  EXPECT_EQ(sold, seats);
  EXPECT_EQ(inventory(event.event_id).available, 0);
  EXPECT_EQ(box_office().outbox_size().value(), static_cast<std::int64_t>(seats));
}

// Overlapping groups: all seats of a group or none of it.
TEST_P(Races, groups_of_seats_are_never_torn) {
  const auto event = load_inventory(60);
  std::atomic<std::size_t> groups{0};
  run_threads(thread_count, [&](std::size_t thread) {
    for (std::size_t first = thread % 3; first + 3 <= 60; first += 2)
      groups += applied(hold(event, {first + 2, first, first + 1}));
  });
  EXPECT_EQ(inventory(event.event_id).available, static_cast<std::int64_t>(60 - 3 * groups));
  EXPECT_GT(groups, 0U);
}

TEST_P(Races, contended_stock_is_sold_to_the_last_and_not_further) {
  const auto event = load_inventory(0, {200});
  std::atomic<std::size_t> sold{0};
  run_threads(thread_count, [&](std::size_t) {
    for (int i = 0; i < 10; ++i) {
      std::vector<Change> batch;
      for (int each = 0; each < 4; ++each) batch.push_back(hold(event, {}, {1}));
      sold += applied(batch);
    }
  });
  EXPECT_EQ(sold, 200U);
  EXPECT_EQ(stock(event.stock[0].id).held, 200);
}

TEST_P(Races, a_customer_never_gets_beyond_the_limit) {
  const auto event = load_inventory(100);
  const UserId fan = ids.next<UserId>();
  std::atomic<std::size_t> got{0};
  run_threads(thread_count, [&](std::size_t thread) {
    for (std::size_t i = 0; i < 5; ++i) {
      Change change = hold(event, {thread * 5 + i}, {}, fan);
      change.buyer_limit = 3;
      got += applied(change);
    }
  });
  EXPECT_EQ(got, 3U);
}

// BO6: also when the requests name different events, whose inventories nobody shares.
TEST_P(Races, an_idempotency_key_makes_one_reservation) {
  std::vector<NewInventory> events;
  for (std::size_t i = 0; i < thread_count; ++i) events.push_back(load_inventory(20));
  for (std::size_t round = 0; round < 10; ++round) {
    const UserId fan = ids.next<UserId>();
    std::atomic<std::size_t> made{0};
    run_threads(thread_count, [&](std::size_t thread) {
      Change change = hold(events[round % 2 == 0 ? 0 : thread], {round % 2 == 0 ? thread + round : round}, {}, fan);
      change.idempotency = IdempotencyRecord{fan, "click", 1, change.after.id, clock.now()};
      made += applied(change);
    });
    EXPECT_EQ(made, 1U);
    EXPECT_EQ(box_office().reservations_of(fan, {}, 10).value().size(), 1U);
  }
}

// What is repeated after an unknown outcome may still be under way.
TEST_P(Races, repetitions_of_one_change_apply_it_once) {
  const auto event = load_inventory(1, {10});
  const Change change = hold(event, {0}, {2});
  std::atomic<std::size_t> answered{0};
  run_threads(thread_count, [&](std::size_t) { answered += applied(change); });
  EXPECT_EQ(answered, thread_count);
  EXPECT_EQ(stock(event.stock[0].id).held, 2);
  EXPECT_EQ(box_office().outbox_size().value(), 1);
}

// BO4: a payment, a cancellation and the sweeper meet on the same hold.
TEST_P(Races, one_of_confirm_cancel_and_expire_wins) {
  const auto event = load_inventory(20);
  for (std::size_t i = 0; i < 20; ++i) {
    const Change start = hold(event, {i});
    ASSERT_EQ(applied(start), 1U);
    std::atomic<std::size_t> won{0};
    run_threads(thread_count, [&](std::size_t thread) {
      if (thread % 3 == 0) won += applied(confirmed(start.after, clock.now()));
      if (thread % 3 == 1) won += applied(cancelled(start.after, clock.now()));
      if (thread % 3 == 2) won += applied(expired(start.after, clock.now()));
    });
    EXPECT_EQ(won, 1U);
    EXPECT_EQ(stored(start.after.id).version, 2);
  }
}

TEST_P(Races, after_an_event_is_closed_nothing_more_is_held) {
  const auto event = load_inventory(400);
  std::atomic<bool> closed{false};
  std::atomic<int> too_late{0};
  run_threads(thread_count, [&](std::size_t thread) {
    if (thread == 0) {
      EXPECT_TRUE(box_office().close(event.event_id).has_value());
      closed = true;
      return;
    }
    for (std::size_t i = 0; i < 40; ++i) {
      const bool was_closed = closed;
      if (applied(hold(event, {thread * 50 + i})) > 0 && was_closed) ++too_late;
    }
  });
  EXPECT_EQ(too_late, 0);
}

TEST_P(Races, readers_see_whole_changes_while_others_write) {
  const auto event = load_inventory(100);
  std::atomic<std::size_t> writing{thread_count / 2};
  run_threads(thread_count, [&](std::size_t thread) {
    if (thread < thread_count / 2) {
      for (std::size_t i = thread * 25; i + 1 < (thread + 1) * 25; i += 2) applied(hold(event, {i, i + 1}));
      --writing;
      return;
    }
    while (writing > 0) {
      const SeatMap map = box_office().seat_map(event.event_id).value();
      std::size_t held = 0;
      for (const SeatLive& each : map.live) held += each.status == PlaceStatus::held;
      EXPECT_EQ(held % 2, 0U);
      EXPECT_EQ(map.version, static_cast<std::int64_t>(held));
    }
  });
  EXPECT_EQ(inventory(event.event_id).available, 4);
}

INSTANTIATE_TEST_SUITE_P(Every, Races, every_store(), store_name);

}  // namespace

}  // namespace tiketi::test
