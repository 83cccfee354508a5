#include "adapters/memory/payment_store.hpp"

#include "adapters/memory/payment_books.hpp"

#include <algorithm>
#include <mutex>

namespace tiketi::memory {

namespace {

class MemoryPaymentStore final : public PaymentStore {
 public:
  explicit MemoryPaymentStore(std::shared_ptr<Outbox> outbox) : books_(std::move(outbox)) {}

  Result<std::vector<PaymentOutcome>> commit(std::span<const PaymentChange> changes) override {
    const std::lock_guard lock(mutex_);
    std::vector<PaymentOutcome> outcomes;
    outcomes.reserve(changes.size());
    for (const PaymentChange& change : changes) outcomes.push_back(payment::apply(books_, change));
    return outcomes;
  }

  Result<PaymentAnswer> ask(const PaymentQuestion& question) override;
  Result<std::vector<Payment>> payments_of(UserId user, PaymentId before, std::size_t limit) override;
  Result<std::vector<Payment>> scan(PaymentId after, std::size_t limit) override;
  Result<std::vector<std::vector<Refund>>> refunds_of(std::span<const PaymentId> payments) override;

  Result<std::vector<Payment>> due_payments(Timestamp now, std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    return due(books_.in_doubt, books_.payments, now, limit);
  }
  Result<std::vector<Payment>> overdue_orders(Timestamp now, std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    return due(books_.orders, books_.payments, now, limit);
  }
  Result<std::vector<Refund>> due_refunds(Timestamp now, std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    return due(books_.pending_refunds, books_.refunds, now, limit);
  }

  Result<std::vector<std::int64_t>> points(std::span<const UserId> users) override {
    const std::lock_guard lock(mutex_);
    std::vector<std::int64_t> out;
    for (const UserId user : users) out.push_back(books_.balance({AccountKind::user_points, krw, user}));
    return out;
  }
  Result<PointHistoryPage> point_history(UserId user, std::int64_t offset, std::size_t limit) override;
  Result<std::vector<AccountBalance>> balances() override;
  Result<std::vector<PaymentTotals>> totals() override;

  Result<void> put(const EventCancellation& cancellation) override {
    const std::lock_guard lock(mutex_);
    books_.cancellations[cancellation.event_id] = cancellation;
    return {};
  }
  Result<std::optional<EventCancellation>> event_cancellation(EventId event) override {
    const std::lock_guard lock(mutex_);
    const auto at = books_.cancellations.find(event);
    return at == books_.cancellations.end() ? std::nullopt : std::optional(at->second);
  }
  Result<std::vector<EventCancellation>> unfinished_event_cancellations(std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    std::vector<EventCancellation> out;
    for (const auto& [event, cancellation] : books_.cancellations)
      if (cancellation.finished_at.ms == 0 && out.size() < limit) out.push_back(cancellation);
    return out;
  }

  Result<std::size_t> prune_keys(Timestamp before, std::size_t limit) override;

  Result<std::vector<Finding>> verify() override {
    const std::lock_guard lock(mutex_);
    std::vector<Finding> findings = find_broken_invariants(books_);
    if (findings.size() > 100) findings.resize(100);
    return findings;
  }

 private:
  template <class Id, class Row>
  static std::vector<Row> due(const std::set<std::pair<Timestamp, Id>>& queue, const std::map<Id, Row>& rows,
                              Timestamp now, std::size_t limit) {
    std::vector<Row> out;
    for (const auto& [time, id] : queue) {
      if (time > now || out.size() == limit) break;
      out.push_back(rows.at(id));
    }
    return out;
  }

  std::optional<Payment> copy(PaymentId id) const {
    const Payment* found = books_.find(id);
    return found == nullptr ? std::nullopt : std::optional(*found);
  }
  std::optional<Payment> payment_of(ReservationId id) const {
    const PaymentId claimant = books_.claimed_by(id);
    if (!claimant.is_nil()) return copy(claimant);
    const auto all = books_.payments_of_reservation.find(id);
    return all == books_.payments_of_reservation.end() ? std::nullopt : copy(*all->second.rbegin());
  }

