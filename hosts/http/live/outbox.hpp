#pragma once
// What a plain WebSocket is sent, and what waits while its client takes nothing.

#include "realtime/send_queue.hpp"
#include "server/web_socket.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace tiketi::http::live {

/// All on the socket's thread.
class Outbox {
 public:
  // More than that may not wait: the socket is closed (1013).
  static constexpr std::size_t max_bytes = 256 * 1024;
  static constexpr std::size_t max_messages = 1'000;

  explicit Outbox(std::shared_ptr<WebSocket> socket) : socket_(std::move(socket)) {}

  /// At once if nothing waits. Else behind that, in the place of what waits with the same key, unless that is 0.
  void send(const Payload& text, std::uint64_t superseding_key = 0);
  /// The socket can take more.
  void flush();

 private:
  const std::shared_ptr<WebSocket> socket_;
  realtime::SendQueue waiting_;
};

}  // namespace tiketi::http::live
