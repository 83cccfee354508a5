#pragma once
// Nouns: the books. Double-entry: every journal entry sums to zero, history is only ever appended to, and no account's
// balance is ever negative.

#include <tiketi/base/id.hpp>
#include <tiketi/base/money.hpp>
#include <tiketi/base/time.hpp>

#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tiketi {

/// The numbers are stored.
enum class AccountKind : std::uint8_t {
  user_points = 0,        ///< what we owe a customer in points; one account per user
  points_set_aside = 1,   ///< points of payments that are being made
  provider_clearing = 2,  ///< what the provider took for us and has not given back (an asset)
  revenue = 3,            ///< of tickets
  cancellation_fees = 4,  ///< kept of cancelled reservations
  refunds_payable = 5,    ///< booked as refunded, not given back by the provider yet
};
std::string_view name(AccountKind kind) noexcept;

struct Account {
  AccountKind kind = AccountKind::revenue;
  Currency currency;
  UserId user_id;  ///< nil unless the kind is user_points
  friend auto operator<=>(const Account&, const Account&) = default;
};

/// The account that is the mirror of the world outside has its balance on the other side.
constexpr bool is_asset(AccountKind kind) noexcept { return kind == AccountKind::provider_clearing; }

/// `amount_minor` is positive when the account is credited, negative when it is debited; never 0.
struct Posting {
  Account account;
  std::int64_t amount_minor = 0;
  friend bool operator==(const Posting&, const Posting&) = default;
};

/// Credits minus debits; for an asset the negated. This is what must never be negative.
constexpr std::int64_t balance_after(AccountKind kind, std::int64_t balance_minor, std::int64_t amount_minor) noexcept {
  return is_asset(kind) ? balance_minor - amount_minor : balance_minor + amount_minor;
}

/// What an entry tells of. The numbers are stored.
enum class JournalKind : std::uint8_t {
  points_set_aside = 0,  ///< user_points → points_set_aside
  points_released = 1,   ///< and back: the payment failed or came too late
  sale = 2,              ///< points_set_aside and provider_clearing → revenue
  points_charged = 3,    ///< provider_clearing → user_points
  late_money = 4,        ///< provider_clearing → refunds_payable
  refund_booked = 5,     ///< revenue (or user_points, of a charge) → refunds_payable, user_points, cancellation_fees
  refund_paid = 6,       ///< refunds_payable → provider_clearing
};
std::string_view name(JournalKind kind) noexcept;

/// Invariants (`ledger::check`): at least two postings, one currency, amounts not 0, no account twice, the sum is 0.
struct JournalEntry {
  JournalEntryId id;
  JournalKind kind = JournalKind::sale;
  PaymentId payment_id;
  RefundId refund_id;  ///< nil if none
  Timestamp at;
  std::vector<Posting> postings;
  friend bool operator==(const JournalEntry&, const JournalEntry&) = default;
};

/// The words of a customer's point history. Points that are set aside for a payment count as used.
enum class PointHistoryType : std::uint8_t { charge, use, refund };
/// `CHARGE`, `USE`, `REFUND`.
std::string_view name(PointHistoryType type) noexcept;

/// One line of a customer's point history: a posting on the user's account.
struct PointHistoryLine {
  JournalEntryId entry_id;
  JournalKind kind = JournalKind::points_charged;
  std::int64_t amount_minor = 0;  ///< negative for points used
  std::int64_t balance_after_minor = 0;
  PaymentId payment_id;
  RefundId refund_id;
  Timestamp at;
  friend bool operator==(const PointHistoryLine&, const PointHistoryLine&) = default;
};
PointHistoryType type_of(const PointHistoryLine& line) noexcept;

struct AccountBalance {
  Account account;
  std::int64_t balance_minor = 0;  ///< never negative
  friend bool operator==(const AccountBalance&, const AccountBalance&) = default;
};

}  // namespace tiketi
