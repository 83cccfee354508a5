#include "adapters/memory/box_office_books.hpp"

namespace tiketi::memory {

std::int64_t Books::version_of(ReservationId id) const {
  const Reservation* found = find(id);
  return found == nullptr ? 0 : found->version;
}

EventInventory* Books::inventory(EventId id) {
  const auto at = event_by_id.find(id);
  return at == event_by_id.end() ? nullptr : &at->second->inventory;
}

SeatState* Books::seat(SeatId id) {
  const auto at = seat_by_id.find(id);
  return at == seat_by_id.end() ? nullptr : &at->second.first->seats[at->second.second];
}

TicketStock* Books::stock(TicketTypeId id) {
  const auto at = stock_by_id.find(id);
  return at == stock_by_id.end() ? nullptr : &at->second;
}

std::int64_t Books::holding(const Change& change) const {
  std::int64_t places = 0;
  for_each_of(change.after.user_id, [&](const Reservation& each) {
    const bool counts = each.status == ReservationStatus::confirmed || each.is_live_hold(change.after.updated_at);
    if (counts && each.event_id == change.after.event_id) places += each.quantity;
  });
  return places;
}

void Books::applied(const Change& change) {
  const Reservation& after = change.after;
  const auto [at, is_new] = reservation_by_id.emplace(after.id, reservations.size());
  const std::size_t index = at->second;
  if (is_new) {
    reservations.push_back(after);
    const auto [last, is_first] = last_of_user.emplace(after.user_id, index);
    previous_of_user.push_back(is_first ? none : last->second);
    last->second = index;
  } else {
    Reservation& stored = reservations[index];
    stored.status = after.status;
    stored.version = after.version;
    stored.updated_at = after.updated_at;
    stored.expires_at = after.expires_at;
    stored.payment_reference = after.payment_reference;
  }
  if (change.to == PlaceStatus::held) by_expiry[after.expires_at].push_back(index);
  if (change.idempotency)
    records.emplace(std::pair(change.idempotency->user_id, change.idempotency->key), *change.idempotency);
  outbox.push_back(
      {others->next_sequence(), change.news, index, after.status, after.version, after.updated_at, after.expires_at});
}

const Reservation* Books::find(ReservationId id) const {
  const auto at = reservation_by_id.find(id);
  return at == reservation_by_id.end() ? nullptr : &reservations[at->second];
}

EventBook& Books::add_event(const EventInventory& inventory) {
  EventBook& book = events.emplace_back();
  book.inventory = inventory;
  event_by_id.emplace(inventory.event_id, &book);
  add_seats(book, {});
  return book;
}

void Books::add_seats(EventBook& book, std::span<const Seat> seats) {
  std::vector<std::string> sections;
  std::vector<SeatPlace> places;
  for (const Seat& seat : seats) {
    if (sections.empty() || sections.back() != seat.section) sections.push_back(seat.section);
    places.push_back({seat.id, static_cast<std::uint32_t>(sections.size() - 1), seat.row, seat.number, seat.x, seat.y,
                      seat.price_minor});
    seat_by_id.emplace(seat.id, std::pair(&book, static_cast<std::uint32_t>(book.seats.size())));
    book.seats.push_back(seat.state);
  }
  book.sections = std::make_shared<const std::vector<std::string>>(std::move(sections));
  book.places = std::make_shared<const std::vector<SeatPlace>>(std::move(places));
}

void Books::remove_seats(EventBook& book) {
  for (const SeatPlace& place : *book.places) seat_by_id.erase(place.id);
  book.seats.clear();
  add_seats(book, {});
}

void Books::put_stock(EventBook& book, const TicketStock& stock) {
  if (!stock_by_id.contains(stock.id)) book.ticket_types.push_back(stock.id);
  stock_by_id.insert_or_assign(stock.id, stock);
}

namespace {

InventoryFacts facts_of(const Books& books, const EventBook* book, const InventoryChange& change) {
  InventoryFacts facts{.inventory = {change.event_id, change.currency}};
  if (book != nullptr) {
    facts.inventory = book->inventory;
    facts.seats = static_cast<std::int64_t>(book->seats.size());
    for (const SeatState& seat : book->seats) {
      facts.blocked_seats += seat.status == PlaceStatus::blocked;
      facts.taken_seats += seat.status == PlaceStatus::held || seat.status == PlaceStatus::sold;
    }
  }
  if (const auto* wanted = std::get_if<PutStock>(&change.what))
    if (const auto at = books.stock_by_id.find(wanted->id); at != books.stock_by_id.end()) facts.stock = at->second;
  return facts;
}

}  // namespace

Result<std::int64_t> Books::change(const InventoryChange& change) {
  const auto at = event_by_id.find(change.event_id);
  EventBook* book = at == event_by_id.end() ? nullptr : at->second;
  const InventoryFacts facts = facts_of(*this, book, change);
  if (auto admitted = box_office::admit(change, facts); admitted.has_error()) return admitted.error();
  if (book == nullptr) book = &add_event(facts.inventory);
  if (const auto* wanted = std::get_if<PutStock>(&change.what)) {
    TicketStock stock = facts.stock.value_or(TicketStock{.id = wanted->id, .event_id = change.event_id});
    stock.name = wanted->name;
    stock.price_minor = wanted->price_minor;
    stock.total = wanted->total;
    put_stock(*book, stock);
  } else {
    remove_seats(*book);
    if (const auto* added = std::get_if<AddSeats>(&change.what)) add_seats(*book, added->seats);
  }
  if (std::holds_alternative<Withdraw>(change.what)) {
    for (const TicketTypeId type : book->ticket_types) stock_by_id.erase(type);
    book->ticket_types.clear();
  }
  book->inventory = box_office::after(change, facts);
  if (const auto* added = std::get_if<AddSeats>(&change.what)) return static_cast<std::int64_t>(added->seats.size());
  return std::holds_alternative<PutStock>(change.what) ? 0 : facts.seats;
}

namespace {

using Findings = std::vector<BrokenInvariant>;

void check_seats(const Books& books, Findings& findings) {
  for (const EventBook& event : books.events)
    for (std::size_t i = 0; i < event.seats.size(); ++i) {
      const SeatState& seat = event.seats[i];
      const std::string id = (*event.places)[i].id.text();
      const bool owned = seat.status == PlaceStatus::held || seat.status == PlaceStatus::sold;
      if (owned != !seat.reservation_id.is_nil())
        findings.push_back({"seat-owner", id + ": status and owner disagree"});
      if (!owned) continue;
      const Reservation* owner = books.find(seat.reservation_id);
      const auto status = seat.status == PlaceStatus::held ? ReservationStatus::pending : ReservationStatus::confirmed;
      if (owner == nullptr || owner->status != status || owner->event_id != event.inventory.event_id ||
          (seat.status == PlaceStatus::held && seat.held_until != owner->expires_at)) {
        findings.push_back({"seat-owner", id + ": its reservation is missing or in another state"});
        continue;
      }
      bool listed = false;
      for (const ReservationLine& line : owner->lines) listed = listed || line.seat_id == (*event.places)[i].id;
      if (!listed) findings.push_back({"seat-line", id + ": belongs to a reservation that does not list it"});
    }
}

void check_reservations(const Books& books, Findings& findings) {
  for (const Reservation& reservation : books.reservations) {
    const std::string id = reservation.id.text();
    std::int64_t total = 0;
    std::int64_t quantity = 0;
    const bool active =
        reservation.status == ReservationStatus::pending || reservation.status == ReservationStatus::confirmed;
    for (const ReservationLine& line : reservation.lines) {
      total += line.unit_price_minor * line.quantity;
      quantity += line.quantity;
      if (!active || !line.is_seat()) continue;
      const auto at = books.seat_by_id.find(line.seat_id);
      if (at == books.seat_by_id.end() || at->second.first->seats[at->second.second].reservation_id != reservation.id)
        findings.push_back({"reservation-seat", id + ": a seat that it lists belongs to somebody else"});
    }
    if (total != reservation.total.minor || quantity != reservation.quantity)
      findings.push_back({"reservation-adds-up", id + ": its lines add up to something else"});
  }
}

void check_counts(const Books& books, Findings& findings) {
  Map<TicketTypeId, std::pair<std::int64_t, std::int64_t>> used;  // held, sold
  Map<EventId, std::array<std::int64_t, 4>> reservations;
  for (const Reservation& reservation : books.reservations) {
    ++reservations[reservation.event_id][static_cast<std::size_t>(reservation.status)];
    for (const ReservationLine& line : reservation.lines) {
      if (line.is_seat()) continue;
      if (reservation.status == ReservationStatus::pending) used[line.ticket_type_id].first += line.quantity;
      if (reservation.status == ReservationStatus::confirmed) used[line.ticket_type_id].second += line.quantity;
    }
  }
  for (const EventBook& event : books.events) {
    std::int64_t total = 0;
    std::int64_t available = 0;
    for (const SeatState& seat : event.seats) {
      total += seat.status != PlaceStatus::blocked;
      available += seat.status == PlaceStatus::available;
    }
    for (const TicketTypeId type : event.ticket_types) {
      const TicketStock& stock = books.stock_by_id.find(type)->second;
      total += stock.total;
      available += stock.available();
      const auto [held, sold] = used[type];
      if (stock.held != held || stock.sold != sold || stock.available() < 0)
        findings.push_back({"stock-adds-up", type.text() + ": counts differ from its reservations"});
    }
    if (total != event.inventory.total || available != event.inventory.available)
      findings.push_back({"inventory-adds-up", event.inventory.event_id.text() + ": counts differ from its places"});
    if (reservations[event.inventory.event_id] != event.inventory.reservations)
      findings.push_back(
          {"reservations-counted", event.inventory.event_id.text() + ": counts differ from its reservations"});
  }
}

}  // namespace

std::vector<BrokenInvariant> find_broken_invariants(const Books& books) {
  Findings findings;
  check_seats(books, findings);
  check_reservations(books, findings);
  check_counts(books, findings);
  return findings;
}

}  // namespace tiketi::memory
