#pragma once
// Whether every ticket that is stored belongs to what was sold.

#include <tiketi/base/finding.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/ticket/reservations.hpp>
#include <tiketi/ticket/store.hpp>

#include <vector>

namespace tiketi {

/// Walks through all tickets: each follows from its reservation (id, number), which exists, is of the same event, and
/// sold such a place at that ordinal. At most 100 findings.
Result<std::vector<Finding>> verify_tickets(TicketStore& tickets, TicketReservations& reservations);

}  // namespace tiketi
