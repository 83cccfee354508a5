// RT: what the host does for the application: sending from anywhere, decisions that come later, times, stopping.

#include "realtime_host/toy_host.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <future>
#include <thread>

namespace tiketi::realtime::test {
namespace {

using Clock = std::chrono::steady_clock;

std::int64_t ms_since(Clock::time_point begun) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun).count();
}

std::size_t counted(const RealtimeHost& host, std::string room) {
  std::promise<std::size_t> out;
  host.count("/", std::move(room), [&](std::size_t count) { out.set_value(count); });
  return out.get_future().get();
}

TEST(RealtimeHost, RT_a_broadcast_reaches_the_room_on_all_threads_in_order) {
  ToyHost host({}, threads(4));
  std::vector<WebSocketClient> clients;
  for (int i = 0; i < 16; ++i) clients.push_back(host.join());
  std::vector<std::uint8_t> engines;
  for (const SocketId each : host.notes.sockets(16)) engines.push_back(engine_of(each));
  std::ranges::sort(engines);
  EXPECT_NE(engines.front(), engines.back());  // else this test would prove little
  EXPECT_EQ(counted(host.host, "all"), 16U);
  for (int i = 0; i < 20; ++i) host.host.broadcast("/", "all", event_of("/", "n", "[" + std::to_string(i) + "]"));
  host.host.broadcast("/", "others", event_of("/", "n", "[100]"));
  host.host.broadcast("/", "all", event_of("/", "n", "[20]"), host.notes.sockets(16)[3]);
  for (std::size_t i = 0; i < clients.size(); ++i)
    for (int j = 0; j < (i == 3 ? 20 : 21); ++j)
      ASSERT_EQ(clients[i].read_text(), R"(42["n",)" + std::to_string(j) + "]");
}

/// Sessions that began on one thread, with WebSockets that mostly are on another.
TEST(RealtimeHost, RT_whoever_says_much_is_told_when_it_has_left) {
  ToyHost host({}, threads(4));
  std::vector<WebSocketClient> clients;
  for (int i = 0; i < 12; ++i) clients.push_back(host.join_by_upgrade());
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 50; ++i)
      host.host.broadcast("/", "all", event_of("/", "n", "[" + std::to_string(50 * round + i) + "]"));
    std::promise<void> sent;
    host.host.when_sent([&] { sent.set_value(); });
    sent.get_future().get();
    for (WebSocketClient& each : clients) EXPECT_TRUE(each.http().has_input_within(0)) << "it has left";
    for (WebSocketClient& each : clients)
      for (int i = 0; i < 50; ++i) ASSERT_EQ(each.read_text(), R"(42["n",)" + std::to_string(50 * round + i) + "]");
  }
}

