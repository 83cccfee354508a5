#pragma once
// What the server is told at start: by flags, environment variables and a file, in this order of precedence.

#include <tiketi/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tiketi::http {

/// Plain data; the help text of each flag (config.cpp) tells what it means.
struct Config {
  std::string profile = "production";  ///< development, staging or production
  std::string store = "sqlite:tiketi.db";
  std::string address = "0.0.0.0";
  std::uint16_t port = 3001;
  unsigned threads = 0;
  std::string tls_certificate;
  std::string tls_key;

  std::string keys_directory;  ///< empty: beside an SQLite file
  std::string jwt_secret;
  std::string provider;      ///< who takes the money; empty: the sandbox, in development only
  std::string sandbox_file;  ///< empty: beside an SQLite file
  std::string admin_email;
  std::string admin_password;

  std::string log_level = "info";
  std::string log_format = "json";
  std::string log_file;

  std::string allowed_origins;  ///< of pages that may open live connections; empty: any, without cookies
  std::size_t max_connections = 20'000;
  std::size_t max_connections_per_client = 4'000;
  unsigned trusted_proxies = 0;
  unsigned store_threads = 4;
  unsigned password_threads = 1;
  std::size_t password_queue_per_client = 16;
  std::size_t max_queue = 2'000;
  std::int64_t grace_ms = 10'000;
  std::int64_t housekeeping_ms = 500;
  std::int64_t recovery_after_ms = 60'000;

  std::int64_t hold_seconds = 300;
  std::string cancellation_fees = "9:10,6:20,2:30,0:100";  ///< days before the event : percent

  bool is_development() const noexcept { return profile == "development"; }
};

/// What a command line asked for.
struct Invocation {
  enum class What : std::uint8_t { serve, print_config, list_routes, told };
  What what = What::serve;
  Config config;
  int exit_code = 0;  ///< told: help, version or an error was printed
};

/// Reads flags, environment and file; prints help and errors itself. `arguments` is without the program's name.
Invocation read_invocation(const std::string& program, std::vector<std::string> arguments);

/// `flag = value` lines, with secrets and passwords masked.
std::string describe(const Config& config);

/// What is wrong with it, and what to do: invalid_argument (details: field).
Result<void> check(const Config& config);

}  // namespace tiketi::http
