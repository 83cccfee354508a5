#pragma once
// What waits to be published, in memory: one outbox for all the stores of a process.

#include <tiketi/ports/event_bus.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <mutex>
#include <span>
#include <vector>

namespace tiketi::memory {

/// Thread-safe. Hands out the sequence numbers of all messages, and keeps the messages of those stores that write
/// theirs when they commit. The box office, which hands all of them out, writes its own when they are asked for.
class Outbox {
 public:
  std::int64_t next_sequence() {
    const std::lock_guard lock(mutex_);
    return ++last_sequence_;
  }

  /// Gives the message its sequence number.
  void add(Message message) {
    const std::lock_guard lock(mutex_);
    message.sequence = ++last_sequence_;
    messages_.push_back(std::move(message));
  }

  std::vector<Message> oldest(std::size_t limit) const {
    const std::lock_guard lock(mutex_);
    const auto count = static_cast<std::ptrdiff_t>(std::min(limit, messages_.size()));
    return {messages_.begin(), messages_.begin() + count};
  }

  std::int64_t size() const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::int64_t>(messages_.size());
  }

  /// Sequences in ascending order; those of others are ignored.
  void remove(std::span<const std::int64_t> sequences) {
    const std::lock_guard lock(mutex_);
    std::erase_if(messages_, [&](const Message& message) {
      return std::binary_search(sequences.begin(), sequences.end(), message.sequence);
    });
  }

 private:
  mutable std::mutex mutex_;
  std::int64_t last_sequence_ = 0;
  std::deque<Message> messages_;
};

}  // namespace tiketi::memory
