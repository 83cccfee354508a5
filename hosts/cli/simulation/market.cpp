#include "simulation/market.hpp"

#include <algorithm>
#include <numeric>

namespace tiketi::cli {

std::vector<std::uint32_t> rank_seats(const SeatMap& map) {
  std::vector<std::uint32_t> order(map.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&places = *map.places](std::uint32_t a, std::uint32_t b) {
    return places[a].price_minor > places[b].price_minor;
  });
  return order;
}

Market make_market(const Places& places, const std::vector<std::uint32_t>& ranking, Timestamp now) {
  Market market;
  market.event_id = places.seats.event_id;
  market.places = places.seats.places;
  for (const std::uint32_t seat : ranking) {
    const PlaceStatus status = places.seats.live[seat].status_at(now);
    if (status == PlaceStatus::available) market.free.push_back(seat);
    market.held += status == PlaceStatus::held ? 1 : 0;
    market.sold += status == PlaceStatus::sold ? 1 : 0;
  }
  market.stock = places.stock;
  for (const TicketStock& each : places.stock) {
    market.free_tickets += each.available();
    market.held += each.held;
    market.sold += each.sold;
  }
  return market;
}

}  // namespace tiketi::cli
