#include "adapters/postgres/errors.hpp"

namespace tiketi::postgres {

namespace {

std::string field(const PGresult& result, int which) {
  const char* text = PQresultErrorField(&result, which);
  return text == nullptr ? std::string() : std::string(text);
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

Error constraint(const PGresult& result, std::string_view state, const std::string& cause) {
  const std::string kind = state == "23505" ? "unique" : state == "23514" ? "check" : "other";
  return {Errc::storage_constraint,
          "the database refused the write: " + cause,
          {{"kind", kind}, {"constraint", field(result, PG_DIAG_CONSTRAINT_NAME)}}};
}

}  // namespace

Error error_of(const PGresult& result) {
  const std::string state = field(result, PG_DIAG_SQLSTATE);
  std::string cause = field(result, PG_DIAG_MESSAGE_PRIMARY);
  if (cause.empty()) cause = trimmed(PQresultErrorMessage(&result));
  if (state == "53100")
    return {Errc::storage_full,
            "the database server's disk is full; nothing was stored: make room there and try again",
            {{"cause", cause}}};
  if (state == "40001" || state == "40P01")
    return {Errc::version_conflict, "the transaction met another one; run it again", {{"cause", cause}}};
  // Class 22: a value that the database can't take.
  if (state.starts_with("23") || state.starts_with("22")) return constraint(result, state, cause);
  if (state == "57014")
    return {Errc::unavailable, "the database took longer than the statement time-out allows", {{"cause", cause}}};
  return {Errc::unavailable, "the database failed: " + cause, {{"cause", cause}, {"sqlstate", state}}};
}

Error lost(const PGconn* connection) {
  std::string cause = connection == nullptr ? "the connection was lost" : trimmed(PQerrorMessage(connection));
  return {Errc::unavailable, "the database can't be reached: " + cause, {{"cause", std::move(cause)}}};
}

bool is_fatal(const PGresult& result) noexcept {
  const char* severity = PQresultErrorField(&result, PG_DIAG_SEVERITY_NONLOCALIZED);
  return severity != nullptr && (*severity == 'F' || *severity == 'P');  // FATAL, PANIC
}

}  // namespace tiketi::postgres
