#pragma once
// A circuit breaker around a payment provider (M. Nygard, "Release It!", 2007): while the provider does not answer,
// customers are told so at once, instead of each waiting for a time-out.

#include <tiketi/payment/provider.hpp>
#include <tiketi/ports/clock.hpp>

#include <mutex>

namespace tiketi {

struct BreakerPolicy {
  int failures_to_open = 5;  ///< calls in a row that did not reach the provider
  std::int64_t pause_ms = 30 * second_ms;
};

/// Closed, it passes calls on. After so many failures in a row it opens: calls are answered provider_unavailable
/// (details: cause, `breaker_open`) and nothing is asked. After a pause it lets one call through: if that one is
/// answered it closes, otherwise the next pause begins. Thread-safe; calls run side by side.
///
/// A call has failed if nothing of it was answered: with provider_unavailable or outcome_unknown, but without a code of
/// the provider's. Failures that were asked for (details: test_code) don't count.
class Breaker final : public Provider {
 public:
  /// Both must outlive it.
  Breaker(Provider& provider, Clock& clock, BreakerPolicy policy = {})
      : provider_(provider), clock_(clock), policy_(policy) {}

  std::string_view name() const noexcept override { return provider_.name(); }
  bool charges_directly() const noexcept override { return provider_.charges_directly(); }
  std::size_t batch_size() const noexcept override { return provider_.batch_size(); }

  Result<OpenedOrder> open(const OpenOrder& order) override;
  std::vector<Result<ProviderPayment>> charge(std::span<const Charge> charges) override;
  std::vector<Result<ProviderPayment>> cancel(std::span<const CancelCharge> cancellations) override;
  Result<std::optional<ProviderPayment>> find(std::string_view order_id) override;

  /// True while calls are refused.
  bool is_open() const;

 private:
  enum class Pass { refused, normal, probe };
  enum class Seen { nothing, answer, failure };
  template <class T>
  static Seen look_at(const Result<T>& answer);
  static Seen look_at(const std::vector<Result<ProviderPayment>>& answers);
  Pass enter();
  void leave(Pass pass, Seen seen);

  Provider& provider_;
  Clock& clock_;
  const BreakerPolicy policy_;
  mutable std::mutex mutex_;
  int failures_ = 0;      // in a row
  Timestamp opened_at_;   // of the pause
  bool probing_ = false;  // one call is on its way to find out
};

}  // namespace tiketi
