#pragma once
// The cashier's books as plain tables in memory. Not thread-safe: the store locks.

#include "adapters/memory/outbox.hpp"

#include <tiketi/base/finding.hpp>
#include <tiketi/payment/guards.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tiketi::memory {

struct PaymentBooks {
  explicit PaymentBooks(std::shared_ptr<Outbox> shared_outbox) : outbox(std::move(shared_outbox)) {}

  template <class Key, class Value>
  using Map = boost::unordered_flat_map<Key, Value, std::hash<Key>>;
  template <class StrongId>
  using Due = std::set<std::pair<Timestamp, StrongId>>;

  std::map<PaymentId, Payment> payments;
  std::map<RefundId, Refund> refunds;
  Map<std::string, PaymentId> payment_by_order;
  Map<UserId, std::set<PaymentId>> payments_of_user;
  Map<ReservationId, std::set<PaymentId>> payments_of_reservation;
  Map<PaymentId, std::set<RefundId>> refunds_of_payment;
  Map<ReservationId, PaymentId> claims;
  std::map<std::pair<UserId, std::string>, PaymentKeyRecord> keys;
  // Unfinished work by its time.
  Due<PaymentId> in_doubt;
  Due<PaymentId> orders;
  Due<RefundId> pending_refunds;
  // The ledger.
  std::vector<JournalEntry> journal;
  std::map<Account, std::int64_t> balances;
  Map<UserId, std::vector<PointHistoryLine>> point_history;

  std::map<EventId, EventCancellation> cancellations;
  std::shared_ptr<Outbox> outbox;

  // What the guards are evaluated over.
  std::int64_t version_of(PaymentId id) const;
  std::int64_t version_of(RefundId id) const;
  PaymentId used_by(const PaymentKeyRecord& record) const;
  PaymentId claimed_by(ReservationId id) const;
  std::int64_t balance(const Account& account) const;
  void applied(const PaymentChange& change, std::span<const std::int64_t> balances_after);

  const Payment* find(PaymentId id) const;

 private:
  void store(const Payment& after);
  void store(const Refund& after);
  void post(const PaymentChange& change, std::span<const std::int64_t> balances_after);
};

static_assert(payment::Books<PaymentBooks>);

/// Checks every invariant.
std::vector<Finding> find_broken_invariants(const PaymentBooks& books);

}  // namespace tiketi::memory
