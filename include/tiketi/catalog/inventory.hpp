#pragma once
// Port: what the catalogue needs from whoever sells the places. In one process a direct call to the
// box office's storage.

#include <tiketi/base/result.hpp>
#include <tiketi/catalog/event.hpp>
#include <tiketi/catalog/seat_layout.hpp>

#include <optional>
#include <span>
#include <vector>

namespace tiketi {

/// How much of an event there is and how much of that is free.
struct Availability {
  std::int64_t total = 0;
  std::int64_t available = 0;
  friend bool operator==(const Availability&, const Availability&) = default;
};

/// Thread-safe.
class Inventory {
 public:
  virtual ~Inventory() = default;

  /// Puts the places of an event up for sale: `seats` of `layout` and all of `ticket_types`.
  /// already_exists if the event has places; unavailable, storage_full.
  virtual Result<void> load(const Event& event, const SeatLayout* layout, std::span<const GeneratedSeat> seats,
                            std::span<const TicketType> ticket_types) = 0;

  /// Takes no new holds for the event from now on. What is held or sold stays.
  virtual Result<void> close(EventId event) = 0;

  /// For each event in turn; nothing for one without places.
  virtual Result<std::vector<std::optional<Availability>>> availability(std::span<const EventId> events) = 0;

  /// For each ticket type in turn: total and available.
  virtual Result<std::vector<std::optional<Availability>>> availability(std::span<const TicketTypeId> types) = 0;

  /// The events that have places, none of which is free.
  virtual Result<std::vector<EventId>> sold_out() = 0;
};

}  // namespace tiketi
