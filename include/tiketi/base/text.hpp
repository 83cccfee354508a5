#pragma once
// Bounds and checks on text that comes from outside.

#include <cstddef>
#include <string_view>

namespace tiketi {

/// True if the bytes are UTF-8 (no overlong forms, surrogates or values past U+10FFFF).
bool is_utf8(std::string_view text) noexcept;

/// True if it is UTF-8 of at most `max_bytes` without control characters. Line feed and tab are
/// allowed when `multi_line`.
bool is_clean_text(std::string_view text, std::size_t max_bytes, bool multi_line = false) noexcept;

}  // namespace tiketi
