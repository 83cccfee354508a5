#pragma once
// One thread with its share of the connections: accepts them, keeps their time, and takes in what the workers answer.

#include "server/connection.hpp"
#include "server/dispatch.hpp"
#include "server/event_loop.hpp"
#include "server/exchange.hpp"
#include "server/net.hpp"
#include "server/transport.hpp"
#include "telemetry/request_metrics.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace tiketi::http {

/// How many connections each client address has. Thread-safe; asked when a connection comes and goes, not for requests.
class ClientCounts {
 public:
  /// False if the address has as many as it may (0: no bound); else it is counted.
  bool enter(const std::string& address, std::size_t most);
  void leave(const std::string& address);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> counts_;
};

/// Whether a server could listen there: invalid_argument if it is no address, unavailable if somebody listens already.
Result<void> check_port(const std::string& address, std::uint16_t port);

class Loop {
 public:
  Loop(Site& site, ClientCounts& clients, TlsContext* tls);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  /// Binds and listens; the port that it got. Other loops of the process bind the same one.
  Result<std::uint16_t> listen(const std::string& address, std::uint16_t port);
  void start();

  // From any thread.
  void wind_down();  ///< accepts no more, closes what is idle
  void abort();      ///< closes all
  void join();       ///< waits until no connection is left, and ends the thread

  // On the loop's thread.
  Site& site() noexcept { return site_; }
  telemetry::RequestMetrics& metrics() noexcept { return metrics_; }
  const std::shared_ptr<Mailbox>& mailbox() const noexcept { return mailbox_; }
  const std::shared_ptr<EventLoop>& events() const noexcept { return events_; }
  /// Room for what any connection reads and uses up before others have their turn.
  std::span<char> input();
  void spawn(Awaitable<void> work);
  Awaitable<void> others();  ///< lets them have their turn
  std::shared_ptr<Exchange> take_exchange();
  void give_back(std::shared_ptr<Exchange> exchange);
  void entered(Connection& connection);
  void left(Connection& connection, const std::string& client, bool counted);

 private:
  using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
  using Timer =
      asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

  void accept();
  void welcome(Socket socket);
  void tick();
  void deliver();

  Site& site_;
  ClientCounts& clients_;
  TlsContext* tls_;
  std::chrono::milliseconds tick_length_;
  std::shared_ptr<Mailbox> mailbox_;
  telemetry::RequestMetrics metrics_;
  telemetry::Gauge open_;
  std::unordered_set<Connection*> connections_;
  std::vector<std::shared_ptr<Exchange>> spare_;
  std::size_t refusing_ = 0;
  bool ending_ = false;
  std::vector<char> input_;
  asio::io_context context_{1};
  std::shared_ptr<EventLoop> events_;
  asio::executor_work_guard<Executor> work_{context_.get_executor()};
  Acceptor acceptor_{context_};
  Timer ticks_{context_};
  Timer rest_{context_};  // before accepting again, when the system is out of descriptors
  std::thread thread_;
};

}  // namespace tiketi::http
