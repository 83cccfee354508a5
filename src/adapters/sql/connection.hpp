#pragma once
// What the SQL stores need from a database: connections that run lists of statements, in bulk.

#include <tiketi/base/id.hpp>
#include <tiketi/base/result.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tiketi::sql {

/// The values of one parameter, one per row. A nil UUID is NULL; numbers and texts never are. Texts are
/// only looked at while the statement runs.
using Column = std::variant<std::vector<Uuid>, std::vector<std::int64_t>, std::vector<std::string_view>>;

/// One statement in both forms: `row_text` is run once per row of its columns, with $1… a row's values;
/// `set_text` is run once, with $1… whole arrays. A driver uses one of them. A statement that is not
/// `bulk` is run once with the first value of each column, in both forms. Statements live for ever:
/// drivers keep what they prepared by the statement's address.
struct Statement {
  std::string row_text;
  std::string set_text;
  bool bulk = false;

  Statement(std::string text) : row_text(text), set_text(std::move(text)) {}
  Statement(std::string row, std::string set, bool is_bulk)
      : row_text(std::move(row)), set_text(std::move(set)), bulk(is_bulk) {}
};

/// A row of a result. Valid only inside the handler. NULL reads as nil, 0 or an empty text.
class Row {
 public:
  virtual ~Row() = default;
  virtual Uuid uuid(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
};

/// A statement with its parameters, and who is told of the rows it returns.
struct Step {
  const Statement* statement = nullptr;
  std::vector<Column> columns;
  std::function<void(const Row&)> on_row;
};

/// One connection, used by one thread at a time.
class Connection {
 public:
  virtual ~Connection() = default;

  /// Runs the steps in order, in one round trip where the database can; stops at the first that fails. The
  /// caller then rolls back. Errors: unavailable (details: cause), storage_full, storage_constraint
  /// (details: kind = unique | check | other), version_conflict (deadlock or serialisation: run the
  /// transaction again), outcome_unknown (the connection broke in a run that contained `commit`).
  virtual Result<void> run(std::span<const Step> steps) = 0;

  /// One statement without parameters or rows, not kept prepared. The errors of `run`.
  virtual Result<void> execute(const std::string& text) = 0;

  /// Ends an open transaction without effect; never fails (a broken connection has none).
  virtual void rollback() noexcept = 0;
};

/// Gives the connection back when it goes.
using Lease = std::unique_ptr<Connection, std::function<void(Connection*)>>;

enum class Dialect { sqlite, postgres };

/// A database. Thread-safe.
class Database {
 public:
  virtual ~Database() = default;
  virtual Dialect dialect() const noexcept = 0;
  virtual Result<Lease> writer() = 0;  ///< waits, with a bound, until one is free
  virtual Result<Lease> reader() = 0;
  virtual Result<std::int64_t> size_bytes() = 0;
};

// Statements that every database has.
const Statement& begin_write();  ///< a transaction that will write
const Statement& begin_read();   ///< one that sees a single state of the database
const Statement& commit();
const Statement& read_all();  ///< after begin_read: the transaction will read whole tables, and may take its time

/// A column's name and type in a bulk statement.
struct Field {
  enum class Type { uuid, integer, text };
  std::string_view name;
  Type type = Type::integer;
};

/// INSERT of all columns, in the order of the rows. `conflict` is appended, for example `ON CONFLICT DO NOTHING`.
Statement bulk_insert(std::string_view table, const std::vector<Field>& fields, std::string_view conflict = {});
/// UPDATE of `values` where `keys` match; parameters are the keys, then the values. No key may come twice.
Statement bulk_update(std::string_view table, const std::vector<Field>& keys, const std::vector<Field>& values);
/// DELETE where `keys` match.
Statement bulk_delete(std::string_view table, const std::vector<Field>& keys);
/// SELECT of `results` (a comma-separated list) where `keys` match. In which order rows come is not said.
Statement bulk_select(std::string_view table, const std::vector<Field>& keys, std::string_view results);

}  // namespace tiketi::sql
