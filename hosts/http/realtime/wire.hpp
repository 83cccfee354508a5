#pragma once
// What the protocol wants done on the wire. The protocol itself owns no socket, thread or clock: whoever does tells it
// what came in and when, and carries out these actions in their order.

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace tiketi::realtime {

/// An HTTP request that waits for its answer, as the caller numbers them. Never used again. 0: none.
using ExchangeId = std::uint64_t;

/// A WebSocket, as the caller numbers them. Never used again. 0: none.
using WebSocketId = std::uint64_t;

/// Bytes made once and sent to many.
using SharedText = std::shared_ptr<const std::string>;

/// Times are milliseconds of a clock that never goes back (std::chrono::steady_clock).
inline constexpr std::int64_t never_ms = std::numeric_limits<std::int64_t>::max();

inline constexpr std::string_view polling_content_type = "text/plain; charset=UTF-8";

struct Answer {
  int status = 200;
  std::string_view content_type = polling_content_type;  ///< a literal
  std::string body;
};

/// Answer the request. Each one that was given to the protocol is answered once, unless it was told dropped.
struct AnswerExchange {
  ExchangeId exchange = 0;
  Answer answer;
};

/// Send one frame, text or binary, after those before it.
struct SendFrame {
  WebSocketId websocket = 0;
  SharedText data;
  bool binary = false;
};

/// Close the WebSocket: after what was sent before (but do not wait for a slow client much longer than a few seconds),
/// or at once, dropping what was not written yet. Nothing more is sent on it.
struct CloseWebSocket {
  WebSocketId websocket = 0;
  bool at_once = false;
};

using Action = std::variant<AnswerExchange, SendFrame, CloseWebSocket>;

/// The refusals of Engine.IO, as the reference server words them.
enum class RefusalCode : int {
  unknown_transport = 0,
  unknown_sid = 1,
  bad_handshake_method = 2,
  bad_request = 3,
  forbidden = 4,
  unsupported_version = 5,
};

/// `{"code":0,"message":"Transport unknown"}` with status 400, `forbidden` with 403. `message` takes the place of the
/// usual one if it is not empty.
Answer refusal(RefusalCode code, std::string_view message = {});

}  // namespace tiketi::realtime
