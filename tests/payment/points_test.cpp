// PA4: points: charged, used, given back; never more than there are.

#include "house.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

namespace tiketi::test {
namespace {

TEST(Points, AreChargedThroughTheProviderFirst) {
  House house;
  const Payment order = house.cashier().prepare({house.customer, {}, PaymentMethod::card, 0, 30'000, {}})->payment;
  EXPECT_EQ(order.purpose, PaymentPurpose::points);
  EXPECT_EQ(house.points(house.customer), 0);
  const std::string key = house.provider.authenticate(order.order_id);
  house.cashier().confirm({key, order.order_id, 30'000, {}, {}}).value();
  EXPECT_EQ(house.points(house.customer), 30'000);
  EXPECT_EQ(house.provider.money(), 30'000);
}

TEST(Points, TheHistoryTellsEachMoveWithTheBalanceAfterIt) {
  House house;
  const Payment charge = house.charge_points(house.customer, 60'000);
  const ReservationId id = house.hold();
  house.cashier().pay(house.by_points(id)).value();
  house.cashier().cancel_reservation(id).value();
  const PointHistoryPage page = house.cashier().point_history(house.customer, 1, 10).value();
  EXPECT_EQ(page.total, 3);
  ASSERT_EQ(page.lines.size(), 3U);  // newest first
  EXPECT_EQ(name(type_of(page.lines[0])), "REFUND");
  EXPECT_EQ(page.lines[0].amount_minor, 50'000);
  EXPECT_EQ(page.lines[0].balance_after_minor, 60'000);
  EXPECT_EQ(name(type_of(page.lines[1])), "USE");
  EXPECT_EQ(page.lines[1].amount_minor, -50'000);
  EXPECT_EQ(page.lines[1].balance_after_minor, 10'000);
  EXPECT_EQ(name(type_of(page.lines[2])), "CHARGE");
  EXPECT_EQ(page.lines[2].payment_id, charge.id);
  EXPECT_EQ(house.cashier().point_history(house.customer, 2, 2)->lines.size(), 1U);
  EXPECT_EQ(error_of(house.cashier().point_history(house.customer, 0, 2)).detail("field"), "page");
  EXPECT_EQ(error_of(house.cashier().point_history(house.customer, 1, 1'001)).detail("field"), "limit");
}

TEST(Points, MixedTakesBothParts) {  // PA1: point_used + card_amount = amount
  House house;
  house.charge_points(house.customer, 20'000);
  const ReservationId id = house.hold();
  const Payment paid = house.cashier().pay(house.mixed(id, 15'000)).value().payment;
  EXPECT_EQ(paid.points_minor, 15'000);
  EXPECT_EQ(paid.card_minor(), 35'000);
  EXPECT_EQ(house.points(house.customer), 5'000);
  EXPECT_EQ(house.provider.balance_of(paid.order_id), 35'000);
}

TEST(Points, MixedAtTheProvidersPage) {
  House house;
  house.charge_points(house.customer, 20'000);
  const ReservationId id = house.hold();
  const ConfirmOrder order = house.order(id, PaymentMethod::mixed, 20'000);
  EXPECT_EQ(order.amount_minor, 30'000);
  EXPECT_EQ(house.points(house.customer), 20'000) << "taken when the order is confirmed";
  house.cashier().confirm(order).value();
  EXPECT_EQ(house.points(house.customer), 0);
}

TEST(Points, AnOrderFindsItsPointsSpent) {
  House house;
  house.charge_points(house.customer, 50'000);
  const ConfirmOrder order = house.order(house.hold(), PaymentMethod::mixed, 20'000);
  house.cashier().pay(house.by_points(house.hold())).value();
  const Error spent = error_of(house.cashier().confirm(order));
  EXPECT_EQ(spent.code, Errc::points_short);
  EXPECT_EQ(spent.detail("balance"), "0");
  EXPECT_EQ(house.provider.money(), 50'000) << "the card was not charged";
}

TEST(Points, ComeBackWhenTheCardFails) {  // "card fails → points back"
  for (const ProviderFate fate : {ProviderFate::refuse, ProviderFate::over, ProviderFate::unavailable}) {
    House house;
    house.charge_points(house.customer, 20'000);
    const ReservationId id = house.hold();
    house.next(fate);
    EXPECT_TRUE(house.cashier().pay(house.mixed(id, 20'000)).has_error());
    EXPECT_EQ(house.points(house.customer), 20'000);
    EXPECT_EQ(house.balance(AccountKind::points_set_aside), 0);
    EXPECT_TRUE(house.cashier().pay(house.mixed(id, 20'000)).has_value());
  }
}

TEST(Points, ComeBackWithTheMoneyThatCameTooLate) {
  House house;
  house.charge_points(house.customer, 20'000);
  const ReservationId id = house.hold();
  auto begun = house.cashier().begin(std::vector{house.mixed(id, 20'000)});
  const auto asked = house.cashier().ask({*begun.front()});
  house.clock.advance(hour_ms);
  EXPECT_EQ(code_of(house.cashier().finish(asked).front()), Errc::money_returned);
  EXPECT_EQ(house.points(house.customer), 20'000);
  EXPECT_EQ(house.provider.money(), 20'000);
}

TEST(Points, AreNeverMoreThanTheBalance) {
  House house;
  house.charge_points(house.customer, 49'999);
  const ReservationId id = house.hold();
  const Error few = error_of(house.cashier().pay(house.by_points(id)));
  EXPECT_EQ(few.code, Errc::points_short);
  EXPECT_EQ(few.detail("balance"), "49999");
  EXPECT_EQ(error_of(house.cashier().pay(house.mixed(id, 50'000))).detail("field"), "points");
  EXPECT_EQ(error_of(house.cashier().pay(house.mixed(id, 0))).detail("field"), "points");
  EXPECT_EQ(house.status(id), ReservationStatus::pending);
}

TEST(Points, OfOneBatchTheFirstGetsThem) {
  House house;
  house.charge_points(house.customer, 60'000);
  const auto begun = house.cashier().begin(std::vector{house.by_points(house.hold()), house.by_points(house.hold())});
  EXPECT_TRUE(begun[0].has_value());
  EXPECT_EQ(code_of(begun[1]), Errc::points_short);
  house.cashier().finish(house.cashier().ask({*begun[0]})).front().value();
}

TEST(Points, AreNotSpentTwiceByWhoeverIsAtItAtOnce) {
  House house;
  house.charge_points(house.customer, 120'000);
  std::vector<ReservationId> ids;
  for (int i = 0; i < 40; ++i) ids.push_back(house.hold());
  std::atomic<int> paid{0};
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (std::size_t at = next++; at < ids.size(); at = next++) {
        const auto answer = house.cashier().pay(at % 2 == 0 ? house.by_points(ids[at]) : house.mixed(ids[at], 30'000));
        if (answer.has_value()) ++paid;
        else EXPECT_EQ(answer.error().code, Errc::points_short);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(house.points(house.customer), 0);
  EXPECT_LT(house.points(house.customer), 30'000);
  EXPECT_GE(paid, 2);
  EXPECT_EQ(house.sold(), paid);
}

TEST(Points, BoundsOfACharge) {
  House house;
  const auto charge = [&](std::int64_t amount, PaymentMethod method = PaymentMethod::card) {
    return house.cashier().prepare({house.customer, {}, method, 0, amount, {}});
  };
  EXPECT_EQ(error_of(charge(999)).detail("field"), "amount");
  EXPECT_EQ(code_of(charge(2'000'001)), Errc::limit_exceeded);
  EXPECT_TRUE(charge(1'000).has_value());
  EXPECT_TRUE(charge(2'000'000).has_value());
  EXPECT_EQ(error_of(charge(5'000, PaymentMethod::point)).detail("field"), "method");
}

}  // namespace
}  // namespace tiketi::test
