#pragma once
// The HTTP/1.1 server: connections, limits, worker pools. It knows nothing of tickets.

#include "server/request.hpp"
#include "server/response.hpp"
#include "server/router.hpp"

#include <tiketi/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::telemetry {
class Log;
class Metrics;
}  // namespace tiketi::telemetry

namespace tiketi::http {

/// Finds out who a bearer token stands for. Thread-safe; runs in a pool, and may wait. token_invalid → 403,
/// account_gone → 401, others by the table.
using Authenticate = std::function<Result<Caller>(std::string_view bearer_token)>;

/// The same from memory, for the connections' threads, which serve Direct and Deferred routes and must never wait;
/// nothing if only `Authenticate` can tell: then the request goes by way of a pool.
using AuthenticateAtOnce = std::function<std::optional<Result<Caller>>(std::string_view bearer_token)>;

/// Wraps Blocking POST routes when the request has an idempotency key: answers itself (a replay, with header
/// `Idempotent-Replayed: true`; or 422), or calls `handle` once and keeps what it answers. Runs in the route's pool.
/// Deferred and Direct handlers see `Request::idempotency_key` and pass it on themselves.
using Around = std::function<Response(const Request&, const std::function<Response()>& handle)>;

/// A bulkhead: blocking work of one kind, which can fill up without stopping the others.
struct PoolOptions {
  std::string name;
  unsigned threads = 2;
  std::size_t max_queue = 1'000;         ///< requests that wait for a thread; more are answered 503
  std::size_t max_queue_per_client = 0;  ///< of them, those of one client's address; more: 429. 0: no bound
};

/// Bounds on what clients can make the server hold.
struct Limits {
  std::size_t max_connections = 20'000;
  std::size_t max_connections_per_client = 4'000;  ///< per address; 0: no bound
  std::size_t max_header_bytes = 16 * 1024;        ///< all headers with the request line; more: 431
  std::size_t max_headers = 100;                   ///< more: 431
  std::size_t max_target_bytes = 8 * 1024;         ///< more: 414
  std::size_t max_query_parameters = 64;           ///< more: 400
  std::size_t max_body = 1024 * 1024;              ///< more: 413; routes may have their own
  std::size_t max_unread_body = 16 * 1024;         ///< the same where no route answers, and for GET, HEAD and DELETE
  std::size_t max_buffered_bytes = 256U << 20;     ///< of all bodies that are there at a time; more: 503
};

/// Milliseconds. They are kept to about a quarter of the shortest, at worst a second.
struct Timeouts {
  std::int64_t header_ms =
      10'000;  ///< from a request's first byte (or the connection) to the end of its headers; then 408
  std::int64_t body_ms = 30'000;   ///< for the whole body; then 408
  std::int64_t idle_ms = 75'000;   ///< between requests
  std::int64_t write_ms = 30'000;  ///< for the client to take an answer
};

struct ServerOptions {
  std::string address = "0.0.0.0";
  std::uint16_t port = 3001;  ///< 0: any free port
  unsigned threads = 0;       ///< for connections; 0: as many as there are cores
  Limits limits;
  Timeouts timeouts;
  std::vector<PoolOptions> pools = {{"store", 4, 1'000}};
  std::string tls_certificate_file;  ///< PEM with the chain; with the key: TLS instead of plain HTTP
  std::string tls_key_file;
  /// How many proxies in front of the server add to X-Forwarded-For; the client is what the outermost of them saw.
  unsigned trusted_proxies = 0;
  Authenticate authenticate;                ///< may be empty: then every token is refused
  AuthenticateAtOnce authenticate_at_once;  ///< may be empty: then `authenticate` is asked, in the pool
  std::string authenticate_pool = "store";  ///< where Direct and Deferred requests go that memory can't tell of
  Around around;                            ///< may be empty
  telemetry::Log* log = nullptr;            ///< may be null; outlives the server
  telemetry::Metrics* metrics = nullptr;    ///< may be null; outlives the server
};

class Server {
 public:
  Server(ServerOptions options, Router router);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();  ///< stops at once

  /// Listens and serves on threads of its own. invalid_argument: unknown pool, bad address or TLS files (details:
  /// field); unavailable: the port is taken (details: cause). To be called once.
  Result<void> start();

  /// The port it listens on, after `start`.
  std::uint16_t port() const noexcept;

  /// Stops accepting, tells clients by `Connection: close`, finishes what is in flight, then closes. After the grace
  /// period what waits for a thread is answered 503, and the rest cut off. WebSockets are closed with 1001, streams
  /// end, Deferred requests that asked for it are interrupted. Returns when all threads have ended: a
  /// handler that runs is waited for, however long it takes (a program may put an end to that:
  /// hosts/http/stop_deadline.hpp). May be called repeatedly.
  void stop(std::int64_t grace_ms);

  /// The threads that serve connections, after `start`: for what has to be told on all of them.
  std::vector<std::shared_ptr<EventLoop>> loops() const;

  const Router& router() const noexcept;
  std::size_t connections() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tiketi::http
