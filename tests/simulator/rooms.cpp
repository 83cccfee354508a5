#include "rooms.hpp"

#include "scene.hpp"

#include <tiketi/waiting_room/rules.hpp>

#include <algorithm>

namespace tiketi::test {

std::int64_t RoomState::position(UserId user) const {
  const auto found = std::find(line.begin(), line.end(), user);
  return found == line.end() ? 0 : found - line.begin() + 1;
}

bool RoomState::concerns(const Leave& command) const {
  if (command.reason != LeaveReason::purchased) return contains(command.user_id);
  const auto found = active.find(command.user_id);
  return found != active.end() && (!command.at || found->second.admitted_at <= *command.at);
}

RoomBook& Rooms::book(EventId event) {
  RoomBook& out = books[event];
  if (out.states.empty()) out.states[0].settings = policy.defaults;
  return out;
}

const RoomState* Rooms::known(int process, EventId event) const {
  const auto memory = memories.find({process, event});
  return memory == memories.end() ? nullptr : &books.at(event).states.at(memory->second.known);
}

void Rooms::forget_process(int process) {
  std::erase_if(memories, [process](const auto& each) { return each.first.first == process; });
  std::erase_if(seen, [process](const auto& each) { return std::get<0>(each.first) == process; });
}

void note_room_read(Scene& scene, int process, EventId event, std::int64_t after, std::int64_t last) {
  Rooms& rooms = scene.rooms;
  if (scene.calls.back().room.deed == RoomDeed::show) return scene.calls.back().room.shown_up_to.push_back(last);
  const RoomState& state = rooms.book(event).states.at(last);
  const auto known = rooms.memories.find({process, event});
  const bool goes_on = known != rooms.memories.end() && known->second.known == after;
  if (goes_on) {
    // An empty log looks the same to who reads it anew and to who reads on.
    if (after == 0) known->second.told.reset(), known->second.last_loaded_at = scene.clock_now();
    else scene.calls.back().room.looked[event].insert(after);
    known->second.known = last;
    return;
  }
  const Timestamp now = scene.clock_now();
  rooms.memories[{process, event}] = {
      last, last, now, now, state.admissions, std::min(rooms.policy.restart_grace_ms, state.settings.active_ms)};
}

void note_room_known(Scene& scene, int process, EventId event, std::int64_t last) {
  scene.rooms.memories[{process, event}].known = last;
  scene.calls.back().room.stored[event] = last;
}

std::optional<Errc> reason_at_door(const Scene& scene, const RoomState& room, Visitor who, std::string_view token,
                                   Timestamp now) {
  const auto active = room.active.find(who.second);
  const bool is_active = active != room.active.end();
  if (!room.settings.enabled || (room.settings.mode == RoomMode::session && is_active)) return std::nullopt;
  if (token.empty()) return Errc::queue_required;
  const auto pass = scene.rooms.passes.find(token);
  if (pass == scene.rooms.passes.end()) return Errc::entry_token_forged;
  if (pass->second.event_id != who.first) return Errc::entry_token_other_event;
  if (pass->second.user_id != who.second) return Errc::entry_token_other_user;
  if (pass->second.expires_at <= now) return Errc::entry_token_expired;
  if (is_active && active->second.admission == pass->second.admission) return std::nullopt;
  return Errc::admission_over;
}

std::optional<Errc> reason_at_door(const Scene& scene, Visitor who, std::string_view token) {
  const RoomState* room = scene.rooms.known(scene.calls.back().process, who.first);
  return room ? reason_at_door(scene, *room, who, token, scene.clock_now()) : std::nullopt;
}

bool is_answer_at_door(const Scene& scene, Visitor who, std::string_view token, std::optional<Errc> answer) {
  const Call& call = scene.calls.back();
  const auto memory = scene.rooms.memories.find({call.process, who.first});
  if (memory == scene.rooms.memories.end()) return false;
  std::set<std::int64_t> lengths{memory->second.known};
  if (const auto looked = call.room.looked.find(who.first); looked != call.room.looked.end())
    lengths.insert(looked->second.begin(), looked->second.end());
  for (const std::int64_t length : lengths)
    for (const Timestamp now : call.times)
      if (reason_at_door(scene, scene.rooms.books.at(who.first).states.at(length), who, token, now) == answer)
        return true;
  return false;
}

bool came_through_door(const Scene& scene, Visitor who) {
  if (is_answer_at_door(scene, who, {}, std::nullopt)) return true;
  const auto [begin, end] = scene.calls.back().room.shown.equal_range(who);
  return std::any_of(begin, end,
                     [&](const auto& shown) { return is_answer_at_door(scene, who, shown.second, std::nullopt); });
}

std::optional<std::string> check_token(Scene& scene, const RoomState& room, EventId event, UserId user,
                                       const std::string& token) {
  const auto active = room.active.find(user);
  if (active == room.active.end() || token.empty()) return "who is active has an entry token, and nobody else";
  const Pass pass{event, user, active->second.admission, scene.clock_now().plus_ms(scene.rooms.policy.token_ms)};
  const auto [known, is_new] = scene.rooms.passes.emplace(token, pass);
  if (is_new) scene.rooms.wallets[{event, user}].push_back(token);
  const Pass& first = known->second;
  if (first.event_id != event || first.user_id != user || first.admission != pass.admission ||
      first.expires_at != pass.expires_at)
    return "an entry token was given before, for something else";
  return std::nullopt;
}

std::optional<std::string> check_status(Scene& scene, const RoomState& room, EventId event, UserId user,
                                        const RoomStatus& status) {
  const std::int64_t place = room.position(user);
  const bool in_lobby = room.lobby == LobbyPhase::open;
  const RoomStanding standing = !room.settings.enabled       ? RoomStanding::open
                                : room.active.contains(user) ? RoomStanding::active
                                : place == 0                 ? RoomStanding::outside
                                : in_lobby                   ? RoomStanding::lobby
                                                             : RoomStanding::waiting;
  if (status.standing != standing)
    return "a customer is told that he is '" + std::string(name(status.standing)) + "' instead of '" +
           std::string(name(standing)) + "'";
  if (status.position != (standing == RoomStanding::waiting ? place : 0))
    return "a customer is told place " + std::to_string(status.position) + " instead of " + std::to_string(place);
  if (status.waiting != static_cast<std::int64_t>(room.line.size()) ||
      status.active != static_cast<std::int64_t>(room.active.size()))
    return "a customer is told wrong numbers of those who wait or are active";
  if (status.threshold != room.settings.threshold || status.paused != room.settings.paused ||
      status.sold_out != room.sold_out)
    return "a customer is told wrongly how the room is set";
  if ((status.estimated_wait_s > 0) != status.queued()) return "a wait is estimated for who does not wait, or none";
  if (standing == RoomStanding::active) return check_token(scene, room, event, user, status.entry_token);
  return status.entry_token.empty() ? std::nullopt : std::optional<std::string>("who is not active has an entry token");
}

namespace {

/// The record by which somebody came who is in the room.
std::int64_t arrival_of(const RoomBook& book, UserId user) {
  for (auto at = book.log.rbegin(); at != book.log.rend(); ++at)
    if (at->kind == RoomRecordKind::entered && at->user_id == user) return at->sequence;
  return 0;
}

}  // namespace

std::optional<std::string> check_status(Scene& scene, EventId event, UserId user, const RoomStatus& status) {
  const RoomState* room = scene.rooms.known(scene.calls.back().process, event);
  if (room == nullptr) return "a process tells of a room that it did not read";
  if (auto wrong = check_status(scene, *room, event, user, status)) return wrong;
  scene.count("standing: " + std::string(name(status.standing)));
  // What a process tells that lags behind is no promise: only what is so now.
  const RoomBook& book = scene.rooms.books.at(event);
  if (room != &book.now() || status.standing != RoomStanding::waiting) return std::nullopt;
  scene.rooms.promises[{event, user}] = {arrival_of(book, user), status.position};
  return std::nullopt;
}

std::optional<std::string> compare(const Rooms& rooms, WaitingRoomStore& store) {
  std::map<EventId, RoomHead> heads;
  const auto stored = store.heads();
  if (stored.has_error()) return "the waiting rooms can't be read: " + stored.error().message;
  for (const RoomHead& head : *stored) heads[head.event_id] = head;
  for (const auto& [event, book] : rooms.books) {
    const auto log = store.read(event, 0, 1'000'000);
    if (log.has_error() || *log != book.log) return "the log of a waiting room is not as it was stored";
    const std::int64_t last = heads.contains(event) ? heads[event].last_sequence : 0;
    if (last != static_cast<std::int64_t>(book.log.size())) return "a waiting room's log ends elsewhere";
  }
  for (const auto& [who, promise] : rooms.promises) {
    const RoomBook& book = rooms.books.at(who.first);
    const std::int64_t place = book.now().position(who.second);
    if (place > promise.position && arrival_of(book, who.second) == promise.arrival)
      return "somebody was told place " + std::to_string(promise.position) + " and has place " + std::to_string(place);
  }
  return std::nullopt;
}

std::optional<std::string> compare_order(const RoomBook& book, std::span<const RoomRecord> log) {
  waiting_room::Auditor auditor;
  for (const RoomRecord& record : log) auditor.add(record);
  if (auditor.admitted() != book.admitted) return "the order of admission is not that of arrival or of the draw";
  if (auditor.waiting() != book.now().line) return "the line is not that of arrival or of the draw";
  return std::nullopt;
}

}  // namespace tiketi::test
