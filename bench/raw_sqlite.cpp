#include "raw_sqlite.hpp"

#include "bench.hpp"

namespace tiketi::bench {

RawSqlite::RawSqlite(const std::string& path, Mode mode) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  database_.reset(opened);
  require(code == SQLITE_OK, "opening " + path);
  if (mode == Mode::durable) {
    execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; "
        "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 67108864");
  } else {
    execute("PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA wal_autocheckpoint = 100000");
  }
  begin_ = prepare("BEGIN IMMEDIATE");
  commit_ = prepare("COMMIT");
  take_seat_ = prepare(
      "UPDATE seats SET status = 1, version = version + 1, reservation_id = ?, held_until = ? "
      "WHERE id = ? AND status = 0");
  add_reservation_ = prepare("INSERT INTO reservations VALUES (?, ?, ?, ?, 0, 1, ?, ?, 1, ?, ?, ?, '')");
  add_line_ = prepare("INSERT INTO reservation_items VALUES (?, 0, ?, NULL, 1, ?, ?)");
  add_message_ = prepare("INSERT INTO outbox (topic, key, payload, created_at) VALUES ('reservation.held', ?, ?, ?)");
  count_ = prepare("UPDATE inventories SET available = available - ?1, pending = pending + ?1 WHERE event_id = ?2");
}

void RawSqlite::execute(const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  require(code == SQLITE_OK, sql + ": " + sqlite3_errmsg(database_.get()));
}

RawSqlite::Statement RawSqlite::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  require(code == SQLITE_OK, sqlite3_errmsg(database_.get()));
  return Statement(statement);
}

void RawSqlite::hold(std::span<const PreparedHold> holds) {
  step(begin_);
  for (const PreparedHold& each : holds) {
    write(each);
    tell(each);
  }
  count(holds);
  step(commit_);
}

void RawSqlite::hold_quietly(std::span<const PreparedHold> holds) {
  for (const PreparedHold& each : holds) write(each);
  count(holds);
}

void RawSqlite::write(const PreparedHold& hold) {
  const Reservation& reservation = hold.reservation;
  const UuidBytes id = reservation.id.uuid.bytes(), seat = hold.seat().uuid.bytes();
  const UuidBytes event = reservation.event_id.uuid.bytes(), user = reservation.user_id.uuid.bytes();
  bind_value(take_seat_, 1, id);
  bind_value(take_seat_, 2, reservation.expires_at.ms);
  bind_value(take_seat_, 3, seat);
  step(take_seat_);
  require(sqlite3_changes(database_.get()) == 1, "a seat was not free");

  bind_value(add_reservation_, 1, id);
  bind_value(add_reservation_, 2, reservation.number.text());
  bind_value(add_reservation_, 3, event);
  bind_value(add_reservation_, 4, user);
  bind_value(add_reservation_, 5, reservation.total.minor);
  bind_value(add_reservation_, 6, reservation.total.currency.text());
  bind_value(add_reservation_, 7, reservation.created_at.ms);
  bind_value(add_reservation_, 8, reservation.updated_at.ms);
  bind_value(add_reservation_, 9, reservation.expires_at.ms);
  step(add_reservation_);

  bind_value(add_line_, 1, id);
  bind_value(add_line_, 2, seat);
  bind_value(add_line_, 3, reservation.lines.front().unit_price_minor);
  bind_value(add_line_, 4, std::string_view(reservation.lines.front().label));
  step(add_line_);
}

void RawSqlite::tell(const PreparedHold& hold) {
  const UuidBytes id = hold.reservation.id.uuid.bytes();
  bind_value(add_message_, 1, id);
  bind_value(add_message_, 2, std::string_view(hold.payload));
  bind_value(add_message_, 3, hold.reservation.updated_at.ms);
  step(add_message_);
}

void RawSqlite::count(std::span<const PreparedHold> holds) {
  const UuidBytes event = holds.front().reservation.event_id.uuid.bytes();
  bind_value(count_, 1, static_cast<std::int64_t>(holds.size()));
  bind_value(count_, 2, event);
  step(count_);
}

void RawSqlite::step(const Statement& statement) {
  const int code = sqlite3_step(statement.get());
  require(code == SQLITE_DONE, sqlite3_errmsg(database_.get()));
  sqlite3_reset(statement.get());
}

void bind_value(const RawSqlite::Statement& statement, int index, const UuidBytes& value) {
  sqlite3_bind_blob(statement.get(), index, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
}

void bind_value(const RawSqlite::Statement& statement, int index, std::int64_t value) {
  sqlite3_bind_int64(statement.get(), index, value);
}

void bind_value(const RawSqlite::Statement& statement, int index, std::string_view value) {
  sqlite3_bind_text64(statement.get(), index, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
}

}  // namespace tiketi::bench
