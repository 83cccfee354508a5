#pragma once
// Port: where the cashier keeps payments, refunds and the ledger.

#include <tiketi/base/finding.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/payment/change.hpp>
#include <tiketi/payment/ledger.hpp>
#include <tiketi/payment/payment.hpp>
#include <tiketi/payment/refund.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tiketi {

struct PaymentKey {
  UserId user_id;
  std::string key;
};

/// Everything that deciding a batch of commands takes. The answer runs in parallel to the question.
struct PaymentQuestion {
  std::vector<PaymentId> payments;
  std::vector<std::string> orders;          ///< order ids
  std::vector<ReservationId> reservations;  ///< the payment that claims it; if none does, the newest of it
  std::vector<PaymentKey> keys;
};
struct PaymentAnswer {
  std::vector<std::optional<Payment>> payments;
  std::vector<std::optional<Payment>> orders;
  std::vector<std::optional<Payment>> reservations;
  std::vector<std::optional<PaymentKeyRecord>> keys;
};

struct PointHistoryPage {
  std::vector<PointHistoryLine> lines;  ///< newest first
  std::int64_t total = 0;               ///< in all pages
};

/// How many payments there are of a status and method, and their sums; of all time.
struct PaymentTotals {
  PaymentStatus status = PaymentStatus::pending;
  PaymentMethod method = PaymentMethod::card;
  Currency currency;
  std::int64_t count = 0;
  std::int64_t amount_minor = 0;
  std::int64_t refunded_minor = 0;
};

/// Thread-safe. Reads see all that was committed before they began. Every function can return unavailable; those that
/// write also storage_full, and outcome_unknown if the connection broke while committing.
///
/// `commit` can safely be repeated with the same changes after outcome_unknown: a new payment that is there already is
/// answered `applied`, without being applied again.
class PaymentStore {
 public:
  virtual ~PaymentStore() = default;

  /// Makes the whole batch durable in one transaction, and answers for each change on its own. Changes apply in the
  /// order given. An error of the whole means that none was applied (but for outcome_unknown).
  virtual Result<std::vector<PaymentOutcome>> commit(std::span<const PaymentChange> changes) = 0;

  virtual Result<PaymentAnswer> ask(const PaymentQuestion& question) = 0;

  /// Newest first: those made before `before` (nil: all), at most `limit`.
  virtual Result<std::vector<Payment>> payments_of(UserId user, PaymentId before, std::size_t limit) = 0;

  /// All payments by id: those after `after` (nil: from the first), at most `limit`.
  virtual Result<std::vector<Payment>> scan(PaymentId after, std::size_t limit) = 0;

  /// Of each payment in turn, oldest first.
  virtual Result<std::vector<std::vector<Refund>>> refunds_of(std::span<const PaymentId> payments) = 0;

  /// Unfinished work whose time has come, the earliest first. Costs what it returns, not what there is.
  virtual Result<std::vector<Payment>> due_payments(Timestamp now, std::size_t limit) = 0;    ///< in doubt
  virtual Result<std::vector<Payment>> overdue_orders(Timestamp now, std::size_t limit) = 0;  ///< pending, expired
  virtual Result<std::vector<Refund>> due_refunds(Timestamp now, std::size_t limit) = 0;      ///< pending

  /// For each user in turn; 0 for who has none.
  virtual Result<std::vector<std::int64_t>> points(std::span<const UserId> users) = 0;
  virtual Result<PointHistoryPage> point_history(UserId user, std::int64_t offset, std::size_t limit) = 0;

  /// All accounts but the users', which are summed up as one (with a nil user).
  virtual Result<std::vector<AccountBalance>> balances() = 0;
  virtual Result<std::vector<PaymentTotals>> totals() = 0;

  /// Starts, or goes on with, the refunds of a cancelled event. `put` replaces what is stored of the event.
  virtual Result<void> put(const EventCancellation& cancellation) = 0;
  virtual Result<std::optional<EventCancellation>> event_cancellation(EventId event) = 0;
  virtual Result<std::vector<EventCancellation>> unfinished_event_cancellations(std::size_t limit) = 0;

  /// Removes at most `limit` key records made before `before`; returns how many.
  virtual Result<std::size_t> prune_keys(Timestamp before, std::size_t limit) = 0;

  /// Checks every invariant on all that is stored: entries sum to zero, balances are the sums of the postings and not
  /// negative, payments and refunds agree with the journal; at most 100 findings.
  virtual Result<std::vector<Finding>> verify() = 0;
};

}  // namespace tiketi
