#include "load/web_socket.hpp"

#include <algorithm>
#include <array>

namespace tiketi::load {
namespace {

using State = FrameReader::State;

// A key and what it is answered with, of RFC 6455 1.3.
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

constexpr std::array<unsigned char, 4> mask{0x37, 0xfa, 0x21, 0x3d};

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t out = 0;
  for (const char each : bytes) out = out << 8 | static_cast<unsigned char>(each);
  return out;
}

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

bool is_opcode(unsigned value) { return value <= 2 || (value >= 8 && value <= 10); }

struct Head {
  Opcode opcode = Opcode::text;
  std::size_t bytes = 2;  ///< of the head itself, as far as it is known
  std::uint64_t payload_bytes = 0;
};

/// `more` if these are too few: then `head.bytes` tells how many it takes at least.
State read_head(std::string_view bytes, Head& head) {
  head = {};
  if (bytes.size() < head.bytes) return State::more;
  const auto first = static_cast<unsigned char>(bytes[0]);
  const auto second = static_cast<unsigned char>(bytes[1]);
  const bool is_whole = (first & 0xf0) == 0x80;  // the last fragment, and no extension
  const bool is_masked = (second & 0x80) != 0;
  const unsigned opcode = first & 0x0fU;
  if (!is_whole || is_masked || !is_opcode(opcode) || opcode == 0) return State::broken;
  head.opcode = static_cast<Opcode>(opcode);
  head.bytes += second == 126 ? 2U : second == 127 ? 8U : 0U;
  if (bytes.size() < head.bytes) return State::more;
  head.payload_bytes = second < 126 ? second : big_endian(bytes.substr(2, head.bytes - 2));
  return head.payload_bytes > FrameReader::max_payload_bytes ? State::broken : State::done;
}

std::size_t size_of(const Head& head) { return head.bytes + static_cast<std::size_t>(head.payload_bytes); }

}  // namespace

void append_web_socket_request(std::string& out, const Address& server, std::string_view target) {
  out.append("GET ").append(target).append(" HTTP/1.1\r\nHost: ").append(server.host);
  out.append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ");
  out.append(key).append("\r\n\r\n");
}

std::string_view refusal_in(std::string_view head) {
  if (!head.starts_with("HTTP/1.1 ")) return "the answer is not HTTP";
  if (!head.starts_with("HTTP/1.1 101 ")) return head.substr(0, head.find("\r\n"));
  return head.find(accept) == head.npos ? "the server has not seen the key" : "";
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload) {
  const int length_bytes = payload.size() < 126 ? 0 : payload.size() < 65'536 ? 2 : 8;
  const std::size_t length = length_bytes == 0 ? payload.size() : length_bytes == 2 ? 126 : 127;
  out += static_cast<char>(0x80U | static_cast<unsigned>(opcode));
  out += static_cast<char>(0x80U | length);
  append_big_endian(out, payload.size(), length_bytes);
  out.append(mask.begin(), mask.end());
  for (std::size_t i = 0; i < payload.size(); ++i)
    out += static_cast<char>(static_cast<unsigned char>(payload[i]) ^ mask[i % mask.size()]);
}

FrameReader::State FrameReader::next(std::string_view& bytes, Frame& frame) {
  if (given_) {
    std::string().swap(kept_);
    given_ = false;
  }
  if (!kept_.empty()) return finish(bytes, frame);
  Head head;
  const State state = read_head(bytes, head);
  if (state == State::broken) return state;
  if (state == State::more || bytes.size() < size_of(head)) {
    kept_ = bytes;
    bytes = {};
    return State::more;
  }
  frame = {head.opcode, bytes.substr(head.bytes, size_of(head) - head.bytes)};
  bytes.remove_prefix(size_of(head));
  return State::done;
}

FrameReader::State FrameReader::finish(std::string_view& bytes, Frame& frame) {
  const auto fill = [&](std::size_t wanted) {
    const std::size_t taken = std::min(wanted - std::min(wanted, kept_.size()), bytes.size());
    kept_.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    return kept_.size() >= wanted;
  };
  Head head;
  State state = read_head(kept_, head);
  while (state == State::more && fill(head.bytes)) state = read_head(kept_, head);
  if (state != State::done) return state;
  if (!fill(size_of(head))) return State::more;
  frame = {head.opcode, std::string_view(kept_).substr(head.bytes)};
  given_ = true;
  return State::done;
}

}  // namespace tiketi::load
