#pragma once
// Threads for blocking work of one kind, with a queue that has an end.

#include "server/exchange.hpp"
#include "server/server.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tiketi::http {

/// Thread-safe.
class WorkerPool {
 public:
  using Work = std::function<void(const std::shared_ptr<Exchange>&)>;

  /// `work` must not throw.
  WorkerPool(PoolOptions options, Work work);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool() { stop(); }

  const std::string& name() const noexcept { return options_.name; }

  /// False if the queue is full or the pool has stopped; nothing was taken then.
  bool submit(std::shared_ptr<Exchange> exchange);

  std::size_t queued() const;

  /// Waits for work that has begun; what is queued is dropped.
  void stop();

 private:
  void run();

  PoolOptions options_;
  Work work_;
  mutable std::mutex mutex_;
  std::condition_variable something_to_do_;
  std::deque<std::shared_ptr<Exchange>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace tiketi::http
