#pragma once
// libsodium, ready to use.

#include <sodium.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace tiketi::crypto {

/// To be called before anything else of libsodium; may be called again. Ends the program if the system has no
/// randomness: nothing would be safe then.
void start_sodium();

inline std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace tiketi::crypto
