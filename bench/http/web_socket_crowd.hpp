#pragma once
// Many WebSocket clients in a process of their own, which read whatever comes.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace tiketi::bench {

/// How each client begins: gets a message that begins with `after`, if that is not empty; says something; and is there
/// when it gets one that begins with `until`.
struct Talk {
  std::string target;
  std::string after;
  std::string say;
  std::string until;
};

/// When the message had come, for that part of the sockets; by steady_clock.
struct Arrivals {
  std::chrono::steady_clock::time_point half;
  std::chrono::steady_clock::time_point most;  ///< 99 of 100
  std::chrono::steady_clock::time_point all;
};

/// To be made before there are threads: it forks. Throws std::runtime_error when something fails.
class Crowd {
 public:
  explicit Crowd(Talk talk);
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd();  ///< all of them go

  /// Connects so many, each of which talks as it was told.
  void connect(std::uint16_t port, std::size_t count);
  /// From now on each of them waits for one message.
  void expect();
  /// Waits until it has come to all.
  Arrivals receive();

 private:
  int commands_ = -1;
  int answers_ = -1;
  int process_ = -1;
};

}  // namespace tiketi::bench
