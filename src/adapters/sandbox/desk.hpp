#pragma once
// How the provider decides, call by call, over what it has in its books.

#include "adapters/sandbox/books.hpp"

#include <tiketi/ports/ids.hpp>

#include <string>
#include <string_view>

namespace tiketi::sandbox {

/// The address that a request is counted under.
std::string call_of(const Charge& charge);
std::string call_of(const CancelCharge& cancellation);

/// The calls of one batch, in order, at one point in time. What it is given must outlive it.
class Desk {
 public:
  Desk(Picture& picture, Timestamp now, const SandboxOptions& options, Ids& ids)
      : picture_(picture), now_(now), options_(options), ids_(ids) {}

  Result<OpenedOrder> open(const OpenOrder& order);
  Result<ProviderPayment> charge(const Charge& charge);
  Result<ProviderPayment> cancel(const CancelCharge& cancellation);

  Result<ProviderPayment> authenticate(std::string_view payment_key);
  Result<ProviderPayment> reject(std::string_view payment_key, std::string_view code);
  Result<ProviderPayment> abandon(std::string_view payment_key);

 private:
  /// What was decided: done, or a code of the provider's.
  struct Decision {
    std::string code;
    const Entry* entry = nullptr;  ///< null if the call is about nothing that exists
    Timestamp done_at;
  };

  Entry& add(std::string order_id, std::string order_name, Money amount);
  Entry* find_or_open(const Charge& charge);
  Decision decide(const Charge& charge, const std::string& fault);
  Decision decide(const CancelCharge& cancellation, const std::string& fault, Entry* entry);
  Decision refuse(Entry& entry, std::string_view code);
  Decision take(Entry& entry, bool is_late);
  Decision give(Entry& entry, std::int64_t amount_minor, bool is_late);
  Result<ProviderPayment> answer(std::string call, const std::string& key, const Decision& decision,
                                 std::string_view fault);
  Result<ProviderPayment> repeat(const Request& request);
  const Request* request(const std::string& call, const std::string& key) const;

  Picture& picture_;
  Timestamp now_;
  const SandboxOptions& options_;
  Ids& ids_;
};

}  // namespace tiketi::sandbox
