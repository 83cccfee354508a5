#pragma once
// What time does to the rooms.

#include "core/waiting_room/house.hpp"

#include <vector>

namespace tiketi::waiting_room {

Result<std::vector<RoomTurn>> turn_all(House& house, Timestamp& discovered_at);

}  // namespace tiketi::waiting_room
