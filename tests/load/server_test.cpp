// bench http against the real server: each scenario for a moment, every answer checked, and what was sold read back
// (BO3). Nothing here depends on how fast it is.

#include "load/bench_http.hpp"
#include "support/process.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>

namespace tiketi::load {
namespace {

constexpr auto admin_email = "admin@example.com";
constexpr auto admin_password = "a-password-of-the-test";
const std::atomic<bool> not_interrupted{false};

/// One server for all cases, over an SQLite file with the sample catalogue.
class RealServer : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    owned_directory = std::make_unique<test::TemporaryDirectory>();
    directory = owned_directory->path();
    const std::string binaries = TIKETI_BINARY_DIR;
    const std::string store = "sqlite:" + (directory / "box.db").string();
    test::Process seed({binaries + "/hosts/cli/tiketi", "seed", "--store", store},
                       {{}, (directory / "seed.log").string(), false});
    ASSERT_EQ(seed.wait(), 0);
    setenv("TIKETI_ADMIN_PASSWORD", admin_password, 1);
    server = std::make_unique<test::Process>(
        std::vector<std::string>{binaries + "/hosts/http/tiketi-server", "--store", store, "--address", "127.0.0.1",
                                 "--port", "0", "--provider", "sandbox", "--admin-email", admin_email, "--log-level",
                                 "warning", "--log-file", (directory / "server.log").string()},
        test::Process::Options{{}, (directory / "server.err").string(), true});
    std::string line;
    ASSERT_TRUE(server->read_line(line)) << "the server does not start";
    url = line.substr(line.find("http://"));
  }

  static void TearDownTestSuite() {
    if (server) {
      server->signal(SIGTERM);
      EXPECT_TRUE(server->wait_for(20'000)) << "the server does not stop";
    }
    server.reset();
    owned_directory.reset();
  }

  static Options options_for(const std::string& scenario) {
    Options options;
    options.url = url;
    options.scenario = scenario;
    options.connections = 16;
    options.duration_s = 0.5;
    options.warmup_s = 0;
    options.register_users = 2;
    options.admin_email = admin_email;
    options.admin_password = admin_password;
    options.round_size = 1'000;
    options.server_pid = server->pid();
    return options;
  }

  static Report expect_right(const Options& options) {
    auto report = bench_http(options, not_interrupted, [](const std::string&) {});
    if (report.has_error()) {
      ADD_FAILURE() << options.scenario << ": " << report.error().message;
      return {};
    }
    EXPECT_TRUE(report->is_right()) << options.scenario;
    for (const std::string& each : report->stats.wrongs) ADD_FAILURE() << options.scenario << ": " << each;
    for (const std::string& each : report->wrong) ADD_FAILURE() << options.scenario << ": " << each;
    for (std::size_t i = 0; i < report->kinds.size(); ++i)
      EXPECT_GT(report->stats.kinds[i].answers(), 0) << options.scenario << ": no " << report->kinds[i];
    return std::move(*report);
  }

  static inline std::unique_ptr<test::TemporaryDirectory> owned_directory;
  static inline std::filesystem::path directory;
  static inline std::unique_ptr<test::Process> server;
  static inline std::string url;
};

TEST_F(RealServer, PagesAreAnsweredAsTheContractSays) {
  for (const char* scenario : {"events-list", "event-detail", "seat-map", "seat-map-304"})
    expect_right(options_for(scenario));
}

TEST_F(RealServer, HoldsAreThere) {
  const Report report = expect_right(options_for("hold"));
  EXPECT_GT(report.facts.at("places held"), 0);
}

TEST_F(RealServer, StockAddsUp) {
  const Report report = expect_right(options_for("stock-contended"));
  EXPECT_GT(report.facts.at("places held"), 0);
}

TEST_F(RealServer, OfFiftyContendedSeatsExactlyFiftyAreSold) {
  Options options = options_for("hold-contended");
  options.connections = 60;
  options.duration_s = 1;  // long enough for at least one event to be asked for by all
  const Report report = expect_right(options);
  EXPECT_GT(report.facts.at("events with exactly 50 sold"), 0);
}

TEST_F(RealServer, PaymentsSell) {
  const Report report = expect_right(options_for("pay"));
  EXPECT_GT(report.facts.at("paid"), 0);
}

TEST_F(RealServer, AllTogether) {
  Options options = options_for("mixed");
  options.duration_s = 2;
  const Report report = expect_right(options);
  EXPECT_GT(report.facts.at("paid"), 0);
  ASSERT_FALSE(report.memory.empty());
  EXPECT_GT(report.memory.front().rss_bytes, 0);
}

TEST_F(RealServer, WR6_WaitingRoomsKeepEverybodysPlace) {
  Options options = options_for("queue-enter");
  options.register_users = 20;
  options.round_size = 100;
  const Report entered = expect_right(options);
  EXPECT_GT(entered.facts.at("rooms"), 0);
  EXPECT_EQ(entered.stats.kinds.front().done, entered.facts.at("entered"));
  options.scenario = "queue-status";
  const Report looked = expect_right(options);
  EXPECT_EQ(looked.facts.at("entered"), 20);
}

TEST_F(RealServer, LogInsBesideHolds) {
  expect_right(options_for("login"));
  expect_right(options_for("login+hold"));
}

TEST_F(RealServer, RT2_SocketsAreToldOfEveryHoldThoughSomeDoNotRead) {
  Options options = options_for("sockets");
  options.connections = 200;
  options.slow_readers = 20;
  options.hold_every_ms = 50;
  options.duration_s = 2;
  const Report report = expect_right(options);
  EXPECT_EQ(report.facts.at("sockets"), 200);
  EXPECT_EQ(report.facts.at("joins lost"), 0);
  EXPECT_GT(report.facts.at("server bytes with all sockets"), 0);
}

TEST_F(RealServer, RT2_HoldsBesideWatchers) {
  Options options = options_for("hold");
  options.watchers = 100;
  EXPECT_GT(expect_right(options).messages_to_watchers, 0);
}

TEST_F(RealServer, IdleConnectionsStay) {
  Options options = options_for("idle");
  options.connections = 300;
  const Report report = expect_right(options);
  EXPECT_EQ(report.facts.at("still open after the rest"), 300);
}

}  // namespace
}  // namespace tiketi::load
