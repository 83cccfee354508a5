#pragma once
// What those who wait for an event's sale are told.

#include "live/message.hpp"

#include <tiketi/base/time.hpp>
#include <tiketi/waiting_room/waiting_room.hpp>

#include <cstdint>
#include <string>
#include <unordered_map>

namespace tiketi::http::live {

/// An event's waiting room as of a moment, and where the customers are who wait in its queue room.
struct QueueNews {
  EventId event_id;
  Timestamp at;
  RoomStatus room;  ///< as who is not in it sees it
  std::unordered_map<UserId, RoomStatus> places;
};

/// `queue-updated`: how long the line is; to one who waits also the place in it.
Message queue_updated(EventId event, const RoomStatus& status, Timestamp at);
/// `position`, for streams: all that is told of a place over HTTP.
Message position(const RoomStatus& status);
/// `queue-entry-allowed`: for that customer's eyes only. The token is empty if the room does not ask for one.
Message entry_allowed(EventId event, UserId user, std::string_view entry_token);
/// `queue-cleared`
Message queue_cleared(EventId event);

}  // namespace tiketi::http::live