  std::mutex mutex_;
  PaymentBooks books_;
};

Result<PaymentAnswer> MemoryPaymentStore::ask(const PaymentQuestion& question) {
  const std::lock_guard lock(mutex_);
  PaymentAnswer answer;
  for (const PaymentId id : question.payments) answer.payments.push_back(copy(id));
  for (const std::string& order : question.orders) {
    const auto at = books_.payment_by_order.find(order);
    answer.orders.push_back(at == books_.payment_by_order.end() ? std::nullopt : copy(at->second));
  }
  for (const ReservationId id : question.reservations) answer.reservations.push_back(payment_of(id));
  for (const PaymentKey& key : question.keys) {
    const auto at = books_.keys.find({key.user_id, key.key});
    answer.keys.push_back(at == books_.keys.end() ? std::nullopt : std::optional(at->second));
  }
  return answer;
}

Result<std::vector<Payment>> MemoryPaymentStore::payments_of(UserId user, PaymentId before, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Payment> out;
  const auto all = books_.payments_of_user.find(user);
  if (all == books_.payments_of_user.end()) return out;
  auto at = before.is_nil() ? all->second.end() : all->second.lower_bound(before);
  while (at != all->second.begin() && out.size() < limit) out.push_back(books_.payments.at(*--at));
  return out;
}

Result<std::vector<Payment>> MemoryPaymentStore::scan(PaymentId after, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Payment> out;
  for (const auto& [id, payment] : books_.payments)
    if (id > after) out.push_back(payment);
  std::ranges::sort(out, {}, &Payment::id);
  if (out.size() > limit) out.resize(limit);
  return out;
}

Result<std::vector<std::vector<Refund>>> MemoryPaymentStore::refunds_of(std::span<const PaymentId> payments) {
  const std::lock_guard lock(mutex_);
  std::vector<std::vector<Refund>> out(payments.size());
  for (std::size_t i = 0; i < payments.size(); ++i) {
    const auto all = books_.refunds_of_payment.find(payments[i]);
    if (all == books_.refunds_of_payment.end()) continue;
    for (const RefundId id : all->second) out[i].push_back(books_.refunds.at(id));
  }
  return out;
}

Result<PointHistoryPage> MemoryPaymentStore::point_history(UserId user, std::int64_t offset, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  PointHistoryPage page;
  const auto all = books_.point_history.find(user);
  if (all == books_.point_history.end()) return page;
  page.total = static_cast<std::int64_t>(all->second.size());
  for (std::int64_t i = page.total - 1 - offset; i >= 0 && page.lines.size() < limit; --i)
    page.lines.push_back(all->second[static_cast<std::size_t>(i)]);
  return page;
}

Result<std::vector<AccountBalance>> MemoryPaymentStore::balances() {
  const std::lock_guard lock(mutex_);
  std::map<Account, std::int64_t> sums;
  for (const auto& [account, balance] : books_.balances) sums[{account.kind, account.currency, {}}] += balance;
  std::vector<AccountBalance> out;
  for (const auto& [account, balance] : sums) out.push_back({account, balance});
  return out;
}

Result<std::vector<PaymentTotals>> MemoryPaymentStore::totals() {
  const std::lock_guard lock(mutex_);
  std::map<std::tuple<PaymentStatus, PaymentMethod, Currency>, PaymentTotals> groups;
  for (const auto& [id, payment] : books_.payments) {
    PaymentTotals& group = groups[{payment.status, payment.method, payment.amount.currency}];
    group.status = payment.status;
    group.method = payment.method;
    group.currency = payment.amount.currency;
    ++group.count;
    group.amount_minor += payment.amount.minor;
    group.refunded_minor += payment.card_refunded_minor + payment.points_refunded_minor;
  }
  std::vector<PaymentTotals> out;
  for (const auto& [key, group] : groups) out.push_back(group);
  return out;
}

Result<std::size_t> MemoryPaymentStore::prune_keys(Timestamp before, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::size_t removed = 0;
  for (auto at = books_.keys.begin(); at != books_.keys.end() && removed < limit;) {
    const bool old = at->second.created_at < before;
    at = old ? books_.keys.erase(at) : std::next(at);
    removed += old;
  }
  return removed;
}

}  // namespace

std::unique_ptr<PaymentStore> make_payment_store(std::shared_ptr<Outbox> outbox) {
  return std::make_unique<MemoryPaymentStore>(std::move(outbox));
}

}  // namespace tiketi::memory
