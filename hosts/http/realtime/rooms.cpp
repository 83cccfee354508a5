#include "realtime/rooms.hpp"

#include <algorithm>

namespace tiketi::realtime {

bool Rooms::join(SocketId socket, std::string_view room) {
  if (is_in(socket, room)) return false;
  auto found = rooms_.find(room);
  if (found == rooms_.end()) found = rooms_.emplace(std::string(room), Room()).first;
  std::vector<SocketId>& members = found->second.members;
  memberships_[socket].push_back({&*found, members.size()});
  members.push_back(socket);
  return true;
}

bool Rooms::leave(SocketId socket, std::string_view room) {
  const auto of = memberships_.find(socket);
  if (of == memberships_.end()) return false;
  const auto found = std::ranges::find_if(of->second, [&](const Membership& each) { return each.room->first == room; });
  if (found == of->second.end()) return false;
  take_out(*found);
  of->second.erase(found);
  if (of->second.empty()) memberships_.erase(of);
  return true;
}

void Rooms::leave_all(SocketId socket) {
  const auto of = memberships_.find(socket);
  if (of == memberships_.end()) return;
  for (const Membership& each : of->second) take_out(each);
  memberships_.erase(of);
}

/// The last member of the room takes the place that becomes free.
void Rooms::take_out(const Membership& membership) {
  std::vector<SocketId>& members = membership.room->second.members;
  const SocketId moved = members.back();
  if (moved != members[membership.position]) {
    for (Membership& each : memberships_.find(moved)->second)
      if (each.room == membership.room) each.position = membership.position;
    members[membership.position] = moved;
  }
  members.pop_back();
  if (members.empty()) rooms_.erase(rooms_.find(membership.room->first));
}

bool Rooms::is_in(SocketId socket, std::string_view room) const {
  const auto of = memberships_.find(socket);
  return of != memberships_.end() &&
         std::ranges::any_of(of->second, [&](const Membership& each) { return each.room->first == room; });
}

std::size_t Rooms::count(std::string_view room) const {
  const auto found = rooms_.find(room);
  return found == rooms_.end() ? 0 : found->second.members.size();
}

std::vector<std::string> Rooms::rooms_of(SocketId socket) const {
  std::vector<std::string> out;
  if (const auto of = memberships_.find(socket); of != memberships_.end())
    for (const Membership& each : of->second) out.push_back(each.room->first);
  return out;
}

}  // namespace tiketi::realtime
