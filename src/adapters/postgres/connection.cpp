#include "adapters/postgres/connection.hpp"

#include "adapters/postgres/errors.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace tiketi::postgres {

namespace {

using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

constexpr int oldest_server = 130'000;
constexpr int binary = 1;

/// Waits until the socket can be read, or written if that is wanted.
bool wait_for_socket(PGconn* connection, bool write, int timeout_ms) {
  pollfd socket{PQsocket(connection), static_cast<short>(write ? POLLIN | POLLOUT : POLLIN), 0};
  if (socket.fd < 0) return false;
  int ready = 0;
  do ready = poll(&socket, 1, timeout_ms);
  while (ready < 0 && errno == EINTR);
  return ready > 0;
}

bool has_rows(const sql::Step& step) {
  return !step.statement->bulk || (!step.columns.empty() && rows_of(step.columns.front()) > 0);
}

std::string seconds(std::int64_t ms) { return std::to_string((ms + 999) / 1000); }

PGconn* open_connection(const std::string& dsn, const Options& options) {
  // What the DSN says counts more than what is before it, and less than what is after it. A dead network is
  // noticed within about half a minute, whatever the system's defaults are.
  const std::string connect_timeout = seconds(options.connect_timeout_ms);
  constexpr std::array keywords{"fallback_application_name",
                                "connect_timeout",
                                "keepalives_idle",
                                "keepalives_interval",
                                "keepalives_count",
                                "tcp_user_timeout",
                                "dbname",
                                "client_encoding",
                                static_cast<const char*>(nullptr)};
  const std::array values{"tiketi", connect_timeout.c_str(),          "10", "5", "3", "30000", dsn.c_str(),
                          "UTF8",   static_cast<const char*>(nullptr)};
  return PQconnectdbParams(keywords.data(), values.data(), 1);
}

/// Statements are prepared while tables may still be almost empty, and their plans live on while these grow:
/// an index is right from the first row on. JIT compilation costs more than it gains on short statements.
std::string session_settings(const Options& options) {
  return "SELECT set_config('statement_timeout', '" + std::to_string(options.statement_timeout_ms) +
         "', false), set_config('enable_seqscan', 'off', false), set_config('jit', 'off', false)";
}

}  // namespace

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::connect(const std::string& dsn,
                                                                        const Options& options) {
  std::unique_ptr<PostgresConnection> out(new PostgresConnection(open_connection(dsn, options)));
  PGconn* connection = out->handle();
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);  // by default it writes to stderr
  if (PQstatus(connection) != CONNECTION_OK) return lost(connection);
  if (PQserverVersion(connection) < oldest_server)
    return Error{Errc::not_supported, "the PostgreSQL server is too old; version 13 or later is needed"};
  if (PQsetnonblocking(connection, 1) != 0 || PQenterPipelineMode(connection) != 1) return lost(connection);
  if (auto set = out->execute(session_settings(options)); set.has_error()) return set.error();
  return out;
}

Result<void> PostgresConnection::run(std::span<const sql::Step> steps) {
  if (PQstatus(handle()) != CONNECTION_OK) return lost(handle());
  being_prepared_.clear();
  std::vector<Sent> sent;
  for (const sql::Step& step : steps)
    if (has_rows(step) && !send(step, sent)) return broken({}, {});
  return finish(sent);
}

Result<void> PostgresConnection::execute(const std::string& text) {
  if (PQstatus(handle()) != CONNECTION_OK) return lost(handle());
  if (PQsendQueryParams(handle(), text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, binary) != 1)
    return broken({}, {});
  return finish({Sent{}});
}

void PostgresConnection::rollback() noexcept {
  if (PQstatus(handle()) != CONNECTION_OK || !in_transaction()) return;
  // If even that fails, the connection ends and with it the transaction.
  if (execute("ROLLBACK").has_error() || in_transaction()) connection_.reset();
}

bool PostgresConnection::is_alive() noexcept {
  if (PQstatus(handle()) != CONNECTION_OK) return false;
  // An idle server says nothing but good-bye; after the rare notice a new connection does no harm.
  return !wait_for_socket(handle(), false, 0);
}

bool PostgresConnection::prepare(const sql::Step& step, std::vector<Sent>& sent) {
  const sql::Statement* statement = step.statement;
  std::vector<Oid> types;
  for (const sql::Column& column : step.columns) types.push_back(type_of(column, statement->bulk));
  const std::string name = 't' + std::to_string(++last_name_);
  being_prepared_[statement] = name;
  sent.push_back({&step, true});
  return PQsendPrepare(handle(), name.c_str(), statement->set_text.c_str(), static_cast<int>(types.size()),
                       types.data()) == 1;
}

