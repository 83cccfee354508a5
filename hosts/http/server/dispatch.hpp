#pragma once
// From a request that was read to the handler that answers it: who may, and where it runs. No sockets here.

#include "server/exchange.hpp"
#include "server/server.hpp"
#include "server/worker_pool.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tiketi::http {

/// What all threads of a server share. Not changed once it serves, but for the counts.
struct Site {
  ServerOptions options;
  Router router;
  std::string standing;                                   ///< headers of every answer
  std::unordered_map<const Route*, WorkerPool*> pool_of;  ///< of Blocking routes; of others that look up their callers
  std::vector<std::unique_ptr<WorkerPool>> pools;
  std::atomic<bool> stopping = false;
  std::atomic<std::size_t> connections = 0;
  BodyShare::Total buffered_bytes = std::make_shared<std::atomic<std::size_t>>(0);  ///< of bodies
};

/// Makes the pools. invalid_argument if one is named (by a route, or for authentication) that there is none of, or two
/// have the same name.
Result<void> open_pools(Site& site);

/// Answers 503 to what waits in the pools; they take nothing more.
void close_pools(Site& site);

/// Fills what is derived from target and headers, and looks up the route. The answer, if there is one at once: a
/// malformed target, 404, 405, a preflight, a bad idempotency key.
std::optional<Response> prepare(const Site& site, Exchange& exchange, std::string_view peer, bool known_method);

/// The headers are there, but not all of the body. The answer, if the route's Deferred::begin threw.
std::optional<Response> begin_body(const Site& site, Exchange& exchange);

/// Begins to answer. The answer, if it is there at once; else it comes by the exchange's mailbox.
std::optional<Response> dispatch(Site& site, const std::shared_ptr<Exchange>& exchange);

/// Goes on with a request whose caller was `admitted` off the connection's thread.
std::optional<Response> dispatch_admitted(Site& site, const std::shared_ptr<Exchange>& exchange);

/// As many bytes as the body may have: the route's own, or the server's; few where nothing reads it.
std::size_t max_body(const Site& site, const Exchange& exchange) noexcept;

bool is_direct(const Exchange& exchange) noexcept;

}  // namespace tiketi::http
