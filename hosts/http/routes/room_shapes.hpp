#pragma once
// How a place in a waiting room is told.

#include <tiketi/waiting_room/room.hpp>

#include <cstdint>

namespace tiketi::http {

/// While a lobby is open nobody has a place yet: the worst there can be is told.
inline std::int64_t told_position(const RoomStatus& status) noexcept {
  return status.standing == RoomStanding::lobby ? status.waiting : status.position;
}

}  // namespace tiketi::http
