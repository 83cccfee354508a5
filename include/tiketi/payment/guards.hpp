#pragma once
// The guards of a PaymentChange, evaluated over whatever a store knows of the rows that it touches. Every store uses
// this one, so that all of them decide alike.

#include <tiketi/payment/change.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace tiketi::payment {

/// The rows that a change touches, as they are now, with the changes of the batch that were applied before it.
///
/// `applied` is told when a change has passed. It enters all of it: the payment, who claims its reservation (the
/// payment, exactly as long as it `claims_reservation()`), the refund, the key, the news, and the entries;
/// `balances_after` has what the account of each posting has after it, in the order of entries and postings.
template <class T>
concept Books = requires(T books, PaymentId payment, RefundId refund, ReservationId reservation, const Account& account,
                         const PaymentKeyRecord& record, const PaymentChange& change,
                         std::span<const std::int64_t> balances_after) {
  { books.version_of(payment) } -> std::same_as<std::int64_t>;  // 0: there is none
  { books.version_of(refund) } -> std::same_as<std::int64_t>;
  { books.used_by(record) } -> std::same_as<PaymentId>;          // the payment that the key made; nil: it is new
  { books.claimed_by(reservation) } -> std::same_as<PaymentId>;  // nil: by none
  { books.balance(account) } -> std::same_as<std::int64_t>;      // 0 for one that was never used
  books.applied(change, balances_after);
};

namespace guards {

/// Works out the balances that the entries lead to, in order; stops at the first that would be negative.
template <Books T>
PaymentOutcome post(T& books, const PaymentChange& change, std::vector<std::int64_t>& balances_after) {
  std::vector<std::pair<Account, std::int64_t>> balances;  // few: a handful of accounts per change
  for (const JournalEntry& entry : change.entries)
    for (const Posting& posting : entry.postings) {
      const Account& account = posting.account;
      auto at = std::find_if(balances.begin(), balances.end(), [&](const auto& each) { return each.first == account; });
      if (at == balances.end()) at = balances.insert(at, {account, books.balance(account)});
      const std::int64_t after = balance_after(account.kind, at->second, posting.amount_minor);
      if (after < 0) return {PaymentOutcome::Kind::balance_short, at->second, {}, account};
      at->second = after;
      balances_after.push_back(after);
    }
  return {};
}

}  // namespace guards

/// Applies the change to the books if its guards hold, and tells which one did not.
template <Books T>
PaymentOutcome apply(T& books, const PaymentChange& change) {
  const Payment& after = change.after;
  const std::int64_t version = books.version_of(after.id);
  // A repetition of what was stored before: nobody else makes that id.
  if (change.expected_version == 0 && version != 0) return {};
  if (change.key)
    if (const PaymentId user = books.used_by(*change.key); !user.is_nil())
      return {PaymentOutcome::Kind::key_used, 0, user, {}};
  if (version != change.expected_version) return {PaymentOutcome::Kind::version_conflict, version, {}, {}};
  if (change.refund)
    if (const std::int64_t stored = books.version_of(change.refund->after.id);
        stored != change.refund->expected_version)
      return {PaymentOutcome::Kind::version_conflict, stored, {}, {}};
  if (after.claims_reservation())
    if (const PaymentId claimant = books.claimed_by(after.reservation_id); !claimant.is_nil() && claimant != after.id)
      return {PaymentOutcome::Kind::claimed, 0, claimant, {}};
  std::vector<std::int64_t> balances_after;
  const PaymentOutcome posted = guards::post(books, change, balances_after);
  if (posted.kind != PaymentOutcome::Kind::applied) return posted;
  books.applied(change, std::span<const std::int64_t>(balances_after));
  return {};
}

}  // namespace tiketi::payment
