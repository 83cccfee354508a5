#include "core/waiting_room/turning.hpp"

#include <tiketi/base/base64.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <unordered_map>
#include <utility>

namespace tiketi::waiting_room {
namespace {

/// In one turn of one room: the rest has its turn in a moment.
constexpr std::size_t max_expired = 10'000;
/// Activity is logged that long before its user would seem idle to other processes.
constexpr std::int64_t activity_margin_ms = 5 * second_ms;

class TurnOfRoom {
 public:
  TurnOfRoom(LiveRoom& room, Clock& clock, Timestamp now) : room_(room), sale_(*room.sale), clock_(clock), now_(now) {}

  std::vector<RoomRecord> records() {
    {
      const std::lock_guard lock(room_.mutex);
      at_ = room_.time(clock_);
      facts_ = room_.room.facts();
      if (is_over()) return {{.kind = RoomRecordKind::cleared, .number = facts_.waiting + facts_.active}};
      log_activity();
      if (facts_.settings.enabled) expire();
    }
    if (lobby_starts(facts_, sale_, now_)) start();
    if (!facts_.settings.enabled) return std::move(records_);
    follow_stock();
    if (const std::int64_t count = waiting_room::admit(facts_, sale_, now_, room_.room.allowance(at_)); count > 0)
      records_.push_back({.kind = RoomRecordKind::admitted, .number = count});
    return std::move(records_);
  }

 private:
  /// Somebody waits for what will not come. An old answer does not know whether the sale was prolonged.
  bool is_over() const {
    const bool is_awaited = facts_.waiting > 0 || facts_.lobby == LobbyPhase::open;
    return is_awaited && (sale_.cancelled || (now_ >= sale_.end && room_.sale_asked_at >= sale_.end));
  }
  void log_activity() {
    const std::int64_t margin_ms = std::min(activity_margin_ms, facts_.settings.active_ms / 4);
    for (const auto& [user, active_at] : room_.room.unlogged_activity(at_, margin_ms))
      records_.push_back({.kind = RoomRecordKind::touched, .user_id = user, .number = at_.ms - active_at.ms});
  }
  void expire() {
    for (const UserId user : room_.room.overdue(at_, max_expired)) {
      records_.push_back(
          {.kind = RoomRecordKind::left, .user_id = user, .number = static_cast<std::int64_t>(LeaveReason::expired)});
      --facts_.active;
    }
  }
  void start() {
    records_.push_back({.kind = RoomRecordKind::started, .text = to_base64url(*room_.room.seed())});
    facts_.lobby = LobbyPhase::started;
  }
  void follow_stock() {
    const auto sold_out = stock_change(facts_, sale_);
    if (!sold_out) return;
    records_.push_back({.kind = *sold_out ? RoomRecordKind::sold_out : RoomRecordKind::restocked});
    facts_.sold_out = *sold_out;
  }

