// Selling one event out of a file with millions of seats.

#include "big_file.hpp"
#include "support/process.hpp"

#include <tiketi/adapters/sqlite.hpp>
#include <tiketi/adapters/system.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>

namespace tiketi::bench {

namespace {

constexpr std::size_t batch = 256;

Shape shape_of(const Run& run) { return run.quick ? Shape{192, 500, 2'000} : Shape{9'808, 500, 48'000}; }

std::string seats_name(const Shape& shape) { return std::to_string(shape.seats()) + "-seats"; }

std::vector<Reserve> commands_for(const SeatMap& map) {
  std::vector<Reserve> out;
  out.reserve(map.size());
  for (const SeatPlace& place : *map.places) out.push_back({map.event_id, somebody(), {place.id}, {}, {}});
  return out;
}

/// One box office over one file, with commands for all seats of one event.
struct Seller {
  std::unique_ptr<Stores> stores;
  std::unique_ptr<Clock> clock = make_system_clock();
  std::unique_ptr<Ids> ids = make_random_ids(*clock);
  OpenDirectory directory;
  BoxOffice box_office;
  EventId event;
  std::vector<Reserve> commands;

  Seller(const std::string& path, EventId event_id)
      : stores(sqlite::open(path).value()),
        box_office(stores->box_office(), directory, *clock, *ids, {.hold_ms = day_ms}),
        event(event_id),
        commands(commands_for(stores->box_office().seat_map(event).value())) {}

  void sell(std::size_t first, std::size_t count) {
    for (std::size_t i = first; i < first + count; i += batch) {
      const std::size_t size = std::min(batch, first + count - i);
      require_all(box_office.reserve(std::span(commands).subspan(i, size)));
    }
  }
  void require_sold_out() {
    const SeatMap map = stores->box_office().seat_map(event).value();
    const auto is_held = [](const SeatLive& seat) { return seat.status == PlaceStatus::held; };
    require(std::all_of(map.live.begin(), map.live.end(), is_held), "not every seat of the event is held");
  }
};

double peak_memory_mb() {
  // Not getrusage: that counts what the process was before it became this program.
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != "VmHWM:") continue;
    double kib = 0;
    status >> kib;
    return kib / 1024;
  }
  throw std::runtime_error("/proc/self/status does not tell the peak of the resident memory");
}

}  // namespace

void sell_in_big_file(Run& run, const BigFile& big) {
  const std::string name = "reserve/sqlite/" + seats_name(big.shape);
  if (!run.wants(name)) return;
  const std::string small_path = run.new_file("one-event.db");
  {
    Venue venue(sqlite::open(small_path).value(), big.shape.stadium_seats);
    venue.load(big.stadium);
  }
  Seller seller(big.path, big.stadium.event_id), small(small_path, big.stadium.event_id);
  constexpr std::size_t piece = 8 * batch;
  Contest contest;
  for (std::size_t i = 0; i < seller.commands.size(); i += piece) {
    const std::size_t count = std::min(piece, seller.commands.size() - i);
    const auto done = static_cast<std::int64_t>(count);
    contest.limit.time(done, [&] { small.sell(i, count); });
    contest.ours.time(done, [&] { seller.sell(i, count); });
  }
  seller.require_sold_out();
  small.require_sold_out();
  require(small.stores->box_office().verify().value().empty(), "verify found something");
  run.add(rate(name, "holds/s", contest.ours.rate(), contest.limit.rate(), "the same event alone in a file",
               "0.8 of the limit"));
}

void memory_of_big_file(Run& run, const BigFile& big) {
  const std::string name = "memory/" + seats_name(big.shape);
  if (!run.wants(name)) return;
  test::Process child({run.program, "--sell", big.path, big.other_stadium.text()});
  std::string line;
  require(child.read_line(line), "the process for measuring memory has said nothing");
  require(child.wait() == EXIT_SUCCESS, "the process for measuring memory has failed");
  run.add(cost(name, "MB", std::stod(line), 300, "what we allow ourselves", "300 MB"));
}

int sell_and_tell_memory(const std::string& path, const std::string& event) {
  const auto id = EventId::parse(event);
  require(id.has_value(), "that is no event id");
  Seller seller(path, *id);
  seller.sell(0, seller.commands.size());
  seller.require_sold_out();
  const SeatMap map = seller.stores->box_office().seat_map(*id).value();
  require(!encode_seat_map_json(map, seller.clock->now()).empty(), "the map is empty");
  std::cout << peak_memory_mb() << '\n';
  return EXIT_SUCCESS;
}

void scale(Run& run) {
  const Shape shape = shape_of(run);
  const std::string sweep = run.quick ? "sweep/10000-of-100000" : "sweep/100000-of-5000000";
  if (!run.wants("reserve/sqlite/" + seats_name(shape)) && !run.wants("memory/" + seats_name(shape)) &&
      !run.wants(sweep))
    return;
  const BigFile big = build_big_file(run.new_file("big.db"), shape);
  sell_in_big_file(run, big);
  memory_of_big_file(run, big);
  if (run.wants(sweep)) sweep_big_file(run, big);
}

}  // namespace tiketi::bench
