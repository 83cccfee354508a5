// PA1, PA4, PA5, PA6: what money does, decided without asking anybody.

#include "support/fakes.hpp"

#include <tiketi/adapters/memory.hpp>
#include <tiketi/payment/rules.hpp>
#include <tiketi/payment/store.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace tiketi::test {
namespace {

const UserId user{{0, 7}};
const ReservationId reservation{{0, 8}};
constexpr Account clearing{AccountKind::provider_clearing, krw, {}};
constexpr Account revenue{AccountKind::revenue, krw, {}};

template <class T>
Errc code(const Result<T>& result) {
  EXPECT_TRUE(result.has_error());
  return result.has_error() ? result.error().code : Errc::unavailable;
}
template <class T>
std::string field(const Result<T>& result) {
  EXPECT_TRUE(result.has_error());
  return result.has_error() ? std::string(Error(result.error()).detail("field")) : "";
}

TEST(Ledger, AnEntryIsSound) {  // PA5
  const auto entry = [](std::vector<Posting> postings) {
    return JournalEntry{{}, {}, {}, {}, {}, std::move(postings)};
  };
  const Account points{AccountKind::user_points, krw, user};
  const Account dollars{AccountKind::revenue, *Currency::parse("USD"), {}};
  EXPECT_TRUE(ledger::check(entry({{clearing, -5}, {revenue, 5}})).has_value());
  EXPECT_TRUE(ledger::check(entry({{clearing, -5}, {revenue, 3}, {points, 2}})).has_value());
  EXPECT_TRUE(ledger::check(entry({{clearing, -5}, {revenue, 4}})).has_error());
  EXPECT_TRUE(ledger::check(entry({{clearing, 0}, {revenue, 0}})).has_error());
  EXPECT_TRUE(ledger::check(entry({{revenue, 5}})).has_error());
  EXPECT_TRUE(ledger::check(entry({})).has_error());
  EXPECT_TRUE(ledger::check(entry({{clearing, -5}, {dollars, 5}})).has_error());
  EXPECT_TRUE(ledger::check(entry({{revenue, -5}, {revenue, 5}})).has_error());
  EXPECT_TRUE(ledger::check(entry({{clearing, -5}, {{AccountKind::user_points, krw, {}}, 5}})).has_error());
  EXPECT_TRUE(ledger::check(entry({{clearing, -5}, {{AccountKind::revenue, krw, user}, 5}})).has_error());
  EXPECT_TRUE(ledger::check(entry({{clearing, INT64_MIN}, {revenue, -1}})).has_error());
}

TEST(Names, AreReadBack) {
  for (const PaymentMethod method : {PaymentMethod::card, PaymentMethod::point, PaymentMethod::mixed,
                                     PaymentMethod::naver_pay, PaymentMethod::kakao_pay, PaymentMethod::bank_transfer})
    EXPECT_EQ(parse_payment_method(name(method)), method);
  EXPECT_EQ(parse_payment_method("cash"), std::nullopt);
  EXPECT_EQ(name(static_cast<PaymentMethod>(9)), "");
  EXPECT_EQ(name(PaymentStatus::partially_refunded), "partially_refunded");
  EXPECT_EQ(topic(PaymentNews::points_charged), "points.charged");
  EXPECT_EQ(topic(PaymentNews::none), "");
}

TEST(Names, AnOrderIdIsWhatProvidersTake) {
  const std::string id = order_id_of(*PaymentId::parse("0190e8f4-7b2a-7c3d-8e4f-5a6b7c8d9e0f"));
  EXPECT_EQ(id, "tk_0190e8f47b2a7c3d8e4f5a6b7c8d9e0f");
  EXPECT_GE(id.size(), 6U);
  EXPECT_LE(id.size(), 64U);
}

TEST(Checks, TheFieldThatIsWrongIsNamed) {
  using payment::check;
  const Pay pay{user, reservation, PaymentMethod::card, 0, 50'000, {}, {}};
  EXPECT_TRUE(check(pay).has_value());
  const auto with = [&pay](auto change) {
    Pay changed = pay;
    change(changed);
    return check(changed);
  };
  EXPECT_EQ(field(with([](Pay& p) { p.user_id = {}; })), "user");
  EXPECT_EQ(field(with([](Pay& p) { p.reservation_id = {}; })), "reservation");
  EXPECT_EQ(field(with([](Pay& p) { p.method = static_cast<PaymentMethod>(6); })), "method");
  EXPECT_EQ(field(with([](Pay& p) { p.points_minor = -1; })), "points");
  EXPECT_EQ(field(with([](Pay& p) { p.method = PaymentMethod::mixed; })), "points");
  EXPECT_EQ(field(with([](Pay& p) { p.amount_minor = -1; })), "amount");
  EXPECT_EQ(code(with([](Pay& p) { p.amount_minor = max_amount_minor + 1; })), Errc::limit_exceeded);
  EXPECT_EQ(field(with([](Pay& p) { p.idempotency_key = "\n"; })), "idempotency_key");
  EXPECT_EQ(code(with([](Pay& p) { p.idempotency_key = std::string(201, 'k'); })), Errc::limit_exceeded);
  EXPECT_EQ(field(with([](Pay& p) { p.test_code = "\xff"; })), "test_code");

  const CashierPolicy policy;
  EXPECT_TRUE(check(Prepare{user, reservation, PaymentMethod::card, 0, 1, {}}, policy).has_value());
  EXPECT_EQ(field(check(Prepare{user, reservation, PaymentMethod::card, 0, 0, {}}, policy)), "amount");
  EXPECT_EQ(field(check(Prepare{user, reservation, PaymentMethod::point, 0, 1, {}}, policy)), "method");
  EXPECT_EQ(field(check(Prepare{user, {}, PaymentMethod::card, 5, 5'000, {}}, policy)), "points");
  EXPECT_EQ(field(check(Prepare{{}, reservation, PaymentMethod::card, 0, 1, {}}, policy)), "user");

  EXPECT_TRUE(check(ConfirmOrder{"key", "order", 1, {}, {}}).has_value());
  EXPECT_EQ(field(check(ConfirmOrder{"", "order", 1, {}, {}})), "payment_key");
  EXPECT_EQ(field(check(ConfirmOrder{std::string(201, 'k'), "order", 1, {}, {}})), "payment_key");
  EXPECT_EQ(field(check(ConfirmOrder{"key", "", 1, {}, {}})), "order_id");
  EXPECT_EQ(field(check(ConfirmOrder{"key", std::string(65, 'o'), 1, {}, {}})), "order_id");
  EXPECT_EQ(field(check(ConfirmOrder{"key", "order", 0, {}, {}})), "amount");
  EXPECT_TRUE(check(ConfirmOrder{"key", "order", 1, user, {}, "once"}).has_value());
  EXPECT_EQ(field(check(ConfirmOrder{"key", "order", 1, {}, {}, "once"})), "owner");

  const PaymentId id{{0, 1}};
  EXPECT_EQ(field(check(RefundPayment{{}, {}, {}, RefundReason::admin, {}})), "payment");
  EXPECT_EQ(field(check(RefundPayment{id, {}, 0, RefundReason::admin, {}})), "amount");
  EXPECT_EQ(field(check(RefundPayment{id, {}, {}, RefundReason::admin, {}, {}, "key"})), "asked_by");
  EXPECT_EQ(field(check(RefundPayment{id, {}, {}, RefundReason::admin, {}, user, std::string(201, 'k')})),
            "idempotency_key");
  EXPECT_EQ(field(check(RefundPayment{id, {}, 1, RefundReason::admin, std::string(201, 'n')})), "note");
  EXPECT_EQ(field(check(RefundPayment{id, {}, {}, static_cast<RefundReason>(9), {}})), "reason");
}

TEST(Checks, APolicyGoesFromFarToNear) {
  EXPECT_TRUE(payment::check(CancellationPolicy{}).has_value());
  EXPECT_TRUE(payment::check(CancellationPolicy{{}, 0}).has_value());
  EXPECT_EQ(field(payment::check(CancellationPolicy{{{3, 10}, {3, 20}}, 0})), "days_before");
  EXPECT_EQ(field(payment::check(CancellationPolicy{{{-1, 10}}, 0})), "days_before");
  EXPECT_EQ(field(payment::check(CancellationPolicy{{{3, 20}, {2, 10}}, 0})), "fee_percent");
  EXPECT_EQ(field(payment::check(CancellationPolicy{{{3, 101}}, 0})), "fee_percent");
  EXPECT_EQ(field(payment::check(CancellationPolicy{{}, 2 * day_ms})), "zone_offset");
}

TEST(Checks, EqualRequestsHaveEqualFingerprints) {
  const Pay pay{user, reservation, PaymentMethod::card, 0, {}, "key", {}};
  Pay same = pay;
  same.idempotency_key = "other";
  same.points_minor = 5;  // means nothing to a card
  EXPECT_EQ(payment::fingerprint(pay), payment::fingerprint(same));
  same.amount_minor = 1;
  EXPECT_NE(payment::fingerprint(pay), payment::fingerprint(same));
  EXPECT_NE(payment::fingerprint(Prepare{user, reservation, PaymentMethod::card, 0, 1, {}}),
            payment::fingerprint(Prepare{user, {}, PaymentMethod::card, 0, 1, {}}));

  const ConfirmOrder confirm{"key", "order", 1, user, {}, "once"};
  EXPECT_EQ(payment::fingerprint(confirm), payment::fingerprint(ConfirmOrder{"key", "order", 1, {}, "code"}));
  EXPECT_NE(payment::fingerprint(confirm), payment::fingerprint(ConfirmOrder{"key", "other", 1, user, {}, "once"}));
  EXPECT_NE(payment::fingerprint(confirm), payment::fingerprint(ConfirmOrder{"keyorder", "", 1, user, {}, "once"}));

  const RefundPayment refund{PaymentId{{0, 1}}, {}, 5, RefundReason::admin, "why", user, "once"};
  RefundPayment other = refund;
  other.owner = other.asked_by = UserId{{0, 9}};
  other.idempotency_key = "other";
  EXPECT_EQ(payment::fingerprint(refund), payment::fingerprint(other));
  other.amount_minor.reset();
  EXPECT_NE(payment::fingerprint(refund), payment::fingerprint(other));
  other = refund;
  other.note = "why not";
  EXPECT_NE(payment::fingerprint(refund), payment::fingerprint(other));
}

/// PA6: "fee steps by days before the event, configurable", at the boundaries of dates in Seoul.
TEST(Fee, StepsAtMidnightInSeoul) {
  const Timestamp event = *parse_iso8601("2026-12-31T19:00:00+09:00");
  const auto fee_at = [&](std::string_view when) {
    return payment::fee(CancellationPolicy{}, 50'000, event, *parse_iso8601(when));
  };
  EXPECT_EQ(fee_at("2026-12-01T00:00:00+09:00").value(), 0);
  EXPECT_EQ(fee_at("2026-12-21T23:59:59.999+09:00").value(), 0);
  EXPECT_EQ(fee_at("2026-12-22T00:00:00+09:00").value(), 5'000);
  EXPECT_EQ(fee_at("2026-12-24T23:59:59.999+09:00").value(), 5'000);
  EXPECT_EQ(fee_at("2026-12-25T00:00:00+09:00").value(), 10'000);
  EXPECT_EQ(fee_at("2026-12-28T23:59:59.999+09:00").value(), 10'000);
  EXPECT_EQ(fee_at("2026-12-29T00:00:00+09:00").value(), 15'000);
  EXPECT_EQ(fee_at("2026-12-30T23:59:59.999+09:00").value(), 15'000);
  for (const char* late : {"2026-12-31T00:00:00+09:00", "2026-12-31T20:00:00+09:00", "2027-01-01T00:00:00+09:00"}) {
    const auto refused = fee_at(late);
    EXPECT_EQ(code(refused), Errc::refund_not_allowed);
    EXPECT_EQ(Error(refused.error()).detail("reason"), "too_late");
  }
}

TEST(Fee, IsRoundedForTheCustomerAndDoesNotOverflow) {
  const Timestamp event{100 * day_ms};
  const CancellationPolicy policy{{{9, 33}}, 0};
  EXPECT_EQ(payment::fee(policy, 100, event, {95 * day_ms}).value(), 33);
  EXPECT_EQ(payment::fee(policy, 10, event, {95 * day_ms}).value(), 3);
  EXPECT_EQ(payment::fee(policy, 2, event, {95 * day_ms}).value(), 0);
  EXPECT_EQ(payment::fee(policy, max_amount_minor, event, {95 * day_ms}).value(), max_amount_minor / 100 * 33);
  EXPECT_EQ(payment::fee(CancellationPolicy{{}, 0}, 100, event, {99 * day_ms}).value(), 0);
  EXPECT_EQ(code(payment::fee(CancellationPolicy{{}, 0}, 100, event, {101 * day_ms})), Errc::refund_not_allowed);
}

TEST(Judging, WhatTheProviderTells) {
  Payment payment;
  payment.amount = {50'000, krw};
  payment.points_minor = 10'000;
  ProviderPayment found;
  found.total = {40'000, krw};
  const auto judge = [&](ProviderStatus status, std::int64_t left) {
    found.status = status;
    found.balance_minor = left;
    return payment::judge(payment, found);
  };
  using payment::Verdict;
  EXPECT_EQ(judge(ProviderStatus::done, 40'000), Verdict::taken);
  EXPECT_EQ(judge(ProviderStatus::done, 30'000), Verdict::open) << "a part was given back by somebody else";
  EXPECT_EQ(judge(ProviderStatus::ready, 0), Verdict::open);
  EXPECT_EQ(judge(ProviderStatus::in_progress, 0), Verdict::open);
  EXPECT_EQ(judge(ProviderStatus::waiting_for_deposit, 0), Verdict::open);
  EXPECT_EQ(judge(ProviderStatus::partially_cancelled, 10), Verdict::open);
  EXPECT_EQ(judge(ProviderStatus::cancelled, 0), Verdict::over);
  EXPECT_EQ(judge(ProviderStatus::aborted, 0), Verdict::over);
  EXPECT_EQ(judge(ProviderStatus::expired, 0), Verdict::over);
  found.total = {50'000, krw};
  EXPECT_EQ(judge(ProviderStatus::done, 50'000), Verdict::open) << "another amount";
}

TEST(Postponing, PausesDouble) {
  Payment payment;
  payment.status = PaymentStatus::processing;
  const CashierPolicy policy;
  std::vector<std::int64_t> pauses;
  for (int i = 0; i < 12; ++i) {
    payment = payment::postpone(payment, "x", {0}, policy).after;
    pauses.push_back(payment.next_attempt_at.ms / second_ms);
  }
  EXPECT_EQ(pauses, (std::vector<std::int64_t>{2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600}));
}

TEST(Codes, OfAProviderAreBounded) {
  Payment payment;
  payment.status = PaymentStatus::processing;
  EXPECT_EQ(payment::fail(payment, std::string(101, 'x'), {}, {}).after.failure_code, "UNREADABLE_CODE");
  EXPECT_EQ(payment::fail(payment, "\x01", {}, {}).after.failure_code, "UNREADABLE_CODE");
}

/// Walks at random through every step that the rules allow, on a real store.
class Walk {
 public:
  explicit Walk(std::uint64_t seed) : random_(seed) {}

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      clock_.advance(static_cast<std::int64_t>(random_() % (2 * hour_ms)));
      step();
      ASSERT_TRUE(store().verify().value().empty()) << store().verify().value().front().what;
    }
  }
  const std::set<std::string>& seen() const { return seen_; }

 private:
  PaymentStore& store() { return stores_->payments(); }
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  payment::StepIds ids() {
    return {ids_.next<PaymentId>(), ids_.next<RefundId>(), ids_.next<JournalEntryId>(), ids_.next<JournalEntryId>()};
  }

  void commit(const char* what, const PaymentChange& change) {
    for (const JournalEntry& entry : change.entries) {
      const auto sound = ledger::check(entry);
      ASSERT_TRUE(sound.has_value()) << what << ": " << sound.error().message;
    }
    const PaymentOutcome outcome = store().commit({&change, 1}).value().front();
    if (outcome.kind == PaymentOutcome::Kind::balance_short) {
      EXPECT_EQ(outcome.account.kind, AccountKind::user_points) << what << ": only customers run short";
      return;
    }
    ASSERT_EQ(outcome.kind, PaymentOutcome::Kind::applied) << what;
    seen_.insert(what);
    payments_[change.after.id] = change.after;
    if (change.refund) refunds_[change.after.id] = change.refund->after;
  }

  void make() {
    const auto method = static_cast<PaymentMethod>(below(6));
    ReservationBill bill;
    bill.id = ids_.next<ReservationId>();
    bill.user_id = user;
    bill.total = {static_cast<std::int64_t>(below(5) * 1'000), krw};
    bill.expires_at = clock_.now().plus_ms(minute_ms);
    const payment::PayFacts facts{&bill, nullptr, "fake", true};
    const std::int64_t points = bill.total.minor / 2;
    if (below(2) == 0) {
      if (auto change =
              payment::start({user, bill.id, method, points, {}, {}, {}}, facts, ids(), clock_.now(), policy_))
        commit("start", *change);
    } else if (below(2) == 0) {
      const Prepare command{user, bill.id, method, points, bill.total.minor, {}};
      if (!payment::check(command, policy_)) return;
      if (auto change = payment::prepare(command, facts, ids(), clock_.now(), policy_)) commit("prepare", *change);
    } else {
      const Prepare command{user, {}, PaymentMethod::card, 0, 3'000, {}};
      commit("prepare", payment::prepare(command, {}, ids(), clock_.now(), policy_).value());
    }
  }

  ProviderPayment taken(const Payment& payment) const {
    ProviderPayment out;
    out.payment_key = "key";
    out.total = {payment.card_minor(), krw};
    out.balance_minor = payment.card_minor();
    return out;
  }

  void step() {
    if (payments_.empty() || below(4) == 0) return make();
    auto at = payments_.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(below(payments_.size())));
    const Payment payment = at->second;
    const Timestamp now = clock_.now();
    const ProviderPayment money = taken(payment);
    const bool card = payment.card_minor() > 0;
    switch (payment.status) {
      case PaymentStatus::pending:
        return move_order(payment);
      case PaymentStatus::processing:
        if (below(4) == 0) return commit("postpone", payment::postpone(payment, "code", now, policy_));
        if (below(3) == 0) return commit("fail", payment::fail(payment, "code", ids(), now));
        if (card && below(3) == 0)
          return commit("send_back", payment::send_back(payment, money, "late", ids(), now, policy_));
        return commit("complete", payment::complete(payment, card ? &money : nullptr, ids(), now));
      case PaymentStatus::failed:
      case PaymentStatus::cancelled:
        if (card && below(5) == 0)
          commit("send_back late", payment::send_back(payment, money, "late", ids(), now, policy_));
        return;
      default:
        return move_back(payment);
    }
  }

  void move_order(const Payment& order) {
    const Timestamp now = clock_.now();
    if (below(3) == 0) return commit("give_up", **payment::give_up(order, "code", now));
    ReservationBill bill;
    bill.user_id = user;
    bill.total = order.amount;
    bill.expires_at = now.plus_ms(minute_ms);
    const ConfirmOrder command{"key", order.order_id, order.card_minor(), {}, {}};
    if (auto change = payment::claim_order(command, order, {&bill, nullptr, "fake", true}, ids(), now, policy_))
      commit("claim_order", *change);
  }

  void move_back(const Payment& payment) {
    const Timestamp now = clock_.now();
    const auto known = refunds_.find(payment.id);
    const bool pending = known != refunds_.end() && known->second.status == RefundStatus::pending;
    if (pending && below(2) == 0) {
      if (below(3) == 0)
        return commit("refund_postponed", payment::refund_postponed(payment, known->second, "code", now, policy_));
      return commit("refund_paid", payment::refund_paid(payment, known->second, nullptr, ids(), now));
    }
    RefundPayment command{payment.id, {}, {}, static_cast<RefundReason>(below(3)), {}};
    if (below(2) == 0) {
      command.reason = RefundReason::admin;
      command.amount_minor = 1 + static_cast<std::int64_t>(below(2'000));
    }
    const std::int64_t balance = store().points({&user, 1}).value().front();
    const Timestamp event = now.plus_ms(static_cast<std::int64_t>(below(12 * day_ms)));
    if (auto change = payment::refund(command, payment, {event, balance, pending}, ids(), now, policy_))
      commit(change->refund->after.fee_minor > 0 ? "refund with a fee" : "refund", *change);
  }

  std::mt19937_64 random_;
  FakeClock clock_;
  CountingIds ids_{clock_};
  std::unique_ptr<Stores> stores_ = memory::make_stores();
  const CashierPolicy policy_;
  std::map<PaymentId, Payment> payments_;
  std::map<PaymentId, Refund> refunds_;  // the last of each
  std::set<std::string> seen_;
};

TEST(Property, EveryStepSumsToZeroAndNoBalanceIsNegative) {  // PA5
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Walk walk(seed);
    walk.run(250);
    if (testing::Test::HasFatalFailure()) return;
    seen.insert(walk.seen().begin(), walk.seen().end());
  }
  for (const char* what : {"start", "prepare", "claim_order", "complete", "fail", "send_back", "send_back late",
                           "postpone", "give_up", "refund", "refund with a fee", "refund_paid", "refund_postponed"})
    EXPECT_TRUE(seen.contains(what)) << what << " never happened";
}

}  // namespace
}  // namespace tiketi::test
