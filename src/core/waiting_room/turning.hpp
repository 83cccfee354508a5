#pragma once
// What time does to the rooms.

#include "core/waiting_room/house.hpp"

#include <atomic>
#include <cstdint>
#include <vector>

namespace tiketi::waiting_room {

Result<std::vector<RoomTurn>> turn_all(House& house, std::atomic<std::int64_t>& discovered_ms);

}  // namespace tiketi::waiting_room
