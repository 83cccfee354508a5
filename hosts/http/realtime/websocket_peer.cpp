#include "realtime/websocket_peer.hpp"

#include "realtime/engine_loop.hpp"

#include <utility>

namespace tiketi::realtime {
namespace {

constexpr std::int64_t farewell_ms = 5'000;  // for a slow client to take what it was sent before we close

}  // namespace

Incoming incoming_of(const http::Request& request) {
  return {.method = http::name(request.method),
          .query = request.query_parameters,
          .headers = request.headers,
          .client = request.client,
          .body = request.body};
}

WebSocketPeer::WebSocketPeer(EngineLoop& owner, const http::Request& request)
    : owner_(owner), arrival_(new Arrival{request.query_parameters, request.headers, request.client}) {}

void WebSocketPeer::on_open(const std::shared_ptr<http::WebSocket>& socket) {
  socket_ = socket;
  owner_.bring([self = shared_from_this()] { self->owner_.websocket_opened(self); });
}

void WebSocketPeer::on_text(http::WebSocket&, std::string_view text) {
  if (owner_.is_current()) return owner_.websocket_text(*this, text);
  owner_.bring([self = shared_from_this(), text = std::string(text)] { self->owner_.websocket_text(*self, text); });
}

void WebSocketPeer::on_binary(http::WebSocket&, std::string_view bytes) {
  if (owner_.is_current()) return owner_.websocket_binary(*this, bytes);
  owner_.bring(
      [self = shared_from_this(), bytes = std::string(bytes)] { self->owner_.websocket_binary(*self, bytes); });
}

void WebSocketPeer::on_writable(http::WebSocket&) {
  owner_.bring([self = shared_from_this()] { self->owner_.websocket_written(*self); });
}

void WebSocketPeer::on_closed(http::WebSocket&, std::uint16_t) {
  farewell_.reset();
  owner_.bring([self = shared_from_this()] { self->owner_.websocket_closed(*self); });
}

void WebSocketPeer::send(const SendFrame& frame) {
  if (frame.binary) socket_->send_binary(frame.data);
  else socket_->send_text(frame.data);
}

void WebSocketPeer::close(bool at_once) {
  constexpr std::uint16_t normal_closure = 1000;
  if (!socket_->is_open()) return;
  socket_->close(normal_closure, {}, at_once);
  if (is_drained()) return;
  farewell_ = std::make_unique<http::Timer>();
  farewell_->start(socket_->loop(), farewell_ms, [socket = socket_] { socket->abort(); });
}

}  // namespace tiketi::realtime
