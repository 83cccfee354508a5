#include <tiketi/waiting_room/rules.hpp>

#include "core/base/names.hpp"
#include "core/base/sha256.hpp"

#include <charconv>
#include <limits>
#include <utility>

namespace tiketi {

std::string_view name(RoomMode mode) noexcept {
  static constexpr std::array<std::string_view, 2> names{"strict", "session"};
  return base::name_in(names, mode);
}

std::string_view name(RoomRecordKind kind) noexcept {
  static constexpr std::array<std::string_view, 12> names{"",        "settings", "lobby_opened",     "started",
                                                          "entered", "admitted", "admitted_at_once", "left",
                                                          "touched", "cleared",  "sold_out",         "restocked"};
  return base::name_in(names, kind);
}

std::string_view name(LobbyPhase phase) noexcept {
  static constexpr std::array<std::string_view, 3> names{"none", "open", "started"};
  return base::name_in(names, phase);
}

std::string_view name(RoomStanding standing) noexcept {
  static constexpr std::array<std::string_view, 5> names{"outside", "lobby", "waiting", "active", "open"};
  return base::name_in(names, standing);
}

namespace waiting_room {
namespace {

/// A setting's word in the log, and its bounds.
template <class Visit>
void for_each_setting(RoomSettings& settings, Visit visit) {
  std::int64_t enabled = settings.enabled, mode = static_cast<std::int64_t>(settings.mode), paused = settings.paused,
               lobby = settings.lobby;
  visit("enabled", enabled, 0, 1);
  visit("mode", mode, 0, 1);
  visit("threshold", settings.threshold, 1, max_room_threshold);
  visit("rate", settings.rate_per_second, 1, max_room_rate);
  visit("paused", paused, 0, 1);
  visit("active_ms", settings.active_ms, min_room_active_ms, max_room_active_ms);
  visit("lobby", lobby, 0, 1);
  visit("max_payments", settings.max_payments, 0, max_room_payments);
  settings.enabled = enabled != 0;
  settings.mode = static_cast<RoomMode>(mode);
  settings.paused = paused != 0;
  settings.lobby = lobby != 0;
}

Result<void> check_room_is_open(const Sale& sale, Timestamp now) {
  if (sale.cancelled) return Error{Errc::event_cancelled, "the event is cancelled"};
  if (now >= sale.end) return Error{Errc::sale_ended, "the sale is over", {{"ended_at", to_iso8601(sale.end)}}};
  return {};
}

}  // namespace

Result<void> check(const RoomSettings& settings) {
  RoomSettings copy = settings;
  std::string wrong, range;
  for_each_setting(copy, [&](std::string_view word, std::int64_t value, std::int64_t least, std::int64_t most) {
    if (!wrong.empty() || (value >= least && value <= most)) return;
    wrong = word;
    range = std::to_string(least) + " to " + std::to_string(most);
  });
  if (wrong.empty()) return {};
  return Error{Errc::invalid_argument, wrong + " must be " + range, {{"field", wrong}}};
}

RoomSettings patched(RoomSettings settings, const RoomSettingsPatch& patch) {
  settings.enabled = patch.enabled.value_or(settings.enabled);
  settings.mode = patch.mode.value_or(settings.mode);
  settings.threshold = patch.threshold.value_or(settings.threshold);
  settings.rate_per_second = patch.rate_per_second.value_or(settings.rate_per_second);
  settings.paused = patch.paused.value_or(settings.paused);
  settings.active_ms = patch.active_ms.value_or(settings.active_ms);
  settings.lobby = patch.lobby.value_or(settings.lobby);
  settings.max_payments = patch.max_payments.value_or(settings.max_payments);
  return settings;
}

std::string settings_text(const RoomSettings& settings) {
  RoomSettings copy = settings;
  std::string out;
  for_each_setting(copy, [&](std::string_view word, std::int64_t value, std::int64_t, std::int64_t) {
    if (!out.empty()) out += ' ';
    out += std::string(word) + '=' + std::to_string(value);
  });
  return out;
}

std::optional<RoomSettings> parse_settings(std::string_view text) {
  RoomSettings out;
  bool sound = true;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    const std::size_t equals = item.find('=');
    if (equals == item.npos) return std::nullopt;
    for_each_setting(out, [&](std::string_view word, std::int64_t& value, std::int64_t least, std::int64_t most) {
      if (word != item.substr(0, equals)) return;
      std::int64_t given = 0;
      const auto [end, error] = std::from_chars(item.data() + equals + 1, item.data() + item.size(), given);
      const bool is_amount = most > 1;
      if (error != std::errc() || end != item.data() + item.size() || given < least || (given > most && !is_amount))
        sound = false;
      else value = std::min(given, most);
    });
  }
  return sound ? std::optional(out) : std::nullopt;
}

LobbyCommitment commitment_of(const LobbySeed& seed) { return base::sha256(seed); }

std::uint64_t order_key(const LobbySeed& seed, UserId user) {
  std::array<std::uint8_t, 48> message{};
  std::copy(seed.begin(), seed.end(), message.begin());
  const auto id = user.uuid.bytes();
  std::copy(id.begin(), id.end(), message.begin() + 32);
  const auto hash = base::sha256(message);
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < 8; ++i) key = key << 8 | hash[i];
  return key;
}

