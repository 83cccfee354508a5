// Recomputes a room from its log by the plainest means there are, none of them those of the service.

#include "core/waiting_room/room.hpp"

#include <tiketi/base/base64.hpp>
#include <tiketi/waiting_room/rules.hpp>

#include <map>
#include <unordered_map>

namespace tiketi::waiting_room {

namespace {
constexpr std::size_t max_findings = 100;
}

struct Auditor::Body {
  std::vector<Finding> findings;
  std::int64_t sequence = 0;
  Timestamp at;
  RoomSettings settings;
  bool has_settings = false;
  bool lobby_is_open = false;
  std::string commitment;
  // Who waits, by a number for each arrival; and where everybody is.
  std::map<std::int64_t, UserId> line;
  std::unordered_map<UserId, std::int64_t> arrival;
  std::unordered_map<UserId, Timestamp> active;  // and since when idle
  std::int64_t arrivals = 0;
  std::vector<UserId> admitted;

  void find(const RoomRecord& record, std::string_view invariant, const std::string& what) {
    if (findings.size() < max_findings)
      findings.push_back({std::string(invariant), "record " + std::to_string(record.sequence) + ": " + what});
  }

  void check_order(const RoomRecord& record) {
    if (record.sequence != sequence + 1) find(record, "room-sequence", "follows record " + std::to_string(sequence));
    if (record.at < at) find(record, "room-time", "is earlier than the record before it");
    sequence = record.sequence;
    at = std::max(at, record.at);
  }

  void line_up(UserId user) {
    arrival[user] = ++arrivals;
    line.emplace(arrivals, user);
  }

  void enter(const RoomRecord& record) {
    if (arrival.contains(record.user_id) || active.contains(record.user_id)) {
      find(record, "room-once", record.user_id.text() + " is in the room already");
      return;
    }
    line_up(record.user_id);
  }

  void admit(const RoomRecord& record) {
    const auto count = static_cast<std::size_t>(std::max<std::int64_t>(0, record.number));
    if (lobby_is_open) find(record, "room-lobby", "admits before the draw");
    if (has_settings && (settings.paused || !settings.enabled))
      find(record, "room-admission", "admits while the room is paused or off");
    if (count == 0 || count > line.size())
      find(record, "room-admission", "admits " + std::to_string(record.number) + " of " + std::to_string(line.size()));
    if (record.kind == RoomRecordKind::admitted_at_once && count != line.size())
      find(record, "room-order", "overtakes who waits");
    for (std::size_t i = 0; i < count && !line.empty(); ++i) {
      const UserId user = line.begin()->second;
      line.erase(line.begin());
      arrival.erase(user);
      active.emplace(user, record.at);
      admitted.push_back(user);
    }
    if (has_settings && static_cast<std::int64_t>(active.size()) > settings.threshold)
      find(record, "room-threshold", std::to_string(active.size()) + " are active");
  }

  void leave(const RoomRecord& record) {
    if (record.number == static_cast<std::int64_t>(LeaveReason::expired)) {
      const auto found = active.find(record.user_id);
      if (found == active.end()) find(record, "room-leave", record.user_id.text() + " was not active");
      else if (record.at.ms - found->second.ms < settings.active_ms)
        find(record, "room-leave", record.user_id.text() + " was sent away too early");
    }
    const auto waiting = arrival.find(record.user_id);
    if (waiting == arrival.end()) {
      if (active.erase(record.user_id) == 0) find(record, "room-leave", record.user_id.text() + " was not in the room");
      return;
    }
    line.erase(waiting->second);
    arrival.erase(waiting);
  }

  void touch(const RoomRecord& record) {
    const auto found = active.find(record.user_id);
    if (found == active.end()) return find(record, "room-touch", record.user_id.text() + " was not active");
    if (record.number < 0 || record.number > record.at.ms)
      return find(record, "room-touch", "tells of " + std::to_string(record.number) + " ms before it");
    found->second = std::max(found->second, record.at.plus_ms(-record.number));
  }

  void open_lobby(const RoomRecord& record) {
    if (lobby_is_open) find(record, "room-lobby", "opens a lobby while one is open");
    if (!line.empty()) find(record, "room-lobby", "opens over " + std::to_string(line.size()) + " who wait already");
    lobby_is_open = true;
    commitment = commitment_text(record);
  }

  void start(const RoomRecord& record) {
    const auto seed = seed_of(record);
    if (!lobby_is_open) find(record, "room-lobby", "draws places without a lobby");
    if (!seed || to_base64url(commitment_of(*seed)) != commitment)
      find(record, "room-lobby", "the seed is not the one that was committed to");
    lobby_is_open = false;
    if (!seed) return;
    std::vector<UserId> users;
    for (const auto& [number, user] : line) users.push_back(user);
    line.clear();
    for (const UserId user : drawn(*seed, std::move(users))) line_up(user);
  }
};

Auditor::Auditor() : body_(std::make_unique<Body>()) {}
Auditor::~Auditor() = default;
Auditor::Auditor(Auditor&&) noexcept = default;
Auditor& Auditor::operator=(Auditor&&) noexcept = default;

void Auditor::add(const RoomRecord& record) {
  Body& body = *body_;
  body.check_order(record);
  switch (record.kind) {
    case RoomRecordKind::settings:
      if (const auto settings = parse_settings(record.text)) body.settings = *settings, body.has_settings = true;
      else body.find(record, "room-settings", "can't be read");
      break;
    case RoomRecordKind::lobby_opened:
      body.open_lobby(record);
      break;
    case RoomRecordKind::started:
      body.start(record);
      break;
    case RoomRecordKind::entered:
      body.enter(record);
      break;
    case RoomRecordKind::admitted:
    case RoomRecordKind::admitted_at_once:
      body.admit(record);
      break;
    case RoomRecordKind::left:
      body.leave(record);
      break;
    case RoomRecordKind::touched:
      body.touch(record);
      break;
    case RoomRecordKind::cleared:
      body.line.clear();
      body.arrival.clear();
      body.active.clear();
      body.lobby_is_open = false;
      break;
    case RoomRecordKind::sold_out:
    case RoomRecordKind::restocked:
      break;
  }
}

const std::vector<Finding>& Auditor::findings() const { return body_->findings; }

std::vector<UserId> Auditor::admitted() const { return body_->admitted; }

std::vector<UserId> Auditor::waiting() const {
  std::vector<UserId> out;
  for (const auto& [number, user] : body_->line) out.push_back(user);
  return out;
}

std::vector<Finding> audit(std::span<const RoomRecord> log) {
  Auditor auditor;
  for (const RoomRecord& record : log) auditor.add(record);
  return auditor.findings();
}

}  // namespace tiketi::waiting_room
