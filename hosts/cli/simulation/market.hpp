#pragma once
// What all fans look at: the free places of the event as they were some moments ago.

#include <tiketi/box_office/box_office.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace tiketi::cli {

struct Market {
  EventId event_id;
  std::shared_ptr<const std::vector<SeatPlace>> places;
  std::vector<std::uint32_t> free;  ///< indexes into places, best first
  std::vector<TicketStock> stock;
  std::int64_t free_tickets = 0;
  std::int64_t held = 0;  ///< places under a live hold
  std::int64_t sold = 0;

  const SeatPlace& place(std::size_t index) const { return (*places)[free[index]]; }
};

/// The seats of a map from best to worst: dearest first, then from the front.
std::vector<std::uint32_t> rank_seats(const SeatMap& map);

Market make_market(const Places& places, const std::vector<std::uint32_t>& ranking, Timestamp now);

}  // namespace tiketi::cli
