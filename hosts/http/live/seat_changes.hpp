#pragma once
// What those who watch an event's seats are told: the difference between the map as it is and as they know it.

#include "live/message.hpp"

#include <tiketi/base/time.hpp>
#include <tiketi/box_office/seat_map.hpp>

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace tiketi::http::live {

/// In one tick, so many changes at most are also told one by one, for clients that don't read `seats-changed`: fewer if
/// many watch. All of them at once to everybody would drown the server just when the sale is busiest.
std::size_t max_single_changes(std::size_t watchers) noexcept;

/// The seats of one event as its watchers know them. Not thread-safe.
class KnownSeats {
 public:
  /// All of them, as they are now.
  void read(SeatMap map);
  /// Some of them. An older state than what is known changes nothing.
  void read(std::span<const Seat> seats);

  /// What has changed since the last time: `seats-changed` with all of it, and before it the single messages. The first
  /// time, and when the seats were made anew, that is every seat that is not available, and without single messages:
  /// who has joined before the map was read here, and looked at it before, has missed nothing.
  std::vector<Message> tell(Timestamp now, std::size_t watchers);
  /// Single messages that were too many for the last tick are still to be told, of each seat the latest.
  bool has_more_to_tell() const noexcept { return !waiting_.empty(); }

  std::size_t size() const noexcept { return map_.size(); }
  bool has(SeatId seat) const noexcept { return map_.find(seat).has_value(); }
  /// Whose holds are over as far as is known here; they may have been kept for longer.
  std::vector<SeatId> over(Timestamp now) const;
  /// When a hold ends next, which changes the map by itself; nothing: no seat is held.
  std::optional<Timestamp> next_expiry(Timestamp now) const;

 private:
  void wait(std::size_t seat);
  void tell_singly(std::span<const std::size_t> changed, Timestamp now, std::size_t most, std::vector<Message>& out);

  SeatMap map_;
  std::vector<PlaceStatus> told_;
  std::vector<PlaceStatus> told_singly_;
  std::deque<std::size_t> waiting_;  // for their single messages
  std::vector<bool> waits_;
  bool anew_ = true;
  bool remade_ = false;
};

}  // namespace tiketi::http::live
