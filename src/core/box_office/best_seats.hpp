#pragma once
// Finding the best seats for a batch of commands, on maps that may be a moment old, and holding them.

#include "core/box_office/commit.hpp"

#include <tiketi/box_office/reservation.hpp>
#include <tiketi/box_office/seat_map.hpp>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace tiketi::box_office {

/// Keeps the maps of the events that are asked for most recently. A stale map costs a second try, never a seat:
/// the commit decides. Thread-safe.
class BestSeats {
 public:
  std::vector<Result<Reserved>> reserve(Desk& desk, std::span<const ReserveBest> commands);

 private:
  struct Known {
    std::mutex mutex;
    SeatMap map;
    Timestamp loaded_at;
    std::int64_t load = 0;  // which load of a map this was; 0: none
  };

  /// Picks for all open commands and holds what was picked; returns the commands that have to pick anew.
  std::vector<std::size_t> play_round(Desk& desk, std::span<const ReserveBest> commands, std::vector<std::size_t> open,
                                      std::int64_t started, std::vector<Result<Reserved>>& answers);

  /// `started`: what `loads_` was when the call began; a map loaded since then is new enough to refuse on.
  Result<std::vector<SeatId>> pick(Desk& desk, const ReserveBest& command, std::int64_t started);
  void mark_taken(Desk& desk, EventId event, const Error& refusal);
  /// Seats that were picked and then not held, by who was refused, are there for others.
  void give_back(const Reserve& command);
  /// The map is loaded again when it is needed.
  void forget(EventId event);
  std::shared_ptr<Known> known(EventId event);

  std::atomic<std::int64_t> loads_ = 0;
  std::mutex mutex_;
  std::map<EventId, std::shared_ptr<Known>> maps_;
};

}  // namespace tiketi::box_office
