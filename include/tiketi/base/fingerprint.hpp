#pragma once
// A 64-bit fingerprint of what a request asks for; an idempotency key counts for one.

#include <tiketi/base/id.hpp>

#include <cstdint>
#include <string_view>

namespace tiketi {

/// FNV-1a, and splitmix64's finaliser: what FNV makes of ids that lie beside each other differs so evenly that the
/// sums of different seats would be equal. Stored, so it must never change; no protection against somebody who
/// looks for two requests with the same fingerprint.
class Fingerprint {
 public:
  void add(std::uint64_t value) noexcept {
    for (int shift = 0; shift < 64; shift += 8) add_byte(static_cast<std::uint8_t>(value >> shift));
  }
  void add(Uuid value) noexcept {
    add(value.high);
    add(value.low);
  }
  void add(std::string_view text) noexcept {
    for (const char c : text) add_byte(static_cast<std::uint8_t>(c));
    add(text.size());
  }
  std::uint64_t value() const noexcept {
    std::uint64_t x = value_;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
    return x ^ x >> 31;
  }

 private:
  void add_byte(std::uint8_t byte) noexcept { value_ = (value_ ^ byte) * 0x100000001b3ULL; }
  std::uint64_t value_ = 0xcbf29ce484222325ULL;
};

}  // namespace tiketi
