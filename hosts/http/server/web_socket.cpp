#include "server/web_socket.hpp"

#include "server/exchange.hpp"
#include "server/long_lived.hpp"
#include "server/loop.hpp"
#include "server/web_socket_frames.hpp"

#include <utility>

namespace tiketi::http {
namespace {

constexpr std::int64_t goodbye_ms = 5'000;  // for the client to answer ours
constexpr std::uint16_t not_understood = 1003;
constexpr std::size_t max_before_pongs = 64 * 1024;  // bytes that wait
constexpr std::size_t max_pongs = 1'000;

}  // namespace

/// One socket's connection.
class WebSocketSession : public LongLived {
 public:
  WebSocketSession(Loop& loop, std::unique_ptr<Transport> transport, AcceptWebSocket accepted)
      : LongLived(loop, std::move(transport), accepted.limits.queue),
        listener_(std::move(accepted.listener)),
        socket_(std::make_shared<WebSocket>(loop.events())),
        reader_(accepted.limits.max_message_bytes, accepted.limits.max_frames) {
    socket_->session_ = this;
  }
  ~WebSocketSession() override { socket_->session_ = nullptr; }

  bool is_open() const noexcept { return !leaving() && !said_goodbye_; }
  std::size_t queued_bytes() const noexcept { return queue().bytes(); }
  void set_max_message_bytes(std::size_t bytes) noexcept { reader_.set_max_message_bytes(bytes); }
  void cut_off() noexcept { cut(); }

  bool send_message(Opcode opcode, Payload payload, bool follows) {
    if (!is_open()) return false;
    const Taken taken = send(make_frame(opcode, std::move(payload)), {.follows = follows});
    if (taken == Taken::full) listener_->on_overflow(*socket_);
    return taken == Taken::yes;
  }

  void say_goodbye(std::uint16_t code, std::string_view reason, bool drop_queued) {
    if (!is_open()) return;
    said_goodbye_ = true;
    code_ = code;
    if (drop_queued) drop_unsent();
    send_close(close_payload(code, reason));
    if (queue().empty()) end_in(goodbye_ms);
  }

  void wind_down() override { say_goodbye(close_code::going_away, "the server stops", false); }

 protected:
  void opened() override { listener_->on_open(socket_); }

  void take(std::span<char> bytes) override {
    FrameReader::Event event = FrameReader::Event::more;
    do {
      std::size_t used = 0;
      event = reader_.put(bytes, used);
      bytes = bytes.subspan(used);
      on_event(event);
    } while (event != FrameReader::Event::more && !leaving());
    if (event == FrameReader::Event::more) count_memory();
  }

  void drained() override {
    if (said_goodbye_) end_in(goodbye_ms);
    else listener_->on_writable(*socket_);
  }

  void ended() override { tell_closed(); }

  void crashed() override {
    say_goodbye(close_code::internal_error, {}, true);
    leave();
  }

 private:
  void on_event(FrameReader::Event event) {
    using enum FrameReader::Event;
    if (event == close) return on_goodbye();
    if (event == failed) return fail(reader_.code());
    if (said_goodbye_) return;
    if (event == text) listener_->on_text(*socket_, reader_.payload());
    else if (event == binary) listener_->on_binary(*socket_, reader_.payload());
    else if (event == ping) answer_ping();
  }

  /// Who sends pings and reads no answers gets no more of them: its latest may stay unanswered (RFC 6455 5.5.3).
  void answer_ping() {
    if (queue().bytes() > max_before_pongs || queue().messages() > max_pongs) return;
    send(make_frame(Opcode::pong, make_payload(std::string(reader_.payload()))), {});
  }

  void on_goodbye() {
    if (!std::exchange(said_goodbye_, true)) {
      code_ = reader_.code();
      send_close(code_ == close_code::none ? std::string() : close_payload(code_, {}));
    }
    leave();
    tell_closed();
  }

  void fail(std::uint16_t code) {
    if (!std::exchange(said_goodbye_, true)) {
      code_ = code;
      send_close(close_payload(code, {}));
    }
    leave();
    tell_closed();
  }

  void send_close(std::string payload) {
    send(make_frame(Opcode::close, make_payload(std::move(payload))), {.always = true});
  }

  /// Unfinished messages count among the bodies of requests, which may take so much memory together.
  void count_memory() {
    const std::size_t held = reader_.held();
    if (held == 0) return share_.give_back();
    Site& site = loop().site();
    if (!share_.grow(site.buffered_bytes, held, site.options.limits.max_buffered_bytes))
      fail(close_code::try_again_later);
  }

  void tell_closed() {
    const std::shared_ptr<WebSocketListener> listener = std::move(listener_);
    if (!listener) return;
    share_.give_back();
    socket_->session_ = nullptr;
    listener->on_closed(*socket_, code_);
  }

  std::shared_ptr<WebSocketListener> listener_;  // null when it was told that all is over
  std::shared_ptr<WebSocket> socket_;
  FrameReader reader_;
  BodyShare share_;
  std::uint16_t code_ = close_code::lost;
  bool said_goodbye_ = false;
};

bool WebSocket::send_text(Payload text, bool follows) {
  return session_ && session_->send_message(Opcode::text, std::move(text), follows);
}
bool WebSocket::send_binary(Payload bytes, bool follows) {
  return session_ && session_->send_message(Opcode::binary, std::move(bytes), follows);
}
void WebSocket::close(std::uint16_t code, std::string_view reason, bool drop_queued) {
  if (session_) session_->say_goodbye(code, reason, drop_queued);
}
void WebSocket::abort() {
  if (session_) session_->cut_off();
}
bool WebSocket::is_open() const noexcept { return session_ && session_->is_open(); }
std::size_t WebSocket::queued_bytes() const noexcept { return session_ ? session_->queued_bytes() : 0; }
void WebSocket::set_max_message_bytes(std::size_t bytes) {
  if (session_) session_->set_max_message_bytes(bytes);
}
void WebSocket::post(std::function<void(WebSocket&)> task) {
  loop_->post([self = shared_from_this(), task = std::move(task)] { task(*self); });
}

void WebSocketListener::on_binary(WebSocket& socket, std::string_view) { socket.close(not_understood, "text only"); }
void WebSocketListener::on_overflow(WebSocket& socket) { socket.close(close_code::try_again_later, "too slow", true); }

std::shared_ptr<LongLived> make_web_socket(Loop& loop, std::unique_ptr<Transport> transport, AcceptWebSocket accepted) {
  return std::make_shared<WebSocketSession>(loop, std::move(transport), std::move(accepted));
}

}  // namespace tiketi::http
