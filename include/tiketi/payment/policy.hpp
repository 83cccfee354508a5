#pragma once
// Nouns: what the cashier is told to do when.

#include <tiketi/base/time.hpp>
#include <tiketi/payment/refund.hpp>

#include <cstddef>
#include <cstdint>

namespace tiketi {

struct CashierPolicy {
  std::int64_t order_ms = 30 * minute_ms;       ///< how long a customer may stay at the provider's page
  std::int64_t keep_hold_prepare_ms = 300'000;  ///< the hold is kept for at least that long when an order is made
  std::int64_t keep_hold_asking_ms = 120'000;   ///< and when the provider is asked; always longer than until the next
                                                ///< look at the payment, by `recovery_after_ms`
  std::int64_t recovery_after_ms = minute_ms;   ///< when nobody has finished a payment by then, the recovery does;
                                                ///< twice the provider's time-out
  std::size_t provider_calls_at_once = 16;      ///< threads that ask the provider for one batch; 1: one by one
  std::int64_t first_retry_ms = 2 * second_ms;  ///< of the recovery; doubles up to…
  std::int64_t last_retry_ms = 10 * minute_ms;
  std::int64_t min_charge_minor = 1'000;  ///< of points
  std::int64_t max_charge_minor = 2'000'000;
  std::int64_t key_kept_ms = 24 * hour_ms;  ///< how long idempotency keys count
  CancellationPolicy cancellation;
};

}  // namespace tiketi
