#pragma once
// How the protocol is set: times and bounds. The defaults of the times and of `max_payload_bytes` are the reference
// server's.

#include "realtime/packet.hpp"
#include "realtime/socket_packet.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tiketi::realtime {

/// Of one Engine.IO session.
struct SessionOptions {
  std::int64_t ping_interval_ms = 25'000;
  std::int64_t ping_timeout_ms = 20'000;
  std::int64_t upgrade_timeout_ms = 10'000;
  std::int64_t close_timeout_ms = 30'000;     ///< how long a closed polling session waits for a GET to tell it
  std::int64_t upgrade_release_ms = 100;      ///< how long a GET may be held while an upgrade lasts
  std::size_t max_payload_bytes = 1'000'000;  ///< of a POST's body, and of a WebSocket's message
  std::size_t max_payload_packets = 10'000;   ///< in one POST
  /// What the client has not taken yet; beyond it the session is closed. A single message may be larger.
  std::size_t max_queued_bytes = 256 * 1024;
  std::size_t max_queued_packets = 1'000;  ///< the same, counted
  bool allow_upgrades = true;
};

/// Of the namespaces on one session.
struct ClientOptions {
  std::int64_t connect_timeout_ms = 45'000;  ///< a client that joined no namespace by then is closed
  std::size_t max_namespaces = 8;
  std::size_t max_held_packets = 64;  ///< that came before the namespace's connect was decided
  std::size_t max_held_bytes = 64 * 1024;
  std::size_t max_open_acks = 256;  ///< in each direction; the oldest is forgotten
  SocketPacketBounds packet;
};

struct EngineOptions {
  SessionOptions session;
  ClientOptions client;
  /// False: Engine.IO alone. Each session is one socket, which belongs to the namespace with the empty name, and its
  /// messages go to Application::on_message as they are.
  bool socket_io = true;
  std::size_t max_sessions = 100'000;  ///< beyond it, a handshake is answered 503
  /// The headers of the handshake that are kept for the application, as long as the session lasts.
  std::vector<std::string> kept_headers = {"authorization", "cookie", "origin", "user-agent"};
  /// Which of several engines this is: it is part of every id that this one makes, see `engine_of`.
  std::uint8_t index = 0;
};

}  // namespace tiketi::realtime
