#pragma once
// How a connection becomes a WebSocket: RFC 6455 4.2, the server's side.

#include "server/request.hpp"
#include "server/response.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tiketi::http {

/// True if the request asks for a WebSocket, well or badly.
bool asks_for_web_socket(const Request& request) noexcept;

/// The refusal if the handshake is not as it must be: 426 without `Upgrade: websocket` or with another version than 13,
/// else 400; both name the version.
std::optional<Response> refuse_handshake(const Request& request);

/// The 101. `protocol`: the subprotocol that was chosen of those the client offered, or empty.
Response switch_protocols(const Request& request, std::string_view protocol);

/// `Sec-WebSocket-Accept` for a `Sec-WebSocket-Key`.
std::string accept_key(std::string_view key);

}  // namespace tiketi::http
