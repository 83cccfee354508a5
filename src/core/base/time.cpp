#include <tiketi/base/time.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

namespace tiketi {
namespace {

char* write_digits(char* out, std::int64_t value, int width) {
  for (char* p = out + width; p != out; value /= 10) *--p = static_cast<char>('0' + value % 10);
  return out + width;
}

/// Takes the text apart from the left. Every function tells whether what it wanted was there.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool at_end() const { return text_.empty(); }

  bool skip(char wanted) {
    if (text_.empty() || text_.front() != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool number(std::size_t width, std::int64_t lowest, std::int64_t highest, std::int64_t& out) {
    if (text_.size() < width) return false;
    out = 0;
    for (const char c : text_.substr(0, width)) {
      if (c < '0' || c > '9') return false;
      out = out * 10 + (c - '0');
    }
    text_.remove_prefix(width);
    return out >= lowest && out <= highest;
  }

  /// The digits after the point, of which milliseconds are kept.
  bool fraction(std::int64_t& ms) {
    std::int64_t digit = 0;
    std::int64_t weight = 100;
    if (!number(1, 0, 9, digit)) return false;
    do {
      ms += digit * weight;
      weight /= 10;
    } while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9' && number(1, 0, 9, digit));
    return true;
  }

 private:
  std::string_view text_;
};

bool read_day(Reader& in, std::int64_t& days) {
  std::int64_t year = 0;
  std::int64_t month = 0;
  std::int64_t day = 0;
  if (!in.number(4, 0, 9999, year) || !in.skip('-') || !in.number(2, 1, 12, month) || !in.skip('-') ||
      !in.number(2, 1, 31, day))
    return false;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  days = std::chrono::sys_days(date).time_since_epoch().count();
  return date.ok();
}

bool read_time_of_day(Reader& in, std::int64_t& ms) {
  std::int64_t hour = 0;
  std::int64_t minute = 0;
  std::int64_t second = 0;
  if (!in.number(2, 0, 23, hour) || !in.skip(':') || !in.number(2, 0, 59, minute)) return false;
  ms = hour * hour_ms + minute * minute_ms;
  if (!in.skip(':')) return true;
  if (!in.number(2, 0, 59, second)) return false;
  ms += second * second_ms;
  return !in.skip('.') || in.fraction(ms);
}

/// `Z`, `+09:00`, `+0900` or `+09`; nothing leaves the offset as it is.
bool read_offset(Reader& in, std::int64_t& offset_ms) {
  if (in.at_end()) return true;
  if (in.skip('Z')) {
    offset_ms = 0;
    return true;
  }
  const std::int64_t sign = in.skip('-') ? -1 : 1;
  if (sign > 0 && !in.skip('+')) return false;
  std::int64_t hours = 0;
  std::int64_t minutes = 0;
  if (!in.number(2, 0, 23, hours)) return false;
  if ((in.skip(':') || !in.at_end()) && !in.number(2, 0, 59, minutes)) return false;
  offset_ms = sign * (hours * hour_ms + minutes * minute_ms);
  return true;
}

}  // namespace

std::string to_iso8601(Timestamp time) {
  const std::int64_t ms = std::clamp<std::int64_t>(time.ms, 0, latest_timestamp.ms);
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(ms / day_ms))};
  std::array<char, 24> text{};
  char* out = write_digits(text.data(), static_cast<int>(date.year()), 4);
  *out++ = '-';
  out = write_digits(out, static_cast<unsigned>(date.month()), 2);
  *out++ = '-';
  out = write_digits(out, static_cast<unsigned>(date.day()), 2);
  *out++ = 'T';
  out = write_digits(out, ms % day_ms / hour_ms, 2);
  *out++ = ':';
  out = write_digits(out, ms % hour_ms / minute_ms, 2);
  *out++ = ':';
  out = write_digits(out, ms % minute_ms / second_ms, 2);
  *out++ = '.';
  out = write_digits(out, ms % second_ms, 3);
  *out = 'Z';
  return {text.data(), text.size()};
}

std::optional<Timestamp> parse_iso8601(std::string_view text, std::int64_t default_offset_ms) {
  Reader in(text);
  std::int64_t days = 0;
  std::int64_t time_of_day = 0;
  std::int64_t offset = default_offset_ms;
  if (!read_day(in, days) || (!in.skip('T') && !in.skip(' ')) || !read_time_of_day(in, time_of_day) ||
      !read_offset(in, offset) || !in.at_end())
    return std::nullopt;
  const Timestamp time{days * day_ms + time_of_day - offset};
  if (time.ms < 0 || time > latest_timestamp) return std::nullopt;
  return time;
}

}  // namespace tiketi
