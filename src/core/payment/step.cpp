#include "core/payment/step.hpp"

#include <tiketi/base/text.hpp>

#include <algorithm>

namespace tiketi::payment {

PaymentChange change_of(const Payment& current) {
  PaymentChange change;
  change.expected_version = current.version;
  change.after = current;
  change.after.version = current.version + 1;
  return change;
}

void add_entry(PaymentChange& change, JournalKind kind, JournalEntryId id, Timestamp now,
               std::initializer_list<Posting> postings) {
  JournalEntry entry{id, kind, change.after.id, {}, now, {}};
  if (change.refund) entry.refund_id = change.refund->after.id;
  for (const Posting& posting : postings)
    if (posting.amount_minor != 0) entry.postings.push_back(posting);
  if (!entry.postings.empty()) change.entries.push_back(std::move(entry));
}

Account account(const Payment& payment, AccountKind kind) { return {kind, payment.amount.currency, {}}; }

Account user_points(const Payment& payment) {
  return {AccountKind::user_points, payment.amount.currency, payment.user_id};
}

std::string code_to_store(std::string_view code) {
  return is_clean_text(code, max_failure_code_bytes) ? std::string(code) : "UNREADABLE_CODE";
}

Timestamp next_attempt(std::int32_t attempts, Timestamp now, const CashierPolicy& policy) {
  std::int64_t wait = policy.first_retry_ms;
  for (std::int32_t i = 1; i < attempts && wait < policy.last_retry_ms; ++i) wait *= 2;
  return now.plus_ms(std::clamp<std::int64_t>(wait, 1, policy.last_retry_ms));
}

}  // namespace tiketi::payment
