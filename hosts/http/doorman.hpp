#pragma once
// Lets the waiting rooms go on.

#include <tiketi/waiting_room/waiting_room.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace tiketi::http {

/// Gives all rooms their turn about every `interval`, on a thread of its own, until it is destroyed.
class Doorman {
 public:
  /// Told what came of each turn, on the doorman's thread. Must not throw.
  using Tell = std::function<void(const Result<std::vector<RoomTurn>>&)>;

  Doorman(WaitingRoom& rooms, std::chrono::milliseconds interval, Tell tell);
  Doorman(const Doorman&) = delete;
  Doorman& operator=(const Doorman&) = delete;

 private:
  void run(const std::stop_token& stop);

  WaitingRoom& rooms_;
  const std::chrono::milliseconds interval_;
  const Tell tell_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_;  // last: all else is there before it begins
};

}  // namespace tiketi::http
