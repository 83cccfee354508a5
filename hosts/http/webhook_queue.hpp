#pragma once
// What the payment provider's webhooks were about, between their answer and the look at it.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>

namespace tiketi::http {

struct WebhookLimits {
  std::size_t max_orders = 10'000;         ///< that wait; more are dropped
  std::chrono::milliseconds pause{1'000};  ///< after a look that failed
};

/// Looks at each order once, however often it is told of while it waits; in the order of arrival, on a thread of its
/// own. An order that can't be looked at now goes to the end of the queue.
class WebhookQueue {
 public:
  /// True if there is nothing left to do for the order. Must not throw.
  using Look = std::function<bool(const std::string& order)>;

  explicit WebhookQueue(Look look, WebhookLimits limits = {});
  WebhookQueue(const WebhookQueue&) = delete;
  WebhookQueue& operator=(const WebhookQueue&) = delete;
  ~WebhookQueue() { stop(); }

  /// Does not wait. False if the order is dropped: too many wait, or it was stopped.
  bool add(std::string order);

  /// Ends the look that is under way, and drops what waits. May be called repeatedly.
  void stop();

  std::size_t queued() const;

 private:
  void run(const std::stop_token& stop);

  const Look look_;
  const WebhookLimits limits_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::string> orders_;
  std::set<std::string> waiting_;  // the same
  bool stopped_ = false;
  std::jthread thread_;  // last: all else is there before it begins
};

}  // namespace tiketi::http
