#include "web_socket_crowd.hpp"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tiketi::bench {
namespace {

/// port 0: wait for `number` bytes; else: so many sockets.
struct Command {
  std::uint64_t port = 0;
  std::uint64_t number = 0;
};

void check(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

void send(int socket, std::string_view bytes) {
  check(::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()), "can't send");
}

void receive_until(int socket, std::string_view end) {
  std::string got;
  std::array<char, 4096> part{};
  while (!got.ends_with(end)) {
    const ssize_t size = ::recv(socket, part.data(), part.size(), 0);
    check(size > 0, "the server closed");
    got.append(part.data(), static_cast<std::size_t>(size));
  }
}

int connected(std::uint16_t port) {
  const int out = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check(out >= 0 && ::connect(out, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0, "can't connect");
  send(out,
       "GET /ws HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  receive_until(out, "\r\n\r\n");
  send(out, {"\x81\x85\x00\x00\x00\x00hello", 11});  // masked by zeros
  receive_until(out, "hello");
  return out;
}

void drain(int poll, std::size_t bytes) {
  std::array<epoll_event, 256> events{};
  static std::array<char, 256 * 1024> sink{};
  while (bytes > 0) {
    const int count = ::epoll_wait(poll, events.data(), events.size(), 20'000);
    check(count > 0, "nothing comes");
    for (int i = 0; i < count; ++i) {
      const ssize_t size = ::recv(events[static_cast<std::size_t>(i)].data.fd, sink.data(), sink.size(), MSG_DONTWAIT);
      check(size > 0, "the server closed");
      bytes -= static_cast<std::size_t>(size);
    }
  }
}

void live(int commands, int answers) {
  const int poll = ::epoll_create1(0);
  Command command;
  while (::read(commands, &command, sizeof command) == sizeof command) {
    for (std::uint64_t i = 0; command.port != 0 && i < command.number; ++i) {
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.fd = connected(static_cast<std::uint16_t>(command.port));
      ::epoll_ctl(poll, EPOLL_CTL_ADD, event.data.fd, &event);
    }
    if (command.port == 0) drain(poll, command.number);
    check(::write(answers, "y", 1) == 1, "nobody listens");
  }
}

void ask(int commands, int answers, Command command) {
  char answer = 0;
  check(::write(commands, &command, sizeof command) == sizeof command, "the crowd is gone");
  check(::read(answers, &answer, 1) == 1, "the crowd failed");
}

}  // namespace

Crowd::Crowd() {
  std::array<int, 2> to{};
  std::array<int, 2> from{};
  check(::pipe(to.data()) == 0 && ::pipe(from.data()) == 0, "no pipe");
  process_ = ::fork();
  if (process_ == 0) {
    ::close(to[1]);
    ::close(from[0]);
    try {
      live(to[0], from[1]);
    } catch (const std::exception&) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  ::close(to[0]);
  ::close(from[1]);
  commands_ = to[1];
  answers_ = from[0];
}

Crowd::~Crowd() {
  ::close(commands_);
  ::close(answers_);
  ::waitpid(process_, nullptr, 0);
}

void Crowd::connect(std::uint16_t port, std::size_t count) { ask(commands_, answers_, {port, count}); }
void Crowd::receive(std::size_t bytes) { ask(commands_, answers_, {0, bytes}); }

}  // namespace tiketi::bench
