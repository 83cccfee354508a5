#pragma once
// Port: tells the rest of the world what happened, and lets parts of one process listen.

#include <tiketi/base/result.hpp>
#include <tiketi/base/time.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace tiketi {

/// Something that happened. Delivered at least once, and in order for each `key`: a consumer keeps
/// the highest `sequence` it has seen of a key and drops the rest.
struct Message {
  std::int64_t sequence = 0;  ///< grows within a key
  std::string topic;          ///< for example `reservation.held`
  std::string key;            ///< what it is about, for example a reservation id
  std::string payload;        ///< JSON
  Timestamp at;

  friend bool operator==(const Message&, const Message&) = default;
};

/// Ends the subscription when destroyed.
class Subscription {
 public:
  virtual ~Subscription() = default;
};

/// Thread-safe.
class EventBus {
 public:
  virtual ~EventBus() = default;

  /// Returns when all messages are accepted. On an error any part of them may have been, and the
  /// caller publishes all of them again.
  virtual Result<void> publish(std::span<const Message> messages) = 0;

  /// Calls `handler` for each message whose topic begins with `topic_prefix`. Handlers run on the
  /// publisher's thread, must not throw, and must not publish, subscribe or end a subscription.
  virtual std::unique_ptr<Subscription> subscribe(std::string topic_prefix,
                                                  std::function<void(const Message&)> handler) = 0;
};

}  // namespace tiketi
