#pragma once
// What PostgreSQL itself can do: the rows of holds written by set-based statements over arrays, with nothing
// but libpq, in one round trip for each transaction.

#include "venue.hpp"

#include <libpq-fe.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tiketi::bench {

/// The parameters of a transaction's statements in PostgreSQL's binary format: made before the time is taken.
struct EncodedHolds {
  struct Statement {
    const char* name;
    std::vector<std::string> parameters;
    std::size_t rows;  ///< how many it has to write
  };
  std::vector<Statement> statements;
};

EncodedHolds encode_holds(std::span<const PreparedHold> holds);

class RawPostgres {
 public:
  /// The database has been migrated before.
  explicit RawPostgres(const std::string& uri);

  void execute(const char* sql);

  /// Makes the holds in one transaction.
  void hold(const EncodedHolds& holds);

 private:
  void prepare(const char* name, const char* sql);
  void send(const EncodedHolds::Statement& statement);
  void finish_statement(std::size_t rows);

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

}  // namespace tiketi::bench
