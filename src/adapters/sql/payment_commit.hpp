#pragma once
// The one write of the cashier: a batch of changes in one transaction.

#include "adapters/sql/connection.hpp"

#include <tiketi/payment/change.hpp>

#include <span>
#include <vector>

namespace tiketi::sql {

Result<std::vector<PaymentOutcome>> commit_payments(Database& database, std::span<const PaymentChange> changes);

}  // namespace tiketi::sql
