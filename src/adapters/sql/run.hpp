#pragma once
// What the stores' single statements have in common: their parameters, and the connection that they run on.

#include "adapters/sql/connection.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace tiketi::sql {

// A parameter of a statement that isn't bulk.
inline Column one(Uuid value) { return std::vector<Uuid>{value}; }
inline Column one(std::string_view value) { return std::vector<std::string_view>{value}; }
inline Column one(std::int64_t value) { return std::vector<std::int64_t>{value}; }
inline Column one_limit(std::size_t value) {
  return one(static_cast<std::int64_t>(std::min<std::size_t>(value, std::numeric_limits<std::int32_t>::max())));
}

/// The ids in ascending order, each once.
template <class StrongId>
std::vector<Uuid> distinct_uuids_of(std::span<const StrongId> ids) {
  std::vector<Uuid> out;
  out.reserve(ids.size());
  for (const StrongId id : ids) out.push_back(id.uuid);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// On a connection from `lease` (the database's reader or writer), rolled back when one of the steps fails.
inline Result<void> run(const Result<Lease>& lease, std::span<const Step> steps) {
  if (lease.has_error()) return lease.error();
  auto done = (*lease)->run(steps);
  if (done.has_error()) (*lease)->rollback();
  return done;
}

inline Result<void> read(Database& database, std::span<const Step> steps) { return run(database.reader(), steps); }
inline Result<void> read(Database& database, const Step& step) { return run(database.reader(), {&step, 1}); }
inline Result<void> write(Database& database, std::span<const Step> steps) { return run(database.writer(), steps); }
inline Result<void> write(Database& database, const Step& step) { return run(database.writer(), {&step, 1}); }

/// Runs a DELETE that ends in `RETURNING 1`, and tells how many rows it removed.
inline Result<std::size_t> remove_rows(Database& database, const Statement& statement, std::vector<Column> columns) {
  std::size_t removed = 0;
  const Step step{&statement, std::move(columns), [&](const Row&) { ++removed; }};
  if (auto done = write(database, step); done.has_error()) return done.error();
  return removed;
}

}  // namespace tiketi::sql
