// RT1: pings, and the end of who does not answer them: neither early nor late.

#include "realtime/network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tiketi::realtime::test {
namespace {

using testing::ElementsAre;

TEST(RT1Heartbeat, APingEveryIntervalFromTheLastPong) {
  Network network;
  const WebSocketId websocket = join_by_websocket(network);
  network.advance_ms(24'999);
  EXPECT_THAT(network.frames(websocket), ElementsAre());
  network.advance_ms(1);
  EXPECT_THAT(network.frames(websocket), ElementsAre("2"));
  network.advance_ms(19'000);
  network.text(websocket, "3");
  EXPECT_EQ(network.engine.next_deadline_ms(), network.now_ms + 25'000);
  network.advance_ms(24'999);
  EXPECT_THAT(network.frames(websocket), ElementsAre());
  network.advance_ms(1);
  EXPECT_THAT(network.frames(websocket), ElementsAre("2"));
}

TEST(RT1Heartbeat, NoPongInTimeEndsTheSession) {
  Network network;
  const WebSocketId websocket = join_by_websocket(network);
  network.advance_ms(44'999);
  EXPECT_FALSE(network.is_closed(websocket));
  network.advance_ms(1);
  EXPECT_TRUE(network.is_closed(websocket));
  EXPECT_TRUE(network.was_closed_at_once(websocket));
  EXPECT_THAT(network.application.take_notes(), ElementsAre("disconnect (ping timeout)"));
  EXPECT_EQ(network.engine.session_count(), 0U);
  EXPECT_EQ(network.engine.next_deadline_ms(), never_ms);
}

TEST(RT1Heartbeat, APongInTheLastMillisecondCounts) {
  Network network;
  const WebSocketId websocket = join_by_websocket(network);
  network.advance_ms(44'999);
  network.text(websocket, "3");
  network.advance_ms(25'000);
  EXPECT_FALSE(network.is_closed(websocket));
  EXPECT_THAT(network.frames(websocket), ElementsAre("2", "2"));
}

TEST(RT1Heartbeat, AnotherPacketRefreshesTheTimeOutOnce) {
  Network network;
  const WebSocketId websocket = join_by_websocket(network);
  network.advance_ms(25'000 + 19'000);
  network.text(websocket, R"(42["a"])");
  network.advance_ms(19'000);
  EXPECT_FALSE(network.is_closed(websocket));
  network.text(websocket, R"(42["a"])");  // the second one does not
  network.advance_ms(999);
  EXPECT_FALSE(network.is_closed(websocket));
  network.advance_ms(1);
  EXPECT_TRUE(network.is_closed(websocket));
}

TEST(RT1Heartbeat, PacketsBetweenPingsDoNotPutThemOff) {
  Network network;
  const WebSocketId websocket = join_by_websocket(network);
  network.advance_ms(20'000);
  network.text(websocket, R"(42["a"])");
  network.advance_ms(5'000);
  EXPECT_THAT(network.frames(websocket), ElementsAre("2"));
}

TEST(RT1Heartbeat, OverPolling) {
  Network network;
  const std::string sid = join_by_polling(network);
  const ExchangeId get = network.get(sid);
  network.advance_ms(25'000);
  EXPECT_EQ(network.answer(get), "200 2");
  EXPECT_EQ(network.answer(network.post(sid, "3")), "200 ok");
  const ExchangeId next = network.get(sid);
  network.advance_ms(25'000);
  EXPECT_EQ(network.answer(next), "200 2");
  const ExchangeId last = network.get(sid);
  network.advance_ms(20'000);
  EXPECT_EQ(network.answer(last), "200 1");
  EXPECT_THAT(network.application.take_notes(), ElementsAre("disconnect (ping timeout)"));
}

TEST(RT1Heartbeat, APingWaitsForTheNextGetAndCountsNevertheless) {
  Network network;
  const std::string sid = join_by_polling(network);
  network.advance_ms(44'999);
  EXPECT_EQ(network.answer(network.get(sid)), "200 2");
  network.advance_ms(1);
  EXPECT_THAT(network.application.take_notes(), ElementsAre("disconnect (ping timeout)"));
}

TEST(RT1Heartbeat, ManySessionsEachAtTheirOwnTime) {
  Network network;
  std::vector<WebSocketId> websockets;
  for (int i = 0; i < 500; ++i) {
    websockets.push_back(join_by_websocket(network));
    network.advance_ms(7);
  }
  // The first was opened 3,500 ms ago, the next 7 ms later, and so on.
  network.advance_ms(25'000 - 3'500 + 3 * 7);
  for (std::size_t i = 0; i < websockets.size(); ++i)
    EXPECT_EQ(network.frames(websockets[i]).size(), i <= 3 ? 1U : 0U) << i;
}

TEST(RT1Connect, NothingJoinedWithinConnectTimeoutClosesTheSession) {
  Network network;
  const WebSocketId websocket = network.open_websocket();
  network.advance_ms(25'000);
  network.text(websocket, "3");
  network.advance_ms(19'999);
  EXPECT_FALSE(network.is_closed(websocket));
  network.advance_ms(1);
  EXPECT_TRUE(network.is_closed(websocket));
}

TEST(RT1Connect, WhoJoinedStays) {
  Network network;
  const WebSocketId websocket = join_by_websocket(network);
  for (int i = 0; i < 10; ++i) {
    network.advance_ms(25'000);
    network.text(websocket, "3");
  }
  EXPECT_FALSE(network.is_closed(websocket));
}

}  // namespace
}  // namespace tiketi::realtime::test
