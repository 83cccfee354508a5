// What operators and their tools ask: health, metrics, the OpenAPI document, public keys.

#include "documents.hpp"
#include "routes/handlers.hpp"
#include "routes/routes.hpp"
#include "server/json_writer.hpp"
#include "server/problem.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tiketi::http {
namespace {

struct Check {
  std::string_view name;
  std::string_view status;  ///< ok, down or unused
};

/// A read that any store answers at once.
Check check_storage(Desks& desks) {
  return {"storage", desks.services.stores().box_office().outbox_size() ? "ok" : "down"};
}

Response health(Desks& desks, const std::vector<Check>& checks) {
  bool up = true;
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    for (const Check& each : checks) up = up && each.status != "down";
    json.member("status", up ? "ok" : "down");
    json.object("checks", [&](JsonWriter& all) {
      for (const Check& each : checks)
        all.object(each.name, [&](JsonWriter& one) { one.member("status", each.status); });
    });
    json.member("timestamp", desks.services.clock().now());
  });
  return json(up ? 200 : 503, std::move(body)).with_header("Cache-Control", "no-store");
}

Check check_redis() { return {"redis", "unused"}; }

Response alive(Desks& desks, std::chrono::steady_clock::time_point started, const std::string& profile) {
  const std::chrono::duration<double> uptime = std::chrono::steady_clock::now() - started;
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.member("status", "ok").member("timestamp", desks.services.clock().now());
    json.member("uptime", uptime.count()).member("version", TIKETI_VERSION).member("environment", profile);
  });
  return json(200, std::move(body)).with_header("Cache-Control", "no-store");
}

/// Of the events on sale, by what may be done with their places now. As of the last time that it could be asked.
void count_places(Desks& desks) {
  const auto places = desks.services.catalog().places_on_sale();
  if (!places) return;
  desks.metrics.gauge("tiketi_seats_available", "Free seats and tickets of the events on sale")
      .set(static_cast<double>(places->available));
  desks.metrics.gauge("tiketi_seats_reserved", "Held or sold seats and tickets of the events on sale")
      .set(static_cast<double>(places->total - places->available));
}

/// Commands that wait for a batch. The server itself counts the requests that wait for a thread.
void count_queues(Desks& desks) {
  const auto count = [&](const char* name, std::size_t queued) {
    desks.metrics.gauge("tiketi_queue_depth", "Commands that wait for a batch", {{"queue", name}})
        .set(static_cast<double>(queued));
  };
  count("reserve", desks.reserve.queued());
  count("reserve_best", desks.reserve_best.queued());
  count("begin_payment", desks.begin_payment.queued());
  count("begin_order", desks.begin_order.queued());
  count("ask_provider", desks.provider_questions());
  count("finish_payment", desks.finish_payment.queued());
  count("read_notice", desks.read_notice.queued());
  count("find_event", desks.find_event.queued());
}

/// The document's browsable page: files of npm's swagger-ui-dist, which were found when the server was built.
void add_api_docs(Router& router) {
  for (const Document& each : api_docs()) {
    const auto bytes = make_ready_constant(each.text, std::string(each.content_type));
    // The files' own script needs styles inside its elements; nothing from elsewhere.
    const auto show = [bytes](const Request&) {
      return ready(bytes).with_header("Content-Security-Policy",
                                      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
                                      "frame-ancestors 'none'");
    };
    router.add(Method::get, "/api-docs" + (each.name.empty() ? "" : "/" + std::string(each.name)), Access::anyone,
               Direct{show});
  }
}

}  // namespace

void add_operation_routes(Router& router, Desks& desks, const std::string& profile) {
  const auto add = [&](const char* path, auto handler) {
    router.add(Method::get, path, Access::anyone,
               Blocking{[handler](const Request&) -> Response { return handler(); }, "health"});
  };
  const auto started = std::chrono::steady_clock::now();
  router.add(Method::get, "/health", Access::anyone,
             Direct{[&desks, started, profile](const Request&) { return alive(desks, started, profile); }});
  router.add(Method::get, "/health/live", Access::anyone, Direct{[&desks](const Request&) {
               return health(desks, {{"process", "ok"}});
             }});
  add("/health/ready", [&desks] { return health(desks, {check_storage(desks)}); });
  add("/health/db", [&desks] { return health(desks, {check_storage(desks)}); });
  add("/health/redis", [&desks] { return health(desks, {check_redis()}); });
  const auto everything = [&desks] { return health(desks, {{"process", "ok"}, check_storage(desks), check_redis()}); };
  add("/health/detailed", everything);
  add("/health/all", everything);
  const auto metrics = [](Desks& its, const Request&) {
    count_places(its);
    count_queues(its);
    return text(200, its.metrics.text(), telemetry::metrics_type);
  };
  router.add(Method::get, "/metrics", Access::anyone, blocking(desks, metrics, "metrics"));
  add("/.well-known/jwks.json", [&desks] { return json(200, desks.services.accounts().jwks()); });
  const auto document = make_ready_constant(openapi_yaml(), "application/yaml; charset=utf-8");
  router.add(Method::get, "/openapi.yaml", Access::anyone,
             Direct{[document](const Request&) { return ready(document); }});
  add_api_docs(router);
}

}  // namespace tiketi::http
