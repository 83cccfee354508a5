#include <tiketi/box_office/inventory_change.hpp>
#include <tiketi/box_office/rules.hpp>

#include <algorithm>
#include <numeric>
#include <set>

namespace tiketi::box_office {

namespace {

Error bad(const std::string& list, std::size_t index, const char* field, const char* message) {
  const std::string name = list + '[' + std::to_string(index) + "]." + field;
  return {Errc::invalid_argument, name + ' ' + message, {{"field", name}}};
}

Result<void> check_seats(EventId event, std::span<const Seat> seats) {
  SeatId last;
  for (std::size_t i = 0; i < seats.size(); ++i) {
    const Seat& seat = seats[i];
    const bool fresh = seat.state.status == PlaceStatus::available || seat.state.status == PlaceStatus::blocked;
    if (seat.id <= last) return bad("seats", i, "id", "is not greater than the one before; ids ascend along the map");
    if (seat.event_id != event) return bad("seats", i, "event_id", "is not the inventory's event");
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

std::int64_t count_for_sale(std::span<const Seat> seats) noexcept {
  return std::count_if(seats.begin(), seats.end(),
                       [](const Seat& seat) { return seat.state.status != PlaceStatus::blocked; });
}

Result<void> check(EventId event, const AddSeats& wanted) {
  if (wanted.seats.empty()) return Error{Errc::invalid_argument, "seats are missing", {{"field", "seats"}}};
  return check_seats(event, wanted.seats);
}
Result<void> check(EventId, const RemoveSeats&) { return {}; }
Result<void> check(EventId, const PutStock& wanted) {
  const auto refuse = [](const char* field, const char* message) {
    return Error{Errc::invalid_argument, std::string(field) + ' ' + message, {{"field", field}}};
  };
  if (wanted.id.is_nil()) return refuse("id", "is missing");
  if (wanted.price_minor < 0) return refuse("price_minor", "is negative");
  if (wanted.total < 0) return refuse("total", "is negative");
  return {};
}
Result<void> check(EventId, const Withdraw&) { return {}; }

Error closed() { return {Errc::event_closed, "the event takes nothing more for sale"}; }

Result<void> check_sum(std::int64_t total, std::int64_t more) {
  if (checked_add(total, more)) return {};
  return Error{Errc::overflow, "more places than fit in 64 bits", {{"field", "total"}}};
}

Result<void> admit(const AddSeats& wanted, const InventoryFacts& facts) {
  if (facts.inventory.closed) return closed();
  if (facts.seats > 0) return Error{Errc::already_exists, "the event has seats already", {{"field", "seats"}}};
  return check_sum(facts.inventory.total, count_for_sale(wanted.seats));
}

Result<void> admit(const RemoveSeats&, const InventoryFacts& facts) {
  if (facts.taken_seats == 0) return {};
  const std::string taken = std::to_string(facts.taken_seats);
  return Error{Errc::has_reservations, taken + " seats are held or sold", {{"taken", taken}}};
}

Result<void> admit(const PutStock& wanted, const InventoryFacts& facts) {
  if (facts.inventory.closed) return closed();
  if (!facts.stock) return check_sum(facts.inventory.total, wanted.total);
  if (facts.stock->event_id != facts.inventory.event_id)
    return Error{
        Errc::ticket_type_other_event, "the ticket type belongs to another event", {{"ticket_type", wanted.id.text()}}};
  const std::int64_t taken = facts.stock->held + facts.stock->sold;
  if (wanted.total < taken)
    return Error{Errc::has_reservations,
                 std::to_string(taken) + " of them are held or sold: the total can't be less",
                 {{"field", "total_quantity"}, {"ticket_type", wanted.id.text()}, {"taken", std::to_string(taken)}}};
  return check_sum(facts.inventory.total - facts.stock->total, wanted.total);
}

Result<void> admit(const Withdraw&, const InventoryFacts& facts) {
  const auto& counts = facts.inventory.reservations;
  if (std::accumulate(counts.begin(), counts.end(), std::int64_t{0}) == 0) return {};
  return Error{Errc::has_reservations, "reservations were made for the event: it can only be cancelled"};
}

void apply(const AddSeats& wanted, const InventoryFacts&, EventInventory& inventory) {
  inventory.total += count_for_sale(wanted.seats);
  inventory.available += count_for_sale(wanted.seats);
}
void apply(const RemoveSeats&, const InventoryFacts& facts, EventInventory& inventory) {
  inventory.total -= facts.seats - facts.blocked_seats;
  inventory.available -= facts.seats - facts.blocked_seats;
}
void apply(const PutStock& wanted, const InventoryFacts& facts, EventInventory& inventory) {
  const std::int64_t before = facts.stock ? facts.stock->total : 0;
  inventory.total += wanted.total - before;
  inventory.available += wanted.total - before;
}
void apply(const Withdraw&, const InventoryFacts&, EventInventory& inventory) {
  inventory.total = 0;
  inventory.available = 0;
  inventory.closed = true;
}

}  // namespace

Result<void> check(const InventoryChange& change) {
  if (change.event_id.is_nil()) return Error{Errc::invalid_argument, "name the event", {{"field", "event_id"}}};
  return std::visit([&](const auto& what) { return check(change.event_id, what); }, change.what);
}

Result<void> admit(const InventoryChange& change, const InventoryFacts& facts) {
  return std::visit([&](const auto& what) { return admit(what, facts); }, change.what);
}

EventInventory after(const InventoryChange& change, const InventoryFacts& facts) {
  EventInventory out = facts.inventory;
  std::visit([&](const auto& what) { apply(what, facts, out); }, change.what);
  return out;
}

Result<void> check(const NewInventory& inventory) {
  if (inventory.event_id.is_nil()) return Error{Errc::invalid_argument, "name the event", {{"field", "event_id"}}};
  if (auto seats = check_seats(inventory.event_id, inventory.seats); seats.has_error()) return seats;
  return check_stock(inventory);
}

std::int64_t count_places(const NewInventory& inventory) noexcept {
  std::int64_t total = count_for_sale(inventory.seats);
  for (const TicketStock& stock : inventory.stock) total += stock.total;
  return total;
}

}  // namespace tiketi::box_office
