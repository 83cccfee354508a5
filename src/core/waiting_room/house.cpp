#include "core/waiting_room/house.hpp"

#include <algorithm>
#include <utility>

namespace tiketi::waiting_room {
namespace {

constexpr std::size_t page_records = 10'000;
/// Applied before somebody else gets at the room.
constexpr std::size_t records_at_once = 1'000;
/// Of deciding anew, after a commit that did not decide it.
constexpr int max_rounds = 10;
/// How long, and of how many events, it is remembered that there is no room to load.
constexpr std::int64_t unknown_ms = second_ms;
constexpr std::int64_t damaged_ms = minute_ms;
constexpr std::size_t max_refusals = 1'000;

Error damaged_log(EventId event) {
  return {Errc::storage_mismatch, "the log of a waiting room is damaged", {{"event", event.text()}}};
}

Error too_many_rooms() { return {Errc::overloaded, "too many waiting rooms are in use"}; }

Error too_late() { return {Errc::version_conflict, "others have changed the waiting room meanwhile"}; }

Error unknown_event() { return {Errc::event_not_found, "there is no such event"}; }

/// Not known whether it was stored, or too late without having been asked again.
bool is_undecided(const Result<void>& answer) {
  return answer.has_error() &&
         (answer.error().code == Errc::outcome_unknown || answer.error().code == Errc::version_conflict);
}

/// Whether somebody is in the room, or its lobby open, after the records.
bool is_occupied_after(const RoomFacts& facts, std::span<const RoomRecord> records) {
  std::int64_t inside = facts.waiting + facts.active;
  bool lobby_is_open = facts.lobby == LobbyPhase::open;
  for (const RoomRecord& record : records) {
    if (record.kind == RoomRecordKind::entered) ++inside;
    if (record.kind == RoomRecordKind::left) --inside;
    if (record.kind == RoomRecordKind::cleared) inside = 0, lobby_is_open = false;
    if (record.kind == RoomRecordKind::lobby_opened) lobby_is_open = true;
    if (record.kind == RoomRecordKind::started) lobby_is_open = false;
  }
  return inside > 0 || lobby_is_open;
}

}  // namespace

Timestamp LiveRoom::time(Clock& clock) {
  const Timestamp now = clock.now();
  last_ = std::max(last_, room.last_at());
  ahead_ms_ = std::max(ahead_ms_, last_.ms - now.ms);
  last_ = now.plus_ms(ahead_ms_);
  return last_;
}

bool LiveRoom::is_occupied() const { return is_occupied_after(room.facts(), {}); }

House::House(WaitingRoomStore& the_store, SaleDirectory& the_sales, EntryTokenSigner& the_signer, Random& the_random,
             Clock& the_clock, const WaitingRoomPolicy& the_policy)
    : store(the_store), sales(the_sales), signer(the_signer), random(the_random), clock(the_clock), policy(the_policy) {
  std::array<std::uint8_t, 8> bytes{};
  random.fill(bytes);
  for (const std::uint8_t byte : bytes) hash_key_ = hash_key_ << 8 | byte;
}

RoomPointer House::find(EventId event) const {
  const std::lock_guard lock(map_mutex_);
  const auto found = rooms_.find(event);
  return found == rooms_.end() ? nullptr : found->second;
}

std::vector<RoomPointer> House::all() const {
  const std::lock_guard lock(map_mutex_);
  std::vector<RoomPointer> out;
  out.reserve(rooms_.size());
  for (const auto& [event, room] : rooms_) out.push_back(room);
  return out;
}

std::size_t House::size() const {
  const std::lock_guard lock(map_mutex_);
  return rooms_.size();
}

void House::drop(const LiveRoom& room) {
  const std::lock_guard lock(map_mutex_);
  rooms_.erase(EventId(room.event_id));
}

void House::drop_idle(Timestamp now) {
  for (const RoomPointer& each : all()) {
    const std::lock_guard lock(each->mutex);
    if (!each->is_occupied() && now.ms - each->used_at.ms > policy.idle_ms) drop(*each);
  }
}

Result<RoomPointer> House::open(EventId event) {
  if (RoomPointer found = find(event)) return found;
  if (auto refused = recall(event)) return *refused;
  const auto loading = loading_of(event);
  const std::lock_guard lock(*loading);
  if (RoomPointer found = find(event)) return found;
  if (auto refused = recall(event)) return *refused;
  if (size() >= policy.max_rooms && longest_idle() == nullptr) return too_many_rooms();
  auto room = load(event);
  if (room.has_error()) {
    remember(event, room.error());
    return room;
  }
  if (auto kept = keep(*room); kept.has_error()) return kept.error();
  return room;
}

std::shared_ptr<std::mutex> House::loading_of(EventId event) {
  const std::lock_guard lock(map_mutex_);
  std::erase_if(loading_, [](const auto& each) { return each.second.expired(); });
  std::weak_ptr<std::mutex>& known = loading_[event];
  std::shared_ptr<std::mutex> out = known.lock();
  if (out == nullptr) known = out = std::make_shared<std::mutex>();
  return out;
}

std::optional<Error> House::recall(EventId event) const {
  const Timestamp now = clock.now();
  const std::lock_guard lock(map_mutex_);
  const auto found = refusals_.find(event);
  if (found == refusals_.end() || !found->second.counts(now)) return std::nullopt;
  return found->second.error;
}

void House::remember(EventId event, const Error& error) {
  if (error.code != Errc::event_not_found && error.code != Errc::storage_mismatch) return;
  const Timestamp now = clock.now();
  const std::lock_guard lock(map_mutex_);
  if (refusals_.size() >= max_refusals)
    std::erase_if(refusals_, [&](const auto& each) { return !each.second.counts(now); });
  if (refusals_.size() < max_refusals) refusals_.insert_or_assign(event, Refusal{error, now});
}

bool House::Refusal::counts(Timestamp now) const {
  const std::int64_t age_ms = now.ms - at.ms;
  return age_ms >= 0 && age_ms < (error.code == Errc::storage_mismatch ? damaged_ms : unknown_ms);
}

Result<RoomPointer> House::load(EventId event) {
  auto live = std::make_shared<LiveRoom>(event, policy.defaults, hash_key_);
  live->used_at = live->read_at = clock.now();
  if (auto read = read_log(*live); read.has_error()) return read.error();
  Room& room = live->room;
  room.take_news();  // of times that nobody waits to hear of
  const std::int64_t grace_ms = std::min(policy.restart_grace_ms, room.facts().settings.active_ms);
  room.grant_until(live->time(clock).plus_ms(grace_ms));
  if (room.sequence() == 0) {
    const RoomPointer rooms[] = {live};
    if (auto asked = ask_sales(rooms, 0); asked.has_error()) return asked.error();
    if (!live->sale) return unknown_event();
  }
  return live;
}

RoomPointer House::longest_idle() const {
  RoomPointer out;
  Timestamp used_at;
  for (const RoomPointer& each : all()) {
    const std::lock_guard lock(each->mutex);
    if (each->is_occupied() || (out && each->used_at >= used_at)) continue;
    out = each;
    used_at = each->used_at;
  }
  return out;
}

Result<void> House::keep(const RoomPointer& room) {
  const std::lock_guard keeping(keeping_);
  if (size() >= policy.max_rooms) {
    const RoomPointer idle = longest_idle();
    if (idle == nullptr) return too_many_rooms();
    drop(*idle);
  }
  const std::lock_guard lock(map_mutex_);
  rooms_.emplace(room->event_id, room);
  return {};
}

Result<void> House::apply(LiveRoom& room, std::span<const RoomRecord> records, Author author) {
  for (std::size_t i = 0; i < records.size();) {
    // The draw takes long, so it is made before anybody has to wait for it.
    if (records[i].kind == RoomRecordKind::started) {
      if (!seed_of(records[i])) return damaged_log(room.event_id);
      WaitingLine drawn = room.room.draw(records[i]);
      const std::lock_guard lock(room.mutex);
      if (!room.room.apply_started(records[i], std::move(drawn))) return damaged_log(room.event_id);
      ++i;
      continue;
    }
    const std::lock_guard lock(room.mutex);
    const std::size_t end = std::min(records.size(), i + records_at_once);
    for (; i < end && records[i].kind != RoomRecordKind::started; ++i)
      if (!room.room.apply(records[i], author)) return damaged_log(room.event_id);
    room.is_on = room.room.facts().settings.enabled;
  }
  return {};
}

Result<void> House::read_log(LiveRoom& room) {
  for (;;) {
    const auto page = store.read(room.event_id, room.room.sequence(), page_records);
    if (page.has_error()) return page.error();
    if (auto applied = apply(room, *page); applied.has_error()) return applied;
    if (page->size() < page_records) break;
  }
  const std::lock_guard lock(room.mutex);
  room.is_on = room.room.facts().settings.enabled;
  return {};
}

Result<void> House::catch_up(LiveRoom& room) {
  const Timestamp now = clock.now();
  return caught_up(room, now, read_log(room));
}

Result<void> House::caught_up(LiveRoom& room, Timestamp now, const Result<void>& read) {
  if (read.has_error()) {
    if (read.error().code == Errc::storage_mismatch) drop(room);  // the next to ask loads it anew
    return read;
  }
  room.is_behind = false;
  const std::lock_guard lock(room.mutex);
  room.read_at = now;
  return {};
}

Result<void> House::ask_sales(std::span<const RoomPointer> rooms, std::int64_t max_age_ms) {
  const Timestamp now = clock.now();
  std::vector<SaleQuestion> questions;
  std::vector<LiveRoom*> asking;
  for (const RoomPointer& each : rooms) {
    const std::lock_guard lock(each->mutex);
    const std::int64_t age_ms = now.ms - each->sale_asked_at.ms;
    if (each->sale && age_ms >= 0 && age_ms < max_age_ms) continue;
    questions.push_back({each->event_id, each->room.facts().settings.max_payments > 0});
    asking.push_back(each.get());
  }
  if (questions.empty()) return {};
  const auto sales_now = sales.sales(questions);
  if (sales_now.has_error()) return sales_now.error();
  for (std::size_t i = 0; i < asking.size(); ++i) {
    const std::lock_guard lock(asking[i]->mutex);
    asking[i]->sale = (*sales_now)[i];
    asking[i]->sale_asked_at = now;
  }
  return {};
}

std::optional<RoomAppend> House::next_append(LiveRoom& room, const Decide& decide) {
  std::vector<RoomRecord> records = decide(room, clock.now());
  if (records.empty()) return std::nullopt;
  // A log tells everything itself, also what was set before anybody set it.
  if (room.room.sequence() == 0 && records.front().kind != RoomRecordKind::settings)
    records.insert(records.begin(),
                   {.kind = RoomRecordKind::settings, .text = settings_text(room.room.facts().settings)});
  Timestamp at;
  {
    const std::lock_guard lock(room.mutex);
    at = room.time(clock);
  }
  std::int64_t sequence = room.room.sequence();
  for (RoomRecord& record : records) record.sequence = ++sequence, record.at = at;
  const bool occupied = is_occupied_after(room.room.facts(), records);
  return RoomAppend{room.event_id, room.room.sequence(), std::move(records), occupied};
}

void House::decide_next(Appending& each, const Decide& decide) {
  each.next.reset();
  if (each.room->is_behind)
    if (auto read = catch_up(*each.room); read.has_error()) {
      // Whether what was tried before is in the log is still not known.
      if (each.answer.has_value() || each.answer.error().code != Errc::outcome_unknown) each.answer = read;
      return;
    }
  each.answer = Result<void>();
  each.next = next_append(*each.room, decide);
}

void House::decide_anew(Appending& each, std::span<const RoomRecord> since, const Decide& decide) {
  each.next.reset();
  // If it was asked before, it knows some of them.
  const auto news = std::ranges::upper_bound(since, each.room->room.sequence(), {}, &RoomRecord::sequence);
  each.answer = caught_up(*each.room, clock.now(), apply(*each.room, {news, since.end()}));
  if (each.answer.has_value()) each.next = next_append(*each.room, decide);
}

std::vector<Result<void>> House::append(std::span<const RoomPointer> rooms, const Decide& decide) {
  std::vector<Appending> all;
  all.reserve(rooms.size());
  for (const RoomPointer& room : rooms) all.push_back({room.get()});
  std::vector<Appending*> open;
  for (Appending& each : all) open.push_back(&each);
  for (int round = 0; round < max_rounds && !open.empty(); ++round) {
    for (Appending* each : open) decide_next(*each, decide);
    std::erase_if(open, [](const Appending* each) { return !each->next; });
    if (!open.empty()) store_next(open, decide);
    std::erase_if(open, [](const Appending* each) { return !is_undecided(each->answer); });
  }
  std::vector<Result<void>> answers;
  answers.reserve(all.size());
  for (Appending& each : all) answers.push_back(std::move(each.answer));
  return answers;
}

void House::store_next(std::span<Appending* const> open, const Decide& decide) {
  std::vector<RoomAppend> appends;
  appends.reserve(open.size());
  for (Appending* each : open) {
    appends.push_back(std::move(*each->next));
    each->next.reset();
    each->answer = too_late();
  }
  const auto revise = [&](const RoomAppend& late, std::span<const RoomRecord> since) {
    Appending& each =
        **std::ranges::find(open, late.event_id, [](const Appending* any) { return any->room->event_id; });
    decide_anew(each, since, decide);
    return each.next;
  };
  const auto outcomes = store.commit(appends, revise);
  for (std::size_t i = 0; i < open.size(); ++i) {
    Appending& each = *open[i];
    if (outcomes.has_error()) each.answer = outcomes.error();
    else if ((*outcomes)[i] == AppendOutcome::applied)
      each.answer = apply(*each.room, (each.next ? *each.next : appends[i]).records, Author::us);
    else if (each.next) each.answer = too_late();  // it was asked, but then what it wanted was not stored after all
    // Whether our records are in the log is seen there: whoever decides anew finds what he wanted.
    if (outcomes.has_error() || is_undecided(each.answer)) each.room->is_behind = true;
  }
}

std::vector<RoomStatus> House::status(LiveRoom& live, std::span<const UserId> users, bool touch) {
  std::vector<RoomStatus> out(users.size());
  std::vector<std::int64_t> admissions(users.size());
  {
    const std::lock_guard lock(live.mutex);
    const Timestamp at = live.time(clock), now = clock.now();
    live.used_at = now;
    const RoomFacts facts = live.room.facts();
    const auto rate = live.room.meter().rate_thousandths(at);
    const std::int64_t until_start_ms = live.sale ? live.sale->start.ms - now.ms : 0;
    for (std::size_t i = 0; i < users.size(); ++i) {
      RoomStatus& status = out[i];
      const RoomPlace place = live.room.place(users[i]);
      status.standing = place.standing;
      status.position = place.position;
      status.waiting = facts.waiting;
      status.active = facts.active;
      status.threshold = facts.settings.threshold;
      status.paused = facts.settings.paused;
      status.sold_out = facts.sold_out;
      // In the lobby any place is as likely as another.
      const std::int64_t likely = place.standing == RoomStanding::lobby ? (facts.waiting + 1) / 2 : place.position;
      status.estimated_wait_s = estimated_wait_s(likely, facts.settings, rate, until_start_ms);
      admissions[i] = place.admission;
      if (touch && place.admission != 0) live.room.touch(users[i], at);
    }
  }
  for (std::size_t i = 0; i < users.size(); ++i)
    if (admissions[i] != 0) out[i].entry_token = token(live.event_id, users[i], admissions[i]);
  return out;
}

std::string House::token(EventId event, UserId user, std::int64_t admission) {
  return signer.sign({event, user, admission, clock.now().plus_ms(policy.token_ms)});
}

RoomRecord House::lobby_record() {
  LobbySeed seed{};
  random.fill(seed);
  return {.kind = RoomRecordKind::lobby_opened, .text = lobby_text(seed)};
}

}  // namespace tiketi::waiting_room
