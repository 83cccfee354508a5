#pragma once
// Whether somebody may reserve.

#include "core/waiting_room/house.hpp"

namespace tiketi::waiting_room {

Result<void> check_admission(House& house, const AdmissionQuestion& question);

}  // namespace tiketi::waiting_room