bool PostgresConnection::send(const sql::Step& step, std::vector<Sent>& sent) {
  auto known = prepared_.find(step.statement);
  if (known == prepared_.end()) {
    known = being_prepared_.find(step.statement);
    if (known == being_prepared_.end()) {
      if (!prepare(step, sent)) return false;
      known = being_prepared_.find(step.statement);
    }
  }
  std::vector<Encoded> parameters;
  for (const sql::Column& column : step.columns)
    parameters.push_back(step.statement->bulk ? encode_array(column) : encode_first(column));
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const Encoded& each : parameters) {
    values.push_back(each.null ? nullptr : each.bytes.data());
    lengths.push_back(static_cast<int>(each.bytes.size()));
  }
  const std::vector<int> formats(parameters.size(), binary);
  sent.push_back({&step, false});
  return PQsendQueryPrepared(handle(), known->second.c_str(), static_cast<int>(values.size()), values.data(),
                             lengths.data(), formats.data(), binary) == 1;
}

/// Marks the end of what was sent, and reads all that comes back for it.
Result<void> PostgresConnection::finish(const std::vector<Sent>& sent) {
  Answers answers;
  const bool answered = PQpipelineSync(handle()) == 1 && read_results(sent, answers);
  if (!answered) return broken(sent, answers);
  if (answers.error) return *answers.error;
  // An error that libpq made, for example for want of memory.
  if (answers.complete < sent.size()) return lost(handle());
  return {};
}

/// What a connection's end in the middle means. What was refused before is not done; where the answer to
/// the commit should have been, nobody knows.
Error PostgresConnection::broken(const std::vector<Sent>& sent, const Answers& answers) {
  Error cause = answers.error ? *answers.error : lost(handle());
  connection_.reset();
  if (answers.error && !answers.fatal) return cause;
  const auto commit = std::find_if(sent.begin(), sent.end(), [](const Sent& each) {
    return each.step != nullptr && each.step->statement == &sql::commit();
  });
  const bool refused_before = answers.fatal && answers.complete < static_cast<std::size_t>(commit - sent.begin());
  if (commit == sent.end() || refused_before) return cause;
  return {Errc::outcome_unknown,
          "the connection to the database broke during a commit; ask whether it was applied: " + cause.message,
          cause.details};
}

bool PostgresConnection::wait_for_result() {
  while (true) {
    const int unsent = PQflush(handle());
    if (unsent < 0) return false;
    if (PQisBusy(handle()) == 0) return true;
    // Reading while there is something to write: else both sides could wait for the other to read.
    if (!wait_for_socket(handle(), unsent > 0, -1)) return false;
    if (PQconsumeInput(handle()) != 1) return false;
  }
}

/// Up to the answer to the sync. False if the connection is lost.
bool PostgresConnection::read_results(const std::vector<Sent>& sent, Answers& answers) {
  std::size_t next = 0;
  while (wait_for_result()) {
    const Answer result(PQgetResult(handle()), &PQclear);
    if (result == nullptr) {  // the end of one statement's results
      if (PQstatus(handle()) != CONNECTION_OK) return false;
      ++next;
      continue;
    }
    if (PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) return true;
    if (next < sent.size()) take(*result, sent[next], answers);
    if (answers.fatal || PQstatus(handle()) != CONNECTION_OK) return false;
  }
  return false;
}

void PostgresConnection::take(const PGresult& result, const Sent& sent, Answers& answers) {
  if (answers.error) return;  // what comes now was skipped
  const ExecStatusType status = PQresultStatus(&result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    // Without an SQLSTATE it is libpq that tells of a lost connection.
    if (PQresultErrorField(&result, PG_DIAG_SQLSTATE) == nullptr) return;
    answers.error = error_of(result);
    answers.fatal = is_fatal(result);
    return;
  }
  ++answers.complete;
  if (sent.step == nullptr) return;
  const sql::Statement* statement = sent.step->statement;
  if (sent.preparing) {
    prepared_[statement] = being_prepared_[statement];
    return;
  }
  if (statement == &sql::commit() && std::string_view(PQcmdStatus(const_cast<PGresult*>(&result))) != "COMMIT") {
    answers.error = Error{Errc::unavailable, "the transaction had failed before, and nothing of it was stored"};
    return;
  }
  if (!sent.step->on_row) return;
  for (int i = 0; i < PQntuples(&result); ++i) sent.step->on_row(ResultRow(result, i));
}

}  // namespace tiketi::postgres
