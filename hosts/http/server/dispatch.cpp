#include "server/dispatch.hpp"

#include "server/accept.hpp"
#include "server/problem.hpp"
#include "server/web_socket_handshake.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace tiketi::http {
namespace {

constexpr Text too_many_requests{"이 주소에서 온 요청이 너무 많습니다. 잠시 후 다시 시도해 주세요.",
                                 "Too many requests from your address are waiting; please try again in a moment."};
constexpr Text server_error{"서버 오류가 발생했습니다.", "Something went wrong on the server."};

Response crashed(const Site& site, const Exchange& exchange, std::string_view what) {
  Response out = problem(exchange.request.language, 500, "internal_error", server_error);
  out.log_note = what;
  if (site.options.log)
    site.options.log->write(telemetry::Level::error, "a handler threw",
                            {{"request_id", exchange.request.id}, {"route", exchange.request.route}, {"cause", what}});
  return out;
}

/// Runs what may throw; an exception becomes a 500.
template <class Call>
Response guarded(const Site& site, Exchange& exchange, Call&& call) {
  try {
    return call();
  } catch (const std::exception& error) {
    return crashed(site, exchange, error.what());
  } catch (...) {
    return crashed(site, exchange, "something that is no std::exception");
  }
}

std::string_view bearer_token(const Exchange& exchange) noexcept {
  const Request& request = exchange.request;
  const std::string_view header = request.header("authorization");
  constexpr std::size_t scheme_size = 7;
  if (header.empty() && exchange.match.route->options.token_in_query) return request.query("token").value_or("");
  if (header.size() <= scheme_size || !same_ignoring_case(header.substr(0, scheme_size), "bearer ")) return {};
  return trimmed(header.substr(scheme_size));
}

Result<Caller> find_caller(const Site& site, const Exchange& exchange) {
  const std::string_view token = bearer_token(exchange);
  if (token.empty()) return Error{Errc::not_authenticated, "no bearer token"};
  if (!site.options.authenticate) return Error{Errc::token_invalid, "nobody checks tokens here"};
  return site.options.authenticate(token);
}

/// The same without waiting; nothing if that can't tell.
std::optional<Result<Caller>> find_caller_at_once(const Site& site, const Exchange& exchange) {
  const std::string_view token = bearer_token(exchange);
  if (token.empty() || !site.options.authenticate) return find_caller(site, exchange);
  if (!site.options.authenticate_at_once) return std::nullopt;
  return site.options.authenticate_at_once(token);
}

/// Sets the caller; the refusal if the route does not let them in.
std::optional<Response> admit(Exchange& exchange, const Result<Caller>& caller) {
  Request& request = exchange.request;
  const Access access = exchange.match.route->access;
  if (caller) request.caller = *caller;
  if (access == Access::anyone) return std::nullopt;
  if (!caller) return problem(request, caller.error());
  if (access == Access::admin && !caller->admin)
    return problem(request, Error{Errc::not_permitted, "the caller is no admin"});
  return std::nullopt;
}

bool stays_open(const Route& route) noexcept {
  return std::holds_alternative<OpenStream>(route.handler) || std::holds_alternative<OpenWebSocket>(route.handler);
}

void run_blocking(const Site& site, const std::shared_ptr<Exchange>& exchange) {
  Exchange& self = *exchange;
  Response response = guarded(site, self, [&]() -> Response {
    if (std::optional<Response> refusal = admit(self, find_caller(site, self))) return *std::move(refusal);
    const Route& route = *self.match.route;
    const auto handle = [&] { return std::get<Blocking>(route.handler).run(self.request); };
    const bool keyed = !self.request.idempotency_key.empty() && route.options.replays;
    if (!keyed || !site.options.around) return handle();
    return site.options.around(self.request, [&] { return guarded(site, self, handle); });
  });
  answer(exchange, std::move(response), true);
}

Response accept(Exchange& exchange, AcceptWebSocket accepted) {
  Response out = switch_protocols(exchange.request, accepted.protocol);
  exchange.stays_open = std::move(accepted);
  return out;
}

Response accept(Exchange& exchange, AcceptStream accepted) {
  Response out;
  out.content_type = accepted.content_type;
  out.headers.add("X-Accel-Buffering", "no");  // proxies like nginx should pass on each event as it comes
  exchange.stays_open = std::move(accepted);
  return out;
}

Response accept(Exchange&, Response refusal) { return refusal; }

/// On the connection's thread, for a caller who may.
Response run_open(const Site& site, Exchange& exchange) {
  Request& request = exchange.request;
  if (site.stopping) return problem(request, Error{Errc::stopped, "no new connections that stay open"});
  const auto decided = [&](auto answer) {
    return std::visit([&](auto& each) { return accept(exchange, std::move(each)); }, answer);
  };
  const Route& route = *exchange.match.route;
  return guarded(site, exchange, [&] {
    if (const OpenWebSocket* open = std::get_if<OpenWebSocket>(&route.handler)) return decided(open->run(request));
    if (request.method == Method::head) return text(200, {}, AcceptStream().content_type);
    return decided(std::get<OpenStream>(route.handler).run(request));
  });
}

/// Of any but a Blocking route, for a caller who may. The answer, if it is there at once.
std::optional<Response> run_quick(const Site& site, const std::shared_ptr<Exchange>& exchange) {
  const auto& handler = exchange->match.route->handler;
  if (const Direct* direct = std::get_if<Direct>(&handler))
    return guarded(site, *exchange, [&] { return direct->run(exchange->request); });
  if (stays_open(*exchange->match.route)) return run_open(site, *exchange);
  exchange->handed_over = true;
  Response failure = guarded(site, *exchange, [&] {
    std::get<Deferred>(handler).run(exchange->request, Respond(std::make_shared<Respond::Link>(exchange)));
    return Response();
  });
  // Thrown out of the handler. If it took its Respond along, the answer (perhaps its 500) is on its way already.
  if (failure.status >= 500) answer(exchange, std::move(failure));
  return std::nullopt;
}

/// Who asks could not be told at once: finds it out, and goes on.
void run_after_asking(const Site& site, const std::shared_ptr<Exchange>& exchange) {
  std::optional<Response> refusal;
  Response failure = guarded(site, *exchange, [&] {
    refusal = admit(*exchange, find_caller(site, *exchange));
    return Response();
  });
  if (failure.status >= 500) refusal = std::move(failure);
  if (!refusal && stays_open(*exchange->match.route)) {
    exchange->admitted = true;
    exchange->mailbox->put(exchange);
    return;
  }
  if (!refusal) refusal = run_quick(site, exchange);
  if (refusal) answer(exchange, *std::move(refusal), true);
}

void run_in_pool(const Site& site, const std::shared_ptr<Exchange>& exchange) {
  if (std::holds_alternative<Blocking>(exchange->match.route->handler)) run_blocking(site, exchange);
  else run_after_asking(site, exchange);
}

std::optional<Response> submit(Site& site, const std::shared_ptr<Exchange>& exchange) {
  exchange->handed_over = true;
  switch (site.pool_of.at(exchange->match.route)->submit(exchange)) {
    case WorkerPool::Taken::yes:
      return std::nullopt;
    case WorkerPool::Taken::full:
      return problem(exchange->request, Error{Errc::overloaded, "the pool's queue is full"});
    case WorkerPool::Taken::client_full:
      break;
  }
  return problem(exchange->request.language, 429, "too_many_requests", too_many_requests);
}

/// The pool that a route's requests may go by; empty: none.
std::string_view pool_name(const Site& site, const Route& route) noexcept {
  if (const Blocking* blocking = std::get_if<Blocking>(&route.handler)) return blocking->pool;
  return route.access == Access::anyone ? std::string_view() : site.options.authenticate_pool;
}

}  // namespace

