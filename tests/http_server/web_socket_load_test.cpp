// RT3: slow clients hold nobody back and don't grow memory; many idle ones take little; stopping takes leave of all.

#include "http_server/toy_web_socket.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

namespace tiketi::test {
namespace {

using namespace http;

/// A client that does not read. What its socket takes at once is bounded by its buffers.
WebSocketClient lazy_client(const ToyServer& server) { return WebSocketClient(server.connect()); }

TEST(WebSocketQueue, ASlowReaderGetsWhatWasQueuedInOrder) {
  Sockets sockets;
  ToyServer server(toy_options(), echo_routes(sockets, {.bytes = 64U << 20, .messages = 100'000}));
  WebSocketClient client(server.connect());
  const auto socket = sockets.wait_for_open(1)[0];
  constexpr int count = 2'000;
  const std::string filler(10'000, 'x');
  on_thread_of(*socket, [&](WebSocket& self) {
    for (int i = 0; i < count; ++i) EXPECT_TRUE(self.send_text(make_payload(std::to_string(i) + filler)));
    EXPECT_GT(self.queued_bytes(), 1'000'000U);  // more than fits into the buffers of the system
  });
  for (int i = 0; i < count; ++i) ASSERT_TRUE(client.read_text() == std::to_string(i) + filler) << i;
  client.send_text("done");
  EXPECT_EQ(client.read_text(), "done");
  EXPECT_EQ(sockets.writable(), 1U);
  on_thread_of(*socket, [](WebSocket& self) { EXPECT_EQ(self.queued_bytes(), 0U); });
}

TEST(WebSocketQueue, IsBoundedAndOthersAreServedMeanwhile) {
  Sockets sockets;
  ToyServer server(toy_options(), echo_routes(sockets, {.bytes = 1'000'000, .messages = 1'000}));
  WebSocketClient lazy = lazy_client(server);
  const auto slow = sockets.wait_for_open(1)[0];
  WebSocketClient quick(server.connect());
  const auto other = sockets.wait_for_open(2)[1];
  const Payload shared = make_payload(std::string(50'000, 'x'));
  bool taken = true;
  for (int i = 0; i < 1'000 && taken; ++i) {
    on_thread_of(*slow, [&](WebSocket& self) {
      taken = self.send_binary(shared);
      other->send_binary(shared);
      EXPECT_LE(self.queued_bytes(), 1'000'000U);
    });
    ASSERT_EQ(quick.read().payload.size(), shared->size());
  }
  EXPECT_FALSE(taken);
  on_thread_of(*slow, [&](WebSocket& self) {
    EXPECT_FALSE(self.is_open());
    EXPECT_LE(self.queued_bytes(), 60'000U);  // the message that was begun, and the goodbye
  });
  Frame frame;
  do frame = lazy.read();
  while (frame.first == binary_frame);
  EXPECT_EQ(frame.close_code(), 1013);
}

TEST(WebSocketQueue, OfOneMessageTakesWhateverItsSize) {
  Sockets sockets;
  ToyServer server(toy_options(), echo_routes(sockets, {.bytes = 1'000, .messages = 10}));
  WebSocketClient client(server.connect());
  const auto socket = sockets.wait_for_open(1)[0];
  on_thread_of(*socket,
               [&](WebSocket& self) { EXPECT_TRUE(self.send_binary(make_payload(std::string(20U << 20, 'x')))); });
  EXPECT_EQ(client.read().payload.size(), 20U << 20);
}

TEST(WebSocketQueue, WhoTakesNothingIsCutOff) {
  Sockets sockets;
  ServerOptions options = toy_options();
  options.timeouts.write_ms = 100;
  ToyServer server(std::move(options), echo_routes(sockets, {.bytes = 64U << 20, .messages = 1'000}));
  WebSocketClient lazy = lazy_client(server);
  const auto socket = sockets.wait_for_open(1)[0];
  on_thread_of(*socket, [&](WebSocket& self) { self.send_binary(make_payload(std::string(20U << 20, 'x'))); });
  EXPECT_EQ(sockets.wait_for_closed(1), std::vector{1006});
}

// The client has closed its side behind its goodbye, and gets all that was queued, and ours.
TEST(WebSocketQueue, IsSentToWhoHasSaidGoodbye) {
  Sockets sockets;
  ToyServer server(toy_options(), echo_routes(sockets));
  WebSocketClient client(server.connect());
  const auto socket = sockets.wait_for_open(1)[0];
  on_thread_of(*socket, [&](WebSocket& self) { self.send_binary(make_payload(std::string(20U << 20, 'x'))); });
  client.send(close_bytes(1000));
  client.http().finish_sending();
  EXPECT_EQ(sockets.wait_for_closed(1), std::vector{1000});
  EXPECT_EQ(client.read().payload.size(), 20U << 20);
  EXPECT_EQ(client.read_close(), 1000);
}

// A flood of pings whose answers are not read must not fill memory.
TEST(WebSocketQueue, AnswersToPingsAreBoundedToo) {
  constexpr QueueLimits bounded{.bytes = 100'000, .messages = 100'000};
  for (const QueueLimits& limits : {bounded, unbounded_queue}) {
    Sockets sockets;
    ToyServer server(toy_options(), echo_routes(sockets, limits));
    WebSocketClient client(server.connect());
    const auto socket = sockets.wait_for_open(1)[0];
    std::string pings;
    for (int i = 0; i < 1'000; ++i) pings += frame_bytes(ping_frame, std::string(125, 'p'));
    for (int i = 0; i < 200; ++i) client.send(pings);  // 25 MB
    on_thread_of(*socket, [&](WebSocket& self) {
      EXPECT_LE(self.queued_bytes(), 100'000U);
      EXPECT_TRUE(self.is_open());
    });
  }
}

TEST(WebSocketStop, TakesLeaveOfAll) {
  Sockets sockets;
  ToyServer server(toy_options(), echo_routes(sockets));
  std::vector<WebSocketClient> clients;
  for (int i = 0; i < 2; ++i) clients.emplace_back(server.connect());
  sockets.wait_for_open(2);
  std::thread stopping([&] { server->stop(60'000); });
  for (WebSocketClient& each : clients) {
    EXPECT_EQ(each.read_close(), 1001);
    each.send(close_bytes(1001));
    EXPECT_TRUE(each.http().closed_within(10'000));
  }
  clients.clear();
  stopping.join();
  EXPECT_EQ(sockets.wait_for_closed(2), (std::vector{1001, 1001}));
  EXPECT_EQ(server->connections(), 0U);
}

TEST(WebSocketStop, CutsOffWhoDoesNotAnswer) {
  Sockets sockets;
  ToyServer server(toy_options(), echo_routes(sockets, {.bytes = 64U << 20, .messages = 10}));
  WebSocketClient silent(server.connect());
  WebSocketClient lazy = lazy_client(server);
  const auto socket = sockets.wait_for_open(2)[1];
  on_thread_of(*socket, [&](WebSocket& self) { self.send_binary(make_payload(std::string(20U << 20, 'x'))); });
  server->stop(50);
  EXPECT_TRUE(silent.http().closed_within(10'000));
  EXPECT_EQ(sockets.wait_for_closed(2).size(), 2U);
  // Whoever kept a socket may go on as if nothing had happened.
  EXPECT_FALSE(socket->is_open());
  EXPECT_FALSE(socket->send_text(make_payload("x")));
  socket->close();
  socket->post([](WebSocket&) { FAIL() << "there is no thread any more"; });
}

std::size_t resident_bytes() {
  std::ifstream in("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  in >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// What the test's own side takes of it is counted too.
TEST(WebSocketMemory, AThousandIdleSocketsTakeLittle) {
  Sockets sockets;
  ToyServer server(toy_options(), echo_routes(sockets));
  std::vector<WebSocketClient> clients;
  clients.reserve(1'000);
  const auto connect = [&](std::size_t count) {
    while (clients.size() < count) {
      clients.emplace_back(server.connect());
      clients.back().send_text("hello");
      EXPECT_EQ(clients.back().read_text(), "hello");
    }
  };
  connect(100);
  const std::size_t before = resident_bytes();
  connect(1'000);
  const std::size_t each = (resident_bytes() - before) / 900;
  RecordProperty("bytes_per_socket", std::to_string(each));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LT(each, 8U * 1024);
#endif
}

}  // namespace
}  // namespace tiketi::test
