#pragma once
// A stop that does not end by itself ends all the same.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

namespace tiketi::http {

/// Ends the process unless it goes away in time: with a line on standard error, and exit code 0, for it was told to
/// stop. No destructor runs then. That loses nothing: whatever was answered with success is stored, and what was under
/// way is found again as after a crash.
class StopDeadline {
 public:
  explicit StopDeadline(std::int64_t ms);
  StopDeadline(const StopDeadline&) = delete;
  StopDeadline& operator=(const StopDeadline&) = delete;
  ~StopDeadline();

 private:
  void watch(std::chrono::milliseconds limit);

  std::mutex mutex_;
  std::condition_variable changed_;
  bool in_time_ = false;
  std::thread thread_;
};

}  // namespace tiketi::http
