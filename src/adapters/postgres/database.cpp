#include "adapters/postgres/database.hpp"

#include "adapters/postgres/connection.hpp"
#include "adapters/sql/stores.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace tiketi::postgres {

namespace {

class PostgresDatabase final : public sql::Database {
 public:
  PostgresDatabase(std::string dsn, const Options& options) : dsn_(std::move(dsn)), options_(options) {}

  sql::Dialect dialect() const noexcept override { return sql::Dialect::postgres; }
  Result<sql::Lease> writer() override { return lease(); }
  Result<sql::Lease> reader() override { return lease(); }

  Result<std::int64_t> size_bytes() override {
    static const sql::Statement size("SELECT pg_database_size(current_database())");
    auto connection = lease();
    if (connection.has_error()) return connection.error();
    std::int64_t bytes = 0;
    const sql::Step step{&size, {}, [&](const sql::Row& row) { bytes = row.integer(0); }};
    if (auto done = (*connection)->run({&step, 1}); done.has_error()) return done.error();
    return bytes;
  }

 private:
  using Owned = std::unique_ptr<PostgresConnection>;

  Result<sql::Lease> lease() {
    auto place = take();
    if (place.has_error()) return place.error();
    Owned connection = std::move(*place);
    if (connection == nullptr || !connection->is_alive()) {
      auto fresh = PostgresConnection::connect(dsn_, options_);
      if (fresh.has_error()) {
        give_back(nullptr);
        return fresh.error();
      }
      connection = std::move(*fresh);
    }
    return sql::Lease(connection.release(), [this](sql::Connection* used) {
      Owned owned(static_cast<PostgresConnection*>(used));
      if (owned->is_alive() && owned->in_transaction()) owned->rollback();
      give_back(std::move(owned));
    });
  }

  /// A place in the pool: an idle connection, or nothing if one is to be made.
  Result<Owned> take() {
    std::unique_lock lock(mutex_);
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(options_.acquire_timeout_ms);
    if (!freed_.wait_until(lock, until, [this] { return leased_ < options_.connections; }))
      return Error{Errc::unavailable,
                   "all " + std::to_string(options_.connections) + " connections to the database are in use",
                   {{"cause", "no free connection"}}};
    ++leased_;
    if (idle_.empty()) return Owned();
    Owned last = std::move(idle_.back());
    idle_.pop_back();
    return last;
  }

  void give_back(Owned connection) {
    {
      const std::lock_guard lock(mutex_);
      --leased_;
      if (connection != nullptr) idle_.push_back(std::move(connection));
    }
    freed_.notify_one();
  }

  const std::string dsn_;
  const Options options_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<Owned> idle_;  // the last one used is the next to be
  std::int32_t leased_ = 0;
};

Result<void> check(const std::string& dsn, const Options& options) {
  const auto refuse = [](const char* field, const std::string& what) {
    return Error{Errc::invalid_argument, what, {{"field", field}}};
  };
  if (options.connections < 1 || options.connections > 64)
    return refuse("connections", "the number of connections must be 1 to 64");
  if (options.connect_timeout_ms < 1 || options.statement_timeout_ms < 0 || options.acquire_timeout_ms < 0)
    return refuse("timeout", "time-outs must not be negative, and the one for connecting at least 1 ms");
  char* reason = nullptr;
  PQconninfoOption* parsed = dsn.empty() ? nullptr : PQconninfoParse(dsn.c_str(), &reason);
  PQfreemem(reason);  // it may quote a password: not told
  const bool is_dsn = parsed != nullptr;
  PQconninfoFree(parsed);
  if (!is_dsn)
    return refuse("dsn",
                  "the PostgreSQL address is malformed; write it like postgres://user:password@host:5432/database");
  return {};
}

}  // namespace

Result<std::unique_ptr<sql::Database>> open_database(const std::string& dsn, const Options& options) {
  if (auto valid = check(dsn, options); valid.has_error()) return valid.error();
  auto database = std::make_unique<PostgresDatabase>(dsn, options);
  if (auto connection = database->writer(); connection.has_error()) return connection.error();
  return std::unique_ptr<sql::Database>(std::move(database));
}

Result<std::unique_ptr<Stores>> open(const std::string& dsn, const Options& options) {
  auto database = open_database(dsn, options);
  if (database.has_error()) return database.error();
  return sql::make_stores(std::move(*database));
}

}  // namespace tiketi::postgres
