#pragma once
// A payment provider that keeps books of its own, and at which everything happens that can.

#include <tiketi/payment/provider.hpp>
#include <tiketi/ports/clock.hpp>

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tiketi::test {

/// What becomes of one request.
enum class ProviderFate {
  pass,
  refuse,        ///< a customer's card is refused
  over,          ///< the session is not known any more
  broken,        ///< it answers with an internal error, and always will for that key
  not_accepted,  ///< it answers that we asked wrongly, and always will for that key
  unavailable,   ///< nothing was done, and that is known
  lost_request,  ///< it never arrives
  lost_answer,   ///< it is done, but the answer never arrives
  late,          ///< it arrives when `deliver_late` is called
};

/// Thread-safe. Behaves like Toss Payments: an order is opened, authenticated by the customer and then charged; the
/// first answer to an idempotency key is the answer to all later ones.
class FakeProvider final : public Provider {
 public:
  explicit FakeProvider(Clock& clock) : clock_(clock) {}

  /// Decides on each charge and cancellation ("charge", "cancel", "find", "open"); all pass if it is empty.
  std::function<ProviderFate(std::string_view call)> fate;
  bool direct = true;
  std::size_t batch = 1;
  std::string named = "fake";

  std::string_view name() const noexcept override { return named; }
  bool charges_directly() const noexcept override { return direct; }
  std::size_t batch_size() const noexcept override { return batch; }
  Result<OpenedOrder> open(const OpenOrder& order) override;
  std::vector<Result<ProviderPayment>> charge(std::span<const Charge> charges) override;
  std::vector<Result<ProviderPayment>> cancel(std::span<const CancelCharge> cancellations) override;
  Result<std::optional<ProviderPayment>> find(std::string_view order_id) override;

  /// The customer pays at the page; returns the payment key.
  std::string authenticate(const std::string& order_id);
  /// Nobody came back in time: authenticated orders that were not charged are over.
  void expire_all();
  /// What was on its way arrives.
  void deliver_late();
  /// The orders that were charged since this was called last: the provider tells of each.
  std::vector<std::string> take_webhooks();

  /// What it has taken for us and not given back.
  std::int64_t money() const;
  std::int64_t balance_of(const std::string& order_id) const;
  int calls(std::string_view call) const;

 private:
  ProviderFate next_fate(std::string_view call);
  Result<ProviderPayment> take(const Charge& charge);
  Result<ProviderPayment> give_back(const CancelCharge& cancellation);
  template <class Request>
  Result<ProviderPayment> handle(std::string_view call, const Request& request,
                                 Result<ProviderPayment> (FakeProvider::*act)(const Request&));

  Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, ProviderPayment> orders_;
  std::map<std::string, Result<ProviderPayment>> answers_;  // by idempotency key
  std::vector<std::string> webhooks_;
  std::vector<Charge> late_charges_;
  std::vector<CancelCharge> late_cancellations_;
  std::map<std::string, int, std::less<>> calls_;
  int transactions_ = 0;
};

}  // namespace tiketi::test
