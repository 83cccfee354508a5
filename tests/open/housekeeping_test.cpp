// Housekeeping: sweeps, publishes and forgets by itself, one at a time, and stops when it is told.

#include "open_fixture.hpp"

#include "housekeeping.hpp"
#include "support/fake_provider.hpp"

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

// PA6: by event cancellation: all holders, resumable. The catalogue knows of it, then whoever cancels it dies.
TEST_F(HousekeepingTest, RefundsTheHoldersOfAnEventWhoseCancellationWasInterrupted) {
  const Reservation sold = hold_two(event);
  const Event other = make_event();
  const PaymentId payment = services->cashier().pay({.user_id = sold.user_id, .reservation_id = sold.id})->payment.id;
  ASSERT_TRUE(services->catalog().cancel(event.id));
  const auto status = [&] { return services->cashier().payment(payment).value().status; };
  services->start_housekeeping(1);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(status(), PaymentStatus::completed) << "whoever cancelled it may be about to go on";
  clock.advance(minute_ms);
  EXPECT_TRUE(eventually([&] { return status() == PaymentStatus::refunded; }));
  EXPECT_TRUE(eventually([&] {
    const auto progress = services->stores().payments().event_cancellation(event.id).value();
    return progress && progress->finished_at.ms > 0 && progress->cancelled == 1;
  }));
  EXPECT_EQ(services->box_office().reservation(sold.id).value().status, ReservationStatus::cancelled);
  EXPECT_FALSE(services->stores().payments().event_cancellation(other.id).value().has_value());
}

// PA7: a provider that does not answer holds up nobody who does not need it.
TEST_F(HousekeepingTest, ASlowProviderDoesNotHoldUpTheRest) {
  FakeProvider provider(clock);
  std::atomic<bool> is_slow = true;
  std::atomic<bool> is_asked = false;
  services = nullptr;
  services = tiketi::open("memory", {.clock = &clock, .provider = &provider}).value();
  event = make_event();
  const Reservation paying = hold_two(event);
  provider.fate = [](std::string_view) { return ProviderFate::lost_answer; };
  EXPECT_FALSE(services->cashier().pay({.user_id = paying.user_id, .reservation_id = paying.id}));
  provider.fate = [&](std::string_view) {
    is_asked = true;
    EXPECT_TRUE(eventually([&] { return !is_slow; }));
    return ProviderFate::pass;
  };
  clock.advance(minute_ms);
  services->start_housekeeping(1);
  EXPECT_TRUE(eventually([&] { return is_asked.load(); }));
  const std::int64_t before = available();
  hold_two(event);
  EXPECT_TRUE(eventually([&] { return outbox_size() == 0; }));
  clock.advance(services->box_office().policy().hold_ms);
  EXPECT_TRUE(eventually([&] { return available() >= before; }));
  is_slow = false;
  services = nullptr;
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
  const Housekeeping housekeeping("test", 100, chores, services->lock(), 1, [&](const Error& error) {
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
