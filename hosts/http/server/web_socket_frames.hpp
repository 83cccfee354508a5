#pragma once
// The frames of RFC 6455, as a server reads and writes them: masked in, plain out, without extensions. No I/O.

#include "server/send_queue.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tiketi::http {

/// Why a WebSocket ends (RFC 6455 7.4.1).
namespace close_code {
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t none = 1005;  ///< the client gave no code; never sent
inline constexpr std::uint16_t lost = 1006;  ///< without a closing handshake; never sent
inline constexpr std::uint16_t invalid_text = 1007;
inline constexpr std::uint16_t policy = 1008;
inline constexpr std::uint16_t too_big = 1009;
inline constexpr std::uint16_t internal_error = 1011;
inline constexpr std::uint16_t try_again_later = 1013;
}  // namespace close_code

/// True if an endpoint may send it.
bool is_close_code(std::uint16_t code) noexcept;

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// A message, or control frame, in one frame.
Chunk make_frame(Opcode opcode, Payload payload) noexcept;

/// The payload of a close frame. What is too long of the reason (123 bytes) is left out.
std::string close_payload(std::uint16_t code, std::string_view reason);

/// Bytes in, messages and control frames out, one after another.
class FrameReader {
 public:
  enum class Event : std::uint8_t {
    more,    ///< all bytes are used, and more are needed
    text,    ///< a message; is UTF-8
    binary,  ///< a message
    ping,
    pong,
    close,   ///< `code` is what the client gave, or 1005; `payload` its reason
    failed,  ///< the connection must be closed with `code`; nothing can be read any more
  };

  /// `max_frames`: that one message may be made of; more fail with 1008, more bytes with 1009.
  FrameReader(std::size_t max_message_bytes, std::size_t max_frames) noexcept
      : max_message_bytes_(max_message_bytes), max_frames_(max_frames) {}

  void set_max_message_bytes(std::size_t bytes) noexcept { max_message_bytes_ = bytes; }

  /// Takes bytes up to the next event, which it may change, and tells how many that was.
  Event put(std::span<char> bytes, std::size_t& used);

  /// Of the last event; views into the bytes, or of the reader's own: until the next `put`.
  std::string_view payload() const noexcept { return payload_; }
  std::uint16_t code() const noexcept { return code_; }

  /// Bytes of memory that an unfinished message takes.
  std::size_t held() const noexcept { return message_.capacity() > 15 ? message_.capacity() : 0; }

 private:
  bool read_head(std::span<char> bytes, std::size_t& used);
  std::uint16_t check_first_bytes() noexcept;
  std::uint16_t check_length(std::size_t head_size) noexcept;
  Event finish_frame();
  Event finish_message(Opcode kind);
  Event finish_close();
  Event fail(std::uint16_t code) noexcept;

  std::size_t max_message_bytes_;
  std::size_t max_frames_;
  std::string message_;                   // of frames, or parts of one, that came before
  std::array<char, 125> control_;         // payload of a control frame that comes in parts
  std::array<unsigned char, 14> head_{};  // as far as it is there
  std::uint8_t head_size_ = 0;
  bool in_payload_ = false;
  bool final_ = false;
  Opcode opcode_ = Opcode::continuation;  // of the frame
  Opcode kind_ = Opcode::continuation;    // of the message that has begun; continuation: none
  bool delivered_ = false;                // message_ is of the last event
  std::array<unsigned char, 4> mask_{};
  std::uint64_t length_ = 0;  // of the frame's payload
  std::uint64_t taken_ = 0;   // of it
  std::size_t frames_ = 0;    // of the message
  std::string_view payload_;
  std::uint16_t code_ = 0;
};

}  // namespace tiketi::http
