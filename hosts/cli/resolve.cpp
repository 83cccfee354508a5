#include "resolve.hpp"

#include <tiketi/base/text.hpp>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <unordered_map>

namespace tiketi::cli {
namespace {

std::uint64_t hash_text(std::uint64_t state, std::string_view text) noexcept {  // FNV-1a
  for (const char c : text) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return state;
}

std::uint64_t spread(std::uint64_t x) noexcept {  // splitmix64's finaliser
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
  return x ^ x >> 31;
}

/// Whether `part` is in `text`; capital and small Latin letters are the same.
bool contains(std::string_view text, std::string_view part) {
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [&small](char a, char b) { return small(a) == small(b); }) != text.end();
}

/// What was given, if it can be shown.
Detail given(std::string_view text) { return {"given", is_clean_text(text, 200) ? std::string(text) : "not UTF-8"}; }

Error with_candidates(Errc code, std::string message, std::span<const EventSummary> candidates) {
  Error error{code, std::move(message)};
  for (const EventSummary& each : candidates)
    error.details.push_back({"event", each.event.id.text() + "  " + each.event.title});
  return error;
}

}  // namespace

Uuid named_uuid(std::string_view kind, std::string_view text) noexcept {
  constexpr std::int64_t named_ms = 1767225600000;  // 2026-01-01, so that they sort before what is made later
  const auto half = [&](std::uint64_t start) { return spread(hash_text(hash_text(start, kind) ^ 0xff, text)); };
  return make_uuid_v7(named_ms, {half(0xcbf29ce484222325ULL), half(0x6c62272e07bb0142ULL)});
}

Result<EventDetail> find_event(Services& services, std::string_view text) {
  if (const auto id = EventId::parse(text)) return services.catalog().detail(*id);
  if (text.empty()) return Error{Errc::invalid_argument, "name an event by its id, title or a search text"};
  if (text.size() > max_search_bytes || !is_clean_text(text, max_search_bytes))
    return Error{
        Errc::invalid_argument,
        "the event must be an id, or a text in UTF-8 of at most " + std::to_string(max_search_bytes) + " bytes",
        {{"field", "event"}}};
  EventQuery query;
  query.search = std::string(text);
  const auto page = services.catalog().list(query);
  if (page.has_error()) return page.error();
  std::vector<EventSummary> named;
  for (const EventSummary& each : page->events) {
    if (each.event.title == text) return services.catalog().detail(each.event.id);
    if (contains(each.event.title, text) || contains(each.event.artist, text)) named.push_back(each);
  }
  if (named.size() == 1) return services.catalog().detail(named.front().event.id);
  const std::string quoted = '`' + std::string(text) + '`';
  if (named.size() > 1)
    return with_candidates(Errc::invalid_argument,
                           "several events are called like " + quoted + ": name one by its id or whole title", named);
  // What the search merely resembles is not acted upon: a typing error must not sell another event's seats.
  return with_candidates(Errc::event_not_found,
                         "no event is called " + quoted + (page->events.empty() ? "" : "; is it one of these?"),
                         page->events);
}

Result<Reservation> find_reservation(Services& services, std::string_view text, std::string_view user) {
  std::optional<UserId> owner;
  if (!user.empty()) {
    const auto id = user_of(services, user);
    if (id.has_error()) return id.error();
    owner = *id;
  }
  if (const auto id = ReservationId::parse(text)) return services.box_office().reservation(*id, owner);
  if (const auto number = box_office::parse_number(text)) return services.box_office().reservation(*number, owner);
  return Error{Errc::invalid_argument,
               "a reservation is named by its number (TK and 16 letters or digits) or its id",
               {{"field", "reservation"}, given(text)}};
}

Result<UserId> user_of(Services& services, std::string_view text) {
  if (const auto id = UserId::parse(text)) {
    if (!id->is_nil()) return *id;
  } else if (text.find('@') != text.npos) {
    const auto user = find_user(services, text);
    if (user.has_error()) return user.error();
    return user->id;
  } else if (!text.empty() && is_clean_text(text, 200)) {
    return UserId{named_uuid("user", text)};
  }
  return Error{Errc::invalid_argument,
               "name a customer by a UUID (not the nil one), the e-mail of an account, or a name of at most 200 bytes "
               "in UTF-8",
               {{"field", "user"}}};
}

