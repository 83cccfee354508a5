#pragma once
// Service: the events that are for sale, and the layouts that their seats are made from.

#include <tiketi/base/result.hpp>
#include <tiketi/catalog/event.hpp>
#include <tiketi/catalog/inventory.hpp>
#include <tiketi/catalog/seat_layout.hpp>
#include <tiketi/catalog/store.hpp>
#include <tiketi/ports/clock.hpp>
#include <tiketi/ports/ids.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi {

inline constexpr std::int32_t max_page_limit = 1000;
inline constexpr std::size_t max_search_bytes = 200;

/// Which events to list. Pages count from 1.
struct EventQuery {
  std::optional<EventStatus> status;
  std::string search;  ///< empty: all; else fuzzy, in Korean or English, best match first
  std::int32_t page = 1;
  std::int32_t limit = 10;
};

struct EventSummary {
  Event event;
  EventStatus status = EventStatus::upcoming;
  std::optional<Availability> availability;  ///< nothing while no places were loaded
};

struct EventPage {
  std::vector<EventSummary> events;  ///< by sale start, then id; by match when searching
  std::int64_t total = 0;            ///< in all pages
};

struct TicketTypeSummary {
  TicketType type;
  std::optional<Availability> availability;
};

struct EventDetail {
  EventSummary summary;
  std::vector<TicketTypeSummary> ticket_types;  ///< highest price first
};

/// A new event with everything that is sold for it. Ids, versions, capacity and the price "from" are
/// filled in by the service.
struct NewEvent {
  Event event;
  std::vector<TicketType> ticket_types;
};

/// What to change of an event and of what it offers.
struct EditEvent {
  Event event;                           ///< as for `Catalog::update`
  std::optional<SeatLayoutId> layout;    ///< whose seats shall be up for sale
  std::vector<TicketType> ticket_types;  ///< those whose name the event has are changed, the others are added
};

/// Thread-safe. Besides the errors told for each function, each can return unavailable, and those that
/// change something storage_full and outcome_unknown (repeat the call: it finds what the first one stored).
class Catalog {
 public:
  /// All of them must outlive the catalogue.
  Catalog(CatalogStore& store, Inventory& inventory, Clock& clock, Ids& ids);
  ~Catalog();
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  /// Stores events and puts their places up for sale; answers for each, in order, as it is stored. An
  /// event may bring an id of its own: a second call with that id completes what a crash left undone.
  /// invalid_argument, limit_exceeded, overflow, layout_not_found, already_exists.
  std::vector<Result<Event>> create(std::vector<NewEvent> events);

  /// Replaces an event's texts, times and limits, if its version is still `event.version`. Layout,
  /// price, capacity and cancellation stay. event_not_found, event_cancelled, version_conflict, invalid_argument.
  Result<Event> update(Event event);

  /// Updates the event, puts the seats of the layout up for sale unless they are, and changes and adds the ticket
  /// types, which take the event's currency. All of it is checked first: what is refused has changed nothing, unless
  /// somebody else sold or changed something in between; then the event, read again, can be changed again. The errors
  /// of `update`, `generate_seats`, `add_ticket_type` and `update_ticket_type`.
  Result<Event> change(EditEvent edit);

  /// Cancels it: no new holds from now on. Repeating it changes nothing. event_not_found, sale_ended (the
  /// event is over).
  Result<Event> cancel(EventId id);

  /// Adds a ticket type to an event; without an id it gets one. Repeating it with the id completes what a crash left
  /// undone; so does every later change of what the event offers.
  /// invalid_argument, limit_exceeded, overflow, event_not_found, event_cancelled, event_closed (it is being cancelled
  /// or removed), already_exists (the id is in use).
  Result<TicketType> add_ticket_type(TicketType type);

  /// Changes a ticket type; reservations that were made keep their prices. has_reservations (details: taken) if the
  /// quantity would be less than what is held and sold at that moment. Of two changes at once the last one counts.
  /// ticket_type_not_found, and the errors of `add_ticket_type`.
  Result<TicketType> update_ticket_type(const EditTicketType& edit);

  /// Puts the seats of the event's layout up for sale, or of another layout, which then becomes the event's. Returns
  /// how many seats were made. event_not_found, event_cancelled, event_closed, layout_not_found, overflow,
  /// already_exists (it has seats).
  Result<std::int64_t> generate_seats(EventId id, std::optional<SeatLayoutId> layout = {});

  /// Takes all seats of the event out of the sale, blocked ones too; returns how many there were. The event keeps its
  /// layout, so that they can be generated anew. event_not_found, event_cancelled, has_reservations (one is held or
  /// sold; a hold that is over counts until it is swept).
  Result<std::int64_t> remove_seats(EventId id);

  /// Removes an event for which no reservation was ever made, as if it had never been; repeat it after a failure.
  /// event_not_found, has_reservations (history stays: cancel it instead).
  Result<void> remove(EventId id);

  /// invalid_argument (page, limit or search out of bounds).
  Result<EventPage> list(const EventQuery& query);

  Result<EventDetail> detail(EventId id);  ///< event_not_found

  /// For each id in turn; nothing where there is no such event. Asks the stores as often as for one.
  Result<std::vector<std::optional<EventDetail>>> details(std::span<const EventId> ids);

  /// All places of the events on sale, together.
  Result<Availability> places_on_sale();

  /// Stores a layout under a new id, or answers the stored one if an equal one of that name is there.
  /// The errors of `catalog::check`; already_exists (another layout has the name).
  Result<SeatLayout> add_layout(SeatLayout layout);

  Result<SeatLayout> layout(std::string_view name_or_id);  ///< layout_not_found
  Result<std::vector<SeatLayout>> layouts();               ///< by number of seats

  Result<void> add_keywords(const std::vector<Keyword>& keywords);  ///< invalid_argument

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace tiketi
