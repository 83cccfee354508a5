#include "answers.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace tiketi::test {

namespace {

bool is_free(const Scene& scene, const Seat& seat) {
  const bool over = seat.state.status == PlaceStatus::held && seat.state.held_until <= scene.clock_now();
  return seat.state.status == PlaceStatus::available || over;
}

std::set<Errc> reasons_of_form(const Reserve& command) {
  if (command.seats.empty() && command.tickets.empty()) return {Errc::invalid_argument};
  if (std::set(command.seats.begin(), command.seats.end()).size() != command.seats.size())
    return {Errc::duplicate_item};
  std::set<TicketTypeId> types;
  for (const TicketQuantity& ticket : command.tickets) {
    if (ticket.quantity < 1) return {Errc::invalid_argument};
    if (!types.insert(ticket.ticket_type_id).second) return {Errc::duplicate_item};
  }
  return {};
}

/// Whether the key was used before, and with another request.
template <class Command>
std::optional<std::set<Errc>> reasons_of_key(const Scene& scene, const Command& command) {
  const auto record = scene.books.keys.find({command.user_id, command.idempotency_key});
  if (command.idempotency_key.empty() || record == scene.books.keys.end()) return std::nullopt;
  if (record->second.fingerprint == box_office::fingerprint(command)) return std::set<Errc>{};
  return std::set<Errc>{Errc::idempotency_misuse};
}

void add_reasons_of_sale(const Scene& scene, EventId id, UserId user, std::int64_t quantity, std::set<Errc>& out) {
  const Event* event = scene.programme.find(id);
  if (event == nullptr) {
    out.insert(Errc::event_not_found);
    return;
  }
  const Timestamp now = scene.clock_now();
  if (event->cancelled) out.insert(Errc::event_cancelled);
  if (now < event->sale_start) out.insert(Errc::sale_not_open);
  if (now >= event->sale_end) out.insert(Errc::sale_ended);
  const auto inventory = scene.books.inventories.find(id);
  if (inventory != scene.books.inventories.end() && inventory->second.closed) out.insert(Errc::event_closed);
  const SaleLimits& limits = event->limits;
  if (limits.per_reservation > 0 && quantity > limits.per_reservation) out.insert(Errc::reservation_limit);
  if (limits.per_buyer > 0 && places_of(scene.books, user, id, now) + quantity > limits.per_buyer)
    out.insert(Errc::buyer_limit);
}

}  // namespace

std::set<Errc> reasons_against(const Scene& scene, const Reserve& command) {
  std::set<Errc> out = reasons_of_form(command);
  if (!out.empty()) return out;
  if (auto known = reasons_of_key(scene, command)) return *known;
  std::int64_t quantity = 0;
  for (const SeatId id : command.seats) {
    ++quantity;
    const auto seat = scene.books.seats.find(id);
    if (seat == scene.books.seats.end()) out.insert(Errc::seat_not_found);
    else if (seat->second.event_id != command.event_id) out.insert(Errc::seat_other_event);
    else if (seat->second.state.status == PlaceStatus::blocked) out.insert(Errc::seat_blocked);
    else if (!is_free(scene, seat->second)) out.insert(Errc::seat_taken);
  }
  for (const TicketQuantity& ticket : command.tickets) {
    quantity += ticket.quantity;
    const auto stock = scene.books.stock.find(ticket.ticket_type_id);
    if (stock == scene.books.stock.end()) out.insert(Errc::ticket_type_not_found);
    else if (stock->second.event_id != command.event_id) out.insert(Errc::ticket_type_other_event);
    else if (left_of(scene.books, stock->first, scene.clock_now()) < ticket.quantity) out.insert(Errc::stock_short);
  }
  add_reasons_of_sale(scene, command.event_id, command.user_id, quantity, out);
  if (const auto closed = reason_at_door(scene, {command.event_id, command.user_id}, command.entry_token))
    out.insert(*closed);
  return out;
}

bool has_run(const Scene& scene, const ReserveBest& command) {
  std::map<std::tuple<std::string, std::int32_t, std::int32_t>, bool> free;
  for (const auto& [id, seat] : scene.books.seats) {
    if (seat.event_id != command.event_id) continue;
    if (!command.section.empty() && seat.section != command.section) continue;
    if (command.max_price_minor && seat.price_minor > *command.max_price_minor) continue;
    free[{seat.section, seat.row, seat.number}] = is_free(scene, seat);
  }
  return std::any_of(free.begin(), free.end(), [&](const auto& entry) {
    const auto& [section, row, number] = entry.first;
    for (std::int32_t i = 0; i < command.quantity; ++i) {
      const auto at = free.find({section, row, number + i});
      if (at == free.end() || !at->second) return false;
    }
    return true;
  });
}

