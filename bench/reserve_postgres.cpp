// Durable holds in PostgreSQL, against PostgreSQL itself writing the same rows in the same batches.

#include "bench.hpp"
#include "raw_postgres.hpp"
#include "support/postgres_server.hpp"

#include <tiketi/adapters/postgres.hpp>

namespace tiketi::bench {

void reserve_in_postgres(Run& run) {
  const std::string name = "reserve/postgres/256";
  if (!run.wants(name)) return;
  constexpr std::size_t batch = 256, piece = 16 * batch, event_seats = 48'000;
  test::PostgresServer server;
  const std::string uri = server.create_database(), raw_uri = server.create_database();
  Venue venue(postgres::open(uri).value(), event_seats);
  Venue raw_venue(postgres::open(raw_uri).value(), event_seats);
  RawPostgres raw(raw_uri);
  Contest contest;
  do {
    const auto holds = raw_venue.next_holds(piece);
    std::vector<EncodedHolds> encoded;
    for (std::size_t i = 0; i < piece; i += batch) encoded.push_back(encode_holds(std::span(holds).subspan(i, batch)));
    contest.limit.time(piece, [&] {
      for (const EncodedHolds& each : encoded) raw.hold(each);
    });
    const auto commands = venue.next_commands(piece);
    contest.ours.time(piece, [&] {
      for (std::size_t i = 0; i < piece; i += batch)
        require_all(venue.box_office().reserve(std::span(commands).subspan(i, batch)));
    });
  } while (contest.seconds() < run.seconds());
  venue.check();
  raw_venue.check();
  run.add(
      rate(name, "holds/s", contest.ours.rate(), contest.limit.rate(), "raw set-based libpq loop", "0.5 of the limit"));
}

}  // namespace tiketi::bench
