#include "server/web_socket_handshake.hpp"

#include "server/accept.hpp"
#include "server/problem.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace tiketi::http {
namespace {

constexpr Text not_upgraded{"이 경로는 WebSocket으로만 연결할 수 있습니다.",
                            "This path is for WebSockets of version 13."};
constexpr Text bad_handshake{"잘못된 WebSocket 연결 요청입니다.", "The WebSocket handshake is malformed."};

/// In any of the header's lines, which are lists.
bool has_token(const Request& request, std::string_view name, std::string_view token) noexcept {
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    if (!same_ignoring_case(request.headers[i].name, name)) continue;
    std::string_view list = request.headers[i].value;
    while (!list.empty())
      if (same_ignoring_case(next_element(list), token)) return true;
  }
  return false;
}

/// 16 bytes in base64.
bool is_key(std::string_view key) noexcept {
  constexpr std::size_t digits = 22;
  return key.size() == digits + 2 && key.ends_with("==") && std::ranges::all_of(key.substr(0, digits), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
         });
}

Response refusal(const Request& request, int status, std::string_view code, Text text) {
  Response out = problem(request.language, status, code, text).with_header("Sec-WebSocket-Version", "13");
  if (status == 426) out.headers.add("Upgrade", "websocket");
  return out;
}

}  // namespace

bool asks_for_web_socket(const Request& request) noexcept {
  return request.method == Method::get && has_token(request, "upgrade", "websocket");
}

std::optional<Response> refuse_handshake(const Request& request) {
  if (!asks_for_web_socket(request)) return refusal(request, 426, "upgrade_required", not_upgraded);
  if (!has_token(request, "connection", "upgrade") || !is_key(request.header("sec-websocket-key")))
    return refusal(request, 400, "bad_handshake", bad_handshake);
  if (request.header("sec-websocket-version") != "13") return refusal(request, 426, "upgrade_required", not_upgraded);
  return std::nullopt;
}

Response switch_protocols(const Request& request, std::string_view protocol) {
  Response out;
  out.status = 101;
  out.headers.add("Connection", "Upgrade");
  out.headers.add("Upgrade", "websocket");
  out.headers.add("Sec-WebSocket-Accept", accept_key(request.header("sec-websocket-key")));
  if (!protocol.empty()) out.headers.add("Sec-WebSocket-Protocol", protocol);
  return out;
}

std::string accept_key(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  std::array<unsigned char, 4 * (EVP_MAX_MD_SIZE / 3 + 1) + 1> encoded{};
  const int encoded_size = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return {encoded.begin(), encoded.begin() + encoded_size};
}

}  // namespace tiketi::http
