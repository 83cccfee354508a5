#include "load/connections.hpp"

#include "load/connect.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace tiketi::load {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Instant = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr seconds answer_time_out{30};

struct Connection {
  std::size_t number;
  tcp::socket socket;
  ResponseReader reader = {};
  std::string request = {};
  std::size_t sent = 0;
  std::size_t kind = 0;
  Instant::time_point asked = {};
  bool asking = false;

  bool is_open() {
    char byte = 0;
    error_code error;
    const std::size_t got = socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, error);
    return error == asio::error::would_block && got == 0;
  }
};

}  // namespace

/// The connections of one thread.
struct Connections::Loop {
  asio::io_context io{1};
  const Address* server = nullptr;
  std::vector<std::unique_ptr<Connection>> connections;
  std::array<char, 256 * 1024> bytes;  // what arrives is parsed at once, so one buffer serves all

  // Of the current run:
  Scenario* scenario = nullptr;
  const std::atomic<bool>* interrupted = nullptr;
  Instant::time_point deadline, last_answer;
  std::optional<asio::steady_timer> watch;
  std::size_t asking = 0;
  std::size_t ran_out = 0;
  std::optional<Stats> stats;
  std::exception_ptr broken;

  void reconnect(Connection& connection) {
    ++stats->reconnects;
    connection.socket = connect(io, *server, connection.number);
    connection.reader = {};
  }

  void run() try {
    for (const auto& each : connections)
      if (!each->is_open()) reconnect(*each);
    asking = connections.size();
    watch.emplace(io);
    look_after_time_outs();
    for (const auto& each : connections) ask(*each);
    io.restart();
    io.run();
  } catch (...) {
    broken = std::current_exception();
  }

  void rest(Connection& connection) {
    connection.asking = false;
    if (--asking == 0) watch->cancel();
  }

  void ask(Connection& connection) {
    connection.request.clear();
    if (Instant::now() >= deadline || *interrupted) return rest(connection);
    if (!scenario->next(connection.number, connection.request, connection.kind)) {
      ++ran_out;
      return rest(connection);
    }
    connection.asking = true;
    connection.asked = Instant::now();  // a scenario may have taken its time
    connection.sent = 0;
    send(connection);
  }

  void send(Connection& connection) {
    while (connection.sent < connection.request.size()) {
      error_code error;
      connection.sent += connection.socket.write_some(
          asio::buffer(connection.request.data() + connection.sent, connection.request.size() - connection.sent),
          error);
      if (error == asio::error::would_block)
        return connection.socket.async_wait(tcp::socket::wait_write, [this, &connection](error_code failed) {
          failed ? fail(connection, failed.message()) : send(connection);
        });
      if (error) return fail(connection, error.message());
    }
    await(connection);
  }

  void await(Connection& connection) {
    connection.socket.async_wait(tcp::socket::wait_read, [this, &connection](error_code failed) {
      failed ? fail(connection, failed.message()) : receive(connection);
    });
  }

  void receive(Connection& connection) {
    while (true) {
      error_code error;
      const std::size_t got = connection.socket.read_some(asio::buffer(bytes), error);
      if (error == asio::error::would_block) return await(connection);
      ResponseReader::State state = ResponseReader::State::broken;
      if (error == asio::error::eof) state = connection.reader.end();
      else if (error) return fail(connection, error.message());
      else state = connection.reader.put({bytes.data(), got});
      if (state == ResponseReader::State::broken) return fail(connection, connection.reader.error());
      if (state == ResponseReader::State::done) return answered(connection);
    }
  }

  void answered(Connection& connection) {
    const Instant::time_point now = Instant::now();
    const Response& response = connection.reader.response();
    const bool keep_alive = response.keep_alive;
    last_answer = now;
    stats->count(connection.kind, static_cast<std::uint64_t>((now - connection.asked).count()), now <= deadline,
                 response, scenario->judge(connection.number, response));
    if (!keep_alive) reconnect(connection);
    ask(connection);
  }

  void fail(Connection& connection, const std::string& why) {
    ++stats->failures;
    stats->note("a request was not answered: " + why);
    scenario->lost(connection.number);
    reconnect(connection);
    ask(connection);
  }

  /// Closes connections that wait too long: their waiting then ends with an error.
  void look_after_time_outs() {
    watch->expires_after(seconds{1});
    watch->async_wait([this](error_code cancelled) {
      if (cancelled) return;
      const Instant::time_point now = Instant::now();
      for (const auto& each : connections)
        if (each->asking && now - each->asked > answer_time_out) each->socket.cancel();
      if (asking > 0) look_after_time_outs();
    });
  }
};

Connections::Connections(const Address& server, std::size_t count, std::size_t threads)
    : loops_(std::make_unique<Loop[]>(std::min(threads, count))), threads_(std::min(threads, count)), count_(count) {
  for (std::size_t i = 0; i < threads_; ++i) loops_[i].server = &server;
  for (std::size_t i = 0; i < count; ++i) {
    Loop& loop = loops_[i % threads_];
    loop.connections.push_back(std::make_unique<Connection>(Connection{i, connect(loop.io, server, i)}));
  }
}

Connections::~Connections() = default;

std::size_t Connections::size() const noexcept { return count_; }

std::size_t Connections::open_count() {
  std::size_t out = 0;
  for (std::size_t i = 0; i < threads_; ++i)
    for (const auto& each : loops_[i].connections) out += each->is_open() ? 1 : 0;
  return out;
}

Part Connections::run(Scenario& scenario, std::chrono::nanoseconds at_most, const std::atomic<bool>& interrupted) {
  const Instant::time_point start = Instant::now();
  std::vector<std::jthread> others;
  for (std::size_t i = threads_; i-- > 0;) {
    Loop& loop = loops_[i];
    loop.scenario = &scenario;
    loop.interrupted = &interrupted;
    loop.deadline = start + at_most;
    loop.last_answer = start;
    loop.ran_out = 0;
    loop.stats.emplace(scenario.kinds().size());
    loop.broken = nullptr;
    if (i > 0) others.emplace_back([&loop] { loop.run(); });
    else loop.run();
  }
  others.clear();

  Part out{Stats(scenario.kinds().size())};
  std::size_t ran_out = 0;
  Instant::time_point last = start;
  for (std::size_t i = 0; i < threads_; ++i) {
    if (loops_[i].broken) std::rethrow_exception(loops_[i].broken);
    out.stats.add(*loops_[i].stats);
    ran_out += loops_[i].ran_out;
    last = std::max(last, loops_[i].last_answer);
  }
  out.ran_out = ran_out == count_;
  const Instant::time_point deadline = start + at_most;
  const Instant::time_point end = out.ran_out || interrupted ? std::min(last, deadline) : deadline;
  out.seconds = std::chrono::duration<double>(end - start).count();
  out.elapsed_s = std::chrono::duration<double>(last - start).count();
  return out;
}

}  // namespace tiketi::load
