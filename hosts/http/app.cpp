#include "app.hpp"

#include "bus_listener.hpp"
#include "config_values.hpp"
#include "desks.hpp"
#include "doorman.hpp"
#include "live/live_events.hpp"
#include "replay.hpp"
#include "routes/routes.hpp"
#include "server/server.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

#include <tiketi/open.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <set>
#include <utility>

namespace tiketi::http {
namespace {

constexpr std::string_view development_admin = "admin@tiketi.local";
constexpr std::string_view development_password = "development-only";

OpenOptions open_options(const Config& config) {
  OpenOptions out;
  const StoreFiles beside = files_beside(config.store);
  out.keys_directory = config.keys_directory.empty() ? beside.keys_directory : config.keys_directory;
  out.sandbox_file = config.sandbox_file.empty() ? beside.sandbox_file : config.sandbox_file;
  out.token_secret = config.jwt_secret;
  out.allow_short_secret = config.is_development();
  out.policy.hold_ms = config.hold_seconds * second_ms;
  out.cashier.recovery_after_ms = config.recovery_after_ms;
  out.cashier.cancellation.steps = *parse_cancellation_fees(config.cancellation_fees);
  return out;
}

telemetry::LogOptions log_options(const Config& config) {
  telemetry::LogOptions out;
  out.level = *telemetry::parse_level(config.log_level);
  out.format = *telemetry::parse_format(config.log_format);
  out.file = config.log_file;
  return out;
}

Result<Caller> as_host_caller(Result<tiketi::Caller> caller) {
  if (!caller) return caller.error();
  const bool admin = caller->role == Role::admin;
  return Caller{caller->user_id, std::move(caller->email), admin, admin ? "admin" : "user", caller->session_id};
}

ServerOptions server_options(const Config& config, Services& services, telemetry::Log& log,
                             telemetry::Metrics& metrics) {
  ServerOptions out;
  out.address = config.address;
  out.port = config.port;
  out.threads = config.threads;
  out.limits.max_connections = config.max_connections;
  out.limits.max_connections_per_client = config.max_connections_per_client;
  out.pools = {{"store", config.store_threads, config.max_queue},
               {"provider", 8, config.max_queue},
               {"sessions", 2, config.max_connections},  // a read each; a connection has one request at a time
               {"password", config.password_threads, 500, config.password_queue_per_client},
               {"leaving", 16, config.max_queue},  // each waits for the batch that it is in
               {"health", 1, 100},
               {"metrics", 1, 20}};
  out.tls_certificate_file = config.tls_certificate;
  out.tls_key_file = config.tls_key;
  out.trusted_proxies = config.trusted_proxies;
  out.authenticate = [&services](std::string_view token) {
    return as_host_caller(services.accounts().authenticate(token));
  };
  out.authenticate_at_once = [&services](std::string_view token) -> std::optional<Result<Caller>> {
    auto caller = services.accounts().authenticate_from_memory(token);
    if (!caller) return std::nullopt;
    return as_host_caller(*std::move(caller));
  };
  out.authenticate_pool = "sessions";
  out.around = replay_by(services.answers(), services.clock());
  out.log = &log;
  out.metrics = &metrics;
  return out;
}

live::LiveOptions live_options(const Config& config) {
  live::LiveOptions out;
  out.allowed_origins = *parse_origins(config.allowed_origins);
  out.max_sessions = 2 * config.max_connections;  // those that poll have no connection all the time
  out.max_queue = config.max_connections;
  return out;
}

/// What the documents of the HTTP API tell of.
Router make_router(Desks& desks, live::LiveEvents& live, const std::string& profile) {
  Router router;
  Router::Group api = router.under({"/api", "/api/v1"});
  add_identity_routes(api, desks);
  add_ticket_routes(api, desks);
  add_catalog_routes(api, desks);
  add_reservation_routes(api, desks);
  Router::Group queue = router.under({"/api", "/api/v1", "/api/api"});  // existing pages ask for the last
  add_waiting_room_routes(queue, desks);
  live.add_queue_stream(queue);
  add_payment_routes(api, desks);
  add_point_routes(api, desks);
  add_notice_routes(api, desks);
  add_admin_event_routes(api, desks);
  add_admin_sale_routes(api, desks);
  add_admin_account_routes(api, desks);
  if (desks.services.sandbox() != nullptr) add_sandbox_routes(router, desks);
  add_operation_routes(router, desks, profile);
  return router;
}

Router with_sockets(Router router, live::LiveEvents& live) {
  live.add_sockets(router);
  return router;
}

/// Upper bounds of buckets, in seconds: from those who are lucky to those who wait for hours.
constexpr std::array<double, 12> wait_buckets = {1, 5, 15, 30, 60, 120, 300, 600, 1'800, 3'600, 7'200, 21'600};

/// How often the waiting rooms go on: often enough that nobody who may come in notices the wait.
constexpr std::chrono::milliseconds room_turn{250};

/// Declared in the order in which they lean on each other.
class ComposedApp final : public App {
 public:
  ComposedApp(const Config& config, std::unique_ptr<Services> services)
      : config_(config),
        log_(log_options(config)),
        services_(std::move(services)),
        desks_(*services_, log_, metrics_, config.max_queue),
        live_(desks_, live_options(config)),
        listener_(services_->bus(), desks_),
        server_(server_options(config, *services_, log_, metrics_),
                with_sockets(make_router(desks_, live_, config.profile), live_)) {
    desks_.watch = [this](EventId event, const auto& seats) { live_.touch(event, seats); };
  }

