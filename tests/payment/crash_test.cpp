// PA3: a crash at each step, answers that are lost or come late, and stores that fail in the middle.

#include "house.hpp"

namespace tiketi::test {
namespace {

Error connection_broke() { return {Errc::outcome_unknown, "the connection broke", {{"cause", "test"}}}; }

/// The provider has taken the money, and nobody has booked that yet.
PaymentId charge(House& house, ReservationId id) {
  const auto begun = house.cashier().begin(std::vector{house.by_card(id)});
  house.cashier().ask({*begun.front()});
  return begun.front()->payment.id;
}

TEST(Crash, BeforeTheProviderIsAskedTakesNothing) {
  House house;
  const ReservationId id = house.hold();
  house.charge_points(house.customer, 20'000);
  house.cashier().begin(std::vector{house.mixed(id, 20'000)}).front().value();
  EXPECT_EQ(house.points(house.customer), 0);
  house.restart();
  house.clock.advance(house.policy.recovery_after_ms - 1);
  EXPECT_EQ(house.cashier().recover().value(), 0U);
  house.clock.advance(1);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.payment_for(id).status, PaymentStatus::failed);
  EXPECT_EQ(house.points(house.customer), 20'000);
}

TEST(Crash, AfterTheProviderTookTheMoneyTheRecoverySells) {  // "the provider approved but we died before recording it"
  House house;
  const ReservationId id = house.hold();
  charge(house, id);
  house.restart();
  house.clock.advance(house.policy.recovery_after_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.payment_for(id).status, PaymentStatus::completed);
  EXPECT_EQ(house.status(id), ReservationStatus::confirmed);
}

TEST(Crash, AProcessWithAnotherProviderLeavesAPaymentToThoseWhoCanAsk) {
  House house;
  const ReservationId id = house.hold();
  charge(house, id);
  FakeProvider other(house.clock);
  other.named = "other";
  Cashier elsewhere(house.store, house.reservations, other, house.clock, house.ids, house.policy);
  house.clock.advance(house.policy.recovery_after_ms);
  EXPECT_EQ(elsewhere.recover().value(), 0U) << "it knows nothing of the order, which says nothing";
  EXPECT_EQ(house.payment_for(id).status, PaymentStatus::processing);
  house.clock.advance(house.policy.recovery_after_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.payment_for(id).status, PaymentStatus::completed);
  EXPECT_EQ(house.status(id), ReservationStatus::confirmed);
}

TEST(Crash, AfterTheProviderTookTheMoneyTooLateTheRecoverySendsItBack) {
  House house;
  const ReservationId id = house.hold();
  charge(house, id);
  house.restart();
  house.clock.advance(hour_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.payment_for(id).status, PaymentStatus::refunded);
  EXPECT_EQ(house.provider.money(), 0);
}

TEST(Crash, AfterTheReservationWasConfirmedTheRecoveryBooksTheSale) {
  House house;
  const ReservationId id = house.hold();
  const PaymentId payment = charge(house, id);
  house.reservations.confirm(std::vector<ConfirmSale>{{id, payment}}).front().value();
  EXPECT_EQ(code_of(house.cashier().cancel_reservation(id)), Errc::payment_in_progress);
  house.restart();
  house.clock.advance(hour_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.stored(payment).status, PaymentStatus::completed);
}

TEST(Crash, APaymentByPointsIsFinishedByTheRecovery) {
  House house;
  house.charge_points(house.customer, 50'000);
  const ReservationId in_time = house.hold();
  house.cashier().begin(std::vector{house.by_points(in_time)}).front().value();
  house.restart();
  house.clock.advance(house.policy.recovery_after_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.payment_for(in_time).status, PaymentStatus::completed);

  house.charge_points(house.customer, 50'000);
  const ReservationId too_late = house.hold();
  house.cashier().begin(std::vector{house.by_points(too_late)}).front().value();
  house.clock.advance(hour_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.payment_for(too_late).status, PaymentStatus::failed);
  EXPECT_EQ(house.payment_for(too_late).failure_code, "hold_expired");
  EXPECT_EQ(house.points(house.customer), 50'000);
}

TEST(Unknown, ATimeOutThatTurnsOutToBeDoneIsASale) {  // "asked again by order id until known"
  House house;
  const ReservationId id = house.hold();
  house.next(ProviderFate::lost_answer);
  const Error unknown = error_of(house.cashier().pay(house.by_card(id)));
  EXPECT_EQ(unknown.code, Errc::payment_in_progress);
  EXPECT_EQ(house.payment_for(id).status, PaymentStatus::processing);
  EXPECT_EQ(code_of(house.cashier().pay(house.by_card(id))), Errc::payment_in_progress);
  house.clock.advance(house.policy.first_retry_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.payment_for(id).status, PaymentStatus::completed);
}

TEST(Unknown, ATimeOutThatTurnsOutToBeNothingFailsOnceItIsSure) {
  House house;
  const ReservationId id = house.hold();
  house.next(ProviderFate::lost_request);
  EXPECT_EQ(code_of(house.cashier().pay(house.by_card(id))), Errc::payment_in_progress);
  for (int i = 0; i < 4; ++i) {  // 2, 4, 8, 16 seconds: it may still be on its way
    house.clock.set(house.payment_for(id).next_attempt_at);
    EXPECT_EQ(house.cashier().recover().value(), 0U);
    EXPECT_EQ(house.payment_for(id).attempts, i + 2);
  }
  house.clock.set(house.payment_for(id).next_attempt_at);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.payment_for(id).status, PaymentStatus::failed);
  EXPECT_EQ(house.status(id), ReservationStatus::cancelled) << "or a late success could still be confirmed";
}

// A request that never arrived is sent again; one that was answered with trouble of the provider's own, with another
// key, for the provider would repeat its answer to the first.
TEST(Unknown, AnOrderThatWasNotChargedIsAskedForAgain) {
  for (const ProviderFate fate : {ProviderFate::lost_request, ProviderFate::broken}) {
    House house;
    const ReservationId id = house.hold();
    const ConfirmOrder order = house.order(id);
    house.next(fate);
    EXPECT_EQ(code_of(house.cashier().confirm(order)), Errc::payment_in_progress);
    house.clock.advance(house.policy.first_retry_ms);
    EXPECT_EQ(house.cashier().recover().value(), 1U);
    EXPECT_EQ(house.payment_for(id).status, PaymentStatus::completed);
  }
}

TEST(Unknown, AnOrderWhoseHoldIsOverIsNotAskedForAgain) {
  House house;
  const ReservationId id = house.hold();
  const ConfirmOrder order = house.order(id);
  house.next(ProviderFate::lost_request);
  EXPECT_EQ(code_of(house.cashier().confirm(order)), Errc::payment_in_progress);
  house.clock.advance(hour_ms);
  EXPECT_EQ(house.cashier().recover().value(), 0U);
  house.provider.expire_all();
  house.clock.advance(hour_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.payment_for(id).status, PaymentStatus::failed);
  EXPECT_EQ(house.provider.calls("charge"), 1);
}

// PA7: "holds are not lost".
TEST(Unknown, TheHoldOutlastsTheFirstLookOfTheRecovery) {
  House house;
  const ReservationId id = house.hold();
  house.clock.advance(5 * minute_ms - 1);  // the last moment
  auto begun = house.cashier().begin(std::vector{house.by_card(id)});
  house.cashier().ask({*begun.front()});
  house.restart();
  house.clock.advance(house.policy.recovery_after_ms + 10 * second_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.payment_for(id).status, PaymentStatus::completed);
}

TEST(Unknown, TheHoldIsKeptForAsLongAsTheProviderCannotTell) {
  House house;
  const ReservationId id = house.hold();
  house.next(ProviderFate::lost_answer);
  EXPECT_EQ(code_of(house.cashier().pay(house.by_card(id))), Errc::payment_in_progress);
  house.always(ProviderFate::unavailable, "find");
  const Timestamp begun = house.clock.now();
  while (house.clock.now() < begun.plus_ms(4 * minute_ms)) {
    house.clock.set(house.payment_for(id).next_attempt_at.plus_ms(second_ms));
    EXPECT_EQ(house.cashier().recover().value(), 0U);
  }
  house.provider.fate = {};
  house.clock.set(house.payment_for(id).next_attempt_at.plus_ms(second_ms));
  ASSERT_GT(house.clock.now(), begun.plus_ms(5 * minute_ms)) << "so long it was held for";
  ASSERT_LT(house.clock.now(), begun.plus_ms(15 * minute_ms)) << "longer no hold can be kept";
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.payment_for(id).status, PaymentStatus::completed);
}

// PA3: "webhook before redirect".
TEST(Unknown, AWebhookOfARefusalLeavesTheHoldToWhoIsBeingRefused) {
  House house;
  const ReservationId id = house.hold();
  auto begun = house.cashier().begin(std::vector{house.by_card(id)});
  const std::string order = begun.front()->payment.order_id;
  house.next(ProviderFate::refuse);
  const auto asked = house.cashier().ask({*begun.front()});
  EXPECT_EQ(house.cashier().look_again(order).value().status, PaymentStatus::processing);
  EXPECT_EQ(house.status(id), ReservationStatus::pending);
  EXPECT_EQ(code_of(house.cashier().finish(asked).front()), Errc::payment_refused);
  EXPECT_TRUE(house.cashier().pay(house.by_card(id)).has_value()) << "the hold goes on";
}

TEST(Unknown, AWebhookOfARefusalThatNobodyHeardEndsIt) {
  House house;
  const ReservationId id = house.hold();
  auto begun = house.cashier().begin(std::vector{house.by_card(id)});
  house.next(ProviderFate::refuse);
  house.cashier().ask({*begun.front()});
  house.restart();
  house.clock.advance(house.policy.recovery_after_ms);
  EXPECT_EQ(house.cashier().look_again(begun.front()->payment.order_id).value().status, PaymentStatus::failed);
  EXPECT_EQ(house.status(id), ReservationStatus::cancelled);
}

TEST(Unknown, ARefusalThatIsBookedWhileTheRecoveryLooksKeepsTheHold) {
  House house;
  const ReservationId id = house.hold();
  auto begun = house.cashier().begin(std::vector{house.by_card(id)});
  house.next(ProviderFate::refuse);
  const auto asked = house.cashier().ask({*begun.front()});
  house.clock.advance(house.policy.recovery_after_ms);
  house.provider.fate = [&](std::string_view call) {
    EXPECT_EQ(call, "find");
    house.provider.fate = {};
    EXPECT_EQ(code_of(house.cashier().finish(asked).front()), Errc::payment_refused);
    return ProviderFate::pass;
  };
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.status(id), ReservationStatus::pending);
  EXPECT_TRUE(house.cashier().pay(house.by_card(id)).has_value()) << "the hold goes on";
}

TEST(Unknown, AnAnswerThatComesAfterTheRecoveryGaveUpGoesBack) {
  House house;
  const ReservationId id = house.hold();
  auto begun = house.cashier().begin(std::vector{house.by_card(id)});
  house.clock.advance(house.policy.recovery_after_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);  // nobody knows of it: failed
  EXPECT_EQ(code_of(house.cashier().finish(house.cashier().ask({*begun.front()})).front()), Errc::payment_over);
  EXPECT_EQ(house.provider.calls("charge"), 0) << "it is too late to ask";
  house.clock.advance(-house.policy.recovery_after_ms);  // but for a process whose clock is behind
  const auto finished = house.cashier().finish(house.cashier().ask({*begun.front()}));
  const Error late = error_of(finished.front());
  EXPECT_EQ(late.code, Errc::money_returned);
  EXPECT_EQ(house.payment_for(id).status, PaymentStatus::refunded);
  EXPECT_EQ(house.provider.money(), 0);
}

TEST(Unknown, MoneyTakenForWhatWasGivenUpGoesBackWhenTheProviderTells) {
  House house;
  house.charge_points(house.customer, 10'000);
  const ReservationId id = house.hold();
  house.next(ProviderFate::late);
  EXPECT_EQ(code_of(house.cashier().pay(house.mixed(id, 10'000))), Errc::payment_in_progress);
  house.clock.advance(hour_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.points(house.customer), 10'000);
  house.provider.take_webhooks();
  house.provider.deliver_late();
  const auto charged = house.provider.take_webhooks();
  ASSERT_EQ(charged.size(), 1U);
  EXPECT_EQ(house.provider.money(), 10'000 + 40'000);
  const Payment late = house.cashier().look_again(charged.front()).value();
  EXPECT_EQ(late.status, PaymentStatus::refunded);
  EXPECT_EQ(late.points_refunded_minor, 0) << "they were back before";
  ASSERT_EQ(house.refunds(late.id).size(), 1U);
  EXPECT_EQ(house.refunds(late.id).front().amount.minor, 40'000);
  EXPECT_EQ(house.refunds(late.id).front().points_minor, 0);
  EXPECT_EQ(house.provider.money(), 10'000);
  EXPECT_EQ(house.points(house.customer), 10'000);
}

TEST(Unknown, MoneyTakenForWhatWasGivenUpIsFoundThoughNobodyTells) {  // a webhook that was lost
  House house;
  const ReservationId id = house.hold();
  house.next(ProviderFate::late);
  EXPECT_EQ(code_of(house.cashier().pay(house.by_card(id))), Errc::payment_in_progress);
  house.clock.advance(house.policy.recovery_after_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.payment_for(id).status, PaymentStatus::failed);
  house.provider.deliver_late();
  EXPECT_EQ(house.provider.money(), 50'000);
  house.clock.advance(house.policy.last_retry_ms - 1);
  EXPECT_EQ(house.cashier().recover().value(), 0U);
  house.clock.advance(1);
  house.always(ProviderFate::unavailable, "find");
  EXPECT_EQ(house.cashier().recover().value(), 0U) << "the provider can't tell: later";
  house.provider.fate = {};
  house.clock.advance(house.policy.last_retry_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.payment_for(id).status, PaymentStatus::refunded);
  EXPECT_EQ(house.provider.money(), 0);
}

TEST(Unknown, WhatFailedIsLookedAtOnceMoreOnly) {
  House house;
  const ReservationId id = house.hold();
  house.next(ProviderFate::lost_request);
  EXPECT_EQ(code_of(house.cashier().pay(house.by_card(id))), Errc::payment_in_progress);
  house.clock.advance(house.policy.recovery_after_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  house.clock.advance(house.policy.last_retry_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.payment_for(id).status, PaymentStatus::failed);
  EXPECT_EQ(house.payment_for(id).next_attempt_at, Timestamp{});
  const int questions = house.provider.calls("find");
  house.clock.advance(day_ms);
  EXPECT_EQ(house.cashier().recover().value(), 0U);
  EXPECT_EQ(house.provider.calls("find"), questions);
}

TEST(Unknown, AWebhookThatCannotBeBookedIsToldAgain) {
  House house;
  const ReservationId id = house.hold();
  house.next(ProviderFate::late);
  EXPECT_EQ(code_of(house.cashier().pay(house.by_card(id))), Errc::payment_in_progress);
  const std::string order = house.payment_for(id).order_id;
  house.clock.advance(hour_ms);
  house.cashier().recover().value();
  house.provider.deliver_late();
  house.store.before_commit = [] { return std::optional(Error{Errc::unavailable, "down"}); };
  EXPECT_EQ(code_of(house.cashier().look_again(order)), Errc::unavailable);
  house.store.before_commit = {};
  EXPECT_EQ(house.cashier().look_again(order).value().status, PaymentStatus::refunded);
}

TEST(Unknown, TheWebhookIsFasterThanTheAnswer) {
  House house;
  const ReservationId id = house.hold();
  auto begun = house.cashier().begin(std::vector{house.by_card(id)});
  const auto asked = house.cashier().ask({*begun.front()});
  EXPECT_EQ(house.cashier().look_again(begun.front()->payment.order_id).value().status, PaymentStatus::completed);
  const PaidPayment paid = std::move(house.cashier().finish(asked).front().value());
  EXPECT_EQ(paid.payment.status, PaymentStatus::completed);
  EXPECT_EQ(house.balance(AccountKind::revenue), 50'000);
}

TEST(Unknown, APartOfTheMoneyIsNeverTakenForAll) {
  House house;
  const ReservationId id = house.hold();
  house.provider.open({"tk_other", "x", {1'000, krw}}).value();
  auto begun = house.cashier().begin(std::vector{house.by_card(id)});
  AskedPayment asked{*begun.front(), {}};
  ProviderPayment part;
  part.payment_key = "key";
  part.status = ProviderStatus::done;
  part.total = {1'000, krw};
  part.balance_minor = 1'000;
  asked.answer = part;
  EXPECT_EQ(code_of(house.cashier().finish({&asked, 1}).front()), Errc::payment_in_progress);
  EXPECT_EQ(house.payment_for(id).failure_code, "amount_mismatch");
  EXPECT_EQ(house.status(id), ReservationStatus::pending);
}

TEST(BrokenStore, WhatTheCommitDidIsFoundOut) {
  for (const bool applied : {true, false}) {
    House house;
    const ReservationId id = house.hold();
    const ConfirmOrder order = house.order(id);
    int failures = 0;
    auto& hook = applied ? house.store.after_commit : house.store.before_commit;
    // Every other commit breaks.
    hook = [&failures]() -> std::optional<Error> {
      if (++failures % 2 == 0) return std::nullopt;
      return connection_broke();
    };
    const auto confirmed = house.cashier().confirm(order);
    if (applied) {
      // It can't be told whether it was this call that claimed the order, so another one asks the provider.
      EXPECT_EQ(code_of(confirmed), Errc::payment_in_progress);
      hook = {};
      house.clock.advance(house.policy.recovery_after_ms);
      EXPECT_EQ(house.cashier().recover().value(), 1U);
    }
    EXPECT_EQ(house.payment_for(id).status, PaymentStatus::completed);
    EXPECT_GE(failures, 2);
    const Refund refund = *house.cashier().cancel_reservation(id).value().refund;
    EXPECT_EQ(refund.status, RefundStatus::completed);
    hook = {};
    EXPECT_EQ(house.provider.calls("charge"), 1);
    EXPECT_EQ(house.provider.calls("cancel"), 1);
    EXPECT_EQ(house.provider.money(), 0);
  }
}

TEST(BrokenStore, WhatCannotBeStoredIsGoneOnWithByTheRecovery) {
  House house;
  const ReservationId id = house.hold();
  auto begun = house.cashier().begin(std::vector{house.by_card(id)});
  const auto asked = house.cashier().ask({*begun.front()});
  house.store.before_commit = [] { return std::optional(Error{Errc::unavailable, "down"}); };
  const Error error = error_of(house.cashier().finish(asked).front());
  EXPECT_EQ(error.code, Errc::payment_in_progress);
  EXPECT_EQ(error.detail("cause"), "unavailable");
  house.store.before_commit = {};
  house.clock.advance(house.policy.recovery_after_ms);
  EXPECT_EQ(house.cashier().recover().value(), 1U);
  EXPECT_EQ(house.payment_for(id).status, PaymentStatus::completed);
}

TEST(BrokenStore, NothingBeginsThatIsNotStored) {
  House house;
  const ReservationId id = house.hold();
  house.store.before_commit = [] { return std::optional(connection_broke()); };
  EXPECT_EQ(code_of(house.cashier().pay(house.by_card(id))), Errc::outcome_unknown);
  house.store.before_commit = [] { return std::optional(Error{Errc::storage_full, "full"}); };
  EXPECT_EQ(code_of(house.cashier().pay(house.by_card(id))), Errc::storage_full);
  EXPECT_EQ(house.provider.calls("charge"), 0);
  house.store.before_commit = {};
}

/// At every commit of every flow, the process dies before or after it; somebody else goes on.
TEST(Crash, AtEveryCommitOfEveryFlow) {
  for (int crash_at = 1; crash_at <= 8; ++crash_at)
    for (const bool after : {false, true}) {
      SCOPED_TRACE("commit " + std::to_string(crash_at) + (after ? ", after it" : ", before it"));
      House house;
      house.charge_points(house.customer, 30'000);
      const ReservationId id = house.hold();
      const ReservationId second = house.hold();
      const ConfirmOrder order = house.order(second);
      int commits = 0;
      bool dead = false;
      const auto dies = [&]() -> std::optional<Error> {
        if (dead || ++commits == crash_at) dead = true;
        if (dead) return Error{Errc::unavailable, "the process is dead"};
        return std::nullopt;
      };
      (after ? house.store.after_commit : house.store.before_commit) = dies;
      house.provider.fate = [&dead](std::string_view) { return dead ? ProviderFate::unavailable : ProviderFate::pass; };
      (void)house.cashier().pay(house.mixed(id, 30'000));
      (void)house.cashier().confirm(order);
      (void)house.cashier().cancel_reservation(id);
      (void)house.cashier().cancel_reservation(second);
      house.store.before_commit = house.store.after_commit = {};
      house.restart();
      house.recover_all();
      for (const auto& payment : house.cashier().payments_for(std::vector{id, second}).value()) {
        // Whoever died first of all has stored nothing.
        if (payment) {
          EXPECT_NE(payment->status, PaymentStatus::processing);
        }
      }
    }
}

}  // namespace
}  // namespace tiketi::test
