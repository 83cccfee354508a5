#include <tiketi/base/fingerprint.hpp>
#include <tiketi/base/text.hpp>
#include <tiketi/box_office/rules.hpp>

#include <algorithm>

namespace tiketi::box_office {

namespace {

Error bad_field(std::string_view field, std::string message) {
  return {Errc::invalid_argument, std::move(message), {{"field", std::string(field)}}};
}

Error too_many(std::string_view field, std::int64_t limit, std::string message) {
  return {Errc::limit_exceeded, std::move(message), {{"field", std::string(field)}, {"limit", std::to_string(limit)}}};
}

Result<void> check_head(EventId event, UserId user, std::string_view idempotency_key) {
  if (event.is_nil()) return bad_field("event", "name the event");
  if (user.is_nil()) return bad_field("user", "name the user");
  if (!is_clean_text(idempotency_key, max_idempotency_key_bytes))
    return bad_field("idempotency_key", "an idempotency key is at most " + std::to_string(max_idempotency_key_bytes) +
                                            " bytes of UTF-8 without control characters");
  return {};
}

/// The first value that occurs twice, or nothing.
template <class StrongId>
std::optional<StrongId> find_duplicate(std::vector<StrongId> ids) {
  std::sort(ids.begin(), ids.end());
  const auto at = std::adjacent_find(ids.begin(), ids.end());
  if (at == ids.end()) return std::nullopt;
  return *at;
}

Result<void> check_seats(const std::vector<SeatId>& seats) {
  if (seats.size() == 1 && !seats.front().is_nil()) return {};
  for (const SeatId seat : seats)
    if (seat.is_nil()) return bad_field("seats", "a seat id is missing");
  if (const auto twice = find_duplicate(seats))
    return Error{Errc::duplicate_item, "seat " + twice->text() + " is named twice", {{"seat", twice->text()}}};
  return {};
}

Result<void> check_tickets(const std::vector<TicketQuantity>& tickets) {
  std::vector<TicketTypeId> ids;
  for (const TicketQuantity& ticket : tickets) {
    if (ticket.ticket_type_id.is_nil()) return bad_field("tickets", "a ticket type id is missing");
    if (ticket.quantity < 1) return bad_field("quantity", "a quantity is at least 1");
    if (ticket.quantity > max_quantity_per_line)
      return too_many("quantity", max_quantity_per_line,
                      "at most " + std::to_string(max_quantity_per_line) + " tickets of a type at once");
    ids.push_back(ticket.ticket_type_id);
  }
  if (const auto twice = find_duplicate(std::move(ids)))
    return Error{Errc::duplicate_item,
                 "ticket type " + twice->text() + " is named twice; add the quantities up",
                 {{"ticket_type", twice->text()}}};
  return {};
}

Error seat_error(Errc code, const std::string& what, std::vector<Detail> details) {
  std::string message = what;
  const char* separator = ": ";
  for (const Detail& detail : details)
    if (detail.name == "label") {
      message += separator + detail.value;
      separator = ", ";
    }
  return {code, std::move(message), std::move(details)};
}

Result<void> check_known(const Reserve& command, const ReserveFacts& facts) {
  std::vector<Detail> unknown;
  std::vector<Detail> foreign;
  for (std::size_t i = 0; i < command.seats.size(); ++i) {
    const std::optional<Seat>& seat = facts.seats[i];
    if (!seat) unknown.push_back({"seat", command.seats[i].text()});
    else if (seat->event_id != command.event_id) foreign.push_back({"seat", command.seats[i].text()});
  }
  for (std::size_t i = 0; i < command.tickets.size(); ++i) {
    if (facts.stock[i]) continue;
    const std::string id = command.tickets[i].ticket_type_id.text();
    return Error{Errc::ticket_type_not_found, "there is no ticket type " + id, {{"ticket_type", id}}};
  }
  for (std::size_t i = 0; i < command.tickets.size(); ++i) {
    if (facts.stock[i]->event_id == command.event_id) continue;
    const std::string id = command.tickets[i].ticket_type_id.text();
    return Error{
        Errc::ticket_type_other_event, "ticket type " + id + " belongs to another event", {{"ticket_type", id}}};
  }
  if (!unknown.empty()) return Error{Errc::seat_not_found, "there is no such seat", std::move(unknown)};
  if (!foreign.empty()) return Error{Errc::seat_other_event, "the seat belongs to another event", std::move(foreign)};
  return {};
}

Result<void> check_free(const Reserve& command, const ReserveFacts& facts) {
  std::vector<Detail> blocked;
  std::vector<Detail> taken;
  for (const std::optional<Seat>& seat : facts.seats) {
    const PlaceStatus status = seat->state.status;
    if (status == PlaceStatus::available) continue;
    auto& list = status == PlaceStatus::blocked ? blocked : taken;
    list.push_back({"seat", seat->id.text()});
    list.push_back({"label", seat->label()});
  }
  if (!blocked.empty()) return seat_error(Errc::seat_blocked, "not for sale", std::move(blocked));
  if (!taken.empty()) return seat_error(Errc::seat_taken, "already taken", std::move(taken));
  for (std::size_t i = 0; i < command.tickets.size(); ++i) {
    const TicketStock& stock = *facts.stock[i];
    if (stock.available() < command.tickets[i].quantity)
      return Error{Errc::stock_short,
                   "only " + std::to_string(stock.available()) + " left of " + stock.name,
                   {{"ticket_type", stock.id.text()}, {"left", std::to_string(stock.available())}}};
  }
  return {};
}

/// Fills in the lines and what they add up to.
Result<void> add_lines(Reservation& reservation, const Reserve& command, const ReserveFacts& facts) {
  reservation.lines.reserve(command.seats.size() + command.tickets.size());
  for (const std::optional<Seat>& seat : facts.seats)
    reservation.lines.push_back({seat->id, {}, 1, seat->price_minor, seat->label()});
  for (std::size_t i = 0; i < command.tickets.size(); ++i)
    reservation.lines.push_back(
        {{}, facts.stock[i]->id, command.tickets[i].quantity, facts.stock[i]->price_minor, facts.stock[i]->name});
  reservation.total = {0, facts.currency};
  for (const ReservationLine& line : reservation.lines) {
    const auto amount = checked_multiply(line.unit_price_minor, line.quantity);
    const auto total = amount ? checked_add(reservation.total.minor, *amount) : std::nullopt;
    if (!total) return Error{Errc::overflow, "the total does not fit in 64 bits", {{"field", "total"}}};
    reservation.total.minor = *total;
    reservation.quantity += line.quantity;
  }
  return {};
}

Change change_of(const Reservation& current, ReservationNews news, PlaceStatus from, PlaceStatus to, Timestamp now) {
  Change change;
  change.news = news;
  change.from = from;
  change.to = to;
  change.expected_version = current.version;
  change.after = current;
  change.after.version = current.version + 1;
  change.after.updated_at = now;
  return change;
}

Error expired_error(const Reservation& current) {
  const std::string when = to_iso8601(current.expires_at);
  return {Errc::hold_expired, "the hold ended at " + when + "; reserve again", {{"expired_at", when}}};
}

Error cancelled_error() { return {Errc::reservation_cancelled, "the reservation was cancelled; reserve again"}; }

bool is_over(const Reservation& current, Timestamp now) {
  return current.status == ReservationStatus::expired ||
         (current.status == ReservationStatus::pending && now >= current.expires_at);
}

}  // namespace

std::optional<ReservationNumber> parse_number(std::string_view text) noexcept {
  ReservationNumber out;
  if (text.size() != out.characters.size()) return std::nullopt;
  constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (i >= 2) {
      if (c == 'O') c = '0';
      if (c == 'I' || c == 'L') c = '1';
      if (digits.find(c) == std::string_view::npos) return std::nullopt;
    }
    out.characters[i] = c;
  }
  if (out.characters[0] != 'T' || out.characters[1] != 'K') return std::nullopt;
  return out;
}

