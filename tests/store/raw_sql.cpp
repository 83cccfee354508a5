#include "store/raw_sql.hpp"

#include <libpq-fe.h>
#include <sqlite3.h>

#include <stdexcept>

namespace tiketi::test {

namespace {

constexpr std::string_view sqlite_prefix = "sqlite:";

std::unique_ptr<void, std::function<void(void*)>> open_sqlite(const std::string& path) {
  sqlite3* database = nullptr;
  const int code = sqlite3_open(path.c_str(), &database);
  std::unique_ptr<void, std::function<void(void*)>> out(database,
                                                        [](void* each) { sqlite3_close(static_cast<sqlite3*>(each)); });
  if (code != SQLITE_OK) throw std::runtime_error("can't open " + path);
  sqlite3_busy_timeout(database, 10'000);
  return out;
}

std::unique_ptr<void, std::function<void(void*)>> open_postgres(const std::string& dsn) {
  PGconn* connection = PQconnectdb(dsn.c_str());
  std::unique_ptr<void, std::function<void(void*)>> out(connection,
                                                        [](void* each) { PQfinish(static_cast<PGconn*>(each)); });
  if (PQstatus(connection) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection));
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);
  return out;
}

int keep_first(void* value, int columns, char** values, char**) {
  auto& out = *static_cast<std::string*>(value);
  if (out.empty() && columns > 0 && values[0] != nullptr) out = values[0];
  return 0;
}

}  // namespace

RawSql::RawSql(const std::string& address)
    : is_sqlite_(address.starts_with(sqlite_prefix)),
      handle_(is_sqlite_ ? open_sqlite(address.substr(sqlite_prefix.size())) : open_postgres(address)) {}

RawSql::Answer RawSql::run(const std::string& sql) {
  Answer out;
  if (is_sqlite_) {
    auto* database = static_cast<sqlite3*>(handle_.get());
    if (sqlite3_exec(database, sql.c_str(), keep_first, &out.value, nullptr) != SQLITE_OK)
      out.error = sqlite3_errmsg(database);
    return out;
  }
  auto* connection = static_cast<PGconn*>(handle_.get());
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection, sql.c_str()), &PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) out.error = PQerrorMessage(connection);
  else if (PQntuples(result.get()) > 0) out.value = PQgetvalue(result.get(), 0, 0);
  return out;
}

std::string RawSql::try_execute(const std::string& sql) { return run(sql).error; }

void RawSql::execute(const std::string& sql) {
  const std::string error = try_execute(sql);
  if (!error.empty()) throw std::runtime_error(sql + ": " + error);
}

std::int64_t RawSql::number(const std::string& query) {
  const Answer answer = run(query);
  if (!answer.error.empty()) throw std::runtime_error(query + ": " + answer.error);
  return answer.value.empty() ? 0 : std::stoll(answer.value);
}

std::string RawSql::literal(Uuid id) const {
  std::string text(36, '\0');
  write_uuid(id, text.data());
  if (!is_sqlite_) return "'" + text + "'::uuid";
  std::erase(text, '-');
  return "x'" + text + "'";
}

}  // namespace tiketi::test
