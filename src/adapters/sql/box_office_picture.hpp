#pragma once
// The rows that a batch of changes touches: read together, changed in memory, written together.

#include "adapters/sql/connection.hpp"

#include <tiketi/box_office/guards.hpp>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tiketi::sql {

class Picture {
 public:
  explicit Picture(std::span<const Change> changes) : changes_(changes) {}

  /// Begins the transaction and reads. On servers the events' inventories are locked first, in key order:
  /// whatever else a change touches belongs to its event, so nobody else is at it.
  Result<void> read(Connection& connection);

  /// Writes what `apply` has changed, and commits.
  Result<void> write(Connection& connection);

  // The books that the guards are evaluated over.
  std::int64_t version_of(ReservationId id) const;
  EventInventory* inventory(EventId id);
  SeatState* seat(SeatId id);
  TicketStock* stock(TicketTypeId id);
  bool is_used(const IdempotencyRecord& record) const;
  std::int64_t holding(const Change& change) const;
  void applied(const Change& change);

 private:
  template <class Key, class Value>
  using Map = boost::unordered_flat_map<Key, Value, std::hash<Key>>;

  template <class T>
  struct Changing {
    T stored;
    T now;
  };
  struct PairHash {
    std::size_t operator()(const std::pair<Uuid, Uuid>& pair) const noexcept {
      return std::hash<Uuid>{}(pair.first) * 31 + std::hash<Uuid>{}(pair.second);
    }
  };
  struct KeyHash {
    std::size_t operator()(const std::pair<Uuid, std::string>& key) const noexcept {
      return std::hash<Uuid>{}(key.first) * 31 + std::hash<std::string>{}(key.second);
    }
  };
  /// The change that left a reservation as it will be stored.
  struct Written {
    std::size_t last = 0;
    bool is_new = false;
  };

  std::vector<Step> reading_steps();
  void write_places(std::vector<Step>& steps) const;
  void write_reservations(std::vector<Step>& steps) const;
  void write_lines(std::vector<Step>& steps) const;
  void write_keys(std::vector<Step>& steps) const;
  void write_outbox(std::vector<Step>& steps);

  std::span<const Change> changes_;
  Map<EventId, Changing<EventInventory>> inventories_;
  Map<SeatId, Changing<SeatState>> seats_;
  Map<TicketTypeId, Changing<TicketStock>> stock_;
  Map<ReservationId, std::int64_t> versions_;
  boost::unordered_flat_map<std::pair<Uuid, Uuid>, std::int64_t, PairHash> holdings_;  // by user and event
  boost::unordered_flat_set<std::pair<Uuid, std::string>, KeyHash> keys_;
  Map<ReservationId, Written> written_;
  std::vector<std::size_t> applied_;  // indexes of changes, in order
  std::vector<std::string> payloads_;
};

static_assert(box_office::Books<Picture>);

}  // namespace tiketi::sql
