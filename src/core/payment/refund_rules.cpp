// The rules by which money goes back.

#include "core/payment/step.hpp"

#include <algorithm>
#include <string>

namespace tiketi::payment {

namespace {

constexpr std::int64_t local_day(Timestamp time, std::int64_t offset_ms) noexcept {
  const std::int64_t ms = time.ms + offset_ms;
  return ms >= 0 ? ms / day_ms : (ms - day_ms + 1) / day_ms;
}

Error not_allowed(std::string_view reason, std::string message) {
  return {Errc::refund_not_allowed, std::move(message), {{"reason", std::string(reason)}}};
}

/// What is given back, and what is kept.
struct Share {
  std::int64_t amount_minor = 0;
  std::int64_t fee_minor = 0;
};

Result<void> check_status(const Payment& current, const RefundFacts& facts) {
  if (current.status == PaymentStatus::processing)
    return Error{Errc::payment_in_progress, "the payment is being made", {{"payment", current.id.text()}}};
  if (current.paid_at.ms == 0) return Error{Errc::payment_over, "the payment was never completed"};
  // What of one refund is known at the provider must not depend on another.
  if (facts.refund_pending) return Error{Errc::refund_in_progress, "another refund of the payment is being made"};
  if (current.status == PaymentStatus::refunded || current.refundable_minor() == 0)
    return Error{Errc::refund_exceeds, "nothing is left to give back", {{"left", "0"}}};
  return {};
}

Result<Share> share_of_sale(const RefundPayment& command, const Payment& current, const RefundFacts& facts,
                            Timestamp now, const CashierPolicy& policy) {
  const std::int64_t left = current.refundable_minor();
  if (command.amount_minor) return Share{*command.amount_minor, 0};
  if (command.reason != RefundReason::customer) return Share{left, 0};
  if (!facts.event_date) return not_allowed("event_unknown", "the event's date is not known");
  auto kept = fee(policy.cancellation, left, *facts.event_date, now);
  if (kept.has_error()) return kept.error();
  return Share{left - *kept, *kept};
}

/// Points that were spent can't be given back.
Result<Share> share_of_points(const RefundPayment& command, const Payment& current, const RefundFacts& facts) {
  const std::int64_t wish = command.amount_minor.value_or(std::min(current.refundable_minor(), facts.points_balance));
  if (wish < 1 || wish > facts.points_balance)
    return Error{Errc::points_short, "the points were spent", {{"balance", std::to_string(facts.points_balance)}}};
  return Share{wish, 0};
}

Refund new_refund(const RefundPayment& command, const Payment& payment, Share share, RefundId id, Timestamp now,
                  const CashierPolicy& policy) {
  Refund refund;
  refund.id = id;
  refund.payment_id = payment.id;
  refund.reservation_id = payment.reservation_id;
  refund.user_id = payment.user_id;
  refund.amount = {share.amount_minor, payment.amount.currency};
  refund.points_minor = share.amount_minor - std::min(share.amount_minor, payment.refundable_card_minor());
  refund.fee_minor = share.fee_minor;
  refund.reason = command.reason;
  refund.note = command.note;
  refund.cancels_reservation = !command.amount_minor && payment.purpose == PaymentPurpose::reservation;
  refund.created_at = now;
  refund.updated_at = now;
  if (refund.card_minor() > 0 || refund.cancels_reservation) {
    refund.next_attempt_at = now.plus_ms(policy.recovery_after_ms);
  } else {
    refund.status = RefundStatus::completed;
    refund.completed_at = now;
  }
  return refund;
}

/// The next version of a refund, and of its payment, which itself stays as it is.
PaymentChange refund_change(const Payment& current, const Refund& refund, Timestamp now) {
  PaymentChange change = change_of(current);
  change.refund = RefundStep{refund.version, refund};
  change.refund->after.version = refund.version + 1;
  change.refund->after.updated_at = now;
  return change;
}

}  // namespace

Result<std::int64_t> fee(const CancellationPolicy& policy, std::int64_t total_minor, Timestamp event_date,
                         Timestamp now) {
  const std::int64_t days = local_day(event_date, policy.zone_offset_ms) - local_day(now, policy.zone_offset_ms);
  std::int64_t percent = 0;
  for (const FeeStep& step : policy.steps)
    if (days <= step.days_before) percent = step.fee_percent;
  if (days < 0 || percent >= 100) return not_allowed("too_late", "it is too late to cancel");
  return total_minor / 100 * percent + total_minor % 100 * percent / 100;
}

Result<PaymentChange> refund(const RefundPayment& command, const Payment& current, const RefundFacts& facts,
                             const StepIds& ids, Timestamp now, const CashierPolicy& policy) {
  if (auto ready = check_status(current, facts); ready.has_error()) return ready.error();
  const std::int64_t left = current.refundable_minor();
  RefundPayment wish = command;
  if (wish.amount_minor == left) wish.amount_minor.reset();  // who names all of it wants all of it
  if (wish.amount_minor && wish.reason != RefundReason::admin)
    return Error{Errc::not_permitted, "only an administrator gives back a part"};
  if (wish.amount_minor.value_or(0) > left)
    return Error{Errc::refund_exceeds, "more than is left to give back", {{"left", std::to_string(left)}}};
  const bool of_points = current.purpose == PaymentPurpose::points;
  auto share = of_points ? share_of_points(wish, current, facts) : share_of_sale(wish, current, facts, now, policy);
  if (share.has_error()) return share.error();

  PaymentChange change = change_of(current);
  Payment& after = change.after;
  change.news = PaymentNews::refunded;
  change.refund = RefundStep{0, new_refund(wish, current, *share, ids.refund, now, policy)};
  const Refund& refund = change.refund->after;
  after.updated_at = now;
  after.card_refunded_minor += refund.card_minor();
  after.points_refunded_minor += refund.points_minor;
  const bool all = after.refundable_minor() == share->fee_minor;
  after.status = all ? PaymentStatus::refunded : PaymentStatus::partially_refunded;
  const Account from = of_points ? user_points(after) : account(after, AccountKind::revenue);
  add_entry(change, JournalKind::refund_booked, ids.first_entry, now,
            {{from, -(share->amount_minor + share->fee_minor)},
             {account(after, AccountKind::refunds_payable), refund.card_minor()},
             {user_points(after), refund.points_minor},
             {account(after, AccountKind::cancellation_fees), share->fee_minor}});
  if (!command.idempotency_key.empty())
    change.key = {command.asked_by, command.idempotency_key, fingerprint(command), current.id, now, ids.refund};
  return change;
}

PaymentChange refund_paid(const Payment& current, const Refund& refund, const ProviderPayment* given_back,
                          const StepIds& ids, Timestamp now) {
  PaymentChange change = refund_change(current, refund, now);
  Refund& after = change.refund->after;
  after.status = RefundStatus::completed;
  after.completed_at = now;
  after.failure_code.clear();
  if (given_back != nullptr) after.provider_reference = given_back->last_transaction_key;
  add_entry(change, JournalKind::refund_paid, ids.first_entry, now,
            {{account(current, AccountKind::refunds_payable), -refund.card_minor()},
             {account(current, AccountKind::provider_clearing), refund.card_minor()}});
  return change;
}

PaymentChange refund_postponed(const Payment& current, const Refund& refund, std::string_view code, Timestamp now,
                               const CashierPolicy& policy) {
  PaymentChange change = refund_change(current, refund, now);
  Refund& after = change.refund->after;
  after.next_attempt_at =
      now.plus_ms(std::clamp(now.ms - refund.created_at.ms, policy.first_retry_ms, policy.last_retry_ms));
  after.failure_code = code_to_store(code);
  return change;
}

}  // namespace tiketi::payment
