#pragma once
// Pure decision: which free seats beside each other are the best (BO8).

#include <tiketi/base/result.hpp>
#include <tiketi/box_office/reservation.hpp>
#include <tiketi/box_office/seat_map.hpp>

#include <vector>

namespace tiketi::box_office {

/// Seats are beside each other if they are in one row with consecutive numbers. Sections rank by price,
/// dearest first, then in the order of the map; within one, rows nearer the front, then runs nearer the
/// row's middle. A run that would leave a single free seat alone is taken only if no other is to be had
/// in the asked sections. no_best_seats; seat_not_found if there is no section of that name.
Result<std::vector<SeatId>> best_available(const SeatMap& map, const ReserveBest& command, Timestamp now);

}  // namespace tiketi::box_office
