#include "admission_ending_bus.hpp"

#include <vector>

namespace tiketi {

Result<void> AdmissionEndingBus::publish(std::span<const Message> messages) {
  std::vector<ReservationId> ids;
  for (const Message& each : messages)
    if (each.topic == "reservation.confirmed")
      if (const auto id = ReservationId::parse(each.key)) ids.push_back(*id);
  if (ids.empty()) return bus_.publish(messages);
  const auto bought = reservations_.reservations(ids);
  if (!bought) return bought.error();
  std::vector<Leave> leaving;
  for (const std::optional<Reservation>& each : *bought)
    if (each) leaving.push_back({each->event_id, each->user_id, LeaveReason::purchased});
  for (const Result<void>& left : rooms_.leave(leaving))
    // What is wrong with one room must not stop the news of all others.
    if (!left && retriable(left.error().code) && left.error().code != Errc::overloaded) return left;
  return bus_.publish(messages);
}

}  // namespace tiketi
