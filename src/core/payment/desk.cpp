#include "core/payment/desk.hpp"

#include "core/base/known_outcome.hpp"

#include <algorithm>

namespace tiketi::payment {

namespace {

/// The refusal of that name, for what a payment failed for without the provider.
std::optional<Errc> parse_errc(std::string_view text) {
  for (const Errc code : {Errc::hold_expired, Errc::reservation_not_found, Errc::reservation_cancelled,
                          Errc::event_cancelled, Errc::event_closed, Errc::payment_mismatch, Errc::payment_over,
                          Errc::provider_unavailable, Errc::not_supported})
    if (name(code) == text) return code;
  return std::nullopt;
}

}  // namespace

Result<std::vector<PaymentOutcome>> commit(Desk& desk, std::span<const PaymentChange> changes) {
  return base::commit_until_known<PaymentOutcome>(desk.store, changes);
}

std::vector<StepIds> next_ids(Desk& desk, std::size_t count) {
  std::vector<Uuid> uuids(4 * count);
  if (count > 0) desk.ids.fill(uuids);
  std::vector<StepIds> out(count);
  for (std::size_t i = 0; i < count; ++i)
    out[i] = {PaymentId{uuids[4 * i]}, RefundId{uuids[4 * i + 1]}, JournalEntryId{uuids[4 * i + 2]},
              JournalEntryId{uuids[4 * i + 3]}};
  return out;
}

Result<std::vector<std::optional<Payment>>> read_payments(Desk& desk, std::vector<PaymentId> ids) {
  if (ids.empty()) return std::vector<std::optional<Payment>>{};
  auto answer = desk.store.ask({.payments = std::move(ids)});
  if (answer.has_error()) return answer.error();
  return std::move(answer->payments);
}

Result<std::optional<Payment>> read_order(Desk& desk, const std::string& order_id) {
  auto answer = desk.store.ask({.orders = {order_id}});
  if (answer.has_error()) return answer.error();
  return std::move(answer->orders.front());
}

std::int64_t hold_while_open(const CashierPolicy& policy, std::int64_t next_look_ms) {
  return std::max(policy.keep_hold_asking_ms, next_look_ms + policy.recovery_after_ms);
}

Result<PaidPayment> came_to(const Payment& payment) {
  switch (payment.status) {
    case PaymentStatus::completed:
    case PaymentStatus::partially_refunded:
      return PaidPayment{payment, true};
    case PaymentStatus::refunded:
      if (payment.paid_at.ms > 0) return PaidPayment{payment, true};
      return money_returned(payment);
    case PaymentStatus::failed: {
      const std::string id = payment.id.text();
      if (const auto code = parse_errc(payment.failure_code))
        return Error{*code, "the payment failed; nothing was kept", {{"payment", id}}};
      return Error{Errc::payment_refused,
                   "the provider refused the payment",
                   {{"provider_code", payment.failure_code}, {"payment", id}}};
    }
    case PaymentStatus::cancelled:
      return Error{Errc::payment_over, "the payment was given up", {{"payment", payment.id.text()}}};
    default:
      return in_progress(payment);
  }
}

bool is_passing(const Error& error) { return retriable(error.code) || error.code == Errc::storage_full; }

bool is_decided(const Error& error) { return error.code == Errc::payment_refused || error.code == Errc::payment_over; }

std::string code_of(const Error& error) {
  const std::string_view code = error.detail("provider_code");
  return std::string(code.empty() ? name(error.code) : code);
}

Error payment_not_found() { return {Errc::payment_not_found, "there is no such payment"}; }

Error in_progress(const Payment& payment, std::string_view cause) {
  Error error{Errc::payment_in_progress, "the payment is being made; ask again", {{"payment", payment.id.text()}}};
  if (!cause.empty()) error.details.push_back({"cause", std::string(cause)});
  return error;
}

Error money_returned(const Payment& payment) {
  return {Errc::money_returned,
          "the money was taken too late; it goes back by itself",
          {{"reason", payment.failure_code}, {"payment", payment.id.text()}}};
}

Error key_misused() {
  return {Errc::idempotency_misuse, "the idempotency key was used for another request; use a new key"};
}

Error others_quicker() { return {Errc::version_conflict, "others were quicker several times in a row; try again"}; }

}  // namespace tiketi::payment
