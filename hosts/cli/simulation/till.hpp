#pragma once
// Where fans pay, and whether the money is where they were told it is.

#include "simulation/fan.hpp"
#include "simulation/tally.hpp"

#include <tiketi/open.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tiketi::cli {

/// What became of each, after all three steps of a payment.
std::vector<Result<PaidPayment>> pay_all(Cashier& cashier, std::span<const Pay> commands);

/// By card; a sandbox refuses some first cards, and of some the answer is lost. The same again if it is asked again.
Pay payment_of(const Fan& fan, const OnSaleOptions& options);

/// Of all that the fans held.
struct MoneyReport {
  std::int64_t payments = 0;    ///< completed
  Money taken;                  ///< by them
  std::int64_t given_back = 0;  ///< payments that the provider took and gave back: the places were gone
  std::int64_t open = 0;        ///< it is not known yet whether they were made
  std::int64_t unheard = 0;     ///< completed, but the fan was not told
  std::vector<Finding> findings;
};

/// Holds what fans were told of their payments against the cashier's books, and those against the provider's.
Result<MoneyReport> audit_money(Services& services, std::span<const Bill> bills);

}  // namespace tiketi::cli
