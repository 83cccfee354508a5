// One algorithm for all databases: read every row that the batch touches, evaluate the guards change by
// change over that picture, write what has changed in bulk, commit. Two round trips.

#include "adapters/sql/box_office_commit.hpp"

#include "adapters/sql/batch.hpp"
#include "adapters/sql/box_office_picture.hpp"

namespace tiketi::sql {

namespace {

Result<std::vector<Outcome>> try_commit(Connection& connection, std::span<const Change> changes) {
  Picture picture(changes);
  if (auto read = picture.read(connection); read.has_error()) return read.error();
  std::vector<Outcome> outcomes;
  outcomes.reserve(changes.size());
  for (const Change& change : changes) outcomes.push_back(box_office::apply(picture, change));
  if (auto written = picture.write(connection); written.has_error()) return written.error();
  return outcomes;
}

}  // namespace

Result<std::vector<Outcome>> commit_changes(Database& database, std::span<const Change> changes) {
  return transact(database, [changes](Connection& connection) { return try_commit(connection, changes); });
}

}  // namespace tiketi::sql
