#pragma once
// Bytes as text that needs no escaping in addresses, file names and JSON: base64url without padding (RFC 4648,
// section 5).

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi {

std::string to_base64url(std::span<const std::uint8_t> bytes);

/// Nothing if it is anything else than what `to_base64url` writes: every text stands for other bytes.
std::optional<std::vector<std::uint8_t>> from_base64url(std::string_view text);

}  // namespace tiketi
