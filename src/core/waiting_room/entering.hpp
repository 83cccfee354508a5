#pragma once
// Coming and going.

#include "core/waiting_room/house.hpp"

#include <span>
#include <vector>

namespace tiketi::waiting_room {

std::vector<Result<RoomStatus>> enter_all(House& house, std::span<const Enter> commands);
std::vector<Result<void>> leave_all(House& house, std::span<const Leave> commands);

}  // namespace tiketi::waiting_room
