#include "adapters/memory/payment_books.hpp"

namespace tiketi::memory {

std::int64_t PaymentBooks::version_of(PaymentId id) const {
  const Payment* found = find(id);
  return found == nullptr ? 0 : found->version;
}

std::int64_t PaymentBooks::version_of(RefundId id) const {
  const auto at = refunds.find(id);
  return at == refunds.end() ? 0 : at->second.version;
}

PaymentId PaymentBooks::used_by(const PaymentKeyRecord& record) const {
  const auto at = keys.find({record.user_id, record.key});
  return at == keys.end() ? PaymentId{} : at->second.payment_id;
}

PaymentId PaymentBooks::claimed_by(ReservationId id) const {
  const auto at = claims.find(id);
  return at == claims.end() ? PaymentId{} : at->second;
}

std::int64_t PaymentBooks::balance(const Account& account) const {
  const auto at = balances.find(account);
  return at == balances.end() ? 0 : at->second;
}

const Payment* PaymentBooks::find(PaymentId id) const {
  const auto at = payments.find(id);
  return at == payments.end() ? nullptr : &at->second;
}

void PaymentBooks::applied(const PaymentChange& change, std::span<const std::int64_t> balances_after) {
  store(change.after);
  if (change.refund) store(change.refund->after);
  post(change, balances_after);
  if (change.key) keys.emplace(std::pair(change.key->user_id, change.key->key), *change.key);
  if (change.news != PaymentNews::none)
    outbox->add({0, std::string(topic(change.news)), change.after.id.text(), news_payload(change.news, change.after),
                 change.after.updated_at});
}

void PaymentBooks::store(const Payment& after) {
  const auto [at, is_new] = payments.emplace(after.id, after);
  Payment& stored = at->second;
  if (is_new) {
    payment_by_order.emplace(after.order_id, after.id);
    payments_of_user[after.user_id].insert(after.id);
    if (!after.reservation_id.is_nil()) payments_of_reservation[after.reservation_id].insert(after.id);
  } else {
    in_doubt.erase({stored.next_attempt_at, after.id});
    orders.erase({stored.expires_at, after.id});
    stored = after;
  }
  if (after.is_in_doubt()) in_doubt.emplace(after.next_attempt_at, after.id);
  if (after.status == PaymentStatus::pending) orders.emplace(after.expires_at, after.id);
  if (after.claims_reservation()) claims[after.reservation_id] = after.id;
  else if (claimed_by(after.reservation_id) == after.id) claims.erase(after.reservation_id);
}

void PaymentBooks::store(const Refund& after) {
  const auto [at, is_new] = refunds.emplace(after.id, after);
  Refund& stored = at->second;
  if (is_new) {
    refunds_of_payment[after.payment_id].insert(after.id);
  } else {
    pending_refunds.erase({stored.next_attempt_at, after.id});
    stored = after;
  }
  if (after.status == RefundStatus::pending) pending_refunds.emplace(after.next_attempt_at, after.id);
}

void PaymentBooks::post(const PaymentChange& change, std::span<const std::int64_t> balances_after) {
  std::size_t next = 0;
  for (const JournalEntry& entry : change.entries) {
    for (const Posting& posting : entry.postings) {
      const std::int64_t after = balances_after[next++];
      balances[posting.account] = after;
      if (posting.account.kind == AccountKind::user_points)
        point_history[posting.account.user_id].push_back(
            {entry.id, entry.kind, posting.amount_minor, after, entry.payment_id, entry.refund_id, entry.at});
    }
    journal.push_back(entry);
  }
}

}  // namespace tiketi::memory
