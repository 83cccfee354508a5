#pragma once
// How what an existing event offers is changed, in steps that can each be repeated after a crash. The stock decides,
// as only it sees the sales: a change of a ticket type is made there first, and the catalogue follows. A new ticket
// type is stored in the catalogue first. So whatever a crash left, there is one way to go on: what the stock lacks is
// put there, and where both differ the stock is right. Every change ends by going that way.

#include "core/catalog/event_creation.hpp"

#include <tiketi/catalog/catalog.hpp>

#include <optional>
#include <vector>

namespace tiketi::catalog {

/// Changes of one event that could be made when they were checked.
struct OfferPlan {
  EventId event;
  std::optional<SeatLayoutId> layout;  ///< whose seats shall be up for sale
  std::vector<EditTicketType> edits;
  std::vector<TicketType> additions;
};

class OfferChanges {
 public:
  OfferChanges(CatalogStore& store, Inventory& inventory, Clock& clock, Ids& ids)
      : store_(store), inventory_(inventory), clock_(clock), ids_(ids) {}

  // The promises and errors are those of the functions of `Catalog`.
  Result<TicketType> add(TicketType type);
  Result<TicketType> update(const EditTicketType& edit);
  Result<std::int64_t> generate_seats(EventId id, std::optional<SeatLayoutId> layout);
  Result<std::int64_t> remove_seats(EventId id);
  Result<void> remove(EventId id);

  /// What `Catalog::change` does of it beside the event itself; refuses what could not be carried out now.
  Result<OfferPlan> plan(EventId id, std::optional<SeatLayoutId> layout, std::vector<TicketType> types);
  Result<void> carry_out(const OfferPlan& plan);

 private:
  Result<Event> event(EventId id);       ///< event_not_found
  Result<Event> open_event(EventId id);  ///< also event_cancelled
  Result<Offer> offer(EventId id);       ///< an empty one for an event without places
  /// The layout's seats, if they can be put up for sale beside the rest of the offer, to which they are added.
  /// layout_not_found, already_exists (there are seats), overflow.
  Result<LayoutSeats> seats_for(Offer& offer, SeatLayoutId layout);
  Result<void> plan_types(OfferPlan& plan, const Event& event, Offer offer, std::vector<TicketType> types);
  /// `generate_seats`, unless the event has the layout's seats.
  Result<void> have_seats(EventId id, SeatLayoutId layout);
  Result<void> take_layout(const Event& event, SeatLayoutId layout);
  /// Makes catalogue and stock agree. `edited` has the description that one of the ticket types shall have.
  Result<void> settle(EventId id, const TicketType* edited = nullptr);
  Result<void> put_missing(const Event& event, std::span<const TicketType> types);
  /// One transaction, in which the event must still have the version that was read.
  Result<void> follow(const Event& event, std::span<const TicketType> types, const Offer& offer);

  CatalogStore& store_;
  Inventory& inventory_;
  Clock& clock_;
  Ids& ids_;
};

}  // namespace tiketi::catalog
