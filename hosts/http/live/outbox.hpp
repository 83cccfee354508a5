#pragma once
// What a plain WebSocket is sent, and what waits while its client takes nothing.

#include "realtime/send_queue.hpp"
#include "server/web_socket.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace tiketi::http::live {

/// All on the socket's thread. The bound is this one's: the socket's own queue needs none (`unbounded_queue`).
class Outbox {
 public:
  // When that waits already, nothing more may: the socket is closed (1013).
  static constexpr std::size_t max_bytes = 1024 * 1024;
  static constexpr std::size_t max_messages = 1'000;

  explicit Outbox(std::shared_ptr<WebSocket> socket) : socket_(std::move(socket)) {}

  /// At once if nothing waits. Else behind that; what waits with the same key, unless that is 0, is dropped.
  void send(const Payload& text, std::uint64_t superseding_key = 0);
  /// The socket can take more.
  void flush();
  /// After all that waits.
  void close(std::uint16_t code, std::string_view reason);

 private:
  const std::shared_ptr<WebSocket> socket_;
  realtime::SendQueue waiting_;
};

}  // namespace tiketi::http::live
