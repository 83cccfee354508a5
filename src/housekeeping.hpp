#pragma once
// The services' chores, on a thread of their own for as long as this object lives.

#include <tiketi/base/result.hpp>
#include <tiketi/ports/lock.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace tiketi {

/// Does at most so much work and returns how much it did; less than the limit means that nothing is left for now.
using Chore = std::function<Result<std::size_t>(std::size_t limit)>;

class Housekeeping {
 public:
  /// What the chores use and the lock must outlive it. The first turn begins at once; a turn does all chores in order,
  /// each in batches of that size for as long as there is something left. Of all that have the same name, one is at it
  /// at a time.
  Housekeeping(std::string name, std::size_t batch, std::vector<Chore> chores, Lock& lock, std::int64_t interval_ms,
               std::function<void(const Error&)> on_error);
  Housekeeping(const Housekeeping&) = delete;
  Housekeeping& operator=(const Housekeeping&) = delete;
  ~Housekeeping() = default;

 private:
  void run(const std::stop_token& stop);
  void turn(const std::stop_token& stop);
  void drain(const std::stop_token& stop, const Chore& chore);
  void tell(const Error& error) const;

  std::string name_;
  std::size_t batch_;
  std::vector<Chore> chores_;
  Lock& lock_;
  std::int64_t interval_ms_;
  std::function<void(const Error&)> on_error_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_;  // last: its destructor stops it while all else is still there
};

}  // namespace tiketi