Result<User> find_user(Services& services, std::string_view text) {
  if (const auto id = UserId::parse(text)) return services.accounts().profile(*id);
  const auto email = identity::normalised_email(text);
  if (email.has_error())
    return Error{
        Errc::invalid_argument, "an account is named by its id or its e-mail", {{"field", "user"}, given(text)}};
  auto found = services.stores().identity().users_with_email({&*email, 1});
  if (found.has_error()) return found.error();
  if (!found->front()) return Error{Errc::user_not_found, "no account has that e-mail", {{"email", *email}}};
  return services.accounts().profile(found->front()->id);
}

Result<Payment> find_payment(Services& services, std::string_view text) {
  if (const auto id = PaymentId::parse(text)) return services.cashier().payment(*id);
  if (text.starts_with("tk_") && is_clean_text(text, max_order_id_bytes))
    return services.cashier().payment_of_order(std::string(text));
  const auto number = box_office::parse_number(text);
  if (!number)
    return Error{Errc::invalid_argument,
                 "a payment is named by its id, its order id (tk_…) or the number of the reservation that was paid "
                 "(TK and 16 letters or digits)",
                 {{"field", "payment"}, given(text)}};
  const auto reservation = services.box_office().reservation(*number);
  if (reservation.has_error()) return reservation.error();
  auto found = services.cashier().payments_for({&reservation->id, 1});
  if (found.has_error()) return found.error();
  if (!found->front()) return Error{Errc::payment_not_found, "nothing was paid for that reservation here"};
  return std::move(*found->front());
}

Result<Ticket> find_ticket(Services& services, std::string_view text) {
  if (const auto id = TicketId::parse(text)) return services.ticket_desk().ticket(*id);
  if (const auto number = ticket::parse_number(text)) return services.ticket_desk().ticket(*number);
  return Error{Errc::invalid_argument,
               "a ticket is named by its number (TI and 16 letters or digits) or its id",
               {{"field", "ticket"}, given(text)}};
}

Result<std::vector<SeatId>> find_seats(const SeatMap& map, std::span<const std::string> texts) {
  std::vector<SeatId> found(texts.size());
  std::unordered_map<std::string_view, std::vector<std::size_t>> wanted;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (const auto id = SeatId::parse(texts[i])) found[i] = *id;
    else wanted[texts[i]].push_back(i);
  }
  for (std::size_t seat = 0; seat < map.size() && !wanted.empty(); ++seat) {
    const auto each = wanted.find(map.label(seat));
    if (each == wanted.end()) continue;
    for (const std::size_t i : each->second) found[i] = (*map.places)[seat].id;
    wanted.erase(each);
  }
  if (wanted.empty()) return found;
  Error error{Errc::seat_not_found, "the event has no such seat"};
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (wanted.count(texts[i]) != 0)
      error.details.push_back({"seat", is_clean_text(texts[i], 1000) ? texts[i] : "not UTF-8"});
  return error;
}

Result<std::vector<TicketQuantity>> find_tickets(std::span<const TicketStock> stock,
                                                 std::span<const std::string> texts) {
  std::vector<TicketQuantity> found;
  for (const std::string& text : texts) {
    const std::size_t equals = text.rfind('=');
    const std::string name = text.substr(0, equals);
    std::int64_t quantity = equals == std::string::npos ? 1 : 0;
    if (equals != std::string::npos) {
      const char* end = text.data() + text.size();
      const auto read = std::from_chars(text.data() + equals + 1, end, quantity);
      if (read.ec != std::errc{} || read.ptr != end)
        return Error{Errc::invalid_argument,
                     "--ticket: write NAME=QUANTITY, for example 스탠딩=2",
                     {{"field", "ticket"}, {"given", is_clean_text(text, 1000) ? text : "not UTF-8"}}};
    }
    const auto id = TicketTypeId::parse(name);
    const auto type = std::find_if(stock.begin(), stock.end(),
                                   [&](const TicketStock& each) { return id ? each.id == *id : each.name == name; });
    if (type == stock.end())
      return Error{Errc::ticket_type_not_found,
                   "the event has no such ticket type",
                   {{"ticket_type", is_clean_text(name, 1000) ? name : "not UTF-8"}}};
    found.push_back({type->id, quantity});
  }
  return found;
}

}  // namespace tiketi::cli
