#pragma once
// A WebSocket between its connection's thread and the engine's, which may be another: an upgrade arrives wherever the
// system put its connection.

#include "realtime/engine.hpp"
#include "server/name_values.hpp"
#include "server/request.hpp"
#include "server/web_socket.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tiketi::realtime {

class EngineLoop;

/// What the engine asks of a request. The views live as long as the request.
Incoming incoming_of(const http::Request& request);

class WebSocketPeer : public http::WebSocketListener, public std::enable_shared_from_this<WebSocketPeer> {
 public:
  WebSocketPeer(EngineLoop& owner, const http::Request& request);

  // On the connection's thread.
  void on_open(const std::shared_ptr<http::WebSocket>& socket) override;
  void on_text(http::WebSocket& socket, std::string_view text) override;
  void on_binary(http::WebSocket& socket, std::string_view bytes) override;
  void on_writable(http::WebSocket& socket) override;
  void on_closed(http::WebSocket& socket, std::uint16_t code) override;
  /// `follows`: another frame is sent right after it.
  void send(const SendFrame& frame, bool follows = false);
  void close(bool at_once);
  bool is_drained() const noexcept { return socket_->queued_bytes() == 0; }

  /// Where it is; from any thread, once it is open.
  http::EventLoop& connection_loop() const noexcept { return *socket_->loop(); }

  // On the engine's thread.
  struct Arrival {
    http::NameValues query;
    http::NameValues headers;
    std::string client;
  };
  std::unique_ptr<Arrival> take_arrival() noexcept { return std::move(arrival_); }
  WebSocketId id = 0;  ///< 0: the engine has not been told yet

 private:
  void bring(std::string_view message, void (EngineLoop::*take)(WebSocketPeer&, std::string_view));

  EngineLoop& owner_;
  std::unique_ptr<Arrival> arrival_;  // until the engine has been told
  std::shared_ptr<http::WebSocket> socket_;
  std::unique_ptr<http::Timer> farewell_;
  std::atomic<std::size_t> on_the_way_ = 0;  // bytes that came here and that the engine's thread has not taken yet
};

}  // namespace tiketi::realtime
