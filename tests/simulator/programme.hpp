#pragma once
// The model of the catalogue: every version of every event that reached its store.

#include <tiketi/catalog/store.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tiketi::test {

struct EventVersion {
  Event event;
  std::uint64_t change = 0;  ///< which change of the programme it was
};

struct Programme {
  std::uint64_t changes = 0;
  std::map<EventId, std::vector<EventVersion>> events;  // version n is at n - 1
  std::map<SeatLayoutId, SeatLayout> layouts;
  std::map<TicketTypeId, TicketType> ticket_types;
  std::set<EventId> cancellations_told;  ///< that somebody was told of

  /// The latest version, or null.
  const Event* find(EventId id) const;

  /// Whether a sale was open at that time under any version that was current since that change.
  bool was_on_sale(EventId id, Timestamp at, std::uint64_t since) const;
  /// Whether so many places in one reservation were allowed, likewise.
  bool allowed_quantity(EventId id, std::int64_t quantity, std::uint64_t since) const;
  bool had_buyer_limit(EventId id, std::int32_t limit, std::uint64_t since) const;

 private:
  std::vector<const Event*> current_since(EventId id, std::uint64_t since) const;
};

/// What a store has to answer; nothing means success, after which the change has been entered.
std::optional<Errc> enter(Programme& programme, const CatalogChange& change);

/// Compares everything: the first difference, or nothing.
std::optional<std::string> compare(const Programme& programme, CatalogStore& store);

}  // namespace tiketi::test
