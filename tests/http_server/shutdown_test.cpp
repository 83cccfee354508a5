// Starting and stopping (SV5: stop accepting, finish what is in flight, then close).

#include "http_server/toy_server.hpp"
#include "stop_deadline.hpp"

#include <chrono>
#include <thread>

namespace tiketi::test {
namespace {

using namespace http;

Router slow_routes(Gate& gate) {
  Router router;
  router.add(Method::get, "/slow", Access::anyone, Blocking{[&gate](Request&) {
               gate.pass();
               return text(200, "done");
             }});
  return router;
}

TEST(Stop, FinishesWhatIsInFlight) {
  Gate gate;
  ToyServer server(toy_options(), slow_routes(gate));
  HttpClient idle = server.connect();
  EXPECT_EQ(idle.get("/hello").status, 200);
  HttpClient busy = server.connect();
  busy.send("GET /slow HTTP/1.1\r\nHost: t\r\n\r\n");
  gate.wait_for(1);
  std::thread stopping([&] { server->stop(60'000); });
  EXPECT_TRUE(idle.closed_within(10'000));
  EXPECT_THROW(server.connect(), std::runtime_error);
  gate.open();
  const HttpReply reply = busy.read();
  EXPECT_EQ(reply.body, "done");
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_TRUE(busy.closed_within(10'000));
  stopping.join();
  EXPECT_EQ(server->connections(), 0U);
}

TEST(Stop, CutsOffWhatTakesLongerThanTheGracePeriod) {
  std::vector<Respond> kept;
  Gate gate;
  Router router;
  router.add(Method::get, "/never", Access::anyone, Deferred{[&](const Request&, Respond respond) {
               kept.push_back(std::move(respond));
               gate.open();
             }});
  ToyServer server(toy_options(), std::move(router));
  HttpClient client = server.connect();
  client.send("GET /never HTTP/1.1\r\nHost: t\r\n\r\n");
  gate.pass();
  HttpClient half = server.connect();
  half.send("GET /hello HTTP/1.1\r\n");
  server->stop(50);
  EXPECT_TRUE(client.closed_within(10'000));
  EXPECT_TRUE(half.closed_within(10'000));
  server->stop(50);  // once more does nothing
}

// SV5: the grace period is a bound. What did not get its turn is told so.
TEST(Stop, AnswersWhatWaitedForAThread) {
  Gate gate;
  ServerOptions options = toy_options();
  options.pools = {{"store", 1, 10}};
  ToyServer server(std::move(options), slow_routes(gate));
  HttpClient running = server.connect();
  running.send("GET /slow HTTP/1.1\r\nHost: t\r\n\r\n");
  gate.wait_for(1);
  HttpClient queued = server.connect();
  queued.send("GET /slow HTTP/1.1\r\nHost: t\r\n\r\n");
  while (server->connections() < 2) queued.has_input_within(1);
  queued.has_input_within(50);
  std::thread stopping([&] { server->stop(50); });
  const HttpReply reply = queued.read();
  EXPECT_EQ(reply.status, 503);
  EXPECT_TRUE(reply.has("Retry-After"));
  EXPECT_NE(reply.body.find("stopped"), std::string::npos);
  EXPECT_TRUE(running.closed_within(10'000));
  gate.open();
  stopping.join();
}

void stop_beside_a_handler_that_hangs() {
  Gate never;
  ToyServer server(toy_options(), slow_routes(never));
  HttpClient client = server.connect();
  client.send("GET /slow HTTP/1.1\r\nHost: t\r\n\r\n");
  never.wait_for(1);
  const StopDeadline deadline(200);
  server->stop(50);
}

TEST(Stop, OfAProgramEndsThoughAHandlerHangs) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(stop_beside_a_handler_that_hangs(), testing::ExitedWithCode(0), "did not end within 200 ms");
}

TEST(Stop, InTimeLetsTheProgramLive) { const StopDeadline deadline(60'000); }

TEST(Start, TellsWhatIsWrong) {
  ToyServer first;
  ServerOptions options = toy_options();
  const auto refusal = [](ServerOptions of, Router router = {}) {
    Server server(std::move(of), std::move(router));
    const Result<void> started = server.start();
    return started
               ? "started"
               : std::string(name(started.error().code)) + " " + std::string(Error(started.error()).detail("field"));
  };
  options.port = first->port();
  EXPECT_EQ(refusal(options), "unavailable ");  // the port is taken
  options = toy_options();
  options.address = "localhost:80";
  EXPECT_EQ(refusal(options), "invalid_argument address");
  options = toy_options();
  options.tls_certificate_file = "/nowhere.pem";
  EXPECT_EQ(refusal(options), "invalid_argument tls_certificate_file");
  Router router;
  router.add(Method::get, "/x", Access::anyone, Blocking{[](Request&) { return Response(); }, "swimming"});
  EXPECT_EQ(refusal(toy_options(), std::move(router)), "invalid_argument pools");
  options = toy_options();
  options.pools = {{"a"}, {"a"}};
  EXPECT_EQ(refusal(options), "invalid_argument pools");
}

TEST(Start, SeveralThreadsShareOnePort) {
  ServerOptions options = toy_options();
  options.threads = 4;
  const ToyServer server(std::move(options));
  for (int i = 0; i < 40; ++i) EXPECT_EQ(server.get("/hello").status, 200);
}

TEST(Stop, AServerThatNeverStartedStopsToo) {
  Server server(toy_options(), Router());
  server.stop(10);
}

}  // namespace
}  // namespace tiketi::test
