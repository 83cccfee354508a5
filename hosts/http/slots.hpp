#pragma once
// How much of something may be under way at once.

#include <atomic>
#include <cstddef>
#include <memory>

namespace tiketi::http {

/// Thread-safe.
class Slots {
 public:
  /// Taken as long as a copy of it lives, which may be longer than the Slots do.
  using Slot = std::shared_ptr<const void>;

  explicit Slots(std::size_t most) : most_(most) {}

  /// Null if all are taken.
  Slot take() {
    std::size_t now = taken_->load();
    do {
      if (now >= most_) return nullptr;
    } while (!taken_->compare_exchange_weak(now, now + 1));
    return {taken_.get(), [taken = taken_](const void*) { --*taken; }};
  }

  std::size_t taken() const noexcept { return *taken_; }

 private:
  const std::size_t most_;
  const std::shared_ptr<std::atomic<std::size_t>> taken_ = std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace tiketi::http