std::uint64_t fingerprint(const Reserve& command) noexcept {
  // Sums do not depend on the order.
  std::uint64_t items = 0;
  for (const SeatId seat : command.seats) {
    Fingerprint one;
    one.add(seat.uuid);
    items += one.value();
  }
  for (const TicketQuantity& ticket : command.tickets) {
    Fingerprint one;
    one.add(ticket.ticket_type_id.uuid);
    one.add(static_cast<std::uint64_t>(ticket.quantity));
    items += one.value();
  }
  Fingerprint all;
  all.add(command.event_id.uuid);
  all.add(items);
  return all.value();
}

std::uint64_t fingerprint(const ReserveBest& command) noexcept {
  Fingerprint all;
  all.add(std::string_view("best"));
  all.add(command.event_id.uuid);
  all.add(static_cast<std::uint64_t>(command.quantity));
  all.add(std::string_view(command.section));
  all.add(static_cast<std::uint64_t>(command.max_price_minor.value_or(-1)));
  return all.value();
}

Result<void> check(const Reserve& command) {
  if (auto head = check_head(command.event_id, command.user_id, command.idempotency_key); head.has_error()) return head;
  const std::size_t lines = command.seats.size() + command.tickets.size();
  if (lines == 0) return bad_field("seats", "name at least one seat or ticket type");
  if (lines > max_lines_per_reservation)
    return too_many("seats", max_lines_per_reservation,
                    "at most " + std::to_string(max_lines_per_reservation) + " seats and ticket types at once");
  if (auto seats = check_seats(command.seats); seats.has_error()) return seats;
  return check_tickets(command.tickets);
}

