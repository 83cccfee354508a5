#pragma once
// The programs that are measured beside each other: our server, the bare echo, and the load driver.

#include "support/process.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tiketi::bench {

/// What the load driver has measured.
class Measured {
 public:
  explicit Measured(boost::json::value report) : report_(std::move(report)) {}

  double rate(const std::string& kind) const;         ///< successes a second
  double answer_rate(const std::string& kind) const;  ///< answers a second, refusals too
  double p50_ms(const std::string& kind) const;
  double p99_ms(const std::string& kind) const;
  double driver_cores() const;  ///< how much of a core the driver took
  double server_cores() const;
  double server_cpu_s() const;
  double seconds() const;
  double done_in_all(const std::string& kind) const;  ///< successes, those after the time was over too
  double done(const std::string& kind) const;         ///< successes in these seconds
  double fact(const std::string& what) const;         ///< 0 if there is no such fact
  double messages_to_watchers() const;                ///< a second
  std::vector<double> server_memory_mb() const;       ///< once a second

 private:
  double number(const std::string& pointer) const;

  boost::json::value report_;
};

/// `tiketi bench http --json` with these arguments besides; throws if an answer was wrong.
Measured drive(std::vector<std::string> arguments);

/// Runs `tiketi` and waits; throws if it fails.
void run_tiketi(std::vector<std::string> arguments);

/// The bare Beast server, answering that many bytes.
class Echo {
 public:
  explicit Echo(std::size_t bytes);
  std::string url() const { return url_; }

 private:
  test::Process process_;
  std::string url_;
};

/// Our server over the SQLite file `directory/box.db`, durable as always.
class Site {
 public:
  explicit Site(const std::filesystem::path& directory);
  ~Site();

  /// The driver's arguments for it: where it is, who it is, its users and its admin.
  std::vector<std::string> arguments() const;
  pid_t pid() const { return process_.pid(); }

  /// A new database with the sample catalogue and users.
  static void make(const std::filesystem::path& directory, std::int64_t users);

  /// Adds a seat layout of that name to a database, before there is a server over it.
  static void add_layout(const std::filesystem::path& directory, const std::string& name, std::int64_t rows,
                         std::int64_t seats_per_row);

 private:
  std::filesystem::path directory_;
  test::Process process_;
  std::string url_;
};

}  // namespace tiketi::bench