std::vector<UserId> drawn(const LobbySeed& seed, std::vector<UserId> users) {
  std::vector<std::pair<std::uint64_t, UserId>> keyed;
  keyed.reserve(users.size());
  for (const UserId user : users) keyed.emplace_back(order_key(seed, user), user);
  std::sort(keyed.begin(), keyed.end());
  for (std::size_t i = 0; i < users.size(); ++i) users[i] = keyed[i].second;
  return users;
}

std::int64_t vacancies(const RoomFacts& room, const Sale& sale, Timestamp now) {
  const RoomSettings& settings = room.settings;
  if (!settings.enabled || settings.paused || room.sold_out || !sale.is_open(now)) return 0;
  if (settings.max_payments > 0 && sale.payments > settings.max_payments) return 0;
  std::int64_t most = settings.threshold;
  if (sale.places > 0) most = std::min(most, sale.free + sale.held);
  return std::max<std::int64_t>(0, most - room.active);
}

Result<Entry> enter(const RoomFacts& room, const Sale& sale, Timestamp now, std::int64_t max_waiting) {
  if (auto open = check_room_is_open(sale, now); open.has_error()) return open.error();
  if (room.waiting == 0 && room.lobby != LobbyPhase::open && vacancies(room, sale, now) > 0) return Entry::at_once;
  if (room.waiting >= max_waiting)
    return Error{Errc::queue_full, "no more can wait", {{"limit", std::to_string(max_waiting)}}};
  return Entry::wait;
}

std::int64_t admit(const RoomFacts& room, const Sale& sale, Timestamp now, std::int64_t allowance) {
  if (room.lobby == LobbyPhase::open) return 0;
  return std::max<std::int64_t>(0, std::min({room.waiting, vacancies(room, sale, now), allowance}));
}

bool lobby_opens(const RoomFacts& room, const Sale& sale, Timestamp now) {
  return room.settings.enabled && room.settings.lobby && room.lobby == LobbyPhase::none && room.waiting == 0 &&
         !sale.cancelled && now < sale.start;
}

bool lobby_starts(const RoomFacts& room, const Sale& sale, Timestamp now) {
  return room.lobby == LobbyPhase::open && (now >= sale.start || !room.settings.lobby || !room.settings.enabled);
}

std::optional<bool> stock_change(const RoomFacts& room, const Sale& sale) {
  const bool sold_out = sale.places > 0 && sale.free <= 0 && sale.held <= 0;
  return sold_out == room.sold_out ? std::nullopt : std::optional(sold_out);
}

void AdmissionMeter::count(Timestamp at, std::int64_t admitted) {
  const std::int64_t second = std::max(at.ms / second_ms, last_second_);
  const std::int64_t passed = std::min(seconds, second - last_second_);
  for (std::int64_t i = 1; i <= passed; ++i) counts_[static_cast<std::size_t>((last_second_ + i) % seconds)] = 0;
  if (passed == seconds) counts_.fill(0);
  last_second_ = second;
  counts_[static_cast<std::size_t>(second % seconds)] += admitted;
  if (!first_) first_ = at;
}

std::int64_t AdmissionMeter::last_minute(Timestamp now) const {
  const std::int64_t second = std::max(now.ms / second_ms, last_second_);
  std::int64_t sum = 0;
  for (std::int64_t each = second - seconds + 1; each <= last_second_; ++each)
    sum += counts_[static_cast<std::size_t>((each % seconds + seconds) % seconds)];
  return sum;
}

std::optional<std::int64_t> AdmissionMeter::rate_thousandths(Timestamp now) const {
  if (!first_) return std::nullopt;
  const std::int64_t measured_s = std::clamp<std::int64_t>((now.ms - first_->ms) / second_ms + 1, 1, seconds);
  return 1000 * last_minute(now) / measured_s;
}

std::int64_t estimated_wait_s(std::int64_t position, const RoomSettings& settings,
                              std::optional<std::int64_t> rate_thousandths, std::int64_t until_start_ms) {
  if (position <= 0) return 0;
  const std::int64_t configured = 1000 * settings.rate_per_second;
  std::int64_t rate = rate_thousandths.value_or(configured);
  // Idle admissions end by themselves, so it never goes slower than that for long.
  if (rate == 0) rate = std::clamp<std::int64_t>(settings.threshold * 1'000'000 / settings.active_ms, 1, configured);
  const std::int64_t wait_s = (position * 1000 + rate - 1) / rate;
  const std::int64_t before_s = std::max<std::int64_t>(0, until_start_ms + second_ms - 1) / second_ms;
  return std::min(max_estimated_wait_s, before_s + wait_s);
}

}  // namespace waiting_room
}  // namespace tiketi
