#pragma once
// Inside of the engine: a session with what is on it, and the end of each call.

#include "realtime/engine.hpp"

namespace tiketi::realtime {

struct Engine::Connection {
  Connection(const EngineOptions& options, EngineSession::Sid sid, Handshake from, std::int64_t now_ms)
      : session(options.session, sid, now_ms), client(options.client, now_ms), handshake(std::move(from)) {}

  EngineSession session;
  SocketClient client;
  Handshake handshake;
  std::vector<WebSocketId> websockets;  // until they are told closed; of an upgrade more than one
  std::int64_t scheduled_ms = never_ms;
  bool touched = false;
  bool closed_by_us = false;  // what the client sent behind that is not heard
};

/// One call into the engine. The application may call again from its callbacks; when the outermost call ends,
/// everything that such calls must not do while others run is done: telling who has gone, and removing sessions.
class Engine::Turn {
 public:
  explicit Turn(Engine& engine) : engine_(engine) { ++engine_.depth_; }
  Turn(Engine& engine, std::int64_t now_ms) : Turn(engine) { engine_.now_ms_ = now_ms; }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (engine_.depth_ == 1) engine_.settle();
    --engine_.depth_;
  }

 private:
  Engine& engine_;
};

}  // namespace tiketi::realtime
