// PA7: a provider that takes its time for each call.

#include "house.hpp"

#include <atomic>
#include <chrono>
#include <thread>

namespace tiketi::test {
namespace {

class SlowProvider : public testing::Test {
 protected:
  std::vector<BegunPayment> begin(int count) {
    std::vector<Pay> commands;
    for (int i = 0; i < count; ++i) commands.push_back(house.by_card(house.hold()));
    std::vector<BegunPayment> begun;
    for (auto& each : house.cashier().begin(commands)) begun.push_back(std::move(each.value()));
    return begun;
  }

  /// Calls return when that many are under way, or after a time that only a failure takes.
  void wait_for(int calls_at_once) {
    house.provider.fate = [this, calls_at_once](std::string_view) {
      const int now = ++under_way;
      for (int most = most_at_once; now > most && !most_at_once.compare_exchange_weak(most, now);) continue;
      for (int i = 0; i < 2'000 && most_at_once < calls_at_once; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      --under_way;
      return ProviderFate::pass;
    };
  }

  House house;
  std::atomic<int> under_way = 0;
  std::atomic<int> most_at_once = 0;
};

TEST_F(SlowProvider, IsAskedForSeveralAtOnce) {
  house.policy.provider_calls_at_once = 4;
  house.restart();
  auto begun = begin(9);
  wait_for(4);
  const auto asked = house.cashier().ask(std::move(begun));
  EXPECT_EQ(most_at_once, 4);
  house.provider.fate = {};
  for (const auto& each : house.cashier().finish(asked)) EXPECT_TRUE(each.has_value());
  EXPECT_EQ(house.provider.money(), 9 * 50'000);
}

TEST_F(SlowProvider, IsAskedWhatBecameOfSeveralAtOnce) {
  house.policy.provider_calls_at_once = 4;
  house.restart();
  house.cashier().ask(begin(9));
  house.clock.advance(house.policy.recovery_after_ms);
  wait_for(4);
  EXPECT_EQ(house.cashier().recover().value(), 9U);
  EXPECT_EQ(most_at_once, 4);
  EXPECT_EQ(house.sold(), 9);
}

TEST_F(SlowProvider, GivesBackToSeveralAtOnce) {
  house.policy.provider_calls_at_once = 4;
  house.restart();
  for (const auto& each : house.cashier().finish(house.cashier().ask(begin(9)))) EXPECT_TRUE(each.has_value());
  house.catalog.cancel(house.event.id).value();
  wait_for(4);
  EXPECT_EQ(house.cashier().cancel_event(house.event.id).value().cancelled, 9);
  EXPECT_EQ(most_at_once, 4);
  EXPECT_EQ(house.provider.money(), 0);
}

TEST_F(SlowProvider, IsAskedOnThisThreadForWhatItTakesInOneCall) {
  house.policy.provider_calls_at_once = 4;
  house.provider.batch = 100;
  house.restart();
  auto begun = begin(9);
  std::atomic<int> elsewhere = 0;
  house.provider.fate = [&elsewhere, here = std::this_thread::get_id()](std::string_view) {
    elsewhere += std::this_thread::get_id() != here;
    return ProviderFate::pass;
  };
  house.cashier().ask(std::move(begun));
  EXPECT_EQ(elsewhere, 0);
}

TEST_F(SlowProvider, IsNotAskedAnyMoreWhenTheTurnOfAPaymentComesTooLate) {
  auto begun = begin(5);
  const std::int64_t call_ms = house.policy.recovery_after_ms / 6;  // three of them end in time
  house.provider.fate = [this, call_ms](std::string_view) {
    house.clock.advance(call_ms);
    return ProviderFate::pass;
  };
  const auto asked = house.cashier().ask(std::move(begun));
  house.provider.fate = {};
  EXPECT_EQ(house.provider.calls("charge"), 3);
  const auto finished = house.cashier().finish(asked);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(finished[i].has_value());
  for (std::size_t i = 3; i < 5; ++i) EXPECT_EQ(code_of(finished[i]), Errc::provider_unavailable);
  EXPECT_EQ(house.provider.money(), 3 * 50'000);
}

}  // namespace
}  // namespace tiketi::test
