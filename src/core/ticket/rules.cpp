#include <tiketi/ticket/rules.hpp>

#include "core/base/names.hpp"

#include <tiketi/base/text.hpp>

#include <boost/uuid/name_generator_sha1.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>
#include <utility>

namespace tiketi {

std::string_view name(TicketStatus status) noexcept {
  static constexpr std::array<std::string_view, 3> words{"issued", "used", "voided"};
  return base::name_in(words, status);
}

namespace ticket {
namespace {

constexpr std::string_view number_digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

Error bad_field(std::string_view field, std::string message) {
  return {Errc::invalid_argument, std::move(message), {{"field", std::string(field)}}};
}

/// The digit that a person means, or nothing.
constexpr std::optional<char> digit_meant(char c) noexcept {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') return '0';
  if (c == 'I' || c == 'L') return '1';
  if (number_digits.find(c) == number_digits.npos) return std::nullopt;
  return c;
}

Ticket make_ticket(const TicketReservation& reservation, const TicketLine& line, std::int32_t ordinal,
                   std::int32_t admission, Timestamp now) {
  Ticket out;
  out.id = id_of(reservation.id, ordinal);
  out.number = number_of(out.id);
  out.reservation_id = reservation.id;
  out.ordinal = ordinal;
  out.event_id = reservation.event_id;
  out.user_id = reservation.user_id;
  out.place = {line.seat_id, line.ticket_type_id, admission};
  out.label = line.label;
  out.issued_at = now;
  return out;
}

TicketChange changed(const Ticket& current, TicketStatus status) {
  TicketChange out{.expected_version = current.version, .after = current};
  out.after.status = status;
  ++out.after.version;
  return out;
}

/// The tickets of a confirmed reservation that are not stored yet.
Result<std::vector<Ticket>> missing(const TicketReservation& reservation, std::span<const Ticket> stored,
                                    Timestamp now) {
  std::int64_t due = 0;
  for (const TicketLine& line : reservation.lines) due += line.quantity;
  // No ordinal is stored twice, so nothing is missing when there are as many.
  if (static_cast<std::int64_t>(stored.size()) == due) return std::vector<Ticket>();
  auto out = issue(reservation, now);
  if (out.has_error()) return out;
  std::unordered_set<TicketId> known;
  for (const Ticket& each : stored) known.insert(each.id);
  std::erase_if(*out, [&](const Ticket& each) { return known.contains(each.id); });
  return out;
}

void add_voids(std::vector<TicketChange>& changes, std::span<const Ticket> stored, Timestamp now) {
  for (const Ticket& each : stored)
    if (auto change = void_ticket(each, now)) changes.push_back(std::move(*change));
}

}  // namespace

TicketId id_of(ReservationId reservation, std::int32_t ordinal) {
  boost::uuids::uuid space;
  const auto bytes = reservation.uuid.bytes();
  std::copy(bytes.begin(), bytes.end(), space.begin());
  const boost::uuids::uuid named = boost::uuids::name_generator_sha1(space)(std::to_string(ordinal));
  Uuid out = Uuid::from_bytes(named.data);
  out.high = (reservation.uuid.high & ~0xffffULL) | 0x8000U | (out.high & 0x0fffU);
  return TicketId{out};
}

TicketNumber number_of(TicketId id) noexcept {
  // The twelve random bits of the upper half, and all of the lower one but the two that are always the same, make 74;
  // the rest is of the millisecond's end.
  const std::uint64_t low = id.uuid.low & 0x3fff'ffff'ffff'ffffULL;
  const std::uint64_t upper = (id.uuid.high >> 16 & 0x3fU) << 34 | (id.uuid.high & 0x0fffU) << 22 | low >> 40;
  TicketNumber out;
  out.characters[0] = 'T';
  out.characters[1] = 'I';
  for (std::size_t i = 0; i < 8; ++i) {
    out.characters[2 + i] = number_digits[upper >> (35 - 5 * i) & 31];
    out.characters[10 + i] = number_digits[low >> (35 - 5 * i) & 31];
  }
  return out;
}

std::optional<TicketNumber> parse_number(std::string_view text) noexcept {
  TicketNumber out;
  if (text.size() != out.characters.size()) return std::nullopt;
  if ((text[0] != 'T' && text[0] != 't') || (text[1] != 'I' && text[1] != 'i')) return std::nullopt;
  out.characters[0] = 'T';
  out.characters[1] = 'I';
  for (std::size_t i = 2; i < text.size(); ++i) {
    const std::optional<char> digit = digit_meant(text[i]);
    if (!digit) return std::nullopt;
    out.characters[i] = *digit;
  }
  return out;
}

Result<std::vector<Ticket>> issue(const TicketReservation& reservation, Timestamp now) {
  std::vector<Ticket> out;
  if (!reservation.confirmed) return out;
  for (const TicketLine& line : reservation.lines) {
    const std::int64_t room = max_tickets_per_reservation - static_cast<std::int64_t>(out.size());
    if (line.quantity > room)
      return Error{Errc::limit_exceeded,
                   "a reservation has at most " + std::to_string(max_tickets_per_reservation) + " tickets",
                   {{"field", "quantity"}, {"limit", std::to_string(max_tickets_per_reservation)}}};
    for (std::int32_t admission = 1; admission <= line.quantity; ++admission)
      out.push_back(make_ticket(reservation, line, static_cast<std::int32_t>(out.size()) + 1, admission, now));
  }
  return out;
}

Result<std::vector<TicketChange>> settle(const TicketReservation& reservation, std::span<const Ticket> stored,
                                         Timestamp now) {
  std::vector<TicketChange> out;
  if (reservation.over) add_voids(out, stored, now);
  if (!reservation.confirmed) return out;
  auto issued = missing(reservation, stored, now);
  if (issued.has_error()) return issued.error();
  for (Ticket& each : *issued) out.push_back({0, std::move(each)});
  return out;
}

Result<std::vector<TicketChange>> void_all(const TicketReservation& reservation, std::span<const Ticket> stored,
                                           Timestamp now) {
  std::vector<TicketChange> out;
  add_voids(out, stored, now);
  if (!reservation.confirmed) return out;
  auto never_issued = missing(reservation, stored, now);
  if (never_issued.has_error()) return never_issued.error();
  for (Ticket& each : *never_issued) {
    each.status = TicketStatus::voided;
    each.voided_at = now;
    out.push_back({0, std::move(each)});
  }
  return out;
}

Result<void> check(const CheckIn& command) {
  if (command.code.empty() && command.ticket_id.is_nil())
    return bad_field("code", "scan a ticket's code or name its id");
  if (!command.code.empty() && !command.ticket_id.is_nil())
    return bad_field("ticket", "name a ticket by its code or by its id, not by both");
  if (command.gate.empty() || !is_clean_text(command.gate, max_gate_bytes))
    return bad_field("gate", "a gate has a name of at most " + std::to_string(max_gate_bytes) +
                                 " bytes of UTF-8 without control characters");
  return {};
}

Result<TicketChange> check_in(const Ticket& current, bool confirmed, const CheckIn& command, Timestamp now) {
  if (!command.event_id.is_nil() && command.event_id != current.event_id)
    return Error{Errc::ticket_not_found, "the ticket is for another event"};
  if (current.status == TicketStatus::used)
    return Error{Errc::ticket_used,
                 "the ticket was used before",
                 {{"at", to_iso8601(current.used_at.value_or(Timestamp{}))}, {"gate", current.gate}}};
  if (current.status == TicketStatus::voided || !confirmed)
    return Error{Errc::ticket_void, "the ticket was refunded or cancelled"};
  TicketChange out = changed(current, TicketStatus::used);
  out.after.used_at = now;
  out.after.gate = command.gate;
  out.after.checked_by = command.checked_by;
  return out;
}

std::optional<TicketChange> void_ticket(const Ticket& current, Timestamp now) {
  if (current.status != TicketStatus::issued) return std::nullopt;
  TicketChange out = changed(current, TicketStatus::voided);
  out.after.voided_at = now;
  return out;
}

bool has_own_id(const Ticket& ticket) {
  return ticket.id == id_of(ticket.reservation_id, ticket.ordinal) && ticket.number == number_of(ticket.id);
}

}  // namespace ticket
}  // namespace tiketi
