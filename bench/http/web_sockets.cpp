// What an idle WebSocket costs, and a broadcast: our server beside the same on Beast's websocket::stream, and Socket.IO
// on ours; each in a process of its own with the clients in another.

#include "arguments.hpp"
#include "realtime/host.hpp"
#include "server/server.hpp"
#include "web_socket_crowd.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <fstream>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <vector>

namespace {

using namespace tiketi;
namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using Payload = http::Payload;

constexpr auto help =
    "tiketi_web_socket_bench: memory of idle WebSockets and the cost of telling all of them something.\n"
    "  --sockets N    default 10000\n"
    "  --rounds N     broadcasts; default 20\n"
    "  --bytes N      of each; default 200\n"
    "  --quick        200 sockets, 3 rounds\n"
    "  --help\n";

struct Arguments {
  std::size_t sockets = 10'000;
  int rounds = 20;
  std::size_t bytes = 200;
  bool help = false;
};

/// A server of one thread whose sockets get what is broadcast.
class Server {
 public:
  virtual ~Server() = default;
  virtual std::uint16_t port() = 0;
  /// Sends to all, on the sockets' thread.
  virtual void broadcast(const Payload& payload) = 0;
};

http::ServerOptions options() {
  http::ServerOptions out;
  out.address = "127.0.0.1";
  out.port = 0;
  out.threads = 1;
  out.limits.max_connections_per_client = 0;
  return out;
}

class Ours : public Server {
 public:
  Ours() : server_(options(), routes()) {
    if (!server_.start()) throw std::runtime_error("our server does not start");
  }
  std::uint16_t port() override { return server_.port(); }
  /// Says hello and hears it again.
  static bench::Talk talk() { return {.target = "/ws", .after = "", .say = "hello", .until = "hello"}; }
  void broadcast(const Payload& payload) override {
    std::promise<void> done;
    server_.loops()[0]->post([&] {
      for (const auto& each : sockets_) each->send_text(payload);
      done.set_value();
    });
    done.get_future().wait();
  }

 private:
  struct Listener : http::WebSocketListener {
    explicit Listener(Ours& of) : all(of) {}
    void on_open(const std::shared_ptr<http::WebSocket>& socket) override { all.sockets_.insert(socket); }
    void on_text(http::WebSocket& socket, std::string_view text) override {
      socket.send_text(http::make_payload(std::string(text)));
    }
    void on_closed(http::WebSocket& socket, std::uint16_t) override { all.sockets_.erase(socket.shared_from_this()); }
    Ours& all;
  };
  http::Router routes() {
    http::Router out;
    out.add_web_socket("/ws", http::Access::anyone,
                       {[this](http::Request&) -> std::variant<http::Response, http::AcceptWebSocket> {
                         return http::AcceptWebSocket{std::make_shared<Listener>(*this), {}, {}};
                       }});
    return out;
  }

  std::unordered_set<std::shared_ptr<http::WebSocket>> sockets_;
  http::Server server_;
};

/// As one would write it with Beast: a coroutine that reads, and a queue whose first message is being written.
class Beast : public Server {
 public:
  Beast() : acceptor_(context_, {asio::ip::address_v4::loopback(), 0}) {
    asio::co_spawn(context_, listen(), asio::detached);
    thread_ = std::thread([this] { context_.run(); });
  }
  ~Beast() override {
    context_.stop();
    thread_.join();
  }
  std::uint16_t port() override { return acceptor_.local_endpoint().port(); }
  static bench::Talk talk() { return Ours::talk(); }
  void broadcast(const Payload& payload) override {
    std::promise<void> done;
    asio::post(context_, [&] {
      for (Session* each : sessions_) each->send(payload);
      done.set_value();
    });
    done.get_future().wait();
  }

 private:
  using Socket = http::Socket;
  struct Session : std::enable_shared_from_this<Session> {
    explicit Session(Socket socket) : stream(std::move(socket)) {
      stream.auto_fragment(false);  // a message is a frame, as ours is
    }
    void send(Payload payload) {
      queue.push_back(std::move(payload));
      if (queue.size() == 1) write();
    }
    void write() {
      stream.text(true);
      stream.async_write(asio::buffer(*queue.front()),
                         [self = shared_from_this()](const http::error_code& error, std::size_t) {
                           self->queue.pop_front();
                           if (!error && !self->queue.empty()) self->write();
                         });
    }
    boost::beast::websocket::stream<Socket> stream;
    boost::beast::flat_buffer buffer;
    std::deque<Payload> queue;
  };

  http::Awaitable<void> serve(std::shared_ptr<Session> session) {
    http::error_code error;
    co_await session->stream.async_accept(asio::redirect_error(http::awaiting, error));
    sessions_.insert(session.get());
    while (!error) {
      co_await session->stream.async_read(session->buffer, asio::redirect_error(http::awaiting, error));
      if (!error) session->send(http::make_payload(boost::beast::buffers_to_string(session->buffer.data())));
      session->buffer.consume(session->buffer.size());
      session->buffer.shrink_to_fit();
    }
    sessions_.erase(session.get());
  }
  http::Awaitable<void> listen() {
    while (true) {
      http::error_code error;
      Socket socket = co_await acceptor_.async_accept(asio::redirect_error(http::awaiting, error));
      socket.set_option(asio::ip::tcp::no_delay(true), error);
      asio::co_spawn(acceptor_.get_executor(), serve(std::make_shared<Session>(std::move(socket))), asio::detached);
    }
  }

