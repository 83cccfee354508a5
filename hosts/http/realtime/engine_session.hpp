#pragma once
// One Engine.IO session: transport, heartbeat, upgrade, and the queue of what is to be sent. A state machine without
// I/O: events in, actions and messages out. Not thread-safe.

#include "realtime/options.hpp"
#include "realtime/packet.hpp"
#include "realtime/send_queue.hpp"
#include "realtime/wire.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::realtime {

/// Why a session, or a socket on it, came to its end.
enum class EndReason : std::uint8_t {
  transport_close,    ///< the client closed it, or its WebSocket broke
  transport_error,    ///< the client broke a rule of the transport, or dropped a poll
  parse_error,        ///< the client sent what can't be parsed
  ping_timeout,       ///< the client did not answer a ping in time
  queue_full,         ///< the client took what it was sent too slowly
  forced_close,       ///< the server closed the session, say because a rule of Socket.IO was broken
  client_disconnect,  ///< the client left the namespace
  server_disconnect,  ///< the server made the socket leave the namespace
};

/// As Socket.IO names it: `ping timeout`.
std::string_view name(EndReason reason) noexcept;

/// Where a session puts what comes out of it. Messages refer to the input that was given.
struct SessionOutput {
  std::vector<Action>& actions;
  std::vector<Packet>& messages;  ///< of type message only
};

class EngineSession {
 public:
  static constexpr std::size_t sid_size = 20;
  using Sid = std::array<char, sid_size>;

  /// The options must outlive the session.
  EngineSession(const SessionOptions& options, Sid sid, std::int64_t now_ms);
  EngineSession(const EngineSession&) = delete;
  EngineSession& operator=(const EngineSession&) = delete;

  std::string_view sid() const noexcept { return {sid_.data(), sid_.size()}; }

  // The handshake: one of the two, first of all.
  void open_polling(ExchangeId exchange, SessionOutput out);
  void open_websocket(WebSocketId websocket, SessionOutput out);

  /// A GET: answered now or later. A second one while the first waits ends the session.
  void poll(ExchangeId exchange, std::int64_t now_ms, SessionOutput out);
  /// A POST whose body is still coming. Only for those who know before the body is there: a second one meanwhile ends
  /// the session.
  void begin_post(ExchangeId exchange, SessionOutput out);
  /// A POST with its body; answered at once.
  void post(ExchangeId exchange, std::string_view content_type, std::string_view body, std::int64_t now_ms,
            SessionOutput out);
  /// The client went away before the answer. Of a GET that waits: ends the session.
  void exchange_dropped(ExchangeId exchange, SessionOutput out);

  /// A WebSocket for this polling session, to be tried. False if there is one already: then the caller closes it.
  bool try_websocket(WebSocketId websocket, std::int64_t now_ms);
  void websocket_text(WebSocketId websocket, std::string_view text, std::int64_t now_ms, SessionOutput out);
  void websocket_binary(WebSocketId websocket, std::string_view bytes, std::int64_t now_ms, SessionOutput out);
  /// All frames that it was given have been written: it can take more.
  void websocket_written(WebSocketId websocket, SessionOutput out);
  /// The same, if nothing comes of it, because nothing more is to be sent; else does nothing, and is false.
  bool websocket_idle(WebSocketId websocket) noexcept;
  void websocket_closed(WebSocketId websocket, SessionOutput out);

  /// Keeps it until `flush`, and then until the client takes it. Beyond the bounds of the queue the session ends.
  void send(const Outgoing& message, SessionOutput out);
  /// What was sent since the last time leaves together, if the client takes it.
  void flush(SessionOutput out);

  /// The server closes the session: the client gets what waits, and then is told.
  void close(EndReason reason, std::int64_t now_ms, SessionOutput out);

  /// When `tick` must be called; `never_ms` if the session is over.
  std::int64_t deadline_ms() const noexcept;
  void tick(std::int64_t now_ms, SessionOutput out);

  bool is_open() const noexcept { return state_ == State::open; }
  /// Nothing will come of it any more: no exchange waits, no WebSocket is used.
  bool is_over() const noexcept { return state_ == State::over; }
  EndReason reason() const noexcept { return reason_; }  ///< once it is not open

  bool is_polling() const noexcept { return websocket_ == 0; }
  WebSocketId websocket() const noexcept { return websocket_; }

 private:
  enum class State : std::uint8_t { open, closing, over };

  void receive(Packet&& packet, std::int64_t now_ms, SessionOutput out);
  void receive_while_tried(std::string_view text, std::int64_t now_ms, SessionOutput out);
  void heard(PacketType type, std::int64_t now_ms) noexcept;
  void beat(std::int64_t now_ms, SessionOutput out);
  void upgrade(SessionOutput out);
  void stop_upgrade(SessionOutput out);
  void send_frames(SessionOutput out);
  void release_poll(std::string_view packet, SessionOutput out);
  void end(EndReason reason, SessionOutput out, std::string_view last_packet = "1");

  const SessionOptions& options_;
  std::int64_t heartbeat_at_ms_;  // the next ping is due, or the pong to the last one
  std::int64_t upgrade_until_ms_ = never_ms;
  std::int64_t release_poll_at_ms_ = never_ms;  // a GET that waits while a WebSocket is tried
  std::int64_t close_at_ms_ = never_ms;
  ExchangeId poll_ = 0;        // waits
  ExchangeId post_ = 0;        // its body is coming
  WebSocketId websocket_ = 0;  // the transport; 0: polling is
  WebSocketId tried_ = 0;      // by an upgrade that lasts
  SendQueue queue_;
  Sid sid_;
  State state_ = State::open;
  EndReason reason_ = EndReason::transport_close;
  bool awaiting_pong_ = false;
  bool refreshed_ = false;  // the time for the pong was prolonged already
  bool probed_ = false;     // the tried WebSocket has answered
  bool writing_ = false;    // the WebSocket has not written all it was given
};

}  // namespace tiketi::realtime
