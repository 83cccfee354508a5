#pragma once
// The guards of a Change, evaluated over whatever a store knows of the rows that it touches. Every store
// uses this one, so that all of them decide alike.

#include <tiketi/box_office/change.hpp>
#include <tiketi/box_office/seat.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace tiketi::box_office {

/// The rows that a change touches, as they are now; null where there is none. `apply` writes through the
/// pointers, and tells `applied` when the change has passed.
template <class T>
concept Books = requires(T books, const Change& change, EventId event, SeatId seat, TicketTypeId type,
                         ReservationId reservation, const IdempotencyRecord& record) {
  { books.version_of(reservation) } -> std::same_as<std::int64_t>;  // 0: there is none
  { books.inventory(event) } -> std::same_as<EventInventory*>;
  { books.seat(seat) } -> std::same_as<SeatState*>;
  { books.stock(type) } -> std::same_as<TicketStock*>;
  { books.is_used(record) } -> std::same_as<bool>;
  { books.holding(change) } -> std::same_as<std::int64_t>;  // places of that customer and event that count
  books.applied(change);
};

/// How many of a stock are in that state; for `move_stock`.
constexpr std::int64_t count_in(const TicketStock& stock, PlaceStatus status) noexcept {
  if (status == PlaceStatus::available) return stock.available();
  return status == PlaceStatus::held ? stock.held : stock.sold;
}

constexpr void move_stock(TicketStock& stock, PlaceStatus from, PlaceStatus to, std::int64_t quantity) noexcept {
  if (from == PlaceStatus::held) stock.held -= quantity;
  if (from == PlaceStatus::sold) stock.sold -= quantity;
  if (to == PlaceStatus::held) stock.held += quantity;
  if (to == PlaceStatus::sold) stock.sold += quantity;
}

namespace guards {

/// Whether the seat may make the change's move.
constexpr bool may_move(const SeatState& seat, const Change& change) noexcept {
  return seat.status == change.from &&
         (change.from == PlaceStatus::available || seat.reservation_id == change.after.id);
}

template <Books T>
Outcome check_places(T& books, const Change& change) {
  Outcome outcome;
  for (const ReservationLine& line : change.after.lines) {
    if (!line.is_seat()) continue;
    const SeatState* seat = books.seat(line.seat_id);
    if (seat == nullptr || !may_move(*seat, change)) outcome.seats.push_back(line.seat_id);
  }
  if (!outcome.seats.empty()) {
    outcome.kind = Outcome::Kind::seats_unavailable;
    return outcome;
  }
  for (const ReservationLine& line : change.after.lines) {
    if (line.is_seat()) continue;
    const TicketStock* stock = books.stock(line.ticket_type_id);
    const std::int64_t left = stock == nullptr ? 0 : count_in(*stock, change.from);
    if (left < line.quantity) return {Outcome::Kind::stock_short, left, line.ticket_type_id, {}};
  }
  return outcome;
}

/// Keeps count of the reservation under its new status.
constexpr void count_reservation(const Change& change, EventInventory& inventory) noexcept {
  const auto counter = [&](ReservationStatus status) -> std::int64_t& {
    return inventory.reservations[static_cast<std::size_t>(status)];
  };
  if (change.from == PlaceStatus::held) --counter(ReservationStatus::pending);
  if (change.from == PlaceStatus::sold) --counter(ReservationStatus::confirmed);
  ++counter(change.after.status);
}

template <Books T>
void move_places(T& books, const Change& change, EventInventory& inventory) {
  const bool held = change.to == PlaceStatus::held;
  const bool owned = held || change.to == PlaceStatus::sold;
  for (const ReservationLine& line : change.after.lines) {
    if (line.is_seat()) {
      SeatState& seat = *books.seat(line.seat_id);
      seat = {change.to, seat.version + 1, owned ? change.after.id : ReservationId{},
              held ? change.after.expires_at : Timestamp{}};
    } else {
      move_stock(*books.stock(line.ticket_type_id), change.from, change.to, line.quantity);
    }
  }
  if (change.from == PlaceStatus::available) inventory.available -= change.after.quantity;
  if (change.to == PlaceStatus::available) inventory.available += change.after.quantity;
}

}  // namespace guards

/// Applies the change to the books if its guards hold, and tells which one did not.
template <Books T>
Outcome apply(T& books, const Change& change) {
  const std::int64_t version = books.version_of(change.after.id);
  // A repetition of what was stored before: nobody else makes that id.
  if (change.expected_version == 0 && version != 0) return {};
  if (change.idempotency && books.is_used(*change.idempotency)) return {Outcome::Kind::idempotency_used, 0, {}, {}};
  if (version != change.expected_version) return {Outcome::Kind::version_conflict, version, {}, {}};
  EventInventory* inventory = books.inventory(change.after.event_id);
  if (inventory == nullptr) return {Outcome::Kind::unknown_event, 0, {}, {}};
  if (change.needs_open && inventory->closed) return {Outcome::Kind::event_closed, 0, {}, {}};
  if (change.buyer_limit > 0) {
    const std::int64_t holding = books.holding(change);
    if (holding + change.after.quantity > change.buyer_limit) return {Outcome::Kind::buyer_limit, holding, {}, {}};
  }
  Outcome outcome = guards::check_places(books, change);
  if (outcome.kind != Outcome::Kind::applied) return outcome;
  guards::move_places(books, change, *inventory);
  guards::count_reservation(change, *inventory);
  books.applied(change);
  return outcome;
}

}  // namespace tiketi::box_office
