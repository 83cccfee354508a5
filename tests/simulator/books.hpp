#pragma once
// The model: what the books of the box office ought to say, kept in plain maps and by plain rules. It is
// told of every write that reaches a store, decides on its own what becomes of it, and is then compared
// with what the store answered and with what can be read from it.

#include <tiketi/box_office/rules.hpp>
#include <tiketi/box_office/store.hpp>

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tiketi::test {

/// One version of a reservation, and what was to be told of it.
struct Entry {
  Reservation reservation;
  ReservationNews news = ReservationNews::held;
};

using BuyerKey = std::pair<UserId, std::string>;

struct Books {
  BoxOfficePolicy policy;
  std::map<EventId, EventInventory> inventories;  // `available` is not kept here: it is counted
  std::map<SeatId, Seat> seats;
  std::map<TicketTypeId, TicketStock> stock;
  std::map<ReservationId, std::vector<Entry>> reservations;  // version n is at n - 1
  std::map<UserId, std::vector<ReservationId>> buyers;
  std::map<BuyerKey, IdempotencyRecord> keys;

  // Since the last comparison.
  std::set<SeatId> touched_seats;
  std::set<ReservationId> touched_reservations;

  /// The latest version, or null.
  const Reservation* find(ReservationId id) const;
};

/// How many places a customer has of an event: bought, or under a hold that is not over.
std::int64_t places_of(const Books& books, UserId user, EventId event, Timestamp now);

/// How many of a ticket type can be had: holds that are over count as free.
std::int64_t left_of(const Books& books, TicketTypeId type, Timestamp now);

/// How many places of an event nobody has, not even under a hold that is over.
std::int64_t available_of(const Books& books, EventId event);

void load(Books& books, const NewInventory& inventory);

/// What a store has to answer to a change.
Outcome judge(const Books& books, const Change& change);

/// Why no service may ever decide on this change, whatever a store thinks of it; or nothing.
std::optional<std::string> find_illegal(const Books& books, const Change& change);

/// Enters a change that was judged `applied`.
void apply(Books& books, const Change& change);

/// Compares what was touched since the last comparison, or everything: the first difference, or nothing.
std::optional<std::string> compare_touched(Books& books, BoxOfficeStore& store);
std::optional<std::string> compare_all(Books& books, BoxOfficeStore& store);

// For messages and traces.
std::string show(Uuid id);
std::string show(const SeatState& state);
std::string show(const Reservation& reservation);
std::string show(const Outcome& outcome);

}  // namespace tiketi::test
