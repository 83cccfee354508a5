#pragma once
// One connection to a PostgreSQL server.

#include "adapters/postgres/encoding.hpp"

#include <tiketi/adapters/postgres.hpp>

#include <libpq-fe.h>

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace tiketi::postgres {

/// Sends all steps of a run at once and then reads their results (libpq's pipeline mode).
class PostgresConnection final : public sql::Connection {
 public:
  /// unavailable, or not_supported if the server is too old.
  static Result<std::unique_ptr<PostgresConnection>> connect(const std::string& dsn, const Options& options);

  Result<void> run(std::span<const sql::Step> steps) override;
  Result<void> execute(const std::string& text) override;
  void rollback() noexcept override;

  /// False once the server has gone, as far as that can be told without asking it.
  bool is_alive() noexcept;
  bool in_transaction() const noexcept { return PQtransactionStatus(handle()) != PQTRANS_IDLE; }

 private:
  /// What was sent, so that its result is understood.
  struct Sent {
    const sql::Step* step = nullptr;
    bool preparing = false;
  };
  /// What has come back of a run.
  struct Answers {
    std::optional<Error> error;  // the first
    bool fatal = false;          // it ended the connection
    std::size_t complete = 0;    // how many of what was sent succeeded
  };

  explicit PostgresConnection(PGconn* connection) : connection_(connection, &PQfinish) {}
  PGconn* handle() const noexcept { return connection_.get(); }

  bool send(const sql::Step& step, std::vector<Sent>& sent);
  bool prepare(const sql::Step& step, std::vector<Sent>& sent);
  Result<void> finish(const std::vector<Sent>& sent);
  Error broken(const std::vector<Sent>& sent, const Answers& answers);
  bool read_results(const std::vector<Sent>& sent, Answers& answers);
  void take(const PGresult& result, const Sent& sent, Answers& answers);
  bool wait_for_result();

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
  std::unordered_map<const sql::Statement*, std::string> prepared_;
  std::unordered_map<const sql::Statement*, std::string> being_prepared_;
  std::uint64_t last_name_ = 0;
};

}  // namespace tiketi::postgres
