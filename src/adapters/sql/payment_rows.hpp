#pragma once
// The tables of payments, refunds and the ledger: their columns, how rows become nouns, and how nouns become rows.

#include "adapters/sql/connection.hpp"

#include <tiketi/payment/change.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace tiketi::sql {

inline constexpr std::string_view payment_columns =
    "id, order_id, purpose, reservation_id, user_id, method, amount_minor, currency, points_minor, "
    "card_refunded_minor, points_refunded_minor, status, provider, payment_key, failure_code, created_at, updated_at, "
    "paid_at, expires_at, next_attempt_at, attempts, version";
inline constexpr std::string_view refund_columns =
    "id, payment_id, reservation_id, user_id, amount_minor, currency, points_minor, fee_minor, reason, note, "
    "cancels_reservation, status, failure_code, provider_reference, created_at, updated_at, completed_at, "
    "next_attempt_at, attempts, version";

Payment payment_of(const Row& row);
Refund refund_of(const Row& row);
Currency currency_of(std::string_view stored);

/// A posting with what its account comes to by it.
struct BookedPosting {
  const JournalEntry* entry = nullptr;
  const Posting* posting = nullptr;
  std::int64_t line_number = 0;
  std::int64_t balance_after_minor = 0;
  std::int64_t number = 0;  ///< of the account's postings, from 1 on
};

/// An account as it will be.
struct BookedAccount {
  const Account* account = nullptr;
  std::int64_t balance_minor = 0;
  std::int64_t postings = 0;
};

// Statements that store rows, new ones and changed ones. Their texts are those of the nouns, which must outlive the
// step.
Step insert_payments(std::span<const Payment* const> payments);
Step update_payments(std::span<const Payment* const> payments);
Step insert_refunds(std::span<const Refund* const> refunds);
Step update_refunds(std::span<const Refund* const> refunds);
Step insert_entries(std::span<const JournalEntry* const> entries);
Step insert_postings(std::span<const BookedPosting* const> postings);
Step insert_point_accounts(std::span<const BookedAccount* const> accounts);
Step update_point_accounts(std::span<const BookedAccount* const> accounts);
Step insert_house_accounts(std::span<const BookedAccount* const> accounts);
Step update_house_accounts(std::span<const BookedAccount* const> accounts);
Step insert_payment_keys(std::span<const PaymentKeyRecord* const> records);

}  // namespace tiketi::sql