Result<void> check(const ReserveBest& command) {
  if (auto head = check_head(command.event_id, command.user_id, command.idempotency_key); head.has_error()) return head;
  if (command.quantity < 1) return bad_field("quantity", "a quantity is at least 1");
  if (command.quantity > static_cast<std::int32_t>(max_lines_per_reservation))
    return too_many("quantity", max_lines_per_reservation,
                    "at most " + std::to_string(max_lines_per_reservation) + " seats at once");
  if (!is_clean_text(command.section, 200)) return bad_field("section", "a section name is at most 200 bytes of UTF-8");
  if (command.max_price_minor && *command.max_price_minor < 0) return bad_field("max_price", "a price is not negative");
  return {};
}

Result<void> check_sale(const SaleTerms& terms, Timestamp now) {
  if (terms.cancelled) return Error{Errc::event_cancelled, "the event is cancelled"};
  if (now < terms.sale_start) {
    const std::string when = to_iso8601(terms.sale_start);
    return Error{Errc::sale_not_open, "the sale opens at " + when, {{"opens_at", when}}};
  }
  if (now >= terms.sale_end) {
    const std::string when = to_iso8601(terms.sale_end);
    return Error{Errc::sale_ended, "the sale ended at " + when, {{"ended_at", when}}};
  }
  return {};
}

Result<void> check_quantity(const SaleTerms& terms, std::int64_t quantity) {
  const std::int32_t limit = terms.limit_per_reservation;
  if (limit > 0 && quantity > limit)
    return Error{Errc::reservation_limit,
                 "at most " + std::to_string(limit) + " places per reservation",
                 {{"limit", std::to_string(limit)}}};
  return {};
}

