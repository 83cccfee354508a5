#pragma once
// Finding the best seats for a batch of commands, on maps that may be a moment old, and holding them.

#include "core/box_office/commit.hpp"

#include <tiketi/box_office/reservation.hpp>
#include <tiketi/box_office/seat_map.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace tiketi::box_office {

/// For how long a map is used, and how many seats all that are kept may have: of more, those loaded longest ago go. One
/// is always kept. A seat takes 64 bytes.
inline constexpr std::int64_t max_map_age_ms = 1'000;
inline constexpr std::size_t max_known_seats = 1'000'000;

/// Keeps the maps of the events that are asked for now. A stale map costs a second try, never a seat: the commit
/// decides. Thread-safe.
class BestSeats {
 public:
  explicit BestSeats(std::size_t max_seats = max_known_seats) : max_seats_(max_seats) {}

  std::vector<Result<Reserved>> reserve(Desk& desk, std::span<const ReserveBest> commands);

  /// Of all maps that are kept.
  std::size_t known_seats();

 private:
  struct Known {
    std::mutex mutex;
    SeatMap map;
    Timestamp loaded_at;
    std::int64_t load = 0;  // which load of a map this was; 0: none
  };
  /// Whoever uses the map when it is dropped keeps it alive until then.
  struct Kept {
    std::shared_ptr<Known> known;
    Timestamp loaded_at;
    std::size_t seats = 0;
  };

  /// Picks for all open commands and holds what was picked; returns the commands that have to pick anew.
  std::vector<std::size_t> play_round(Desk& desk, std::span<const ReserveBest> commands, std::vector<std::size_t> open,
                                      std::int64_t started, std::vector<Result<Reserved>>& answers);

  /// `started`: what `loads_` was when the call began; a map loaded since then is new enough to refuse on.
  Result<std::vector<SeatId>> pick(Desk& desk, const ReserveBest& command, std::int64_t started);
  void mark_taken(Desk& desk, EventId event, const Error& refusal);
  /// Seats that were picked and then not held, by who was refused, are there for others.
  void give_back(const Reserve& command);
  /// Loads the map of `known`, whose mutex is locked.
  Result<void> load(Desk& desk, EventId event, const std::shared_ptr<Known>& known);
  /// The map is loaded again when it is needed.
  void forget(EventId event);
  std::shared_ptr<Known> find(EventId event);  ///< null if there is none
  std::shared_ptr<Known> find_or_add(EventId event, Timestamp now);
  /// Keeps it, and drops others: those that are too old, then the oldest of those that are too many.
  void keep(EventId event, Kept kept);
  std::size_t count_seats() const;  // with `mutex_` locked

  const std::size_t max_seats_;
  std::atomic<std::int64_t> loads_ = 0;
  std::mutex mutex_;
  std::map<EventId, Kept> maps_;
};

}  // namespace tiketi::box_office
