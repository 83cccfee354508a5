#pragma once
// A thread of the server that owns connections: work and timers for what lives on it, such as the sessions of a
// protocol over long polls and WebSockets.
//
// SO_REUSEPORT spreads a client's connections over the threads. Whoever keeps state between them gives it one thread to
// live on, and posts there what other threads bring: a request together with its Respond, which may be called from
// anywhere.

#include "server/net.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace tiketi::telemetry {
class Log;
}

namespace tiketi::http {

/// May be kept longer than the server lives: then nothing is run any more.
class EventLoop : public std::enable_shared_from_this<EventLoop> {
 public:
  using Task = std::function<void()>;

  EventLoop(asio::io_context& context, telemetry::Log* log);  ///< of the server (loop.hpp)
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Of the thread that calls; null if it serves no connections.
  static std::shared_ptr<EventLoop> current() noexcept;

  /// Runs the task on the loop's thread, soon, in the order of arrival. From any thread. Tasks must not wait. What they
  /// throw is logged. Dropped when the server has stopped.
  void post(Task task);

  bool is_current() const noexcept { return std::this_thread::get_id() == thread_; }

  // For the server.
  void begin();  ///< on the thread that will run it
  void close();  ///< when that has ended

 private:
  friend class Timer;
  using When = std::chrono::steady_clock::time_point;
  using Key = std::pair<When, std::uint64_t>;
  using AsioTimer =
      asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

  Key add_timer(std::chrono::milliseconds delay, Task task);
  void arm();
  void fire();
  void run(const Task& task) noexcept;

  telemetry::Log* log_;
  std::mutex mutex_;
  asio::io_context* context_;  // null when closed
  std::atomic<std::thread::id> thread_;
  std::map<Key, Task> timers_;  // by the time when they are due
  std::uint64_t last_timer_ = 0;
  std::optional<AsioTimer> alarm_;  // for the first of them
  When armed_for_ = When::max();
};

/// Runs a task once, some milliseconds later (at most a few more, unless the thread is busy), on the loop's thread. To
/// be used on that thread, or when the server has stopped. When it goes away, the task is not run.
class Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() { cancel(); }

  /// What was started before is cancelled. May be called by the task itself.
  void start(std::shared_ptr<EventLoop> loop, std::int64_t delay_ms, EventLoop::Task task);
  void cancel() noexcept;

 private:
  std::shared_ptr<EventLoop> loop_;
  EventLoop::Key key_;
};

}  // namespace tiketi::http
