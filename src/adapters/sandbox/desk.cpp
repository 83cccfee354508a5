#include "adapters/sandbox/desk.hpp"

#include "adapters/sandbox/faults.hpp"
#include "adapters/toss/error_classes.hpp"

#include <tiketi/base/text.hpp>
#include <tiketi/payment/payment.hpp>

#include <algorithm>
#include <utility>

namespace tiketi::sandbox {

namespace {

constexpr std::int64_t keys_kept_ms = 15 * day_ms;
constexpr std::size_t max_key_characters = 300;
constexpr std::size_t max_reason_bytes = 800;  // 200 characters
constexpr std::size_t max_name_bytes = 1'000;
constexpr std::int64_t least_won = 100;

constexpr std::string_view invalid_request = "INVALID_REQUEST";
constexpr std::string_view processing = "IDEMPOTENT_REQUEST_PROCESSING";
constexpr std::string_view session_over = "NOT_FOUND_PAYMENT_SESSION";

bool is_order_id(std::string_view text) {
  return text.size() >= 6 && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

/// `prefix` and the 32 digits of a new id.
std::string new_name(std::string_view prefix, Ids& ids) {
  std::string out(prefix);
  for (const char c : ids.next<Id<struct SandboxTag>>().text())
    if (c != '-') out += c;
  return out;
}

/// The code of an amount that is never taken, or nothing.
std::string_view amount_error(Money amount) {
  if (amount.minor < 1) return invalid_request;
  if (amount.currency == krw && amount.minor < least_won) return "BELOW_MINIMUM_AMOUNT";
  return amount.minor > max_amount_minor ? "EXCEED_MAX_PAYMENT_AMOUNT" : "";
}

bool was_paid(const Entry& entry) { return payment_of(entry).was_paid(); }

}  // namespace

std::string call_of(const Charge& charge) { return charge.payment_key.empty() ? "key-in" : "confirm"; }
std::string call_of(const CancelCharge& cancellation) { return "cancel/" + cancellation.payment_key; }

Entry& Desk::add(std::string order_id, std::string order_name, Money amount) {
  Entry entry;
  entry.payment_key = new_name("sbx_", ids_);
  entry.order_id = std::move(order_id);
  entry.order_name = std::move(order_name);
  entry.amount = amount;
  entry.balance_minor = amount.minor;
  entry.requested_at = now_;
  return picture_.add(std::move(entry));
}

Result<OpenedOrder> Desk::open(const OpenOrder& order) {
  if (!is_order_id(order.order_id) || !is_clean_text(order.order_name, max_name_bytes))
    return toss::error_of(invalid_request);
  if (const std::string_view code = amount_error(order.amount); !code.empty()) return toss::error_of(code);
  Entry* entry = picture_.by_order(order.order_id);
  if (entry == nullptr) entry = &add(order.order_id, order.order_name, order.amount);
  else if (entry->amount != order.amount || entry->status != ProviderStatus::ready)
    return toss::error_of("DUPLICATED_ORDER_ID");
  return OpenedOrder{entry->payment_key, options_.page_prefix + entry->payment_key};
}

/// An answer that still counts.
const Request* Desk::request(const std::string& call, const std::string& key) const {
  const Request* found = key.empty() ? nullptr : picture_.request(call, key);
  return found != nullptr && now_ < found->created_at.plus_ms(keys_kept_ms) ? found : nullptr;
}

Result<ProviderPayment> Desk::repeat(const Request& request) {
  if (now_ < request.done_at) return toss::error_of(processing);
  if (!request.code.empty()) return toss::error_of(request.code);
  const Entry* entry = picture_.by_key(request.payment_key);
  if (entry == nullptr) return toss::error_of("NOT_FOUND_PAYMENT");  // somebody has been at the file
  ProviderPayment payment = payment_of(*entry);
  payment.status = request.status;
  payment.balance_minor = request.balance_minor;
  payment.approved_at = request.approved_at;
  payment.last_transaction_key = request.transaction_key;
  return payment;
}

/// Remembers what was decided, and tells it, if the line lets it through.
Result<ProviderPayment> Desk::answer(std::string call, const std::string& key, const Decision& decision,
                                     std::string_view fault) {
  if (!key.empty() && decision.code != processing) {
    Request request;
    request.call = std::move(call);
    request.key = key;
    request.code = decision.code;
    request.created_at = now_;
    request.done_at = decision.done_at;
    if (decision.entry != nullptr) {
      Entry done = *decision.entry;
      settle(done, std::max(now_, decision.done_at), options_);
      request.payment_key = done.payment_key;
      request.status = done.status;
      request.balance_minor = done.balance_minor;
      request.approved_at = done.approved_at;
      request.transaction_key = done.transaction_key;
    }
    picture_.remember(std::move(request));
  }
  if (is_of_line(fault)) return line_error(fault);
  if (!decision.code.empty()) return toss::error_of(decision.code);
  return payment_of(*decision.entry);
}

Result<ProviderPayment> Desk::charge(const Charge& charge) {
  if (charge.payment_key.empty() && !options_.charges_directly)
    return Error{Errc::not_supported, "customers pay at the provider's page"};
  const Faults faults = faults_of(charge);
  if (is_lost(faults.charge)) return line_error(faults.charge);
  if (charge.idempotency_key.size() > max_key_characters) return toss::error_of("INVALID_IDEMPOTENCY_KEY");
  std::string call = call_of(charge);
  if (const Request* before = request(call, charge.idempotency_key)) return repeat(*before);
  const Decision decision = decide(charge, faults.charge);
  if (!faults.cancel.empty() && decision.code.empty())
    picture_.by_key(decision.entry->payment_key)->cancel_fault = faults.cancel;
  return answer(std::move(call), charge.idempotency_key, decision, faults.charge);
}

/// Null if there is no such payment.
Entry* Desk::find_or_open(const Charge& charge) {
  if (!charge.payment_key.empty()) return picture_.by_key(charge.payment_key);
  Entry* entry = picture_.by_order(charge.order_id);
  if (entry == nullptr) entry = &add(charge.order_id, {}, charge.amount);
  if (entry->status == ProviderStatus::ready) {
    entry->status = ProviderStatus::in_progress;
    entry->authenticated_at = now_;
    picture_.changed(*entry);
  }
  return entry;
}

Desk::Decision Desk::decide(const Charge& charge, const std::string& fault) {
  const bool of_provider = !fault.empty() && !is_of_line(fault);
  if (!is_order_id(charge.order_id)) return {std::string(invalid_request), nullptr, {}};
  if (of_provider && toss::classify(fault) == toss::ErrorClass::ours) return {fault, nullptr, {}};
  if (const std::string_view code = amount_error(charge.amount); !code.empty()) return {std::string(code), nullptr, {}};
  Entry* entry = find_or_open(charge);
  if (entry == nullptr) return {"NOT_FOUND_PAYMENT", nullptr, {}};
  if (entry->order_id != charge.order_id || entry->amount != charge.amount)
    return {std::string(invalid_request), entry, {}};
  if (entry->is_pending()) return {std::string(processing), entry, {}};
  if (was_paid(*entry)) return {"ALREADY_PROCESSED_PAYMENT", entry, {}};
  if (entry->status != ProviderStatus::in_progress) return {std::string(session_over), entry, {}};
  return of_provider ? refuse(*entry, fault) : take(*entry, fault == late);
}

Desk::Decision Desk::refuse(Entry& entry, std::string_view code) {
  const toss::ErrorClass kind = toss::classify(code);
  if (kind == toss::ErrorClass::customer) entry.status = ProviderStatus::aborted;
  if (kind == toss::ErrorClass::over) entry.status = ProviderStatus::expired;
  if (entry.status != ProviderStatus::in_progress) entry.failure_code = code;
  picture_.changed(entry);
  return {std::string(code), &entry, {}};
}

Desk::Decision Desk::take(Entry& entry, bool is_late) {
  picture_.changed(entry);
  std::string transaction = new_name("tx_", ids_);
  if (!is_late) {
    approve(entry, now_, std::move(transaction));
    return {{}, &entry, {}};
  }
  entry.pending_at = now_.plus_ms(options_.late_ms);
  entry.pending_transaction_key = std::move(transaction);
  return {{}, &entry, entry.pending_at};
}

Result<ProviderPayment> Desk::cancel(const CancelCharge& cancellation) {
  Entry* entry = picture_.by_key(cancellation.payment_key);
  std::string fault;
  if (entry != nullptr && !entry->cancel_fault.empty()) {
    fault = std::exchange(entry->cancel_fault, {});
    picture_.changed(*entry);
  }
  if (is_lost(fault)) return line_error(fault);
  if (cancellation.idempotency_key.size() > max_key_characters) return toss::error_of("INVALID_IDEMPOTENCY_KEY");
  std::string call = call_of(cancellation);
  if (const Request* before = request(call, cancellation.idempotency_key)) return repeat(*before);
  return answer(std::move(call), cancellation.idempotency_key, decide(cancellation, fault, entry), fault);
}

Desk::Decision Desk::decide(const CancelCharge& cancellation, const std::string& fault, Entry* entry) {
  if (entry == nullptr) return {"NOT_FOUND_PAYMENT", nullptr, {}};
  if (cancellation.amount_minor < 1 || cancellation.currency != entry->amount.currency || cancellation.reason.empty() ||
      !is_clean_text(cancellation.reason, max_reason_bytes, true))
    return {std::string(invalid_request), entry, {}};
  if (entry->is_pending()) return {std::string(processing), entry, {}};
  if (entry->status == ProviderStatus::cancelled) return {"ALREADY_CANCELED_PAYMENT", entry, {}};
  if (!was_paid(*entry)) return {"NOT_CANCELABLE_PAYMENT", entry, {}};
  if (cancellation.amount_minor > entry->balance_minor) return {"NOT_CANCELABLE_AMOUNT", entry, {}};
  if (!fault.empty() && !is_of_line(fault)) return {fault, entry, {}};
  return give(*entry, cancellation.amount_minor, fault == late);
}

Desk::Decision Desk::give(Entry& entry, std::int64_t amount_minor, bool is_late) {
  picture_.changed(entry);
  std::string transaction = new_name("tx_", ids_);
  if (!is_late) {
    give_back(entry, amount_minor, std::move(transaction));
    return {{}, &entry, {}};
  }
  entry.pending_at = now_.plus_ms(options_.late_ms);
  entry.pending_cancel_minor = amount_minor;
  entry.pending_transaction_key = std::move(transaction);
  return {{}, &entry, entry.pending_at};
}

namespace {

Error unknown_payment() {
  return {Errc::payment_not_found, "the sandbox has no such payment", {{"provider_code", "NOT_FOUND_PAYMENT"}}};
}

bool is_waiting(const Entry& entry) {
  return !entry.is_pending() && (entry.status == ProviderStatus::ready || entry.status == ProviderStatus::in_progress);
}

}  // namespace

Result<ProviderPayment> Desk::authenticate(std::string_view payment_key) {
  Entry* entry = picture_.by_key(payment_key);
  if (entry == nullptr) return unknown_payment();
  if (!is_waiting(*entry)) return toss::error_of(session_over);
  if (entry->status == ProviderStatus::ready) {
    entry->status = ProviderStatus::in_progress;
    entry->authenticated_at = now_;
    picture_.changed(*entry);
  }
  return payment_of(*entry);
}

Result<ProviderPayment> Desk::reject(std::string_view payment_key, std::string_view code) {
  Entry* entry = picture_.by_key(payment_key);
  if (entry == nullptr) return unknown_payment();
  if (!is_waiting(*entry)) return toss::error_of(session_over);
  entry->status = ProviderStatus::aborted;
  entry->failure_code = code.empty() ? "PAY_PROCESS_ABORTED" : std::string(code.substr(0, 64));
  picture_.changed(*entry);
  return payment_of(*entry);
}

Result<ProviderPayment> Desk::abandon(std::string_view payment_key) {
  const Entry* entry = picture_.by_key(payment_key);
  if (entry == nullptr) return unknown_payment();
  if (!is_waiting(*entry)) return toss::error_of(session_over);
  return payment_of(*entry);
}

}  // namespace tiketi::sandbox
