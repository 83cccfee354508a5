#pragma once
// Pure decisions about tickets. No I/O, clock or thread.

#include <tiketi/base/result.hpp>
#include <tiketi/ticket/change.hpp>
#include <tiketi/ticket/reservations.hpp>
#include <tiketi/ticket/ticket.hpp>

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace tiketi::ticket {

/// The id of a reservation's n-th ticket, the same whoever issues it and how often: a UUIDv8 (RFC 9562) of the
/// reservation's millisecond, so that what is sold together is stored together, and 74 bits of the UUIDv5 whose
/// namespace is the reservation's id and whose name is the ordinal in decimal digits.
TicketId id_of(ReservationId reservation, std::int32_t ordinal);

TicketNumber number_of(TicketId id) noexcept;

/// Reads a number as a person may write it: in either case, with O for 0 and I or L for 1.
std::optional<TicketNumber> parse_number(std::string_view text) noexcept;

/// More than any event admits with one reservation.
inline constexpr std::int64_t max_tickets_per_reservation = 100'000;

/// All tickets of a reservation, as they are when they are issued at that time: one for each seat and admission, in
/// the order of its lines. None unless it is confirmed. limit_exceeded (details: field, limit).
Result<std::vector<Ticket>> issue(const TicketReservation& reservation, Timestamp now);

/// What there is left to do until the tickets of a reservation are as they should be, given those that are stored: all
/// of a confirmed one exist; those of one that is over are void unless they were used. The errors of `issue`.
Result<std::vector<TicketChange>> settle(const TicketReservation& reservation, std::span<const Ticket> stored,
                                         Timestamp now);

/// What there is left to do until no ticket of a reservation lets in any more: stored ones are voided unless they were
/// used, and those of a confirmed one that don't exist yet are made void. The errors of `issue`.
Result<std::vector<TicketChange>> void_all(const TicketReservation& reservation, std::span<const Ticket> stored,
                                           Timestamp now);

/// What can be said of a command without looking anything up: invalid_argument; details: field.
Result<void> check(const CheckIn& command);

/// The use of a ticket, which happens once. `confirmed`: its reservation is. ticket_not_found (of another event than
/// the gate's), ticket_void, ticket_used (details: at, gate).
Result<TicketChange> check_in(const Ticket& current, bool confirmed, const CheckIn& command, Timestamp now);

/// Takes away what a ticket is good for. Nothing to do if it was used or voided before.
std::optional<TicketChange> void_ticket(const Ticket& current, Timestamp now);

/// Whether a stored ticket's id and number follow from its reservation and ordinal.
bool has_own_id(const Ticket& ticket);

}  // namespace tiketi::ticket
