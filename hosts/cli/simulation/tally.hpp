#pragma once
// What is counted while fans are at it. Each thread has a tally of its own; they are added up at the end.

#include "simulation/fan.hpp"

#include <tiketi/base/error.hpp>
#include <tiketi/box_office/reservation.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <vector>

namespace tiketi::cli {

struct Tally {
  std::array<std::int64_t, static_cast<std::size_t>(Ending::count_of_endings)> endings{};
  std::int64_t holds = 0;                ///< reservations
  std::int64_t sales = 0;                ///< reservations
  std::int64_t unresolved_payments = 0;  ///< the infrastructure failed: paid or not, nobody knows
  std::map<Errc, std::int64_t> refused;
  std::map<Errc, std::int64_t> payment_refused;
  std::vector<std::uint32_t> latencies_us;  ///< of reserve, one for each answer
  std::vector<std::int64_t> holds_by_second;
  std::int64_t last_answer_us = 0;
  std::vector<SeatId> sold_seats;  ///< as answered by confirm
  std::map<TicketTypeId, std::int64_t> sold_tickets;

  std::int64_t& of(Ending ending) { return endings[static_cast<std::size_t>(ending)]; }
  std::int64_t of(Ending ending) const { return endings[static_cast<std::size_t>(ending)]; }
  void add_hold(std::int64_t at_us);
  void add_sale(const Reservation& sold);
  void merge(const Tally& other);
};

}  // namespace tiketi::cli
