#pragma once
// The namespaces of one session: which the client joined, what it may send to them, and acknowledgements in both
// directions. A state machine without I/O: messages in, one thing at a time out. Not thread-safe.

#include "realtime/options.hpp"
#include "realtime/socket_packet.hpp"
#include "realtime/wire.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::realtime {

/// One client in one namespace. Unique among all engines of a process, never used again. 0: none.
enum class SocketId : std::uint64_t { none = 0 };

/// What a message of the client comes to.
struct Received {
  enum class Kind : std::uint8_t {
    nothing,     ///< part of something larger, held back, or an ack that nobody waits for
    connect,     ///< wants to join packet.name_space: `begin_connect` follows
    event,       ///< for the socket
    ack,         ///< of what the socket was sent with packet.ack_id
    disconnect,  ///< the socket leaves its namespace: `remove` follows
    malformed,   ///< can't be parsed, see `why`: the session must be closed
    forbidden,   ///< a namespace not joined, joined twice, or too much of something: the session must be closed
  };
  Kind kind = Kind::nothing;
  SocketId socket = SocketId::none;
  SocketPacket packet;
  std::string why;  ///< for the log
};

class SocketClient {
 public:
  /// The options must outlive the client.
  SocketClient(const ClientOptions& options, std::int64_t now_ms);

  Received text(std::string_view message);
  Received binary(std::string bytes);

  /// The namespace's connect is being decided; what comes for it meanwhile is held back.
  void begin_connect(std::string name_space, SocketId socket);
  /// The socket has joined. What was held back comes out of `next_held`.
  void accept(SocketId socket);
  /// The next of what was held back for sockets that have joined, in order; kind `nothing` when there is no more.
  /// Until then, what comes for them is held back behind it.
  Received next_held();
  /// The socket was refused, or has left: forgets it.
  void remove(SocketId socket);

  bool is_joined(SocketId socket) const noexcept;
  bool is_pending(SocketId socket) const noexcept;
  std::string_view name_space(SocketId socket) const noexcept;  ///< empty if it is not here
  std::vector<SocketId> sockets() const;                        ///< joined ones and pending ones

  /// An id for a packet to the socket that wants an ack.
  std::uint64_t expect_ack(SocketId socket);
  /// True once for each event with that ack id.
  bool take_owed_ack(SocketId socket, std::uint64_t ack_id);

  /// When the session must be closed because the client joined nothing.
  std::int64_t deadline_ms() const noexcept { return connect_until_ms_; }

 private:
  struct Namespace {
    std::string name;
    SocketId socket = SocketId::none;
    bool joined = false;
    std::uint64_t next_ack_id = 0;
    std::vector<std::uint64_t> expected_acks;  // of what was sent
    std::vector<std::uint64_t> owed_acks;      // of what was received
    std::vector<SocketPacket> held;            // the first is the oldest
    std::size_t held_bytes = 0;
  };
  struct Partial {
    SocketPacket packet;
    std::size_t bytes = 0;
  };

  Received route(SocketPacket&& packet);
  Received hold(Namespace& of, SocketPacket&& packet);
  Received hand_over(Namespace& of, SocketPacket&& packet);
  Namespace* find(SocketId socket) noexcept;
  const Namespace* find(SocketId socket) const noexcept;
  void note(std::vector<std::uint64_t>& acks, std::uint64_t id) const;

  const ClientOptions& options_;
  std::int64_t connect_until_ms_;
  std::vector<Namespace> namespaces_;
  std::unique_ptr<Partial> partial_;  // waits for its attachments
};

}  // namespace tiketi::realtime
