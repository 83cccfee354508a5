// PA3, PA9: charging and giving back, and every way in which that fails.

#include "sandbox/till.hpp"

#include "adapters/toss/error_classes.hpp"

#include <tiketi/payment/breaker.hpp>

#include <algorithm>
#include <atomic>
#include <thread>

namespace tiketi::test {

namespace {

class Charging : public SandboxTest {};

TEST_F(Charging, takes_the_money_at_once) {
  const std::string order = new_order();
  const auto done = charge(charge_of(order)).value();
  EXPECT_EQ(done.status, ProviderStatus::done);
  EXPECT_EQ(done.order_id, order);
  EXPECT_TRUE(done.was_paid());
  EXPECT_EQ(find(order).payment_key, done.payment_key);
  EXPECT_EQ(sandbox().books().value(), (std::vector{SandboxBooks{krw, 1, 150'000, 0}}));
}

TEST_F(Charging, ordinary_prices_never_fail) {
  for (const std::int64_t minor : {100, 7'700, 77'000, 99'000, 150'000, 990'000, 1'000'000, 149'857, 2'000'000})
    EXPECT_TRUE(charge(charge_of(new_order(), minor)).has_value()) << minor;
}

TEST_F(Charging, an_order_is_paid_once) {
  const std::string order = new_order();
  ASSERT_TRUE(charge(charge_of(order)).has_value());
  Charge again = charge_of(order);
  again.idempotency_key = "another";
  expect_error(charge(again), Errc::outcome_unknown, "ALREADY_PROCESSED_PAYMENT");
  again.idempotency_key.clear();
  expect_error(charge(again), Errc::outcome_unknown, "ALREADY_PROCESSED_PAYMENT");
  EXPECT_EQ(sandbox().books().value().front().payments, 1);
}

TEST_F(Charging, malformed_requests_are_ours_to_mend) {
  Charge bad = charge_of(new_order(), 0);
  expect_error(charge(bad), Errc::provider_unavailable, "INVALID_REQUEST");
  expect_error(charge(charge_of("bad order")), Errc::provider_unavailable, "INVALID_REQUEST");
  expect_error(charge(charge_of(new_order(), 99)), Errc::payment_refused, "BELOW_MINIMUM_AMOUNT");
  bad = charge_of(new_order());
  bad.idempotency_key = std::string(301, 'k');
  expect_error(charge(bad), Errc::provider_unavailable, "INVALID_IDEMPOTENCY_KEY");
}

// Each class of error of the contract, as the port tells it.
TEST_F(Charging, answers_the_error_that_was_asked_for) {
  struct Case {
    std::string code;
    Errc error;
    ProviderStatus left;
  };
  for (const Case& each : std::vector<Case>{
           {"REJECT_CARD_PAYMENT", Errc::payment_refused, ProviderStatus::aborted},
           {"EXCEED_MAX_DAILY_PAYMENT_COUNT", Errc::payment_refused, ProviderStatus::aborted},
           {"INVALID_PASSWORD", Errc::payment_refused, ProviderStatus::aborted},
           {"NOT_FOUND_PAYMENT_SESSION", Errc::payment_over, ProviderStatus::expired},
           {"PROVIDER_ERROR", Errc::outcome_unknown, ProviderStatus::in_progress},
           {"FAILED_INTERNAL_SYSTEM_PROCESSING", Errc::outcome_unknown, ProviderStatus::in_progress},
           {"ALREADY_PROCESSED_PAYMENT", Errc::outcome_unknown, ProviderStatus::in_progress},
       }) {
    const std::string order = new_order();
    expect_error(charge(charge_of(order, 150'000, each.code)), each.error, each.code);
    EXPECT_EQ(status(order), each.left) << each.code;
    EXPECT_FALSE(find(order).was_paid()) << each.code;
  }
  expect_error(charge(charge_of(new_order(), 150'000, "UNAUTHORIZED_KEY")), Errc::provider_unavailable,
               "UNAUTHORIZED_KEY");
  expect_error(charge(charge_of(new_order(), 150'000, "no code")), Errc::provider_unavailable, "INVALID_REQUEST");
  EXPECT_TRUE(sandbox().books().value().empty());
}

TEST_F(Charging, what_was_refused_is_over_for_that_order) {
  const std::string order = new_order();
  expect_error(charge(charge_of(order, 150'000, "REJECT_CARD_PAYMENT")), Errc::payment_refused, "REJECT_CARD_PAYMENT");
  EXPECT_EQ(find(order).failure_code, "REJECT_CARD_PAYMENT");
  Charge again = charge_of(order);
  again.idempotency_key = "another";
  expect_error(charge(again), Errc::payment_over, "NOT_FOUND_PAYMENT_SESSION");
}

TEST_F(Charging, fails_by_amounts_that_no_price_has) {
  expect_error(charge(charge_of(new_order(), 990'001)), Errc::payment_refused, "REJECT_CARD_PAYMENT");
  expect_error(charge(charge_of(new_order(), 990'002)), Errc::payment_refused, "EXCEED_MAX_AMOUNT");
  expect_error(charge(charge_of(new_order(), 990'003)), Errc::payment_refused, "INVALID_CARD_LOST_OR_STOLEN");
  expect_error(charge(charge_of(new_order(), 990'004)), Errc::payment_refused, "REJECT_CARD_COMPANY");
  expect_error(charge(charge_of(new_order(), 990'005)), Errc::payment_over, "NOT_FOUND_PAYMENT_SESSION");
  expect_error(charge(charge_of(new_order(), 990'006)), Errc::outcome_unknown, "PROVIDER_ERROR");
  EXPECT_EQ(charge(charge_of(new_order(), 990'011)).error().code, Errc::outcome_unknown);
  EXPECT_EQ(charge(charge_of(new_order(), 990'012)).error().code, Errc::outcome_unknown);
  EXPECT_EQ(charge(charge_of(new_order(), 990'013)).error().code, Errc::outcome_unknown);
  EXPECT_EQ(charge(charge_of(new_order(), 990'014)).error().code, Errc::provider_unavailable);
  EXPECT_EQ(sandbox().books().value(), (std::vector{SandboxBooks{krw, 1, 990'011, 0}}));
}

TEST_F(Charging, a_time_out_may_hide_that_it_was_done) {
  const std::string order = new_order();
  const auto answer = charge(charge_of(order, 150'000, "TIKETI_TIMEOUT_DONE"));
  EXPECT_EQ(answer.error().code, Errc::outcome_unknown);
  EXPECT_EQ(status(order), ProviderStatus::done);
  EXPECT_EQ(charge(charge_of(order)).value().payment_key, find(order).payment_key) << "with the same key";
  EXPECT_EQ(sandbox().books().value().front().payments, 1);
}

TEST_F(Charging, or_that_it_never_arrived) {
  for (const char* code : {"TIKETI_TIMEOUT_LOST", "TIKETI_DOWN"}) {
    const std::string order = new_order();
    const auto answer = charge(charge_of(order, 150'000, code));
    EXPECT_EQ(answer.error().code,
              std::string_view(code) == "TIKETI_DOWN" ? Errc::provider_unavailable : Errc::outcome_unknown);
    EXPECT_FALSE(sandbox().find(order).value()) << code;
    EXPECT_TRUE(charge(charge_of(order)).has_value()) << "with the same key";
  }
}

TEST_F(Charging, or_that_it_is_done_later) {
  const std::string order = new_order();
  EXPECT_EQ(charge(charge_of(order, 150'000, "TIKETI_LATE")).error().code, Errc::outcome_unknown);
  clock.advance(options.late_ms - 1);
  EXPECT_EQ(status(order), ProviderStatus::in_progress);
  expect_error(charge(charge_of(order)), Errc::outcome_unknown, "IDEMPOTENT_REQUEST_PROCESSING");
  Charge another_key = charge_of(order);
  another_key.idempotency_key = "another";
  expect_error(charge(another_key), Errc::outcome_unknown, "IDEMPOTENT_REQUEST_PROCESSING");
  EXPECT_TRUE(sandbox().books().value().empty());
  clock.advance(1);
  EXPECT_EQ(status(order), ProviderStatus::done);
  EXPECT_EQ(find(order).approved_at, clock.now());
  EXPECT_EQ(sandbox().books().value(), (std::vector{SandboxBooks{krw, 1, 150'000, 0}}));
  clock.advance(hour_ms);
  EXPECT_EQ(charge(charge_of(order)).value().status, ProviderStatus::done);
}

// The provider's keys count per address, whatever the body is, for 15 days; the first answer is repeated.
TEST_F(Charging, a_key_repeats_the_first_answer) {
  const std::string order = new_order();
  const auto first = charge(charge_of(order)).value();
  Charge other = charge_of(new_order(), 77'000);
  other.idempotency_key = order + ":charge";
  EXPECT_EQ(charge(other).value().payment_key, first.payment_key) << "of another order, and yet";
  EXPECT_FALSE(sandbox().find(other.order_id).value());

  ASSERT_TRUE(cancel(cancellation_of(first, 150'000)).has_value());
  EXPECT_EQ(charge(charge_of(order)).value().status, ProviderStatus::done) << "as it was then";

  const std::string refused = new_order();
  ASSERT_TRUE(charge(charge_of(refused, 150'000, "PROVIDER_ERROR")).has_error());
  expect_error(charge(charge_of(refused)), Errc::outcome_unknown, "PROVIDER_ERROR");
  clock.advance(15 * day_ms);
  expect_error(charge(charge_of(refused)), Errc::payment_over, "NOT_FOUND_PAYMENT_SESSION");
}

TEST_F(Charging, a_key_counts_for_each_call_of_its_own) {
  const std::string order = new_order();
  const std::string key = open(order);
  ASSERT_TRUE(sandbox().authenticate(key).has_value());
  Charge direct = charge_of(new_order());
  direct.idempotency_key = "one key";
  Charge confirmed = confirmation(order, key);
  confirmed.idempotency_key = "one key";
  const auto one = charge(direct).value();
  const auto other = charge(confirmed).value();
  EXPECT_NE(one.payment_key, other.payment_key);
  EXPECT_EQ(cancel(cancellation_of(one, 1'000, "one key")).value().balance_minor, 149'000);
  EXPECT_EQ(cancel(cancellation_of(other, 2'000, "one key")).value().balance_minor, 148'000);
}

TEST_F(Charging, a_batch_answers_each_in_turn) {
  const std::string order = new_order();
  Charge twice = charge_of(order);
  twice.idempotency_key = "another";
  const std::vector<Charge> charges{charge_of(order), charge_of(new_order(), 150'000, "REJECT_CARD_PAYMENT"), twice,
                                    charge_of(order), charge_of(new_order(), 5'000)};
  const auto answers = sandbox().charge(charges);
  ASSERT_EQ(answers.size(), charges.size());
  EXPECT_TRUE(answers[0].has_value());
  expect_error(answers[1], Errc::payment_refused, "REJECT_CARD_PAYMENT");
  expect_error(answers[2], Errc::outcome_unknown, "ALREADY_PROCESSED_PAYMENT");
  EXPECT_EQ(answers[3].value().payment_key, answers[0].value().payment_key);
  EXPECT_EQ(answers[4].value().total.minor, 5'000);
  EXPECT_TRUE(sandbox().charge({}).empty());
}

// PA3: double click.
TEST_F(Charging, many_at_once_take_the_money_once) {
  const std::string order = new_order();
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread)
    threads.emplace_back([&, thread] {
      Charge mine = charge_of(order);
      mine.idempotency_key = "thread " + std::to_string(thread);
      for (int i = 0; i < 20; ++i) taken += charge(mine).has_value() && i == 0;
    });
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(taken, 1);
  EXPECT_EQ(sandbox().books().value(), (std::vector{SandboxBooks{krw, 1, 150'000, 0}}));
}

class Cancelling : public SandboxTest {};

// PA6: in parts, down to nothing.
TEST_F(Cancelling, gives_back_in_parts_down_to_nothing) {
  const auto payment = paid();
  const auto part = cancel(cancellation_of(payment, 50'000, "a")).value();
  EXPECT_EQ(part.status, ProviderStatus::partially_cancelled);
  EXPECT_EQ(part.balance_minor, 100'000);
  EXPECT_EQ(part.total.minor, 150'000);
  EXPECT_NE(part.last_transaction_key, payment.last_transaction_key);
  EXPECT_EQ(cancel(cancellation_of(payment, 50'000, "a")).value().balance_minor, 100'000) << "repeated";
  expect_error(cancel(cancellation_of(payment, 100'001, "b")), Errc::payment_refused, "NOT_CANCELABLE_AMOUNT");
  const auto rest = cancel(cancellation_of(payment, 100'000, "c")).value();
  EXPECT_EQ(rest.status, ProviderStatus::cancelled);
  EXPECT_EQ(rest.balance_minor, 0);
  EXPECT_TRUE(rest.was_paid());
  expect_error(cancel(cancellation_of(payment, 1, "d")), Errc::outcome_unknown, "ALREADY_CANCELED_PAYMENT");
  EXPECT_EQ(sandbox().books().value(), (std::vector{SandboxBooks{krw, 1, 150'000, 150'000}}));
}

TEST_F(Cancelling, only_what_was_paid) {
  const std::string order = new_order();
  open(order);
  expect_error(cancel(cancellation_of(find(order), 1'000)), Errc::payment_refused, "NOT_CANCELABLE_PAYMENT");
  ProviderPayment nobody;
  nobody.payment_key = "sbx_nobody";
  expect_error(cancel(cancellation_of(nobody, 1'000)), Errc::payment_over, "NOT_FOUND_PAYMENT");
}

TEST_F(Cancelling, malformed_requests_are_ours_to_mend) {
  const auto payment = paid();
  CancelCharge bad = cancellation_of(payment, 0, "");
  expect_error(cancel(bad), Errc::provider_unavailable, "INVALID_REQUEST");
  bad = cancellation_of(payment, 1'000, "");
  bad.reason.clear();
  expect_error(cancel(bad), Errc::provider_unavailable, "INVALID_REQUEST");
  bad = cancellation_of(payment, 1'000, "");
  bad.currency = Currency::parse("USD").value();
  expect_error(cancel(bad), Errc::provider_unavailable, "INVALID_REQUEST");
  EXPECT_EQ(find(payment.order_id).balance_minor, 150'000);
}

TEST_F(Cancelling, meets_the_trouble_that_the_charge_asked_for_once) {
  const auto refused = paid(150'000, "CANCEL:REFUND_REJECTED");
  expect_error(cancel(cancellation_of(refused, 1'000, "a")), Errc::payment_refused, "REFUND_REJECTED");
  EXPECT_EQ(cancel(cancellation_of(refused, 1'000, "b")).value().balance_minor, 149'000);

  const auto done = paid(150'000, "CANCEL:TIKETI_TIMEOUT_DONE");
  EXPECT_EQ(cancel(cancellation_of(done, 1'000)).error().code, Errc::outcome_unknown);
  EXPECT_EQ(find(done.order_id).balance_minor, 149'000);
  EXPECT_EQ(cancel(cancellation_of(done, 1'000)).value().balance_minor, 149'000) << "with the same key";

  const auto lost = paid(150'000, "CANCEL:TIKETI_TIMEOUT_LOST");
  EXPECT_EQ(cancel(cancellation_of(lost, 1'000)).error().code, Errc::outcome_unknown);
  EXPECT_EQ(find(lost.order_id).balance_minor, 150'000);
  EXPECT_EQ(cancel(cancellation_of(lost, 1'000)).value().balance_minor, 149'000);

  const auto down = paid(150'000, "CANCEL:TIKETI_DOWN");
  EXPECT_EQ(cancel(cancellation_of(down, 1'000)).error().code, Errc::provider_unavailable);
  EXPECT_EQ(cancel(cancellation_of(down, 1'000)).value().balance_minor, 149'000);
}

// PA7: which keys are answered for good.
TEST_F(Cancelling, a_key_that_was_answered_is_spent) {
  for (const std::string code : {"FAILED_REFUND_PROCESS", "PROVIDER_ERROR", "FORBIDDEN_CONSECUTIVE_REQUEST",
                                 "COMMON_ERROR", "FORBIDDEN_REQUEST", "UNAUTHORIZED_KEY"}) {
    const auto payment = paid(150'000, "CANCEL:" + code);
    for (int i = 0; i < 2; ++i) {
      const auto answer = cancel(cancellation_of(payment, 1'000, "a"));
      ASSERT_TRUE(answer.has_error()) << code;
      EXPECT_EQ(Error(answer.error()).detail("key_spent"), "true") << code;
    }
    EXPECT_EQ(cancel(cancellation_of(payment, 1'000, "b")).value().balance_minor, 149'000) << code;
  }
}

TEST_F(Cancelling, a_key_that_was_not_answered_is_not) {
  for (const std::string fault : {"TIKETI_TIMEOUT_DONE", "TIKETI_TIMEOUT_LOST", "TIKETI_LATE", "TIKETI_DOWN"}) {
    const auto payment = paid(150'000, "CANCEL:" + fault);
    const auto answer = cancel(cancellation_of(payment, 1'000));
    ASSERT_TRUE(answer.has_error()) << fault;
    EXPECT_EQ(Error(answer.error()).detail("key_spent"), "") << fault;
    EXPECT_EQ(Error(answer.error()).detail("test_code"), fault);
  }
  const auto late = paid(150'000, "CANCEL:TIKETI_LATE");
  (void)cancel(cancellation_of(late, 1'000));
  EXPECT_EQ(Error(cancel(cancellation_of(late, 1'000)).error()).detail("key_spent"), "") << "it is being processed";
}

// PA7: what one customer tries out is no outage for all others.
TEST_F(Charging, troubles_that_were_asked_for_open_no_breaker) {
  Breaker breaker(sandbox(), clock, {3, minute_ms});
  for (int i = 0; i < 5; ++i)
    for (const char* code : {"TIKETI_DOWN", "TIKETI_TIMEOUT_LOST", "TIKETI_TIMEOUT_DONE", "TIKETI_LATE",
                             "PROVIDER_ERROR", "ALREADY_PROCESSED_PAYMENT"}) {
      const Charge troubled = charge_of(new_order(), 150'000, code);
      EXPECT_TRUE(breaker.charge({&troubled, 1}).front().has_error()) << code;
      EXPECT_FALSE(breaker.is_open()) << code;
    }
  for (int i = 0; i < 5; ++i) {
    const auto cancelled = cancellation_of(paid(150'000, "CANCEL:TIKETI_DOWN"), 1'000);
    EXPECT_TRUE(breaker.cancel({&cancelled, 1}).front().has_error());
  }
  EXPECT_FALSE(breaker.is_open());
}

TEST_F(Cancelling, may_be_done_later) {
  const auto payment = paid(150'000, "CANCEL:TIKETI_LATE");
  EXPECT_EQ(cancel(cancellation_of(payment, 50'000)).error().code, Errc::outcome_unknown);
  EXPECT_EQ(find(payment.order_id).balance_minor, 150'000);
  expect_error(cancel(cancellation_of(payment, 50'000)), Errc::outcome_unknown, "IDEMPOTENT_REQUEST_PROCESSING");
  clock.advance(options.late_ms);
  EXPECT_EQ(find(payment.order_id).balance_minor, 100'000);
  EXPECT_EQ(sandbox().books().value(), (std::vector{SandboxBooks{krw, 1, 150'000, 50'000}}));
  EXPECT_EQ(cancel(cancellation_of(payment, 50'000)).value().balance_minor, 100'000);
  EXPECT_EQ(cancel(cancellation_of(payment, 50'000, "more")).value().balance_minor, 50'000);
  EXPECT_EQ(sandbox().books().value(), (std::vector{SandboxBooks{krw, 1, 150'000, 100'000}}));
}

TEST(TossErrors, are_classed_as_documented) {
  using toss::classify, toss::ErrorClass;
  for (const char* code : {"PROVIDER_ERROR", "ALREADY_PROCESSED_PAYMENT", "IDEMPOTENT_REQUEST_PROCESSING",
                           "FORBIDDEN_CONSECUTIVE_REQUEST", "FAILED_REFUND_PROCESS", "UNKNOWN_PAYMENT_ERROR",
                           "COMMON_ERROR", "ALREADY_CANCELED_PAYMENT", "ALREADY_REFUND_PAYMENT"})
    EXPECT_EQ(classify(code), ErrorClass::unknown) << code;
  for (const char* code : {"REJECT_CARD_COMPANY", "EXCEED_MAX_AMOUNT", "INVALID_PASSWORD", "BELOW_MINIMUM_AMOUNT",
                           "NOT_CANCELABLE_AMOUNT", "REFUND_REJECTED"})
    EXPECT_EQ(classify(code), ErrorClass::customer) << code;
  for (const char* code : {"NOT_FOUND_PAYMENT", "NOT_FOUND_PAYMENT_SESSION", "EXPIRED"})
    EXPECT_EQ(classify(code), ErrorClass::over) << code;
  for (const char* code :
       {"UNAUTHORIZED_KEY", "INVALID_API_KEY", "INCORRECT_BASIC_AUTH_FORMAT", "INVALID_REQUEST", "FORBIDDEN_REQUEST"})
    EXPECT_EQ(classify(code), ErrorClass::ours) << code;
  EXPECT_EQ(classify("SOMETHING_NEW", 502), ErrorClass::unknown);
  EXPECT_EQ(classify("SOMETHING_NEW", 403), ErrorClass::customer);
}

TEST(TossErrors, tell_whether_the_key_is_spent) {
  const auto spent = [](std::string_view code) { return toss::error_of(code).detail("key_spent") == "true"; };
  for (const char* code :
       {"PROVIDER_ERROR", "FORBIDDEN_CONSECUTIVE_REQUEST", "UNKNOWN_PAYMENT_ERROR", "COMMON_ERROR",
        "FAILED_REFUND_PROCESS", "FAILED_INTERNAL_SYSTEM_PROCESSING", "INVALID_REQUEST", "FORBIDDEN_REQUEST"})
    EXPECT_TRUE(spent(code)) << code;
  for (const char* code : {"IDEMPOTENT_REQUEST_PROCESSING", "ALREADY_PROCESSED_PAYMENT", "ALREADY_CANCELED_PAYMENT",
                           "ALREADY_REFUND_PAYMENT"})
    EXPECT_FALSE(spent(code)) << code;
}

}  // namespace

}  // namespace tiketi::test
