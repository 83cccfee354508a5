#include "verify_tickets.hpp"

#include <tiketi/ticket/rules.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace tiketi {
namespace {

constexpr std::size_t max_findings = 100;
constexpr std::size_t page_size = 1'000;

/// Whether the reservation's lines hold such a place at that ordinal.
bool is_sold(const Ticket& ticket, const TicketReservation& reservation) {
  std::int64_t left = ticket.ordinal;
  for (const TicketLine& line : reservation.lines) {
    if (left <= line.quantity)
      return ticket.place == TicketPlace{line.seat_id, line.ticket_type_id, static_cast<std::int32_t>(left)};
    left -= line.quantity;
  }
  return false;
}

std::optional<Finding> find_damage(const Ticket& ticket, const std::optional<TicketReservation>& reservation) {
  const std::string subject = "ticket " + ticket.id.text();
  const std::string owner = "reservation " + ticket.reservation_id.text();
  if (!ticket::has_own_id(ticket))
    return Finding{"ticket-id", subject + " has an id or a number that does not follow from its " + owner};
  if (!reservation) return Finding{"ticket-reservation", subject + " names the " + owner + ", which does not exist"};
  if (ticket.event_id != reservation->event_id)
    return Finding{"ticket-event", subject + " is for another event than its " + owner};
  if (!is_sold(ticket, *reservation))
    return Finding{"ticket-place", subject + " is for a place that its " + owner + " does not hold"};
  return std::nullopt;
}

}  // namespace

Result<std::vector<Finding>> verify_tickets(TicketStore& tickets, TicketReservations& reservations) {
  std::vector<Finding> findings;
  TicketId last;
  while (true) {
    const auto page = tickets.scan(last, page_size);
    if (page.has_error()) return page.error();
    std::vector<ReservationId> owners;
    for (const Ticket& ticket : *page) owners.push_back(ticket.reservation_id);
    const auto found = reservations.find(owners);
    if (found.has_error()) return found.error();
    for (std::size_t i = 0; i < page->size() && findings.size() < max_findings; ++i)
      if (auto damage = find_damage((*page)[i], (*found)[i])) findings.push_back(std::move(*damage));
    if (page->size() < page_size || findings.size() == max_findings) return findings;
    last = page->back().id;
  }
}

}  // namespace tiketi
