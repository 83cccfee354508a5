#pragma once
// What must always hold of payments, refunds and the ledger, as queries.

#include "adapters/sql/connection.hpp"

#include <tiketi/base/finding.hpp>

#include <vector>

namespace tiketi::sql {

/// At most 100 findings.
Result<std::vector<Finding>> find_broken_payments(Database& database);

}  // namespace tiketi::sql
