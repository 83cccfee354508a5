#include <tiketi/base/base64.hpp>

#include <array>
#include <cstddef>

namespace tiketi {
namespace {

constexpr std::string_view url_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view plain_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_digit = 64;

using Values = std::array<std::uint8_t, 256>;

constexpr Values values_of(std::string_view digits) {
  Values out{};
  out.fill(no_digit);
  for (std::size_t i = 0; i < digits.size(); ++i)
    out[static_cast<std::uint8_t>(digits[i])] = static_cast<std::uint8_t>(i);
  return out;
}

constexpr Values url_values = values_of(url_digits);
constexpr Values plain_values = values_of(plain_digits);

std::string encode(std::span<const std::uint8_t> bytes, std::string_view digits) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t bits = 0;
  int count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = bits << 8 | byte;
    for (count += 8; count >= 6; count -= 6) out += digits[bits >> (count - 6) & 63];
  }
  if (count > 0) out += digits[bits << (6 - count) & 63];
  return out;
}

/// The text without padding.
std::optional<std::vector<std::uint8_t>> decode(std::string_view text, const Values& values) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::vector<std::uint8_t> out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::uint8_t value = values[static_cast<std::uint8_t>(c)];
    if (value == no_digit) return std::nullopt;
    bits = bits << 6 | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<std::uint8_t>(bits >> count));
  }
  // What is left over of the last digit stands for nothing, so it must be zero.
  if ((bits & ((1U << count) - 1)) != 0) return std::nullopt;
  return out;
}

}  // namespace

std::string to_base64url(std::span<const std::uint8_t> bytes) { return encode(bytes, url_digits); }

std::optional<std::vector<std::uint8_t>> from_base64url(std::string_view text) { return decode(text, url_values); }

std::string to_base64(std::span<const std::uint8_t> bytes) {
  std::string out = encode(bytes, plain_digits);
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return decode(text, plain_values);
}

}  // namespace tiketi
