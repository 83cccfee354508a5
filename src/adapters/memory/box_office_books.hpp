#pragma once
// The box office's books as plain tables in memory. Not thread-safe: the store locks.

#include "adapters/memory/outbox.hpp"

#include <tiketi/box_office/guards.hpp>
#include <tiketi/box_office/inventory_change.hpp>
#include <tiketi/box_office/seat_map.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tiketi::memory {

template <class Key, class Value>
using Map = boost::unordered_flat_map<Key, Value, std::hash<Key>>;

/// What is for sale for one event. Seats are in the order of their ids.
struct EventBook {
  EventInventory inventory;
  std::shared_ptr<const std::vector<std::string>> sections;
  std::shared_ptr<const std::vector<SeatPlace>> places;
  std::vector<SeatState> seats;
  std::vector<TicketTypeId> ticket_types;
};

/// One change to tell of; the message is written when it is asked for.
struct OutboxEntry {
  std::int64_t sequence = 0;
  ReservationNews news = ReservationNews::held;
  std::size_t reservation = 0;
  ReservationStatus status = ReservationStatus::pending;
  std::int64_t version = 0;
  Timestamp updated_at;
  Timestamp expires_at;
};

struct Books {
  std::deque<EventBook> events;  // a deque's elements stay where they are
  Map<EventId, EventBook*> event_by_id;
  Map<SeatId, std::pair<EventBook*, std::uint32_t>> seat_by_id;
  Map<TicketTypeId, TicketStock> stock_by_id;
  std::deque<Reservation> reservations;  // in the order of their making
  Map<ReservationId, std::size_t> reservation_by_id;
  // A customer's reservations as a chain: the last one, and for each one the one before it.
  static constexpr std::size_t none = ~std::size_t{0};
  Map<UserId, std::size_t> last_of_user;
  std::deque<std::size_t> previous_of_user;
  // Pending ones by the end of their hold. An entry whose reservation has moved on is dropped when met.
  std::map<Timestamp, std::vector<std::size_t>> by_expiry;
  std::map<std::pair<UserId, std::string>, IdempotencyRecord> records;
  std::deque<OutboxEntry> outbox;
  std::shared_ptr<Outbox> others;  // the messages of the other columns

  // What the guards are evaluated over.
  std::int64_t version_of(ReservationId id) const;
  EventInventory* inventory(EventId id);
  SeatState* seat(SeatId id);
  TicketStock* stock(TicketTypeId id);
  bool is_used(const IdempotencyRecord& record) const { return records.contains({record.user_id, record.key}); }
  std::int64_t holding(const Change& change) const;
  void applied(const Change& change);

  const Reservation* find(ReservationId id) const;

  EventBook& add_event(const EventInventory& inventory);
  void add_seats(EventBook& book, std::span<const Seat> seats);
  void remove_seats(EventBook& book);
  void put_stock(EventBook& book, const TicketStock& stock);

  /// Applies a change that passed `check`, if it is admitted; returns how many seats came or went.
  Result<std::int64_t> change(const InventoryChange& change);

  /// Calls `visit` for each reservation of the customer, the last made first.
  template <class Visit>
  void for_each_of(UserId user, Visit visit) const {
    const auto last = last_of_user.find(user);
    if (last == last_of_user.end()) return;
    for (std::size_t at = last->second; at != none; at = previous_of_user[at]) visit(reservations[at]);
  }
};

static_assert(box_office::Books<Books>);

/// Checks every invariant.
struct BrokenInvariant {
  std::string name;
  std::string what;
};
std::vector<BrokenInvariant> find_broken_invariants(const Books& books);

}  // namespace tiketi::memory
