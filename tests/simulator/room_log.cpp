// The rules of a waiting room's log.

#include "rooms.hpp"

#include "scene.hpp"

#include <tiketi/base/base64.hpp>
#include <tiketi/waiting_room/rules.hpp>

#include <sodium.h>

#include <algorithm>

namespace tiketi::test {

namespace {

using Wrong = std::optional<std::string>;

std::array<std::uint8_t, 32> sha256(const std::vector<std::uint8_t>& message) {
  std::array<std::uint8_t, 32> out{};
  crypto_hash_sha256(out.data(), message.data(), message.size());
  return out;
}

/// The lobby's order by its definition, with another SHA-256 than the waiting room's.
std::vector<UserId> shuffled(const std::string& seed, const std::vector<UserId>& users) {
  const std::vector<std::uint8_t> seed_bytes = from_base64url(seed).value();
  std::vector<std::pair<std::vector<std::uint8_t>, UserId>> keyed;
  for (const UserId user : users) {
    std::vector<std::uint8_t> message = seed_bytes;
    for (const std::uint8_t byte : user.uuid.bytes()) message.push_back(byte);
    const auto hash = sha256(message);
    keyed.push_back({{hash.begin(), hash.begin() + 8}, user});  // bytes compare like big-endian numbers
  }
  std::sort(keyed.begin(), keyed.end());
  std::vector<UserId> out;
  for (const auto& [key, user] : keyed) out.push_back(user);
  return out;
}

bool is_commitment(const std::string& commitment, const std::string& seed) {
  const auto bytes = from_base64url(seed);
  return bytes && bytes->size() == 32 && to_base64url(sha256(*bytes)) == commitment;
}

/// The rules of a log, and what each record does. What is done is plain enough to be believed.
class Scribe {
 public:
  Scribe(Scene& scene, int process, EventId event)
      : scene_(scene),
        call_(scene.calls.back()),
        book_(scene.rooms.book(event)),
        event_(event),
        process_(process),
        state_(book_.now()) {}

  Wrong enter(const RoomRecord& record) {
    const RoomRecord* last = book_.log.empty() ? nullptr : &book_.log.back();
    if (record.sequence != (last ? last->sequence : 0) + 1) return "a waiting room's log has a gap";
    if (last && record.at < last->at) return "a waiting room's time runs backwards";
    if (auto wrong = find_wrong_time(record)) return wrong;
    if (auto wrong = apply(record)) return *wrong + " (" + std::string(name(record.kind)) + ")";
    if (static_cast<std::int64_t>(state_.active.size()) > state_.settings.threshold && is_admission(record))
      return "more are active than the threshold allows";
    scene_.note("  room " + show(event_.uuid) + ": " + std::string(name(record.kind)) + ' ' +
                (record.user_id.is_nil() ? std::string() : show(record.user_id.uuid)) + ' ' +
                std::to_string(record.number));
    scene_.count("room: " + std::string(name(record.kind)));
    book_.log.push_back(record);
    call_.room.recorded[event_].push_back(record);
    return std::nullopt;
  }

  const RoomState& state() const { return state_; }

 private:
  static bool is_admission(const RoomRecord& record) {
    return record.kind == RoomRecordKind::admitted || record.kind == RoomRecordKind::admitted_at_once;
  }
  bool is(RoomDeed deed) const { return call_.room.deed == deed; }
  template <class Predicate>
  bool at_some_time(Predicate&& predicate) const {
    return std::any_of(call_.times.begin(), call_.times.end(), predicate);
  }
  const Event& event() const { return *scene_.programme.find(event_); }
  bool has_begun() const {
    return at_some_time([this](Timestamp now) { return now >= event().sale_start; });
  }
  bool is_over() const {
    return event().cancelled || at_some_time([this](Timestamp now) { return now >= event().sale_end; });
  }
  /// While the clock only goes forward, the room's time is the clock's; then it is ahead.
  Wrong find_wrong_time(const RoomRecord& record) const {
    const bool went_back = scene_.rooms.clock_went_back;
    if (at_some_time([&](Timestamp now) { return went_back ? now <= record.at : now == record.at; })) return {};
    return "a waiting room shows a time that the clock did not";
  }
  bool is_on_sale() const {
    return at_some_time([this](Timestamp now) { return event().sale_start <= now && now < event().sale_end; });
  }

