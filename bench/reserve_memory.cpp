// Holds in memory, against plain arrays.

#include "bench.hpp"
#include "venue.hpp"

#include <tiketi/adapters/memory.hpp>

#include <algorithm>

namespace tiketi::bench {

namespace {

/// A status for each seat and a list of reservations: the least that a box office could be.
struct PlainArrays {
  std::vector<PlaceStatus> seats;
  std::vector<Reservation> reservations;

  void hold(std::size_t seat, const Reservation& reservation) {
    require(seats[seat] == PlaceStatus::available, "a seat was not free");
    seats[seat] = PlaceStatus::held;
    reservations.push_back(reservation);
  }
};

}  // namespace

void reserve_in_memory(Run& run) {
  const std::string name = "reserve/memory/256";
  if (!run.wants(name)) return;
  constexpr std::size_t batch = 256, piece = 32 * batch, event_seats = 6 * piece;
  const std::size_t most = run.quick ? 4 * piece : 20 * event_seats;

  Venue venue(memory::make_stores(), event_seats);
  Venue drawing_board(memory::make_stores(), event_seats);  // where holds for the arrays are made up
  PlainArrays arrays;
  Contest contest;
  for (std::size_t done = 0; done < most && contest.seconds() < run.seconds(); done += piece) {
    const auto holds = drawing_board.next_holds(piece);
    arrays.seats.resize(done + piece);
    contest.limit.time(piece, [&] {
      for (std::size_t i = 0; i < piece; ++i) arrays.hold(done + i, holds[i].reservation);
    });
    const auto commands = venue.next_commands(piece);
    contest.ours.time(piece, [&] {
      for (std::size_t i = 0; i < piece; i += batch)
        require_all(venue.box_office().reserve(std::span(commands).subspan(i, batch)));
    });
  }
  venue.check();
  require(std::count(arrays.seats.begin(), arrays.seats.end(), PlaceStatus::held) == contest.limit.count,
          "not every seat of the plain array is held");
  run.add(rate(name, "holds/s", contest.ours.rate(), contest.limit.rate(), "plain arrays", "500,000 holds/s"));
}

}  // namespace tiketi::bench
