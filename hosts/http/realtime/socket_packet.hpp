#pragma once
// Packets of Socket.IO, revision 5 (https://socket.io/docs/v4/socket-io-protocol), which travel in Engine.IO messages.
// Pure functions.
//
//   <type>[<attachments>-][<namespace>,][<ack id>][<JSON>]
//
// `2["seat-locked",{"seatId":"…"}]` is an event of the namespace `/`; `2/admin,7["name",1]` one of `/admin` that wants
// to be acknowledged by the id 7; `51-["picture",{"_placeholder":true,"num":0}]` one that a binary message follows.

#include <tiketi/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::realtime {

enum class SocketPacketType : std::uint8_t {
  connect,
  disconnect,
  event,
  ack,
  connect_error,
  binary_event,
  binary_ack,
};

struct SocketPacket {
  SocketPacketType type = SocketPacketType::disconnect;
  std::string name_space = "/";
  std::optional<std::uint64_t> ack_id;  ///< at most 2^53 - 1, JavaScript's largest integer
  std::string event;                    ///< of an event: its name (a number as it was written)
  /// Checked JSON text. Of a connect: the auth object, or empty. Of an event or ack: the array of arguments, such as
  /// `[{"eventId":"…"}]`, without the name. Where a placeholder `{"_placeholder":true,"num":i}` of a binary packet
  /// stands, attachment `i` is meant, which exists.
  std::string json;
  std::size_t attachment_count = 0;      ///< announced
  std::vector<std::string> attachments;  ///< the bytes of those that have come
};

/// What one packet may be. A packet that breaks a bound is refused; as is a key of more than 256 bytes in its JSON.
struct SocketPacketBounds {
  std::size_t max_bytes = 1'000'000;
  std::size_t max_depth = 32;         ///< of arrays and objects in each other
  std::size_t max_elements = 10'000;  ///< of one array
  std::size_t max_members = 1'000;    ///< of one object
  std::size_t max_namespace_bytes = 100;
  std::size_t max_event_bytes = 200;
  std::size_t max_attachments = 10;
  std::size_t max_attachment_bytes = 1'000'000;  ///< of all attachments of a packet
};

/// Reads what a client sent (without Engine.IO's `4`). Refuses (`invalid_argument`, or `limit_exceeded` for a bound):
/// a type that does not exist; JSON that does not parse, repeats a key, or is not what the type asks for; an event
/// without name or with a reserved one; ack ids that are no numbers; attachment counts that are none, too large, or of
/// types that have none; placeholders of attachments that do not exist; a connect_error, which only servers send.
Result<SocketPacket> parse_socket_packet(std::string_view text, const SocketPacketBounds& bounds);

/// connect, connect_error, disconnect, disconnecting, newListener, removeListener: what no event may be called.
bool is_reserved_event(std::string_view name) noexcept;

// What a server sends, as Engine.IO text with its `4`, ready for every receiver. `arguments` is the JSON text of an
// array, `[]` for none.

std::string encode_connect(std::string_view name_space, std::string_view sid);
/// `data` is JSON text, or empty for none.
std::string encode_connect_error(std::string_view name_space, std::string_view message, std::string_view data = {});
std::string encode_disconnect(std::string_view name_space);
/// With attachments the arguments hold their placeholders.
std::string encode_event(std::string_view name_space, std::string_view event, std::string_view arguments,
                         std::optional<std::uint64_t> ack_id = std::nullopt, std::size_t attachment_count = 0);
std::string encode_ack(std::string_view name_space, std::uint64_t ack_id, std::string_view arguments,
                       std::size_t attachment_count = 0);

}  // namespace tiketi::realtime
