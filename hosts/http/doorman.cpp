#include "doorman.hpp"

#include <utility>

namespace tiketi::http {

Doorman::Doorman(WaitingRoom& rooms, std::chrono::milliseconds interval, Tell tell)
    : rooms_(rooms),
      interval_(interval),
      tell_(std::move(tell)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Doorman::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    tell_(rooms_.turn());
    std::unique_lock lock(mutex_);
    stopped_.wait_for(lock, stop, interval_, [] { return false; });
  }
}

}  // namespace tiketi::http
