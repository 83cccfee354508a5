// The seat map of a stadium: loading, encoding and updating it.

#include "bench.hpp"
#include "raw_sqlite.hpp"

#include <tiketi/adapters/sqlite.hpp>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>

namespace tiketi::bench {

namespace {

constexpr std::size_t stadium_seats = 48'000;

/// A sum over all columns, so that none is left unread.
std::uint64_t scan(const RawSqlite::Statement& select, const NewInventory& event) {
  const UuidBytes first = event.seats.front().id.uuid.bytes(), last = event.seats.back().id.uuid.bytes();
  const UuidBytes id = event.event_id.uuid.bytes();
  bind_value(select, 1, first);
  bind_value(select, 2, last);
  bind_value(select, 3, id);
  std::uint64_t sum = 0;
  std::size_t rows = 0;
  sqlite3_stmt* statement = select.get();
  while (sqlite3_step(statement) == SQLITE_ROW) {
    ++rows;
    sum += static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, 0))[15];
    sum += sqlite3_column_text(statement, 1)[0];
    for (int column = 2; column < 10; ++column)
      sum += static_cast<std::uint64_t>(sqlite3_column_int64(statement, column));
  }
  sqlite3_reset(statement);
  require(rows == event.seats.size(), "the scan has not seen every seat");
  return sum;
}

void load(Run& run, Venue& venue, const std::string& path) {
  const std::string name = "seat-map/load-48000";
  if (!run.wants(name)) return;
  RawSqlite raw(path, RawSqlite::Mode::durable);
  const auto select = raw.prepare(
      "SELECT id, section, row_number, seat_number, x, y, price_minor, status, version, held_until FROM seats "
      "WHERE id BETWEEN ? AND ? AND event_id = ? ORDER BY id");
  const std::uint64_t expected = scan(select, venue.event());
  Contest contest;
  for (bool warm = false; contest.seconds() < run.seconds() / 2; warm = true) {
    if (!warm) contest = {};
    contest.limit.time(1,
                       [&] { require(scan(select, venue.event()) == expected, "the scan has read something else"); });
    contest.ours.time(1, [&] {
      const SeatMap map = venue.store().seat_map(venue.event().event_id).value();
      require(map.size() == stadium_seats && map.version == venue.taken(), "the map is incomplete");
    });
  }
  run.add(cost(name, "ms", contest.ours.median_ms(), contest.limit.median_ms(), "raw sqlite3 scan", "50 ms"));
}

void encode(Run& run, const SeatMap& map, Timestamp now) {
  const std::string name = "seat-map/encode-48000";
  if (!run.wants(name)) return;
  const std::string expected = encode_seat_map_json(map, now);
  Contest contest;
  while (contest.seconds() < run.seconds() / 2) {
    std::string copy;
    contest.limit.time(1, [&] {
      copy.reserve(expected.size());
      copy.append(expected);
    });
    std::string json;
    contest.ours.time(1, [&] { json = encode_seat_map_json(map, now); });
    require(json == expected && copy == expected, "the map was encoded differently");
  }
  run.add(cost(name, "ms", contest.ours.median_ms(), contest.limit.median_ms(), "a copy of the same bytes", "5 ms"));
}

void encode_statuses(Run& run, const SeatMap& map, Timestamp now) {
  const std::string name = "seat-map/encode-statuses-48000";
  if (!run.wants(name)) return;
  const auto expected = encode_seat_statuses(map, now);
  require(expected.size() == stadium_seats / 4, "a status takes two bits");
  Contest contest;
  while (contest.seconds() < run.seconds() / 4) {
    std::vector<SeatLive> copy;
    contest.limit.time(1, [&] { copy = map.live; });
    std::vector<std::uint8_t> bits;
    contest.ours.time(1, [&] { bits = encode_seat_statuses(map, now); });
    require(bits == expected && copy.size() == map.size(), "the statuses were encoded differently");
  }
  run.add(cost(name, "ms", contest.ours.median_ms(), contest.limit.median_ms(), "a copy of the seats' states"));
}

void update(Run& run, SeatMap map, Timestamp until) {
  const std::string name = "seat-map/update";
  if (!run.wants(name)) return;
  std::vector<std::size_t> order(map.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937_64 random(1);
  std::vector<SeatLive> plain = map.live;
  Contest contest;
  while (contest.seconds() < run.seconds() / 4) {
    std::shuffle(order.begin(), order.end(), random);
    const auto updates = static_cast<std::int64_t>(order.size());
    contest.limit.time(updates, [&] {
      for (const std::size_t i : order) plain[i] = {PlaceStatus::held, plain[i].version + 1, until};
    });
    std::size_t updated = 0;
    contest.ours.time(updates, [&] {
      for (const std::size_t i : order) {
        const SeatState state{PlaceStatus::held, map.live[i].version + 1, {}, until};
        updated += map.update((*map.places)[i].id, state);
      }
    });
    require(updated == order.size(), "an update was not taken over");
  }
  for (std::size_t i = 0; i < plain.size(); ++i) require(plain[i].version == map.live[i].version, "an update was lost");
  run.add(rate(name, "updates/s", contest.ours.rate(), contest.limit.rate(), "writing to an array at a known index"));
}

}  // namespace

void seat_maps(Run& run) {
  if (!run.wants("seat-map/load-48000") && !run.wants("seat-map/encode-48000") &&
      !run.wants("seat-map/encode-statuses-48000") && !run.wants("seat-map/update"))
    return;
  const std::string path = run.new_file("seat-map.db");
  Venue venue(sqlite::open(path).value(), stadium_seats);
  // 20,000 of them are taken.
  for (int i = 0; i < 40; ++i) require_all(venue.box_office().reserve(venue.next_commands(500)));
  load(run, venue, path);
  const SeatMap map = venue.store().seat_map(venue.event().event_id).value();
  encode(run, map, venue.clock().now());
  encode_statuses(run, map, venue.clock().now());
  update(run, map, venue.clock().now().plus_ms(minute_ms));
  venue.check();
}

}  // namespace tiketi::bench
