#pragma once
// How a place in a waiting room is told.

#include "server/json_writer.hpp"

#include <tiketi/waiting_room/room.hpp>

#include <cstdint>

namespace tiketi::http {

/// While a lobby is open nobody has a place yet: the worst there can be is told.
inline std::int64_t told_position(const RoomStatus& status) noexcept {
  return status.standing == RoomStanding::lobby ? status.waiting : status.position;
}

/// Members of an object that is open: all but the entry token.
inline void write_place(JsonWriter& json, const RoomStatus& status) {
  json.member("queued", status.queued());
  json.member("status", name(status.standing));
  json.member("position", told_position(status)).member("estimatedWait", status.estimated_wait_s);
  json.member("queueSize", status.waiting).member("currentUsers", status.active);
  json.member("threshold", status.threshold);
  json.member("paused", status.paused).member("soldOut", status.sold_out);
}

}  // namespace tiketi::http
