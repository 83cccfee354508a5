#pragma once
// Nouns: a payment of one customer, and what it pays for.

#include <tiketi/base/id.hpp>
#include <tiketi/base/money.hpp>
#include <tiketi/base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tiketi {

/// How the customer pays. The numbers are stored.
enum class PaymentMethod : std::uint8_t {
  card = 0,
  point = 1,
  mixed = 2,
  naver_pay = 3,
  kakao_pay = 4,
  bank_transfer = 5
};

/// `card`, `point`, `mixed`, `naver_pay`, `kakao_pay`, `bank_transfer`.
std::string_view name(PaymentMethod method) noexcept;
std::optional<PaymentMethod> parse_payment_method(std::string_view name) noexcept;

/// What the money is for. The numbers are stored.
enum class PaymentPurpose : std::uint8_t { reservation = 0, points = 1 };

/// pending → processing | cancelled; processing → completed | failed | refunded; completed → partially_refunded |
/// refunded; partially_refunded → refunded. A direct payment begins as processing. The numbers are stored.
///
/// The money moves at the provider only while a payment is `processing`: we have stored that we ask, and until the
/// answer is stored too, the recovery asks again. `processing → refunded` is money that came too late: it goes back by
/// itself. So does money that turns out to have been taken for a payment that was given up (pending, failed or
/// cancelled → refunded); that takes a provider that answers later than `CashierPolicy::recovery_after_ms`. The
/// recovery looks for such money once, `CashierPolicy::last_retry_ms` later.
enum class PaymentStatus : std::uint8_t {
  pending = 0,     ///< an order: the customer may be at the provider's page; no money has moved, no points are taken
  processing = 1,  ///< points are set aside; the provider is being asked
  completed = 2,
  failed = 3,     ///< the provider refused; nothing was kept
  cancelled = 4,  ///< given up, or its time ran out, before it was paid
  refunded = 5,   ///< all of it was, or is being, given back (see Refund)
  partially_refunded = 6,
};
std::string_view name(PaymentStatus status) noexcept;

/// Invariants: amount = points + card part, none of them negative; what is refunded of a part is at most that part;
/// points only in won; reservation_id is nil exactly if the purpose is `points`, and then points are 0.
struct Payment {
  PaymentId id;
  std::string order_id;  ///< what the provider knows it by: 6 to 64 of letters, digits, `-`, `_`; made from the id
  PaymentPurpose purpose = PaymentPurpose::reservation;
  ReservationId reservation_id;
  UserId user_id;
  PaymentMethod method = PaymentMethod::card;
  Money amount;
  std::int64_t points_minor = 0;  ///< the part paid by points
  std::int64_t card_refunded_minor = 0;
  std::int64_t points_refunded_minor = 0;
  PaymentStatus status = PaymentStatus::pending;
  std::string provider;      ///< the provider's name; empty if none is needed
  std::string payment_key;   ///< the provider's name for it, once known
  std::string failure_code;  ///< the provider's, or name(Errc)
  Timestamp created_at;
  Timestamp updated_at;       ///< when its status or what is refunded changed last
  Timestamp paid_at;          ///< when it completed; 0 before
  Timestamp expires_at;       ///< of an order, exclusive
  Timestamp next_attempt_at;  ///< processing: not before then does the recovery ask. Failed: then it asks once more
                              ///< whether money was taken after all; 0: that is certain
  std::int32_t attempts = 0;
  std::int64_t version = 1;  ///< plus one at each change
  friend bool operator==(const Payment&, const Payment&) = default;

  constexpr std::int64_t card_minor() const noexcept { return amount.minor - points_minor; }
  constexpr std::int64_t refundable_card_minor() const noexcept { return card_minor() - card_refunded_minor; }
  constexpr std::int64_t refundable_points_minor() const noexcept { return points_minor - points_refunded_minor; }
  constexpr std::int64_t refundable_minor() const noexcept {
    return refundable_card_minor() + refundable_points_minor();
  }

  /// True while the recovery has something to find out, at `next_attempt_at`.
  constexpr bool is_in_doubt() const noexcept {
    return status == PaymentStatus::processing || (status == PaymentStatus::failed && next_attempt_at.ms > 0);
  }

  /// True while no other payment of the same reservation may be made.
  constexpr bool claims_reservation() const noexcept {
    return purpose == PaymentPurpose::reservation &&
           (status == PaymentStatus::processing || status == PaymentStatus::completed ||
            status == PaymentStatus::partially_refunded);
  }
};

// Bounds.
inline constexpr std::size_t max_payment_key_bytes = 200;
inline constexpr std::size_t max_refund_note_bytes = 200;
inline constexpr std::size_t max_payment_idempotency_key_bytes = 200;
inline constexpr std::size_t max_order_id_bytes = 64;
inline constexpr std::size_t max_failure_code_bytes = 100;
inline constexpr std::int64_t max_amount_minor = 1'000'000'000'000;  ///< of one payment

/// `tk_` and the id's 32 hexadecimal digits.
std::string order_id_of(PaymentId id);

/// Pay at once, without the provider's page: by points, or by a means that the provider charges directly.
struct Pay {
  UserId user_id;
  ReservationId reservation_id;
  PaymentMethod method = PaymentMethod::card;
  std::int64_t points_minor = 0;             ///< mixed: how many points to use, less than all; ignored otherwise
  std::optional<std::int64_t> amount_minor;  ///< what the customer believes is due
  std::string idempotency_key;               ///< empty: none. Counts per user
  std::string test_code;                     ///< passed on to a sandbox; see Charge
};

/// Make an order, for a payment at the provider's page.
struct Prepare {
  UserId user_id;
  ReservationId reservation_id;  ///< nil: charge points
  PaymentMethod method = PaymentMethod::card;
  std::int64_t points_minor = 0;
  std::int64_t amount_minor = 0;  ///< must be what is due; for points how many
  std::string idempotency_key;
};

/// The customer came back from the provider's page: take the money now.
struct ConfirmOrder {
  std::string payment_key;
  std::string order_id;
  std::int64_t amount_minor = 0;  ///< the card part, as the page told it; compared with ours
  std::optional<UserId> owner;    ///< when set, somebody else's order is "not found"
  std::string test_code;
  std::string idempotency_key = {};  ///< empty: none; only with an owner, per whom it counts
};

}  // namespace tiketi
