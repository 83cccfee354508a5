#pragma once
// A private PostgreSQL server for a test program, on a socket in a temporary directory.

#include "support/process.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tiketi::test {

/// Needs PostgreSQL's server programs; throws std::runtime_error saying so if they are not installed.
class PostgresServer {
 public:
  struct Options {
    bool fsync = true;
    int max_connections = 100;
  };

  /// The one of this program, started when it is first asked for.
  static PostgresServer& shared();

  explicit PostgresServer(const Options& options);
  PostgresServer() : PostgresServer(Options{}) {}
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// The URI of a new, empty database.
  std::string create_database();
  /// The URI of a new, empty schema of one database: all that a test needs, and far cheaper.
  std::string create_schema();
  std::string uri(const std::string& database) const;

  void stop();   ///< in an orderly way
  void crash();  ///< as if it were killed by the system: nothing is flushed
  void start();

 private:
  void initialise();
  void execute(const std::string& database, const std::string& sql) const;
  std::string log_text() const;

  Options options_;
  std::filesystem::path programs_;
  std::filesystem::path directory_;
  std::string user_;  // whom to become: the server refuses to run as root
  std::unique_ptr<Process> server_;
  int databases_ = 0;
  int schemas_ = 0;
};

}  // namespace tiketi::test
