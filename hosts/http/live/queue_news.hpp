#pragma once
// What those who wait for an event's sale are told.

#include "live/message.hpp"

#include <tiketi/base/time.hpp>
#include <tiketi/waiting_room/waiting_room.hpp>

#include <cstdint>
#include <string>
#include <unordered_map>

namespace tiketi::http::live {

/// Where the customers in an event's queue room are, as of a moment.
struct QueueNews {
  EventId event_id;
  Timestamp at;
  std::unordered_map<UserId, RoomStatus> places;
};

/// `queue-updated`: how long the line is; to one who waits also the place in it.
Message queue_updated(EventId event, const RoomStatus& status, Timestamp at);
/// `queue-entry-allowed`: for that customer's eyes only. The token is empty if the room does not ask for one.
Message entry_allowed(EventId event, UserId user, std::string_view entry_token);
/// `queue-cleared`
Message queue_cleared(EventId event);

}  // namespace tiketi::http::live
