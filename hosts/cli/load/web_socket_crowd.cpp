#include "load/web_socket_crowd.hpp"

#include "load/connect.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

namespace tiketi::load {
namespace {

constexpr std::size_t bytes_at_once = 64 * 1024;
constexpr std::size_t max_head_bytes = 16 * 1024;

}  // namespace

WebSocketCrowd::WebSocketCrowd(Address server, std::string target, CrowdListener& listener)
    : server_(std::move(server)),
      target_(std::move(target)),
      listener_(listener),
      poll_(::epoll_create1(EPOLL_CLOEXEC)),
      bytes_(bytes_at_once) {
  if (poll_ < 0) throw Broken(std::string("epoll: ") + std::strerror(errno));
}

WebSocketCrowd::~WebSocketCrowd() {
  for (const Client& each : clients_)
    if (each.socket >= 0) ::close(each.socket);
  ::close(poll_);
}

void WebSocketCrowd::add(std::size_t connection_number, int receive_buffer_bytes) {
  auto socket = connect(io_, server_, connection_number, receive_buffer_bytes);
  clients_.push_back({socket.release()});
  std::string request;
  append_web_socket_request(request, server_, target_);
  listen_for(clients_.size() - 1, EPOLLIN, EPOLL_CTL_ADD);
  send(clients_.size() - 1, request);
}

void WebSocketCrowd::send(std::size_t client, std::string_view frames) {
  const int socket = clients_[client].socket;
  if (socket < 0) return;
  // What clients send is small: a server that leaves no room for it does not read.
  if (::send(socket, frames.data(), frames.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(frames.size()))
    lose(client, "the server does not take what it is sent");
}

void WebSocketCrowd::send_text(std::size_t client, std::string_view text) {
  std::string frame;
  append_frame(frame, Opcode::text, text);
  send(client, frame);
}

void WebSocketCrowd::stop_reading(std::size_t client) {
  if (clients_[client].socket < 0 || !std::exchange(clients_[client].reads, false)) return;
  listen_for(client, EPOLLRDHUP, EPOLL_CTL_MOD);
}

void WebSocketCrowd::turn(std::chrono::milliseconds at_most) {
  constexpr std::chrono::microseconds rest{500};
  std::array<epoll_event, 512> events;
  const int count =
      ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), static_cast<int>(at_most.count()));
  for (int i = 0; i < count; ++i) receive(static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64));
  // The rest of a broadcast is on its way. Who went to sleep would be woken by each message of it, and the kernel does
  // that at the sender's expense, as it would not if the receivers were on other machines.
  if (count > 0 && count < static_cast<int>(events.size())) std::this_thread::sleep_for(rest);
}

void WebSocketCrowd::receive(std::size_t number) {
  Client& client = clients_[number];
  if (client.socket < 0) return;
  if (!client.reads) return lose(number, "the server closed the connection");
  const ssize_t got = ::recv(client.socket, bytes_.data(), bytes_.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return lose(number, got == 0 ? "the server closed the connection" : std::strerror(errno));
  const CrowdListener::Instant at = std::chrono::steady_clock::now();
  std::string_view bytes(bytes_.data(), static_cast<std::size_t>(got));
  if (!client.is_open && !open(number, bytes)) return;
  Frame frame;
  auto state = FrameReader::State::more;
  while (client.socket >= 0 && client.reads && (state = client.reader.next(bytes, frame)) == FrameReader::State::done)
    take(number, frame, at);
  if (state == FrameReader::State::broken) lose(number, "what the server sends is no frame of a WebSocket");
}

/// True if it is one now; `bytes` are then what came after the handshake.
bool WebSocketCrowd::open(std::size_t number, std::string_view& bytes) {
  Client& client = clients_[number];
  client.head.append(bytes);
  const std::size_t end = client.head.find("\r\n\r\n");
  if (end == std::string::npos) {
    if (client.head.size() > max_head_bytes) lose(number, "the answer to the handshake has no end");
    return false;
  }
  const std::size_t head_bytes = end + 4;
  if (const auto why = refusal_in(std::string_view(client.head).substr(0, head_bytes)); !why.empty()) {
    lose(number, why);
    return false;
  }
  bytes.remove_prefix(bytes.size() - (client.head.size() - head_bytes));
  std::string().swap(client.head);
  client.is_open = true;
  listener_.on_open(number);
  return true;
}

void WebSocketCrowd::take(std::size_t number, const Frame& frame, CrowdListener::Instant at) {
  if (frame.opcode == Opcode::text) return listener_.on_text(number, frame.payload, at);
  if (frame.opcode == Opcode::close) return lose(number, "the server said goodbye");
  if (frame.opcode != Opcode::ping) return;
  std::string pong;
  append_frame(pong, Opcode::pong, frame.payload);
  send(number, pong);
}

void WebSocketCrowd::lose(std::size_t number, std::string_view why) {
  Client& client = clients_[number];
  if (client.socket < 0) return;
  ::close(std::exchange(client.socket, -1));
  listener_.on_lost(number, why);
  client.head = {};
}

void WebSocketCrowd::listen_for(std::size_t number, unsigned events, int operation) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = number;
  if (::epoll_ctl(poll_, operation, clients_[number].socket, &event) != 0)
    throw Broken(std::string("epoll: ") + std::strerror(errno));
}

}  // namespace tiketi::load
