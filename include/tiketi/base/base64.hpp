#pragma once
// Bytes as text (RFC 4648): base64url without padding (section 5), which needs no escaping in addresses, file names and
// JSON; and plain base64 with padding (section 4), for protocols that want it.

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

std::string to_base64(std::span<const std::uint8_t> bytes);

/// Nothing if it is anything else than what `to_base64` writes.
std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text);

}  // namespace tiketi
