#include <tiketi/waiting_room/store.hpp>

#include <algorithm>
#include <utility>

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

std::optional<RoomAppend> revised(const RoomAppend& late, std::span<const RoomRecord> since,
                                  const ReviseAppend& revise) {
  const bool has_draw = std::ranges::find(since, RoomRecordKind::started, &RoomRecord::kind) != since.end();
  if (since.empty() || has_draw) return std::nullopt;
  auto append = revise(late, since);
  const bool fits = append && append->event_id == late.event_id && append->after_sequence == since.back().sequence &&
                    check({&*append, 1}).has_value();
  return fits ? std::move(append) : std::nullopt;
}

bool is_worth_revising(const RoomAppend& late, std::int64_t last_sequence) {
  const std::int64_t missed = last_sequence - late.after_sequence;
  return missed > 0 && missed <= static_cast<std::int64_t>(max_missed_records);
}

}  // namespace tiketi
