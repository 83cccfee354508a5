#pragma once
// A WebSocket client that sends whatever frames a test wants to send. It shares no code with the server.

#include "support/http_client.hpp"

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace tiketi::test {

struct Frame {
  unsigned first = 0;  ///< byte: FIN, RSV, opcode
  std::string payload;
  /// Of a close frame; 0: it has none.
  int close_code() const {
    if (payload.size() < 2) return 0;
    return static_cast<unsigned char>(payload[0]) * 256 + static_cast<unsigned char>(payload[1]);
  }
  friend bool operator==(const Frame&, const Frame&) = default;
};

inline constexpr unsigned text_frame = 0x81, binary_frame = 0x82, close_frame = 0x88, ping_frame = 0x89,
                          pong_frame = 0x8a;

/// A client's frame.
inline std::string frame_bytes(unsigned first, std::string_view payload, bool masked = true) {
  std::string out{static_cast<char>(first)};
  const unsigned mask_bit = masked ? 0x80 : 0;
  const std::size_t size = payload.size();
  const int length_bytes = size < 126 ? 0 : size < 65536 ? 2 : 8;
  out += static_cast<char>(mask_bit | (length_bytes == 0 ? size : length_bytes == 2 ? 126U : 127U));
  for (int i = length_bytes - 1; i >= 0; --i) out += static_cast<char>(size >> (8 * i) & 0xff);
  if (!masked) return out.append(payload);
  const std::string key = "\x37\xfa\x21\x3d";
  out += key;
  for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(payload[i] ^ key[i % 4]);
  return out;
}

inline std::string close_bytes(int code, std::string_view reason = {}) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  return frame_bytes(close_frame, payload.append(reason));
}

/// The handshake with a key of RFC 6455 1.3.
inline std::string handshake(std::string_view target, std::string_view more = {}) {
  return std::string("GET ")
      .append(target)
      .append(
          " HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
      .append(more)
      .append("\r\n");
}

class WebSocketClient {
 public:
  explicit WebSocketClient(HttpClient client, std::string_view target = "/ws", std::string_view behind = {})
      : client_(std::move(client)) {
    client_.send(handshake(target) + std::string(behind));
    reply_ = client_.read();
    if (reply_.status != 101) throw std::runtime_error("no upgrade: " + std::to_string(reply_.status));
  }

  const HttpReply& reply() const { return reply_; }
  void send(std::string_view bytes) { client_.send(bytes); }
  void send_text(std::string_view text) { send(frame_bytes(text_frame, text)); }

  Frame read() {
    const auto byte = [](char c) { return static_cast<unsigned char>(c); };
    const std::string head = client_.read_bytes(2);
    if ((byte(head[1]) & 0x80) != 0) throw std::runtime_error("the server masks");
    std::size_t size = byte(head[1]);
    if (size >= 126) {
      const std::string length = client_.read_bytes(size == 126 ? 2 : 8);
      size = 0;
      for (const char c : length) size = size << 8 | byte(c);
    }
    return {byte(head[0]), client_.read_bytes(size)};
  }
  /// The next message, which must be text.
  std::string read_text() {
    Frame frame = read();
    if (frame.first != text_frame) throw std::runtime_error("no text: " + std::to_string(frame.first));
    return std::move(frame.payload);
  }
  /// The code of the next frame, which must be a goodbye.
  int read_close() {
    const Frame frame = read();
    if (frame.first != close_frame) throw std::runtime_error("no goodbye: " + std::to_string(frame.first));
    return frame.close_code();
  }
  HttpClient& http() { return client_; }

 private:
  HttpClient client_;
  HttpReply reply_;
};

}  // namespace tiketi::test
