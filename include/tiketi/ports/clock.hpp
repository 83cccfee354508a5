#pragma once
// Port: what time it is.

#include <tiketi/base/time.hpp>

namespace tiketi {

/// Thread-safe. May step in either direction, as wall clocks do; no rule breaks when it does.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() = 0;
};

}  // namespace tiketi
