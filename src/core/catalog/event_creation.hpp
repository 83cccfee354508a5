#pragma once
// How new events come into being, in steps that can each be repeated after a crash: the event is stored,
// then its ticket types, then its places are put up for sale.

#include <tiketi/catalog/catalog.hpp>

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace tiketi::catalog {

/// A layout with the seats that it yields, made once for all events that use it.
struct LayoutSeats {
  SeatLayout layout;
  std::vector<GeneratedSeat> seats;
};

/// layout_not_found, and the errors of `check`.
Result<LayoutSeats> make_layout_seats(CatalogStore& store, SeatLayoutId id);

class EventCreation {
 public:
  EventCreation(CatalogStore& store, Inventory& inventory, Clock& clock, Ids& ids)
      : store_(store), inventory_(inventory), clock_(clock), ids_(ids) {}

  /// One transaction for the events of the batch and one for their ticket types; answers for each, in order.
  std::vector<Result<Event>> create(std::span<NewEvent> batch);

 private:
  /// A new event on its way; `error` once something refused it.
  struct Draft {
    Event event;
    std::vector<TicketType> ticket_types;
    std::shared_ptr<const LayoutSeats> layout;
    bool was_stored = false;
    std::optional<Error> error;
  };

  Draft prepare(NewEvent& wanted);
  Result<void> take_layout(Draft& draft);
  Result<void> count_places(Draft& draft) const;
  void store_events(std::span<Draft> drafts);
  void store_ticket_types(std::span<Draft> drafts);
  void load_places(Draft& draft);
  void close_cancelled(std::span<Draft> drafts);
  /// Commits and hands each answer to the draft of the same index in `owners`.
  void commit(std::span<const CatalogChange> changes, std::span<Draft* const> owners);
  /// For drafts whose event is stored already: takes it over, or refuses a different one.
  void adopt_stored(std::span<Draft* const> drafts);

  CatalogStore& store_;
  Inventory& inventory_;
  Clock& clock_;
  Ids& ids_;
  std::map<SeatLayoutId, std::shared_ptr<const LayoutSeats>> layouts_;
};

}  // namespace tiketi::catalog
