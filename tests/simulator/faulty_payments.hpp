#pragma once
// Decorators through which a simulation makes the cashier's storage and the payment provider fail.

#include "faulty_stores.hpp"

#include <tiketi/payment/provider.hpp>
#include <tiketi/payment/store.hpp>

#include <vector>

namespace tiketi::test {

class FaultyPaymentStore final : public PaymentStore {
 public:
  /// `loses_some`: answers, at times, that a commit was applied which was not. It proves that the simulator sees it.
  FaultyPaymentStore(PaymentStore& store, Line line, bool loses_some)
      : store_(store), line_(line), loses_some_(loses_some) {}

  Result<std::vector<PaymentOutcome>> commit(std::span<const PaymentChange> changes) override {
    return line_.through("payment commit", true, [&]() -> Result<std::vector<PaymentOutcome>> {
      if (loses_some_ && ++commits_ % 7 == 0) return std::vector<PaymentOutcome>(changes.size());
      return store_.commit(changes);
    });
  }
  Result<PaymentAnswer> ask(const PaymentQuestion& question) override {
    return line_.through("payment ask", false, [&] { return store_.ask(question); });
  }
  Result<std::vector<Payment>> payments_of(UserId user, PaymentId before, std::size_t limit) override {
    return line_.through("payments_of", false, [&] { return store_.payments_of(user, before, limit); });
  }
  Result<std::vector<Payment>> scan(PaymentId after, std::size_t limit) override {
    return line_.through("scan", false, [&] { return store_.scan(after, limit); });
  }
  Result<std::vector<std::vector<Refund>>> refunds_of(std::span<const PaymentId> payments) override {
    return line_.through("refunds_of", false, [&] { return store_.refunds_of(payments); });
  }
  Result<std::vector<Payment>> due_payments(Timestamp now, std::size_t limit) override {
    return line_.through("due_payments", false, [&] { return store_.due_payments(now, limit); });
  }
  Result<std::vector<Payment>> overdue_orders(Timestamp now, std::size_t limit) override {
    return line_.through("overdue_orders", false, [&] { return store_.overdue_orders(now, limit); });
  }
  Result<std::vector<Refund>> due_refunds(Timestamp now, std::size_t limit) override {
    return line_.through("due_refunds", false, [&] { return store_.due_refunds(now, limit); });
  }
  Result<std::vector<std::int64_t>> points(std::span<const UserId> users) override {
    return line_.through("points", false, [&] { return store_.points(users); });
  }
  Result<PointHistoryPage> point_history(UserId user, std::int64_t offset, std::size_t limit) override {
    return line_.through("point_history", false, [&] { return store_.point_history(user, offset, limit); });
  }
  Result<std::vector<AccountBalance>> balances() override {
    return line_.through("balances", false, [&] { return store_.balances(); });
  }
  Result<std::vector<PaymentTotals>> totals() override {
    return line_.through("totals", false, [&] { return store_.totals(); });
  }
  Result<void> put(const EventCancellation& cancellation) override {
    return line_.through("put", true, [&] { return store_.put(cancellation); });
  }
  Result<std::optional<EventCancellation>> event_cancellation(EventId event) override {
    return line_.through("event_cancellation", false, [&] { return store_.event_cancellation(event); });
  }
  Result<std::vector<EventCancellation>> unfinished_event_cancellations(std::size_t limit) override {
    return line_.through("unfinished_event_cancellations", false,
                         [&] { return store_.unfinished_event_cancellations(limit); });
  }
  Result<std::size_t> prune_keys(Timestamp before, std::size_t limit) override {
    return line_.through("prune_keys", true, [&] { return store_.prune_keys(before, limit); });
  }
  Result<std::vector<Finding>> verify() override {
    return line_.through("payment verify", false, [&] { return store_.verify(); });
  }

 private:
  PaymentStore& store_;
  Line line_;
  bool loses_some_;
  int commits_ = 0;
};

/// One process's line to the provider, which outlives all processes.
class ProviderLine final : public Provider {
 public:
  ProviderLine(Provider& provider, Line line) : provider_(provider), line_(line) {}

  std::string_view name() const noexcept override { return provider_.name(); }
  bool charges_directly() const noexcept override { return provider_.charges_directly(); }
  std::size_t batch_size() const noexcept override { return provider_.batch_size(); }

  Result<OpenedOrder> open(const OpenOrder& order) override {
    return told(line_.through("provider open", false, [&] { return provider_.open(order); }));
  }
  std::vector<Result<ProviderPayment>> charge(std::span<const Charge> charges) override {
    std::vector<Result<ProviderPayment>> out;
    for (const Charge& each : charges)
      out.push_back(told(line_.through("provider charge", true, [&] { return provider_.charge({&each, 1}).front(); })));
    return out;
  }
  std::vector<Result<ProviderPayment>> cancel(std::span<const CancelCharge> cancellations) override {
    std::vector<Result<ProviderPayment>> out;
    for (const CancelCharge& each : cancellations)
      out.push_back(told(line_.through("provider cancel", true, [&] { return provider_.cancel({&each, 1}).front(); })));
    return out;
  }
  Result<std::optional<ProviderPayment>> find(std::string_view order_id) override {
    return told(line_.through("provider find", false, [&] { return provider_.find(order_id); }));
  }

 private:
  /// What a provider that can't be reached is called. A process that is dead hears it too, but can't act on it.
  template <class T>
  static Result<T> told(Result<T> answer) {
    if (answer.has_error() && answer.error().code == Errc::unavailable)
      return Error{Errc::provider_unavailable, answer.error().message, answer.error().details};
    return answer;
  }

  Provider& provider_;
  Line line_;
};

}  // namespace tiketi::test
