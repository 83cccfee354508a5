#pragma once
// A ticket desk over the small hall's box office.

#include "box_office/hall.hpp"

#include <tiketi/adapters/crypto.hpp>
#include <tiketi/adapters/local.hpp>
#include <tiketi/ticket/ticket_desk.hpp>

#include <memory>
#include <string>

namespace tiketi::test {

struct Desk {
  Reservation buy(const Reserve& command) { return hall.buy(command); }
  /// The only ticket of a reservation of that seat, bought by the hall's customer.
  Ticket buy_ticket(const std::string& seat) { return desk.tickets_of(buy(hall.want({seat})).id).value().at(0); }

  CheckIn scan(const Ticket& ticket, const std::string& gate = "north") {
    return {.code = desk.code(ticket), .gate = gate, .checked_by = usher};
  }

  Hall hall;
  std::unique_ptr<TicketReservations> reservations = local::make_ticket_reservations(hall.stores->box_office());
  std::unique_ptr<TicketSigner> signer = crypto::make_ephemeral_ticket_signer();
  TicketDesk desk{hall.stores->tickets(), *reservations, *signer, hall.clock};
  UserId usher = hall.ids.next<UserId>();
};

}  // namespace tiketi::test
