#pragma once
// Which socket is in which room. Single-threaded: each engine has rooms of its own, and a broadcast is given to each.

#include "realtime/socket_client.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tiketi::realtime {

/// Joining and leaving take constant time however many are in the room (and time by the number of rooms that the socket
/// is in); going through a room reads one array. A room exists as long as somebody is in it.
class Rooms {
 public:
  Rooms() = default;
  Rooms(const Rooms&) = delete;
  Rooms& operator=(const Rooms&) = delete;

  /// False if it is there already.
  bool join(SocketId socket, std::string_view room);
  /// False if it was not there.
  bool leave(SocketId socket, std::string_view room);
  void leave_all(SocketId socket);

  bool is_in(SocketId socket, std::string_view room) const;
  std::size_t count(std::string_view room) const;
  std::size_t room_count() const noexcept { return rooms_.size(); }
  /// In no particular order.
  std::vector<std::string> rooms_of(SocketId socket) const;

  /// Calls `visit(SocketId)` for all in the room; it must not change the rooms.
  template <class Visit>
  void for_each(std::string_view room, Visit visit) const {
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return;
    for (const SocketId each : found->second.members) visit(each);
  }

 private:
  struct Room {
    std::vector<SocketId> members;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  using RoomMap = std::unordered_map<std::string, Room, Hash, std::equal_to<>>;

  /// Where a socket is: elements of a node-based map stay where they are.
  struct Membership {
    RoomMap::value_type* room = nullptr;
    std::size_t position = 0;  // in its members
  };
  using MembershipMap = std::unordered_map<SocketId, std::vector<Membership>>;

  void take_out(const Membership& membership);

  RoomMap rooms_;
  MembershipMap memberships_;
};

}  // namespace tiketi::realtime
