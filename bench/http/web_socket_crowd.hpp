#pragma once
// Many WebSocket clients in a process of their own, which read whatever comes.

#include <cstddef>
#include <cstdint>

namespace tiketi::bench {

/// To be made before there are threads: it forks. Throws std::runtime_error when something fails.
class Crowd {
 public:
  Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd();  ///< all of them go

  /// Connects so many to `/ws`, each of which says hello and hears it again.
  void connect(std::uint16_t port, std::size_t count);
  /// Waits until they have got so many more bytes together.
  void receive(std::size_t bytes);

 private:
  int commands_ = -1;
  int answers_ = -1;
  int process_ = -1;
};

}  // namespace tiketi::bench
