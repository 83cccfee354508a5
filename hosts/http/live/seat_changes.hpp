#pragma once
// What those who watch an event's seats are told: the difference between the map as it is and as they know it.

#include "live/message.hpp"

#include <tiketi/base/time.hpp>
#include <tiketi/box_office/seat_map.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace tiketi::http::live {

/// Of one tick, so many changes are also told one by one, for clients that don't read `seats-changed`. More than that
/// would drown everybody in messages just when the sale is busiest.
inline constexpr std::size_t max_single_changes = 16;

/// The seats of one event as its watchers know them. Not thread-safe.
class KnownSeats {
 public:
  /// What has changed: `seats-changed` with all of it, and before it the single messages. The first time, and when the
  /// seats were made anew, that is every seat that is not available, and without single messages: who has joined before
  /// the map was read here, and looked at it before, has missed nothing.
  std::vector<Message> update(const SeatMap& map, Timestamp now);

  /// When a hold ends next, which changes the map by itself; nothing: no seat is held.
  std::optional<Timestamp> next_expiry() const noexcept { return next_expiry_; }

 private:
  std::shared_ptr<const std::vector<SeatPlace>> places_;
  std::vector<PlaceStatus> statuses_;
  std::optional<Timestamp> next_expiry_;
};

}  // namespace tiketi::http::live
