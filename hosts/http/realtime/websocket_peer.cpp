#include "realtime/websocket_peer.hpp"

#include "realtime/engine_loop.hpp"

#include <utility>

namespace tiketi::realtime {
namespace {

// Beyond one message of any size.
constexpr std::size_t most_on_the_way = 256 * 1024;
constexpr std::size_t overhead_of_a_message = 200;
constexpr std::uint16_t try_again_later = 1013;

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

void WebSocketPeer::on_text(http::WebSocket&, std::string_view text) { bring(text, &EngineLoop::websocket_text); }

void WebSocketPeer::on_binary(http::WebSocket&, std::string_view bytes) { bring(bytes, &EngineLoop::websocket_binary); }

/// A client that sends faster than the engine's thread takes it, for longer than a moment, is not waited for.
void WebSocketPeer::bring(std::string_view message, void (EngineLoop::*take)(WebSocketPeer&, std::string_view)) {
  if (owner_.is_current()) return (owner_.*take)(*this, message);
  const std::size_t size = message.size() + overhead_of_a_message;
  if (on_the_way_.fetch_add(size) > most_on_the_way) {
    on_the_way_.fetch_sub(size);
    return socket_->close(try_again_later, "too much at once", true);
  }
  owner_.bring([self = shared_from_this(), take, size, message = std::string(message)] {
    (self->owner_.*take)(*self, message);
    self->on_the_way_.fetch_sub(size);
  });
}

void WebSocketPeer::on_writable(http::WebSocket&) {
  owner_.bring([self = shared_from_this()] { self->owner_.websocket_written(*self); });
}

void WebSocketPeer::on_closed(http::WebSocket&, std::uint16_t) {
  farewell_.reset();
  owner_.bring([self = shared_from_this()] { self->owner_.websocket_closed(*self); });
}

void WebSocketPeer::send(const SendFrame& frame, bool follows) {
  if (frame.binary) socket_->send_binary(frame.data, follows);
  else socket_->send_text(frame.data, follows);
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
