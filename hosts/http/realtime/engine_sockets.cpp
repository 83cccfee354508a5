// The sockets on the sessions: what clients tell the application, and what it tells them.

#include "realtime/engine_connection.hpp"

#include <algorithm>
#include <utility>

namespace tiketi::realtime {
namespace {

/// A namespace has no comma in it, so different rooms have different names.
std::string room_key(std::string_view name_space, std::string_view room) {
  std::string out;
  out.reserve(name_space.size() + 1 + room.size());
  return out.append(name_space).append(",").append(room);
}

std::string room_of(std::string_view key) { return std::string(key.substr(key.find(',') + 1)); }

}  // namespace

/// Without Socket.IO the session is a socket of the namespace without a name.
void Engine::open_alone(Connection& connection) {
  if (sockets_.is_full()) return close(connection, EndReason::forced_close);
  const SocketId socket = sockets_.add(&connection);
  connection.client.begin_connect({}, socket);
  connection.client.accept(socket);
  application_.on_open(*this, socket);
}

/// Hands what the session has received to the namespaces.
void Engine::hear(Connection& connection) {
  std::vector<Packet> messages = std::exchange(messages_, {});
  for (Packet& each : messages) {
    if (connection.closed_by_us) return;
    if (!options_.socket_io) {
      const std::vector<SocketId> sockets = connection.client.sockets();
      if (!sockets.empty())
        application_.on_message(*this, {.socket = sockets.front(),
                                        .data = each.binary ? std::string_view(*each.binary) : each.data,
                                        .is_binary = each.binary.has_value()});
      continue;
    }
    deliver(connection,
            each.binary ? connection.client.binary(*std::move(each.binary)) : connection.client.text(each.data));
  }
}

void Engine::deliver(Connection& connection, Received received) {
  const SocketPacket& packet = received.packet;
  switch (received.kind) {
    case Received::Kind::nothing:
      return;
    case Received::Kind::connect: {
      if (sockets_.is_full()) return close(connection, EndReason::forced_close);
      const SocketId socket = sockets_.add(&connection);
      connection.client.begin_connect(packet.name_space, socket);
      return application_.on_connect(
          *this,
          {.socket = socket, .name_space = packet.name_space, .auth = packet.json, .handshake = connection.handshake});
    }
    case Received::Kind::event:
      return application_.on_event(*this, {.socket = received.socket,
                                           .name_space = packet.name_space,
                                           .name = packet.event,
                                           .arguments = packet.json,
                                           .attachments = packet.attachments,
                                           .ack_id = packet.ack_id});
    case Received::Kind::ack:
      return application_.on_ack(*this, received.socket, *packet.ack_id, packet.json, packet.attachments);
    case Received::Kind::disconnect:
      return leave_namespace(connection, received.socket, EndReason::client_disconnect);
    case Received::Kind::malformed:
      return close(connection, EndReason::parse_error);
    case Received::Kind::forbidden:
      return close(connection, EndReason::forced_close);
  }
}

/// Forgets the socket. The application is told at the end of the turn, if it had accepted it.
void Engine::leave_namespace(Connection& connection, SocketId socket, EndReason reason) {
  if (connection.client.is_joined(socket)) {
    std::vector<std::string> rooms = rooms_.rooms_of(socket);
    for (std::string& each : rooms) each = room_of(each);
    rooms_.leave_all(socket);
    ended_.push_back({.socket = socket, .reason = reason, .rooms = std::move(rooms)});
  }
  connection.client.remove(socket);
  sockets_.remove(socket);
}

void Engine::close(Connection& connection, EndReason reason) {
  connection.closed_by_us = true;
  connection.session.close(reason, now_ms_, output());
  touch(connection);
}

void Engine::touch(Connection& connection) {
  if (std::exchange(connection.touched, true)) return;
  touched_.push_back(&connection);
}

/// Ends a turn. The application's callbacks may touch further connections, also such as were settled already.
void Engine::settle() {
  tell_ended();
  for (std::size_t i = 0; i < touched_.size(); ++i) {
    settle(*touched_[i]);
    tell_ended();
  }
  touched_.clear();
}

void Engine::settle(Connection& connection) {
  while (!connection.closed_by_us) {
    Received held = connection.client.next_held();
    if (held.kind == Received::Kind::nothing) break;
    deliver(connection, std::move(held));
  }
  connection.session.flush(output());
  if (!connection.session.is_open())
    for (const SocketId each : connection.client.sockets())
      leave_namespace(connection, each, connection.session.reason());
  connection.touched = false;
  if (connection.session.is_over()) {
    schedule(connection, never_ms);
    for (const WebSocketId each : connection.websockets) websockets_.erase(each);
    // Not by the key: that lives in what is erased.
    connections_.erase(connections_.find(connection.session.sid()));
    return;
  }
  const std::int64_t connect_until = connection.session.is_open() ? connection.client.deadline_ms() : never_ms;
  schedule(connection, std::min(connection.session.deadline_ms(), connect_until));
}

void Engine::schedule(Connection& connection, std::int64_t deadline_ms) {
  if (connection.scheduled_ms == deadline_ms) return;
  if (connection.scheduled_ms != never_ms) {
    auto entry = deadlines_.extract({connection.scheduled_ms, &connection});
    if (deadline_ms != never_ms) {
      entry.value().first = deadline_ms;
      deadlines_.insert(std::move(entry));
    }
  } else {
    deadlines_.emplace(deadline_ms, &connection);
  }
  connection.scheduled_ms = deadline_ms;
}

void Engine::tell_ended() {
  while (!ended_.empty()) {
    const std::vector<Ended> now = std::exchange(ended_, {});
    for (const Ended& each : now) application_.on_disconnect(*this, each.socket, each.reason, each.rooms);
  }
}

const Handshake* Engine::handshake(SocketId socket) const {
  const Connection* connection = sockets_.find(socket);
  return connection == nullptr ? nullptr : &connection->handshake;
}

void Engine::together(const std::function<void()>& calls) {
  const Turn turn(*this);
  calls();
}

std::optional<std::string> Engine::accept(SocketId socket) {
  const Turn turn(*this);
  Connection* connection = sockets_.find(socket);
  if (connection == nullptr || !connection->client.is_pending(socket)) return std::nullopt;
  touch(*connection);
  const EngineSession::Sid made = new_sid();
  const std::string sid(made.data(), made.size());
  const std::string name_space(connection->client.name_space(socket));
  connection->client.accept(socket);
  rooms_.join(socket, room_key(name_space, sid));
  connection->session.send({.text = std::make_shared<const std::string>(encode_connect(name_space, sid))}, output());
  return sid;
}

bool Engine::refuse(SocketId socket, std::string_view message, std::string_view data) {
  const Turn turn(*this);
  Connection* connection = sockets_.find(socket);
  if (connection == nullptr || !connection->client.is_pending(socket)) return false;
  touch(*connection);
  const std::string_view name_space = connection->client.name_space(socket);
  const auto text = std::make_shared<const std::string>(encode_connect_error(name_space, message, data));
  leave_namespace(*connection, socket, EndReason::server_disconnect);
  connection->session.send({.text = text}, output());
  return true;
}

bool Engine::send(SocketId socket, const Outgoing& message) {
  const Turn turn(*this);
  Connection* connection = sockets_.find(socket);
  if (connection == nullptr || !connection->client.is_joined(socket) || !connection->session.is_open()) return false;
  connection->session.send(message, output());
  touch(*connection);
  return true;
}

std::optional<std::uint64_t> Engine::send_expecting_ack(SocketId socket, std::string_view event,
                                                        std::string_view arguments,
                                                        std::vector<SharedText> attachments) {
  const Turn turn(*this);
  Connection* connection = sockets_.find(socket);
  if (connection == nullptr || !connection->client.is_joined(socket)) return std::nullopt;
  const std::uint64_t ack_id = connection->client.expect_ack(socket);
  std::string text = encode_event(connection->client.name_space(socket), event, arguments, ack_id, attachments.size());
  send(socket, {.text = std::make_shared<const std::string>(std::move(text)), .attachments = std::move(attachments)});
  return ack_id;
}

bool Engine::acknowledge(SocketId socket, std::uint64_t ack_id, std::string_view arguments,
                         std::vector<SharedText> attachments) {
  const Turn turn(*this);
  Connection* connection = sockets_.find(socket);
  if (connection == nullptr || !connection->client.take_owed_ack(socket, ack_id)) return false;
  std::string text = encode_ack(connection->client.name_space(socket), ack_id, arguments, attachments.size());
  return send(socket,
              {.text = std::make_shared<const std::string>(std::move(text)), .attachments = std::move(attachments)});
}

bool Engine::join(SocketId socket, std::string_view room) {
  const Connection* connection = sockets_.find(socket);
  if (connection == nullptr || !connection->client.is_joined(socket)) return false;
  return rooms_.join(socket, room_key(connection->client.name_space(socket), room));
}

bool Engine::leave(SocketId socket, std::string_view room) {
  const Connection* connection = sockets_.find(socket);
  if (connection == nullptr) return false;
  return rooms_.leave(socket, room_key(connection->client.name_space(socket), room));
}

std::size_t Engine::count(std::string_view name_space, std::string_view room) const {
  return rooms_.count(room_key(name_space, room));
}

std::size_t Engine::broadcast(std::string_view name_space, std::string_view room, const Outgoing& message,
                              SocketId except) {
  const Turn turn(*this);
  std::size_t sent = 0;
  rooms_.for_each(room_key(name_space, room), [&](SocketId each) {
    if (each != except && send(each, message)) ++sent;
  });
  return sent;
}

bool Engine::disconnect(SocketId socket) {
  const Turn turn(*this);
  Connection* connection = sockets_.find(socket);
  if (connection == nullptr || !connection->client.is_joined(socket)) return false;
  if (!options_.socket_io) return close(*connection, EndReason::server_disconnect), true;
  send(socket, {.text = std::make_shared<const std::string>(encode_disconnect(connection->client.name_space(socket)))});
  leave_namespace(*connection, socket, EndReason::server_disconnect);
  return true;
}

bool Engine::close(SocketId socket, std::int64_t now_ms) {
  const Turn turn(*this, now_ms);
  Connection* connection = sockets_.find(socket);
  if (connection == nullptr) return false;
  close(*connection, EndReason::forced_close);
  return true;
}

}  // namespace tiketi::realtime
