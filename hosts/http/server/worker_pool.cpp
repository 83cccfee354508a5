#include "server/worker_pool.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <utility>

namespace tiketi::http {
namespace {

/// Whoever has one IPv6 address has the 2⁶⁴ of its network.
std::string client_of(const Exchange& exchange) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(exchange.request.client, error);
  if (error || !address.is_v6()) return exchange.request.client;
  const auto bytes = address.to_v6().to_bytes();
  return {bytes.begin(), bytes.begin() + bytes.size() / 2};
}

}  // namespace

WorkerPool::WorkerPool(PoolOptions options, Work work, telemetry::Gauge depth)
    : options_(std::move(options)), work_(std::move(work)), depth_(depth) {
  const unsigned count = std::max(1U, options_.threads);
  threads_.reserve(count);
  for (unsigned i = 0; i < count; ++i) threads_.emplace_back([this] { run(); });
}

WorkerPool::~WorkerPool() {
  close();
  join();
}

WorkerPool::Taken WorkerPool::submit(std::shared_ptr<Exchange> exchange) {
  const std::size_t most = options_.max_queue_per_client;
  const std::string client = most > 0 ? client_of(*exchange) : std::string();
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || queue_.size() >= options_.max_queue) return Taken::full;
    if (most > 0) {
      std::size_t& queued = queued_of_[client];
      if (queued >= most) return Taken::client_full;
      ++queued;
    }
    queue_.push_back(std::move(exchange));
    depth_.set(static_cast<double>(queue_.size()));
  }
  something_to_do_.notify_one();
  return Taken::yes;
}

std::size_t WorkerPool::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

WorkerPool::Queue WorkerPool::close() {
  Queue waiting;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    waiting.swap(queue_);
    queued_of_.clear();
    depth_.set(0);
  }
  something_to_do_.notify_all();
  return waiting;
}

void WorkerPool::join() {
  for (std::thread& each : threads_)
    if (each.joinable()) each.join();
}

void WorkerPool::run() {
  while (true) {
    std::shared_ptr<Exchange> next;
    {
      std::unique_lock lock(mutex_);
      something_to_do_.wait(lock, [this] { return closed_ || !queue_.empty(); });
      if (closed_) return;
      next = std::move(queue_.front());
      queue_.pop_front();
      depth_.set(static_cast<double>(queue_.size()));
      if (options_.max_queue_per_client > 0) {
        const auto of_client = queued_of_.find(client_of(*next));
        if (--of_client->second == 0) queued_of_.erase(of_client);
      }
    }
    work_(next);
  }
}

}  // namespace tiketi::http
