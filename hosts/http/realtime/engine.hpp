#pragma once
// All sessions of one thread: what whoever has the sockets calls when something came in, and what the application calls
// to send. No sockets, threads or clock of its own, and not thread-safe: one engine for each I/O thread.
//
// How it is used by who has the sockets:
//
//   Engine engine(options, application, random);
//   // a request to /socket.io/ with transport=polling (CORS, and OPTIONS, are dealt with before)
//   engine.request(exchange, {.method = "GET", .query = …, .headers = …}, now_ms);
//   // a request with `Upgrade: websocket`
//   if (const auto answer = engine.refuse_websocket(incoming)) …answer it…
//   else …switch protocols…, engine.websocket_opened(websocket, incoming, now_ms);
//   engine.websocket_text(websocket, text, now_ms);     // and _binary; _closed at its end
//   engine.websocket_written(websocket, now_ms);        // _written when all frames given so far were written
//   engine.tick(now_ms);                                // at next_deadline_ms(), which each call may change
//   // and after each of these calls, and each of the application's:
//   engine.take_actions(actions); for (Action& each : actions) …carry it out…
//
// A session lives in one engine, so all its requests and its WebSocket must be brought to that one: `engine_of` tells
// which by its sid. An exchange is answered by one action, and nothing more may be told of it then. Each WebSocket that
// was opened is told closed once, also if an action closed it.

#include "realtime/application.hpp"
#include "realtime/engine_session.hpp"
#include "realtime/options.hpp"
#include "realtime/rooms.hpp"
#include "realtime/send_queue.hpp"
#include "realtime/socket_client.hpp"
#include "realtime/socket_table.hpp"
#include "realtime/wire.hpp"
#include "server/name_values.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tiketi::realtime {

/// A request as it came in.
struct Incoming {
  std::string_view method;  ///< `GET`
  const http::NameValues& query;
  const http::NameValues& headers;
  std::string_view client;  ///< the address
  std::string_view body;
};

/// What is wrong with a request to that transport, whatever sessions there are. From any thread.
std::optional<RefusalCode> fault_of(const Incoming& incoming, std::string_view transport);

/// Which engine has the session of that sid, by EngineOptions::index. Nothing if no engine made it.
std::optional<std::uint8_t> engine_of(std::string_view sid);

class Engine {
 public:
  /// Fills the bytes with good randomness: session ids are secrets.
  using Random = std::function<void(std::span<std::uint8_t>)>;

  /// The application must outlive the engine.
  Engine(EngineOptions options, Application& application, Random random);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  // For who has the sockets. Never to be called from the application's callbacks.

  void request(ExchangeId exchange, const Incoming& incoming, std::int64_t now_ms);
  /// Optional: a POST has begun whose body is not there yet. `request` follows with the body, if it was not answered.
  void begin_post(ExchangeId exchange, std::string_view sid, std::int64_t now_ms);
  /// The client went away before the request was answered.
  void exchange_dropped(ExchangeId exchange, std::string_view sid, std::int64_t now_ms);

  /// Before the protocol is switched: how the request is to be refused, if it is.
  std::optional<Answer> refuse_websocket(const Incoming& incoming);
  /// A WebSocket that was not refused. It may be closed at once (a second one of a session).
  void websocket_opened(WebSocketId websocket, const Incoming& incoming, std::int64_t now_ms);
  void websocket_text(WebSocketId websocket, std::string_view text, std::int64_t now_ms);
  void websocket_binary(WebSocketId websocket, std::string_view bytes, std::int64_t now_ms);
  void websocket_written(WebSocketId websocket, std::int64_t now_ms);
  void websocket_closed(WebSocketId websocket, std::int64_t now_ms);

  std::int64_t next_deadline_ms() const noexcept;  ///< `never_ms`: nothing is due
  void tick(std::int64_t now_ms);

  /// What is to be done, in order. `actions` is cleared before.
  void take_actions(std::vector<Action>& actions);

  /// Closes all sessions.
  void close_all(std::int64_t now_ms);

