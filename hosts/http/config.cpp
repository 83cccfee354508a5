#include "config.hpp"

#include <tiketi/payment/refund.hpp>

#include "config_values.hpp"
#include "telemetry/log.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iostream>
#include <utility>

namespace tiketi::http {
namespace {

void add_options(CLI::App& app, Config& config) {
  const auto option = [&](const char* name, auto& value, const char* environment, const char* text) {
    return app.add_option(name, value, text)->envname(environment)->capture_default_str();
  };
  option("--profile", config.profile, "TIKETI_PROFILE", "development allows what must never be live: a known admin")
      ->check(CLI::IsMember({"development", "staging", "production"}));
  option("--store", config.store, "TIKETI_STORE",
         "memory, sqlite:PATH or postgres://…; if it isn't given, DB_HOST, DB_PORT, DB_USER, DB_PASSWORD, DB_NAME, "
         "DB_SSL_MODE name a PostgreSQL server");
  option("--address", config.address, "TIKETI_ADDRESS", "the address to listen on");
  option("--port,-p", config.port, "PORT", "the port to listen on; 0: any that is free");
  option("--threads", config.threads, "TIKETI_THREADS", "threads for connections; 0: one per core")
      ->check(CLI::Range(0, 256));
  option("--tls-certificate", config.tls_certificate, "TIKETI_TLS_CERTIFICATE", "PEM file: TLS instead of plain HTTP");
  option("--tls-key", config.tls_key, "TIKETI_TLS_KEY", "PEM file with the certificate's key");

  option("--keys", config.keys_directory, "TIKETI_KEYS",
         "directory of the keys that sign tokens and tickets; default: beside the SQLite file");
  option("--jwt-secret", config.jwt_secret, "JWT_SECRET", "sign tokens by HS256 with this secret instead of RS256");
  option("--provider", config.provider, "TIKETI_PROVIDER",
         "who takes the money: sandbox, which charges nobody; default: sandbox in development, else it must be said")
      ->check(CLI::IsMember({"sandbox"}));
  option("--sandbox", config.sandbox_file, "TIKETI_SANDBOX",
         "file with the sandbox payment provider's books; default: beside the SQLite file");
  option("--admin-email", config.admin_email, "TIKETI_ADMIN_EMAIL", "make this account an admin at start");
  option("--admin-password", config.admin_password, "TIKETI_ADMIN_PASSWORD",
         "its password, if the account is new; better by the environment than by the flag");

  option("--log-level", config.log_level, "LOG_LEVEL", "debug, info, warning, error or off");
  option("--log-format", config.log_format, "LOG_FORMAT", "json or text");
  option("--log-file", config.log_file, "LOG_FILE", "default: standard output");

  option("--allowed-origins", config.allowed_origins, "FRONTEND_URL",
         "pages that may open live connections, such as https://tickets.example, separated by commas; default: any, "
         "without cookies");
  option("--max-connections", config.max_connections, "TIKETI_MAX_CONNECTIONS", "in all; more are refused");
  option("--max-connections-per-client", config.max_connections_per_client, "TIKETI_MAX_CONNECTIONS_PER_CLIENT",
         "per address; 0: no bound");
  option("--trusted-proxies", config.trusted_proxies, "TIKETI_TRUSTED_PROXIES",
         "how many proxies in front add to X-Forwarded-For");
  option("--store-threads", config.store_threads, "TIKETI_STORE_THREADS", "threads for what waits for the store")
      ->check(CLI::Range(1, 256));
  option("--password-threads", config.password_threads, "TIKETI_PASSWORD_THREADS",
         "threads for log-ins, which cost about 50 ms of a core each")
      ->check(CLI::Range(1, 256));
  option("--password-queue-per-client", config.password_queue_per_client, "TIKETI_PASSWORD_QUEUE_PER_CLIENT",
         "log-ins that wait, per address; more are answered 429; 0: no bound");
  option("--max-queue", config.max_queue, "TIKETI_MAX_QUEUE", "requests that wait, per kind; more are answered 503");
  option("--grace-ms", config.grace_ms, "TIKETI_GRACE_MS", "at a stop, how long requests in flight may take");
  option("--housekeeping-ms", config.housekeeping_ms, "TIKETI_HOUSEKEEPING_MS",
         "how often holds are swept and events published")
      ->check(CLI::Range(10, 60'000));

  option("--recovery-after-ms", config.recovery_after_ms, "TIKETI_RECOVERY_AFTER_MS",
         "when a payment was left unfinished for so long, the provider is asked about it; longer than its time-out")
      ->check(CLI::Range(100, 3'600'000));
  option("--hold-seconds", config.hold_seconds, "TIKETI_HOLD_SECONDS", "how long seats are held for a customer")
      ->check(CLI::Range(1, 86'400));
  option("--cancellation-fees", config.cancellation_fees, "TIKETI_CANCELLATION_FEES",
         "DAYS:PERCENT,… kept when a customer cancels so many days before the event; 100: no more cancelling");
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

/// For the part of an address: everything but letters, digits, `-`, `.`, `_` as `%2F`.
std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const unsigned char c : text) {
    if (std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_') out += static_cast<char>(c);
    else out.append({'%', "0123456789ABCDEF"[c >> 4], "0123456789ABCDEF"[c & 15]});
  }
  return out;
}

/// The PostgreSQL server that DB_HOST and the variables beside it name (SV4); empty without DB_HOST.
std::string store_of_environment() {
  const std::string host = environment("DB_HOST");
  if (host.empty()) return {};
  std::string out = "postgres://";
  if (const std::string user = environment("DB_USER"); !user.empty()) {
    out += percent_encoded(user);
    if (const std::string password = environment("DB_PASSWORD"); !password.empty())
      out += ':' + percent_encoded(password);
    out += '@';
  }
  out += host.find(':') == host.npos ? host : '[' + host + ']';
  if (const std::string port = environment("DB_PORT"); !port.empty()) out += ':' + port;
  if (const std::string name = environment("DB_NAME"); !name.empty()) out += '/' + percent_encoded(name);
  if (const std::string mode = environment("DB_SSL_MODE"); !mode.empty()) out += "?sslmode=" + percent_encoded(mode);
  return out;
}

/// CLI11 takes its arguments from the back.
int parse(CLI::App& app, std::vector<std::string> arguments) {
  std::ranges::reverse(arguments);
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error, std::cout, std::cerr);
    return code == 0 ? -1 : 2;
  }
  return 0;
}

Error wrong(std::string field, std::string message) {
  return {Errc::invalid_argument, std::move(message), {{"field", std::move(field)}}};
}

}  // namespace

Invocation read_invocation(const std::string& program, std::vector<std::string> arguments) {
  Invocation out;
  CLI::App app("Serves Tiketi over HTTP: events, seats, reservations, payments, tickets, accounts.", program);
  app.set_version_flag("--version", std::string("tiketi ") + TIKETI_VERSION);
  app.set_config("--config", "", "file with any of these options, as `store = \"sqlite:box.db\"` lines")
      ->envname("TIKETI_CONFIG");
  app.allow_config_extras(CLI::config_extras_mode::error);
  add_options(app, out.config);
  bool print_config = false;
  bool list_routes = false;
  app.add_flag("--print-config", print_config, "print what all of this comes to, secrets masked, and end")
      ->configurable(false);
  app.add_flag("--routes", list_routes, "print all routes as `METHOD /path` lines, and end")->configurable(false);
  app.footer("Stops gracefully on SIGTERM and SIGINT. Exit codes: 0 stopped, 1 can't serve, 2 bad configuration.");
  if (const int code = parse(app, std::move(arguments)); code != 0) {
    out.what = Invocation::What::told;
    out.exit_code = std::max(code, 0);
    return out;
  }
  if (app.get_option("--store")->count() == 0)
    if (std::string named = store_of_environment(); !named.empty()) out.config.store = std::move(named);
  if (print_config) out.what = Invocation::What::print_config;
  else if (list_routes) out.what = Invocation::What::list_routes;
  return out;
}

std::string describe(const Config& config) {
  std::string out;
  const auto line = [&out](std::string_view name, const std::string& value) {
    out.append(name).append(" = ").append(value).append("\n");
  };
  const auto secret = [&line](std::string_view name, const std::string& value) {
    line(name, value.empty() ? "" : "***");
  };
  line("profile", config.profile);
  line("store", mask_password(config.store));
  line("address", config.address);
  line("port", std::to_string(config.port));
  line("threads", std::to_string(config.threads));
  line("tls-certificate", config.tls_certificate);
  line("tls-key", config.tls_key);
  line("keys", config.keys_directory);
  secret("jwt-secret", config.jwt_secret);
  line("provider", config.provider);
  line("sandbox", config.sandbox_file);
  line("admin-email", config.admin_email);
  secret("admin-password", config.admin_password);
  line("log-level", config.log_level);
  line("log-format", config.log_format);
  line("log-file", config.log_file);
  line("allowed-origins", config.allowed_origins);
  line("max-connections", std::to_string(config.max_connections));
  line("max-connections-per-client", std::to_string(config.max_connections_per_client));
  line("trusted-proxies", std::to_string(config.trusted_proxies));
  line("store-threads", std::to_string(config.store_threads));
  line("password-threads", std::to_string(config.password_threads));
  line("password-queue-per-client", std::to_string(config.password_queue_per_client));
  line("max-queue", std::to_string(config.max_queue));
  line("grace-ms", std::to_string(config.grace_ms));
  line("housekeeping-ms", std::to_string(config.housekeeping_ms));
  line("recovery-after-ms", std::to_string(config.recovery_after_ms));
  line("hold-seconds", std::to_string(config.hold_seconds));
  line("cancellation-fees", config.cancellation_fees);
  return out;
}

Result<void> check(const Config& config) {
  if (!telemetry::parse_level(config.log_level))
    return wrong("log-level", "log-level: debug, info, warning, error or off");
  if (!telemetry::parse_format(config.log_format)) return wrong("log-format", "log-format: json or text");
  if (config.tls_certificate.empty() != config.tls_key.empty())
    return wrong("tls-key", "tls-certificate and tls-key belong together: give both or none");
  if (!config.admin_password.empty() && config.admin_email.empty())
    return wrong("admin-email", "admin-password is given without admin-email: whose is it?");
  if (config.provider.empty() && !config.is_development())
    return wrong(
        "provider",
        "provider: outside the development profile say who takes the money; `--provider sandbox` charges nobody");
  if (auto origins = parse_origins(config.allowed_origins); !origins) return origins.error();
  if (auto fees = parse_cancellation_fees(config.cancellation_fees); !fees) return fees.error();
  return {};
}

}  // namespace tiketi::http
