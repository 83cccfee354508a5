// PA4, PA6: money and points go back.

#include "house.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace tiketi::test {
namespace {

/// Ten days before the event nothing is kept.
struct PaidHouse : House {
  PaidHouse() { paid = cashier().pay(by_card(id)).value().payment; }
  /// So many days before the event.
  void days_before(std::int64_t days) { clock.set(event.event_date.plus_ms(-days * day_ms)); }
  ReservationId id = hold();
  Payment paid;
};

TEST(Refunding, CancellingInTimeGivesAllOfItBack) {
  PaidHouse house;
  EXPECT_EQ(house.cashier().quote(house.id).value().amount.minor, 50'000);
  const Refund refund = *house.cashier().cancel_reservation(house.id).value().refund;
  EXPECT_EQ(refund.status, RefundStatus::completed);
  EXPECT_EQ(refund.amount.minor, 50'000);
  EXPECT_FALSE(refund.provider_reference.empty());
  EXPECT_EQ(house.status(house.id), ReservationStatus::cancelled);
  EXPECT_EQ(house.stored(house.paid.id).status, PaymentStatus::refunded);
  EXPECT_EQ(house.sold(), 0);
  EXPECT_EQ(house.cashier().cancel_reservation(house.id).value().refund->id, refund.id) << "repeating changes nothing";
  EXPECT_EQ(house.provider.calls("cancel"), 1);
}

TEST(Refunding, TheFeeIsKept) {  // fee steps by days before the event
  PaidHouse house;
  house.days_before(5);
  const Refund quote = house.cashier().quote(house.id, house.customer).value();
  EXPECT_EQ(quote.fee_minor, 10'000);
  const Refund refund = *house.cashier().cancel_reservation(house.id, RefundReason::customer, house.customer)->refund;
  EXPECT_EQ(refund.amount.minor, 40'000);
  EXPECT_EQ(refund.fee_minor, 10'000);
  EXPECT_EQ(house.balance(AccountKind::cancellation_fees), 10'000);
  EXPECT_EQ(house.balance(AccountKind::revenue), 0);
  EXPECT_EQ(house.provider.money(), 10'000);
  EXPECT_EQ(house.stored(house.paid.id).status, PaymentStatus::refunded);
}

TEST(Refunding, TooLateForTheCustomerIsNotForTheAdministrator) {
  PaidHouse house;
  house.days_before(0);
  const Error late = error_of(house.cashier().cancel_reservation(house.id));
  EXPECT_EQ(late.code, Errc::refund_not_allowed);
  EXPECT_EQ(late.detail("reason"), "too_late");
  EXPECT_EQ(house.status(house.id), ReservationStatus::confirmed);
  EXPECT_EQ(house.cashier().cancel_reservation(house.id, RefundReason::admin)->refund->amount.minor, 50'000);
}

TEST(Refunding, AnAdministratorGivesAPartBackAndThePlaceStaysSold) {
  PaidHouse house;
  RefundPayment part{house.paid.id, {}, 20'000, RefundReason::admin, "the view is blocked"};
  EXPECT_EQ(house.cashier().refund(part).value().status, RefundStatus::completed);
  EXPECT_EQ(house.stored(house.paid.id).status, PaymentStatus::partially_refunded);
  EXPECT_EQ(house.status(house.id), ReservationStatus::confirmed);
  part.amount_minor = 30'001;
  const Error more = error_of(house.cashier().refund(part));
  EXPECT_EQ(more.code, Errc::refund_exceeds);
  EXPECT_EQ(more.detail("left"), "30000");
  part.reason = RefundReason::customer;
  part.amount_minor = 10'000;
  EXPECT_EQ(code_of(house.cashier().refund(part)), Errc::not_permitted);

  const Refund rest = house.cashier().refund({house.paid.id, house.customer, {}, RefundReason::customer, {}}).value();
  EXPECT_EQ(rest.amount.minor, 30'000);
  EXPECT_TRUE(rest.cancels_reservation);
  EXPECT_EQ(house.status(house.id), ReservationStatus::cancelled);
  EXPECT_EQ(code_of(house.cashier().refund({house.paid.id, {}, {}, RefundReason::admin, {}})), Errc::refund_exceeds);
  EXPECT_EQ(house.refunds(house.paid.id).size(), 2U);
}

TEST(Refunding, WhatWasNeverPaidIsNotRefunded) {  // "an unpaid cancel is marked refunded"
  House house;
  const ReservationId id = house.hold();
  house.next(ProviderFate::refuse);
  EXPECT_TRUE(house.cashier().pay(house.by_card(id)).has_error());
  const PaymentId payment = house.payment_for(id).id;
  EXPECT_EQ(code_of(house.cashier().refund({payment, {}, {}, RefundReason::admin, {}})), Errc::payment_over);
  EXPECT_FALSE(house.cashier().cancel_reservation(id).value().refund);
  EXPECT_FALSE(house.cashier().cancel_reservation(id).value().refund);
  EXPECT_EQ(house.payment_for(id).status, PaymentStatus::failed);
  EXPECT_EQ(house.status(id), ReservationStatus::cancelled);
  const ReservationId overdue = house.hold();
  house.clock.advance(hour_ms);
  EXPECT_EQ(code_of(house.cashier().cancel_reservation(overdue)), Errc::hold_expired);
  EXPECT_EQ(code_of(house.cashier().cancel_reservation(house.ids.next<ReservationId>())), Errc::reservation_not_found);
}

TEST(Refunding, AnothersPaymentIsNotFound) {
  PaidHouse house;
  EXPECT_EQ(code_of(house.cashier().cancel_reservation(house.id, RefundReason::customer, house.other)),
            Errc::reservation_not_found);
  EXPECT_EQ(code_of(house.cashier().refund({house.paid.id, house.other, {}, RefundReason::customer, {}})),
            Errc::payment_not_found);
  EXPECT_EQ(code_of(house.cashier().payment(house.paid.id, house.other)), Errc::payment_not_found);
}

TEST(Refunding, AProviderThatIsDownIsAskedAgain) {
  PaidHouse house;
  house.always(ProviderFate::unavailable, "cancel");
  const Refund pending = *house.cashier().cancel_reservation(house.id).value().refund;
  EXPECT_EQ(pending.status, RefundStatus::pending);
  EXPECT_EQ(house.status(house.id), ReservationStatus::cancelled);
  EXPECT_EQ(house.balance(AccountKind::refunds_payable), 50'000);
  EXPECT_EQ(code_of(house.cashier().refund({house.paid.id, {}, {}, RefundReason::admin, {}})),
            Errc::refund_in_progress);
  house.provider.fate = {};
  house.clock.advance(house.policy.first_retry_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.refunds(house.paid.id).front().status, RefundStatus::completed);
}

TEST(Refunding, ALostAnswerIsFoundOutAndNothingIsGivenBackTwice) {
  PaidHouse house;
  house.next(ProviderFate::lost_answer, "cancel");
  const Refund refund = *house.cashier().cancel_reservation(house.id).value().refund;
  EXPECT_EQ(refund.status, RefundStatus::completed);
  EXPECT_EQ(house.provider.money(), 0);
}

TEST(Refunding, ARequestThatComesLateIsNotMadeTwice) {
  PaidHouse house;
  const RefundPayment part{house.paid.id, {}, 20'000, RefundReason::admin, {}};
  house.next(ProviderFate::late, "cancel");
  EXPECT_EQ(house.cashier().refund(part).value().status, RefundStatus::pending);
  house.provider.deliver_late();
  house.clock.advance(house.policy.first_retry_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.provider.money(), 30'000);
}

TEST(Refunding, ARequestThatMayBeOnItsWayIsRepeatedWithItsKey) {
  PaidHouse house;
  const RefundPayment part{house.paid.id, {}, 20'000, RefundReason::admin, {}};
  house.next(ProviderFate::late, "cancel");
  EXPECT_EQ(house.cashier().refund(part).value().attempts, 0);
  house.clock.advance(day_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  house.provider.deliver_late();
  EXPECT_EQ(house.provider.money(), 30'000);
}

TEST(Refunding, AProviderThatRepeatsItsAnswerIsAskedWithANewKey) {
  for (const ProviderFate fate : {ProviderFate::refuse, ProviderFate::broken, ProviderFate::not_accepted}) {
    PaidHouse house;
    house.next(fate, "cancel");
    const Refund refused = *house.cashier().cancel_reservation(house.id).value().refund;
    EXPECT_EQ(refused.status, RefundStatus::pending);
    EXPECT_FALSE(refused.failure_code.empty());
    EXPECT_EQ(refused.attempts, 1);
    house.clock.advance(house.policy.first_retry_ms);
    EXPECT_EQ(house.cashier().recover().value(), 1U) << "the old key has its old answer for ever";
  }
}

TEST(Refunding, WhatWasDoneAfterAllIsNotDoneAgainWithTheNewKey) {
  PaidHouse house;
  house.next(ProviderFate::broken, "cancel");
  EXPECT_EQ(house.cashier().refund({house.paid.id, {}, 20'000, RefundReason::admin, {}}).value().attempts, 1);
  const CancelCharge late{house.paid.payment_key, 20'000, krw, "what the provider called broken", "late"};
  EXPECT_TRUE(house.provider.cancel({&late, 1}).front().has_value());
  house.clock.advance(house.policy.first_retry_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.provider.money(), 30'000);
}

TEST(Refunding, AnothersPaymentIsNotGivenBackForAMistakenReference) {
  PaidHouse house;
  const ReservationId mistaken = house.hold();
  house.office.confirm({mistaken, house.paid.id.text()}).value();
  EXPECT_EQ(code_of(house.cashier().quote(mistaken)), Errc::payment_not_found);
  EXPECT_FALSE(house.cashier().cancel_reservation(mistaken).value().refund.has_value());
  EXPECT_EQ(house.status(mistaken), ReservationStatus::cancelled);
  EXPECT_EQ(house.status(house.id), ReservationStatus::confirmed);
  EXPECT_EQ(house.provider.money(), 50'000);
}

TEST(Refunding, NothingIsQuotedForAnOrderThatWasNeverPaid) {
  PaidHouse house;
  const ReservationId id = house.hold();
  EXPECT_EQ(code_of(house.cashier().quote(id)), Errc::payment_not_found);
  const ConfirmOrder order = house.order(id);
  EXPECT_EQ(code_of(house.cashier().quote(id)), Errc::payment_not_found);
  house.cashier().give_up(order.order_id, "PAY_PROCESS_CANCELED").value();
  EXPECT_EQ(code_of(house.cashier().quote(id)), Errc::payment_not_found);
}

TEST(Refunding, TheCardPartGoesBackFirstThenPoints) {
  House house;
  house.charge_points(house.customer, 20'000);
  const ReservationId id = house.hold();
  const Payment paid = house.cashier().pay(house.mixed(id, 20'000)).value().payment;
  EXPECT_EQ(paid.card_minor(), 30'000);
  EXPECT_EQ(house.cashier().refund({paid.id, {}, 35'000, RefundReason::admin, {}})->points_minor, 5'000);
  EXPECT_EQ(house.points(house.customer), 5'000);
  EXPECT_EQ(house.cashier().cancel_reservation(id)->refund->points_minor, 15'000);
  EXPECT_EQ(house.points(house.customer), 20'000);
}

TEST(Refunding, PointsThatPaidComeBackAtOnce) {
  House house;
  house.charge_points(house.customer, 50'000);
  const ReservationId id = house.hold();
  house.cashier().pay(house.by_points(id)).value();
  EXPECT_EQ(house.points(house.customer), 0);
  house.clock.set(house.event.event_date.plus_ms(-5 * day_ms));
  const Refund refund = *house.cashier().cancel_reservation(id).value().refund;
  EXPECT_EQ(refund.status, RefundStatus::completed);
  EXPECT_EQ(refund.points_minor, 40'000);
  EXPECT_EQ(house.points(house.customer), 40'000);
  EXPECT_EQ(house.provider.calls("cancel"), 0);
}

TEST(Refunding, ChargedPointsGoBackAsFarAsTheyAreUnspent) {
  House house;
  const Payment charge = house.charge_points(house.customer, 60'000);
  house.cashier().pay(house.by_points(house.hold())).value();
  const Error spent = error_of(house.cashier().refund({charge.id, {}, 20'000, RefundReason::admin, {}}));
  EXPECT_EQ(spent.code, Errc::points_short);
  EXPECT_EQ(spent.detail("balance"), "10000");
  EXPECT_EQ(house.cashier().refund({charge.id, house.customer, {}, RefundReason::customer, {}})->amount.minor, 10'000);
  EXPECT_EQ(house.stored(charge.id).status, PaymentStatus::partially_refunded);
  EXPECT_EQ(code_of(house.cashier().refund({charge.id, {}, {}, RefundReason::admin, {}})), Errc::points_short);
}

TEST(Refunding, ACrashBetweenBookingAndGivingBackIsMadeGood) {
  PaidHouse house;
  bool booked = false;
  house.store.before_commit = [&booked]() -> std::optional<Error> {
    if (booked) return Error{Errc::unavailable, "the process is dead"};
    booked = true;
    return std::nullopt;
  };
  house.always(ProviderFate::unavailable, "cancel");
  (void)house.cashier().cancel_reservation(house.id);
  house.store.before_commit = {};
  house.provider.fate = {};
  house.restart();
  // Asking again goes on with it, without waiting for the recovery.
  EXPECT_EQ(house.cashier().refund({house.paid.id, {}, {}, RefundReason::admin, {}}).error().code,
            Errc::refund_in_progress);
  house.clock.advance(house.policy.recovery_after_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.status(house.id), ReservationStatus::cancelled);
}

TEST(Refunding, NamingAllThatIsLeftGivesThePlaceBackToo) {
  PaidHouse house;
  const RefundPayment all{house.paid.id, house.customer, 50'000, RefundReason::customer, {}};
  EXPECT_TRUE(house.cashier().refund(all).value().cancels_reservation);
  EXPECT_EQ(house.status(house.id), ReservationStatus::cancelled);
}

TEST(Refunding, ARepeatedKeyAnswersTheFirstRefund) {  // BO6
  PaidHouse house;
  RefundPayment half{house.paid.id, {}, 25'000, RefundReason::admin, "the view is blocked", house.other, "once"};
  const Refund first = house.cashier().refund(half).value();
  // As after a crash before the answer was kept, and with as much left as is asked for.
  house.restart();
  EXPECT_EQ(house.cashier().refund(half).value(), first);
  EXPECT_EQ(house.refunds(house.paid.id).size(), 1U);
  EXPECT_EQ(house.provider.money(), 25'000);
  EXPECT_EQ(house.status(house.id), ReservationStatus::confirmed);

  half.amount_minor = 5'000;
  EXPECT_EQ(code_of(house.cashier().refund(half)), Errc::idempotency_misuse);
  half.asked_by = house.customer;
  EXPECT_NE(house.cashier().refund(half).value().id, first.id) << "keys count per user";
  RefundPayment rest{house.paid.id, {}, {}, RefundReason::admin, {}, house.other, "rest"};
  const Refund last = house.cashier().refund(rest).value();
  EXPECT_EQ(house.cashier().refund(rest).value(), last) << "though nothing is left";
  rest.idempotency_key = "another";
  EXPECT_EQ(code_of(house.cashier().refund(rest)), Errc::refund_exceeds);
  house.clock.advance(house.policy.key_kept_ms + 1);
  EXPECT_EQ(house.cashier().prune().value(), 3U);
}

TEST(Refunding, AKeyGoesOnWithTheRefundThatACrashInterrupted) {  // BO6
  PaidHouse house;
  const RefundPayment part{house.paid.id, {}, 20'000, RefundReason::admin, {}, house.other, "once"};
  house.always(ProviderFate::unavailable, "cancel");
  const Refund pending = house.cashier().refund(part).value();
  EXPECT_EQ(pending.status, RefundStatus::pending);
  house.provider.fate = {};
  house.restart();
  const Refund done = house.cashier().refund(part).value();
  EXPECT_EQ(done.id, pending.id);
  EXPECT_EQ(done.status, RefundStatus::completed);
  EXPECT_EQ(house.provider.money(), 30'000);
}

TEST(Refunding, OfTwoAtOnceWithOneKeyOneIsBooked) {  // BO6
  PaidHouse house;
  const RefundPayment part{house.paid.id, {}, 20'000, RefundReason::admin, {}, house.other, "once"};
  std::optional<Refund> quicker;
  bool is_first = true;
  house.store.before_commit = [&]() -> std::optional<Error> {
    if (std::exchange(is_first, false)) quicker = house.cashier().refund(part).value();
    return std::nullopt;
  };
  EXPECT_EQ(house.cashier().refund(part).value(), *quicker);
  EXPECT_EQ(house.provider.money(), 30'000);
}

TEST(Refunding, WhoWasConfirmedWithoutThisCashierJustLosesThePlace) {
  House house;
  const ReservationId id = house.hold();
  house.office.confirm({id, "paid at the door", {}}).value();
  EXPECT_EQ(code_of(house.cashier().pay(house.by_card(id))), Errc::payment_completed);
  EXPECT_FALSE(house.cashier().cancel_reservation(id, RefundReason::admin).value().refund);
  EXPECT_EQ(house.status(id), ReservationStatus::cancelled);
}

TEST(Refunding, ABatchIsCancelledInAsManyCallsAsOne) {
  House house;
  house.provider.batch = 1'000;
  std::vector<ReservationId> ids;
  for (int i = 0; i < 60; ++i) {
    ids.push_back(house.hold());
    house.cashier().pay(house.by_card(ids.back())).value();
  }
  house.store.commits = house.store.asks = 0;
  for (const auto& each : house.cashier().cancel_reservation(ids, RefundReason::admin, {}, "moved"))
    EXPECT_EQ(each.value().refund->status, RefundStatus::completed);
  EXPECT_EQ(house.store.commits, 2);
  EXPECT_EQ(house.sold(), 0);
}

}  // namespace
}  // namespace tiketi::test
