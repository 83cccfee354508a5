#include "ticket_issuing_bus.hpp"

#include <algorithm>
#include <vector>

namespace tiketi {

Result<void> TicketIssuingBus::publish(std::span<const Message> messages) {
  std::vector<ReservationId> ids;
  for (const Message& each : messages) {
    if (each.topic != "reservation.confirmed" && each.topic != "reservation.cancelled") continue;
    if (const auto id = ReservationId::parse(each.key)) ids.push_back(*id);
  }
  std::ranges::sort(ids);
  const auto repeated = std::ranges::unique(ids);
  ids.erase(repeated.begin(), repeated.end());
  if (!ids.empty())
    for (const auto& tickets : desk_.issue(ids))
      // What is wrong with one reservation must not stop the news of all others.
      if (!tickets && retriable(tickets.error().code)) return tickets.error();
  return bus_.publish(messages);
}

}  // namespace tiketi
