#pragma once
// What runs on top of the protocol: it decides who may join, and hears what clients send.

#include "realtime/engine_session.hpp"
#include "realtime/socket_client.hpp"
#include "server/name_values.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::realtime {

class Engine;

/// The request that opened the session.
struct Handshake {
  std::string client;        ///< the address
  http::NameValues query;    ///< decoded
  http::NameValues headers;  ///< those of EngineOptions::kept_headers
};

/// A client wants to join a namespace. The views live as long as the call.
struct ConnectRequest {
  SocketId socket = SocketId::none;
  std::string_view name_space;  ///< `/`, or any other text that begins with it
  std::string_view auth;        ///< JSON text of an object, or empty
  const Handshake& handshake;   ///< later: Engine::handshake
};

/// A client's event. The views live as long as the call.
struct Event {
  SocketId socket = SocketId::none;
  std::string_view name_space;  ///< the socket's
  std::string_view name;
  std::string_view arguments;  ///< JSON text of an array, `[]` if there are none
  /// What the placeholders in the arguments stand for. Arguments may look like they had placeholders and have none:
  /// check a number against the size.
  std::span<const std::string> attachments;
  std::optional<std::uint64_t> ack_id;  ///< if the client waits for Engine::acknowledge
};

/// What came over a session without Socket.IO. The view lives as long as the call.
struct Message {
  SocketId socket = SocketId::none;
  std::string_view data;
  bool is_binary = false;
};

/// All calls come on the engine's thread, from inside of a call to the engine. They may call those functions of the
/// engine that are meant for the application, and must not block.
class Application {
 public:
  virtual ~Application() = default;

  /// A message to refuse the whole session with (403), before it exists.
  virtual std::optional<std::string> refuse_handshake(const Handshake&) { return std::nullopt; }

  /// Engine::accept or Engine::refuse must follow for the socket, now or later (but on the engine's thread). What the
  /// client sends meanwhile is kept, and told in order after `accept`.
  virtual void on_connect(Engine& engine, const ConnectRequest& request) {
    static_cast<void>(engine), static_cast<void>(request);
  }

  virtual void on_event(Engine& engine, const Event& event) { static_cast<void>(engine), static_cast<void>(event); }

  /// The client's answer to Engine::send_expecting_ack, at most once for each. `arguments` as of an event.
  virtual void on_ack(Engine& engine, SocketId socket, std::uint64_t ack_id, std::string_view arguments,
                      std::span<const std::string> attachments) {
    static_cast<void>(engine), static_cast<void>(socket), static_cast<void>(ack_id);
    static_cast<void>(arguments), static_cast<void>(attachments);
  }

  // Without Socket.IO (EngineOptions::socket_io) these two instead of the three above.

  /// A session has begun. Its socket needs no `accept`.
  virtual void on_open(Engine& engine, SocketId socket) { static_cast<void>(engine), static_cast<void>(socket); }

  /// To be answered with text_message or binary_message.
  virtual void on_message(Engine& engine, const Message& message) {
    static_cast<void>(engine), static_cast<void>(message);
  }

  /// Once for each socket that was accepted. It is not in the rooms any more: these are those that it was in.
  virtual void on_disconnect(Engine& engine, SocketId socket, EndReason reason, std::span<const std::string> rooms) {
    static_cast<void>(engine), static_cast<void>(socket), static_cast<void>(reason), static_cast<void>(rooms);
  }
};

}  // namespace tiketi::realtime
