// RT: Engine.IO over WebSocket, and upgrades to it, as bytes on real connections.

#include "realtime_host/toy_host.hpp"

#include <cmath>

namespace tiketi::realtime::test {
namespace {

using tiketi::test::binary_frame;
using tiketi::test::frame_bytes;

/// Upgrades the whole way.
void finish_upgrade(WebSocketClient& socket) {
  socket.send_text("2probe");
  ASSERT_EQ(socket.read_text(), "3probe");
  socket.send_text("5");
}

TEST(RealtimeWebSocket, RT_a_session_of_its_own) {
  const ToyHost host;
  WebSocketClient socket(host.connect(), "/engine.io/?EIO=4&transport=websocket");
  const std::string handshake = socket.read_text();
  EXPECT_NE(handshake.find(R"("upgrades":[])"), handshake.npos);
  socket.send_text("4hello");
  EXPECT_EQ(socket.read_text(), "4hello");
  socket.send(frame_bytes(binary_frame, {"\x01\x00\x03", 3}));
  EXPECT_EQ(socket.read(), (Frame{binary_frame, {"\x01\x00\x03", 3}}));
}

TEST(RealtimeWebSocket, RT_bad_handshakes_are_refused) {
  const ToyHost host;
  for (const char* query : {"EIO=4", "EIO=4&transport=abc", "transport=websocket", "EIO=3&transport=websocket",
                            "EIO=4&transport=websocket&sid=nobody", "EIO=4&transport=polling"}) {
    HttpClient client = host.connect();
    client.send(tiketi::test::handshake(std::string("/engine.io/?") + query));
    EXPECT_EQ(client.read().status, 400) << query;
  }
}

TEST(RealtimeWebSocket, RT_bad_handshakes_of_sessions_are_refused_on_whatever_thread_they_arrive) {
  const ToyHost host({}, threads(4));
  const std::string sid = host.open();
  for (int i = 0; i < 12; ++i) {
    for (const char* query : {"transport=websocket", "EIO=3&transport=websocket", "EIO=4&transport=polling"}) {
      HttpClient client = host.connect();
      client.send(tiketi::test::handshake(std::string("/engine.io/?") + query + "&sid=" + sid));
      EXPECT_EQ(client.read().status, 400) << query;
    }
  }
  EXPECT_EQ(host.post(sid, "4on").status, 200) << "the session has not suffered";
  EXPECT_EQ(host.poll(sid).body, "4on");
}

TEST(RealtimeWebSocket, RT_messages_are_not_compressed_though_the_client_could) {
  const ToyHost host;
  HttpClient client = host.connect();
  client.send(tiketi::test::handshake("/engine.io/?EIO=4&transport=websocket",
                                      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"));
  const HttpReply reply = client.read();
  EXPECT_EQ(reply.status, 101);
  EXPECT_FALSE(reply.has("sec-websocket-extensions"));
}

TEST(RealtimeWebSocket, RT_heartbeats_come_when_they_are_due) {
  using Clock = std::chrono::steady_clock;
  HostOptions options;
  options.engine.session.ping_interval_ms = 100;
  const ToyHost host(options);
  WebSocketClient socket = host.open_websocket();
  std::vector<double> off_ms;
  for (int i = 0; i < 21; ++i) {
    const Clock::time_point begun = Clock::now();
    ASSERT_EQ(socket.read_text(), "2");
    const std::chrono::duration<double, std::milli> took = Clock::now() - begun;
    off_ms.push_back(std::abs(took.count() - 100));
    socket.send_text("3");
  }
  // The median, so that a machine which is busy for a moment does not count.
  std::ranges::nth_element(off_ms, off_ms.begin() + 10);
  EXPECT_LE(off_ms[10], 10);
}

TEST(RealtimeWebSocket, RT_what_cannot_be_parsed_and_goodbyes_close) {
  const ToyHost host;
  for (const char* last : {"abc", "1", "2"}) {
    WebSocketClient socket = host.open_websocket();
    socket.send_text(last);
    EXPECT_EQ(socket.read_close(), 1000) << last;
  }
}

TEST(RealtimeWebSocket, RT_a_message_beyond_max_payload_closes) {
  HostOptions options;
  options.engine.session.max_payload_bytes = 1000;
  ToyHost host(options);
  WebSocketClient socket = host.open_websocket();
  socket.send_text("4" + std::string(999, 'x'));
  EXPECT_EQ(socket.read_text().size(), 1000U);
  socket.send_text("4" + std::string(1000, 'x'));
  EXPECT_EQ(socket.read_close(), 1009);
  EXPECT_TRUE(host.notes.wait_for("transport close"));
}

/// With one thread, and with several, so that the WebSocket is on another one than the session.
class RealtimeUpgrade : public testing::TestWithParam<unsigned> {
 protected:
  static constexpr int rounds = 8;  // the system puts connections where it likes
};

TEST_P(RealtimeUpgrade, RT_goes_on_where_polling_ended) {
  ToyHost host({}, threads(GetParam()));
  for (int i = 0; i < rounds; ++i) {
    const std::string sid = host.open();
    WebSocketClient socket = host.upgrade(sid);
    HttpClient held = host.connect();
    held.send(ToyHost::get_request(sid));
    EXPECT_FALSE(held.has_input_within(30));
    socket.send_text("2probe");
    EXPECT_EQ(socket.read_text(), "3probe");
    EXPECT_EQ(held.read().body, "6");
    EXPECT_EQ(host.post(sid, "4kept").status, 200);  // nobody polls now
    socket.send_text("5");
    EXPECT_EQ(socket.read_text(), "4kept");
    for (int j = 0; j < 50; ++j) socket.send_text("4" + std::to_string(j));
    for (int j = 0; j < 50; ++j) ASSERT_EQ(socket.read_text(), "4" + std::to_string(j));
    EXPECT_EQ(host.poll(sid).status, 400);
    EXPECT_EQ(host.post(sid, "4x").status, 400);
    socket.send_text("1");
    EXPECT_EQ(socket.read_close(), 1000);
  }
}

TEST_P(RealtimeUpgrade, RT_a_second_websocket_is_closed_and_the_first_stays) {
  const ToyHost host({}, threads(GetParam()));
  for (int i = 0; i < rounds; ++i) {
    const std::string sid = host.open();
    WebSocketClient first = host.upgrade(sid);
    finish_upgrade(first);
    first.send_text("4a");  // that the upgrade is over is known when this is back
    ASSERT_EQ(first.read_text(), "4a");
    WebSocketClient second = host.upgrade(sid);
    EXPECT_EQ(second.read_close(), 1000);
    first.send_text("4still");
    EXPECT_EQ(first.read_text(), "4still");
  }
}

TEST_P(RealtimeUpgrade, RT_one_that_is_not_finished_is_given_up_and_polling_goes_on) {
  HostOptions options;
  options.engine.session.upgrade_timeout_ms = 100;
  const ToyHost host(options, threads(GetParam()));
  const std::string sid = host.open();
  WebSocketClient socket = host.upgrade(sid);
  socket.send_text("2probe");
  EXPECT_EQ(socket.read_text(), "3probe");
  EXPECT_EQ(socket.read_close(), 1000);
  EXPECT_EQ(host.post(sid, "4on").status, 200);
  EXPECT_EQ(host.poll(sid).body, "4on");
}

INSTANTIATE_TEST_SUITE_P(Threads, RealtimeUpgrade, testing::Values(1U, 4U));

}  // namespace
}  // namespace tiketi::realtime::test
