#pragma once
// Nouns: money on its way back, and the policy by which a customer may ask for it.

#include <tiketi/base/id.hpp>
#include <tiketi/base/money.hpp>
#include <tiketi/base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi {

/// Why money goes back. The numbers are stored.
enum class RefundReason : std::uint8_t {
  customer = 0,  ///< the customer cancelled; the event's policy may keep a fee
  admin = 1,
  event_cancelled = 2,  ///< all of it, no fee
  late = 3,             ///< paid, but the hold was over or the sale had been closed meanwhile
};
std::string_view name(RefundReason reason) noexcept;

/// `pending` is driven to `completed` by whoever booked it, and after a crash by the recovery. The numbers are stored.
enum class RefundStatus : std::uint8_t { pending = 0, completed = 1 };
std::string_view name(RefundStatus status) noexcept;

/// Invariants: amount = points + card part; it goes to the means that paid. Points go back in the very commit that
/// books the refund; the card part when the provider has done it. A provider that keeps refusing leaves it pending,
/// with the code.
struct Refund {
  RefundId id;
  PaymentId payment_id;
  ReservationId reservation_id;  ///< nil for points that were charged
  UserId user_id;
  Money amount;
  std::int64_t points_minor = 0;
  std::int64_t fee_minor = 0;  ///< kept of what was paid for the places given back
  RefundReason reason = RefundReason::customer;
  std::string note;                  ///< what the customer or admin wrote
  bool cancels_reservation = false;  ///< the places are given back before the provider is asked
  RefundStatus status = RefundStatus::pending;
  std::string failure_code;        ///< of the last attempt
  std::string provider_reference;  ///< the provider's transaction
  Timestamp created_at;
  Timestamp updated_at;
  Timestamp completed_at;     ///< 0 while pending
  Timestamp next_attempt_at;  ///< pending: not before then does the recovery try
  std::int32_t attempts = 0;  ///< idempotency keys that the provider has answered in vain
  std::int64_t version = 1;
  friend bool operator==(const Refund&, const Refund&) = default;

  constexpr std::int64_t card_minor() const noexcept { return amount.minor - points_minor; }
};

/// From `days_before` days before the event (of the event's local date) on, `fee_percent` is kept; 100 means that
/// customers can't cancel any more.
struct FeeStep {
  std::int32_t days_before = 0;
  std::int32_t fee_percent = 0;
  friend bool operator==(const FeeStep&, const FeeStep&) = default;
};

/// Steps from far to near: days descend, fees ascend. Farther away than the first step costs nothing.
struct CancellationPolicy {
  std::vector<FeeStep> steps = {{9, 10}, {6, 20}, {2, 30}, {0, 100}};
  std::int64_t zone_offset_ms = seoul_offset_ms;  ///< of the dates that days are counted by
};

/// Takes money back to the customer.
struct RefundPayment {
  PaymentId payment_id;
  std::optional<UserId> owner;               ///< when set, somebody else's payment is "not found"
  std::optional<std::int64_t> amount_minor;  ///< less than what is left: for the reason `admin` only, and the places
                                             ///< stay sold. Otherwise all that is left
  RefundReason reason = RefundReason::customer;
  std::string note;
  UserId asked_by = {};              ///< whose key it is
  std::string idempotency_key = {};  ///< empty: none. Counts per user
};

/// Refunds every holder of an event that was cancelled; how far it has got.
struct EventCancellation {
  EventId event_id;
  ReservationId done_until;    ///< reservations are taken in the order of their ids
  std::int64_t cancelled = 0;  ///< how many reservations so far; a crash may leave some uncounted
  Timestamp started_at;
  Timestamp finished_at;  ///< 0 while it goes on
  friend bool operator==(const EventCancellation&, const EventCancellation&) = default;
};

}  // namespace tiketi
