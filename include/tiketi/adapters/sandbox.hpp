#pragma once
// A payment provider without money: behaves like Toss Payments (core API, 2022-11-16), inside this process.

#include <tiketi/base/result.hpp>
#include <tiketi/base/time.hpp>
#include <tiketi/payment/provider.hpp>
#include <tiketi/ports/clock.hpp>
#include <tiketi/ports/ids.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi {

struct SandboxOptions {
  std::string path;                               ///< the file of its books; empty: they end with the object
  std::string page_prefix = "/sandbox/pay/";      ///< an order's page is at this and its payment key
  bool charges_directly = true;                   ///< false: customers must have been at the page
  std::int64_t authenticate_ms = 30 * minute_ms;  ///< how long an order waits for its customer
  std::int64_t confirm_ms = 10 * minute_ms;       ///< and then for us
  std::int64_t late_ms = 5 * second_ms;           ///< after which `TIKETI_LATE` is done
};

/// An order as its page shows it.
struct SandboxOrder {
  std::string order_name;
  ProviderPayment payment;
};

/// What it holds of one currency.
struct SandboxBooks {
  Currency currency;
  std::int64_t payments = 0;     ///< that took money, whatever was given back since
  std::int64_t taken_minor = 0;  ///< by them
  std::int64_t given_back_minor = 0;
  friend bool operator==(const SandboxBooks&, const SandboxBooks&) = default;
};

/// Thread-safe; several processes may share one file. A batch is one transaction: after a crash of the process all of
/// it was done, or nothing; a crash of the machine may cost the last ones. It keeps everything.
///
/// `READY` becomes `IN_PROGRESS` when the customer authenticates, `DONE` when it is charged; a direct charge does all
/// of that at once. What is not authenticated, or then charged, in time is `EXPIRED`; what was refused is `ABORTED`. An
/// order id is used once. Money is taken from 100 won on (`BELOW_MINIMUM_AMOUNT`). The errors of each call are those of
/// Toss, classed as the port tells (provider_code is theirs).
///
/// An idempotency key (at most 300 characters, 15 days) answers as it did the first time, success or refusal. It counts
/// per call (charge, direct charge, cancellation of that payment), whatever the rest of the request is.
///
/// **Made to fail**: by `Charge::test_code`, or by an amount:
///
///     990,001  REJECT_CARD_PAYMENT      990,005  NOT_FOUND_PAYMENT_SESSION   990,011  TIKETI_TIMEOUT_DONE
///     990,002  EXCEED_MAX_AMOUNT        990,006  PROVIDER_ERROR              990,012  TIKETI_TIMEOUT_LOST
///     990,003  INVALID_CARD_LOST_OR_STOLEN                                   990,013  TIKETI_LATE
///     990,004  REJECT_CARD_COMPANY                                           990,014  TIKETI_DOWN
///
/// A code of Toss is answered, and nothing is done. Ours are: `TIKETI_TIMEOUT_DONE`, outcome_unknown though it was
/// done; `TIKETI_TIMEOUT_LOST`, outcome_unknown and it never arrived; `TIKETI_LATE`, outcome_unknown and done `late_ms`
/// later; `TIKETI_DOWN`, provider_unavailable. `CANCEL:` and any of these lets the charge pass and keeps the rest for
/// the first cancellation of that payment.
class SandboxProvider : public Provider {
 public:
  // What the page does. payment_not_found; payment_over (too late, or not in that state); unavailable.

  /// Nothing if there is no such payment.
  virtual Result<std::optional<SandboxOrder>> order(std::string_view payment_key) = 0;
  /// The customer agrees. May be repeated.
  virtual Result<ProviderPayment> authenticate(std::string_view payment_key) = 0;
  /// The customer's bank refuses, with that code of the provider's: the payment is aborted.
  virtual Result<ProviderPayment> reject(std::string_view payment_key, std::string_view code) = 0;
  /// The customer leaves. That changes nothing: who comes back in time can go on.
  virtual Result<ProviderPayment> abandon(std::string_view payment_key) = 0;

  /// By currency. Costs as much as there is.
  virtual Result<std::vector<SandboxBooks>> books() = 0;
};

/// `clock` and `ids` must outlive it. unavailable, storage_mismatch (the file is something else).
Result<std::unique_ptr<SandboxProvider>> make_sandbox(const SandboxOptions& options, Clock& clock, Ids& ids);

}  // namespace tiketi
