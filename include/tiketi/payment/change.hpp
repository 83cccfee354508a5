#pragma once
// Nouns: a decided step of one payment, with the guards under which it may be taken, and what became of it.

#include <tiketi/payment/ledger.hpp>
#include <tiketi/payment/payment.hpp>
#include <tiketi/payment/refund.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi {

/// What a step tells the world. The numbers are stored.
enum class PaymentNews : std::uint8_t { none = 0, completed = 1, failed = 2, refunded = 3, points_charged = 4 };

/// Remembers what a key did, and for what request: which payment it made or confirmed, or which refund it booked.
struct PaymentKeyRecord {
  UserId user_id;
  std::string key;
  std::uint64_t fingerprint = 0;  ///< of the request
  PaymentId payment_id;
  Timestamp created_at;
  RefundId refund_id = {};  ///< nil: it was no refund
  friend bool operator==(const PaymentKeyRecord&, const PaymentKeyRecord&) = default;
};

/// A refund that is booked or goes on; version 0 means that it is new.
struct RefundStep {
  std::int64_t expected_version = 0;
  Refund after;
};

/// All of it applies, or nothing:
/// - the payment is stored as `after`, if the stored one has `expected_version` (0: it is new);
/// - if `after.claims_reservation()`, no other payment claims that reservation;
/// - the refund is stored, if the stored one has its expected version;
/// - the entries are appended to the journal; no account's balance may become negative;
/// - the key is new;
/// - `news` goes to the outbox.
struct PaymentChange {
  std::int64_t expected_version = 0;
  Payment after;
  std::optional<RefundStep> refund;
  std::vector<JournalEntry> entries;
  std::optional<PaymentKeyRecord> key;
  PaymentNews news = PaymentNews::none;
};

/// What became of a step: applied, or the first guard that failed, in this order.
struct PaymentOutcome {
  enum class Kind : std::uint8_t {
    applied,           ///< also told when a new payment of that id was stored before
    key_used,          ///< `payment`: by that payment
    version_conflict,  ///< the stored payment or refund is not the expected one
    claimed,           ///< `payment`: another payment claims the reservation
    balance_short,     ///< `number`: what the account has; `account`: which
  };
  Kind kind = Kind::applied;
  std::int64_t number = 0;
  PaymentId payment;
  Account account;
};

/// `payment.completed`, `payment.failed`, `payment.refunded`, `points.charged`; empty for none.
std::string_view topic(PaymentNews news) noexcept;

/// The message's JSON: {type, payment, order, purpose, reservation, user, method, status, amount, points, currency,
/// refunded, failureCode, version, at}; times in milliseconds. Its key is the payment's id.
std::string news_payload(PaymentNews news, const Payment& payment);

}  // namespace tiketi
