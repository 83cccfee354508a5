#include "books.hpp"

#include <algorithm>

namespace tiketi::test {

const Reservation* Books::find(ReservationId id) const {
  const auto at = reservations.find(id);
  return at == reservations.end() ? nullptr : &at->second.back().reservation;
}

std::int64_t places_of(const Books& books, UserId user, EventId event, Timestamp now) {
  std::int64_t places = 0;
  const auto buyer = books.buyers.find(user);
  if (buyer == books.buyers.end()) return 0;
  for (const ReservationId id : buyer->second) {
    const Reservation& each = *books.find(id);
    const bool held = each.status == ReservationStatus::pending && now < each.expires_at;
    if (each.event_id == event && (held || each.status == ReservationStatus::confirmed)) places += each.quantity;
  }
  return places;
}

std::int64_t left_of(const Books& books, TicketTypeId type, Timestamp now) {
  const TicketStock& stock = books.stock.at(type);
  std::int64_t left = stock.total - stock.held - stock.sold;
  for (const auto& [id, history] : books.reservations) {
    const Reservation& each = history.back().reservation;
    if (each.status != ReservationStatus::pending || now < each.expires_at) continue;
    for (const ReservationLine& line : each.lines)
      if (line.ticket_type_id == type) left += line.quantity;
  }
  return left;
}

std::int64_t available_of(const Books& books, EventId event) {
  std::int64_t available = 0;
  for (const auto& [id, seat] : books.seats)
    if (seat.event_id == event && seat.state.status == PlaceStatus::available) ++available;
  for (const auto& [id, stock] : books.stock)
    if (stock.event_id == event) available += stock.available();
  return available;
}

void load(Books& books, const NewInventory& inventory) {
  EventInventory& entry = books.inventories[inventory.event_id];
  entry.event_id = inventory.event_id;
  entry.currency = inventory.currency;
  for (const Seat& seat : inventory.seats) {
    books.seats[seat.id] = seat;
    books.touched_seats.insert(seat.id);
    if (seat.state.status != PlaceStatus::blocked) ++entry.total;
  }
  for (const TicketStock& stock : inventory.stock) {
    books.stock[stock.id] = stock;
    entry.total += stock.total;
  }
}

namespace {

bool is_repeated(const Books& books, const Change& change) {
  return change.expected_version == 0 && books.reservations.contains(change.after.id);
}

bool is_ready(const Books& books, const Change& change, SeatId id) {
  const auto seat = books.seats.find(id);
  if (seat == books.seats.end() || seat->second.state.status != change.from) return false;
  return change.from == PlaceStatus::available || seat->second.state.reservation_id == change.after.id;
}

Outcome outcome_of(Outcome::Kind kind, std::int64_t number = 0) {
  Outcome out;
  out.kind = kind;
  out.number = number;
  return out;
}

Outcome judge_places(const Books& books, const Change& change) {
  Outcome out;
  for (const ReservationLine& line : change.after.lines)
    if (line.is_seat() && !is_ready(books, change, line.seat_id)) out.seats.push_back(line.seat_id);
  if (!out.seats.empty()) {
    out.kind = Outcome::Kind::seats_unavailable;
    return out;
  }
  for (const ReservationLine& line : change.after.lines) {
    if (line.is_seat() || change.from != PlaceStatus::available) continue;
    const TicketStock& stock = books.stock.at(line.ticket_type_id);
    const std::int64_t left = stock.total - stock.held - stock.sold;
    if (left >= line.quantity) continue;
    out.kind = Outcome::Kind::stock_short;
    out.number = left;
    out.ticket_type = line.ticket_type_id;
    return out;
  }
  return out;
}

}  // namespace

Outcome judge(const Books& books, const Change& change) {
  if (is_repeated(books, change)) return {};
  if (change.idempotency && books.keys.contains({change.idempotency->user_id, change.idempotency->key}))
    return outcome_of(Outcome::Kind::idempotency_used);
  const Reservation* current = books.find(change.after.id);
  if ((current ? current->version : 0) != change.expected_version) return outcome_of(Outcome::Kind::version_conflict);
  const auto inventory = books.inventories.find(change.after.event_id);
  if (inventory == books.inventories.end()) return outcome_of(Outcome::Kind::unknown_event);
  if (change.needs_open && inventory->second.closed) return outcome_of(Outcome::Kind::event_closed);
  if (change.buyer_limit > 0) {
    const std::int64_t has = places_of(books, change.after.user_id, change.after.event_id, change.after.updated_at);
    if (has + change.after.quantity > change.buyer_limit) return outcome_of(Outcome::Kind::buyer_limit, has);
  }
  return judge_places(books, change);
}

namespace {

std::optional<std::string> find_illegal_sum(const Books& books, const Reservation& after) {
  std::int64_t total = 0;
  std::int64_t quantity = 0;
  for (const ReservationLine& line : after.lines) {
    const bool seat = line.is_seat();
    const EventId event = seat ? books.seats.at(line.seat_id).event_id : books.stock.at(line.ticket_type_id).event_id;
    const std::int64_t price =
        seat ? books.seats.at(line.seat_id).price_minor : books.stock.at(line.ticket_type_id).price_minor;
    if (event != after.event_id) return "a place of another event is reserved";
    if (line.unit_price_minor != price) return "a place is reserved at a wrong price";
    if (line.quantity < 1 || (seat && line.quantity != 1)) return "a line has a wrong quantity";
    total += line.quantity * price;
    quantity += line.quantity;
  }
  if (after.lines.empty() || total != after.total.minor || quantity != after.quantity)
    return "total or quantity are not the sums of the lines";
  return std::nullopt;
}

std::optional<std::string> find_illegal_hold(const Books& books, const Change& change) {
  const Reservation& after = change.after;
  if (change.expected_version != 0 || after.version != 1) return "a hold is not a new reservation";
  if (after.status != ReservationStatus::pending) return "a new reservation is not pending";
  if (change.from != PlaceStatus::available || change.to != PlaceStatus::held) return "a hold moves places wrongly";
  if (!change.needs_open) return "a hold does not need an open event";
  if (after.created_at != after.updated_at) return "a new reservation has two ages";
  if (after.expires_at.ms != after.created_at.ms + books.policy.hold_ms) return "a hold ends at a wrong time";
  if (after.number.text().substr(0, 2) != "TK") return "a reservation number does not begin with TK";
  return find_illegal_sum(books, after);
}

std::optional<std::string> find_illegal_step(const Books& books, const Change& change, const Reservation& before) {
  const Reservation& after = change.after;
  const Timestamp now = after.updated_at;
  const bool pending = before.status == ReservationStatus::pending;
  const bool over = pending && now >= before.expires_at;
  switch (change.news) {
    case ReservationNews::held:
      return "a reservation is held twice";
    case ReservationNews::extended:
      if (!pending || over) return "a hold that is over is extended";
      if (after.status != before.status || after.expires_at <= before.expires_at) return "an extension does not extend";
      if (after.expires_at.ms > before.created_at.ms + books.policy.hold_ms + books.policy.max_extension_ms)
        return "a hold is extended beyond the policy";
      return std::nullopt;
    case ReservationNews::confirmed:
      if (!pending) return "a reservation that is not pending is confirmed";
      if (over) return "an expired hold is confirmed";
      if (after.status != ReservationStatus::confirmed || after.payment_reference.empty())
        return "a confirmation lacks status or payment";
      if (!change.needs_open) return "a confirmation does not need an open event";
      return std::nullopt;
    case ReservationNews::cancelled:
      if (over || (!pending && before.status != ReservationStatus::confirmed)) return "nothing is left to cancel";
      if (after.status != ReservationStatus::cancelled) return "a cancellation does not cancel";
      return std::nullopt;
    case ReservationNews::expired:
      if (!over) return "a hold that is not over expires";
      if (after.status != ReservationStatus::expired) return "an expiry does not expire";
      return std::nullopt;
  }
  return "an unknown kind of change";
}

}  // namespace

std::optional<std::string> find_illegal(const Books& books, const Change& change) {
  if (change.news == ReservationNews::held) return find_illegal_hold(books, change);
  const Reservation* before = books.find(change.after.id);
  if (before == nullptr) return "a reservation that does not exist is changed";
  if (change.after.version != before->version + 1) return "a version is skipped";
  Reservation same = change.after;
  same.status = before->status;
  same.version = before->version;
  same.updated_at = before->updated_at;
  if (change.news == ReservationNews::extended) same.expires_at = before->expires_at;
  if (change.news == ReservationNews::confirmed) same.payment_reference = before->payment_reference;
  if (same != *before) return "a change alters what it must not";
  return find_illegal_step(books, change, *before);
}

namespace {

void move_stock(TicketStock& stock, PlaceStatus from, PlaceStatus to, std::int64_t quantity) {
  if (from == PlaceStatus::held) stock.held -= quantity;
  if (from == PlaceStatus::sold) stock.sold -= quantity;
  if (to == PlaceStatus::held) stock.held += quantity;
  if (to == PlaceStatus::sold) stock.sold += quantity;
}

}  // namespace

void apply(Books& books, const Change& change) {
  if (is_repeated(books, change)) return;
  const Reservation& after = change.after;
  for (const ReservationLine& line : after.lines) {
    if (!line.is_seat()) {
      move_stock(books.stock.at(line.ticket_type_id), change.from, change.to, line.quantity);
      continue;
    }
    SeatState& state = books.seats.at(line.seat_id).state;
    const bool taken = change.to == PlaceStatus::held || change.to == PlaceStatus::sold;
    state = {change.to, state.version + 1, taken ? after.id : ReservationId{},
             change.to == PlaceStatus::held ? after.expires_at : Timestamp{}};
    books.touched_seats.insert(line.seat_id);
  }
  auto& counts = books.inventories.at(after.event_id).reservations;
  if (const Reservation* before = books.find(after.id)) --counts.at(static_cast<std::size_t>(before->status));
  ++counts.at(static_cast<std::size_t>(after.status));
  if (change.expected_version == 0) books.buyers[after.user_id].push_back(after.id);
  books.reservations[after.id].push_back({after, change.news});
  books.touched_reservations.insert(after.id);
  if (change.idempotency) books.keys[{change.idempotency->user_id, change.idempotency->key}] = *change.idempotency;
}

std::string show(Uuid id) { return '#' + std::to_string(id.low & 0xff'ffff); }

std::string show(const SeatState& state) {
  static const char* const words[] = {"available", "held", "sold", "blocked"};
  return std::string(words[static_cast<std::size_t>(state.status)]) + " v" + std::to_string(state.version) + " by " +
         show(state.reservation_id.uuid) + " until " + std::to_string(state.held_until.ms);
}

std::string show(const Reservation& reservation) {
  static const char* const words[] = {"pending", "confirmed", "cancelled", "expired"};
  std::string out = show(reservation.id.uuid) + ' ' + words[static_cast<std::size_t>(reservation.status)] + " v" +
                    std::to_string(reservation.version) + " of user " + show(reservation.user_id.uuid) + " until " +
                    std::to_string(reservation.expires_at.ms) + " [";
  for (const ReservationLine& line : reservation.lines)
    out += line.is_seat() ? ' ' + line.label : ' ' + std::to_string(line.quantity) + " x " + line.label;
  return out + " ]";
}

std::string show(const Outcome& outcome) {
  static const char* const words[] = {"applied",      "idempotency_used", "version_conflict",  "unknown_event",
                                      "event_closed", "buyer_limit",      "seats_unavailable", "stock_short"};
  std::string out = words[static_cast<std::size_t>(outcome.kind)];
  if (outcome.number != 0) out += ' ' + std::to_string(outcome.number);
  for (const SeatId seat : outcome.seats) out += ' ' + show(seat.uuid);
  return out;
}

}  // namespace tiketi::test
