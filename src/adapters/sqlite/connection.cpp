#include "adapters/sqlite/connection.hpp"

#include <algorithm>
#include <array>

namespace tiketi::sqlite {

namespace {

class StatementRow final : public sql::Row {
 public:
  explicit StatementRow(sqlite3_stmt* statement) : statement_(statement) {}

  Uuid uuid(int column) const override {
    const void* bytes = sqlite3_column_blob(statement_, column);
    if (bytes == nullptr || sqlite3_column_bytes(statement_, column) != 16) return {};
    return Uuid::from_bytes(static_cast<const std::uint8_t*>(bytes));
  }
  std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  std::string_view text(int column) const override {
    const void* bytes = sqlite3_column_text(statement_, column);
    return {static_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_;
};

using UuidBytes = std::array<std::uint8_t, 16>;

/// Binds one value. `bytes` keeps a UUID alive while the statement runs.
int bind(sqlite3_stmt* statement, int index, const sql::Column& column, std::size_t row, UuidBytes& bytes) {
  if (const auto* uuids = std::get_if<std::vector<Uuid>>(&column)) {
    const Uuid value = (*uuids)[row];
    if (value.is_nil()) return sqlite3_bind_null(statement, index);
    bytes = value.bytes();
    return sqlite3_bind_blob(statement, index, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC);
  }
  if (const auto* numbers = std::get_if<std::vector<std::int64_t>>(&column))
    return sqlite3_bind_int64(statement, index, (*numbers)[row]);
  const std::string_view text = std::get<std::vector<std::string_view>>(column)[row];
  // A null pointer would be NULL, which a text never is.
  return sqlite3_bind_text64(statement, index, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC,
                             SQLITE_UTF8);
}

std::size_t rows_of(const sql::Step& step) {
  if (!step.statement->bulk || step.columns.empty()) return 1;
  return std::visit([](const auto& values) { return values.size(); }, step.columns.front());
}

}  // namespace

Error error_of(int code, sqlite3* database, const std::string& what) {
  const std::string cause = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {Errc::storage_full,
              what + ": the disk or the database's size limit is full; make room and try again",
              {{"cause", cause}}};
    case SQLITE_CONSTRAINT: {
      const bool unique = code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_UNIQUE;
      const bool checked = code == SQLITE_CONSTRAINT_CHECK || code == SQLITE_CONSTRAINT_TRIGGER;
      return {Errc::storage_constraint,
              what + ": " + cause,
              {{"kind", unique    ? "unique"
                        : checked ? "check"
                                  : "other"}}};
    }
    case SQLITE_NOTADB:
      return {Errc::storage_mismatch, what + ": the file is not an SQLite database"};
    case SQLITE_CORRUPT:
      return {Errc::storage_mismatch, what + ": the database file is damaged; restore a backup"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Errc::unavailable, what + ": another process keeps the database locked; try again", {{"cause", cause}}};
    case SQLITE_READONLY:
      return {Errc::unavailable, what + ": the database is read-only", {{"cause", cause}}};
    case SQLITE_CANTOPEN:
      return {Errc::unavailable,
              what + ": can't open the file; check that its folder exists and is writable",
              {{"cause", cause}}};
    default:
      return {Errc::unavailable, what + ": " + cause, {{"cause", cause}}};
  }
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, bool may_create,
                                                     std::int64_t busy_timeout_ms) {
  sqlite3* raw = nullptr;
  const int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (may_create ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  std::unique_ptr<Connection> connection(new Connection(raw));
  if (code != SQLITE_OK) return error_of(code, raw, "opening " + path);
  sqlite3_busy_timeout(raw, static_cast<int>(std::clamp<std::int64_t>(busy_timeout_ms, 0, 3'600'000)));
  return connection;
}

Connection::~Connection() { statements_.clear(); }

Result<Connection::Prepared*> Connection::prepared(const sql::Statement& statement) {
  const auto known = statements_.find(&statement);
  if (known != statements_.end()) return &known->second;
  sqlite3_stmt* raw = nullptr;
  const int code =
      sqlite3_prepare_v3(database_.get(), statement.row_text.data(), static_cast<int>(statement.row_text.size()),
                         SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return error_of(code, database_.get(), "preparing a statement");
  Prepared prepared{std::unique_ptr<sqlite3_stmt, Finalize>(raw), {}};
  // $1 is a name to SQLite: its index is the order of first appearance.
  const int count = sqlite3_bind_parameter_count(raw);
  for (int i = 1; i <= count; ++i)
    prepared.indexes.push_back(sqlite3_bind_parameter_index(raw, ('$' + std::to_string(i)).c_str()));
  return &statements_.emplace(&statement, std::move(prepared)).first->second;
}

Result<void> Connection::run(std::span<const sql::Step> steps) {
  for (const sql::Step& step : steps)
    if (auto done = run_step(step); done.has_error()) return done;
  return {};
}

Result<void> Connection::run_step(const sql::Step& step) {
  auto statement = prepared(*step.statement);
  if (statement.has_error()) return statement.error();
  const std::size_t rows = rows_of(step);
  for (std::size_t row = 0; row < rows; ++row)
    if (auto done = run_row(**statement, step, row); done.has_error()) return done;
  return {};
}

Result<void> Connection::run_row(Prepared& prepared, const sql::Step& step, std::size_t row) {
  sqlite3_stmt* statement = prepared.statement.get();
  std::array<UuidBytes, 32> bytes;
  int code = SQLITE_OK;
  for (std::size_t i = 0; i < prepared.indexes.size() && code == SQLITE_OK; ++i)
    code = bind(statement, prepared.indexes[i], step.columns[i], row, bytes[i]);
  if (code == SQLITE_OK) {
    const StatementRow current(statement);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
      if (step.on_row) step.on_row(current);
  }
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement);
    return {};
  }
  Error error = error_of(code, database_.get(), "using the database");
  sqlite3_reset(statement);
  return error;
}

Result<void> Connection::execute(const std::string& text) {
  const int code = sqlite3_exec(database_.get(), text.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error_of(code, database_.get(), "using the database");
  return {};
}

void Connection::rollback() noexcept {
  // After some errors SQLite has rolled back by itself.
  if (sqlite3_get_autocommit(database_.get()) == 0)
    sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<std::int64_t> Connection::number(const std::string& query) {
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v2(database_.get(), query.c_str(), -1, &raw, nullptr);
  const std::unique_ptr<sqlite3_stmt, Finalize> statement(raw);
  if (code == SQLITE_OK) code = sqlite3_step(raw);
  if (code != SQLITE_ROW && code != SQLITE_DONE) return error_of(code, database_.get(), "using the database");
  return code == SQLITE_ROW ? sqlite3_column_int64(raw, 0) : 0;
}

}  // namespace tiketi::sqlite
