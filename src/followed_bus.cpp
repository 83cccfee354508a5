#include "followed_bus.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace tiketi {
namespace {

/// The reservations that messages of these topics are about, each once.
std::vector<ReservationId> reservations_in(std::span<const Message> messages,
                                           std::initializer_list<std::string_view> topics) {
  std::vector<ReservationId> out;
  for (const Message& each : messages)
    if (std::ranges::find(topics, each.topic) != topics.end())
      if (const auto id = ReservationId::parse(each.key)) out.push_back(*id);
  std::ranges::sort(out);
  const auto repeated = std::ranges::unique(out);
  out.erase(repeated.begin(), repeated.end());
  return out;
}

}  // namespace

Result<void> settle_tickets(TicketDesk& desk, std::span<const Message> messages) {
  const auto ids = reservations_in(messages, {"reservation.confirmed", "reservation.cancelled"});
  if (ids.empty()) return {};
  for (const auto& tickets : desk.issue(ids))
    // What is wrong with one reservation must not stop the news of all others.
    if (!tickets && retriable(tickets.error().code)) return tickets.error();
  return {};
}

Result<void> end_admissions(BoxOfficeStore& reservations, WaitingRoom& rooms, std::span<const Message> messages) {
  std::unordered_map<ReservationId, Timestamp> confirmed_at;
  for (const Message& each : messages)
    if (each.topic == "reservation.confirmed")
      if (const auto id = ReservationId::parse(each.key)) confirmed_at.emplace(*id, each.at);
  if (confirmed_at.empty()) return {};
  std::vector<ReservationId> ids;
  for (const auto& [id, at] : confirmed_at) ids.push_back(id);
  const auto bought = reservations.reservations(ids);
  if (!bought) return bought.error();
  std::vector<Leave> leaving;
  for (const std::optional<Reservation>& each : *bought)
    if (each) leaving.push_back({each->event_id, each->user_id, LeaveReason::purchased, confirmed_at.at(each->id)});
  for (const Result<void>& left : rooms.leave(leaving))
    // Nor must what is wrong with one room, or that there are too many of them.
    if (!left && retriable(left.error().code) && left.error().code != Errc::overloaded) return left;
  return {};
}

}  // namespace tiketi
