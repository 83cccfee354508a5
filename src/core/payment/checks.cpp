// What can be said of a command without looking anything up.

#include <tiketi/base/fingerprint.hpp>
#include <tiketi/base/text.hpp>
#include <tiketi/payment/rules.hpp>

#include <string>

namespace tiketi::payment {

namespace {

constexpr std::size_t max_test_code_bytes = 100;

Error bad_field(std::string_view field, std::string message) {
  return {Errc::invalid_argument, std::move(message), {{"field", std::string(field)}}};
}

Error exceeds(std::string_view field, std::int64_t limit, std::string message) {
  return {Errc::limit_exceeded, std::move(message), {{"field", std::string(field)}, {"limit", std::to_string(limit)}}};
}

Result<void> check_text(std::string_view field, std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes)
    return exceeds(field, static_cast<std::int64_t>(max_bytes),
                   std::string(field) + " is at most " + std::to_string(max_bytes) + " bytes");
  if (!is_clean_text(text, max_bytes))
    return bad_field(field, std::string(field) + " is UTF-8 without control characters");
  return {};
}

Result<void> check_amount(std::string_view field, std::int64_t amount_minor, std::int64_t least, std::int64_t most) {
  if (amount_minor < least) return bad_field(field, std::string(field) + " is at least " + std::to_string(least));
  if (amount_minor > most) return exceeds(field, most, std::string(field) + " is at most " + std::to_string(most));
  return {};
}

Result<void> check_points(PaymentMethod method, std::int64_t points_minor) {
  if (name(method).empty()) return bad_field("method", "there is no such method");
  return check_amount("points", points_minor, method == PaymentMethod::mixed ? 1 : 0, max_amount_minor);
}

/// The first that fails.
template <class... Results>
Result<void> all_of(Results... results) {
  Result<void> out;
  const auto take = [&out](const Result<void>& each) {
    if (out.has_value() && each.has_error()) out = each;
  };
  (take(results), ...);
  return out;
}

Result<void> check_order_charge(const Prepare& command, const CashierPolicy& policy) {
  if (command.method == PaymentMethod::point || command.method == PaymentMethod::mixed)
    return bad_field("method", "points are charged with money");
  if (command.points_minor != 0) return bad_field("points", "points are charged with money");
  return check_amount("amount", command.amount_minor, policy.min_charge_minor, policy.max_charge_minor);
}

}  // namespace

Result<void> check(const Pay& command) {
  if (command.user_id.is_nil()) return bad_field("user", "name the user");
  if (command.reservation_id.is_nil()) return bad_field("reservation", "name the reservation");
  return all_of(check_points(command.method, command.points_minor),
                check_amount("amount", command.amount_minor.value_or(0), 0, max_amount_minor),
                check_text("idempotency_key", command.idempotency_key, max_payment_idempotency_key_bytes),
                check_text("test_code", command.test_code, max_test_code_bytes));
}

Result<void> check(const Prepare& command, const CashierPolicy& policy) {
  if (command.user_id.is_nil()) return bad_field("user", "name the user");
  if (auto points = check_points(command.method, command.points_minor); points.has_error()) return points;
  if (auto key = check_text("idempotency_key", command.idempotency_key, max_payment_idempotency_key_bytes);
      key.has_error())
    return key;
  if (command.reservation_id.is_nil()) return check_order_charge(command, policy);
  if (command.method == PaymentMethod::point) return bad_field("method", "who pays by points needs no order");
  return check_amount("amount", command.amount_minor, 1, max_amount_minor);
}

Result<void> check(const ConfirmOrder& command) {
  if (command.payment_key.empty()) return bad_field("payment_key", "name the payment key");
  if (command.order_id.empty()) return bad_field("order_id", "name the order");
  if (!command.owner && !command.idempotency_key.empty()) return bad_field("owner", "say whose key it is");
  return all_of(check_text("payment_key", command.payment_key, max_payment_key_bytes),
                check_text("order_id", command.order_id, max_order_id_bytes),
                check_amount("amount", command.amount_minor, 1, max_amount_minor),
                check_text("idempotency_key", command.idempotency_key, max_payment_idempotency_key_bytes),
                check_text("test_code", command.test_code, max_test_code_bytes));
}

Result<void> check(const RefundPayment& command) {
  if (command.payment_id.is_nil()) return bad_field("payment", "name the payment");
  if (name(command.reason).empty()) return bad_field("reason", "there is no such reason");
  if (command.asked_by.is_nil() && !command.idempotency_key.empty())
    return bad_field("asked_by", "say whose key it is");
  return all_of(check_amount("amount", command.amount_minor.value_or(1), 1, max_amount_minor),
                check_text("note", command.note, max_refund_note_bytes),
                check_text("idempotency_key", command.idempotency_key, max_payment_idempotency_key_bytes));
}

Result<void> check(const CancellationPolicy& policy) {
  if (policy.zone_offset_ms < -day_ms || policy.zone_offset_ms > day_ms)
    return bad_field("zone_offset", "a zone is at most a day from UTC");
  const FeeStep* before = nullptr;
  for (const FeeStep& step : policy.steps) {
    if (step.days_before < 0) return bad_field("days_before", "days count down to the event's, which is 0");
    if (step.fee_percent < 0 || step.fee_percent > 100) return bad_field("fee_percent", "a fee is 0 to 100 percent");
    if (before != nullptr && step.days_before >= before->days_before)
      return bad_field("days_before", "steps go from far to near");
    if (before != nullptr && step.fee_percent < before->fee_percent)
      return bad_field("fee_percent", "fees grow towards the event");
    before = &step;
  }
  return {};
}

std::uint64_t fingerprint(const Pay& command) noexcept {
  Fingerprint all;
  all.add(std::string_view("pay"));
  all.add(command.reservation_id.uuid);
  all.add(static_cast<std::uint64_t>(command.method));
  all.add(static_cast<std::uint64_t>(command.method == PaymentMethod::mixed ? command.points_minor : 0));
  all.add(static_cast<std::uint64_t>(command.amount_minor.value_or(-1)));
  return all.value();
}

std::uint64_t fingerprint(const Prepare& command) noexcept {
  Fingerprint all;
  all.add(std::string_view("prepare"));
  all.add(command.reservation_id.uuid);
  all.add(static_cast<std::uint64_t>(command.method));
  all.add(static_cast<std::uint64_t>(command.method == PaymentMethod::mixed ? command.points_minor : 0));
  all.add(static_cast<std::uint64_t>(command.amount_minor));
  return all.value();
}

std::uint64_t fingerprint(const ConfirmOrder& command) noexcept {
  Fingerprint all;
  all.add(std::string_view("confirm"));
  all.add(command.payment_key);
  all.add(command.order_id);
  all.add(static_cast<std::uint64_t>(command.amount_minor));
  return all.value();
}

std::uint64_t fingerprint(const RefundPayment& command) noexcept {
  Fingerprint all;
  all.add(std::string_view("refund"));
  all.add(command.payment_id.uuid);
  all.add(static_cast<std::uint64_t>(command.amount_minor.value_or(-1)));
  all.add(static_cast<std::uint64_t>(command.reason));
  all.add(command.note);
  return all.value();
}

}  // namespace tiketi::payment
