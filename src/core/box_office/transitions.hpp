#pragma once
// Deciding and committing batches of commands that change a reservation that exists.

#include "core/box_office/commit.hpp"

#include <span>
#include <vector>

namespace tiketi::box_office {

std::vector<Result<Reservation>> confirm_all(Desk& desk, std::span<const Confirm> commands);
std::vector<Result<Reservation>> cancel_all(Desk& desk, std::span<const Cancel> commands);
std::vector<Result<Reservation>> extend_all(Desk& desk, std::span<const Extend> commands);

Error reservation_not_found();

}  // namespace tiketi::box_office
