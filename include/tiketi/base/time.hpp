#pragma once
// Points in time: milliseconds since 1970-01-01T00:00:00Z, without leap seconds. The core never asks
// the system for the time; it asks the Clock port.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tiketi {

struct Timestamp {
  std::int64_t ms = 0;

  friend constexpr auto operator<=>(const Timestamp&, const Timestamp&) = default;
  constexpr Timestamp plus_ms(std::int64_t delta) const noexcept { return {ms + delta}; }
};

inline constexpr std::int64_t second_ms = 1000;
inline constexpr std::int64_t minute_ms = 60 * second_ms;
inline constexpr std::int64_t hour_ms = 60 * minute_ms;
inline constexpr std::int64_t day_ms = 24 * hour_ms;

/// Korea Standard Time. Korea has kept it all year since 1988, so the offset is the whole zone.
inline constexpr std::int64_t seoul_offset_ms = 9 * hour_ms;

/// The latest time that is accepted anywhere: 9999-12-31T23:59:59.999Z.
inline constexpr Timestamp latest_timestamp{253402300799999};

/// ISO 8601 in UTC with milliseconds, `2026-11-20T10:33:08.372Z`. Times outside 0…latest are clamped.
std::string to_iso8601(Timestamp time);

/// Reads ISO 8601: a date, `T` or a space, hours and minutes, optional seconds and fraction, optional
/// `Z` or offset. Without an offset it is wall time at `default_offset_ms`. Nothing if it is malformed
/// or outside 1970…9999.
std::optional<Timestamp> parse_iso8601(std::string_view text, std::int64_t default_offset_ms = seoul_offset_ms);

/// The instant of a wall-clock time on the day that is `days` after the day of `now`, in a zone with
/// that offset. `time_of_day_ms` counts from midnight.
constexpr Timestamp relative_day(Timestamp now, std::int64_t days, std::int64_t time_of_day_ms,
                                 std::int64_t offset_ms = seoul_offset_ms) noexcept {
  const std::int64_t local_day = (now.ms + offset_ms) / day_ms;
  return {(local_day + days) * day_ms + time_of_day_ms - offset_ms};
}

}  // namespace tiketi
