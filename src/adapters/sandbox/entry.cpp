#include "adapters/sandbox/entry.hpp"

#include <utility>

namespace tiketi::sandbox {

void approve(Entry& entry, Timestamp at, std::string transaction_key) {
  entry.status = ProviderStatus::done;
  entry.approved_at = at;
  entry.transaction_key = std::move(transaction_key);
}

void give_back(Entry& entry, std::int64_t amount_minor, std::string transaction_key) {
  entry.balance_minor -= amount_minor;
  entry.status = entry.balance_minor == 0 ? ProviderStatus::cancelled : ProviderStatus::partially_cancelled;
  entry.transaction_key = std::move(transaction_key);
}

void settle(Entry& entry, Timestamp now, const SandboxOptions& options) {
  if (entry.is_pending()) {
    if (now < entry.pending_at) return;
    const Timestamp at = std::exchange(entry.pending_at, {});
    std::string transaction = std::exchange(entry.pending_transaction_key, {});
    const std::int64_t cancelled = std::exchange(entry.pending_cancel_minor, 0);
    if (cancelled > 0) give_back(entry, cancelled, std::move(transaction));
    else approve(entry, at, std::move(transaction));
    return;
  }
  const bool too_late =
      (entry.status == ProviderStatus::ready && now >= entry.requested_at.plus_ms(options.authenticate_ms)) ||
      (entry.status == ProviderStatus::in_progress && now >= entry.authenticated_at.plus_ms(options.confirm_ms));
  if (!too_late) return;
  entry.status = ProviderStatus::expired;
  entry.failure_code = "EXPIRED_PAYMENT";
}

ProviderPayment payment_of(const Entry& entry) {
  return {entry.payment_key,   entry.order_id,    entry.status,          entry.amount,
          entry.balance_minor, entry.approved_at, entry.transaction_key, entry.failure_code};
}

}  // namespace tiketi::sandbox
