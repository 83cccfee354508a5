#pragma once
// Many WebSocket clients in a process of their own, which read whatever comes.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::bench {

/// How each client begins.
struct Talk {
  struct Step {
    std::string send;   ///< bytes
    std::string until;  ///< with which what comes then ends
  };
  std::vector<Step> steps;
};

/// The request for a WebSocket.
std::string web_socket_request(std::string_view target);
/// A client's text frame of less than 126 bytes.
std::string client_frame(std::string_view text);

/// When bytes had come, for that part of the sockets; by steady_clock.
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
  /// From now on each of them waits for so many bytes.
  void expect(std::size_t bytes_each);
  /// Waits until they have come.
  Arrivals receive();

 private:
  int commands_ = -1;
  int answers_ = -1;
  int process_ = -1;
};

}  // namespace tiketi::bench