  Wrong apply(const RoomRecord& record) {
    switch (record.kind) {
      case RoomRecordKind::settings:
        return set(record);
      case RoomRecordKind::lobby_opened:
        return open_lobby(record);
      case RoomRecordKind::started:
        return start(record);
      case RoomRecordKind::entered:
        return arrive(record);
      case RoomRecordKind::admitted:
      case RoomRecordKind::admitted_at_once:
        return admit(record);
      case RoomRecordKind::left:
        return leave(record);
      case RoomRecordKind::touched:
        return touch(record);
      case RoomRecordKind::cleared:
        return clear(record);
      case RoomRecordKind::sold_out:
      case RoomRecordKind::restocked:
        if (!is(RoomDeed::turn)) return "nobody asked for that";
        if ((record.kind == RoomRecordKind::sold_out) == state_.sold_out) return "it was so before";
        state_.sold_out = !state_.sold_out;
        return std::nullopt;
    }
    return "an unknown kind of record";
  }

  Wrong set(const RoomRecord& record) {
    const auto settings = waiting_room::parse_settings(record.text);
    if (!settings) return "settings can't be read";
    const bool asked = is(RoomDeed::set) && call_.room.event_id == event_ &&
                       *settings == waiting_room::patched(state_.settings, call_.room.patch);
    if (!asked && !(book_.log.empty() && *settings == scene_.rooms.policy.defaults)) return "nobody set that";
    // Whoever was in while the room was off is active when it is on again.
    if (settings->enabled && !state_.settings.enabled)
      for (auto& [user, active] : state_.active) {
        scene_.count("room: active on return");
        active.active_at = record.at;
      }
    state_.settings = *settings;
    return std::nullopt;
  }

  Wrong open_lobby(const RoomRecord& record) {
    const std::size_t space = record.text.find(' ');
    if (space == std::string::npos) return "a lobby lacks its seed";
    if (!is(RoomDeed::enter) && !is(RoomDeed::set)) return "nobody asked for that";
    if (!state_.settings.enabled || !state_.settings.lobby || state_.lobby != LobbyPhase::none)
      return "there is to be no lobby";
    if (!state_.line.empty()) return "there are places already";
    if (!at_some_time([this](Timestamp now) { return now < event().sale_start; })) return "the sale has begun";
    state_.lobby = LobbyPhase::open;
    state_.commitment = record.text.substr(0, space);
    state_.seed = record.text.substr(space + 1);
    if (!is_commitment(state_.commitment, state_.seed)) return "a commitment is not the seed's";
    return std::nullopt;
  }

  Wrong start(const RoomRecord& record) {
    if (state_.lobby != LobbyPhase::open) return "there is no lobby";
    if (record.text != state_.seed) return "another seed was committed to";
    if (!has_begun() && state_.settings.enabled && state_.settings.lobby) return "the sale has not begun";
    state_.lobby = LobbyPhase::started;
    state_.line = shuffled(state_.seed, state_.line);
    for (const UserId user : state_.line) state_.waiting_since[user] = record.at;
    return std::nullopt;
  }

  Wrong arrive(const RoomRecord& record) {
    const UserId user = record.user_id;
    if (state_.contains(user)) return "somebody has two places";
    if (!state_.settings.enabled) return "the room is off";
    if (!at_some_time([this](Timestamp now) { return now < event().sale_end; })) return "the sale is over";
    if (state_.settings.lobby && state_.lobby == LobbyPhase::none && state_.line.empty() && !has_begun())
      return "there is to be a lobby";
    // Each command once, in order.
    const auto& entering = call_.room.entering;
    const auto from = entering.begin() + static_cast<std::ptrdiff_t>(last_arrival_);
    const auto found = std::find_if(from, entering.end(),
                                    [&](const Enter& each) { return each.event_id == event_ && each.user_id == user; });
    if (found == entering.end()) return "nobody asked for that, or it was not his turn";
    last_arrival_ = static_cast<std::size_t>(found - entering.begin()) + 1;
    state_.line.push_back(user);
    state_.waiting_since[user] = record.at;
    arrived_.insert(user);
    return std::nullopt;
  }

