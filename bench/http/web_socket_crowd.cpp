#include "web_socket_crowd.hpp"

#include "load/web_socket_crowd.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace tiketi::bench {
namespace {

using Clock = std::chrono::steady_clock;

/// port 0: wait for a message to each; else: so many sockets.
struct Command {
  std::uint64_t port = 0;
  std::uint64_t number = 0;
};

void check(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

/// The clients, in the process that is theirs.
class Clients final : public load::CrowdListener {
 public:
  explicit Clients(Talk talk) : talk_(std::move(talk)) {}

  void connect(std::uint16_t port, std::size_t count) {
    if (!crowd_) crowd_.emplace(load::Address{"t", "127.0.0.1", port}, talk_.target, *this);
    last_ = Clock::now();
    for (std::size_t i = 0; i < count; ++i) {
      crowd_->add(crowd_->size());
      while (talking_ != crowd_->size()) turn();
    }
  }

  Arrivals hear() {
    last_ = Clock::now();
    while (arrived_.size() < talking_) turn();
    const std::vector<Clock::time_point> at = std::exchange(arrived_, {});
    return {at[at.size() / 2], at[at.size() * 99 / 100], at.back()};
  }

 private:
  void turn() {
    constexpr std::chrono::seconds patience{20};
    crowd_->turn(patience);
    check(Clock::now() < last_ + patience, "nothing comes");
  }

  void on_open(std::size_t client) override {
    last_ = Clock::now();
    if (talk_.after.empty()) crowd_->send_text(client, talk_.say);
  }
  void on_text(std::size_t client, std::string_view text, Instant at) override {
    last_ = at;
    if (client < talking_) arrived_.push_back(at);
    else if (text.starts_with(talk_.until)) ++talking_;
    else if (text.starts_with(talk_.after)) crowd_->send_text(client, talk_.say);
  }
  void on_lost(std::size_t, std::string_view) override { throw std::runtime_error("the server closed"); }

  const Talk talk_;
  std::optional<load::WebSocketCrowd> crowd_;
  std::size_t talking_ = 0;  // the first so many
  std::vector<Clock::time_point> arrived_;
  Clock::time_point last_;
};

void live(int commands, int answers, const Talk& talk) {
  Clients clients(talk);
  Command command;
  while (::read(commands, &command, sizeof command) == sizeof command) {
    Arrivals arrivals;
    if (command.port != 0) clients.connect(static_cast<std::uint16_t>(command.port), command.number);
    else arrivals = clients.hear();
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
void Crowd::expect() { tell(commands_, {}); }
Arrivals Crowd::receive() { return hear(answers_); }

}  // namespace tiketi::bench
