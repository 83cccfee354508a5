#include "adapters/memory/waiting_room_store.hpp"

#include <algorithm>
#include <map>
#include <shared_mutex>
#include <unordered_set>

namespace tiketi::memory {
namespace {

class MemoryWaitingRoomStore final : public WaitingRoomStore {
 public:
  Result<std::vector<AppendOutcome>> commit(std::span<const RoomAppend> appends, const ReviseAppend& revise) override {
    if (auto sound = check(appends); sound.has_error()) return sound.error();
    const std::unique_lock lock(mutex_);
    std::vector<AppendOutcome> outcomes;
    outcomes.reserve(appends.size());
    std::unordered_set<EventId> changed;
    for (const RoomAppend& append : appends) {
      std::optional<RoomAppend> instead;
      bool fits = append.after_sequence == last(append.event_id);
      if (!fits && revise && !changed.contains(append.event_id)) {
        instead = revised(append, missed_by(append), revise);
        fits = instead.has_value();
      }
      outcomes.push_back(fits ? AppendOutcome::applied : AppendOutcome::conflict);
      if (!fits) continue;
      changed.insert(append.event_id);
      add(instead ? *instead : append);
    }
    return outcomes;
  }

  Result<std::vector<RoomRecord>> read(EventId event, std::int64_t after_sequence, std::size_t limit) override {
    const std::shared_lock lock(mutex_);
    const auto found = logs_.find(event);
    if (found == logs_.end()) return std::vector<RoomRecord>();
    const auto& records = found->second.records;
    const auto from = static_cast<std::size_t>(std::clamp<std::int64_t>(after_sequence, 0, last(found->second)));
    const std::size_t count = std::min(limit, records.size() - from);
    const auto first = records.begin() + static_cast<std::ptrdiff_t>(from);
    return std::vector<RoomRecord>(first, first + static_cast<std::ptrdiff_t>(count));
  }

  Result<std::vector<std::int64_t>> last_sequences(std::span<const EventId> events) override {
    const std::shared_lock lock(mutex_);
    std::vector<std::int64_t> out;
    for (const EventId event : events) {
      const auto found = logs_.find(event);
      out.push_back(found == logs_.end() ? 0 : last(found->second));
    }
    return out;
  }

  Result<std::vector<RoomHead>> heads() override {
    const std::shared_lock lock(mutex_);
    std::vector<RoomHead> out;
    for (const auto& [event, log] : logs_) out.push_back({event, last(log), log.records.back().at, log.occupied});
    return out;
  }

  Result<std::size_t> prune(EventId event, std::size_t limit) override {
    const std::unique_lock lock(mutex_);
    const auto found = logs_.find(event);
    if (found == logs_.end()) return 0;
    auto& records = found->second.records;
    const std::size_t count = std::min(limit, records.size());
    records.resize(records.size() - count);
    if (records.empty()) logs_.erase(found);
    return count;
  }

 private:
  struct Log {
    std::vector<RoomRecord> records;  // of sequence 1, 2, 3…; not empty
    bool occupied = false;
  };
  static std::int64_t last(const Log& log) { return static_cast<std::int64_t>(log.records.size()); }
  std::int64_t last(EventId event) const {
    const auto found = logs_.find(event);
    return found == logs_.end() ? 0 : last(found->second);
  }
  std::span<const RoomRecord> missed_by(const RoomAppend& late) const {
    if (!is_worth_revising(late, last(late.event_id))) return {};
    return std::span(logs_.find(late.event_id)->second.records).subspan(static_cast<std::size_t>(late.after_sequence));
  }
  void add(const RoomAppend& append) {
    Log& log = logs_[append.event_id];
    log.records.insert(log.records.end(), append.records.begin(), append.records.end());
    log.occupied = append.occupied;
  }

  std::shared_mutex mutex_;
  std::map<EventId, Log> logs_;
};

}  // namespace

std::unique_ptr<WaitingRoomStore> make_waiting_room_store() { return std::make_unique<MemoryWaitingRoomStore>(); }

}  // namespace tiketi::memory
