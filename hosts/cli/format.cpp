#include "format.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace tiketi::cli {
namespace {

bool is_wide(std::uint32_t c) {
  return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
         (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
         (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
}

/// How many digits of a currency lie behind its point.
int decimals_of(Currency currency) {
  constexpr std::array whole = {"KRW", "JPY", "VND", "CLP", "ISK", "XAF", "XOF", "XPF", "PYG", "UGX"};
  return std::any_of(whole.begin(), whole.end(), [&](const char* code) { return currency.text() == code; }) ? 0 : 2;
}

}  // namespace

std::string with_commas(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::string format_money(Money money) {
  std::string out;
  if (decimals_of(money.currency) == 0) {
    out = with_commas(money.minor);
  } else {
    const std::string cents = std::to_string(money.minor % 100);
    out = with_commas(money.minor / 100) + (cents.size() < 2 ? ".0" : ".") + cents;
  }
  return out + ' ' + std::string(money.currency.text());
}

std::string format_time(Timestamp time) {
  std::string text = to_iso8601(time.plus_ms(seoul_offset_ms)).substr(0, 19);
  text[10] = ' ';
  return text + " KST";
}

std::string format_one_decimal(double number) {
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%.1f", number);
  return out.data();
}

std::string format_bytes(std::int64_t bytes) {
  constexpr std::array units = {"bytes", "kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1000 && unit + 1 < units.size(); ++unit) value /= 1000;
  return (unit == 0 ? std::to_string(bytes) : format_one_decimal(value)) + ' ' + units[unit];
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    std::uint32_t point = length == 1 ? lead : lead & (0xffU >> (length + 1));
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
      point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
    width += is_wide(point) ? 2 : 1;
    i += length;
  }
  return width;
}

std::string format_table(const Rows& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - display_width(row[i]) + 2, ' ');
    }
    out += '\n';
  }
  return out;
}

}  // namespace tiketi::cli
