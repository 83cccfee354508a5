#include "support/postgres_server.hpp"

#include <libpq-fe.h>
#include <pwd.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tiketi::test {

namespace {

namespace fs = std::filesystem;

/// The newest version's directory of programs.
fs::path find_programs() {
  fs::path newest;
  int newest_version = 0;
  std::error_code none;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none)) {
    const int number = std::atoi(version.path().filename().c_str());
    if (number <= newest_version || !fs::exists(version.path() / "bin/initdb")) continue;
    newest_version = number;
    newest = version.path() / "bin";
  }
  if (newest.empty())
    throw std::runtime_error(
        "PostgreSQL's server programs are not in /usr/lib/postgresql/*/bin; install the package postgresql");
  return newest;
}

fs::path make_directory(const std::string& user) {
  std::string name = fs::temp_directory_path() / "tiketi-postgres-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("can't make a directory like " + name);
  if (!user.empty()) {
    const passwd* entry = getpwnam(user.c_str());
    if (entry == nullptr || chown(name.c_str(), entry->pw_uid, entry->pw_gid) != 0)
      throw std::runtime_error("can't give a directory to the user " + user);
  }
  return name;
}

}  // namespace

PostgresServer& PostgresServer::shared() {
  // Without fsync: what is killed here is processes, never the machine, and the system keeps what they wrote.
  static PostgresServer server(Options{.fsync = false});
  return server;
}

PostgresServer::PostgresServer(const Options& options)
    : options_(options), programs_(find_programs()), user_(geteuid() == 0 ? "postgres" : ""), server_(nullptr) {
  directory_ = make_directory(user_);
  initialise();
  start();
}

PostgresServer::~PostgresServer() {
  if (server_ != nullptr) server_->signal(SIGQUIT);  // at once: what it has stored is not needed any more
  if (server_ != nullptr) server_->wait_for(5'000);
  server_.reset();
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void PostgresServer::initialise() {
  Process initdb({programs_ / "initdb", "--pgdata=" + (directory_ / "data").string(), "--username=postgres",
                  "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"},
                 {user_, directory_ / "initdb.log", false});
  if (initdb.wait() != 0) {
    std::ostringstream text;
    text << std::ifstream(directory_ / "initdb.log").rdbuf();
    throw std::runtime_error("initdb failed: " + text.str());
  }
}

std::string PostgresServer::uri(const std::string& database) const {
  return "postgres://postgres@/" + database + "?host=" + directory_.string();
}

std::string PostgresServer::log_text() const {
  std::ostringstream text;
  text << std::ifstream(directory_ / "server.log").rdbuf();
  return text.str();
}

void PostgresServer::start() {
  if (server_ != nullptr) return;
  const std::vector<std::string> program{programs_ / "postgres",
                                         "-D",
                                         directory_ / "data",
                                         "-k",
                                         directory_,
                                         "-c",
                                         "listen_addresses=",
                                         "-c",
                                         std::string("fsync=") + (options_.fsync ? "on" : "off"),
                                         "-c",
                                         "max_connections=" + std::to_string(options_.max_connections)};
  // Right after a crash the server's orphans may still hold its memory: try again for a while.
  for (int attempt = 0; attempt < 200; ++attempt) {
    if (server_ == nullptr)
      server_ = std::make_unique<Process>(program, Process::Options{user_, directory_ / "server.log", false});
    if (PQping(uri("postgres").c_str()) == PQPING_OK) return;
    if (server_->wait_for(50)) server_.reset();
  }
  throw std::runtime_error("PostgreSQL did not start: " + log_text());
}

void PostgresServer::stop() {
  if (server_ == nullptr) return;
  server_->signal(SIGINT);  // fast: ends connections
  if (!server_->wait_for(10'000)) server_->signal(SIGQUIT);
  server_->wait_for(5'000);
  server_.reset();
}

void PostgresServer::crash() {
  if (server_ == nullptr) return;
  server_->signal(SIGKILL);
  server_->wait();
  server_.reset();
}

void PostgresServer::execute(const std::string& database, const std::string& sql) const {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(uri(database).c_str()), &PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()), &PQclear);
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
    throw std::runtime_error(sql + ": " + PQerrorMessage(connection.get()));
}

std::string PostgresServer::create_database() {
  const std::string name = "tiketi_" + std::to_string(++databases_);
  execute("postgres", "CREATE DATABASE " + name);
  return uri(name);
}

std::string PostgresServer::create_schema() {
  const std::string name = "tiketi_" + std::to_string(++schemas_);
  execute("postgres", "CREATE SCHEMA " + name);
  return uri("postgres") + "&options=-csearch_path%3D" + name;
}

}  // namespace tiketi::test
