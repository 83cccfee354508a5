#include "stop_deadline.hpp"

#include <cstdlib>
#include <iostream>
#include <string>

namespace tiketi::http {

StopDeadline::StopDeadline(std::int64_t ms)
    : thread_([this, limit = std::chrono::milliseconds(ms)] { watch(limit); }) {}

StopDeadline::~StopDeadline() {
  {
    const std::lock_guard lock(mutex_);
    in_time_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void StopDeadline::watch(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  if (changed_.wait_for(lock, limit, [this] { return in_time_; })) return;
  std::cerr << "tiketi-server: what was running did not end within " + std::to_string(limit.count()) +
                   " ms and is cut off\n"
            << std::flush;
  std::_Exit(0);
}

}  // namespace tiketi::http
