// Housekeeping: sweeps, publishes and forgets by itself, one at a time, and stops when it is told.

#include "open_fixture.hpp"

#include "housekeeping.hpp"

#include <tiketi/adapters/memory.hpp>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace tiketi::test {
namespace {

/// Waits, with a bound that only a failure reaches.
template <class Condition>
bool eventually(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

class HousekeepingTest : public OpenTest {
 protected:
  std::int64_t available() {
    return services->catalog().detail(event.id).value().summary.availability.value().available;
  }
  std::int64_t outbox_size() { return services->stores().box_office().outbox_size().value(); }

  Event event = make_event();
};

TEST_F(HousekeepingTest, SweepsHoldsThatAreOver) {
  const std::int64_t before = available();
  hold_two(event);
  services->start_housekeeping(1);
  EXPECT_EQ(available(), before - 2) << "a live hold was swept";
  clock.advance(services->box_office().policy().hold_ms);
  EXPECT_TRUE(eventually([&] { return available() == before; }));
}

TEST_F(HousekeepingTest, PublishesTheOutbox) {
  std::atomic<int> told = 0;
  const auto subscription = services->bus().subscribe("reservation.", [&](const Message&) { ++told; });
  services->start_housekeeping(1);
  hold_two(event);
  hold_two(event);
  EXPECT_TRUE(eventually([&] { return told >= 2 && outbox_size() == 0; }));
}

TEST_F(HousekeepingTest, ForgetsOldIdempotencyKeys) {
  const UserId customer = services->ids().next<UserId>();
  const ReserveBest wish{.event_id = event.id, .user_id = customer, .idempotency_key = "k"};
  ASSERT_TRUE(services->box_office().reserve_best(wish));
  clock.advance(services->box_office().policy().idempotency_retention_ms + 1);
  services->start_housekeeping(1);
  EXPECT_TRUE(eventually([&] {
    const auto answer = services->stores().box_office().ask({.keys = {{customer, "k"}}});
    return !answer.value().records.front().has_value();
  }));
}

TEST_F(HousekeepingTest, LeavesTheWorkToWhoeverHasTheLock) {
  const auto lease = services->lock().try_acquire("housekeeping", hour_ms).value();
  ASSERT_TRUE(lease.has_value());
  hold_two(event);
  services->start_housekeeping(1);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(outbox_size(), 1);
  ASSERT_TRUE(services->lock().release(*lease).value());
  EXPECT_TRUE(eventually([&] { return outbox_size() == 0; }));
}

TEST_F(HousekeepingTest, StopsAtOnceHoweverLongItsInterval) {
  services->start_housekeeping(day_ms);
  EXPECT_TRUE(eventually([&] { return outbox_size() == 0; }));
  services = nullptr;  // would wait for a day
}

TEST_F(HousekeepingTest, MayBeStartedAgainWithAnotherInterval) {
  services->start_housekeeping(day_ms);
  services->start_housekeeping(1);
  hold_two(event);
  EXPECT_TRUE(eventually([&] { return outbox_size() == 0; }));
}

/// A bus that refuses until it is mended.
class BrokenBus final : public EventBus {
 public:
  Result<void> publish(std::span<const Message> messages) override {
    if (broken) return Error{Errc::unavailable, "the bus is down"};
    published += static_cast<int>(messages.size());
    return {};
  }
  std::unique_ptr<Subscription> subscribe(std::string, std::function<void(const Message&)>) override { return nullptr; }

  std::atomic<bool> broken = true;
  std::atomic<int> published = 0;
};

TEST_F(HousekeepingTest, TellsErrorsAndTriesAgain) {
  BrokenBus bus;
  std::atomic<int> errors = 0;
  const std::int64_t before = available();
  hold_two(event);
  clock.advance(services->box_office().policy().hold_ms);
  const std::vector<Chore> chores = {[&](std::size_t limit) { return services->box_office().relay(bus, limit); },
                                     [&](std::size_t limit) { return services->box_office().sweep(limit); }};
  const Housekeeping housekeeping(chores, services->lock(), 1, [&](const Error& error) {
    EXPECT_EQ(error.code, Errc::unavailable);
    ++errors;
  });
  EXPECT_TRUE(eventually([&] { return errors >= 2 && available() == before; }))
      << "what does not need the bus was not done";
  EXPECT_EQ(outbox_size(), 2) << "held and expired wait";
  bus.broken = false;
  EXPECT_TRUE(eventually([&] { return outbox_size() == 0; }));
  EXPECT_EQ(bus.published, 2);
}

}  // namespace
}  // namespace tiketi::test
