#pragma once
// Packets of Engine.IO, revision 4, and the payloads in which long-polling carries several at once
// (https://socket.io/docs/v4/engine-io-protocol). Pure functions.
//
// A packet as text is one digit, its type, and what it carries: `4hello` is the message "hello". A WebSocket carries
// one packet in each text frame, and a binary message as a raw binary frame. Long-polling carries text only: packets
// are joined by U+001E, and a binary message is `b` with its bytes in base64.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::realtime {

enum class PacketType : char {
  open = '0',     ///< from the server: the handshake
  close = '1',    ///< from either side: the session ends
  ping = '2',     ///< from the server; from the client only `2probe`, on a WebSocket that it tries
  pong = '3',     ///< from the client; from the server only `3probe`
  message = '4',  ///< from either side
  upgrade = '5',  ///< from the client: from now on the WebSocket
  noop = '6',     ///< from the server: releases a request that waits
};

struct Packet {
  PacketType type = PacketType::noop;
  std::string_view data;              ///< after the type; refers to the text that was decoded
  std::optional<std::string> binary;  ///< of a binary message: its bytes (`data` is empty then)
};

/// What one payload may hold; beyond it nothing is decoded.
struct PayloadBounds {
  std::size_t max_bytes = 1'000'000;
  std::size_t max_packets = 10'000;
};

/// One packet as a WebSocket's text frame carries it. Nothing if it has no type that exists.
std::optional<Packet> decode_packet(std::string_view text);

/// All packets of a polling request's body, in order. Nothing if any of them is malformed, the body is empty, or a
/// bound is broken.
std::optional<std::vector<Packet>> decode_payload(std::string_view body, const PayloadBounds& bounds);

/// Adds an encoded packet, such as `4hello`, to a payload.
void append_packet(std::string& payload, std::string_view packet);

/// Adds a binary message to a payload.
void append_binary(std::string& payload, std::string_view bytes);

}  // namespace tiketi::realtime
