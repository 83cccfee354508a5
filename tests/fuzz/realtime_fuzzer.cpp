// RT1: what a realtime client may send: packets, payloads, Socket.IO packets, and all that follows from them. Nothing
// of it crashes, and what is taken is what would be written.

#include "realtime/engine.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace tiketi;
using namespace tiketi::realtime;

void check(bool holds) {
  if (!holds) std::abort();
}

void read_payload(std::string_view text) {
  const PayloadBounds bounds{.max_bytes = 4'000, .max_packets = 100};
  const auto packets = decode_payload(text, bounds);
  if (!packets) return;
  check(!packets->empty() && packets->size() <= bounds.max_packets && text.size() <= bounds.max_bytes);
  std::string again;
  for (const Packet& each : *packets) {
    if (each.binary) append_binary(again, *each.binary);
    else append_packet(again, static_cast<char>(each.type) + std::string(each.data));
  }
  check(again == text);
}

void read_socket_packet(std::string_view text) {
  const SocketPacketBounds bounds{.max_bytes = 4'000, .max_depth = 10};
  const Result<SocketPacket> packet = parse_socket_packet(text, bounds);
  if (!packet) {
    check(!packet.error().message.empty());
    return;
  }
  check(packet->name_space.starts_with('/') && packet->attachment_count <= bounds.max_attachments);
  if (packet->type != SocketPacketType::event) return;
  check(!is_reserved_event(packet->event) && packet->json.starts_with('['));
  const std::string again = encode_event(packet->name_space, packet->event, packet->json, packet->ack_id);
  const Result<SocketPacket> read = parse_socket_packet(std::string_view(again).substr(1), {});
  check(read && read->event == packet->event && read->ack_id == packet->ack_id);
}

class Welcoming : public Application {
 public:
  void on_connect(Engine& engine, const ConnectRequest& request) override {
    if (request.auth.empty()) engine.accept(request.socket);
    else waiting = request.socket;
  }
  void on_event(Engine& engine, const Event& event) override {
    check(event.arguments.starts_with('['));
    if (event.ack_id) check(engine.acknowledge(event.socket, *event.ack_id, "[]"));
    engine.join(event.socket, event.name);
    engine.broadcast("/", event.name, {.text = std::make_shared<const std::string>("42[\"news\"]")});
    if (waiting != SocketId::none) engine.accept(std::exchange(waiting, SocketId::none));
  }
  void on_disconnect(Engine&, SocketId, EndReason, std::span<const std::string>) override {}

 private:
  SocketId waiting = SocketId::none;
};

/// Each line is a frame; one that begins with `<` is binary.
void converse(std::string_view text) {
  Welcoming application;
  Engine engine({}, application, [n = std::uint8_t{0}](std::span<std::uint8_t> bytes) mutable {
    for (std::uint8_t& each : bytes) each = n++;
  });
  http::NameValues query;
  query.add("EIO", "4");
  query.add("transport", "websocket");
  engine.websocket_opened(1, {"GET", query, {}, "", ""}, 0);
  engine.websocket_text(1, "40", 1);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.starts_with('<')) engine.websocket_binary(1, line.substr(1), 2);
    else engine.websocket_text(1, line, 2);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  engine.websocket_closed(1, 3);
  check(engine.session_count() == 0 && engine.socket_count() == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read_payload(text);
  read_socket_packet(text);
  converse(text);
  return 0;
}