  asio::io_context context_{1};
  asio::basic_socket_acceptor<asio::ip::tcp, http::Executor> acceptor_;
  std::unordered_set<Session*> sessions_;
  std::thread thread_;
};

/// Socket.IO on ours: each client is in a namespace and a room.
class SocketIo : public Server {
 public:
  SocketIo()
      : host_(host_options(), [](realtime::RealtimeHost&) { return std::make_unique<Joining>(); }),
        server_(options(), routes()) {
    if (!server_.start()) throw std::runtime_error("our server does not start");
    host_.start(server_.loops());
  }
  std::uint16_t port() override { return server_.port(); }
  static bench::Talk talk() {
    return {.target = "/socket.io/?EIO=4&transport=websocket", .after = "0{", .say = "40", .until = "40"};
  }
  void broadcast(const Payload& payload) override {
    std::promise<void> done;
    host_.broadcast("/", "all", {.text = payload, .attachments = {}});
    host_.run_on_all([&](realtime::Engine&) { done.set_value(); });
    done.get_future().wait();
  }

 private:
  struct Joining : realtime::Application {
    void on_connect(realtime::Engine& engine, const realtime::ConnectRequest& request) override {
      engine.accept(request.socket);
      engine.join(request.socket, "all");
    }
  };
  static realtime::HostOptions host_options() {
    realtime::HostOptions out;
    out.engine.session.ping_interval_ms = 3'600'000;  // the clients don't answer
    return out;
  }
  http::Router routes() {
    http::Router out;
    host_.add_to(out, "/socket.io/");
    return out;
  }

  realtime::RealtimeHost host_;
  http::Server server_;
};

std::size_t resident_bytes() {
  std::ifstream in("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  in >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

double ms_between(Clock::time_point begun, Clock::time_point done) {
  return std::chrono::duration<double, std::milli>(done - begun).count();
}

/// A message of so many bytes, which is an event of Socket.IO.
Payload message(std::size_t bytes) {
  constexpr std::string_view before = R"(42["n",")";
  constexpr std::string_view behind = R"("])";
  const std::size_t filling = bytes - std::min(bytes, before.size() + behind.size());
  return http::make_payload(std::string(before).append(filling, 'x').append(behind));
}

template <class Tested>
void measure(const char* name, const Arguments& arguments) {
  bench::Crowd crowd(Tested::talk());
  Tested server;
  crowd.connect(server.port(), 100);  // what is taken once is not of the sockets
  const std::size_t before = resident_bytes();
  crowd.connect(server.port(), arguments.sockets);
  const std::size_t each = (resident_bytes() - before) / arguments.sockets;
  const Payload payload = message(arguments.bytes);
  double sent = 0;
  double half = 0;
  double most = 0;
  double all = 0;
  for (int i = 0; i < arguments.rounds; ++i) {
    crowd.expect();
    const Clock::time_point begun = Clock::now();
    server.broadcast(payload);
    sent += ms_between(begun, Clock::now());
    const bench::Arrivals arrivals = crowd.receive();
    half += ms_between(begun, arrivals.half);
    most += ms_between(begun, arrivals.most);
    all += ms_between(begun, arrivals.all);
  }
  const double rounds = arguments.rounds;
  std::cout << name << ": " << each << " bytes of memory a socket; a broadcast to " << arguments.sockets + 100
            << " leaves its thread to others after " << sent / rounds << " ms, received by half in " << half / rounds
            << ", by 99 % in " << most / rounds << ", by all in " << all / rounds << std::endl;
}

/// In a process of its own, for memory that was used before would be used again.
template <class Tested>
void measure_apart(const char* name, const Arguments& arguments) {
  const pid_t process = ::fork();
  if (process == 0) {
    try {
      measure<Tested>(name, arguments);
    } catch (const std::exception& error) {
      std::cerr << name << ": " << error.what() << std::endl;
      ::_exit(1);
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(process, &status, 0);
  if (status != 0) throw std::runtime_error("a measurement failed");
}

Arguments parse(const std::vector<std::string>& words) {
  Arguments out;
  bench::read_arguments(words, [&](const std::string& name, const auto& value) {
    if (name == "--sockets") out.sockets = std::stoul(value());
    else if (name == "--rounds") out.rounds = std::stoi(value());
    else if (name == "--bytes") out.bytes = std::stoul(value());
    else if (name == "--quick") out.sockets = 200, out.rounds = 3;
    else if (name == "--help") out.help = true;
    else return false;
    return true;
  });
  return out;
}

}  // namespace

int main(int count, char** words) {
  try {
    const Arguments arguments = parse({words + 1, words + count});
    if (arguments.help) {
      std::cout << help;
      return 0;
    }
    measure_apart<Ours>("ours", arguments);
    measure_apart<Beast>("Beast", arguments);
    measure_apart<SocketIo>("Socket.IO", arguments);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
  return 0;
}
