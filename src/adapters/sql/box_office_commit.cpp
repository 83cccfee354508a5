// One algorithm for all databases: read every row that the batch touches, evaluate the guards change by
// change over that picture, write what has changed in bulk, commit. Two round trips.

#include "adapters/sql/box_office_commit.hpp"

#include "adapters/sql/box_office_picture.hpp"

namespace tiketi::sql {

namespace {

// Each attempt follows somebody else's success; more would mean something else is wrong.
constexpr int max_attempts = 5;

bool is_race(const Error& error) {
  return error.code == Errc::version_conflict ||
         (error.code == Errc::storage_constraint && error.detail("kind") == "unique");
}

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
  for (int attempt = 1;; ++attempt) {
    auto connection = database.writer();
    if (connection.has_error()) return connection.error();
    auto outcomes = try_commit(**connection, changes);
    if (outcomes.has_value()) return outcomes;
    (*connection)->rollback();
    if (!is_race(outcomes.error()) || attempt == max_attempts) return outcomes;
  }
}

}  // namespace tiketi::sql
