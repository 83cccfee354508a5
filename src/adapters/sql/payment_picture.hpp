#pragma once
// The rows that a batch of payment changes touches: read together, changed in memory, written together.

#include "adapters/sql/connection.hpp"
#include "adapters/sql/payment_rows.hpp"

#include <tiketi/payment/guards.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tiketi::sql {

/// The changes must outlive it.
class PaymentPicture {
 public:
  explicit PaymentPicture(std::span<const PaymentChange> changes) : changes_(changes) {}

  /// Begins the transaction and reads. On servers payments, customers' accounts and the house's accounts are locked, in
  /// this order and each in key order. Who claims a reservation and who used a key is not locked: should somebody else
  /// be quicker, the database's unique indexes tell.
  Result<void> read(Connection& connection);

  /// Writes what `apply` has changed, and commits.
  Result<void> write(Connection& connection);

  // The books that the guards are evaluated over.
  std::int64_t version_of(PaymentId id) const;
  std::int64_t version_of(RefundId id) const;
  PaymentId used_by(const PaymentKeyRecord& record) const;
  PaymentId claimed_by(ReservationId id) const;
  std::int64_t balance(const Account& account) const;
  void applied(const PaymentChange& change, std::span<const std::int64_t> balances_after);

 private:
  template <class Key, class Value>
  using Map = boost::unordered_flat_map<Key, Value, std::hash<Key>>;

  struct KeyHash {
    std::size_t operator()(const std::pair<UserId, std::string_view>& key) const noexcept {
      return std::hash<UserId>{}(key.first) * 31 + std::hash<std::string_view>{}(key.second);
    }
  };
  using KeyMap = boost::unordered_flat_map<std::pair<UserId, std::string_view>, PaymentId, KeyHash>;

  /// What a noun will be stored as; null as long as nothing has changed it.
  template <class Noun>
  struct Stored {
    std::int64_t version = 0;
    const Noun* after = nullptr;
    bool is_new = false;
  };
  struct StoredAccount {
    std::int64_t balance_minor = 0;
    std::int64_t postings = 0;
    bool is_new = true;
    bool changed = false;
  };

  void read_nouns(std::vector<Step>& steps);
  void read_accounts(std::vector<Step>& steps);
  void read_keys(std::vector<Step>& steps);
  void book(const PaymentChange& change, std::span<const std::int64_t> balances_after);
  void write_payments(std::vector<Step>& steps) const;
  void write_refunds(std::vector<Step>& steps) const;
  void write_ledger(std::vector<Step>& steps) const;
  void write_accounts(std::vector<Step>& steps) const;
  void write_keys(std::vector<Step>& steps) const;
  void write_outbox(std::vector<Step>& steps);

  std::span<const PaymentChange> changes_;
  Map<PaymentId, Stored<Payment>> payments_;
  Map<RefundId, Stored<Refund>> refunds_;
  Map<ReservationId, PaymentId> claims_;
  KeyMap keys_;                                // views of the changes' keys
  std::map<Account, StoredAccount> accounts_;  // in the order of locking
  std::vector<const PaymentChange*> applied_;
  std::vector<const JournalEntry*> entries_;
  std::vector<BookedPosting> postings_;
  std::vector<std::string> payloads_;
};

static_assert(payment::Books<PaymentPicture>);

}  // namespace tiketi::sql
