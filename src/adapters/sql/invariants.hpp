#pragma once
// What must always hold of stored data, as queries whose every row is a violation.

#include "adapters/sql/connection.hpp"

#include <tiketi/base/finding.hpp>

#include <vector>

namespace tiketi::sql {

/// The query's rows: the id of what is broken (or nil), then as many numbers as go into the sentence.
struct Invariant {
  const char* name;
  const char* what;  ///< after the id
  int numbers;
  Statement query;
};

/// Asks all of them about one state of the database. At most 100 findings.
Result<std::vector<Finding>> find_violations(Database& database, const std::vector<Invariant>& invariants);

}  // namespace tiketi::sql
