#include "live/queue_news.hpp"

#include "routes/room_shapes.hpp"
#include "server/json_writer.hpp"

namespace tiketi::http::live {

Message queue_updated(EventId event, const RoomStatus& status, Timestamp at) {
  std::string payload;
  JsonWriter(payload).object([&](JsonWriter& json) {
    json.member("queueSize", status.waiting).member("currentUsers", status.active).member("timestamp", at);
    if (status.queued())
      json.member("position", told_position(status)).member("estimatedWait", status.estimated_wait_s);
  });
  return {"queue-updated", payload, key_of(Supersedes::place, event)};
}

Message position(const RoomStatus& status) {
  std::string payload;
  JsonWriter(payload).object([&](JsonWriter& json) { write_place(json, status); });
  return {"position", payload};
}

Message entry_allowed(EventId event, UserId user, std::string_view entry_token) {
  std::string payload;
  JsonWriter(payload).object([&](JsonWriter& json) {
    json.member("userId", user).member("eventId", event);
    json.member("message", "입장하실 차례입니다.").member("entryToken", entry_token);
  });
  return {"queue-entry-allowed", payload};
}

Message queue_cleared(EventId event) {
  std::string payload;
  JsonWriter(payload).object([&](JsonWriter& json) {
    json.member("eventId", event).member("message", "대기열이 초기화되었습니다. 다시 입장해 주세요.");
  });
  return {"queue-cleared", payload};
}

}  // namespace tiketi::http::live
