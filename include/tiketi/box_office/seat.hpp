#pragma once
// Nouns: the places that are sold. A place is a numbered seat, or one of a ticket type's quantity.

#include <tiketi/base/id.hpp>
#include <tiketi/base/money.hpp>
#include <tiketi/base/time.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi {

/// Where a place is: available → held → sold, and back. `blocked` is for house seats. The numbers are stored.
enum class PlaceStatus : std::uint8_t { available = 0, held = 1, sold = 2, blocked = 3 };
std::string_view name(PlaceStatus status) noexcept;

/// Invariant: a reservation is named if and only if the seat is held or sold; `held_until` is set if and
/// only if it is held. A hold whose time has come counts as free wherever a customer looks, though it is
/// `held` here until it is swept or taken over.
struct SeatState {
  PlaceStatus status = PlaceStatus::available;
  std::int32_t version = 0;  ///< plus one at each change
  ReservationId reservation_id;
  Timestamp held_until;
  friend bool operator==(const SeatState&, const SeatState&) = default;

  constexpr PlaceStatus status_at(Timestamp now) const noexcept {
    return status == PlaceStatus::held && held_until <= now ? PlaceStatus::available : status;
  }
};

/// A numbered seat of one event. All but `state` never changes.
struct Seat {
  SeatId id;
  EventId event_id;
  std::string section;
  std::int32_t row = 0;
  std::int32_t number = 0;
  std::int64_t price_minor = 0;  ///< in the event's currency
  std::int32_t x = 0;            ///< centimetres on the map
  std::int32_t y = 0;
  SeatState state;
  friend bool operator==(const Seat&, const Seat&) = default;

  /// `VIP-1-5`
  std::string label() const { return section + '-' + std::to_string(row) + '-' + std::to_string(number); }
};

/// The stock of one ticket type. Invariant: held, sold >= 0 and held + sold <= total.
struct TicketStock {
  TicketTypeId id;
  EventId event_id;
  std::string name;
  std::int64_t price_minor = 0;  ///< in the event's currency
  std::int64_t total = 0;
  std::int64_t held = 0;
  std::int64_t sold = 0;
  friend bool operator==(const TicketStock&, const TicketStock&) = default;

  constexpr std::int64_t available() const noexcept { return total - held - sold; }
};

/// What is for sale for one event, counted over seats and ticket types. Invariant: 0 <= available <=
/// total; both leave out blocked seats. The counts of reservations leave out none that was ever made.
struct EventInventory {
  EventId event_id;
  Currency currency;
  bool closed = false;  ///< nothing more is held or sold; what is there can be released
  std::int64_t total = 0;
  std::int64_t available = 0;
  std::array<std::int64_t, 4> reservations{};  ///< indexed by ReservationStatus
  friend bool operator==(const EventInventory&, const EventInventory&) = default;
};

/// All places of an event, to be put up for sale together. Seats are in the order of the map and their
/// ids ascend; their state is available or blocked.
struct NewInventory {
  EventId event_id;
  Currency currency;
  std::vector<Seat> seats;
  std::vector<TicketStock> stock;
};

}  // namespace tiketi
