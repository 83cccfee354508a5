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

/// All that is for sale for an event, as whoever sells it has it: what the catalogue says of it follows.
struct Offer {
  std::int64_t total = 0;                          ///< places, without blocked seats
  std::int64_t seats = 0;                          ///< numbered seats, blocked ones too
  std::int64_t seats_worth_minor = 0;              ///< the prices of all that are not blocked
  std::optional<std::int64_t> lowest_price_minor;  ///< of all places; nothing if there is none
  std::vector<TicketType> ticket_types;            ///< without descriptions; quantity 0 has no places
};

/// Thread-safe.
class Inventory {
 public:
  virtual ~Inventory() = default;

  /// Puts the places of an event up for sale: `seats` of `layout` and all of `ticket_types`.
  /// already_exists if the event has places; unavailable, storage_full.
  virtual Result<void> load(const Event& event, const SeatLayout* layout, std::span<const GeneratedSeat> seats,
                            std::span<const TicketType> ticket_types) = 0;

  /// Puts numbered seats up for sale, for an event without any: already_exists, event_closed.
  virtual Result<void> add_seats(const Event& event, const SeatLayout& layout,
                                 std::span<const GeneratedSeat> seats) = 0;

  /// Takes all numbered seats out of the sale and returns how many: has_reservations if one is held or sold.
  virtual Result<std::int64_t> remove_seats(const Event& event) = 0;

  /// Puts a ticket type up for sale, or changes its name, price and quantity. What is held or sold at that moment
  /// must fit: has_reservations (details: taken). event_closed, ticket_type_other_event.
  virtual Result<void> put_ticket_type(const Event& event, const TicketType& type) = 0;

  /// Takes everything of the event out of the sale for good: has_reservations if a reservation was ever made.
  virtual Result<void> withdraw(const Event& event) = 0;

  /// Nothing for an event without places.
  virtual Result<std::optional<Offer>> offer(EventId event) = 0;

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
