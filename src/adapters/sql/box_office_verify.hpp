#pragma once
// The box office's invariants, checked by queries over everything that is stored.

#include "adapters/sql/connection.hpp"

#include <tiketi/box_office/store.hpp>

#include <vector>

namespace tiketi::sql {

Result<std::vector<Finding>> find_broken_invariants(Database& database);

}  // namespace tiketi::sql
