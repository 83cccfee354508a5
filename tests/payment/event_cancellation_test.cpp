// PA6: an event is cancelled, and everybody gets all of it back, whatever is interrupted when.

#include "house.hpp"

namespace tiketi::test {
namespace {

TEST(EventCancellation, EveryHolderGetsEverythingBack) {
  House house;
  house.charge_points(house.customer, 70'000);
  const ReservationId card = house.hold();
  const ReservationId points = house.hold();
  const ReservationId mixed = house.hold();
  const ReservationId held = house.hold();
  house.cashier().pay(house.by_card(card)).value();
  house.cashier().pay(house.by_points(points)).value();
  house.cashier().pay(house.mixed(mixed, 20'000)).value();
  house.clock.set(house.event.event_date.plus_ms(-2 * day_ms));  // a customer would pay a fee
  house.catalog.cancel(house.event.id).value();
  const EventCancellation done = house.cashier().cancel_event(house.event.id).value();
  EXPECT_EQ(done.cancelled, 3);
  EXPECT_EQ(done.finished_at, house.clock.now());
  EXPECT_EQ(house.status(held), ReservationStatus::expired);
  EXPECT_EQ(house.points(house.customer), 70'000);
  EXPECT_EQ(house.provider.money(), 70'000) << "only the points that were charged";
  EXPECT_EQ(house.sold(), 0) << "cancelling an event leaves paid seats reserved and stock taken";
  EXPECT_EQ(house.refunds(house.payment_for(mixed).id).front().reason, RefundReason::event_cancelled);
  EXPECT_EQ(house.cashier().cancel_event(house.event.id)->finished_at, house.clock.now()) << "repeating is harmless";
}

TEST(EventCancellation, AThousandHoldersInterruptedHalfWay) {
  House house;
  house.provider.batch = 100;
  std::vector<Pay> commands;
  for (int i = 0; i < 1'000; ++i) commands.push_back(house.by_card(house.hold()));
  std::vector<BegunPayment> begun;
  for (auto& each : house.cashier().begin(commands)) begun.push_back(std::move(*each));
  for (const auto& each : house.cashier().finish(house.cashier().ask(std::move(begun)))) EXPECT_TRUE(each.has_value());
  EXPECT_EQ(house.sold(), 1'000);
  EXPECT_EQ(house.provider.money(), 50'000'000);
  house.catalog.cancel(house.event.id).value();

  // The process dies after the first page is cancelled, before that is stored.
  int puts = 0;
  house.store.before_put = [&puts]() -> std::optional<Error> {
    if (++puts < 2) return std::nullopt;
    return Error{Errc::unavailable, "the process is dead"};
  };
  EXPECT_EQ(code_of(house.cashier().cancel_event(house.event.id)), Errc::unavailable);
  EXPECT_EQ(house.sold(), 500);
  house.store.before_put = {};
  house.restart();
  EXPECT_EQ(house.cashier().recover().value(), 500U);
  EXPECT_EQ(house.sold(), 0);
  EXPECT_EQ(house.provider.money(), 0);
  EXPECT_TRUE(house.store.unfinished_event_cancellations(10).value().empty());
  EXPECT_EQ(house.provider.calls("cancel"), 1'000) << "nobody was refunded twice";
}

TEST(EventCancellation, APaymentThatIsBeingMadeIsWaitedFor) {
  House house;
  const ReservationId sold = house.hold();
  const ReservationId unsold = house.hold();
  auto begun = house.cashier().begin(std::vector{house.by_card(sold), house.by_card(unsold)});
  const auto asked = house.cashier().ask({*begun[0], *begun[1]});
  house.reservations.confirm(std::vector<ConfirmSale>{{sold, begun[0]->payment.id}}).front().value();
  house.catalog.cancel(house.event.id).value();
  EXPECT_EQ(house.cashier().cancel_event(house.event.id).value().finished_at, Timestamp{});
  EXPECT_EQ(house.status(sold), ReservationStatus::confirmed) << "whether it is paid is not known yet";

  const auto finished = house.cashier().finish(asked);
  EXPECT_TRUE(finished[0].has_value());
  EXPECT_EQ(code_of(finished[1]), Errc::money_returned);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.status(sold), ReservationStatus::cancelled);
  EXPECT_EQ(house.provider.money(), 0);
}

TEST(EventCancellation, TheRecoveryDoesAPageAtATime) {
  House house;
  for (int i = 0; i < 5; ++i) house.cashier().pay(house.by_card(house.hold())).value();
  house.catalog.cancel(house.event.id).value();
  house.cashier().cancel_event_later(house.event.id).value();
  EXPECT_EQ(house.sold(), 5);
  // Whoever goes on as long as a page is full must be told how full it was.
  EXPECT_EQ(house.cashier().recover(2).value(), 2U);
  EXPECT_EQ(house.sold(), 3);
  house.cashier().cancel_event_later(house.event.id).value();  // changes nothing
  EXPECT_EQ(house.cashier().recover(2).value(), 2U);
  EXPECT_EQ(house.sold(), 1);
  EXPECT_EQ(house.cashier().recover(2).value(), 1U);
  EXPECT_EQ(house.cashier().recover(2).value(), 0U);
  EXPECT_EQ(house.store.event_cancellation(house.event.id).value()->cancelled, 5);
  EXPECT_EQ(house.provider.money(), 0);
}

TEST(EventCancellation, OneThatNobodyHoldsEndsAtOnce) {
  House house;
  house.catalog.cancel(house.event.id).value();
  house.cashier().cancel_event_later(house.event.id).value();
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.cashier().recover().value(), 0U);
}

TEST(EventCancellation, TheRecoveryLeavesItToWhoIsAtIt) {
  House house;
  house.cashier().pay(house.by_card(house.hold())).value();
  house.catalog.cancel(house.event.id).value();
  house.provider.fate = [&house](std::string_view) {
    house.provider.fate = {};
    EXPECT_EQ(house.cashier().recover().value(), 0U);
    EXPECT_EQ(house.cashier().cancel_event(house.event.id).value().finished_at, Timestamp{});
    EXPECT_EQ(house.store.unfinished_event_cancellations(10).value().size(), 1U);
    return ProviderFate::pass;
  };
  const EventCancellation done = house.cashier().cancel_event(house.event.id).value();
  EXPECT_EQ(done.cancelled, 1);
  EXPECT_NE(done.finished_at, Timestamp{});
}

TEST(EventCancellation, WhatTwoProcessesCancelIsCountedOnce) {
  House house;
  for (int i = 0; i < 5; ++i) house.cashier().pay(house.by_card(house.hold())).value();
  house.catalog.cancel(house.event.id).value();
  Cashier other(house.store, house.reservations, house.provider, house.clock, house.ids, house.policy);
  house.store.before_commit = [&]() -> std::optional<Error> {
    house.store.before_commit = {};
    EXPECT_EQ(other.recover().value(), 5U);
    return std::nullopt;
  };
  EXPECT_EQ(house.cashier().cancel_event(house.event.id).value().cancelled, 5);
  EXPECT_EQ(house.store.event_cancellation(house.event.id).value()->cancelled, 5);
  EXPECT_EQ(house.provider.calls("cancel"), 5);
}

TEST(EventCancellation, RefundsThatTheProviderCannotMakeNowFollow) {
  House house;
  const ReservationId id = house.hold();
  house.cashier().pay(house.by_card(id)).value();
  house.catalog.cancel(house.event.id).value();
  house.always(ProviderFate::unavailable, "cancel");
  EXPECT_NE(house.cashier().cancel_event(house.event.id).value().finished_at, Timestamp{});
  EXPECT_EQ(house.provider.money(), 50'000);
  house.provider.fate = {};
  house.clock.advance(house.policy.first_retry_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.provider.money(), 0);
}

}  // namespace
}  // namespace tiketi::test