TEST(RealtimeHost, RT_a_stop_while_much_is_said_harms_nothing) {
  ToyHost host({}, threads(4));
  std::vector<WebSocketClient> clients;
  for (int i = 0; i < 4; ++i) clients.push_back(host.join());
  for (int i = 0; i < 4; ++i) clients.push_back(host.join_by_upgrade());
  std::atomic<int> told = 0;
  std::jthread talker([&](const std::stop_token& over) {
    while (!over.stop_requested()) {
      host.host.broadcast("/", "all", event_of("/", "n", "[]"));
      host.host.when_sent([&] { ++told; });
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
  });
  for (WebSocketClient& each : clients) EXPECT_EQ(each.read_text(), R"(42["n"])");
  while (told == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  host.host.stop();
  for (WebSocketClient& each : clients) {
    Frame last = each.read();
    while (last.first == tiketi::test::text_frame) last = each.read();
    EXPECT_EQ(last.close_code(), 1000);
  }
  host.server().stop(5'000);
  talker.request_stop();
  talker.join();
}

TEST(RealtimeHost, RT_one_socket_is_sent_to_from_any_thread) {
  ToyHost host({}, threads(2));
  WebSocketClient first = host.join();
  WebSocketClient second = host.join();
  host.host.send(host.notes.sockets(2)[1], event_of("/", "yours", "[]"));
  EXPECT_EQ(second.read_text(), R"(42["yours"])");
  first.send_text(R"(42["echo",1])");
  EXPECT_EQ(first.read_text(), R"(42["echo",1])");
}

TEST(RealtimeHost, RT_whether_to_let_in_may_be_decided_later) {
  ToyHost host({}, threads(2));
  WebSocketClient in = host.join(R"({"later":true})", false);
  const SocketId first = host.notes.sockets(1)[0];
  WebSocketClient out = host.join(R"({"later":true})", false);
  const SocketId second = host.notes.sockets(2)[1];
  in.send_text(R"(42["early"])");
  host.host.accept(first, {"user:7"});
  host.host.refuse(second, "Invalid authentication token", R"({"retry":false})");
  EXPECT_EQ(in.read_text().substr(0, 9), R"(40{"sid":)");
  EXPECT_EQ(in.read_text(), R"(42["early"])");
  EXPECT_EQ(out.read_text(), R"(44{"message":"Invalid authentication token","data":{"retry":false}})");
  EXPECT_EQ(counted(host.host, "user:7"), 1U);
}

TEST(RealtimeHost, RT_thousands_of_events_at_once_keep_their_order) {
  HostOptions options;
  options.engine.session.max_queued_packets = 10'000;
  ToyHost host(options);
  WebSocketClient first = host.join();
  WebSocketClient second = host.join();
  host.host.run_on_all([](Engine& engine) {
    for (int i = 0; i < 3'000; ++i) engine.broadcast("/", "all", event_of("/", "n", "[" + std::to_string(i) + "]"));
  });
  for (WebSocketClient* each : {&first, &second})
    for (int i = 0; i < 3'000; ++i) ASSERT_EQ(each->read_text(), R"(42["n",)" + std::to_string(i) + "]");
}

TEST(RealtimeHost, RT_a_slow_reader_is_closed_and_holds_nobody_up) {
  HostOptions options;
  options.engine.session.max_queued_bytes = 1'000'000;
  ToyHost host(options);
  WebSocketClient slow = host.join();
  WebSocketClient quick = host.join();
  const Outgoing large = event_of("/", "n", R"([")" + std::string(200'000, 'x') + R"("])");
  for (int i = 0; i < 100; ++i) {
    host.host.broadcast("/", "all", large);
    ASSERT_EQ(quick.read_text().size(), large.text->size()) << i;
  }
  EXPECT_TRUE(host.notes.wait_for("queue full"));
  EXPECT_EQ(counted(host.host, "all"), 1U);
}

TEST(RealtimeHost, RT_a_slow_reader_that_catches_up_gets_everything) {
  HostOptions options;
  options.engine.session.max_queued_bytes = 30'000'000;
  ToyHost host(options);
  WebSocketClient slow = host.join();
  for (int i = 10; i < 100; ++i)
    host.host.broadcast("/", "all",
                        event_of("/", "n", "[" + std::to_string(i) + ",\"" + std::string(200'000, 'x') + "\"]"));
  EXPECT_EQ(counted(host.host, "all"), 1U);  // all of them are on their way
  for (int i = 10; i < 100; ++i) ASSERT_EQ(slow.read_text().substr(0, 10), R"(42["n",)" + std::to_string(i) + ",");
}

TEST(RealtimeHost, RT_pings_and_their_time_out_are_exact) {
  HostOptions options;
  options.engine.session.ping_interval_ms = 300;
  options.engine.session.ping_timeout_ms = 200;
  ToyHost host(options);
  const Clock::time_point begun = Clock::now();
  WebSocketClient socket = host.join();
  EXPECT_EQ(socket.read_text(), "2");
  EXPECT_NEAR(static_cast<double>(ms_since(begun)), 300, 50);
  const Clock::time_point answered = Clock::now();
  socket.send_text("3");
  EXPECT_EQ(socket.read_text(), "2");  // counted from the pong
  EXPECT_NEAR(static_cast<double>(ms_since(answered)), 300, 50);
  EXPECT_EQ(socket.read_close(), 1000);
  EXPECT_NEAR(static_cast<double>(ms_since(answered)), 500, 50);
  EXPECT_TRUE(host.notes.wait_for("ping timeout"));
}

TEST(RealtimeHost, RT_pings_by_long_polling_are_as_exact) {
  HostOptions options;
  options.engine.session.ping_interval_ms = 300;
  options.engine.session.ping_timeout_ms = 200;
  ToyHost host(options, threads(2));
  const Clock::time_point begun = Clock::now();
  const std::string sid = host.open();
  EXPECT_EQ(host.poll(sid).body, "2");
  EXPECT_NEAR(static_cast<double>(ms_since(begun)), 300, 50);
  EXPECT_EQ(host.poll(sid).body, "1");  // held until there was no pong
  EXPECT_NEAR(static_cast<double>(ms_since(begun)), 500, 50);
  EXPECT_TRUE(host.notes.wait_for("ping timeout"));
}

TEST(RealtimeHost, RT_who_joins_nothing_is_closed) {
  HostOptions options;
  options.engine.client.connect_timeout_ms = 200;
  const ToyHost host(options);
  const Clock::time_point begun = Clock::now();
  WebSocketClient socket(host.connect(), "/socket.io/?EIO=4&transport=websocket");
  socket.read_text();
  EXPECT_EQ(socket.read_close(), 1000);
  EXPECT_NEAR(static_cast<double>(ms_since(begun)), 200, 50);
}

TEST(RealtimeHost, RT_more_sessions_than_allowed_are_told_to_come_later) {
  HostOptions options;
  options.engine.max_sessions = 2;
  const ToyHost host(options);
  host.open();
  host.open();
  EXPECT_EQ(host.get("EIO=4&transport=polling").status, 503);
}

TEST(RealtimeHost, RT_a_stop_tells_everybody) {
  ToyHost host({}, threads(2));
  WebSocketClient socket = host.join();
  const std::string target = "/socket.io/?EIO=4&transport=polling";
  const std::string sid = ToyHost::sid_in(host.connect().get(target).body);
  HttpClient held = host.connect();
  held.send("GET " + target + "&sid=" + sid + " HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_FALSE(held.has_input_within(50));
  host.host.stop();
  EXPECT_EQ(held.read().body, "1");
  EXPECT_EQ(socket.read_close(), 1000);
  EXPECT_EQ(host.connect().get(target).status, 503);
  EXPECT_TRUE(host.notes.wait_for("forced server close"));
}

TEST(RealtimeHost, RT_a_stop_of_the_server_alone_answers_held_gets) {
  ToyHost host;
  const std::string sid = host.open();
  HttpClient held = host.connect();
  held.send(ToyHost::get_request(sid));
  EXPECT_FALSE(held.has_input_within(50));
  const Clock::time_point begun = Clock::now();
  host.server().stop(5'000);
  EXPECT_EQ(held.read().body, "1");
  EXPECT_LT(ms_since(begun), 2'500);
}

}  // namespace
}  // namespace tiketi::realtime::test
