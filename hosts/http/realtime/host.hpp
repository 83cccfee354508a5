#pragma once
// Engine.IO and Socket.IO on the HTTP server: an engine for each of its threads, and whatever the application says to
// all of them.
//
//   realtime::RealtimeHost host({.engine = {…}, .allowed_origins = {…}}, [&](RealtimeHost& host) {
//     return std::make_unique<MyApplication>(host, shared_parts);          // one for each thread of the server
//   });
//   http::Router router;
//   host.add_to(router, "/socket.io/");
//   http::Server server(options, std::move(router));
//   server.start();
//   host.start(server.loops());
//   …
//   host.broadcast("/", "seats:7", {.text = make_shared(encode_event("/", "seat-locked", arguments))});
//   …
//   host.stop();
//   server.stop(grace_ms);
//
// A session lives on the thread where it began. Its later requests, which the system may put on any thread, are taken
// there; so are its upgrades. What is sent to a user wherever they are connected goes to a room that their sockets join
// (`user:7`). Held GETs are not cut by the server's time-outs; one whose client has gone ends its session, and a stop
// of the server answers all of them.

#include "realtime/engine_loop.hpp"
#include "realtime/origins.hpp"
#include "server/router.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tiketi::realtime {

struct HostOptions {
  EngineOptions engine;  ///< `index` is the host's to set
  /// Pages that may connect, such as `https://tickets.example`; they may send cookies. Empty: any page, without.
  std::vector<std::string> allowed_origins;
};

/// Outlives the server. Everything but `start` is thread-safe; what is told to sockets that are gone is dropped.
class RealtimeHost {
 public:
  /// Called by `start`, once for each thread of the server. All calls of an application come on one thread, so it needs
  /// no locks for what is its own. It must not throw, nor wait. Timers: http::Timer, on http::EventLoop::current(), and
  /// from there by way of `run`.
  using MakeApplication = std::function<std::unique_ptr<Application>(RealtimeHost&)>;

  RealtimeHost(HostOptions options, MakeApplication make_application);
  RealtimeHost(const RealtimeHost&) = delete;
  RealtimeHost& operator=(const RealtimeHost&) = delete;
  ~RealtimeHost();

  /// Before the server is made. May be called for several paths.
  void add_to(http::Router& router, std::string_view path);
  /// When the server has started; until then everything is answered 503. To be called once.
  void start(const std::vector<std::shared_ptr<http::EventLoop>>& loops);
  /// Closes all sessions and takes no more. Before Server::stop, which says goodbye less politely.
  void stop();

  // What follows returns at once; it happens soon, on the threads of the sockets, in the order of the calls. May be
  // called from within the application's callbacks.

  /// To all in the room of the namespace, on all threads.
  void broadcast(std::string name_space, std::string room, Outgoing message, SocketId except = SocketId::none);
  void send(SocketId socket, Outgoing message);
  /// Lets the socket join its namespace, and these rooms.
  void accept(SocketId socket, std::vector<std::string> rooms = {});
  void refuse(SocketId socket, std::string message, std::string data = {});
  /// How many are in the room, on all threads together. `then` is called on one of them.
  void count(std::string name_space, std::string room, std::function<void(std::size_t)> then) const;
  /// `then` is called, on one of the threads, when what was said before has left all of them: to the system, or to a
  /// slow client's queue. Who says much should wait for that before saying more. Not called if the server stops first.
  void when_sent(std::function<void()> then) const;
  /// Whatever else an engine can do, as one (Engine::together): on the one that has the socket, or on each.
  void run(SocketId socket, std::function<void(Engine&)> task);
  void run_on_all(const std::function<void(Engine&)>& task) const;

  /// On all threads, as of their last turn.
  std::size_t session_count() const noexcept;

 private:
  using Loops = std::vector<std::unique_ptr<EngineLoop>>;

  EngineLoop* owner_of(const http::Request& request) const;
  std::shared_ptr<void> begin(const http::Request& request) const;
  void take(const http::Request& request, http::Respond respond) const;
  std::variant<http::Response, http::AcceptWebSocket> open(const http::Request& request) const;
  const Loops& loops() const noexcept;

  const HostOptions options_;
  const MakeApplication make_application_;
  const Origins origins_;
  Loops loops_;
  std::atomic<bool> started_ = false;  // the loops are there, and change no more
};

}  // namespace tiketi::realtime
