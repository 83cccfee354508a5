#pragma once
// WebSockets (RFC 6455) for handlers: what is sent, and who listens. Messages of text and bytes, without extensions.
//
// Everything is on the thread of the socket's connection (`loop()`), but for `post`. An idle socket takes about 3 KB of
// memory; what many sockets are sent is one Payload that they share. Pings are answered, closing handshakes are
// completed, and what breaks the protocol is closed with its code (1002, 1007, 1009), without the listener's doing.
// Nobody is cut off for silence: that is for the protocol above, which has its heartbeats. A client that takes nothing
// of what waits for it is, after Timeouts::write_ms.

#include "server/event_loop.hpp"
#include "server/payload.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace tiketi::http {

class WebSocketSession;

struct WebSocketLimits {
  std::size_t max_message_bytes = 1'000'000;  ///< that the client may send; more: closed with 1009
  std::size_t max_frames = 1'024;             ///< that such a message may be made of; more: closed with 1008
  QueueLimits queue;                          ///< of what waits to be sent
};

/// May be kept longer than the socket lives; then it does nothing.
class WebSocket : public std::enable_shared_from_this<WebSocket> {
 public:
  explicit WebSocket(std::shared_ptr<EventLoop> loop) : loop_(std::move(loop)) {}
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  /// Sends a message, at once if the client takes it, else behind those that wait. False if it was not taken: the
  /// socket is closed or closing, or the queue is full; then the listener's `on_overflow` was called. Text must be
  /// UTF-8. May be called from within the listener's callbacks. `follows`: another message is sent right after this
  /// one, with which it may go; else it stays.
  bool send_text(Payload text, bool follows = false);
  bool send_binary(Payload bytes, bool follows = false);

  /// Says goodbye when what waits was sent; `drop_queued`: instead of it. Nothing can be sent afterwards, what comes is
  /// dropped, and the listener's `on_closed` follows when the client has said goodbye too, or is gone, or five seconds
  /// later. The code must be one that may be sent, the reason UTF-8 of at most 123 bytes.
  void close(std::uint16_t code = 1000, std::string_view reason = {}, bool drop_queued = false);
  /// Cuts the connection.
  void abort();

  bool is_open() const noexcept;  ///< neither closed nor closing
  std::size_t queued_bytes() const noexcept;
  void set_max_message_bytes(std::size_t bytes);

  /// Runs the task on the socket's thread, whether the socket is still open then or not. From any thread.
  void post(std::function<void(WebSocket&)> task);
  const std::shared_ptr<EventLoop>& loop() const noexcept { return loop_; }

 private:
  friend class WebSocketSession;
  std::shared_ptr<EventLoop> loop_;
  WebSocketSession* session_ = nullptr;
};

/// What happens on a socket; called on its thread, never from within a call of the socket's but for `on_overflow`. What
/// it throws is logged and closes the socket with 1011.
class WebSocketListener {
 public:
  virtual ~WebSocketListener() = default;

  /// First of all.
  virtual void on_open(const std::shared_ptr<WebSocket>& socket) = 0;
  /// A message. The view holds until it returns.
  virtual void on_text(WebSocket& socket, std::string_view text) = 0;
  virtual void on_binary(WebSocket& socket, std::string_view bytes);  ///< closes with 1003
  /// All that had to wait was sent.
  virtual void on_writable(WebSocket&) {}
  /// A message was not taken because the queue is full.
  virtual void on_overflow(WebSocket& socket);  ///< drops the queue and closes with 1013
  /// Last of all, once. `code`: the client's, if it said goodbye first (1005 if it gave none); ours, if we did; 1006 if
  /// the connection was lost.
  virtual void on_closed(WebSocket&, std::uint16_t code) = 0;
};

/// The answer to a handshake: yes.
struct AcceptWebSocket {
  std::shared_ptr<WebSocketListener> listener;  ///< kept until the socket is closed
  std::string protocol;                         ///< the subprotocol, one of those that the client offered; or empty
  WebSocketLimits limits;
};

}  // namespace tiketi::http