Result<Change> hold(const Reserve& command, const ReserveFacts& facts, ReservationId id, Timestamp now,
                    const BoxOfficePolicy& policy) {
  if (auto known = check_known(command, facts); known.has_error()) return known.error();
  if (auto sale = check_sale(facts.terms, now); sale.has_error()) return sale.error();

  Change change;
  change.needs_open = true;
  change.buyer_limit = facts.terms.limit_per_buyer;
  Reservation& reservation = change.after;
  reservation.id = id;
  reservation.number = number_of(id);
  reservation.event_id = command.event_id;
  reservation.user_id = command.user_id;
  reservation.created_at = now;
  reservation.updated_at = now;
  reservation.expires_at = now.plus_ms(policy.hold_ms);
  if (auto lines = add_lines(reservation, command, facts); lines.has_error()) return lines.error();

  if (auto quantity = check_quantity(facts.terms, reservation.quantity); quantity.has_error()) return quantity.error();
  if (auto free = check_free(command, facts); free.has_error()) return free.error();
  if (!command.idempotency_key.empty())
    change.idempotency = {command.user_id, command.idempotency_key, fingerprint(command), id, now};
  return change;
}

Result<std::optional<Change>> confirm(const Confirm& command, const Reservation& current, Timestamp now) {
  if (command.payment_reference.empty() || !is_clean_text(command.payment_reference, max_payment_reference_bytes))
    return bad_field("payment_reference", "a payment reference is 1 to " + std::to_string(max_payment_reference_bytes) +
                                              " bytes of UTF-8 without control characters");
  if (current.status == ReservationStatus::confirmed) {
    if (current.payment_reference == command.payment_reference) return std::optional<Change>{};
    return Error{Errc::payment_mismatch, "the reservation was paid for with another payment"};
  }
  if (current.status == ReservationStatus::cancelled) return cancelled_error();
  if (is_over(current, now)) return expired_error(current);
  Change change = change_of(current, ReservationNews::confirmed, PlaceStatus::held, PlaceStatus::sold, now);
  change.needs_open = true;
  change.after.status = ReservationStatus::confirmed;
  change.after.payment_reference = command.payment_reference;
  return std::optional<Change>(std::move(change));
}

Result<std::optional<Change>> cancel(const Cancel&, const Reservation& current, Timestamp now) {
  if (current.status == ReservationStatus::cancelled) return std::optional<Change>{};
  if (is_over(current, now)) return expired_error(current);
  const bool paid = current.status == ReservationStatus::confirmed;
  Change change = change_of(current, ReservationNews::cancelled, paid ? PlaceStatus::sold : PlaceStatus::held,
                            PlaceStatus::available, now);
  change.after.status = ReservationStatus::cancelled;
  return std::optional<Change>(std::move(change));
}

Result<std::optional<Change>> extend(const Extend& command, const Reservation& current, Timestamp now,
                                     const BoxOfficePolicy& policy) {
  if (command.by_ms < 1) return bad_field("by_ms", "an extension is at least 1 ms");
  if (current.status == ReservationStatus::confirmed)
    return Error{Errc::reservation_confirmed, "the reservation is paid for already"};
  if (current.status == ReservationStatus::cancelled) return cancelled_error();
  if (is_over(current, now)) return expired_error(current);
  const std::int64_t longest = policy.hold_ms + policy.max_extension_ms;
  const Timestamp latest = current.created_at.plus_ms(longest);
  // Compared as a distance: `now + by_ms` might not fit.
  if (command.by_ms > latest.ms - now.ms)
    return Error{Errc::extension_limit,
                 "a hold lasts at most " + std::to_string(longest / second_ms) + " s in all",
                 {{"limit_ms", std::to_string(longest)}}};
  const Timestamp wish = now.plus_ms(command.by_ms);
  if (wish <= current.expires_at) return std::optional<Change>{};
  Change change = change_of(current, ReservationNews::extended, PlaceStatus::held, PlaceStatus::held, now);
  change.needs_open = true;
  change.after.expires_at = wish;
  return std::optional<Change>(std::move(change));
}

std::optional<Change> expire(const Reservation& current, Timestamp now) {
  if (current.status != ReservationStatus::pending || now < current.expires_at) return std::nullopt;
  Change change = change_of(current, ReservationNews::expired, PlaceStatus::held, PlaceStatus::available, now);
  change.after.status = ReservationStatus::expired;
  return change;
}

}  // namespace tiketi::box_office