  Wrong admit(const RoomRecord& record) {
    const bool at_once = record.kind == RoomRecordKind::admitted_at_once;
    if (!is(at_once ? RoomDeed::enter : RoomDeed::turn)) return "nobody asked for that";
    if (!state_.settings.enabled || state_.settings.paused) return "the room is off or paused";
    if (state_.lobby == LobbyPhase::open) return "the lobby is open";
    if (state_.sold_out) return "nothing is left";
    if (!is_on_sale()) return "the event is not on sale";
    if (record.number < 1 || record.number > static_cast<std::int64_t>(state_.line.size())) return "so many don't wait";
    const bool all_are_new =
        std::all_of(state_.line.begin(), state_.line.end(), [this](UserId user) { return arrived_.contains(user); });
    if (at_once && (record.number != static_cast<std::int64_t>(state_.line.size()) || !all_are_new))
      return "somebody overtakes who waits";
    for (std::int64_t i = 0; i < record.number; ++i) {
      const UserId user = state_.line.front();
      state_.line.erase(state_.line.begin());
      state_.active[user] = {++state_.admissions, record.at, record.at};
      book_.admitted.push_back(user);
      book_.waited_ms.push_back(record.at.ms - state_.waiting_since.at(user).ms);
      state_.waiting_since.erase(user);
    }
    return at_once ? std::nullopt : find_too_fast(record);
  }

  /// In no stretch of n seconds are there more than (n + 1) times the rate.
  Wrong find_too_fast(const RoomRecord& record) const {
    std::int64_t rate = state_.settings.rate_per_second;
    std::int64_t admitted = record.number;
    if (admitted > rate) return "more are admitted than a second allows";
    for (auto at = book_.log.rbegin(); at != book_.log.rend() && record.at.ms - at->at.ms <= minute_ms; ++at) {
      if (at->kind == RoomRecordKind::settings)
        rate = std::max(rate, waiting_room::parse_settings(at->text)->rate_per_second);
      if (at->kind != RoomRecordKind::admitted) continue;
      admitted += at->number;
      // The rate before the setting that is found next counts too.
      const std::int64_t before = std::max(rate, rate_before(*at));
      if (1000 * admitted > before * (second_ms + record.at.ms - at->at.ms)) return "they are admitted too fast";
    }
    return std::nullopt;
  }
  std::int64_t rate_before(const RoomRecord& record) const {
    for (auto at = static_cast<std::size_t>(record.sequence); at-- > 0;)
      if (book_.log[at].kind == RoomRecordKind::settings)
        return waiting_room::parse_settings(book_.log[at].text)->rate_per_second;
    return 0;
  }

  Wrong leave(const RoomRecord& record) {
    const UserId user = record.user_id;
    if (!state_.contains(user)) return "somebody leaves who is not there";
    if (record.number == static_cast<std::int64_t>(LeaveReason::expired)) {
      if (auto wrong = find_early_end(record)) return wrong;
    } else if (is(RoomDeed::leave) ? !asked_to_leave(record) : !has_bought(record)) {
      return "somebody is sent away who did not ask for it";
    }
    std::erase(state_.line, user);
    state_.waiting_since.erase(user);
    state_.active.erase(user);
    return std::nullopt;
  }
  bool asked_to_leave(const RoomRecord& record) const {
    const auto& leaving = call_.room.leaving;
    return std::any_of(leaving.begin(), leaving.end(), [&](const Leave& each) {
      return each.event_id == event_ && each.user_id == record.user_id &&
             static_cast<std::int64_t>(each.reason) == record.number && state_.concerns(each);
    });
  }
  /// Since he was admitted.
  bool has_bought(const RoomRecord& record) const {
    const auto buyer = scene_.books.buyers.find(record.user_id);
    if (record.number != static_cast<std::int64_t>(LeaveReason::purchased) || buyer == scene_.books.buyers.end())
      return false;
    return std::any_of(buyer->second.begin(), buyer->second.end(), [&](ReservationId id) {
      const std::vector<Entry>& history = scene_.books.reservations.at(id);
      return std::any_of(history.begin(), history.end(), [&](const Entry& each) {
        const Leave purchase{each.reservation.event_id, record.user_id, LeaveReason::purchased,
                             each.reservation.updated_at};
        return each.news == ReservationNews::confirmed && purchase.event_id == event_ && state_.concerns(purchase);
      });
    });
  }
  Wrong find_early_end(const RoomRecord& record) const {
    if (!is(RoomDeed::turn)) return "nobody asked for that";
    if (!state_.settings.enabled) return "the room is off";
    const auto active = state_.active.find(record.user_id);
    if (active == state_.active.end()) return "somebody waits for too long";
    const std::int64_t active_ms = state_.settings.active_ms;
    if (record.at.ms - active->second.active_at.ms < active_ms) return "an admission ends too early";
    if (scene_.rooms.clock_went_back) return std::nullopt;
    // While the clock only goes forward, the room's time is the clock's.
    const auto seen = scene_.rooms.seen.find({process_, event_, record.user_id});
    if (seen != scene_.rooms.seen.end() && seen->second.admission == active->second.admission &&
        record.at.ms - seen->second.at.ms < active_ms)
      return "the admission of somebody ends who was active just now";
    const RoomMemory& memory = scene_.rooms.memories.at({process_, event_});
    if (active->second.admission <= memory.loaded_admissions && record.at.ms - memory.loaded_at.ms < memory.grace_ms)
      return "an admission ends right after a restart";
    return std::nullopt;
  }

