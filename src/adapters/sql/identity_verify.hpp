#pragma once
// What must hold of the stored accounts, as queries that find what breaks it.

#include "adapters/sql/connection.hpp"

#include <tiketi/base/finding.hpp>

#include <vector>

namespace tiketi::sql {

Result<std::vector<Finding>> find_broken_accounts(Database& database);

}  // namespace tiketi::sql
