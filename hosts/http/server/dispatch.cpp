#include "server/dispatch.hpp"

#include "server/accept.hpp"
#include "server/problem.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace tiketi::http {
namespace {

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

std::string_view bearer_token(const Request& request) noexcept {
  const std::string_view header = request.header("authorization");
  constexpr std::size_t scheme_size = 7;
  if (header.size() <= scheme_size || !same_ignoring_case(header.substr(0, scheme_size), "bearer ")) return {};
  return trimmed(header.substr(scheme_size));
}

/// Sets the caller; the refusal if the route does not let them in.
std::optional<Response> admit(const Site& site, Exchange& exchange) {
  Request& request = exchange.request;
  const Access access = exchange.match.route->access;
  const std::string_view token = bearer_token(request);
  if (access == Access::anyone && token.empty()) return std::nullopt;
  Error refusal(Errc::not_authenticated, "no bearer token");
  if (!token.empty()) {
    Result<Caller> caller = site.options.authenticate ? site.options.authenticate(token)
                                                      : Error{Errc::token_invalid, "nobody checks tokens here"};
    if (caller) request.caller = *std::move(caller);
    else refusal = caller.error();
  }
  if (access == Access::anyone) return std::nullopt;
  if (!request.caller) return problem(request, refusal);
  if (access == Access::admin && !request.caller->admin)
    return problem(request, Error{Errc::not_permitted, "the caller is no admin"});
  return std::nullopt;
}

void run_blocking(const Site& site, const std::shared_ptr<Exchange>& exchange) {
  Exchange& self = *exchange;
  Response response = guarded(site, self, [&]() -> Response {
    if (std::optional<Response> refusal = admit(site, self)) return *std::move(refusal);
    const Route& route = *self.match.route;
    const auto handle = [&] { return std::get<Blocking>(route.handler).run(self.request); };
    const bool keyed = !self.request.idempotency_key.empty() && route.options.replays;
    if (!keyed || !site.options.around) return handle();
    return site.options.around(self.request, [&] { return guarded(site, self, handle); });
  });
  answer(exchange, std::move(response), true);
}

std::optional<Response> run_direct(const Site& site, Exchange& exchange, const Direct& direct) {
  return guarded(site, exchange, [&]() -> Response {
    if (exchange.match.route->access != Access::anyone)
      if (std::optional<Response> refusal = admit(site, exchange)) return *std::move(refusal);
    return direct.run(exchange.request);
  });
}

std::optional<Response> run_deferred(const Site& site, const std::shared_ptr<Exchange>& exchange,
                                     const Deferred& deferred) {
  std::optional<Response> refusal;
  Response failure = guarded(site, *exchange, [&] {
    refusal = admit(site, *exchange);
    if (!refusal) deferred.run(exchange->request, Respond(std::make_shared<Respond::Link>(exchange)));
    return Response();
  });
  if (refusal) return refusal;
  // Thrown out of the handler. If it took its Respond along, the answer (perhaps its 500) is on its way already.
  if (failure.status >= 500) answer(exchange, std::move(failure));
  return std::nullopt;
}

std::optional<Response> submit(Site& site, const std::shared_ptr<Exchange>& exchange) {
  if (site.pool_of.at(exchange->match.route)->submit(exchange)) return std::nullopt;
  return problem(exchange->request, Error{Errc::overloaded, "the pool's queue is full"});
}

}  // namespace

Result<void> open_pools(Site& site) {
  for (const PoolOptions& each : site.options.pools) {
    const auto same = [&](const auto& pool) { return pool->name() == each.name; };
    if (std::ranges::any_of(site.pools, same))
      return Error{Errc::invalid_argument, "two pools are named " + each.name, {{"field", "pools"}}};
    site.pools.push_back(std::make_unique<WorkerPool>(
        each, [&site](const std::shared_ptr<Exchange>& exchange) { run_blocking(site, exchange); }));
  }
  for (const Route* route : site.router.routes()) {
    const Blocking* blocking = std::get_if<Blocking>(&route->handler);
    if (!blocking) continue;
    const auto pool = std::ranges::find(site.pools, blocking->pool, [](const auto& each) { return each->name(); });
    if (pool == site.pools.end())
      return Error{Errc::invalid_argument,
                   "route " + route->pattern + " wants the pool " + blocking->pool + ", which there is not",
                   {{"field", "pools"}}};
    site.pool_of.emplace(route, pool->get());
  }
  return {};
}

std::size_t max_body(const Site& site, const Exchange& exchange) noexcept {
  const Route* route = exchange.match.route;
  return route && route->options.max_body > 0 ? route->options.max_body : site.options.limits.max_body;
}

bool is_direct(const Exchange& exchange) noexcept {
  return exchange.match.route && std::holds_alternative<Direct>(exchange.match.route->handler);
}

std::optional<Response> dispatch(Site& site, const std::shared_ptr<Exchange>& exchange) {
  const auto& handler = exchange->match.route->handler;
  if (const Direct* direct = std::get_if<Direct>(&handler)) return run_direct(site, *exchange, *direct);
  if (const Deferred* deferred = std::get_if<Deferred>(&handler)) return run_deferred(site, exchange, *deferred);
  return submit(site, exchange);
}

}  // namespace tiketi::http