  ~ComposedApp() override { stop(); }

  Result<void> start() override {
    watch_queries();
    if (const auto admin = make_first_admin(); !admin) return admin.error();
    if (services_->sandbox() != nullptr)
      log_.write(telemetry::Level::warning, "payments go to the sandbox provider: nobody is charged");
    services_->start_housekeeping(config_.housekeeping_ms, [this](const Error& error) {
      log_.write(telemetry::Level::error, "housekeeping: " + error.message,
                 {{"code", name(error.code)}, {"cause", error.detail("cause")}});
    });
    doorman_.emplace(services_->waiting_room(), room_turn, [this](const auto& turns) { tell(turns); });
    const auto started = server_.start();
    if (started) live_.start(server_.loops());
    if (started)
      log_.write(telemetry::Level::info, "started", {{"port", server_.port()}, {"profile", config_.profile}});
    return started;
  }

  void stop() override {
    doorman_.reset();
    live_.stop();
    server_.stop(config_.grace_ms);
    desks_.stop();
    log_.flush();
  }

  std::uint16_t port() const override { return server_.port(); }

 private:
  /// What the waiting rooms' turn has brought.
  void tell(const Result<std::vector<RoomTurn>>& turns) {
    if (!turns)
      return log_.write(telemetry::Level::error, "waiting rooms: " + turns.error().message,
                        {{"code", name(turns.error().code)}, {"cause", turns.error().detail("cause")}});
    live_.tell(*turns);
    std::int64_t waiting = 0, active = 0;
    for (const RoomTurn& each : *turns) {
      waiting += each.waiting;
      active += each.active;
      for (const std::int64_t waited_ms : each.let_in.waited_ms)
        waited_.observe(static_cast<double>(waited_ms) / second_ms);
      admitted_after_waiting_.add(static_cast<double>(each.let_in.waited_ms.size()));
      admitted_at_once_.add(static_cast<double>(each.let_in.at_once));
      if (each.trouble) tell_trouble(each.event_id, *each.trouble);
    }
    metrics_.gauge("tiketi_waiting_room_waiting", "Customers who wait, in all rooms").set(static_cast<double>(waiting));
    metrics_.gauge("tiketi_waiting_room_active", "Customers who are admitted, in all rooms")
        .set(static_cast<double>(active));
  }

  telemetry::Counter admitted(const char* waited) {
    return metrics_.counter("tiketi_waiting_room_admitted_total", "Customers whom this server admitted",
                            {{"waited", waited}});
  }

  /// The same trouble of a room at most once a minute.
  void tell_trouble(EventId event, const Error& trouble) {
    const Timestamp now = services_->clock().now();
    if (now < troubles_told_at_.plus_ms(minute_ms) && troubles_.contains({event, trouble.code})) return;
    if (now >= troubles_told_at_.plus_ms(minute_ms)) troubles_.clear(), troubles_told_at_ = now;
    troubles_.emplace(event, trouble.code);
    log_.write(telemetry::Level::error, "waiting room: " + trouble.message,
               {{"event", event.text()}, {"code", name(trouble.code)}, {"cause", trouble.detail("cause")}});
  }

