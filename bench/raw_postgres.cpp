#include "raw_postgres.hpp"

#include "adapters/postgres/encoding.hpp"
#include "bench.hpp"

#include <cstdlib>

namespace tiketi::bench {

namespace {

using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

constexpr int binary = 1;

std::string array_of(const sql::Column& column) { return postgres::encode_array(column).bytes; }
std::string value_of(const sql::Column& column) { return postgres::encode_first(column).bytes; }

}  // namespace

EncodedHolds encode_holds(std::span<const PreparedHold> holds) {
  std::vector<Uuid> ids, events, users, seats;
  std::vector<std::int64_t> totals, made, until;
  std::vector<std::string_view> numbers, currencies, labels, payloads;
  for (const PreparedHold& hold : holds) {
    const Reservation& reservation = hold.reservation;
    ids.push_back(reservation.id.uuid);
    events.push_back(reservation.event_id.uuid);
    users.push_back(reservation.user_id.uuid);
    seats.push_back(hold.seat().uuid);
    totals.push_back(reservation.total.minor);
    made.push_back(reservation.created_at.ms);
    until.push_back(reservation.expires_at.ms);
    numbers.push_back(reservation.number.text());
    currencies.push_back(reservation.total.currency.text());
    labels.push_back(reservation.lines.front().label);
    payloads.push_back(hold.payload);
  }
  const std::size_t rows = holds.size();
  const auto count = static_cast<std::int64_t>(rows);
  const std::string encoded_ids = array_of(ids), encoded_made = array_of(made), encoded_until = array_of(until);
  const std::string encoded_seats = array_of(seats), encoded_totals = array_of(totals);
  return {{{"begin", {}, 0},
           {"count", {value_of(std::vector{count}), value_of(std::vector{events.front()})}, 1},
           {"take_seats", {encoded_seats, encoded_ids, encoded_until}, rows},
           {"add_reservations",
            {encoded_ids, array_of(numbers), array_of(events), array_of(users), encoded_totals, array_of(currencies),
             encoded_made, encoded_until},
            rows},
           {"add_lines", {encoded_ids, encoded_seats, encoded_totals, array_of(labels)}, rows},
           {"add_messages", {encoded_ids, array_of(payloads), encoded_made}, rows},
           {"commit", {}, 0}}};
}

RawPostgres::RawPostgres(const std::string& uri) : connection_(PQconnectdb(uri.c_str()), &PQfinish) {
  require(PQstatus(connection_.get()) == CONNECTION_OK, PQerrorMessage(connection_.get()));
  execute("SET jit = off");
  prepare("begin", "BEGIN");
  prepare("commit", "COMMIT");
  prepare("count",
          "UPDATE inventories SET available = available - $1::bigint, pending = pending + $1::bigint WHERE event_id = "
          "$2::uuid");
  prepare("take_seats",
          "UPDATE seats SET status = 1, version = version + 1, reservation_id = r, held_until = t "
          "FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS holds(s, r, t) WHERE id = s AND status = 0");
  prepare("add_reservations",
          "INSERT INTO reservations SELECT i, n, e, u, 0, 1, m, c, 1, a, a, t, '' FROM unnest($1::uuid[], $2::text[], "
          "$3::uuid[], $4::uuid[], $5::bigint[], $6::text[], $7::bigint[], $8::bigint[]) "
          "AS holds(i, n, e, u, m, c, a, t)");
  prepare("add_lines",
          "INSERT INTO reservation_items SELECT i, 0, s, NULL, 1, p, l "
          "FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[]) AS holds(i, s, p, l)");
  prepare("add_messages",
          "INSERT INTO outbox (topic, key, payload, created_at) SELECT 'reservation.held', i, p, a "
          "FROM unnest($1::uuid[], $2::text[], $3::bigint[]) AS holds(i, p, a)");
  require(PQenterPipelineMode(connection_.get()) == 1, "pipeline mode");
}

void RawPostgres::execute(const char* sql) {
  const Answer answer(PQexec(connection_.get(), sql), &PQclear);
  require(PQresultStatus(answer.get()) == PGRES_COMMAND_OK, PQerrorMessage(connection_.get()));
}

void RawPostgres::prepare(const char* name, const char* sql) {
  const Answer answer(PQprepare(connection_.get(), name, sql, 0, nullptr), &PQclear);
  require(PQresultStatus(answer.get()) == PGRES_COMMAND_OK, PQerrorMessage(connection_.get()));
}

void RawPostgres::hold(const EncodedHolds& holds) {
  for (const auto& statement : holds.statements) send(statement);
  require(PQpipelineSync(connection_.get()) == 1, PQerrorMessage(connection_.get()));
  for (const auto& statement : holds.statements) finish_statement(statement.rows);
  const Answer end(PQgetResult(connection_.get()), &PQclear);
  require(PQresultStatus(end.get()) == PGRES_PIPELINE_SYNC, PQerrorMessage(connection_.get()));
}

void RawPostgres::send(const EncodedHolds::Statement& statement) {
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const std::string& parameter : statement.parameters) {
    values.push_back(parameter.data());
    lengths.push_back(static_cast<int>(parameter.size()));
  }
  const std::vector<int> formats(values.size(), binary);
  const int sent = PQsendQueryPrepared(connection_.get(), statement.name, static_cast<int>(values.size()),
                                       values.data(), lengths.data(), formats.data(), binary);
  require(sent == 1, PQerrorMessage(connection_.get()));
}

void RawPostgres::finish_statement(std::size_t rows) {
  const Answer answer(PQgetResult(connection_.get()), &PQclear);
  require(PQresultStatus(answer.get()) == PGRES_COMMAND_OK, PQerrorMessage(connection_.get()));
  const auto written = std::strtoull(PQcmdTuples(answer.get()), nullptr, 10);
  require(written == rows, std::to_string(written) + " rows were written instead of " + std::to_string(rows));
  require(PQgetResult(connection_.get()) == nullptr, "a statement has one result");
}

}  // namespace tiketi::bench