Result<void> open_pools(Site& site) {
  for (const PoolOptions& each : site.options.pools) {
    const auto same = [&](const auto& pool) { return pool->name() == each.name; };
    if (std::ranges::any_of(site.pools, same))
      return Error{Errc::invalid_argument, "two pools are named " + each.name, {{"field", "pools"}}};
    telemetry::Gauge depth;
    if (site.options.metrics)
      depth = site.options.metrics->gauge("http_queue_depth", "Requests that wait for a thread of the pool",
                                          {{"pool", each.name}});
    site.pools.push_back(std::make_unique<WorkerPool>(
        each, [&site](const std::shared_ptr<Exchange>& exchange) { run_in_pool(site, exchange); }, depth));
  }
  for (const Route* route : site.router.routes()) {
    const std::string_view wanted = pool_name(site, *route);
    if (wanted.empty()) continue;
    const auto pool = std::ranges::find(site.pools, wanted, [](const auto& each) { return each->name(); });
    if (pool == site.pools.end())
      return Error{Errc::invalid_argument,
                   "route " + route->pattern + " wants the pool " + std::string(wanted) + ", which there is not",
                   {{"field", "pools"}}};
    site.pool_of.emplace(route, pool->get());
  }
  return {};
}

void close_pools(Site& site) {
  for (const auto& pool : site.pools)
    for (const std::shared_ptr<Exchange>& each : pool->close())
      answer(each, problem(each->request, Error{Errc::stopped, "it waited for a thread until the end"}));
}

std::size_t max_body(const Site& site, const Exchange& exchange) noexcept {
  const Route* route = exchange.match.route;
  const Limits& limits = site.options.limits;
  if (route && route->options.max_body > 0) return route->options.max_body;
  const Method method = exchange.request.method;
  const bool is_read = route && method != Method::get && method != Method::head && method != Method::del;
  return is_read ? limits.max_body : std::min(limits.max_body, limits.max_unread_body);
}

std::optional<Response> begin_body(const Site& site, Exchange& exchange) {
  const Deferred* deferred = exchange.match.route ? std::get_if<Deferred>(&exchange.match.route->handler) : nullptr;
  if (!deferred || !deferred->begin) return std::nullopt;
  Response failure = guarded(site, exchange, [&] {
    exchange.request.begun = deferred->begin(exchange.request);
    return Response();
  });
  return failure.status >= 500 ? std::optional(std::move(failure)) : std::nullopt;
}

bool is_direct(const Exchange& exchange) noexcept {
  return exchange.match.route && std::holds_alternative<Direct>(exchange.match.route->handler);
}

std::optional<Response> dispatch_admitted(Site& site, const std::shared_ptr<Exchange>& exchange) {
  return run_quick(site, exchange);
}

std::optional<Response> dispatch(Site& site, const std::shared_ptr<Exchange>& exchange) {
  const Route& route = *exchange->match.route;
  if (std::holds_alternative<Blocking>(route.handler)) return submit(site, exchange);
  if (route.access == Access::anyone) return run_quick(site, exchange);
  std::optional<Response> refusal;
  bool is_known = true;
  Response failure = guarded(site, *exchange, [&] {
    const std::optional<Result<Caller>> caller = find_caller_at_once(site, *exchange);
    is_known = caller.has_value();
    if (caller) refusal = admit(*exchange, *caller);
    return Response();
  });
  if (failure.status >= 500) return failure;
  if (!is_known) return submit(site, exchange);
  return refusal ? std::move(refusal) : run_quick(site, exchange);
}

}  // namespace tiketi::http
