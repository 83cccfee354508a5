#include "realtime/packet.hpp"

#include <tiketi/base/base64.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace tiketi::realtime {
namespace {

constexpr char separator = '\x1e';

std::optional<Packet> decode_binary(std::string_view base64) {
  const auto bytes = from_base64(base64);
  if (!bytes) return std::nullopt;
  return Packet{.type = PacketType::message, .data = {}, .binary = std::string(bytes->begin(), bytes->end())};
}

void separate(std::string& payload) {
  if (!payload.empty()) payload += separator;
}

}  // namespace

std::optional<Packet> decode_packet(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '6') return std::nullopt;
  return Packet{.type = static_cast<PacketType>(text.front()), .data = text.substr(1), .binary = std::nullopt};
}

std::optional<std::vector<Packet>> decode_payload(std::string_view body, const PayloadBounds& bounds) {
  if (body.size() > bounds.max_bytes) return std::nullopt;
  const auto count = static_cast<std::size_t>(std::count(body.begin(), body.end(), separator)) + 1;
  if (count > bounds.max_packets) return std::nullopt;
  std::vector<Packet> out;
  out.reserve(count);
  while (out.size() < count) {
    const std::size_t end = std::min(body.find(separator), body.size());
    const std::string_view text = body.substr(0, end);
    std::optional<Packet> packet = text.starts_with('b') ? decode_binary(text.substr(1)) : decode_packet(text);
    if (!packet) return std::nullopt;
    out.push_back(*std::move(packet));
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  return out;
}

void append_packet(std::string& payload, std::string_view packet) {
  separate(payload);
  payload += packet;
}

void append_binary(std::string& payload, std::string_view bytes) {
  separate(payload);
  payload += 'b';
  payload += to_base64({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

}  // namespace tiketi::realtime
