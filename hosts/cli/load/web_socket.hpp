#pragma once
// WebSockets (RFC 6455) as bytes, the client's side.

#include "load/address.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tiketi::load {

/// The request for a WebSocket.
void append_web_socket_request(std::string& out, const Address& server, std::string_view target);

/// Why the answer to it, up to and with its empty line, makes no WebSocket; empty if it does.
std::string_view refusal_in(std::string_view head);

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// A client's frame: masked, as it must be. The key is always the same, for there is nobody it would keep out.
void append_frame(std::string& out, Opcode opcode, std::string_view payload);

struct Frame {
  Opcode opcode = Opcode::text;
  std::string_view payload;  ///< stays until the reader's next `next`
};

/// Takes a server's frames out of the bytes of a connection, however they are split. Holds memory only while a frame is
/// split.
class FrameReader {
 public:
  /// Bound on what a server can make us hold.
  static constexpr std::uint64_t max_payload_bytes = 16 * 1024 * 1024;

  enum class State : std::uint8_t {
    more,   ///< there is no whole frame in what came so far
    done,   ///< `frame` is the next one
    broken  ///< not what a server sends: masked, in fragments, with extensions, beyond the bound
  };

  /// Looks at no more of a frame than its head, and removes it from `bytes`.
  State next(std::string_view& bytes, Frame& frame);

 private:
  State finish(std::string_view& bytes, Frame& frame);

  std::string kept_;  // of a frame whose rest is to come
  bool given_ = false;
};

}  // namespace tiketi::load
