#pragma once
// Threads for blocking work of one kind, with a queue that has an end.

#include "server/exchange.hpp"
#include "server/server.hpp"
#include "telemetry/metrics.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace tiketi::http {

/// Thread-safe.
class WorkerPool {
 public:
  using Work = std::function<void(const std::shared_ptr<Exchange>&)>;
  using Queue = std::deque<std::shared_ptr<Exchange>>;

  enum class Taken : std::uint8_t {
    yes,
    full,         ///< the queue is, or the pool has closed
    client_full,  ///< as many of this client's wait as may
  };

  /// `work` must not throw. `depth` always shows how many wait.
  WorkerPool(PoolOptions options, Work work, telemetry::Gauge depth = {});
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool();  ///< closes and joins

  const std::string& name() const noexcept { return options_.name; }

  Taken submit(std::shared_ptr<Exchange> exchange);

  std::size_t queued() const;

  /// Takes and begins nothing more. What waited, for the caller to answer.
  Queue close();

  /// Waits for work that has begun, after `close`.
  void join();

 private:
  void run();

  PoolOptions options_;
  Work work_;
  telemetry::Gauge depth_;
  mutable std::mutex mutex_;
  std::condition_variable something_to_do_;
  Queue queue_;
  std::unordered_map<std::string, std::size_t> queued_of_;  // each client, if that is bounded
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace tiketi::http
