#pragma once
// Port: who takes the customers' money for us, a payment provider. The shape is Toss Payments' (core API, 2022-11-16);
// others fit it.

#include <tiketi/base/money.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/base/time.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi {

enum class ProviderStatus : std::uint8_t {
  ready,        ///< the order is known, the customer has not authenticated
  in_progress,  ///< authenticated; money moves when it is approved
  waiting_for_deposit,
  done,  ///< the money is ours
  cancelled,
  partially_cancelled,
  aborted,
  expired,
};

/// A payment as the provider sees it.
struct ProviderPayment {
  std::string payment_key;
  std::string order_id;
  ProviderStatus status = ProviderStatus::ready;
  Money total;
  std::int64_t balance_minor = 0;  ///< what is left of it after refunds
  Timestamp approved_at;           ///< 0 before
  std::string last_transaction_key;
  std::string failure_code;

  /// True if money was taken, whatever was given back since.
  bool was_paid() const noexcept {
    return status == ProviderStatus::done || status == ProviderStatus::cancelled
               ? total.minor > 0 && approved_at.ms > 0
               : status == ProviderStatus::partially_cancelled;
  }
};

/// A new order for the provider's page.
struct OpenOrder {
  std::string order_id;
  std::string order_name;  ///< what the customer sees, for example the event's title
  Money amount;
};
struct OpenedOrder {
  std::string payment_key;  ///< empty if the page makes it
  std::string payment_url;  ///< where the customer's browser goes; may be relative to the host
};

/// Take the money: of an order that the customer authenticated (`payment_key` is set), or directly. Of an order it is
/// taken once, whatever the keys.
struct Charge {
  std::string order_id;
  std::string payment_key;
  Money amount;
  std::string idempotency_key;
  std::string test_code;  ///< sandboxes only: the error to answer, as `TossPayments-Test-Code` does; ignored by others
};

struct CancelCharge {
  std::string payment_key;
  std::int64_t amount_minor = 0;
  Currency currency;
  std::string reason;  ///< 1 to 200 characters
  std::string idempotency_key;
};

/// Thread-safe. Calls take as long as the provider takes, bounded by a time-out of the adapter's. Errors:
/// - payment_refused: refused for a reason that the customer can do something about; details: provider_code
/// - payment_over: the order is not known or its time is over; nothing was taken; details: provider_code
/// - provider_unavailable: not asked; details: cause. Or it told that it did nothing; details: provider_code too
/// - outcome_unknown: it may or may not have been done: ask `find` until it is known; details: provider_code or cause.
/// - not_supported: this provider doesn't do that
/// Of the two that may be worth trying again the details also tell
/// - `key_spent`, if the provider has answered the idempotency key for good, with a failure that it repeats for it
///   without doing anything: whoever finds that nothing was done then needs a new key (payment_refused and
///   payment_over say so by themselves)
/// - `test_code`, if the failure was asked for: it tells nothing of the provider
/// Repeating a call with the same idempotency key never moves money twice.
class Provider {
 public:
  virtual ~Provider() = default;
  virtual std::string_view name() const noexcept = 0;

  /// True if `charge` works without the customer having been at the provider's page.
  virtual bool charges_directly() const noexcept = 0;

  /// How many charges or cancellations one call should bring: 1 for a remote provider.
  virtual std::size_t batch_size() const noexcept = 0;

  virtual Result<OpenedOrder> open(const OpenOrder& order) = 0;
  virtual std::vector<Result<ProviderPayment>> charge(std::span<const Charge> charges) = 0;
  virtual std::vector<Result<ProviderPayment>> cancel(std::span<const CancelCharge> cancellations) = 0;

  /// Nothing if the provider knows no such order. Errors: provider_unavailable, outcome_unknown.
  virtual Result<std::optional<ProviderPayment>> find(std::string_view order_id) = 0;
};

}  // namespace tiketi
