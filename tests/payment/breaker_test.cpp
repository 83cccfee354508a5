// PA7: while the provider is down, customers get a clear answer at once.

#include "house.hpp"

#include <tiketi/payment/breaker.hpp>

#include <atomic>
#include <thread>

namespace tiketi::test {
namespace {

struct Wire {
  FakeClock clock;
  FakeProvider provider{clock};
  Breaker breaker{provider, clock, {3, 30 * second_ms}};
  int made = 0;

  Result<ProviderPayment> charge() {
    const std::string order = "tk_order_" + std::to_string(++made);
    const Charge charge{order, {}, {1'000, krw}, order, {}};
    return std::move(breaker.charge({&charge, 1}).front());
  }
  void fail_times(int times, ProviderFate fate = ProviderFate::unavailable) {
    provider.fate = [fate](std::string_view) { return fate; };
    for (int i = 0; i < times; ++i) EXPECT_TRUE(charge().has_error());
    provider.fate = {};
  }
};

TEST(BreakerTest, OpensAfterFailuresInARowAndAsksNothing) {
  Wire wire;
  wire.fail_times(2);
  EXPECT_TRUE(wire.charge().has_value()) << "a success in between starts the count anew";
  wire.fail_times(2);
  EXPECT_FALSE(wire.breaker.is_open());
  wire.fail_times(1, ProviderFate::lost_request);
  EXPECT_TRUE(wire.breaker.is_open());
  const int asked = wire.provider.calls("charge");
  const auto refused = wire.charge();
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::provider_unavailable);
  EXPECT_EQ(Error(refused.error()).detail("cause"), "breaker_open");
  EXPECT_TRUE(wire.breaker.find("tk_order_1").has_error());
  EXPECT_TRUE(wire.breaker.open({"tk_x", "x", {1'000, krw}}).has_error());
  const CancelCharge cancel{"key", 1, krw, "x", "x"};
  EXPECT_TRUE(wire.breaker.cancel({&cancel, 1}).front().has_error());
  EXPECT_EQ(wire.provider.calls("charge"), asked);
  EXPECT_EQ(wire.provider.calls("find") + wire.provider.calls("open") + wire.provider.calls("cancel"), 0);
}

TEST(BreakerTest, OneCallFindsOutAfterThePause) {
  Wire wire;
  wire.fail_times(3);
  wire.clock.advance(30 * second_ms - 1);
  EXPECT_TRUE(wire.charge().has_error());
  wire.clock.advance(1);
  wire.fail_times(1);  // the probe
  EXPECT_TRUE(wire.charge().has_error()) << "the next pause began";
  wire.clock.advance(30 * second_ms);
  EXPECT_TRUE(wire.charge().has_value());
  EXPECT_FALSE(wire.breaker.is_open());
  EXPECT_TRUE(wire.charge().has_value());
}

TEST(BreakerTest, OnlyOneCallIsLetThrough) {
  Wire wire;
  wire.fail_times(3);
  wire.clock.advance(30 * second_ms);
  const int asked = wire.provider.calls("charge");
  wire.provider.fate = [&wire](std::string_view) {
    // While the probe is on its way everybody else is refused.
    wire.provider.fate = {};
    EXPECT_TRUE(wire.charge().has_error());
    return ProviderFate::pass;
  };
  EXPECT_TRUE(wire.charge().has_value());
  EXPECT_EQ(wire.provider.calls("charge"), asked + 1);
}

TEST(BreakerTest, RefusedCardsDoNotOpenIt) {
  Wire wire;
  wire.fail_times(20, ProviderFate::refuse);
  EXPECT_FALSE(wire.breaker.is_open());
}

TEST(BreakerTest, AnswersThatSayNothingDoNotOpenIt) {
  Wire wire;
  wire.fail_times(20, ProviderFate::broken);
  wire.fail_times(20, ProviderFate::not_accepted);
  EXPECT_FALSE(wire.breaker.is_open());
}

TEST(BreakerTest, AClockThatIsSetBackDoesNotKeepItOpen) {
  Wire wire;
  wire.fail_times(3);
  wire.clock.advance(-day_ms);
  EXPECT_TRUE(wire.charge().has_error());
  wire.clock.advance(30 * second_ms);
  EXPECT_TRUE(wire.charge().has_value());
}

TEST(BreakerTest, ThreadsMayShareIt) {
  Wire wire;
  std::atomic<int> turn{0};
  wire.provider.fate = [&turn](std::string_view) {
    return ++turn % 3 == 0 ? ProviderFate::pass : ProviderFate::unavailable;
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&wire] {
      for (int k = 0; k < 200; ++k) {
        wire.clock.advance(second_ms);
        (void)wire.breaker.find("tk_order");
      }
    });
  for (std::thread& thread : threads) thread.join();
  wire.provider.fate = {};
  wire.clock.advance(hour_ms);
  EXPECT_TRUE(wire.charge().has_value());
}

TEST(BreakerTest, CustomersAreToldAtOnceAndKeepTheirHolds) {
  House house;
  Breaker breaker(house.provider, house.clock, {2, 30 * second_ms});
  Cashier cashier(house.store, house.reservations, breaker, house.clock, house.ids, house.policy);
  house.always(ProviderFate::unavailable);
  const ReservationId id = house.hold();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(code_of(cashier.pay(house.by_card(id))), Errc::provider_unavailable);
  EXPECT_EQ(house.provider.calls("charge"), 2);
  EXPECT_EQ(house.status(id), ReservationStatus::pending);
  house.provider.fate = {};
  house.clock.advance(30 * second_ms);
  EXPECT_TRUE(cashier.pay(house.by_card(id)).has_value());
}

}  // namespace
}  // namespace tiketi::test
