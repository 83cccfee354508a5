#include "webhook_queue.hpp"

#include <utility>

namespace tiketi::http {

WebhookQueue::WebhookQueue(Look look, WebhookLimits limits)
    : look_(std::move(look)), limits_(limits), thread_([this](const std::stop_token& stop) { run(stop); }) {}

bool WebhookQueue::add(std::string order) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return false;
    if (waiting_.contains(order)) return true;
    if (orders_.size() >= limits_.max_orders) return false;
    waiting_.insert(order);
    orders_.push_back(std::move(order));
  }
  changed_.notify_one();
  return true;
}

void WebhookQueue::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

std::size_t WebhookQueue::queued() const {
  const std::lock_guard lock(mutex_);
  return orders_.size();
}

void WebhookQueue::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return !orders_.empty(); }) && !stop.stop_requested()) {
    std::string order = std::move(orders_.front());
    orders_.pop_front();
    waiting_.erase(order);  // what is told from here on may be newer than what the look finds
    lock.unlock();
    const bool done = look_(order);
    lock.lock();
    if (done) continue;
    if (waiting_.insert(order).second) orders_.push_back(std::move(order));
    changed_.wait_for(lock, stop, limits_.pause, [] { return false; });
  }
}

}  // namespace tiketi::http
