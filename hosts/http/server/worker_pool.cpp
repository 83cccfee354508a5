#include "server/worker_pool.hpp"

#include <algorithm>
#include <utility>

namespace tiketi::http {

WorkerPool::WorkerPool(PoolOptions options, Work work) : options_(std::move(options)), work_(std::move(work)) {
  const unsigned count = std::max(1U, options_.threads);
  threads_.reserve(count);
  for (unsigned i = 0; i < count; ++i) threads_.emplace_back([this] { run(); });
}

bool WorkerPool::submit(std::shared_ptr<Exchange> exchange) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= options_.max_queue) return false;
    queue_.push_back(std::move(exchange));
  }
  something_to_do_.notify_one();
  return true;
}

std::size_t WorkerPool::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void WorkerPool::stop() {
  std::deque<std::shared_ptr<Exchange>> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(queue_);
  }
  something_to_do_.notify_all();
  for (std::thread& each : threads_)
    if (each.joinable()) each.join();
}

void WorkerPool::run() {
  while (true) {
    std::shared_ptr<Exchange> next;
    {
      std::unique_lock lock(mutex_);
      something_to_do_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      next = std::move(queue_.front());
      queue_.pop_front();
    }
    work_(next);
  }
}

}  // namespace tiketi::http
