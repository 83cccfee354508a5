#pragma once
// Pure decisions of the waiting room. No I/O, clock or thread.

#include <tiketi/base/finding.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/waiting_room/room.hpp>
#include <tiketi/waiting_room/sale.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::waiting_room {

/// invalid_argument if a setting is out of its bounds; details: field.
Result<void> check(const RoomSettings& settings);
RoomSettings patched(RoomSettings settings, const RoomSettingsPatch& patch);

/// `enabled=1 mode=0 threshold=1000 …`, and back: a word that is not known is passed over, one that is missing has its
/// default, and an amount above its bound is the bound, so that versions understand each other. Nothing if it is no
/// such text.
std::string settings_text(const RoomSettings& settings);
std::optional<RoomSettings> parse_settings(std::string_view text);

// The lobby's draw; see room.hpp.
LobbyCommitment commitment_of(const LobbySeed& seed);
std::uint64_t order_key(const LobbySeed& seed, UserId user);
/// The users in the order of their keys.
std::vector<UserId> drawn(const LobbySeed& seed, std::vector<UserId> users);

/// What a decision is made on.
struct RoomFacts {
  RoomSettings settings;
  LobbyPhase lobby = LobbyPhase::none;
  bool sold_out = false;
  std::int64_t waiting = 0;
  std::int64_t active = 0;
};

/// How many more may be active, however long they have waited. None while paused, while the sale is not open or sold
/// out, or while too many payments are in progress. Never more are active than the threshold, nor than there are
/// customers who hold places and places for those who don't.
std::int64_t vacancies(const RoomFacts& room, const Sale& sale, Timestamp now);

enum class Entry : std::uint8_t { wait, at_once };

/// Where somebody goes who is not in the room: at once only if nobody waits and there is a vacancy. event_cancelled,
/// sale_ended, queue_full.
Result<Entry> enter(const RoomFacts& room, const Sale& sale, Timestamp now, std::int64_t max_waiting);

/// How many of those who wait are admitted now: none while the lobby is open.
std::int64_t admit(const RoomFacts& room, const Sale& sale, Timestamp now, std::int64_t allowance);

/// Whether a lobby is to be opened, or the one that is open to be closed and its places drawn. It never opens over
/// those who wait: they have their places.
bool lobby_opens(const RoomFacts& room, const Sale& sale, Timestamp now);
bool lobby_starts(const RoomFacts& room, const Sale& sale, Timestamp now);

/// True: it has sold out. False: there are places again. Nothing: as it was.
std::optional<bool> stock_change(const RoomFacts& room, const Sale& sale);

/// Admissions are paid from a bucket that `rate` fills every second and that holds one second's worth: in no stretch of
/// n seconds are there more than (n + 1) * rate, however often somebody asks.
struct RateBucket {
  std::int64_t thousandths = 0;
  Timestamp at;

  std::int64_t allowance(Timestamp now, std::int64_t rate) const noexcept { return filled(now, rate) / 1000; }
  void take(std::int64_t count, Timestamp now, std::int64_t rate) noexcept {
    thousandths = std::max<std::int64_t>(0, filled(now, rate) - 1000 * count);
    at = now;
  }

 private:
  std::int64_t filled(Timestamp now, std::int64_t rate) const noexcept {
    const std::int64_t elapsed_ms = std::clamp<std::int64_t>(now.ms - at.ms, 0, second_ms);
    return std::min(1000 * rate, thousandths + elapsed_ms * rate);
  }
};

/// How many were admitted lately, second by second.
class AdmissionMeter {
 public:
  void count(Timestamp at, std::int64_t admitted);
  void reset() { *this = {}; }
  std::int64_t last_minute(Timestamp now) const;
  /// A thousand times the rate per second, over the last minute or what has been measured of it; nothing if nobody was
  /// ever admitted.
  std::optional<std::int64_t> rate_thousandths(Timestamp now) const;

 private:
  static constexpr std::int64_t seconds = 60;
  std::array<std::int64_t, seconds> counts_{};
  std::int64_t last_second_ = 0;
  std::optional<Timestamp> first_;
};

/// Whole seconds until the one at that position is admitted, at that measured rate. Before anything was measured the
/// configured rate counts; if nobody was admitted for a minute, the pace at which idle admissions run out. Before the
/// sale starts the time until then is added. At most `max_estimated_wait_s`.
std::int64_t estimated_wait_s(std::int64_t position, const RoomSettings& settings,
                              std::optional<std::int64_t> rate_thousandths, std::int64_t until_start_ms);
inline constexpr std::int64_t max_estimated_wait_s = 30 * day_ms / second_ms;

/// What a log shows that should not be. Fed with all records of an event, from the first, it recomputes the line on its
/// own: that the log has no gaps and time runs forward; that a lobby opens in an empty line, and its seed is the one
/// committed to; that nobody is in the room twice, leaves it without being there or is idle for too short a time to be
/// sent away; that all admissions are of people who wait, while admission is not paused nor the lobby open, and within
/// the threshold. (That the first in order are admitted is how a log says it: `admitted` tells only how many.)
class Auditor {
 public:
  Auditor();
  ~Auditor();
  Auditor(Auditor&&) noexcept;
  Auditor& operator=(Auditor&&) noexcept;

  void add(const RoomRecord& record);
  /// At most 100.
  const std::vector<Finding>& findings() const;
  /// Everybody who was admitted, in order, and who waits still: what anybody can compare with what he was told.
  std::vector<UserId> admitted() const;
  std::vector<UserId> waiting() const;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

std::vector<Finding> audit(std::span<const RoomRecord> log);

}  // namespace tiketi::waiting_room