  void watch_queries() {
    const auto histogram = [this](const char* kind) {
      return metrics_.histogram("tiketi_db_query_duration_seconds", "Rounds of queries, until the database answered",
                                {{"connection", kind}});
    };
    const auto failed = metrics_.counter("tiketi_db_query_errors_total", "Rounds of queries that failed");
    services_->stores().watch(
        [writes = histogram("writer"), reads = histogram("reader"), failed](const QueryTook& took) {
          (took.writes ? writes : reads).observe(std::chrono::duration<double>(took.time).count());
          if (took.failed) failed.add();
        });
  }

  /// As configured; in development there is always one, so that everything can be tried. Whoever has that e-mail but
  /// not the role (any more) is no reason not to sell tickets.
  Result<void> make_first_admin() {
    NewAccount account{.email = config_.admin_email, .password = config_.admin_password, .name = "Administrator"};
    const bool by_default = account.email.empty() && config_.is_development();
    if (by_default) {
      account.email = development_admin;
      account.password = development_password;
    }
    if (account.email.empty()) return {};
    const auto admin = services_->accounts().create_admin(account);
    if (!admin && admin.error().code == Errc::already_exists) {
      log_.write(telemetry::Level::warning,
                 "THE CONFIGURED ADMIN IS NONE: the account with that e-mail has no admin role, and is not given it "
                 "unasked. If it is yours, run `tiketi admin grant`; else configure another e-mail");
      return {};
    }
    if (!admin) return admin.error();
    if (by_default)
      log_.write(
          telemetry::Level::warning,
          "DEVELOPMENT PROFILE: anybody can log in as admin with the documented password; never run it in public",
          {{"admin", std::string("admin at tiketi.local")}});
    return {};
  }

  const Config config_;
  telemetry::Log log_;
  telemetry::Metrics metrics_;
  std::unique_ptr<Services> services_;
  Desks desks_;
  live::LiveEvents live_;
  BusListener listener_;
  Server server_;
  const telemetry::Counter admitted_after_waiting_ = admitted("true");
  const telemetry::Counter admitted_at_once_ = admitted("false");
  const telemetry::Histogram waited_ = metrics_.histogram(
      "tiketi_waiting_room_wait_seconds", "How long those had waited whom this server admitted", {}, wait_buckets);
  std::set<std::pair<EventId, Errc>> troubles_;  // of the doorman's thread
  Timestamp troubles_told_at_;
  std::optional<Doorman> doorman_;
};

/// What only a whole configuration shows.
Result<void> check_keys(const Config& config) {
  if (!config.keys_directory.empty() || config.store == "memory" || config.store.starts_with("sqlite:")) return {};
  return Error{Errc::invalid_argument,
               "keys: name the directory of the keys that sign tokens and tickets (--keys DIR); "
               "all servers of one database need the same ones",
               {{"field", "keys"}}};
}

}  // namespace

Result<std::unique_ptr<App>> App::make(const Config& config) {
  if (const auto checked = check(config); !checked) return checked.error();
  if (const auto checked = check_keys(config); !checked) return checked.error();
  auto services = tiketi::open(config.store, open_options(config));
  if (!services) return services.error();
  return std::unique_ptr<App>(std::make_unique<ComposedApp>(config, std::move(*services)));
}

Result<std::vector<std::string>> list_routes() {
  auto services = tiketi::open("memory");
  if (!services) return services.error();
  telemetry::Log log({.level = telemetry::Level::off});
  telemetry::Metrics metrics;
  Desks desks(**services, log, metrics, 1);
  std::vector<std::string> out;
  live::LiveEvents live(desks, {});
  const Router router = make_router(desks, live, "development");
  for (const Route* each : router.routes()) out.push_back(std::string(name(each->method)) + ' ' + each->pattern);
  std::ranges::sort(out);
  desks.stop();
  return out;
}

}  // namespace tiketi::http
