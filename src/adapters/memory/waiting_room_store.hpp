#pragma once

#include <tiketi/waiting_room/store.hpp>

#include <memory>

namespace tiketi::memory {

std::unique_ptr<WaitingRoomStore> make_waiting_room_store();

}  // namespace tiketi::memory
