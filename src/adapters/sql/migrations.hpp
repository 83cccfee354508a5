#pragma once
// The numbered steps that make the database what the stores expect. Forward only.

#include "adapters/sql/connection.hpp"

#include <tiketi/adapters/stores.hpp>

#include <span>
#include <string_view>
#include <vector>

namespace tiketi::sql {

/// Statements end with a semicolon at the end of a line. `{uuid}`, `{int}`, `{serial}`, `{clustered}` and
/// `{strict}` stand for what
/// the dialect has; lines between `-- only: sqlite` (or postgres) and `-- end` are for that one alone.
struct Migration {
  int number = 0;
  std::string_view name;
  std::string_view text;
};

/// All that this build knows, by number. Generated from migrations/*.sql.
std::span<const Migration> migrations();

/// What is applied. storage_newer, storage_mismatch (an applied one was altered; a database that isn't ours).
Result<std::vector<MigrationStatus>> migration_status(Database& database);

/// Applies what is missing, each in a transaction of its own; several processes may do so at once.
/// Returns the numbers applied. The errors of `migration_status`.
Result<std::vector<int>> migrate(Database& database);

}  // namespace tiketi::sql
