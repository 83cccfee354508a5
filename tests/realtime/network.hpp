#pragma once
// An engine with a network that is played: requests and WebSockets without sockets, a clock that obeys, and an
// application that notes what it is told.

#include "realtime/engine.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::realtime::test {

/// Accepts everybody, unless told otherwise, and writes down what happens.
class NotingApplication : public Application {
 public:
  std::optional<std::string> refuse_handshake(const Handshake& handshake) override;
  void on_connect(Engine& engine, const ConnectRequest& request) override;
  void on_event(Engine& engine, const Event& event) override;
  void on_ack(Engine& engine, SocketId socket, std::uint64_t ack_id, std::string_view arguments,
              std::span<const std::string> attachments) override;
  void on_disconnect(Engine& engine, SocketId socket, EndReason reason, std::span<const std::string> rooms) override;

  /// What was noted since the last call, such as `event seat [1]`.
  std::vector<std::string> take_notes();

  bool decides_later = false;
  std::string refuses;           ///< with this message
  std::string refusal_data;      ///< JSON
  std::string forbids_sessions;  ///< with this message
  std::vector<SocketId> sockets;
  std::vector<std::string> sids;  ///< that `accept` made
  std::function<void(Engine&, const Event&)> then;

 private:
  std::vector<std::string> notes_;
};

class Network {
 public:
  explicit Network(EngineOptions options = {});

  // Requests. The query is written as in a URL, without decoding.
  ExchangeId request(std::string_view method, std::string_view query, std::string_view body = {},
                     std::string_view content_type = "text/plain;charset=UTF-8");
  ExchangeId get(std::string_view sid) { return request("GET", polling(sid)); }
  ExchangeId post(std::string_view sid, std::string_view body) { return request("POST", polling(sid), body); }
  void drop(ExchangeId exchange, std::string_view sid);
  static std::string polling(std::string_view sid) { return "EIO=4&transport=polling&sid=" + std::string(sid); }

  /// The answer, as `200 body`; `waits` if there is none yet.
  std::string answer(ExchangeId exchange) const;
  const Answer& whole_answer(ExchangeId exchange) const { return answers_.at(exchange); }

  // WebSockets.
  WebSocketId open_websocket(std::string_view query = "EIO=4&transport=websocket");
  WebSocketId upgrade(std::string_view sid) {
    return open_websocket("EIO=4&transport=websocket&sid=" + std::string(sid));
  }
  void text(WebSocketId websocket, std::string_view text);
  void binary(WebSocketId websocket, std::string_view bytes);
  void client_closes(WebSocketId websocket);
  /// The frames that came since the last call; binary ones as `<bytes>`.
  std::vector<std::string> frames(WebSocketId websocket);
  bool is_closed(WebSocketId websocket) const { return websockets_.at(websocket).closed; }
  bool was_closed_at_once(WebSocketId websocket) const { return websockets_.at(websocket).at_once; }
  /// The client reads nothing more of it, or again.
  void stall(WebSocketId websocket, bool stalled);

  /// Lets time pass, with ticks exactly when the engine wants them.
  void advance_ms(std::int64_t ms);
  /// Carries out what calls of the engine by the test itself have brought.
  void carry_out();

  std::int64_t now_ms = 1'000'000;
  NotingApplication application;
  Engine engine;

 private:
  struct FakeWebSocket {
    std::vector<std::string> frames;
    bool closed = false;
    bool at_once = false;
    bool stalled = false;
    bool told_closed = false;
  };

  std::map<ExchangeId, Answer> answers_;
  std::map<WebSocketId, FakeWebSocket> websockets_;
  std::uint64_t next_id_ = 1;
};

/// The parameters of `a=1&b=2`.
http::NameValues parameters(std::string_view query);

/// The `sid` in a handshake or connect packet.
std::string sid_in(std::string_view packet);

/// Opens a session and joins `/`, by long-polling. Returns the session's sid.
std::string join_by_polling(Network& network);

/// The same by WebSocket.
WebSocketId join_by_websocket(Network& network);

/// `4` and an event of `/`, to be sent to many.
Outgoing event_text(std::string_view event, std::string_view arguments = "[]");

}  // namespace tiketi::realtime::test
