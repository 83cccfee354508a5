#include <tiketi/box_office/rules.hpp>

#include <set>

namespace tiketi::box_office {

namespace {

Error bad(const std::string& list, std::size_t index, const char* field, const char* message) {
  const std::string name = list + '[' + std::to_string(index) + "]." + field;
  return {Errc::invalid_argument, name + ' ' + message, {{"field", name}}};
}

Result<void> check_seats(const NewInventory& inventory) {
  SeatId last;
  for (std::size_t i = 0; i < inventory.seats.size(); ++i) {
    const Seat& seat = inventory.seats[i];
    const bool fresh = seat.state.status == PlaceStatus::available || seat.state.status == PlaceStatus::blocked;
    if (seat.id <= last) return bad("seats", i, "id", "is not greater than the one before; ids ascend along the map");
    if (seat.event_id != inventory.event_id) return bad("seats", i, "event_id", "is not the inventory's event");
    if (seat.price_minor < 0) return bad("seats", i, "price_minor", "is negative");
    if (!fresh || !seat.state.reservation_id.is_nil())
      return bad("seats", i, "state", "is neither available nor blocked");
    last = seat.id;
  }
  return {};
}

Result<void> check_stock(const NewInventory& inventory) {
  std::set<TicketTypeId> ids;
  std::int64_t total = static_cast<std::int64_t>(inventory.seats.size());
  for (std::size_t i = 0; i < inventory.stock.size(); ++i) {
    const TicketStock& stock = inventory.stock[i];
    if (stock.id.is_nil()) return bad("stock", i, "id", "is missing");
    if (!ids.insert(stock.id).second) return bad("stock", i, "id", "is that of another ticket type");
    if (stock.event_id != inventory.event_id) return bad("stock", i, "event_id", "is not the inventory's event");
    if (stock.price_minor < 0) return bad("stock", i, "price_minor", "is negative");
    if (stock.total < 0) return bad("stock", i, "total", "is negative");
    if (stock.held != 0 || stock.sold != 0) return bad("stock", i, "held", "and sold must be 0");
    const auto sum = checked_add(total, stock.total);
    if (!sum) return Error{Errc::overflow, "more places than fit in 64 bits", {{"field", "stock"}}};
    total = *sum;
  }
  return {};
}

}  // namespace

Result<void> check(const NewInventory& inventory) {
  if (inventory.event_id.is_nil()) return Error{Errc::invalid_argument, "name the event", {{"field", "event_id"}}};
  if (auto seats = check_seats(inventory); seats.has_error()) return seats;
  return check_stock(inventory);
}

}  // namespace tiketi::box_office
