#pragma once
// Port: bytes that nobody can guess.

#include <cstdint>
#include <span>

namespace tiketi {

/// Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

}  // namespace tiketi
