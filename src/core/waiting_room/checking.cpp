#include "core/waiting_room/checking.hpp"

namespace tiketi::waiting_room {
namespace {

/// How often a room is looked up in its log for somebody whom this process does not know to be admitted, if its turns
/// don't see to that.
constexpr std::int64_t look_again_ms = second_ms;

Error queue_required(EventId event) {
  return {Errc::queue_required, "the event has a waiting room; enter it first", {{"event", event.text()}}};
}

/// What the token says, if it is one for this question.
Result<EntryClaims> read_token(House& house, const AdmissionQuestion& question) {
  if (question.entry_token.empty()) return queue_required(question.event_id);
  if (question.entry_token.size() != entry_token_characters)
    return Error{Errc::entry_token_forged, "that is no entry token"};
  const auto claims = house.signer.verify(question.entry_token);
  if (claims.has_error()) return claims;
  if (claims->event_id != question.event_id)
    return Error{Errc::entry_token_other_event, "the entry token is for another event"};
  if (claims->user_id != question.user_id)
    return Error{Errc::entry_token_other_user, "the entry token was given to somebody else"};
  if (claims->expires_at <= house.clock.now())
    return Error{
        Errc::entry_token_expired, "the entry token has expired", {{"expired_at", to_iso8601(claims->expires_at)}}};
  return claims;
}

struct Standing {
  bool is_on = true;
  RoomMode mode = RoomMode::strict;
  std::int64_t admission = 0;   // of the user; 0: none
  std::int64_t admissions = 0;  // of all
  bool is_fresh = false;        // the log was looked at lately
};

Standing look(House& house, LiveRoom& live, UserId user) {
  const std::lock_guard lock(live.mutex);
  const Timestamp now = house.clock.now();
  const RoomSettings settings = live.room.facts().settings;
  Standing out{settings.enabled, settings.mode, live.room.admission(user), live.room.admissions(), false};
  out.is_fresh = now >= live.read_at && now.ms - live.read_at.ms < look_again_ms;
  live.used_at = now;
  if (out.admission != 0) live.room.touch(user, live.time(house.clock));
  return out;
}

}  // namespace

Result<void> check_admission(House& house, const AdmissionQuestion& question) {
  const auto opened = house.open(question.event_id);
  if (opened.has_error()) return opened.error();
  LiveRoom& live = **opened;
  if (!live.is_on) return {};
  Standing standing = look(house, live, question.user_id);
  if (!standing.is_on || (standing.mode == RoomMode::session && standing.admission != 0)) return {};
  const auto claims = read_token(house, question);

  // Another process may have admitted him since the log was read. A genuine token says so for certain. But nobody waits
  // here for what others store, which takes as long as a disk does: this process's next turn finds him.
  const bool is_ahead = claims.has_value() && claims->admission > standing.admissions;
  if (is_ahead || (standing.mode == RoomMode::session && !standing.is_fresh)) {
    const std::unique_lock lock(house.writing, std::try_to_lock);
    if (!lock.owns_lock() && is_ahead)
      return Error{Errc::unavailable, "the admission is not known here yet; ask again"};
    if (lock.owns_lock()) {
      if (auto read = house.catch_up(live); read.has_error()) return read;
      standing = look(house, live, question.user_id);
    }
  }
  if (!standing.is_on || (standing.mode == RoomMode::session && standing.admission != 0)) return {};
  if (claims.has_error()) return claims.error();
  if (standing.admission == claims->admission) return {};
  return Error{Errc::admission_over, "the admission is over; enter the waiting room again"};
}

}  // namespace tiketi::waiting_room
