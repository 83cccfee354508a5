#pragma once
// QR codes (ISO/IEC 18004) as pictures, by libqrencode and libpng.

#include <tiketi/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tiketi::qr {

inline constexpr std::size_t max_text_bytes = 1'000;
inline constexpr std::int32_t max_scale = 40;

/// Black on white with the quiet zone of four modules around it, at error correction M: about 15 % of it may be
/// unreadable. One path, no size of its own: it fills what it is put into.
/// invalid_argument, limit_exceeded (details: field, limit).
Result<std::string> svg(std::string_view text);

/// The same as the bytes of a PNG file of one bit per pixel; a module is `scale` pixels wide, 1 to `max_scale`.
Result<std::string> png(std::string_view text, std::int32_t scale = 8);

}  // namespace tiketi::qr
