#include "core/waiting_room/entering.hpp"

#include "core/base/batch_answers.hpp"

#include <tiketi/base/base64.hpp>

#include <cstddef>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace tiketi::waiting_room {
namespace {

Error nil_user() { return {Errc::invalid_argument, "a user is needed", {{"field", "user"}}}; }

/// The commands of a batch, by room. Whoever can't be told apart gets his answer.
template <class Command, class T>
class ByRoom {
 public:
  ByRoom(House& house, std::span<const Command> commands) : answers(commands.size()) {
    std::unordered_map<EventId, std::size_t> index;
    for (std::size_t i = 0; i < commands.size(); ++i) {
      if (auto sound = check(commands[i]); sound.has_error()) {
        answers[i] = sound.error();
        continue;
      }
      const auto [entry, is_new] = index.try_emplace(commands[i].event_id, rooms.size());
      if (is_new) {
        auto room = house.open(commands[i].event_id);
        errors.push_back(room.has_error() ? std::optional(room.error()) : std::nullopt);
        rooms.push_back(room.has_error() ? nullptr : *room);
        members.emplace_back();
      }
      if (errors[entry->second]) answers[i] = *errors[entry->second];
      else members[entry->second].push_back(i);
    }
    drop_errors();
  }

  std::size_t index_of(const LiveRoom& room) const {
    std::size_t index = 0;
    while (rooms[index].get() != &room) ++index;
    return index;
  }

  base::BatchAnswers<T> answers;
  std::vector<RoomPointer> rooms;
  std::vector<std::vector<std::size_t>> members;  // of each room, in order

 private:
  static Result<void> check(const Enter& command) {
    if (command.user_id.is_nil()) return nil_user();
    return {};
  }
  static Result<void> check(const Leave& command) {
    if (command.user_id.is_nil()) return nil_user();
    if (command.reason != LeaveReason::left && command.reason != LeaveReason::purchased)
      return Error{
          Errc::invalid_argument, "only the waiting room tells that an admission expired", {{"field", "reason"}}};
    return {};
  }
  void drop_errors() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < rooms.size(); ++i) {
      if (rooms[i] == nullptr) continue;
      if (kept != i) rooms[kept] = std::move(rooms[i]), members[kept] = std::move(members[i]);
      ++kept;
    }
    rooms.resize(kept);
    members.resize(kept);
  }

  std::vector<std::optional<Error>> errors;
};

/// The records of those who enter one room, in the order of their commands.
class Arrivals {
 public:
  Arrivals(House& house, LiveRoom& room, Timestamp now)
      : house_(house), room_(room), facts_(room.room.facts()), now_(now) {}

  /// An error, or nothing: then the user is in the room once the records are.
  Result<void> add(UserId user) {
    if (!facts_.settings.enabled || room_.room.place(user).standing != RoomStanding::outside || new_.contains(user))
      return {};
    const Sale& sale = *room_.sale;
    if (lobby_starts(facts_, sale, now_)) {
      records_.push_back({.kind = RoomRecordKind::started, .text = to_base64url(*room_.room.seed())});
      facts_.lobby = LobbyPhase::started;
    }
    const auto entry = waiting_room::enter(facts_, sale, now_, house_.policy.max_waiting);
    if (entry.has_error()) return entry.error();
    new_.insert(user);
    if (lobby_opens(facts_, sale, now_)) {
      records_.push_back(house_.lobby_record());
      facts_.lobby = LobbyPhase::open;
    }
    // Those who go in at once do so together, so that none of them waits when the next is looked at.
    if (*entry == Entry::wait) add_at_once();
    records_.push_back({.kind = RoomRecordKind::entered, .user_id = user});
    if (*entry == Entry::at_once) ++at_once_, ++facts_.active;
    else ++facts_.waiting;
    return {};
  }

  std::vector<RoomRecord> take() {
    add_at_once();
    return std::move(records_);
  }

