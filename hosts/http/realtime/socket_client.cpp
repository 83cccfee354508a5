#include "realtime/socket_client.hpp"

#include <algorithm>
#include <utility>

namespace tiketi::realtime {
namespace {

Received refused(Received::Kind kind, std::string why) {
  return {.kind = kind, .socket = SocketId::none, .packet = {}, .why = std::move(why)};
}

/// Removes one of that id, if there is one.
bool take(std::vector<std::uint64_t>& ids, std::uint64_t id) {
  const auto found = std::ranges::find(ids, id);
  if (found == ids.end()) return false;
  ids.erase(found);
  return true;
}

std::size_t size_of(const SocketPacket& packet) {
  std::size_t out = packet.event.size() + packet.json.size();
  for (const std::string& each : packet.attachments) out += each.size();
  return out;
}

}  // namespace

SocketClient::SocketClient(const ClientOptions& options, std::int64_t now_ms)
    : options_(options), connect_until_ms_(now_ms + options.connect_timeout_ms) {}

Received SocketClient::text(std::string_view message) {
  if (partial_) return refused(Received::Kind::malformed, "text while an attachment is awaited");
  Result<SocketPacket> packet = parse_socket_packet(message, options_.packet);
  if (!packet) return refused(Received::Kind::malformed, packet.error().message);
  if (packet->attachment_count == 0) return route(*std::move(packet));
  partial_ = std::make_unique<Partial>(Partial{*std::move(packet), 0});
  return {};
}

Received SocketClient::binary(std::string bytes) {
  if (!partial_) return refused(Received::Kind::malformed, "an attachment that was not announced");
  partial_->bytes += bytes.size();
  if (partial_->bytes > options_.packet.max_attachment_bytes)
    return refused(Received::Kind::malformed, "the attachments are too large");
  SocketPacket& packet = partial_->packet;
  packet.attachments.push_back(std::move(bytes));
  if (packet.attachments.size() < packet.attachment_count) return {};
  return route(std::move(std::exchange(partial_, nullptr)->packet));
}

Received SocketClient::route(SocketPacket&& packet) {
  const auto of = std::ranges::find(namespaces_, packet.name_space, &Namespace::name);
  const bool known = of != namespaces_.end();
  if (packet.type == SocketPacketType::connect) {
    if (known) return refused(Received::Kind::forbidden, "a second connect to " + packet.name_space);
    if (namespaces_.size() >= options_.max_namespaces) return refused(Received::Kind::forbidden, "too many namespaces");
    return {.kind = Received::Kind::connect, .socket = SocketId::none, .packet = std::move(packet), .why = {}};
  }
  if (!known) return refused(Received::Kind::forbidden, "a packet for " + packet.name_space + ", which was not joined");
  const bool leaves_before_the_decision = packet.type == SocketPacketType::disconnect && !of->joined;
  if ((of->joined && of->held.empty()) || leaves_before_the_decision) return hand_over(*of, std::move(packet));
  return hold(*of, std::move(packet));
}

Received SocketClient::hold(Namespace& of, SocketPacket&& packet) {
  of.held_bytes += size_of(packet);
  if (of.held.size() >= options_.max_held_packets || of.held_bytes > options_.max_held_bytes)
    return refused(Received::Kind::forbidden, "too much before the connect was decided");
  of.held.push_back(std::move(packet));
  return {};
}

Received SocketClient::hand_over(Namespace& of, SocketPacket&& packet) {
  Received out{.kind = Received::Kind::event, .socket = of.socket, .packet = std::move(packet), .why = {}};
  switch (out.packet.type) {
    case SocketPacketType::ack:
    case SocketPacketType::binary_ack:
      out.kind = Received::Kind::ack;
      if (!take(of.expected_acks, *out.packet.ack_id)) return {};
      return out;
    case SocketPacketType::disconnect:
      out.kind = Received::Kind::disconnect;
      return out;
    default:
      if (out.packet.ack_id) note(of.owed_acks, *out.packet.ack_id);
      return out;
  }
}

void SocketClient::begin_connect(std::string name_space, SocketId socket) {
  namespaces_.push_back({.name = std::move(name_space), .socket = socket});
}

void SocketClient::accept(SocketId socket) {
  if (Namespace* of = find(socket)) of->joined = true;
  connect_until_ms_ = never_ms;
}

Received SocketClient::next_held() {
  for (Namespace& each : namespaces_) {
    while (each.joined && !each.held.empty()) {
      SocketPacket packet = std::move(each.held.front());
      each.held.erase(each.held.begin());
      if (each.held.empty()) each.held_bytes = 0;
      Received out = hand_over(each, std::move(packet));
      if (out.kind == Received::Kind::nothing) continue;  // an ack that nobody waits for
      return out;
    }
  }
  return {};
}

void SocketClient::remove(SocketId socket) {
  std::erase_if(namespaces_, [&](const Namespace& each) { return each.socket == socket; });
}

bool SocketClient::is_joined(SocketId socket) const noexcept {
  const Namespace* of = find(socket);
  return of != nullptr && of->joined;
}

bool SocketClient::is_pending(SocketId socket) const noexcept {
  const Namespace* of = find(socket);
  return of != nullptr && !of->joined;
}

std::string_view SocketClient::name_space(SocketId socket) const noexcept {
  const Namespace* of = find(socket);
  return of == nullptr ? std::string_view() : of->name;
}

std::vector<SocketId> SocketClient::sockets() const {
  std::vector<SocketId> out;
  for (const Namespace& each : namespaces_) out.push_back(each.socket);
  return out;
}

std::uint64_t SocketClient::expect_ack(SocketId socket) {
  Namespace* of = find(socket);
  if (of == nullptr) return 0;
  note(of->expected_acks, of->next_ack_id);
  return of->next_ack_id++;
}

bool SocketClient::take_owed_ack(SocketId socket, std::uint64_t ack_id) {
  Namespace* of = find(socket);
  return of != nullptr && take(of->owed_acks, ack_id);
}

SocketClient::Namespace* SocketClient::find(SocketId socket) noexcept {
  const auto found = std::ranges::find(namespaces_, socket, &Namespace::socket);
  return found == namespaces_.end() ? nullptr : &*found;
}

const SocketClient::Namespace* SocketClient::find(SocketId socket) const noexcept {
  return const_cast<SocketClient*>(this)->find(socket);
}

void SocketClient::note(std::vector<std::uint64_t>& acks, std::uint64_t id) const {
  if (acks.size() >= options_.max_open_acks) acks.erase(acks.begin());
  acks.push_back(id);
}

}  // namespace tiketi::realtime
