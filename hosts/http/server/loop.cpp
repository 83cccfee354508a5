#include "server/loop.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace tiketi::http {
namespace {

using asio::ip::tcp;

constexpr std::size_t most_spare = 64;
constexpr std::size_t most_refusing = 100;  // connections that are told 503 at a time; more are just closed

std::chrono::milliseconds tick_length(const Timeouts& timeouts) {
  const std::int64_t shortest = std::min({timeouts.header_ms, timeouts.body_ms, timeouts.idle_ms, timeouts.write_ms});
  return std::chrono::milliseconds(std::clamp<std::int64_t>(shortest / 4, 5, 1'000));
}

Awaitable<void> serve(std::unique_ptr<Connection> connection) { co_await connection->run(); }

std::string address_of(const Socket& socket) {
  error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  if (error) return {};
  const asio::ip::address address = peer.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

Error cannot_listen(const error_code& error) {
  return Error{Errc::unavailable, "can't listen on the port", {{"cause", error.message()}}};
}

/// With SO_REUSEPORT the system would let two servers share a port that only our own threads should share.
error_code try_alone(asio::io_context& context, const tcp::endpoint& endpoint) {
  error_code error;
  tcp::acceptor probe(context);
  probe.open(endpoint.protocol(), error);
  if (!error) probe.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) probe.bind(endpoint, error);
  return error;
}

}  // namespace

bool ClientCounts::enter(const std::string& address, std::size_t most) {
  const std::lock_guard lock(mutex_);
  std::size_t& count = counts_[address];
  if (most > 0 && count >= most) return false;
  ++count;
  return true;
}

void ClientCounts::leave(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const auto at = counts_.find(address);
  if (at != counts_.end() && --at->second == 0) counts_.erase(at);
}

Loop::Loop(Site& site, ClientCounts& clients, TlsContext* tls)
    : site_(site),
      clients_(clients),
      tls_(tls),
      tick_length_(tick_length(site.options.timeouts)),
      mailbox_(std::make_shared<Mailbox>([this] { asio::post(context_, [this] { deliver(); }); })),
      metrics_(site.options.metrics),
      events_(std::make_shared<EventLoop>(context_, site.options.log)) {
  if (site.options.metrics) open_ = site.options.metrics->gauge("http_connections_open", "Clients that are connected");
}

Loop::~Loop() {
  mailbox_->close();
  if (thread_.joinable()) thread_.join();
  events_->close();
}

Result<std::uint16_t> Loop::listen(const std::string& address, std::uint16_t port) {
  error_code error;
  const asio::ip::address ip = asio::ip::make_address(address, error);
  if (error) return Error{Errc::invalid_argument, "no IP address: " + address, {{"field", "address"}}};
  const tcp::endpoint endpoint(ip, port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(Acceptor::reuse_address(true), error);
  const int yes = 1;
  if (!error && ::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes) != 0)
    error = {errno, boost::system::system_category()};
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return cannot_listen(error);
  return acceptor_.local_endpoint().port();
}

Result<void> check_port(const std::string& address, std::uint16_t port) {
  error_code error;
  const asio::ip::address ip = asio::ip::make_address(address, error);
  if (error) return Error{Errc::invalid_argument, "no IP address: " + address, {{"field", "address"}}};
  asio::io_context context(1);
  if (port != 0) error = try_alone(context, tcp::endpoint(ip, port));
  if (error) return cannot_listen(error);
  return {};
}

void Loop::start() {
  accept();
  tick();
  thread_ = std::thread([this] {
    events_->begin();
    context_.run();
  });
}

void Loop::accept() {
  acceptor_.async_accept(context_, [this](const error_code& error, Socket socket) {
    if (!acceptor_.is_open()) return;
    if (!error) {
      welcome(std::move(socket));
      return accept();
    }
    rest_.expires_after(std::chrono::milliseconds(50));
    rest_.async_wait([this](const error_code& cancelled) {
      if (!cancelled && acceptor_.is_open()) accept();
    });
  });
}

void Loop::welcome(Socket socket) {
  error_code error;
  socket.set_option(tcp::no_delay(true), error);
  socket.non_blocking(true, error);
  if (error) return;
  std::string client = address_of(socket);
  const Limits& limits = site_.options.limits;
  const bool room = site_.connections.fetch_add(1) < limits.max_connections;
  const bool admitted = room && clients_.enter(client, limits.max_connections_per_client);
  if (!admitted) {
    site_.connections.fetch_sub(1);
    if (refusing_ >= most_refusing) return;
    ++refusing_;
  }
  auto transport = tls_ ? tls_->transport(std::move(socket)) : plain_transport(std::move(socket));
  auto connection = std::make_unique<Connection>(*this, std::move(transport), std::move(client), !admitted);
  asio::co_spawn(context_.get_executor(), serve(std::move(connection)), asio::detached);
}

void Loop::entered(Connection& connection) {
  connections_.insert(&connection);
  open_.add(1);
}

void Loop::left(Connection& connection, const std::string& client, bool counted) {
  connections_.erase(&connection);
  open_.add(-1);
  if (counted) {
    clients_.leave(client);
    site_.connections.fetch_sub(1);
  } else {
    --refusing_;
  }
  if (ending_ && connections_.empty()) context_.stop();
}

void Loop::tick() {
  ticks_.expires_after(tick_length_);
  ticks_.async_wait([this](const error_code& cancelled) {
    if (cancelled) return;
    const auto now = std::chrono::steady_clock::now();
    for (Connection* each : connections_) each->check(now);  // cancels; nothing ends before it returns
    tick();
  });
}

void Loop::deliver() {
  for (const std::shared_ptr<Exchange>& each : mailbox_->drain())
    if (each->connection) each->connection->resume(*each);
    else if (!each->answered && each->interrupted) each->interrupted(Interrupt::client_gone);
}

std::span<char> Loop::input() {
  constexpr std::size_t input_size = 64 * 1024;
  if (input_.empty()) input_.resize(input_size);
  return input_;
}

void Loop::spawn(Awaitable<void> work) { asio::co_spawn(context_.get_executor(), std::move(work), asio::detached); }

Awaitable<void> Loop::others() { return asio::post(context_.get_executor(), awaiting); }

std::shared_ptr<Exchange> Loop::take_exchange() {
  if (spare_.empty()) {
    auto fresh = std::make_shared<Exchange>();
    fresh->mailbox = mailbox_;
    return fresh;
  }
  std::shared_ptr<Exchange> out = std::move(spare_.back());
  spare_.pop_back();
  return out;
}

void Loop::give_back(std::shared_ptr<Exchange> exchange) {
  exchange->connection = nullptr;
  // Large ones are not worth their memory.
  constexpr std::size_t large = 16 * 1024;
  if (exchange->handed_over || spare_.size() >= most_spare || exchange->request.body.capacity() > large) return;
  // Nothing of a request may be told of the next one, not even of one that is malformed and has no method of its own.
  Request& request = exchange->request;
  request.method = Method::get;
  request.target.clear();
  request.path.clear();
  request.client.clear();
  request.path_parameters.clear();
  request.query_parameters.clear();
  request.headers.clear();
  request.body.clear();
  request.id.clear();
  request.trace_id.clear();
  request.idempotency_key.clear();
  request.route = {};
  request.begun.reset();
  request.caller.reset();
  request.language = Language::korean;
  exchange->body_share.give_back();
  exchange->match = {};
  exchange->segments.clear();
  exchange->response = {};
  exchange->encoded.reset();
  exchange->answered = false;
  exchange->arrived = false;
  exchange->stays_open = {};
  spare_.push_back(std::move(exchange));
}

void Loop::wind_down() {
  asio::post(context_, [this] {
    error_code ignored;
    acceptor_.close(ignored);
    rest_.cancel();
    for (Connection* each : connections_) each->wind_down();
  });
}

void Loop::abort() {
  asio::post(context_, [this] {
    const std::vector<Connection*> all(connections_.begin(), connections_.end());
    for (Connection* each : all)
      if (connections_.contains(each)) each->abort();
  });
}

void Loop::join() {
  asio::post(context_, [this] {
    ending_ = true;
    if (connections_.empty()) context_.stop();
  });
  if (thread_.joinable()) thread_.join();
  mailbox_->close();
  events_->close();
}

}  // namespace tiketi::http
