#pragma once
// The one write of the box office: a batch of changes in one transaction.

#include "adapters/sql/connection.hpp"

#include <tiketi/box_office/change.hpp>

#include <span>
#include <vector>

namespace tiketi::sql {

Result<std::vector<Outcome>> commit_changes(Database& database, std::span<const Change> changes);

}  // namespace tiketi::sql
