#include <tiketi/adapters/local.hpp>

#include <algorithm>
#include <utility>

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
    if (layout != nullptr) inventory.seats = make_seats(event.id, *layout, seats);
    for (const TicketType& type : ticket_types)
      inventory.stock.push_back({.id = type.id,
                                 .event_id = event.id,
                                 .name = type.name,
                                 .price_minor = type.price.minor,
                                 .total = type.total_quantity});
    return box_office_.load(inventory);
  }

  Result<void> add_seats(const Event& event, const SeatLayout& layout, std::span<const GeneratedSeat> seats) override {
    return without_count(change(event, AddSeats{make_seats(event.id, layout, seats)}));
  }

  Result<std::int64_t> remove_seats(const Event& event) override { return change(event, RemoveSeats{}); }

  Result<void> put_ticket_type(const Event& event, const TicketType& type) override {
    return without_count(change(event, PutStock{type.id, type.name, type.price.minor, type.total_quantity}));
  }

  Result<void> withdraw(const Event& event) override { return without_count(change(event, Withdraw{})); }

  Result<std::optional<Offer>> offer(EventId event) override;

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
  /// Their ids are made in one call: they ascend, as those of seats that are made together must.
  std::vector<Seat> make_seats(EventId event, const SeatLayout& layout, std::span<const GeneratedSeat> seats) {
    std::vector<Uuid> ids(seats.size());
    ids_.fill(ids);
    std::vector<Seat> out;
    out.reserve(seats.size());
    for (std::size_t i = 0; i < seats.size(); ++i) out.push_back(seat_of(event, SeatId{ids[i]}, layout, seats[i]));
    return out;
  }

  template <class What>
  Result<std::int64_t> change(const Event& event, What what) {
    return box_office_.change_inventory({event.id, event.price.currency, std::move(what)});
  }

  static Result<void> without_count(const Result<std::int64_t>& answer) {
    if (!answer) return answer.error();
    return {};
  }

  BoxOfficeStore& box_office_;
  Ids& ids_;
};

Result<std::optional<Offer>> LocalInventory::offer(EventId event) {
  const auto seats = box_office_.seat_map(event);
  if (!seats && seats.error().code == Errc::event_not_found) return std::optional<Offer>();
  if (!seats) return seats.error();
  const auto stock = box_office_.stock_of(event);
  if (!stock) return stock.error();
  Offer out{.seats = static_cast<std::int64_t>(seats->size())};
  const auto add_price = [&out](std::int64_t price) {
    out.lowest_price_minor = std::min(price, out.lowest_price_minor.value_or(price));
  };
  for (std::size_t i = 0; i < seats->size(); ++i) {
    if (seats->live[i].status == PlaceStatus::blocked) continue;
    const std::int64_t price = (*seats->places)[i].price_minor;
    ++out.total;
    out.seats_worth_minor += price;  // bounded by max_layout_seats × max_price_minor
    add_price(price);
  }
  for (const TicketStock& each : *stock) {
    out.total += each.total;
    if (each.total > 0) add_price(each.price_minor);
    out.ticket_types.push_back({.id = each.id,
                                .event_id = event,
                                .name = each.name,
                                .price = {each.price_minor, seats->currency},
                                .total_quantity = each.total});
  }
  return std::optional(std::move(out));
}

}  // namespace

std::unique_ptr<Inventory> make_inventory(BoxOfficeStore& box_office, Ids& ids) {
  return std::make_unique<LocalInventory>(box_office, ids);
}

}  // namespace tiketi::local
