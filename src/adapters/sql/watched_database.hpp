#pragma once
// Tells a watcher what the queries of a database take.

#include "adapters/sql/connection.hpp"

#include <tiketi/adapters/stores.hpp>

namespace tiketi::sql {

class WatchedDatabase final : public Database {
 public:
  explicit WatchedDatabase(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  /// Before the first connection is given out.
  void watch(QueryWatcher watcher) { watcher_ = std::move(watcher); }

  Dialect dialect() const noexcept override { return database_->dialect(); }
  Result<Lease> writer() override { return watched(database_->writer(), true); }
  Result<Lease> reader() override { return watched(database_->reader(), false); }
  Result<std::int64_t> size_bytes() override { return database_->size_bytes(); }

 private:
  Result<Lease> watched(Result<Lease> lease, bool writes) const;

  std::unique_ptr<Database> database_;
  QueryWatcher watcher_;
};

}  // namespace tiketi::sql
