#pragma once
// The box office's chores, on a thread of their own for as long as this object lives.

#include <tiketi/box_office/box_office.hpp>
#include <tiketi/ports/event_bus.hpp>
#include <tiketi/ports/lock.hpp>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace tiketi {

class Housekeeping {
 public:
  /// All of them must outlive it. The first turn begins at once.
  Housekeeping(BoxOffice& box_office, EventBus& bus, Lock& lock, std::int64_t interval_ms,
               std::function<void(const Error&)> on_error);
  Housekeeping(const Housekeeping&) = delete;
  Housekeeping& operator=(const Housekeeping&) = delete;
  ~Housekeeping() = default;

 private:
  void run(const std::stop_token& stop);
  void turn(const std::stop_token& stop);
  void drain(const std::stop_token& stop, const std::function<Result<std::size_t>(std::size_t)>& chore);
  void tell(const Error& error) const;

  BoxOffice& box_office_;
  EventBus& bus_;
  Lock& lock_;
  std::int64_t interval_ms_;
  std::function<void(const Error&)> on_error_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_;  // last: its destructor stops it while all else is still there
};

}  // namespace tiketi
