// One algorithm for all databases: read every row that the batch touches, evaluate the guards change by change over
// that picture, write what has changed in bulk, commit. Two round trips.

#include "adapters/sql/payment_commit.hpp"

#include "adapters/sql/batch.hpp"
#include "adapters/sql/payment_picture.hpp"

namespace tiketi::sql {

namespace {

Result<std::vector<PaymentOutcome>> try_commit(Connection& connection, std::span<const PaymentChange> changes) {
  PaymentPicture picture(changes);
  if (auto read = picture.read(connection); read.has_error()) return read.error();
  std::vector<PaymentOutcome> outcomes;
  outcomes.reserve(changes.size());
  for (const PaymentChange& change : changes) outcomes.push_back(payment::apply(picture, change));
  if (auto written = picture.write(connection); written.has_error()) return written.error();
  return outcomes;
}

}  // namespace

Result<std::vector<PaymentOutcome>> commit_payments(Database& database, std::span<const PaymentChange> changes) {
  return transact(database, [changes](Connection& connection) { return try_commit(connection, changes); });
}

}  // namespace tiketi::sql
