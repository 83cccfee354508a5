#pragma once
// Nouns: what those who run the house change of an event that is for sale already.

#include <tiketi/base/result.hpp>
#include <tiketi/box_office/seat.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tiketi {

/// Numbered seats, in the order of the map and with ascending ids, for an event that has none.
struct AddSeats {
  std::vector<Seat> seats;
};

/// All numbered seats go, unless one of them is held or sold. A hold that is over counts until it is swept.
struct RemoveSeats {};

/// A ticket type is added, or its name, price and total are replaced. What is held or sold stays as it is, and
/// the total must have room for it.
struct PutStock {
  TicketTypeId id;
  std::string name;
  std::int64_t price_minor = 0;  ///< of future reservations
  std::int64_t total = 0;
};

/// Everything goes and nothing can come again, unless a reservation was ever made.
struct Withdraw {};

/// One such change. An event that has no inventory yet gets one, in that currency.
struct InventoryChange {
  EventId event_id;
  Currency currency;
  std::variant<AddSeats, RemoveSeats, PutStock, Withdraw> what;
};

/// What such a change is decided on, as it is stored.
struct InventoryFacts {
  EventInventory inventory;
  std::int64_t seats = 0;            ///< numbered seats, blocked ones too
  std::int64_t blocked_seats = 0;    ///< of these, not for sale
  std::int64_t taken_seats = 0;      ///< of these, held or sold
  std::optional<TicketStock> stock;  ///< for PutStock: what is stored under its id, of whichever event
};

namespace box_office {

/// What can be said of a change without looking anything up: invalid_argument; details: field.
Result<void> check(const InventoryChange& change);

/// Whether a change that passed `check` may be applied. Every store asks this inside the transaction that applies
/// it, while nobody else can change the event's places.
/// AddSeats: event_closed, already_exists, overflow. RemoveSeats: has_reservations (details: taken). PutStock:
/// event_closed, ticket_type_other_event, has_reservations (details: ticket_type, taken: held and sold together),
/// overflow. Withdraw: has_reservations.
Result<void> admit(const InventoryChange& change, const InventoryFacts& facts);

/// The inventory after a change that was admitted.
EventInventory after(const InventoryChange& change, const InventoryFacts& facts);

}  // namespace box_office
}  // namespace tiketi
