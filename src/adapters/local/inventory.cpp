#include <tiketi/adapters/local.hpp>

namespace tiketi::local {
namespace {

Seat seat_of(EventId event, SeatId id, const SeatLayout& layout, const GeneratedSeat& made) {
  Seat seat{.id = id,
            .event_id = event,
            .section = layout.sections[made.section].name,
            .row = made.position.row,
            .number = made.position.number,
            .price_minor = made.price_minor,
            .x = made.x,
            .y = made.y};
  if (made.blocked) seat.state.status = PlaceStatus::blocked;
  return seat;
}

class LocalInventory final : public Inventory {
 public:
  LocalInventory(BoxOfficeStore& box_office, Ids& ids) : box_office_(box_office), ids_(ids) {}

  Result<void> load(const Event& event, const SeatLayout* layout, std::span<const GeneratedSeat> seats,
                    std::span<const TicketType> ticket_types) override {
    if (layout == nullptr && !seats.empty())
      return Error{Errc::invalid_argument, "seats need the layout that they are made from", {{"field", "layout"}}};
    NewInventory inventory{.event_id = event.id, .currency = event.price.currency};
    std::vector<Uuid> ids(seats.size());
    ids_.fill(ids);  // in one call: they ascend, as seats that are made together must
    inventory.seats.reserve(seats.size());
    for (std::size_t i = 0; i < seats.size(); ++i)
      inventory.seats.push_back(seat_of(event.id, SeatId{ids[i]}, *layout, seats[i]));
    for (const TicketType& type : ticket_types)
      inventory.stock.push_back({.id = type.id,
                                 .event_id = event.id,
                                 .name = type.name,
                                 .price_minor = type.price.minor,
                                 .total = type.total_quantity});
    return box_office_.load(inventory);
  }

  Result<void> close(EventId event) override { return box_office_.close(event); }

  Result<std::vector<std::optional<Availability>>> availability(std::span<const EventId> events) override {
    const auto answer = box_office_.ask({.events = {events.begin(), events.end()}});
    if (!answer) return answer.error();
    std::vector<std::optional<Availability>> out(events.size());
    for (std::size_t i = 0; i < events.size(); ++i)
      if (const auto& inventory = answer->inventories[i])
        out[i] = Availability{.total = inventory->total, .available = inventory->available};
    return out;
  }

  Result<std::vector<std::optional<Availability>>> availability(std::span<const TicketTypeId> types) override {
    const auto answer = box_office_.ask({.ticket_types = {types.begin(), types.end()}});
    if (!answer) return answer.error();
    std::vector<std::optional<Availability>> out(types.size());
    for (std::size_t i = 0; i < types.size(); ++i)
      if (const auto& stock = answer->stock[i])
        out[i] = Availability{.total = stock->total, .available = stock->available()};
    return out;
  }

  Result<std::vector<EventId>> sold_out() override { return box_office_.sold_out(); }

 private:
  BoxOfficeStore& box_office_;
  Ids& ids_;
};

}  // namespace

std::unique_ptr<Inventory> make_inventory(BoxOfficeStore& box_office, Ids& ids) {
  return std::make_unique<LocalInventory>(box_office, ids);
}

}  // namespace tiketi::local
