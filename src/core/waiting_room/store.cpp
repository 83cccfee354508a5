#include <tiketi/waiting_room/store.hpp>

namespace tiketi {

Result<void> check(std::span<const RoomAppend> appends) {
  for (const RoomAppend& append : appends) {
    if (append.event_id.is_nil()) return Error{Errc::invalid_argument, "an event is needed", {{"field", "event"}}};
    if (append.records.empty() || append.after_sequence < 0)
      return Error{Errc::invalid_argument, "there are no records to append", {{"field", "records"}}};
    std::int64_t sequence = append.after_sequence;
    for (const RoomRecord& record : append.records)
      if (record.sequence != ++sequence)
        return Error{Errc::invalid_argument, "records have the next sequences", {{"field", "records"}}};
  }
  return {};
}

}  // namespace tiketi
