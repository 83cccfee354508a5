#include "live/ticker.hpp"

#include <utility>

namespace tiketi::http::live {

Ticker::Ticker(Turn turn) : turn_(std::move(turn)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Ticker::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

void Ticker::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto until = turn_();
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, stop, until, [this] { return woken_; });
    woken_ = false;
  }
}

}  // namespace tiketi::http::live
