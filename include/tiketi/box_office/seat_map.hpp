#pragma once
// Nouns: an event's seats in memory, made to be loaded, updated and encoded cheaply.

#include <tiketi/box_office/seat.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi {

/// The part of a seat that never changes.
struct SeatPlace {
  SeatId id;
  std::uint32_t section = 0;  ///< index into the map's section names
  std::int32_t row = 0;
  std::int32_t number = 0;
  std::int32_t x = 0;
  std::int32_t y = 0;
  std::int64_t price_minor = 0;
};

/// The part that does.
struct SeatLive {
  PlaceStatus status = PlaceStatus::available;
  std::int32_t version = 0;
  Timestamp held_until;  ///< only while held

  constexpr PlaceStatus status_at(Timestamp now) const noexcept {
    return status == PlaceStatus::held && held_until <= now ? PlaceStatus::available : status;
  }
};

/// `places` and `live` run in parallel, in ascending order of seat id, which is the order section, row,
/// number. A value type: copying one copies the live part and shares the rest.
struct SeatMap {
  EventId event_id;
  Currency currency;
  std::shared_ptr<const std::vector<std::string>> sections;
  std::shared_ptr<const std::vector<SeatPlace>> places;
  std::vector<SeatLive> live;
  std::int64_t version = 0;  ///< the sum of the seats' versions: grows with each change

  std::size_t size() const noexcept { return live.size(); }
  std::optional<std::size_t> find(SeatId id) const noexcept;
  std::string label(std::size_t index) const;

  /// Takes over a seat's newer state; an older or equal version changes nothing. Returns whether it did.
  bool update(SeatId id, const SeatState& state) noexcept;
};

/// The whole map as JSON: {event, currency, version, seats: [{id, section, row_number, seat_number,
/// seat_label, price, status, x, y}]} with the words available, locked, reserved and blocked.
std::string encode_seat_map_json(const SeatMap& map, Timestamp now);

/// The array of its seats alone.
std::string encode_seats_json(const SeatMap& map, Timestamp now);

/// The status of every seat, two bits each, four seats a byte, the first in the low bits: 0 available,
/// 1 held, 2 sold, 3 blocked. 12 kB for 48,000 seats.
std::vector<std::uint8_t> encode_seat_statuses(const SeatMap& map, Timestamp now);

}  // namespace tiketi
