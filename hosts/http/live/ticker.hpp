#pragma once
// A thread that does something now and then, or sooner when it is told to.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace tiketi::http::live {

class Ticker {
 public:
  /// `turn` is called on a thread of its own until the ticker is destroyed. It returns when it wants to be called again
  /// at the latest, and must not throw.
  using Turn = std::function<std::chrono::steady_clock::time_point()>;

  explicit Ticker(Turn turn);
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

  /// The next turn is due. From any thread.
  void wake();

 private:
  void run(const std::stop_token& stop);

  const Turn turn_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool woken_ = false;
  std::jthread thread_;  // last: all else is there before it begins
};

}  // namespace tiketi::http::live
