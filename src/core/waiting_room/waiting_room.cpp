#include <tiketi/waiting_room/waiting_room.hpp>

#include "core/waiting_room/checking.hpp"
#include "core/waiting_room/entering.hpp"
#include "core/waiting_room/house.hpp"
#include "core/waiting_room/turning.hpp"

#include <tiketi/base/base64.hpp>
#include <tiketi/waiting_room/rules.hpp>

#include <algorithm>
#include <atomic>
#include <utility>

namespace tiketi {

using namespace waiting_room;

namespace {

RoomView view_of(LiveRoom& live, Clock& clock) {
  const std::lock_guard lock(live.mutex);
  const RoomFacts facts = live.room.facts();
  RoomView out{.event_id = live.event_id, .settings = facts.settings, .waiting = facts.waiting, .active = facts.active};
  out.available = std::max<std::int64_t>(0, facts.settings.threshold - facts.active);
  out.admissions = live.room.admissions();
  out.admitted_last_minute = live.room.meter().last_minute(live.time(clock));
  out.sold_out = facts.sold_out;
  out.lobby = facts.lobby;
  out.commitment = live.room.commitment();
  if (facts.lobby != LobbyPhase::open && live.room.seed()) out.seed = to_base64url(*live.room.seed());
  out.records = live.room.sequence();
  return out;
}

}  // namespace

struct WaitingRoom::Body {
  House house;
  std::atomic<std::int64_t> discovered_ms = 0;
};

WaitingRoom::WaitingRoom(WaitingRoomStore& store, SaleDirectory& sales, EntryTokenSigner& signer, Random& random,
                         Clock& clock, const WaitingRoomPolicy& policy)
    : body_(new Body{.house = {store, sales, signer, random, clock, policy}}) {}

WaitingRoom::~WaitingRoom() = default;

std::vector<Result<RoomStatus>> WaitingRoom::enter(std::span<const Enter> commands) {
  return enter_all(body_->house, commands);
}

Result<RoomStatus> WaitingRoom::enter(const Enter& command) { return std::move(enter({&command, 1}).front()); }

Result<RoomStatus> WaitingRoom::status(EventId event, UserId user) {
  const auto room = body_->house.open(event);
  if (room.has_error()) return room.error();
  return std::move(body_->house.status(**room, {&user, 1}, false).front());
}

Result<std::vector<RoomStatus>> WaitingRoom::status(EventId event, std::span<const UserId> users) {
  const auto room = body_->house.open(event);
  if (room.has_error()) return room.error();
  return body_->house.status(**room, users, false);
}

Result<RoomStatus> WaitingRoom::touch(EventId event, UserId user) {
  const auto room = body_->house.open(event);
  if (room.has_error()) return room.error();
  return std::move(body_->house.status(**room, {&user, 1}, true).front());
}

std::optional<RoomStatus> WaitingRoom::touch_in_memory(EventId event, UserId user) {
  const RoomPointer room = body_->house.find(event);
  if (!room) return std::nullopt;
  return std::move(body_->house.status(*room, {&user, 1}, true).front());
}

std::vector<Result<void>> WaitingRoom::leave(std::span<const Leave> commands) {
  return leave_all(body_->house, commands);
}

Result<void> WaitingRoom::leave(const Leave& command) { return leave({&command, 1}).front(); }

std::vector<Result<void>> WaitingRoom::check(std::span<const AdmissionQuestion> questions) {
  std::vector<Result<void>> out;
  out.reserve(questions.size());
  for (const AdmissionQuestion& each : questions) out.push_back(check_admission(body_->house, each));
  return out;
}

Result<void> WaitingRoom::check(const AdmissionQuestion& question) { return check_admission(body_->house, question); }

Result<std::vector<RoomTurn>> WaitingRoom::turn() { return turn_all(body_->house, body_->discovered_ms); }

Result<RoomView> WaitingRoom::view(EventId event) {
  const auto room = body_->house.open(event);
  if (room.has_error()) return room.error();
  return view_of(**room, body_->house.clock);
}

Result<RoomView> WaitingRoom::set(EventId event, const RoomSettingsPatch& patch) {
  House& house = body_->house;
  const auto room = house.open(event);
  if (room.has_error()) return room.error();
  const RoomPointer rooms[] = {*room};
  const std::lock_guard lock(house.writing);
  if (auto asked = house.ask_sales(rooms, day_ms); asked.has_error()) return asked.error();
  Result<void> sound;
  const auto stored = house.append(rooms, [&](LiveRoom& live, Timestamp now) {
    std::vector<RoomRecord> records;
    RoomFacts facts = live.room.facts();
    const RoomSettings before = facts.settings;
    facts.settings = patched(before, patch);
    sound = waiting_room::check(facts.settings);
    if (sound.has_error()) return records;
    if (facts.settings != before)
      records.push_back({.kind = RoomRecordKind::settings, .text = settings_text(facts.settings)});
    // The commitment is known before anybody enters; and who turns the lobby off has its places drawn.
    if (live.sale && lobby_opens(facts, *live.sale, now)) records.push_back(house.lobby_record());
    if (live.sale && lobby_starts(facts, *live.sale, now))
      records.push_back({.kind = RoomRecordKind::started, .text = to_base64url(*live.room.seed())});
    return records;
  });
  if (sound.has_error()) return sound.error();
  if (stored.front().has_error()) return stored.front().error();
  return view_of(**room, house.clock);
}

Result<std::int64_t> WaitingRoom::clear(EventId event) {
  House& house = body_->house;
  const auto room = house.open(event);
  if (room.has_error()) return room.error();
  const RoomPointer rooms[] = {*room};
  const std::lock_guard lock(house.writing);
  std::int64_t cleared = 0;
  const auto stored = house.append(rooms, [&](LiveRoom& live, Timestamp) {
    const RoomFacts facts = live.room.facts();
    cleared = facts.waiting + facts.active;
    if (cleared == 0) return std::vector<RoomRecord>();
    return std::vector<RoomRecord>{{.kind = RoomRecordKind::cleared, .number = cleared}};
  });
  if (stored.front().has_error()) return stored.front().error();
  return cleared;
}

Result<RoomAudit> WaitingRoom::audit(EventId event) {
  Auditor auditor;
  RoomAudit out;
  for (std::size_t read = max_room_log_page; read == max_room_log_page;) {
    const auto page = body_->house.store.read(event, out.records, max_room_log_page);
    if (page.has_error()) return page.error();
    for (const RoomRecord& record : *page) auditor.add(record);
    read = page->size();
    if (read > 0) out.records = page->back().sequence;
  }
  out.findings = auditor.findings();
  out.admitted = static_cast<std::int64_t>(auditor.admitted().size());
  out.waiting = static_cast<std::int64_t>(auditor.waiting().size());
  return out;
}

Result<std::vector<RoomRecord>> WaitingRoom::log(EventId event, std::int64_t after_sequence, std::size_t limit) {
  if (limit < 1 || limit > max_room_log_page)
    return Error{Errc::invalid_argument, "a limit is 1 to " + std::to_string(max_room_log_page), {{"field", "limit"}}};
  const auto room = body_->house.open(event);
  if (room.has_error()) return room.error();
  auto page = body_->house.store.read(event, after_sequence, limit);
  if (page.has_error()) return page;
  const RoomView now = view_of(**room, body_->house.clock);
  for (RoomRecord& record : *page)
    if (record.kind == RoomRecordKind::lobby_opened && (now.seed.empty() || commitment_text(record) != now.commitment))
      record.text = commitment_text(record);
  return page;
}

Result<std::size_t> WaitingRoom::prune(std::size_t limit) {
  House& house = body_->house;
  const auto heads = house.store.heads();
  if (heads.has_error()) return heads.error();
  const Timestamp now = house.clock.now();
  std::vector<SaleQuestion> old;
  for (const RoomHead& head : *heads)
    if (now.ms - head.updated_at.ms > house.policy.keep_ms) old.push_back({head.event_id});
  if (old.empty()) return 0;
  const auto sales = house.sales.sales(old);
  if (sales.has_error()) return sales.error();
  std::size_t removed = 0;
  for (std::size_t i = 0; i < old.size() && removed < limit; ++i) {
    const std::optional<Sale>& sale = (*sales)[i];
    if (sale && !sale->cancelled && now < sale->end) continue;
    const std::lock_guard lock(house.writing);
    if (const RoomPointer room = house.find(old[i].event_id)) house.drop(*room);
    const auto done = house.store.prune(old[i].event_id, limit - removed);
    if (done.has_error()) return done.error();
    removed += *done;
  }
  return removed;
}

std::size_t WaitingRoom::rooms_in_memory() const { return body_->house.size(); }

}  // namespace tiketi