  // For the application, from its callbacks or any time else (on the engine's thread; then the actions must be taken,
  // and `tick` should have told the time before). A socket that is gone is no error: it may go any time.

  /// Several of the calls below as one: what clients sent in the meantime, and disconnects, are told after all of them.
  void together(const std::function<void()>& calls);
  /// The one that it was made with.
  Application& application() const noexcept { return application_; }
  /// Of the session that the socket is on; null if it is gone.
  const Handshake* handshake(SocketId socket) const;

  /// Joins the socket to its namespace, and to the room of its sid, which is returned; nothing if the client has left.
  std::optional<std::string> accept(SocketId socket);
  /// `data` is JSON text, or empty. The session stays open, the client may try again.
  bool refuse(SocketId socket, std::string_view message, std::string_view data = {});

  /// A message that `encode_event` made for the socket's namespace.
  bool send(SocketId socket, const Outgoing& message);
  /// The id that Application::on_ack will tell. `arguments` is the JSON text of an array.
  std::optional<std::uint64_t> send_expecting_ack(SocketId socket, std::string_view event, std::string_view arguments,
                                                  std::vector<SharedText> attachments = {});
  /// Answers an event, once. False if that was done, or the client does not wait for it.
  bool acknowledge(SocketId socket, std::uint64_t ack_id, std::string_view arguments,
                   std::vector<SharedText> attachments = {});

  /// Rooms belong to the socket's namespace. Only sockets that were accepted join.
  bool join(SocketId socket, std::string_view room);
  bool leave(SocketId socket, std::string_view room);
  std::size_t count(std::string_view name_space, std::string_view room) const;
  /// To all in the room but `except`; how many that were.
  std::size_t broadcast(std::string_view name_space, std::string_view room, const Outgoing& message,
                        SocketId except = SocketId::none);

  /// Makes the socket leave its namespace; the session stays open.
  bool disconnect(SocketId socket);
  /// Closes the session that the socket is on.
  bool close(SocketId socket, std::int64_t now_ms);

  std::size_t session_count() const noexcept { return connections_.size(); }
  std::size_t socket_count() const noexcept { return sockets_.size(); }  ///< also those not yet decided

 private:
  struct Connection;
  struct Ended {
    SocketId socket = SocketId::none;
    EndReason reason = EndReason::forced_close;
    std::vector<std::string> rooms;
  };
  class Turn;

  SessionOutput output() noexcept { return {actions_, messages_}; }
  Handshake handshake_of(const Incoming& incoming) const;
  EngineSession::Sid new_sid();
  Connection* find(std::string_view sid) const;
  Connection* of_websocket(WebSocketId websocket) const;
  Connection& open(Handshake handshake, std::int64_t now_ms);
  void open_polling(ExchangeId exchange, const Incoming& incoming, std::int64_t now_ms);
  std::optional<RefusalCode> fault_with(const Incoming& incoming, std::string_view transport) const;
  std::optional<Answer> refuse_session(const Handshake& handshake);

  void open_alone(Connection& connection);
  void hear(Connection& connection);
  void deliver(Connection& connection, Received received);
  void leave_namespace(Connection& connection, SocketId socket, EndReason reason);
  void close(Connection& connection, EndReason reason);
  void touch(Connection& connection);
  void settle();
  void settle(Connection& connection);
  void schedule(Connection& connection, std::int64_t deadline_ms);
  void tell_ended();

  const EngineOptions options_;
  Application& application_;
  const Random random_;
  std::unordered_map<std::string_view, std::unique_ptr<Connection>> connections_;  // the sid lives in the session
  std::unordered_map<WebSocketId, Connection*> websockets_;
  std::set<std::pair<std::int64_t, Connection*>> deadlines_;
  SocketTable<Connection> sockets_;
  Rooms rooms_;
  std::vector<Action> actions_;
  std::vector<Packet> messages_;
  std::vector<Connection*> touched_;  // to be settled at the end of the turn
  std::vector<Ended> ended_;          // the application is yet to be told
  std::int64_t now_ms_ = 0;
  int depth_ = 0;  // of turns in each other
};

}  // namespace tiketi::realtime
