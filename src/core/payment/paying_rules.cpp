// The rules by which money is taken.

#include "core/payment/step.hpp"

#include <string>

namespace tiketi::payment {

namespace {

Error bad_field(std::string_view field, std::string message) {
  return {Errc::invalid_argument, std::move(message), {{"field", std::string(field)}}};
}

Error mismatch(std::int64_t due_minor) {
  return {Errc::amount_mismatch, "the amount is not what is due", {{"due", std::to_string(due_minor)}}};
}

/// Whether the customer may pay for the reservation now.
Result<void> check_bill(UserId user, std::optional<std::int64_t> amount_minor, const PayFacts& facts, Timestamp now) {
  const ReservationBill* bill = facts.bill;
  using Status = ReservationBill::Status;
  if (bill == nullptr || bill->user_id != user)
    return Error{Errc::reservation_not_found, "there is no such reservation"};
  if (bill->status == Status::expired || (bill->status == Status::pending && now >= bill->expires_at)) {
    const std::string when = to_iso8601(bill->expires_at);
    return Error{Errc::hold_expired, "the hold ended at " + when + "; reserve again", {{"expired_at", when}}};
  }
  if (bill->status == Status::cancelled)
    return Error{Errc::reservation_cancelled, "the reservation was cancelled; reserve again"};
  if (amount_minor && *amount_minor != bill->total.minor) return mismatch(bill->total.minor);
  if (facts.claimant != nullptr && facts.claimant->status == PaymentStatus::processing)
    return Error{
        Errc::payment_in_progress, "the reservation is being paid for", {{"payment", facts.claimant->id.text()}}};
  if (facts.claimant != nullptr || bill->status == Status::confirmed)
    return Error{Errc::payment_completed,
                 "the reservation is paid for",
                 {{"payment", facts.claimant != nullptr ? facts.claimant->id.text() : bill->payment_reference}}};
  if (bill->total.minor > max_amount_minor)
    return Error{Errc::limit_exceeded,
                 "more than one payment can be",
                 {{"field", "amount"}, {"limit", std::to_string(max_amount_minor)}}};
  return {};
}

/// How much of the total is paid by points.
Result<std::int64_t> points_part(PaymentMethod method, std::int64_t wanted_minor, Money total) {
  if (method != PaymentMethod::point && method != PaymentMethod::mixed) return std::int64_t{0};
  if (total.currency != krw) return bad_field("method", "points pay only what costs won");
  if (method == PaymentMethod::point) return total.minor;
  if (wanted_minor >= total.minor) return bad_field("points", "use fewer points than is due, or pay by points alone");
  return wanted_minor;
}

Payment new_payment(PaymentId id, UserId user, PaymentMethod method, std::string_view provider, Timestamp now) {
  Payment payment;
  payment.id = id;
  payment.order_id = order_id_of(id);
  payment.user_id = user;
  payment.method = method;
  payment.provider = provider;
  payment.created_at = now;
  payment.updated_at = now;
  return payment;
}

/// From here on the provider is asked.
void begin_processing(PaymentChange& change, const StepIds& ids, Timestamp now, const CashierPolicy& policy) {
  Payment& after = change.after;
  after.status = PaymentStatus::processing;
  after.updated_at = now;
  after.next_attempt_at = now.plus_ms(policy.recovery_after_ms);
  after.attempts = 0;
  add_entry(
      change, JournalKind::points_set_aside, ids.first_entry, now,
      {{user_points(after), -after.points_minor}, {account(after, AccountKind::points_set_aside), after.points_minor}});
}

void release_points(PaymentChange& change, JournalEntryId id, Timestamp now) {
  const Payment& after = change.after;
  add_entry(
      change, JournalKind::points_released, id, now,
      {{account(after, AccountKind::points_set_aside), -after.points_minor}, {user_points(after), after.points_minor}});
}

}  // namespace

Result<PaymentChange> start(const Pay& command, const PayFacts& facts, const StepIds& ids, Timestamp now,
                            const CashierPolicy& policy) {
  if (auto due = check_bill(command.user_id, command.amount_minor, facts, now); due.has_error()) return due.error();
  const Money total = facts.bill->total;
  auto points = points_part(command.method, command.points_minor, total);
  if (points.has_error()) return points.error();
  const bool needs_provider = *points < total.minor;
  if (needs_provider && !facts.charges_directly)
    return Error{Errc::not_supported, "this provider is paid at its own page: prepare an order"};

  PaymentChange change;
  change.after = new_payment(ids.payment, command.user_id, command.method, needs_provider ? facts.provider : "", now);
  change.after.reservation_id = command.reservation_id;
  change.after.amount = total;
  change.after.points_minor = *points;
  begin_processing(change, ids, now, policy);
  if (!command.idempotency_key.empty())
    change.key = {command.user_id, command.idempotency_key, fingerprint(command), ids.payment, now};
  return change;
}

Result<PaymentChange> prepare(const Prepare& command, const PayFacts& facts, const StepIds& ids, Timestamp now,
                              const CashierPolicy& policy) {
  PaymentChange change;
  Payment& after = change.after;
  after = new_payment(ids.payment, command.user_id, command.method, facts.provider, now);
  after.expires_at = now.plus_ms(policy.order_ms);
  if (command.reservation_id.is_nil()) {
    after.purpose = PaymentPurpose::points;
    after.amount = {command.amount_minor, krw};
  } else {
    if (auto due = check_bill(command.user_id, command.amount_minor, facts, now); due.has_error()) return due.error();
    auto points = points_part(command.method, command.points_minor, facts.bill->total);
    if (points.has_error()) return points.error();
    after.reservation_id = command.reservation_id;
    after.amount = facts.bill->total;
    after.points_minor = *points;
  }
  if (!command.idempotency_key.empty())
    change.key = {command.user_id, command.idempotency_key, fingerprint(command), ids.payment, now};
  return change;
}

Result<PaymentChange> claim_order(const ConfirmOrder& command, const Payment& order, const PayFacts& facts,
                                  const StepIds& ids, Timestamp now, const CashierPolicy& policy) {
  if (order.purpose == PaymentPurpose::reservation)
    if (auto due = check_bill(order.user_id, order.amount.minor, facts, now); due.has_error()) return due.error();
  if (command.amount_minor != order.card_minor()) return mismatch(order.card_minor());
  if (now >= order.expires_at) return Error{Errc::payment_over, "the order's time has run out; order again"};
  PaymentChange change = change_of(order);
  change.after.payment_key = command.payment_key;
  begin_processing(change, ids, now, policy);
  if (!command.idempotency_key.empty())
    change.key = {*command.owner, command.idempotency_key, fingerprint(command), order.id, now};
  return change;
}

Verdict judge(const Payment& current, const ProviderPayment& found) {
  const bool whole = found.total == Money{current.card_minor(), current.amount.currency} &&
                     found.balance_minor == current.card_minor();
  switch (found.status) {
    case ProviderStatus::done:
      return whole ? Verdict::taken : Verdict::open;
    case ProviderStatus::cancelled:
    case ProviderStatus::aborted:
    case ProviderStatus::expired:
      return Verdict::over;
    default:
      return Verdict::open;
  }
}

PaymentChange complete(const Payment& current, const ProviderPayment* taken, const StepIds& ids, Timestamp now) {
  PaymentChange change = change_of(current);
  Payment& after = change.after;
  after.status = PaymentStatus::completed;
  after.updated_at = now;
  after.paid_at = now;
  after.failure_code.clear();
  if (taken != nullptr) after.payment_key = taken->payment_key;
  const Posting from_provider{account(after, AccountKind::provider_clearing), -after.card_minor()};
  if (after.purpose == PaymentPurpose::points) {
    change.news = PaymentNews::points_charged;
    add_entry(change, JournalKind::points_charged, ids.first_entry, now,
              {from_provider, {user_points(after), after.amount.minor}});
  } else {
    change.news = PaymentNews::completed;
    add_entry(change, JournalKind::sale, ids.first_entry, now,
              {{account(after, AccountKind::points_set_aside), -after.points_minor},
               from_provider,
               {account(after, AccountKind::revenue), after.amount.minor}});
  }
  return change;
}

PaymentChange fail(const Payment& current, std::string_view code, const StepIds& ids, Timestamp now) {
  PaymentChange change = change_of(current);
  change.news = PaymentNews::failed;
  change.after.status = PaymentStatus::failed;
  change.after.updated_at = now;
  change.after.next_attempt_at = {};
  change.after.failure_code = code_to_store(code);
  release_points(change, ids.first_entry, now);
  return change;
}

PaymentChange send_back(const Payment& current, const ProviderPayment& taken, std::string_view why, const StepIds& ids,
                        Timestamp now, const CashierPolicy& policy) {
  PaymentChange change = change_of(current);
  Payment& after = change.after;
  change.news = PaymentNews::refunded;
  after.status = PaymentStatus::refunded;
  after.updated_at = now;
  after.failure_code = code_to_store(why);
  after.payment_key = taken.payment_key;
  after.card_refunded_minor = after.card_minor();
  // Of one that is not being made, no points were taken, or they are back already.
  const bool with_points = current.status == PaymentStatus::processing;
  if (with_points) {
    after.points_refunded_minor = after.points_minor;
    release_points(change, ids.first_entry, now);
  }

  Refund refund;
  refund.id = ids.refund;
  refund.payment_id = after.id;
  refund.reservation_id = after.reservation_id;
  refund.user_id = after.user_id;
  refund.amount = {after.card_minor() + after.points_refunded_minor, after.amount.currency};
  refund.points_minor = after.points_refunded_minor;
  refund.reason = RefundReason::late;
  refund.note = after.failure_code;
  refund.created_at = now;
  refund.updated_at = now;
  refund.next_attempt_at = now.plus_ms(policy.recovery_after_ms);
  change.refund = RefundStep{0, std::move(refund)};
  add_entry(change, JournalKind::late_money, ids.second_entry, now,
            {{account(after, AccountKind::provider_clearing), -after.card_minor()},
             {account(after, AccountKind::refunds_payable), after.card_minor()}});
  return change;
}

PaymentChange postpone(const Payment& current, std::string_view code, Timestamp now, const CashierPolicy& policy) {
  PaymentChange change = change_of(current);
  change.after.attempts = current.attempts + 1;
  change.after.next_attempt_at = next_attempt(change.after.attempts, now, policy);
  change.after.failure_code = code_to_store(code);
  return change;
}

Result<std::optional<PaymentChange>> give_up(const Payment& current, std::string_view code, Timestamp now) {
  switch (current.status) {
    case PaymentStatus::processing:
      return Error{Errc::payment_in_progress, "the payment is being made", {{"payment", current.id.text()}}};
    case PaymentStatus::completed:
    case PaymentStatus::refunded:
    case PaymentStatus::partially_refunded:
      return Error{Errc::payment_completed, "the payment was made", {{"payment", current.id.text()}}};
    case PaymentStatus::failed:
    case PaymentStatus::cancelled:
      return std::optional<PaymentChange>{};
    case PaymentStatus::pending:
      break;
  }
  PaymentChange change = change_of(current);
  change.after.status = PaymentStatus::cancelled;
  change.after.updated_at = now;
  change.after.failure_code = code_to_store(code);
  return std::optional<PaymentChange>(std::move(change));
}

}  // namespace tiketi::payment
