// PA1, PA2, PA3, PA4: customers pay, and everything comes in between that can.

#include "house.hpp"

#include <thread>

namespace tiketi::test {
namespace {

using Paying = testing::Test;

TEST(Paying, ByCardTakesTheMoneyAndConfirmsTheReservation) {  // PA1
  House house;
  const ReservationId id = house.hold();
  const PaidPayment paid = house.cashier().pay(house.by_card(id)).value();
  EXPECT_EQ(paid.payment.status, PaymentStatus::completed);
  EXPECT_EQ(paid.payment.amount, (Money{50'000, krw}));
  EXPECT_EQ(paid.payment.paid_at, house.clock.now());
  EXPECT_EQ(paid.payment.order_id.size(), 35U);
  EXPECT_FALSE(paid.replayed);
  EXPECT_EQ(house.status(id), ReservationStatus::confirmed);
  EXPECT_EQ(house.office.reservation(id)->payment_reference, paid.payment.id.text());
  EXPECT_EQ(house.balance(AccountKind::revenue), 50'000);
  EXPECT_EQ(house.balance(AccountKind::provider_clearing), 50'000);
}

TEST(Paying, AtTheProvidersPageTakesTheMoneyWhenTheCustomerComesBack) {  // PA2
  House house;
  house.provider.direct = false;
  const ReservationId id = house.hold();
  const PreparedOrder prepared =
      house.cashier().prepare({house.customer, id, PaymentMethod::card, 0, 50'000, {}}).value();
  EXPECT_EQ(prepared.payment.status, PaymentStatus::pending);
  EXPECT_FALSE(prepared.payment_url.empty());
  EXPECT_EQ(house.provider.money(), 0);
  const std::string key = house.provider.authenticate(prepared.payment.order_id);
  const PaidPayment paid = house.cashier().confirm({key, prepared.payment.order_id, 50'000, {}, {}}).value();
  EXPECT_EQ(paid.payment.id, prepared.payment.id);
  EXPECT_EQ(paid.payment.payment_key, key);
  EXPECT_EQ(house.status(id), ReservationStatus::confirmed);
}

TEST(Paying, AProviderWithAPageOnlyIsNotChargedDirectly) {
  House house;
  house.provider.direct = false;
  EXPECT_EQ(code_of(house.cashier().pay(house.by_card(house.hold()))), Errc::not_supported);
  EXPECT_EQ(house.provider.calls("charge"), 0);
}

TEST(Paying, WhatCannotBePaidIsRefusedBeforeAnyMoneyMoves) {
  House house;
  const ReservationId id = house.hold();
  Pay wrong = house.by_card(id);
  wrong.amount_minor = 49'999;
  const Error mismatch = error_of(house.cashier().pay(wrong));
  EXPECT_EQ(mismatch.code, Errc::amount_mismatch);
  EXPECT_EQ(mismatch.detail("due"), "50000");
  Pay stranger = house.by_card(id);
  stranger.user_id = house.other;
  EXPECT_EQ(code_of(house.cashier().pay(stranger)), Errc::reservation_not_found);
  EXPECT_EQ(code_of(house.cashier().pay(house.by_card(house.ids.next<ReservationId>()))), Errc::reservation_not_found);
  house.clock.advance(5 * minute_ms);
  EXPECT_EQ(code_of(house.cashier().pay(house.by_card(id))), Errc::hold_expired);
  const ReservationId given_up = house.hold();
  house.office.cancel({given_up, {}}).value();
  EXPECT_EQ(code_of(house.cashier().pay(house.by_card(given_up))), Errc::reservation_cancelled);
  EXPECT_EQ(house.provider.calls("charge"), 0);
}

// "A cancelled or refunded reservation can still be paid", "paying revives a reservation of a cancelled event".
TEST(Paying, NothingIsPaidForACancelledEvent) {
  House house;
  const ReservationId id = house.hold();
  const ConfirmOrder order = house.order(house.hold());
  house.catalog.cancel(house.event.id).value();
  EXPECT_EQ(code_of(house.cashier().pay(house.by_card(id))), Errc::event_cancelled);
  EXPECT_EQ(code_of(house.cashier().confirm(order)), Errc::event_cancelled);
  EXPECT_EQ(house.provider.calls("charge"), 0);
}

TEST(Paying, TheHoldIsKeptWhileTheProviderIsAsked) {  // PA3, BO9
  House house;
  const ReservationId id = house.hold();
  house.clock.advance(5 * minute_ms - 1);
  auto begun = house.cashier().begin(std::vector{house.by_card(id)});
  ASSERT_TRUE(begun.front().has_value());
  const auto asked = house.cashier().ask({*begun.front()});
  house.clock.advance(50 * second_ms);  // that long it takes
  const auto paid = house.cashier().finish(asked);
  EXPECT_EQ(paid.front().value().payment.status, PaymentStatus::completed);
}

TEST(Paying, AHoldThatLastsAsLongAsItMayIsPaidWithoutBeingKeptLonger) {
  House house;
  const ReservationId id = house.hold();
  house.office.extend({id, 15 * minute_ms, {}}).value();
  house.clock.advance(15 * minute_ms - second_ms);
  EXPECT_TRUE(house.cashier().pay(house.by_card(id)).has_value());
}

TEST(Paying, ARefusedCardLeavesTheHoldAndTheCustomerTriesAgain) {  // PA3
  House house;
  const ReservationId id = house.hold();
  house.next(ProviderFate::refuse);
  const Error refused = error_of(house.cashier().pay(house.by_card(id)));
  EXPECT_EQ(refused.code, Errc::payment_refused);
  EXPECT_EQ(refused.detail("provider_code"), "REJECT_CARD_COMPANY");
  EXPECT_EQ(house.payment_for(id).status, PaymentStatus::failed);
  EXPECT_EQ(house.status(id), ReservationStatus::pending);
  EXPECT_TRUE(house.cashier().pay(house.by_card(id)).has_value());
}

TEST(Paying, AProviderThatIsDownKeepsNothingAndTheHoldGoesOn) {  // PA7
  House house;
  const ReservationId id = house.hold();
  house.next(ProviderFate::unavailable);
  EXPECT_EQ(code_of(house.cashier().pay(house.by_card(id))), Errc::provider_unavailable);
  EXPECT_EQ(house.status(id), ReservationStatus::pending);
  EXPECT_TRUE(house.cashier().pay(house.by_card(id)).has_value());
}

TEST(Paying, ADoubleClickPaysOnce) {  // PA3
  House house;
  const ReservationId id = house.hold();
  const ConfirmOrder order = house.order(id);
  const auto begun = house.cashier().begin_order(std::vector{order, order});
  ASSERT_TRUE(begun[0].has_value() && begun[1].has_value());
  EXPECT_FALSE(begun[0]->replayed);
  EXPECT_TRUE(begun[1]->replayed);
  const auto paid = house.cashier().finish(house.cashier().ask({*begun[0], *begun[1]}));
  EXPECT_TRUE(paid[0].has_value());
  EXPECT_EQ(code_of(paid[1]), Errc::payment_in_progress);
  const PaidPayment again = house.cashier().confirm(order).value();
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.payment.status, PaymentStatus::completed);
  EXPECT_EQ(house.provider.calls("charge"), 1);
}

TEST(Paying, TheSameKeyIsTheSamePayment) {
  House house;
  Pay pay = house.by_card(house.hold());
  pay.idempotency_key = "once";
  const PaidPayment first = house.cashier().pay(pay).value();
  const PaidPayment again = house.cashier().pay(pay).value();
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.payment, first.payment);
  pay.method = PaymentMethod::kakao_pay;
  EXPECT_EQ(code_of(house.cashier().pay(pay)), Errc::idempotency_misuse);

  Prepare prepare{house.customer, house.hold(), PaymentMethod::card, 0, 50'000, "order"};
  const PreparedOrder order = house.cashier().prepare(prepare).value();
  const PreparedOrder replayed = house.cashier().prepare(prepare).value();
  EXPECT_TRUE(replayed.replayed);
  EXPECT_EQ(replayed.payment.id, order.payment.id);
  EXPECT_EQ(replayed.payment_url, order.payment_url);
  prepare.method = PaymentMethod::naver_pay;
  EXPECT_EQ(code_of(house.cashier().prepare(prepare)), Errc::idempotency_misuse);
  house.clock.advance(house.policy.key_kept_ms + 1);
  EXPECT_EQ(house.cashier().prune().value(), 2U);
}

TEST(Paying, AConfirmationsKeyIsForOneOrder) {  // BO6
  House house;
  ConfirmOrder first = house.order(house.hold());
  first.owner = house.customer;
  first.idempotency_key = "once";
  const PaidPayment paid = house.cashier().confirm(first).value();
  const PaidPayment again = house.cashier().confirm(first).value();
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.payment, paid.payment);

  ConfirmOrder second = house.order(house.hold());
  second.owner = house.customer;
  second.idempotency_key = "once";
  EXPECT_EQ(code_of(house.cashier().confirm(second)), Errc::idempotency_misuse);
  const auto begun = house.cashier().begin_order(std::vector{second, first});
  EXPECT_EQ(code_of(begun[0]), Errc::idempotency_misuse);
  EXPECT_TRUE(begun[1].value().replayed);
  EXPECT_EQ(house.provider.money(), 50'000);
  second.idempotency_key = "twice";
  EXPECT_FALSE(house.cashier().confirm(second).value().replayed);
  house.clock.advance(house.policy.key_kept_ms + 1);
  EXPECT_EQ(house.cashier().prune().value(), 2U);
}

TEST(Paying, OfTwoTabsWithTwoOrdersOneIsPaid) {  // PA3
  House house;
  const ReservationId id = house.hold();
  const ConfirmOrder one = house.order(id);
  const ConfirmOrder two = house.order(id);
  const auto begun = house.cashier().begin_order(std::vector{one, two});
  ASSERT_TRUE(begun[0].has_value());
  EXPECT_EQ(code_of(begun[1]), Errc::payment_in_progress);
  EXPECT_TRUE(house.cashier().finish(house.cashier().ask({*begun[0]})).front().has_value());
  const Error late = error_of(house.cashier().confirm(two));
  EXPECT_EQ(late.code, Errc::payment_completed);
  EXPECT_EQ(late.detail("payment"), begun[0]->payment.id.text());
  EXPECT_EQ(house.provider.money(), 50'000);
}

TEST(Paying, AnOrderIsComparedWithWhatThePageTells) {  // PA2
  House house;
  ConfirmOrder order = house.order(house.hold());
  order.amount_minor = 1'000;
  EXPECT_EQ(code_of(house.cashier().confirm(order)), Errc::amount_mismatch);
  order.amount_minor = 50'000;
  order.owner = house.other;
  EXPECT_EQ(code_of(house.cashier().confirm(order)), Errc::payment_not_found);
  order.order_id = "tk_unknown";
  EXPECT_EQ(code_of(house.cashier().confirm(order)), Errc::payment_not_found);
  EXPECT_EQ(house.provider.calls("charge"), 0);
}

TEST(Paying, AnOrderHasItsTime) {
  House house;
  const ConfirmOrder order = house.order(house.hold());
  const Payment charge = house.cashier().prepare({house.customer, {}, PaymentMethod::card, 0, 5'000, {}})->payment;
  const std::string key = house.provider.authenticate(charge.order_id);
  house.clock.advance(house.policy.order_ms);
  EXPECT_EQ(code_of(house.cashier().confirm({key, charge.order_id, 5'000, {}, {}})), Errc::payment_over);
  EXPECT_EQ(house.cashier().recover().value(), 2U);
  EXPECT_EQ(house.stored(charge.id).status, PaymentStatus::cancelled);
  EXPECT_EQ(code_of(house.cashier().confirm(order)), Errc::payment_over);
}

TEST(Paying, GivingUpAtThePageIsRepeatable) {  // PA2
  House house;
  const ReservationId id = house.hold();
  const ConfirmOrder order = house.order(id);
  EXPECT_EQ(code_of(house.cashier().give_up(order.order_id, "PAY_PROCESS_CANCELED", house.other)),
            Errc::payment_not_found);
  const Payment given_up = house.cashier().give_up(order.order_id, "PAY_PROCESS_CANCELED").value();
  EXPECT_EQ(given_up.status, PaymentStatus::cancelled);
  EXPECT_EQ(given_up.failure_code, "PAY_PROCESS_CANCELED");
  EXPECT_EQ(house.cashier().give_up(order.order_id, "again").value(), given_up);
  EXPECT_EQ(house.status(id), ReservationStatus::pending);
  const ConfirmOrder paid = house.order(id);
  house.cashier().confirm(paid).value();
  EXPECT_EQ(code_of(house.cashier().give_up(paid.order_id, "too late")), Errc::payment_completed);
}

TEST(Paying, AWebhookThatComesBeforeTheCustomerPays) {  // PA3
  House house;
  const ReservationId id = house.hold();
  const ConfirmOrder order = house.order(id);
  EXPECT_EQ(house.cashier().look_again(order.order_id).value().status, PaymentStatus::completed);
  EXPECT_EQ(house.status(id), ReservationStatus::confirmed);
  EXPECT_TRUE(house.cashier().confirm(order).value().replayed);
  EXPECT_EQ(house.cashier().look_again(order.order_id).value().status, PaymentStatus::completed);
  EXPECT_EQ(code_of(house.cashier().look_again("tk_not_ours")), Errc::payment_not_found);
  EXPECT_EQ(house.provider.calls("charge"), 1);
}

TEST(Paying, AnOrderNobodyAuthenticatedIsNotTouchedByAWebhook) {
  House house;
  const Payment made =
      house.cashier().prepare({house.customer, house.hold(), PaymentMethod::card, 0, 50'000, {}})->payment;
  EXPECT_EQ(house.cashier().look_again(made.order_id).value(), made);
}

// PA3: "either the hold is kept until the provider answers, or the money goes back by itself and the user is told".
TEST(Paying, MoneyForAHoldThatIsOverGoesBackByItself) {
  House house;
  const ReservationId id = house.hold();
  auto begun = house.cashier().begin(std::vector{house.by_card(id)});
  auto asked = house.cashier().ask({*begun.front()});
  EXPECT_EQ(house.provider.money(), 50'000);
  house.clock.advance(5 * minute_ms);
  const Error late = error_of(house.cashier().finish(asked).front());
  EXPECT_EQ(late.code, Errc::money_returned);
  EXPECT_EQ(late.detail("reason"), "hold_expired");
  const Payment payment = house.payment_for(id);
  EXPECT_EQ(payment.status, PaymentStatus::refunded);
  ASSERT_EQ(house.refunds(payment.id).size(), 1U);
  const Refund refund = house.refunds(payment.id).front();
  EXPECT_EQ(refund.reason, RefundReason::late);
  EXPECT_EQ(refund.status, RefundStatus::completed);
  EXPECT_EQ(refund.amount.minor, 50'000);
  EXPECT_EQ(house.provider.money(), 0);
  EXPECT_EQ(house.balance(AccountKind::revenue), 0);
}

TEST(Paying, ARefusedSaleIsFinalWhateverTheClockDoes) {
  House house;
  const ReservationId id = house.hold();
  auto begun = house.cashier().begin(std::vector{house.by_card(id)});
  auto asked = house.cashier().ask({*begun.front()});
  house.clock.advance(6 * minute_ms);
  // Another process, whose clock is behind, finishes after this one was told that the hold is over.
  EXPECT_EQ(code_of(house.reservations.confirm(std::vector<ConfirmSale>{{id, begun.front()->payment.id}}).front()),
            Errc::hold_expired);
  house.clock.advance(-6 * minute_ms);
  EXPECT_EQ(code_of(house.cashier().finish(asked).front()), Errc::money_returned);
}

TEST(Paying, MoneyForAnEventCancelledMeanwhileGoesBackByItself) {
  House house;
  const ReservationId id = house.hold();
  auto begun = house.cashier().begin(std::vector{house.by_card(id)});
  auto asked = house.cashier().ask({*begun.front()});
  house.catalog.cancel(house.event.id).value();
  const Error late = error_of(house.cashier().finish(asked).front());
  EXPECT_EQ(late.code, Errc::money_returned);
  EXPECT_EQ(late.detail("reason"), "event_cancelled");
  EXPECT_EQ(house.status(id), ReservationStatus::cancelled);
}

TEST(Paying, AFreeReservationNeedsNoMoney) {
  House house;
  const ReservationId id =
      house.office.reserve({house.event.id, house.customer, {}, {{house.guest_ticket, 1}}, {}})->reservation.id;
  EXPECT_EQ(house.cashier().pay(house.by_card(id)).value().payment.status, PaymentStatus::completed);
  EXPECT_EQ(house.provider.calls("charge"), 0);
  EXPECT_FALSE(house.cashier().cancel_reservation(id).value().refund);
  EXPECT_EQ(house.status(id), ReservationStatus::cancelled);
}

TEST(Paying, ABatchCostsAsManyCallsAsOne) {
  House house;
  std::vector<Pay> commands;
  for (int i = 0; i < 100; ++i) commands.push_back(house.by_card(house.hold()));
  house.provider.batch = 1'000;
  house.store.commits = house.store.asks = 0;
  std::vector<BegunPayment> begun;
  for (auto& each : house.cashier().begin(commands)) begun.push_back(std::move(*each));
  EXPECT_EQ(house.store.commits, 1);
  EXPECT_EQ(house.store.asks, 1);
  const auto asked = house.cashier().ask(std::move(begun));
  for (const auto& each : house.cashier().finish(asked)) EXPECT_TRUE(each.has_value());
  EXPECT_EQ(house.store.commits, 2);
  EXPECT_EQ(house.store.asks, 1);
}

TEST(Paying, TheWorldIsToldThroughTheSameOutbox) {  // ST3
  House house;
  const ReservationId id = house.hold();
  house.next(ProviderFate::refuse);
  EXPECT_TRUE(house.cashier().pay(house.by_card(id)).has_error());
  const PaidPayment paid = house.cashier().pay(house.by_card(id)).value();
  house.cashier().cancel_reservation(id).value();
  const auto bus = memory::make_event_bus();
  std::vector<Message> told;
  const auto listening = bus->subscribe("payment.", [&told](const Message& message) { told.push_back(message); });
  std::vector<Message> points;
  const auto also = bus->subscribe("points.", [&points](const Message& message) { points.push_back(message); });
  house.charge_points(house.customer, 5'000);
  house.office.relay(*bus).value();
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told[0].topic, "payment.failed");
  EXPECT_EQ(told[1].topic, "payment.completed");
  EXPECT_EQ(told[1].key, paid.payment.id.text());
  EXPECT_EQ(told[1].payload, news_payload(PaymentNews::completed, paid.payment));
  EXPECT_EQ(told[2].topic, "payment.refunded");
  EXPECT_LT(told[1].sequence, told[2].sequence);
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].topic, "points.charged");
  EXPECT_EQ(house.stores->box_office().outbox_size().value(), 0);
}

}  // namespace
}  // namespace tiketi::test