  Wrong touch(const RoomRecord& record) {
    const auto active = state_.active.find(record.user_id);
    if (!is(RoomDeed::turn)) return "nobody asked for that";
    if (active == state_.active.end()) return "somebody is active who is not admitted";
    if (!scene_.rooms.seen.contains({process_, event_, record.user_id})) return "somebody's activity was made up";
    if (record.number < 0) return "somebody's activity is to come";
    active->second.active_at = std::max(active->second.active_at, record.at.plus_ms(-record.number));
    return std::nullopt;
  }

  Wrong clear(const RoomRecord& record) {
    if (auto wrong = find_wrong_clearing()) return wrong;
    if (record.number != static_cast<std::int64_t>(state_.line.size() + state_.active.size()))
      return "a wrong number is sent away";
    state_.line.clear();
    state_.waiting_since.clear();
    state_.active.clear();
    if (state_.lobby == LobbyPhase::open) {  // one that was drawn can be checked for longer
      state_.commitment.clear();
      state_.seed.clear();
    }
    state_.lobby = LobbyPhase::none;
    return std::nullopt;
  }

  Wrong find_wrong_clearing() const {
    if (is(RoomDeed::clear) && call_.room.event_id == event_)
      return state_.line.empty() && state_.active.empty() ? Wrong("nobody is there") : std::nullopt;
    if (!is(RoomDeed::turn)) return "nobody asked for that";
    if (!state_.is_awaited()) return "nobody waits";
    if (!is_over()) return "the sale is not over";
    scene_.count("room: cleared by a turn");
    return std::nullopt;
  }

  Scene& scene_;
  Call& call_;
  RoomBook& book_;
  const EventId event_;
  const int process_;
  RoomState state_;
  std::set<UserId> arrived_;  // in this append
  std::size_t last_arrival_ = 0;
};

}  // namespace

std::optional<std::string> enter_append(Scene& scene, int process, const RoomAppend& append, AppendOutcome told) {
  RoomBook& book = scene.rooms.book(append.event_id);
  const bool fits = append.after_sequence == static_cast<std::int64_t>(book.log.size());
  if ((told == AppendOutcome::applied) != fits)
    return fits ? "a store refused the next records of a waiting room" : "a store did not see a conflict in a log";
  scene.count(fits ? "room: applied" : "room: conflict");
  if (!fits) return std::nullopt;
  Scribe scribe(scene, process, append.event_id);
  for (const RoomRecord& record : append.records)
    if (auto wrong = scribe.enter(record)) return "in a waiting room: " + *wrong;
  const std::size_t line = scribe.state().line.size();
  if (line > book.now().line.size() && static_cast<std::int64_t>(line) > scene.rooms.policy.max_waiting)
    return "more wait in a waiting room than may";
  if (append.occupied != scribe.state().is_occupied()) return "a waiting room is not called empty or occupied as it is";
  book.states[static_cast<std::int64_t>(book.log.size())] = scribe.state();
  return std::nullopt;
}

}  // namespace tiketi::test
