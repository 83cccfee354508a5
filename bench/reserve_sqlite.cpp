// Durable holds in SQLite, against SQLite itself writing the same rows in the same batches.

#include "bench.hpp"
#include "raw_sqlite.hpp"

#include <tiketi/adapters/sqlite.hpp>

namespace tiketi::bench {

namespace {

void reserve_in_batches_of(Run& run, std::size_t batch, const std::string& goal) {
  const std::string name = "reserve/sqlite/" + std::to_string(batch);
  if (!run.wants(name)) return;
  constexpr std::size_t event_seats = 48'000;
  // About a tenth of a second.
  const std::size_t piece = batch * (batch == 1 ? 256 : batch < 256 ? 128 : 16);
  const std::string suffix = std::to_string(batch) + ".db";
  const std::string raw_path = run.new_file("raw-" + suffix);
  Venue venue(sqlite::open(run.new_file("ours-" + suffix)).value(), event_seats);
  Venue raw_venue(sqlite::open(raw_path).value(), event_seats);
  RawSqlite raw(raw_path, RawSqlite::Mode::durable);
  Contest contest;
  do {
    const auto holds = raw_venue.next_holds(piece);
    contest.limit.time(static_cast<std::int64_t>(piece), [&] {
      for (std::size_t i = 0; i < piece; i += batch) raw.hold(std::span(holds).subspan(i, batch));
    });
    const auto commands = venue.next_commands(piece);
    contest.ours.time(static_cast<std::int64_t>(piece), [&] {
      for (std::size_t i = 0; i < piece; i += batch)
        require_all(venue.box_office().reserve(std::span(commands).subspan(i, batch)));
    });
  } while (contest.seconds() < run.seconds());
  venue.check();
  raw_venue.check();
  run.add(rate(name, "holds/s", contest.ours.rate(), contest.limit.rate(), "raw sqlite3 loop", goal));
}

}  // namespace

void reserve_in_sqlite(Run& run) {
  reserve_in_batches_of(run, 1, "");
  reserve_in_batches_of(run, 16, "");
  reserve_in_batches_of(run, 256, "0.5 of the limit");
}

}  // namespace tiketi::bench
