#pragma once
// Decorator through which a simulation makes the storage of waiting rooms fail, and through which it sees what each
// process knows of a room's log.

#include "broken_stores.hpp"
#include "faulty_stores.hpp"

#include <tiketi/waiting_room/store.hpp>

#include <algorithm>
#include <vector>

namespace tiketi::test {

class FaultyWaitingRoomStore final : public WaitingRoomStore {
 public:
  /// The defects prove that the simulator sees them.
  FaultyWaitingRoomStore(WaitingRoomStore& store, Line line, Defect defect)
      : store_(store), line_(line), defect_(defect) {}

  Result<std::vector<AppendOutcome>> commit(std::span<const RoomAppend> appends, const ReviseAppend& revise) override {
    std::vector<RoomAppend> latest(appends.begin(), appends.end());
    const auto revise_seen = [&](const RoomAppend& late, std::span<const RoomRecord> since) {
      line_.watch.room_read(line_.process, late.event_id, late.after_sequence, since.back().sequence);
      auto instead = revise(late, since);
      if (instead) *std::ranges::find(latest, late.event_id, &RoomAppend::event_id) = *instead;
      return instead;
    };
    const auto told = line_.through("room commit", true, [&] {
      auto answer = commit_really(appends, revise_seen);
      line_.watch.rooms_committed(line_.process, latest, answer);
      return answer;
    });
    if (told.has_error()) return told;
    for (std::size_t i = 0; i < latest.size(); ++i)
      if ((*told)[i] == AppendOutcome::applied)
        line_.watch.room_known(line_.process, latest[i].event_id, latest[i].records.back().sequence);
    return told;
  }
  Result<std::vector<RoomRecord>> read(EventId event, std::int64_t after, std::size_t limit) override {
    const auto page = line_.through("room read", false, [&] { return store_.read(event, after, limit); });
    if (page.has_value())
      line_.watch.room_read(line_.process, event, after, after + static_cast<std::int64_t>(page->size()));
    return page;
  }
  Result<std::vector<std::int64_t>> last_sequences(std::span<const EventId> events) override {
    return line_.through("room last_sequences", false, [&] { return store_.last_sequences(events); });
  }
  Result<std::vector<RoomHead>> heads() override {
    return line_.through("room heads", false, [&] { return store_.heads(); });
  }
  Result<std::size_t> prune(EventId event, std::size_t limit) override {
    return line_.through("room prune", true, [&] { return store_.prune(event, limit); });
  }

 private:
  Result<std::vector<AppendOutcome>> commit_really(std::span<const RoomAppend> appends, const ReviseAppend& revise) {
    if (defect_ == Defect::loses_room_records && ++commits_ % 7 == 0) return std::vector<AppendOutcome>(appends.size());
    if (defect_ != Defect::hides_room_conflicts) return store_.commit(appends, revise);
    auto answer = store_.commit(appends);
    if (answer.has_value())
      for (AppendOutcome& each : *answer) each = AppendOutcome::applied;
    return answer;
  }

  WaitingRoomStore& store_;
  Line line_;
  Defect defect_;
  int commits_ = 0;
};

}  // namespace tiketi::test
