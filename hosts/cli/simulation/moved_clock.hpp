#pragma once
// The system's time, moved by an offset, so that a sale that opens tomorrow can be played today.

#include <tiketi/ports/clock.hpp>

#include <atomic>
#include <cstdint>

namespace tiketi::cli {

class MovedClock final : public Clock {
 public:
  explicit MovedClock(Clock& system) : system_(system) {}
  Timestamp now() override { return system_.now().plus_ms(offset_ms_); }
  void move_to(Timestamp time) { offset_ms_ = time.ms - system_.now().ms; }
  void skip(std::int64_t ms) { offset_ms_ += ms; }

 private:
  Clock& system_;
  std::atomic<std::int64_t> offset_ms_{0};
};

}  // namespace tiketi::cli
