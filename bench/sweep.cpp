// Releasing holds that are over: it must cost what there is to release, not what there is.

#include "big_file.hpp"

#include <tiketi/adapters/sqlite.hpp>
#include <tiketi/adapters/system.hpp>

#include <iostream>

namespace tiketi::bench {

namespace {

struct Sweeper {
  std::unique_ptr<Stores> stores;
  std::unique_ptr<Clock> clock = make_system_clock();
  std::unique_ptr<Ids> ids = make_random_ids(*clock);
  OpenDirectory directory;
  BoxOffice box_office;

  explicit Sweeper(const std::string& path)
      : stores(sqlite::open(path).value()), box_office(stores->box_office(), directory, *clock, *ids) {}
};

}  // namespace

void sweep_big_file(Run& run, const BigFile& big) {
  const std::size_t overdue = big.shape.seats() >= 1'000'000 ? 100'000 : 10'000;
  const std::size_t seats = big.shape.seats();
  const auto sold = [&](EventId event) {
    const SeatMap map = sqlite::open(big.path).value()->box_office().seat_map(event).value();
    return map.live.front().status == PlaceStatus::held;
  };
  std::vector<EventId> to_hold = big.halls;
  for (const EventId stadium : {big.stadium.event_id, big.other_stadium})
    if (!sold(stadium)) to_hold.push_back(stadium);
  hold_all(big.path, to_hold, overdue);

  // The same halls in a file of their own, with nothing else.
  const std::size_t hall_count = overdue / big.shape.hall_seats;
  const std::string small_path = run.new_file("overdue.db");
  const BigFile small = build_big_file(small_path, {hall_count, big.shape.hall_seats, 0});
  hold_all(small_path, small.halls, overdue);

  Sweeper sweeper(big.path), small_sweeper(small_path);
  const std::size_t piece = overdue / 20;
  Contest contest;
  for (std::size_t i = 0; i < overdue; i += piece) {
    const auto sweep = [&](Side& side, Sweeper& each) {
      side.time(static_cast<std::int64_t>(piece), [&] {
        require(each.box_office.sweep(piece).value() == piece, "fewer holds than are over were released");
      });
    };
    sweep(contest.limit, small_sweeper);
    sweep(contest.ours, sweeper);
  }
  for (Sweeper* each : {&sweeper, &small_sweeper}) {
    require(each->box_office.sweep().value() == 0, "a hold that lasts was released");
    std::cerr << "verifying\n";
    require(each->stores->box_office().verify().value().empty(), "verify found something");
  }
  run.add(rate("sweep/" + std::to_string(overdue) + "-of-" + std::to_string(seats), "holds/s", contest.ours.rate(),
               contest.limit.rate(), "the same in a file with nothing else", "1 of the limit"));
}

}  // namespace tiketi::bench
