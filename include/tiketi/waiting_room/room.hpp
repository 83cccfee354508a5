#pragma once
// Nouns: an event's waiting room, and the log of what happened in it.
//
// A room is a deterministic state machine: its state follows from its log, record by record, and from nothing else.
// Who has the same log has the same line, the same admissions and the same lobby.
//
// The lobby. Who enters while it is open has no place yet. Before anybody enters, a secret seed of 32 random bytes is
// drawn and its commitment published: SHA-256(seed) (FIPS 180-4). When the sale starts the seed is revealed, and who is
// there is put in order by a number of their own:
//
//   order key = the first 8 bytes, read as a big-endian number, of SHA-256(seed ‖ user id)
//
// where the user id is the 16 bytes of the UUID in their usual (big-endian) order. The smallest key is the first; equal
// keys are in the order of the user ids. Whoever enters later stands behind all of them, first come, first served.
// Anybody can so compute the order from the seed, and see from the commitment that the seed was chosen before it was
// known who would come. (Whoever runs the house knows the seed and could look for user ids that suit it; against that,
// publish the list of accounts too.)

#include <tiketi/base/id.hpp>
#include <tiketi/base/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi {

/// What the box office asks of a customer while the room is on. The numbers are stored.
enum class RoomMode : std::uint8_t {
  strict = 0,   ///< an entry token
  session = 1,  ///< an admission that is not over; for clients that don't send the token
};
std::string_view name(RoomMode mode) noexcept;

/// What an administrator sets, at any time. Bounds: see below.
struct RoomSettings {
  bool enabled = false;  ///< false: everybody may buy, nobody is counted
  RoomMode mode = RoomMode::strict;
  std::int64_t threshold = 1'000;     ///< how many may be active at once
  std::int64_t rate_per_second = 50;  ///< how many who wait are admitted a second, at most
  bool paused = false;                ///< nobody is admitted; who enters waits
  std::int64_t active_ms = 300'000;   ///< how long an admission lasts after the customer's last activity
  bool lobby = false;                 ///< who enters before the sale starts is shuffled then; opens if nobody waits
  std::int64_t max_payments = 0;      ///< no admissions while more of its payments are in progress; 0: no limit
  friend bool operator==(const RoomSettings&, const RoomSettings&) = default;
};

/// What is set replaces the setting.
struct RoomSettingsPatch {
  std::optional<bool> enabled;
  std::optional<RoomMode> mode;
  std::optional<std::int64_t> threshold;
  std::optional<std::int64_t> rate_per_second;
  std::optional<bool> paused;
  std::optional<std::int64_t> active_ms;
  std::optional<bool> lobby;
  std::optional<std::int64_t> max_payments;
};

inline constexpr std::int64_t max_room_threshold = 1'000'000;
inline constexpr std::int64_t max_room_rate = 1'000'000;
inline constexpr std::int64_t min_room_active_ms = 10 * second_ms;
inline constexpr std::int64_t max_room_active_ms = day_ms;
inline constexpr std::int64_t max_room_payments = 1'000;  // no more are counted by event; see Sale::payments

/// The numbers are stored.
enum class RoomRecordKind : std::uint8_t {
  settings = 1,          ///< text: all of them, as `waiting_room::settings_text` writes them
  lobby_opened = 2,      ///< text: the commitment; behind a space the seed, which nobody is shown until `started`
  started = 3,           ///< text: the seed. Who waits is put in order
  entered = 4,           ///< the user waits, behind all others
  admitted = 5,          ///< number: how many; the first who wait
  admitted_at_once = 6,  ///< number: how many; all who wait, none of whom had to
  left = 7,              ///< the user, waiting or active, is out; number: a LeaveReason
  touched = 8,           ///< the active user was active, number: that many milliseconds before `at`
  cleared = 9,           ///< nobody waits or is active any more; a lobby that was open is closed
  sold_out = 10,         ///< no place is free or held
  restocked = 11,        ///< there are places again
};
std::string_view name(RoomRecordKind kind) noexcept;

enum class LeaveReason : std::uint8_t { left = 0, purchased = 1, expired = 2 };

/// Seed and commitment are written in base64url.
struct RoomRecord {
  std::int64_t sequence = 0;  ///< 1, 2, 3… in the event's log
  Timestamp at;               ///< never earlier than the record before it
  RoomRecordKind kind = RoomRecordKind::entered;
  UserId user_id;
  std::int64_t number = 0;
  std::string text;
  friend bool operator==(const RoomRecord&, const RoomRecord&) = default;
};

using LobbySeed = std::array<std::uint8_t, 32>;
using LobbyCommitment = std::array<std::uint8_t, 32>;

enum class LobbyPhase : std::uint8_t {
  none,     ///< first come, first served
  open,     ///< places are drawn when the sale starts
  started,  ///< they were
};
std::string_view name(LobbyPhase phase) noexcept;

/// Where a user is.
enum class RoomStanding : std::uint8_t {
  outside,  ///< not in the room
  lobby,    ///< waits for the draw
  waiting,  ///< has a place in the line
  active,   ///< admitted
  open,     ///< the room is off: everybody may buy
};
std::string_view name(RoomStanding standing) noexcept;

/// What a customer is told.
struct RoomStatus {
  RoomStanding standing = RoomStanding::outside;
  std::int64_t position = 0;          ///< from 1 while waiting; else 0
  std::int64_t estimated_wait_s = 0;  ///< from the measured rate; while paused, as if it went on now
  std::int64_t waiting = 0;           ///< all who wait
  std::int64_t active = 0;
  std::int64_t threshold = 0;
  bool paused = false;
  bool sold_out = false;
  std::string entry_token;  ///< while active
  bool queued() const noexcept { return standing == RoomStanding::lobby || standing == RoomStanding::waiting; }
};

/// Whom one process has let in, whatever became of them since. Over all processes no admission counts twice.
struct LetIn {
  std::int64_t at_once = 0;             ///< who did not have to wait
  std::vector<std::int64_t> waited_ms;  ///< of each who had to: since he entered, or places were drawn
};

/// What an administrator is told.
struct RoomView {
  EventId event_id;
  RoomSettings settings;
  std::int64_t waiting = 0;
  std::int64_t active = 0;
  std::int64_t available = 0;             ///< threshold - active, at least 0
  std::int64_t admissions = 0;            ///< of all time
  std::int64_t admitted_last_minute = 0;  ///< of those who had waited
  bool sold_out = false;
  LobbyPhase lobby = LobbyPhase::none;
  std::string commitment;    ///< base64url; empty if there was no lobby
  std::string seed;          ///< base64url; empty until it is revealed
  std::int64_t records = 0;  ///< the log's length
};

}  // namespace tiketi
