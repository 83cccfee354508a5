#include "big_file.hpp"

#include "raw_sqlite.hpp"

#include <tiketi/adapters/sqlite.hpp>
#include <tiketi/adapters/system.hpp>

#include <algorithm>
#include <iostream>

namespace tiketi::bench {

namespace {

NewInventory read_seats(Stores& stores, EventId event) {
  const SeatMap map = stores.box_office().seat_map(event).value();
  NewInventory out{event, map.currency, {}, {}};
  for (const SeatPlace& place : *map.places)
    out.seats.push_back({place.id,
                         event,
                         (*map.sections)[place.section],
                         place.row,
                         place.number,
                         place.price_minor,
                         place.x,
                         place.y,
                         {}});
  return out;
}

}  // namespace

BigFile build_big_file(const std::string& path, const Shape& shape) {
  std::cerr << "building a file with " << shape.seats() << " seats\n";
  BigFile big{path, shape, {}, {}, {}};
  sqlite::Options options;
  options.durable = false;
  Venue venue(sqlite::open(path, options).value(), shape.hall_seats);
  for (std::size_t i = 0; i < shape.halls; ++i) {
    if (i == shape.halls / 2 && shape.stadium_seats > 0) {
      big.stadium = make_seats(venue.ids(), shape.stadium_seats);
      venue.load(big.stadium);
      const NewInventory other = make_seats(venue.ids(), shape.stadium_seats);
      venue.load(other);
      big.other_stadium = other.event_id;
    }
    const NewInventory hall = make_seats(venue.ids(), shape.hall_seats);
    venue.load(hall);
    big.halls.push_back(hall.event_id);
  }
  return big;
}

void hold_all(const std::string& path, const std::vector<EventId>& events, std::size_t overdue) {
  std::cerr << "holding all seats of " << events.size() << " events\n";
  const auto stores = sqlite::open(path).value();
  const auto clock = make_system_clock();
  const auto ids = make_random_ids(*clock);
  const Timestamp now = clock->now();
  RawSqlite raw(path, RawSqlite::Mode::building);
  constexpr std::size_t events_at_once = 100;
  std::size_t held = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i % events_at_once == 0) raw.execute("BEGIN");
    const NewInventory event = read_seats(*stores, events[i]);
    const std::size_t over = std::min(overdue - std::min(overdue, held), event.seats.size());
    const std::size_t running = event.seats.size() - over;
    if (over > 0) raw.hold_quietly(prepare_holds(event, 0, over, *ids, now, {.hold_ms = -minute_ms}));
    if (running > 0) raw.hold_quietly(prepare_holds(event, over, running, *ids, now, {.hold_ms = day_ms}));
    held += event.seats.size();
    if (i % events_at_once == events_at_once - 1 || i + 1 == events.size()) raw.execute("COMMIT");
  }
}

}  // namespace tiketi::bench
