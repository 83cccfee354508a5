#pragma once
// The provider's own nouns: a payment as it keeps it, and a request that it has answered.

#include <tiketi/adapters/sandbox.hpp>

#include <cstdint>
#include <string>

namespace tiketi::sandbox {

/// Invariants: 0 <= balance <= amount; the balance is the amount until something is cancelled.
struct Entry {
  std::string payment_key;
  std::string order_id;
  std::string order_name;
  Money amount;
  ProviderStatus status = ProviderStatus::ready;  ///< the numbers are stored
  std::int64_t balance_minor = 0;
  Timestamp requested_at;
  Timestamp authenticated_at;
  Timestamp approved_at;
  std::string transaction_key;
  std::string failure_code;
  std::string cancel_fault;  ///< what the first cancellation is to meet
  // What is under way: the approval, or a cancellation if its amount is not 0.
  Timestamp pending_at;  ///< when it will be done; 0: nothing is under way
  std::int64_t pending_cancel_minor = 0;
  std::string pending_transaction_key;

  bool is_pending() const noexcept { return pending_at.ms != 0; }
};

/// The first answer to an idempotency key.
struct Request {
  std::string call;  ///< which of the provider's addresses was called
  std::string key;
  std::string payment_key;
  std::string code;  ///< of the error; empty: it was done
  ProviderStatus status = ProviderStatus::ready;
  std::int64_t balance_minor = 0;
  Timestamp approved_at;
  std::string transaction_key;
  Timestamp created_at;
  Timestamp done_at;  ///< until then it is being processed
};

void approve(Entry& entry, Timestamp at, std::string transaction_key);
void give_back(Entry& entry, std::int64_t amount_minor, std::string transaction_key);

/// Brings an entry up to date: what was under way is done, what waited too long has expired.
void settle(Entry& entry, Timestamp now, const SandboxOptions& options);

ProviderPayment payment_of(const Entry& entry);

}  // namespace tiketi::sandbox
