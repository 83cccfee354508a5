#include <tiketi/payment/breaker.hpp>

#include <algorithm>

namespace tiketi {

namespace {

Error refused() {
  return {Errc::provider_unavailable,
          "the payment provider can't be reached now; try again later",
          {{"cause", "breaker_open"}}};
}

/// A code of the provider's is an answer, whatever it says.
bool was_not_reached(const Error& error) {
  return (error.code == Errc::provider_unavailable || error.code == Errc::outcome_unknown) &&
         error.detail("provider_code").empty();
}

}  // namespace

template <class T>
Breaker::Seen Breaker::look_at(const Result<T>& answer) {
  if (answer.has_value()) return Seen::answer;
  const Error error = answer.error();
  if (!was_not_reached(error)) return Seen::answer;
  return error.detail("test_code").empty() ? Seen::failure : Seen::nothing;
}

Breaker::Seen Breaker::look_at(const std::vector<Result<ProviderPayment>>& answers) {
  Seen all = Seen::nothing;
  for (const auto& each : answers) {
    const Seen seen = look_at(each);
    if (seen == Seen::answer) return seen;
    if (seen == Seen::failure) all = seen;
  }
  return all;
}

Breaker::Pass Breaker::enter() {
  const std::lock_guard lock(mutex_);
  if (failures_ < policy_.failures_to_open) return Pass::normal;
  const Timestamp now = clock_.now();
  opened_at_ = std::min(opened_at_, now);  // the clock was set back
  if (probing_ || now < opened_at_.plus_ms(policy_.pause_ms)) return Pass::refused;
  probing_ = true;
  return Pass::probe;
}

void Breaker::leave(Pass pass, Seen seen) {
  const std::lock_guard lock(mutex_);
  if (pass == Pass::probe) probing_ = false;
  if (seen == Seen::nothing) return;
  if (seen == Seen::answer) {
    failures_ = 0;
    return;
  }
  failures_ = std::min(failures_ + 1, policy_.failures_to_open);
  opened_at_ = clock_.now();
}

bool Breaker::is_open() const {
  const std::lock_guard lock(mutex_);
  return failures_ >= policy_.failures_to_open;
}

Result<OpenedOrder> Breaker::open(const OpenOrder& order) {
  const Pass pass = enter();
  if (pass == Pass::refused) return refused();
  auto answer = provider_.open(order);
  leave(pass, look_at(answer));
  return answer;
}

std::vector<Result<ProviderPayment>> Breaker::charge(std::span<const Charge> charges) {
  const Pass pass = enter();
  if (pass == Pass::refused) return std::vector<Result<ProviderPayment>>(charges.size(), refused());
  auto answers = provider_.charge(charges);
  leave(pass, look_at(answers));
  return answers;
}

std::vector<Result<ProviderPayment>> Breaker::cancel(std::span<const CancelCharge> cancellations) {
  const Pass pass = enter();
  if (pass == Pass::refused) return std::vector<Result<ProviderPayment>>(cancellations.size(), refused());
  auto answers = provider_.cancel(cancellations);
  leave(pass, look_at(answers));
  return answers;
}

Result<std::optional<ProviderPayment>> Breaker::find(std::string_view order_id) {
  const Pass pass = enter();
  if (pass == Pass::refused) return refused();
  auto answer = provider_.find(order_id);
  leave(pass, look_at(answer));
  return answer;
}

}  // namespace tiketi
