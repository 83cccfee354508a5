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
#include <unordered_map>
#include <vector>

namespace tiketi::bench {
namespace {

using Clock = std::chrono::steady_clock;

/// port 0: wait for `number` bytes on each; else: so many sockets.
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

int connected(std::uint16_t port, const Talk& talk) {
  const int out = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check(out >= 0 && ::connect(out, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0, "can't connect");
  for (const Talk::Step& each : talk.steps) {
    send(out, each.send);
    receive_until(out, each.until);
  }
  return out;
}

/// What the sockets have got of what they wait for, by descriptor.
using Received = std::unordered_map<int, std::size_t>;

Arrivals drain(int poll, Received& received, std::size_t bytes_each) {
  std::array<epoll_event, 256> events{};
  static std::array<char, 256 * 1024> sink{};
  for (auto& [socket, got] : received) got = 0;
  std::vector<Clock::time_point> done;
  while (done.size() < received.size()) {
    const int count = ::epoll_wait(poll, events.data(), events.size(), 20'000);
    check(count > 0, "nothing comes");
    for (int i = 0; i < count; ++i) {
      const int socket = events[static_cast<std::size_t>(i)].data.fd;
      const ssize_t size = ::recv(socket, sink.data(), sink.size(), MSG_DONTWAIT);
      check(size > 0, "the server closed");
      std::size_t& got = received[socket];
      got += static_cast<std::size_t>(size);
      if (got == bytes_each) done.push_back(Clock::now());
    }
  }
  return {done[done.size() / 2], done[done.size() * 99 / 100], done.back()};
}

void live(int commands, int answers, const Talk& talk) {
  const int poll = ::epoll_create1(0);
  Received received;
  Command command;
  while (::read(commands, &command, sizeof command) == sizeof command) {
    Arrivals arrivals;
    for (std::uint64_t i = 0; command.port != 0 && i < command.number; ++i) {
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.fd = connected(static_cast<std::uint16_t>(command.port), talk);
      received[event.data.fd] = 0;
      ::epoll_ctl(poll, EPOLL_CTL_ADD, event.data.fd, &event);
    }
    if (command.port == 0) arrivals = drain(poll, received, command.number);
    check(::write(answers, &arrivals, sizeof arrivals) == sizeof arrivals, "nobody listens");
  }
}

void tell(int commands, Command command) {
  check(::write(commands, &command, sizeof command) == sizeof command, "the crowd is gone");
}

Arrivals hear(int answers) {
  Arrivals out;
  check(::read(answers, &out, sizeof out) == sizeof out, "the crowd failed");
  return out;
}

}  // namespace

std::string web_socket_request(std::string_view target) {
  return std::string("GET ").append(target).append(
      " HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
}

std::string client_frame(std::string_view text) {
  const char masked = static_cast<char>(0x80 | text.size());
  return std::string{'\x81', masked, 0, 0, 0, 0}.append(text);  // masked by zeros
}

Crowd::Crowd(Talk talk) {
  std::array<int, 2> to{};
  std::array<int, 2> from{};
  check(::pipe(to.data()) == 0 && ::pipe(from.data()) == 0, "no pipe");
  process_ = ::fork();
  if (process_ == 0) {
    ::close(to[1]);
    ::close(from[0]);
    try {
      live(to[0], from[1], talk);
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

void Crowd::connect(std::uint16_t port, std::size_t count) {
  tell(commands_, {port, count});
  hear(answers_);
}
void Crowd::expect(std::size_t bytes_each) { tell(commands_, {0, bytes_each}); }
Arrivals Crowd::receive() { return hear(answers_); }

}  // namespace tiketi::bench
