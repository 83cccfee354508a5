// What one client can make the server hold is bounded (SE1), and time too.

#include "http_server/toy_server.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

namespace tiketi::test {
namespace {

using namespace http;

constexpr int soon_ms = 8'000;  // nothing is proved by how long it takes

TEST(Limits, HeadersAreBoundedInSizeAndNumber) {
  const ToyServer server;
  EXPECT_EQ(server.get("/hello", {{"X-Large", std::string(20'000, 'a')}}).status, 431);
  HttpClient many = server.connect();
  std::string text = "GET /hello HTTP/1.1\r\nHost: t\r\n";
  for (int i = 0; i < 120; ++i) text += "H" + std::to_string(i) + ": x\r\n";
  many.send(text + "\r\n");
  EXPECT_EQ(many.read().status, 431);
  HttpClient endless = server.connect();
  endless.send("GET /hello HTTP/1.1\r\nX: ");
  for (int i = 0; i < 100; ++i) endless.send(std::string(1'000, 'a'));
  EXPECT_EQ(endless.read().status, 431);
  HttpClient line = server.connect();
  for (int i = 0; i < 100; ++i) line.send("X" + std::to_string(i) + std::string(1'000, 'a'));
  EXPECT_GE(line.read().status, 400);
  EXPECT_EQ(server.get("/hello?" + std::string(9'000, 'a')).status, 414);
}

TEST(Limits, BodiesAreBoundedBeforeTheyAreRead) {
  ServerOptions options = toy_options();
  options.limits.max_body = 1'000;
  Router router;
  const auto size = [](Request& request) { return text(200, std::to_string(request.body.size())); };
  router.add(Method::post, "/upload", Access::anyone, Direct{size}, {.max_body = 200'000});
  const ToyServer server(std::move(options), std::move(router));
  HttpClient announced = server.connect();
  announced.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 1001\r\n\r\n");
  EXPECT_EQ(announced.read().status, 413);
  HttpClient endless = server.connect();
  endless.send("POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 200; ++i) endless.send("100\r\n" + std::string(256, 'a') + "\r\n");
  EXPECT_EQ(endless.read().status, 413);
  EXPECT_EQ(server.connect().post("/echo", std::string(1'000, 'a')).status, 200);
  EXPECT_EQ(server.connect().post("/upload", std::string(200'000, 'a')).body, "200000");
  EXPECT_EQ(server.connect().post("/upload", std::string(200'001, 'a')).status, 413);
  HttpClient huge = server.connect();
  huge.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 99999999999999999999999\r\n\r\n");
  EXPECT_GE(huge.read().status, 400);
  HttpClient chunk = server.connect();
  chunk.send("POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff0\r\n");
  EXPECT_GE(chunk.read().status, 400);
}

// What nobody reads need not be large; a real route's bound stays what it is.
TEST(Limits, BodiesThatNobodyReadsAreSmall) {
  Router router;
  router.add(Method::del, "/thing", Access::anyone, Direct{[](Request&) { return no_content(); }});
  const ToyServer server(toy_options(), std::move(router));
  const std::string small(16 * 1024, 'a');
  const std::string large(16 * 1024 + 1, 'a');
  EXPECT_EQ(server.connect().request("DELETE", "/thing", {}, small).status, 204);
  EXPECT_EQ(server.connect().request("DELETE", "/thing", {}, large).status, 413);
  EXPECT_EQ(server.connect().request("GET", "/hello", {}, large).status, 413);
  HttpClient unknown = server.connect();
  EXPECT_EQ(unknown.post("/nowhere", small).status, 404);
  EXPECT_EQ(unknown.get("/hello").status, 200);
  EXPECT_EQ(server.connect().post("/nowhere", large).status, 404);  // told at once, the body is not read
  HttpClient chunked = server.connect();
  chunked.send("POST /nowhere HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 100; ++i) chunked.send("100\r\n" + std::string(256, 'a') + "\r\n");
  EXPECT_EQ(chunked.read().status, 413);
  EXPECT_EQ(server.connect().post("/echo", std::string(1024 * 1024, 'a')).status, 200);
  EXPECT_EQ(server.connect().post("/echo", std::string(1024 * 1024 + 1, 'a')).status, 413);
}

TEST(Limits, AllBodiesTogetherAreBounded) {
  ServerOptions options = toy_options();
  options.limits.max_buffered_bytes = 1'000'000;
  const ToyServer server(std::move(options));
  const std::string head = "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 400000\r\n\r\n";
  const std::string most(399'999, 'a');
  std::vector<HttpClient> holding;
  HttpReply refused;
  for (int i = 0; i < 10 && refused.status == 0; ++i) {
    HttpClient client = server.connect();
    client.send(head + most);
    if (client.has_input_within(300)) refused = client.read();
    else holding.push_back(std::move(client));
  }
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.has("Retry-After"));
  EXPECT_EQ(refused.header("Connection"), "close");
  ASSERT_GE(holding.size(), 1U);
  EXPECT_EQ(server.get("/hello").status, 200);  // without a body there is always room
  for (HttpClient& each : holding) {
    each.send("a");
    EXPECT_EQ(each.read().status, 200);
  }
  holding.clear();
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(server.connect().post("/echo", most).status, 200);  // what was held is free again
}

TEST(Limits, ChunkExtensionsAndTrailersAreBounded) {
  const ToyServer server;
  for (const std::string_view begin : {"5;", "0\r\nTrailer: "}) {
    HttpClient client = server.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(begin));
    for (int i = 0; i < 300; ++i) client.send(std::string(1'000, 'a'));
    EXPECT_EQ(client.read().status, 400) << begin;
  }
}

ServerOptions impatient() {
  ServerOptions options = toy_options();
  options.timeouts = {.header_ms = 150, .body_ms = 150, .idle_ms = 150, .write_ms = 150};
  return options;
}

TEST(Timeouts, SlowHeadersAndBodiesEndWith408) {
  const ToyServer server(impatient());
  HttpClient header = server.connect();
  header.send("GET /hello HTTP/1.1\r\nHost");
  EXPECT_EQ(header.read().status, 408);
  EXPECT_TRUE(header.closed_within(soon_ms));
  HttpClient body = server.connect();
  body.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(body.read().status, 408);
  EXPECT_TRUE(body.closed_within(soon_ms));
}

// Slowloris: a byte now and then does not buy time.
TEST(Timeouts, DripsDoNotCount) {
  const ToyServer server(impatient());
  HttpClient client = server.connect();
  client.send("GET /hello HTTP/1.1\r\n");
  while (!client.has_input_within(20)) client.send("X: y\r\n");
  EXPECT_EQ(client.read().status, 408);
  HttpClient body = server.connect();
  body.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 100000\r\n\r\n");
  while (!body.has_input_within(20)) body.send("a");
  EXPECT_EQ(body.read().status, 408);
}

TEST(Timeouts, SilentConnectionsAreClosed) {
  const ToyServer server(impatient());
  HttpClient fresh = server.connect();
  HttpClient used = server.connect();
  EXPECT_EQ(used.get("/hello").status, 200);
  EXPECT_TRUE(fresh.closed_within(soon_ms));
  EXPECT_TRUE(used.closed_within(soon_ms));
}

TEST(Timeouts, AClientThatDoesNotTakeItsAnswerIsLetGo) {
  Router router;
  router.add(Method::get, "/large", Access::anyone,
             Direct{[bytes = make_ready(std::string(50'000'000, 'a'), "x/y")](Request&) { return ready(bytes); }});
  ToyServer server(impatient(), std::move(router));
  HttpClient client = server.connect();
  client.send("GET /large HTTP/1.1\r\nHost: t\r\n\r\n");
  while (server->connections() > 0) client.has_input_within(1);
  EXPECT_EQ(server.get("/hello").status, 200);
}

TEST(Timeouts, AHandlerMayTakeLongerThanAClientMay) {
  Gate gate;
  Router router;
  router.add(Method::get, "/slow", Access::anyone, Blocking{[&](Request&) {
               gate.pass();
               return text(200, "done");
             }});
  const ToyServer server(impatient(), std::move(router));
  HttpClient client = server.connect();
  client.send("GET /slow HTTP/1.1\r\nHost: t\r\n\r\n");
  gate.wait_for(1);
  EXPECT_FALSE(client.has_input_within(500));
  gate.open();
  EXPECT_EQ(client.read().body, "done");
}

TEST(Limits, ConnectionsAreBoundedInAll) {
  ServerOptions options = toy_options();
  options.limits.max_connections = 3;
  ToyServer server(std::move(options));
  std::vector<HttpClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(server.connect());
    EXPECT_EQ(clients.back().get("/hello").status, 200);
  }
  const HttpReply refused = server.get("/hello");
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.has("Retry-After"));
  EXPECT_EQ(refused.header("Connection"), "close");
  clients.pop_back();
  while (server->connections() > 2) clients.front().has_input_within(1);
  EXPECT_EQ(server.get("/hello").status, 200);
}

TEST(Limits, ConnectionsAreBoundedForEachClient) {
  ServerOptions options = toy_options();
  options.limits.max_connections_per_client = 2;
  const ToyServer server(std::move(options));
  std::vector<HttpClient> greedy;
  for (int i = 0; i < 2; ++i) {
    greedy.push_back(server.connect("127.0.0.2"));
    EXPECT_EQ(greedy.back().get("/hello").status, 200);
  }
  EXPECT_EQ(server.connect("127.0.0.2").get("/hello").status, 503);
  EXPECT_EQ(server.connect("127.0.0.3").get("/hello").status, 200);
}

/// Bytes that the process has in memory.
std::size_t resident() {
  std::ifstream file("/proc/self/statm");
  std::size_t size = 0;
  std::size_t pages = 0;
  file >> size >> pages;
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// 10,000 idle connections are to fit in well under 150 MB: 15 KB each.
TEST(Memory, IdleConnectionsHoldLittle) {
  constexpr std::size_t count = 2'000;
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 3 * count);
  setrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < 2 * count + 100) GTEST_SKIP() << "too few descriptors are allowed here";
  ToyServer server;
  server.get("/hello");
  std::vector<HttpClient> clients;
  clients.reserve(count);
  const std::size_t before = resident();
  for (std::size_t i = 0; i < count; ++i) clients.push_back(server.connect());
  for (HttpClient& each : clients)
    each.send("GET /hello HTTP/1.1\r\nHost: t\r\nX-Large: " + std::string(3'000, 'a') + "\r\n\r\n");
  for (HttpClient& each : clients) ASSERT_EQ(each.read().status, 200);
  EXPECT_EQ(server->connections(), count);
  const std::size_t each = (resident() - before) / count;
  RecordProperty("bytes_per_connection", std::to_string(each));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LT(each, 12'000U);
#endif
}

}  // namespace
}  // namespace tiketi::test
