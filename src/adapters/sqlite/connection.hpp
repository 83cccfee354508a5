#pragma once
// One SQLite connection.

#include "adapters/sql/connection.hpp"

#include <sqlite3.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace tiketi::sqlite {

/// The error that SQLite's result code means; `what` is what could not be done.
Error error_of(int code, sqlite3* database, const std::string& what);

class Connection final : public sql::Connection {
 public:
  /// Opens the file; `may_create` also makes it. Waits up to `busy_timeout_ms` for others' locks.
  static Result<std::unique_ptr<Connection>> open(const std::string& path, bool may_create,
                                                  std::int64_t busy_timeout_ms);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Result<void> run(std::span<const sql::Step> steps) override;
  Result<void> execute(const std::string& text) override;
  void rollback() noexcept override;

  /// The first column of the first row of a query, as a number.
  Result<std::int64_t> number(const std::string& query);

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  struct Prepared {
    std::unique_ptr<sqlite3_stmt, Finalize> statement;
    std::vector<int> indexes;  // SQLite's index of $1, $2, …
  };

  explicit Connection(sqlite3* database) : database_(database) {}
  Result<Prepared*> prepared(const sql::Statement& statement);
  Result<void> run_step(const sql::Step& step);
  Result<void> run_row(Prepared& prepared, const sql::Step& step, std::size_t row);

  std::unique_ptr<sqlite3, Close> database_;
  std::unordered_map<const sql::Statement*, Prepared> statements_;
};

}  // namespace tiketi::sqlite
