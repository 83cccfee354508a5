#pragma once
// From what a person types to what is stored: events by title, seats by label, customers by name.

#include <tiketi/base/result.hpp>
#include <tiketi/open.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::cli {

/// The same id for the same text of the same kind, on every machine.
Uuid named_uuid(std::string_view kind, std::string_view text) noexcept;

/// An id, a whole title, or a part of the title or artist of one event alone. event_not_found (details:
/// event, once for each that the search finds); invalid_argument (several are called like that).
Result<EventDetail> find_event(Services& services, std::string_view text);

/// A number or an id. reservation_not_found.
Result<Reservation> find_reservation(Services& services, std::string_view text, std::string_view user);

/// A UUID, the e-mail of an account, or the id that stands for a name. invalid_argument, user_not_found (no account has
/// that e-mail).
Result<UserId> user_of(Services& services, std::string_view text);

/// An account by id or e-mail. invalid_argument, user_not_found.
Result<User> find_user(Services& services, std::string_view text);

/// An id, an order id (`tk_…`), or the number of a reservation that was paid. invalid_argument, payment_not_found.
Result<Payment> find_payment(Services& services, std::string_view text);

/// A number or an id. invalid_argument, ticket_not_found.
Result<Ticket> find_ticket(Services& services, std::string_view text);

/// Labels or ids. seat_not_found (details: seat, once per seat).
Result<std::vector<SeatId>> find_seats(const SeatMap& map, std::span<const std::string> texts);

/// `name=quantity` or `id=quantity`. invalid_argument, ticket_type_not_found.
Result<std::vector<TicketQuantity>> find_tickets(std::span<const TicketStock> stock,
                                                 std::span<const std::string> texts);

}  // namespace tiketi::cli