std::set<Errc> reasons_against(const Scene& scene, const ReserveBest& command) {
  if (command.quantity < 1) return {Errc::invalid_argument};
  if (auto known = reasons_of_key(scene, command)) return *known;
  std::set<Errc> out;
  const auto in_section = [&command](const auto& entry) {
    return entry.second.event_id == command.event_id && entry.second.section == command.section;
  };
  const auto& seats = scene.books.seats;
  if (!command.section.empty() && std::none_of(seats.begin(), seats.end(), in_section))
    out.insert(Errc::seat_not_found);
  add_reasons_of_sale(scene, command.event_id, command.user_id, command.quantity, out);
  if (!has_run(scene, command)) out.insert(Errc::no_best_seats);
  // No seats are looked for before somebody is let in.
  if (const auto closed = reason_at_door(scene, {command.event_id, command.user_id}, command.entry_token)) {
    out.erase(Errc::seat_not_found);
    out.insert(*closed);
  }
  return out;
}

namespace {

/// The reservation, or null if there is none or it is somebody else's.
template <class Command>
const Reservation* find_owned(const Scene& scene, const Command& command) {
  const Reservation* found = scene.books.find(command.reservation_id);
  return found && command.owner && found->user_id != *command.owner ? nullptr : found;
}

bool is_over(const Scene& scene, const Reservation& reservation) {
  return reservation.status == ReservationStatus::expired ||
         (reservation.status == ReservationStatus::pending && scene.clock_now() >= reservation.expires_at);
}

void add_reasons_of_closing(const Scene& scene, EventId event, std::set<Errc>& out) {
  if (scene.books.inventories.at(event).closed) out.insert(Errc::event_closed);
}

}  // namespace

std::set<Errc> reasons_against(const Scene& scene, const Confirm& command) {
  if (command.payment_reference.empty()) return {Errc::invalid_argument, Errc::reservation_not_found};
  const Reservation* current = find_owned(scene, command);
  if (current == nullptr) return {Errc::reservation_not_found};
  if (current->status == ReservationStatus::confirmed) {
    if (current->payment_reference == command.payment_reference) return {};
    return {Errc::payment_mismatch};
  }
  std::set<Errc> out;
  if (current->status == ReservationStatus::cancelled) out.insert(Errc::reservation_cancelled);
  if (is_over(scene, *current)) out.insert(Errc::hold_expired);
  if (scene.programme.find(current->event_id)->cancelled) out.insert(Errc::event_cancelled);
  add_reasons_of_closing(scene, current->event_id, out);
  return out;
}

std::set<Errc> reasons_against(const Scene& scene, const Cancel& command) {
  const Reservation* current = find_owned(scene, command);
  if (current == nullptr) return {Errc::reservation_not_found};
  if (is_over(scene, *current)) return {Errc::hold_expired};
  return {};
}

std::set<Errc> reasons_against(const Scene& scene, const Extend& command) {
  const Reservation* current = find_owned(scene, command);
  if (current == nullptr) return {Errc::reservation_not_found};
  std::set<Errc> out;
  if (command.by_ms < 1) out.insert(Errc::invalid_argument);
  if (current->status == ReservationStatus::confirmed) out.insert(Errc::reservation_confirmed);
  if (current->status == ReservationStatus::cancelled) out.insert(Errc::reservation_cancelled);
  if (is_over(scene, *current)) out.insert(Errc::hold_expired);
  const BoxOfficePolicy& policy = scene.books.policy;
  const std::int64_t wish = scene.clock_now().ms + command.by_ms;
  if (wish > current->created_at.ms + policy.hold_ms + policy.max_extension_ms) out.insert(Errc::extension_limit);
  // Nothing has to be changed for a hold that lasts that long anyway.
  if (wish > current->expires_at.ms) add_reasons_of_closing(scene, current->event_id, out);
  return out;
}

bool is_first_reason(const std::set<Errc>& reasons, Errc told) {
  if (!reasons.contains(told)) return false;
  if (told == *reasons.begin()) return true;
  std::set<Errc> before_commit = reasons;
  before_commit.erase(Errc::buyer_limit);
  before_commit.erase(Errc::event_closed);
  return !before_commit.empty() && told == *before_commit.begin();
}

std::optional<std::string> find_wrong_detail(const Scene& scene, const Reserve& command, const Error& error) {
  if (error.code == Errc::stock_short) {
    const auto type = TicketTypeId::parse(error.detail("ticket_type"));
    if (!type || !scene.books.stock.contains(*type)) return "stock_short does not name a ticket type";
    const std::int64_t left = left_of(scene.books, *type, scene.clock_now());
    if (error.detail("left") != std::to_string(left)) return "stock_short tells a wrong number";
  }
  if (error.code == Errc::seat_taken) {
    std::set<std::string> told;
    std::set<std::string> expected;
    for (const Detail& detail : error.details)
      if (detail.name == "seat") told.insert(detail.value);
    for (const SeatId id : command.seats)
      if (!is_free(scene, scene.books.seats.at(id))) expected.insert(id.text());
    if (told != expected) return "seat_taken names wrong seats";
  }
  if (error.code == Errc::buyer_limit) {
    const std::int64_t has = places_of(scene.books, command.user_id, command.event_id, scene.clock_now());
    if (error.detail("holding") != std::to_string(has)) return "buyer_limit tells a wrong number";
  }
  return std::nullopt;
}

bool is_ambiguous(const Error& error) { return error.code == Errc::outcome_unknown; }

}  // namespace tiketi::test