 private:
  void add_at_once() {
    if (at_once_ > 0) records_.push_back({.kind = RoomRecordKind::admitted_at_once, .number = at_once_});
    at_once_ = 0;
  }

  House& house_;
  LiveRoom& room_;
  RoomFacts facts_;
  Timestamp now_;
  std::unordered_set<UserId> new_;
  std::vector<RoomRecord> records_;
  std::int64_t at_once_ = 0;
};

}  // namespace

std::vector<Result<RoomStatus>> enter_all(House& house, std::span<const Enter> commands) {
  ByRoom<Enter, RoomStatus> batch(house, commands);
  std::vector<Result<void>> stored;
  {
    const std::lock_guard lock(house.writing);
    // What is known will do: `turn` keeps it fresh.
    const auto asked = house.ask_sales(batch.rooms, day_ms);
    stored = house.append(batch.rooms, [&](LiveRoom& room, Timestamp now) -> std::vector<RoomRecord> {
      const auto& members = batch.members[batch.index_of(room)];
      if (!room.sale) {
        const Error error = asked.has_error() ? asked.error() : Error{Errc::event_not_found, "there is no such event"};
        for (const std::size_t index : members) batch.answers[index] = error;
        return {};
      }
      Arrivals arrivals(house, room, now);
      for (const std::size_t index : members) {
        const auto added = arrivals.add(commands[index].user_id);
        batch.answers[index] = added.has_error() ? std::optional<Result<RoomStatus>>(added.error()) : std::nullopt;
      }
      return arrivals.take();
    });
  }
  for (std::size_t i = 0; i < batch.rooms.size(); ++i) {
    std::vector<std::size_t> open;
    std::vector<UserId> users;
    for (const std::size_t index : batch.members[i]) {
      if (stored[i].has_error()) batch.answers[index] = stored[i].error();
      if (batch.answers[index]) continue;
      open.push_back(index);
      users.push_back(commands[index].user_id);
    }
    std::vector<RoomStatus> statuses = house.status(*batch.rooms[i], users, true);
    for (std::size_t each = 0; each < open.size(); ++each) batch.answers[open[each]] = std::move(statuses[each]);
  }
  return batch.answers.take();
}

namespace {

/// Whether there is a place, or an admission, that the command may be about.
bool is_known(const Leave& command, const Room& room) {
  return command.reason == LeaveReason::purchased ? room.admission(command.user_id) != 0
                                                  : room.contains(command.user_id);
}

bool ends_stay(const Leave& command, const Room& room) {
  if (!is_known(command, room)) return false;
  return command.reason != LeaveReason::purchased || !command.at || *room.admitted_at(command.user_id) <= *command.at;
}

}  // namespace

std::vector<Result<void>> leave_all(House& house, std::span<const Leave> commands) {
  ByRoom<Leave, void> batch(house, commands);
  const std::lock_guard lock(house.writing);
  // Another process may have let in whom this one does not know.
  for (std::size_t i = 0; i < batch.rooms.size(); ++i)
    for (const std::size_t index : batch.members[i])
      if (LiveRoom& room = *batch.rooms[i]; room.is_on && !is_known(commands[index], room.room)) room.is_behind = true;
  const auto stored = house.append(batch.rooms, [&](LiveRoom& room, Timestamp) {
    std::vector<RoomRecord> records;
    std::unordered_set<UserId> gone;
    for (const std::size_t index : batch.members[batch.index_of(room)]) {
      const UserId user = commands[index].user_id;
      if (!ends_stay(commands[index], room.room) || !gone.insert(user).second) continue;
      records.push_back(
          {.kind = RoomRecordKind::left, .user_id = user, .number = static_cast<std::int64_t>(commands[index].reason)});
    }
    return records;
  });
  for (std::size_t i = 0; i < batch.rooms.size(); ++i)
    for (const std::size_t index : batch.members[i]) batch.answers[index] = stored[i];
  return batch.answers.take();
}

}  // namespace tiketi::waiting_room
