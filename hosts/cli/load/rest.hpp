#pragma once
// Durations, and doing nothing for that long.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

namespace tiketi::load {

inline std::chrono::nanoseconds nanoseconds_of(double seconds) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
}

/// Sleeps until then, or until `interrupted`.
inline void rest_until(std::chrono::steady_clock::time_point end, const std::atomic<bool>& interrupted) {
  constexpr std::chrono::milliseconds longest_nap{50};
  while (!interrupted) {
    const auto left = end - std::chrono::steady_clock::now();
    if (left <= std::chrono::nanoseconds(0)) return;
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(left, longest_nap));
  }
}

}  // namespace tiketi::load