  LiveRoom& room_;
  const Sale& sale_;
  Clock& clock_;
  Timestamp now_;
  Timestamp at_;
  RoomFacts facts_;
  std::vector<RoomRecord> records_;
};

/// What kept rooms from their turns; of each the first.
using Troubles = std::unordered_map<EventId, Error>;

void keep(Troubles& troubles, EventId event, const Result<void>& done) {
  if (done.has_error()) troubles.try_emplace(event, done.error());
}

/// Loads rooms that somebody is in, though nobody has asked this process about them.
Result<void> discover(House& house, Troubles& troubles) {
  const auto heads = house.store.heads();
  if (heads.has_error()) return heads.error();
  for (const RoomHead& head : *heads)
    if (head.occupied)
      if (auto opened = house.open(head.event_id); opened.has_error()) keep(troubles, head.event_id, opened.error());
  return {};
}

/// Follows the logs that others have appended to.
Result<void> follow(House& house, std::span<const RoomPointer> rooms, Troubles& troubles) {
  std::vector<EventId> events;
  for (const RoomPointer& each : rooms) events.push_back(each->event_id);
  if (events.empty()) return {};
  const Timestamp now = house.clock.now();
  const auto ends = house.store.last_sequences(events);
  if (ends.has_error()) return ends.error();
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    const std::int64_t known = rooms[i]->room.sequence();
    if ((*ends)[i] > known) keep(troubles, rooms[i]->event_id, house.catch_up(*rooms[i]));
    if ((*ends)[i] < known) house.drop(*rooms[i]);  // the log was shortened: read it anew
    if ((*ends)[i] != known) continue;
    const std::lock_guard lock(rooms[i]->mutex);
    rooms[i]->read_at = now;
  }
  return {};
}

/// Rooms that are off and empty have no turn; their sales need not be asked about.
std::vector<RoomPointer> those_with_work(std::span<const RoomPointer> rooms) {
  std::vector<RoomPointer> out;
  for (const RoomPointer& each : rooms) {
    const std::lock_guard lock(each->mutex);
    if (each->is_on || each->is_occupied()) out.push_back(each);
  }
  return out;
}

RoomTurn news_of(House& house, LiveRoom& live) {
  RoomTurn out{.event_id = live.event_id};
  std::vector<Admission> admitted;
  {
    const std::lock_guard lock(live.mutex);
    RoomNews news = live.room.take_news();
    // Only who is active still; another may have sent him away meanwhile.
    for (const Admission& each : news.admitted)
      if (live.room.admission(each.user_id) == each.number) admitted.push_back(each);
    const RoomFacts facts = live.room.facts();
    out.expired = std::move(news.expired);
    out.cleared = news.was_cleared;
    out.started = news.has_started;
    out.settings_changed = news.settings_changed;
    out.sold_out = news.sold_out;
    out.let_in = std::move(news.let_in);
    out.waiting = facts.waiting;
    out.active = facts.active;
  }
  for (const Admission& each : admitted)
    out.admitted.push_back({each.user_id, house.token(live.event_id, each.user_id, each.number), each.waited_ms});
  return out;
}

/// Of the rooms, and of those that are only trouble.
std::vector<RoomTurn> news_of(House& house, std::span<const RoomPointer> rooms, Troubles troubles) {
  std::vector<RoomTurn> out;
  for (const RoomPointer& each : rooms) {
    out.push_back(news_of(house, *each));
    if (const auto found = troubles.find(each->event_id); found != troubles.end()) {
      out.back().trouble = std::move(found->second);
      troubles.erase(found);
    }
  }
  for (auto& [event, error] : troubles) {
    out.push_back({.event_id = event});
    out.back().trouble = std::move(error);
  }
  return out;
}

}  // namespace

Result<std::vector<RoomTurn>> turn_all(House& house, std::atomic<std::int64_t>& discovered_ms) {
  const Timestamp now = house.clock.now();
  Troubles troubles;
  std::optional<Error> trouble;  // the store's, not that of a room
  const auto note = [&](const Result<void>& done) {
    if (done.has_error() && !trouble) trouble = done.error();
  };
  // Loading takes its time, so nobody's commit has to wait for it; and what fails is not tried again in each turn.
  if (const std::int64_t since_ms = now.ms - discovered_ms; since_ms < 0 || since_ms >= house.policy.discover_ms) {
    discovered_ms = now.ms;
    note(discover(house, troubles));
  }
  const std::lock_guard lock(house.writing);
  note(follow(house, house.all(), troubles));
  const auto rooms = house.all();
  const auto busy = those_with_work(rooms);
  const auto asked = house.ask_sales(busy, house.policy.sale_age_ms);
  const auto stored = house.append(busy, [&](LiveRoom& room, Timestamp at) {
    if (!room.sale) return std::vector<RoomRecord>();
    return TurnOfRoom(room, house.clock, at).records();
  });
  for (std::size_t i = 0; i < busy.size(); ++i) {
    keep(troubles, busy[i]->event_id, stored[i]);
    keep(troubles, busy[i]->event_id, asked);
  }
  const bool all_failed = std::ranges::all_of(stored, [](const Result<void>& each) { return each.has_error(); });
  if (!trouble && all_failed && !stored.empty()) trouble = stored.front().error();
  if (trouble && all_failed) return *trouble;  // what is new waits for a turn that does not fail
  std::vector<RoomTurn> out = news_of(house, rooms, std::move(troubles));
  house.drop_idle(now);
  return out;
}

}  // namespace tiketi::waiting_room
