#pragma once
// Port: where the catalogue is kept.

#include <tiketi/base/result.hpp>
#include <tiketi/catalog/event.hpp>
#include <tiketi/catalog/seat_layout.hpp>

#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tiketi {

/// Stores the event as given, if the stored version is `expected_version` (0: there is none yet).
struct PutEvent {
  std::int64_t expected_version = 0;
  Event event;
};

/// Stores the layout, if the stored version is `expected_version` (0: neither the id nor the name is in use).
struct PutLayout {
  std::int64_t expected_version = 0;
  SeatLayout layout;
};

/// Stores or replaces a ticket type of an existing event, if the event's version is `event_version` (0: whichever).
struct PutTicketType {
  TicketType type;
  std::int64_t event_version = 0;
};

/// Removes the event and its ticket types, if its version is `expected_version`.
struct RemoveEvent {
  EventId id;
  std::int64_t expected_version = 0;
};

/// Adds a keyword pair; one that is there already stays as it is.
struct PutKeyword {
  Keyword keyword;
};

using CatalogChange = std::variant<PutEvent, PutLayout, PutTicketType, PutKeyword, RemoveEvent>;

/// Thread-safe. Reads see all that was committed before they began. Every function can return
/// unavailable, and `commit` storage_full and outcome_unknown.
class CatalogStore {
 public:
  virtual ~CatalogStore() = default;

  /// Stores the changes in one transaction and answers for each on its own, in order:
  /// version_conflict or already_exists (details: field) if its guard failed, event_not_found for a
  /// ticket type or removal without its event. An error of the whole means that nothing was stored.
  virtual Result<std::vector<Result<void>>> commit(std::span<const CatalogChange> changes) = 0;

  /// For each id in turn; nothing where there is no such event.
  virtual Result<std::vector<std::optional<Event>>> events(std::span<const EventId> ids) = 0;

  /// All events by sale start, then id.
  virtual Result<std::vector<Event>> all_events() = 0;

  /// A number that changes whenever an event or keyword does; what is derived from them is kept by it.
  virtual Result<std::int64_t> revision() = 0;

  virtual Result<std::optional<SeatLayout>> layout(SeatLayoutId id) = 0;
  virtual Result<std::optional<SeatLayout>> layout_named(std::string_view name) = 0;
  virtual Result<std::vector<SeatLayout>> all_layouts() = 0;  ///< by name

  /// For each event in turn: highest price first, then name.
  virtual Result<std::vector<std::vector<TicketType>>> ticket_types(std::span<const EventId> events) = 0;
  Result<std::vector<TicketType>> ticket_types(EventId event) {
    auto all = ticket_types(std::span<const EventId>(&event, 1));
    if (!all) return all.error();
    return std::move(all->front());
  }
  virtual Result<std::optional<TicketType>> ticket_type(TicketTypeId id) = 0;

  virtual Result<std::vector<Keyword>> keywords() = 0;
};

}  // namespace tiketi
