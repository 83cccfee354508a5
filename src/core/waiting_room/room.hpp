#pragma once
// A room's state, as its log makes it; and, beside that, what this process has seen of its active users.

#include "core/waiting_room/line.hpp"

#include <tiketi/waiting_room/room.hpp>
#include <tiketi/waiting_room/rules.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tiketi::waiting_room {

struct Admission {
  UserId user_id;
  std::int64_t number = 0;
  std::int64_t waited_ms = 0;
};

/// Where a user is.
struct RoomPlace {
  RoomStanding standing = RoomStanding::outside;
  std::int64_t position = 0;   // while waiting
  std::int64_t admission = 0;  // its number, while active
};

/// What records have changed since it was taken last: for those who wait for it.
struct RoomNews {
  std::vector<Admission> admitted;  ///< who had waited
  std::vector<UserId> expired;
  bool was_cleared = false;
  bool has_started = false;
  bool settings_changed = false;
  std::optional<bool> sold_out;
  LetIn let_in;  ///< by us
};

/// Whose decision a record was.
enum class Author : std::uint8_t { us, another_process };

std::string lobby_text(const LobbySeed& seed);
/// The seed of a lobby, opened or started; nothing if it is no such text.
std::optional<LobbySeed> seed_of(const RoomRecord& record);
/// Of a lobby that was opened.
std::string_view commitment_text(const RoomRecord& record);

/// Not thread-safe.
class Room {
 public:
  Room(const RoomSettings& defaults, std::uint64_t hash_key);

  /// The next record of the log. False, and nothing changes, if it can't be: the log is damaged.
  bool apply(const RoomRecord& record, Author author);
  /// What `apply` of `started` does, prepared without changing anything: it takes long.
  WaitingLine draw(const RoomRecord& started) const;
  bool apply_started(const RoomRecord& record, WaitingLine drawn);

  std::int64_t sequence() const noexcept { return sequence_; }
  Timestamp last_at() const noexcept { return last_at_; }
  RoomFacts facts() const;
  RoomPlace place(UserId user) const;
  /// Whether he waits or is active, also while the room is off.
  bool contains(UserId user) const { return active_.contains(user) || line_.contains(user); }
  /// The number of a user's admission; 0 for who is not active.
  std::int64_t admission(UserId user) const;
  /// When it began; nothing for who is not active.
  std::optional<Timestamp> admitted_at(UserId user) const;
  std::int64_t admissions() const noexcept { return admissions_; }
  const AdmissionMeter& meter() const noexcept { return meter_; }
  std::int64_t allowance(Timestamp at) const { return bucket_.allowance(at, settings_.rate_per_second); }
  const std::optional<LobbySeed>& seed() const noexcept { return seed_; }
  const std::string& commitment() const noexcept { return commitment_; }
  RoomNews take_news() { return std::exchange(news_, {}); }

  // What is not in the log yet.
  void touch(UserId user, Timestamp at);
  /// Nobody's admission is over before then: after a restart, of which the customers know nothing.
  void grant_until(Timestamp at) { granted_until_ = at; }
  /// Activity that has to be logged now: of long since the last time, or of who would seem idle otherwise. `margin_ms`:
  /// how long before that.
  std::vector<std::pair<UserId, Timestamp>> unlogged_activity(Timestamp at, std::int64_t margin_ms);
  /// Whose admission is over, at most `limit`; asking changes nothing.
  std::vector<UserId> overdue(Timestamp at, std::size_t limit);

 private:
  struct Active {
    std::int64_t admission = 0;
    Timestamp admitted_at;
    Timestamp logged_at;
    Timestamp active_at;
    bool is_dirty = false;  // in dirty_
  };
  /// An admission that is over at the earliest `active_ms` after that time.
  struct Due {
    Timestamp active_at;
    UserId user;
    std::int64_t admission = 0;
    friend bool operator>(const Due& a, const Due& b) { return a.active_at > b.active_at; }
  };
  /// Keyed like the line's index.
  struct Hash {
    std::uint64_t key;
    std::size_t operator()(UserId user) const noexcept {
      return std::hash<Uuid>{}({user.uuid.high ^ key, user.uuid.low});
    }
  };

  bool can_apply(const RoomRecord& record) const;
  void set(const RoomSettings& settings, Timestamp at);
  void admit(const RoomRecord& record, Author author);
  void clear();

  std::uint64_t hash_key_;
  std::int64_t sequence_ = 0;
  Timestamp last_at_;
  RoomSettings settings_;
  LobbyPhase lobby_ = LobbyPhase::none;
  std::optional<LobbySeed> seed_;
  std::string commitment_;
  bool sold_out_ = false;
  Timestamp granted_until_;
  std::int64_t admissions_ = 0;
  WaitingLine line_;
  std::unordered_map<UserId, Active, Hash> active_;
  RateBucket bucket_;
  AdmissionMeter meter_;
  RoomNews news_;
  // Each active user has one entry that is right or too early, so activity need not move any.
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::vector<UserId> dirty_;
};

}  // namespace tiketi::waiting_room
