#include "support/fake_provider.hpp"

#include <type_traits>

namespace tiketi::test {

namespace {

Error refused(std::string code) {
  return {Errc::payment_refused, "the provider refused", {{"provider_code", std::move(code)}}};
}
Error over(std::string code) {
  return {Errc::payment_over, "the provider knows of no such payment", {{"provider_code", std::move(code)}}};
}
Error broken() {
  return {Errc::outcome_unknown,
          "the provider is broken",
          {{"provider_code", "FAILED_INTERNAL_SYSTEM_PROCESSING"}, {"key_spent", "true"}}};
}
Error not_accepted() {
  return {Errc::provider_unavailable,
          "the provider does not accept what we ask",
          {{"provider_code", "FORBIDDEN_REQUEST"}, {"cause", "FORBIDDEN_REQUEST"}, {"key_spent", "true"}}};
}
Error unavailable() { return {Errc::provider_unavailable, "the provider can't be reached", {{"cause", "simulated"}}}; }
Error unknown() { return {Errc::outcome_unknown, "the provider did not answer", {{"cause", "time-out"}}}; }

}  // namespace

ProviderFate FakeProvider::next_fate(std::string_view call) {
  {
    const std::lock_guard lock(mutex_);
    ++calls_[std::string(call)];
  }
  return fate ? fate(call) : ProviderFate::pass;
}

Result<OpenedOrder> FakeProvider::open(const OpenOrder& order) {
  if (next_fate("open") == ProviderFate::unavailable) return unavailable();
  const std::lock_guard lock(mutex_);
  ProviderPayment payment;
  payment.order_id = order.order_id;
  payment.total = order.amount;
  orders_.emplace(order.order_id, payment);
  return OpenedOrder{{}, "/fake/" + order.order_id};
}

std::string FakeProvider::authenticate(const std::string& order_id) {
  const std::lock_guard lock(mutex_);
  ProviderPayment& payment = orders_.at(order_id);
  if (payment.status == ProviderStatus::ready) {
    payment.status = ProviderStatus::in_progress;
    payment.payment_key = "key_" + order_id;
  }
  return payment.payment_key;
}

void FakeProvider::expire_all() {
  const std::lock_guard lock(mutex_);
  for (auto& [id, payment] : orders_)
    if (payment.status == ProviderStatus::ready || payment.status == ProviderStatus::in_progress)
      payment.status = ProviderStatus::expired;
}

Result<ProviderPayment> FakeProvider::take(const Charge& charge) {
  auto at = orders_.find(charge.order_id);
  if (charge.payment_key.empty() && at == orders_.end()) {
    at = orders_.emplace(charge.order_id, ProviderPayment{}).first;
    at->second.order_id = charge.order_id;
    at->second.payment_key = "key_" + charge.order_id;
    at->second.total = charge.amount;
    at->second.status = ProviderStatus::in_progress;
  }
  if (at == orders_.end()) return over("NOT_FOUND_PAYMENT_SESSION");
  ProviderPayment& payment = at->second;
  if (payment.status == ProviderStatus::done) return unknown();  // ALREADY_PROCESSED_PAYMENT
  if (payment.status != ProviderStatus::in_progress || payment.total != charge.amount ||
      (!charge.payment_key.empty() && payment.payment_key != charge.payment_key))
    return over("NOT_FOUND_PAYMENT_SESSION");
  payment.status = ProviderStatus::done;
  payment.balance_minor = payment.total.minor;
  payment.approved_at = clock_.now();
  webhooks_.push_back(payment.order_id);
  payment.last_transaction_key = "transaction_" + std::to_string(++transactions_);
  return payment;
}

Result<ProviderPayment> FakeProvider::give_back(const CancelCharge& cancellation) {
  for (auto& [id, payment] : orders_) {
    if (payment.payment_key != cancellation.payment_key) continue;
    if (payment.status == ProviderStatus::cancelled) return refused("ALREADY_CANCELED_PAYMENT");
    if (payment.balance_minor < cancellation.amount_minor || cancellation.amount_minor < 1 ||
        cancellation.reason.empty())
      return refused("NOT_CANCELABLE_AMOUNT");
    payment.balance_minor -= cancellation.amount_minor;
    payment.status = payment.balance_minor == 0 ? ProviderStatus::cancelled : ProviderStatus::partially_cancelled;
    payment.last_transaction_key = "transaction_" + std::to_string(++transactions_);
    return payment;
  }
  return over("NOT_FOUND_PAYMENT");
}

template <class Request>
Result<ProviderPayment> FakeProvider::handle(std::string_view call, const Request& request,
                                             Result<ProviderPayment> (FakeProvider::*act)(const Request&)) {
  const ProviderFate fate_now = next_fate(call);
  const std::lock_guard lock(mutex_);
  if (fate_now == ProviderFate::unavailable) return unavailable();
  if (fate_now == ProviderFate::lost_request) return unknown();
  if (fate_now == ProviderFate::late) {
    if constexpr (std::is_same_v<Request, Charge>) late_charges_.push_back(request);
    else late_cancellations_.push_back(request);
    return unknown();
  }
  const std::string key = std::string(call) + request.idempotency_key;
  if (const auto known = answers_.find(key); known != answers_.end()) return known->second;
  if (fate_now == ProviderFate::over) return over("NOT_FOUND_PAYMENT_SESSION");
  auto answer = fate_now == ProviderFate::refuse         ? Result<ProviderPayment>(refused("REJECT_CARD_COMPANY"))
                : fate_now == ProviderFate::broken       ? Result<ProviderPayment>(broken())
                : fate_now == ProviderFate::not_accepted ? Result<ProviderPayment>(not_accepted())
                                                         : (this->*act)(request);
  if (fate_now == ProviderFate::refuse)
    if constexpr (std::is_same_v<Request, Charge>) {
      auto& order = orders_[request.order_id];
      order.order_id = request.order_id;
      order.status = ProviderStatus::aborted;
      order.failure_code = "REJECT_CARD_COMPANY";
    }
  answers_.emplace(key, answer);
  if (fate_now == ProviderFate::lost_answer) return unknown();
  return answer;
}

std::vector<Result<ProviderPayment>> FakeProvider::charge(std::span<const Charge> charges) {
  std::vector<Result<ProviderPayment>> out;
  for (const Charge& each : charges) out.push_back(handle("charge", each, &FakeProvider::take));
  return out;
}

std::vector<Result<ProviderPayment>> FakeProvider::cancel(std::span<const CancelCharge> cancellations) {
  std::vector<Result<ProviderPayment>> out;
  for (const CancelCharge& each : cancellations) out.push_back(handle("cancel", each, &FakeProvider::give_back));
  return out;
}

Result<std::optional<ProviderPayment>> FakeProvider::find(std::string_view order_id) {
  const ProviderFate fate_now = next_fate("find");
  if (fate_now == ProviderFate::unavailable) return unavailable();
  if (fate_now != ProviderFate::pass) return unknown();
  const std::lock_guard lock(mutex_);
  const auto at = orders_.find(std::string(order_id));
  return at == orders_.end() ? std::nullopt : std::optional(at->second);
}

std::vector<std::string> FakeProvider::take_webhooks() {
  const std::lock_guard lock(mutex_);
  return std::exchange(webhooks_, {});
}

void FakeProvider::deliver_late() {
  const std::lock_guard lock(mutex_);
  for (const Charge& each : std::exchange(late_charges_, {})) {
    const std::string key = "charge" + each.idempotency_key;
    if (answers_.contains(key)) continue;
    answers_.emplace(key, take(each));
  }
  for (const CancelCharge& each : std::exchange(late_cancellations_, {})) {
    const std::string key = "cancel" + each.idempotency_key;
    if (!answers_.contains(key)) answers_.emplace(key, give_back(each));
  }
}

std::int64_t FakeProvider::money() const {
  const std::lock_guard lock(mutex_);
  std::int64_t sum = 0;
  for (const auto& [id, payment] : orders_) sum += payment.balance_minor;
  return sum;
}

std::int64_t FakeProvider::balance_of(const std::string& order_id) const {
  const std::lock_guard lock(mutex_);
  const auto at = orders_.find(order_id);
  return at == orders_.end() ? 0 : at->second.balance_minor;
}

int FakeProvider::calls(std::string_view call) const {
  const std::lock_guard lock(mutex_);
  const auto at = calls_.find(call);
  return at == calls_.end() ? 0 : at->second;
}

}  // namespace tiketi::test
