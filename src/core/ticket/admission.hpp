#pragma once
// Lets the holders of tickets in, each ticket once.

#include "core/ticket/settling.hpp"

#include <span>
#include <vector>

namespace tiketi::ticket {

std::vector<Result<Ticket>> check_in_all(Desk& desk, std::span<const CheckIn> commands);

Error ticket_not_found();

}  // namespace tiketi::ticket
