#include "core/waiting_room/room.hpp"

#include <tiketi/base/base64.hpp>

#include <algorithm>

namespace tiketi::waiting_room {

std::string lobby_text(const LobbySeed& seed) { return to_base64url(commitment_of(seed)) + ' ' + to_base64url(seed); }

std::optional<LobbySeed> seed_of(const RoomRecord& record) {
  const std::size_t space = record.text.find(' ');
  const auto bytes = from_base64url(std::string_view(record.text).substr(space == std::string::npos ? 0 : space + 1));
  if (!bytes || bytes->size() != LobbySeed().size()) return std::nullopt;
  LobbySeed out;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

std::string_view commitment_text(const RoomRecord& record) {
  return std::string_view(record.text).substr(0, record.text.find(' '));
}

Room::Room(const RoomSettings& defaults, std::uint64_t hash_key)
    : hash_key_(hash_key), settings_(defaults), line_(hash_key), active_(0, Hash{hash_key}) {}

RoomFacts Room::facts() const {
  return {settings_, lobby_, sold_out_, static_cast<std::int64_t>(line_.size()),
          static_cast<std::int64_t>(active_.size())};
}

RoomPlace Room::place(UserId user) const {
  if (!settings_.enabled) return {RoomStanding::open};
  if (const std::int64_t number = admission(user); number != 0) return {RoomStanding::active, 0, number};
  const std::int64_t position = line_.position(user);
  if (position == 0) return {};
  if (lobby_ == LobbyPhase::open) return {RoomStanding::lobby};
  return {RoomStanding::waiting, position};
}

std::int64_t Room::admission(UserId user) const {
  const auto found = active_.find(user);
  return found == active_.end() ? 0 : found->second.admission;
}

std::optional<Timestamp> Room::admitted_at(UserId user) const {
  const auto found = active_.find(user);
  return found == active_.end() ? std::nullopt : std::optional(found->second.admitted_at);
}

bool Room::can_apply(const RoomRecord& record) const {
  if (record.sequence != sequence_ + 1 || record.at < last_at_) return false;
  switch (record.kind) {
    case RoomRecordKind::settings:
      return parse_settings(record.text).has_value();
    case RoomRecordKind::lobby_opened:
    case RoomRecordKind::started:
      return seed_of(record).has_value();
    case RoomRecordKind::entered:
      return !line_.contains(record.user_id) && !active_.contains(record.user_id);
    case RoomRecordKind::admitted:
    case RoomRecordKind::admitted_at_once:
      return record.number > 0 && record.number <= static_cast<std::int64_t>(line_.size());
    case RoomRecordKind::left:
    case RoomRecordKind::touched:
    case RoomRecordKind::cleared:
    case RoomRecordKind::sold_out:
    case RoomRecordKind::restocked:
      return true;
  }
  return false;
}

bool Room::apply(const RoomRecord& record, Author author) {
  if (!can_apply(record)) return false;
  if (record.kind == RoomRecordKind::started) return apply_started(record, draw(record));
  switch (record.kind) {
    case RoomRecordKind::settings:
      set(*parse_settings(record.text), record.at);
      break;
    case RoomRecordKind::lobby_opened:
      lobby_ = LobbyPhase::open;
      seed_ = seed_of(record);
      commitment_ = commitment_text(record);
      break;
    case RoomRecordKind::entered:
      line_.push_back(record.user_id, record.at);
      break;
    case RoomRecordKind::admitted:
    case RoomRecordKind::admitted_at_once:
      admit(record, author);
      break;
    case RoomRecordKind::left:
      if (!line_.erase(record.user_id)) active_.erase(record.user_id);
      if (record.number == static_cast<std::int64_t>(LeaveReason::expired)) news_.expired.push_back(record.user_id);
      break;
    case RoomRecordKind::touched:
      if (const auto found = active_.find(record.user_id); found != active_.end()) {
        Active& active = found->second;
        active.logged_at = std::max(active.logged_at, record.at.plus_ms(-record.number));
        active.active_at = std::max(active.active_at, active.logged_at);
      }
      break;
    case RoomRecordKind::cleared:
      clear();
      break;
    case RoomRecordKind::sold_out:
    case RoomRecordKind::restocked:
      sold_out_ = record.kind == RoomRecordKind::sold_out;
      news_.sold_out = sold_out_;
      break;
    case RoomRecordKind::started:
      break;
  }
  sequence_ = record.sequence;
  last_at_ = record.at;
  return true;
}

WaitingLine Room::draw(const RoomRecord& started) const {
  WaitingLine out(hash_key_);
  for (const UserId user : drawn(*seed_of(started), line_.users())) out.push_back(user, started.at);
  return out;
}

bool Room::apply_started(const RoomRecord& record, WaitingLine drawn) {
  if (!can_apply(record)) return false;
  line_ = std::move(drawn);
  lobby_ = LobbyPhase::started;
  seed_ = seed_of(record);
  news_.has_started = true;
  sequence_ = record.sequence;
  last_at_ = record.at;
  return true;
}

void Room::set(const RoomSettings& settings, Timestamp at) {
  if (settings_.paused != settings.paused) meter_.reset();
  // While the room was off nobody's activity was seen: whoever was active then is so now.
  if (!settings_.enabled && settings.enabled)
    for (auto& [user, active] : active_) {
      active.logged_at = std::max(active.logged_at, at);
      active.active_at = std::max(active.active_at, at);
    }
  settings_ = settings;
  news_.settings_changed = true;
}

void Room::admit(const RoomRecord& record, Author author) {
  const bool had_waited = record.kind == RoomRecordKind::admitted;
  const auto first = line_.pop_front(static_cast<std::size_t>(record.number));
  active_.reserve(active_.size() + first.size());
  for (const Waiting& each : first) {
    const std::int64_t number = ++admissions_;
    active_.emplace(each.user_id, Active{number, record.at, record.at, record.at});
    due_.push({record.at, each.user_id, number});
    const std::int64_t waited_ms = std::max<std::int64_t>(0, record.at.ms - each.since.ms);
    if (had_waited) news_.admitted.push_back({each.user_id, number, waited_ms});
    if (had_waited && author == Author::us) news_.let_in.waited_ms.push_back(waited_ms);
  }
  if (!had_waited && author == Author::us) news_.let_in.at_once += record.number;
  bucket_.take(record.number, record.at, settings_.rate_per_second);
  if (had_waited) meter_.count(record.at, record.number);
}

void Room::clear() {
  news_ = {.was_cleared = true,
           .settings_changed = news_.settings_changed,
           .sold_out = news_.sold_out,
           .let_in = std::move(news_.let_in)};
  line_ = WaitingLine(hash_key_);
  active_.clear();
  dirty_.clear();
  due_ = {};
  // How places were drawn can be checked for as long as no other lobby opens. A seed that was never used stays secret.
  if (lobby_ == LobbyPhase::open) {
    seed_.reset();
    commitment_.clear();
  }
  lobby_ = LobbyPhase::none;
  meter_.reset();
}

void Room::touch(UserId user, Timestamp at) {
  const auto found = active_.find(user);
  if (found == active_.end() || at <= found->second.active_at) return;
  found->second.active_at = at;
  if (!std::exchange(found->second.is_dirty, true)) dirty_.push_back(user);
}

std::vector<std::pair<UserId, Timestamp>> Room::unlogged_activity(Timestamp at, std::int64_t margin_ms) {
  std::vector<std::pair<UserId, Timestamp>> out;
  std::vector<UserId> later;
  for (const UserId user : dirty_) {
    const auto found = active_.find(user);
    if (found == active_.end()) continue;
    Active& active = found->second;
    const bool is_new = active.active_at > active.logged_at;
    const bool is_long_ago = active.active_at.ms - active.logged_at.ms >= settings_.active_ms / 4;
    const bool would_end = at.ms - active.logged_at.ms >= settings_.active_ms - margin_ms;
    if (is_new && (is_long_ago || would_end)) out.emplace_back(user, active.active_at);
    // Whoever is told of now stays until that is in the log: it may not be stored.
    active.is_dirty = is_new;
    if (is_new) later.push_back(user);
  }
  dirty_ = std::move(later);
  return out;
}

std::vector<UserId> Room::overdue(Timestamp at, std::size_t limit) {
  std::vector<UserId> out;
  if (at < granted_until_) return out;
  std::vector<Due> asked;
  while (out.size() < limit && !due_.empty() && due_.top().active_at.ms + settings_.active_ms <= at.ms) {
    Due due = due_.top();
    due_.pop();
    const auto found = active_.find(due.user);
    if (found == active_.end() || found->second.admission != due.admission) continue;  // gone, or admitted again
    if (found->second.active_at.ms + settings_.active_ms <= at.ms) out.push_back(due.user);
    due.active_at = found->second.active_at;
    asked.push_back(due);
  }
  for (const Due& due : asked) due_.push(due);
  return out;
}

}  // namespace tiketi::waiting_room
