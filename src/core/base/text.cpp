#include <tiketi/base/text.hpp>

#include <cstdint>
#include <optional>

namespace tiketi {
namespace {

/// Takes the first character off the text; nothing if its bytes are not UTF-8 (RFC 3629).
std::optional<char32_t> next_character(std::string_view& text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length == 0 || length > text.size()) return std::nullopt;
  char32_t character = length == 1 ? lead : lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
    character = character << 6 | (byte(i) & 0x3f);
  }
  const bool overlong = (length == 3 && character < 0x800) || (length == 4 && character < 0x10000);
  const bool surrogate = character >= 0xd800 && character <= 0xdfff;
  if (overlong || surrogate || character > 0x10ffff) return std::nullopt;
  text.remove_prefix(length);
  return character;
}

constexpr bool is_control(char32_t character) noexcept {
  return character < 0x20 || (character >= 0x7f && character <= 0x9f);
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty())
    if (!next_character(text)) return false;
  return true;
}

bool is_clean_text(std::string_view text, std::size_t max_bytes, bool multi_line) noexcept {
  if (text.size() > max_bytes) return false;
  while (!text.empty()) {
    const std::optional<char32_t> character = next_character(text);
    if (!character) return false;
    const bool allowed = multi_line && (*character == U'\n' || *character == U'\t');
    if (is_control(*character) && !allowed) return false;
  }
  return true;
}

}  // namespace tiketi
