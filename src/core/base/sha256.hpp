#pragma once
// SHA-256 (FIPS 180-4), for what others must be able to recompute. Secrets go to adapters/crypto.

#include <array>
#include <cstdint>
#include <span>

namespace tiketi::base {

std::array<std::uint8_t, 32> sha256(std::span<const std::uint8_t> message);

}  // namespace tiketi::base
