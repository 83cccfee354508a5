#pragma once
// What the rules share.

#include <tiketi/payment/rules.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

namespace tiketi::payment {

/// The next version of a payment. `updated_at` is left to the step.
PaymentChange change_of(const Payment& current);

/// Appends the entry, without the postings of 0; nothing if there are none.
void add_entry(PaymentChange& change, JournalKind kind, JournalEntryId id, Timestamp now,
               std::initializer_list<Posting> postings);

Account user_points(const Payment& payment);
Account account(const Payment& payment, AccountKind kind);

/// A code of the provider's as it is stored: bounded and clean.
std::string code_to_store(std::string_view code);

/// When to try again after so many attempts in vain.
Timestamp next_attempt(std::int32_t attempts, Timestamp now, const CashierPolicy& policy);

}  // namespace tiketi::payment
