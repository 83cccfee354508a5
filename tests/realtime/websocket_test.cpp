// RT1: sessions over WebSocket, and the way from long-polling to there.

#include "realtime/network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tiketi::realtime::test {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

TEST(RT1WebSocket, TheHandshakeIsTheFirstFrame) {
  Network network;
  const WebSocketId websocket = network.open_websocket();
  const std::vector<std::string> frames = network.frames(websocket);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0], R"(0{"sid":")" + sid_in(frames[0]) +
                           R"(","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})");
}

TEST(RT1WebSocket, BadRequestsAreRefused) {
  Network network;
  const auto answer = [&](std::string_view query) { return network.answer(network.open_websocket(query)); };
  EXPECT_THAT(answer("EIO=4"), StartsWith(R"(400 {"code":0,)"));
  EXPECT_THAT(answer("EIO=4&transport=abc"), StartsWith(R"(400 {"code":0,)"));
  EXPECT_THAT(answer("EIO=4&transport=websocket&sid=zzz"), StartsWith(R"(400 {"code":1,)"));
  EXPECT_THAT(answer("EIO=4&transport=polling"), StartsWith(R"(400 {"code":3,)"));
  EXPECT_THAT(answer("EIO=3&transport=websocket"), StartsWith(R"(400 {"code":5,)"));
  EXPECT_THAT(answer("transport=websocket"), StartsWith(R"(400 {"code":5,)"));
  EXPECT_EQ(network.engine.session_count(), 0U);
}

TEST(RT1WebSocket, OnePacketPerFrameAndBinaryRaw) {
  Network network;
  const WebSocketId websocket = join_by_websocket(network);
  network.text(websocket, R"(451-["a",{"_placeholder":true,"num":0}])");
  network.binary(websocket, "abc");
  EXPECT_THAT(network.application.take_notes(), ElementsAre(R"(event a [{"_placeholder":true,"num":0}] <abc>)"));
  Outgoing message = event_text("b");
  message.attachments = {std::make_shared<const std::string>("xyz")};
  network.engine.send(network.application.sockets[0], message);
  network.carry_out();
  EXPECT_THAT(network.frames(websocket), ElementsAre(R"(42["b"])", "<xyz>"));
}

TEST(RT1WebSocket, UnparsableTextCloses) {
  for (const std::string_view wrong : {"abc", "", "7", "bAQID"}) {
    Network network;
    const WebSocketId websocket = join_by_websocket(network);
    network.text(websocket, wrong);
    EXPECT_TRUE(network.is_closed(websocket)) << wrong;
    EXPECT_THAT(network.application.take_notes(), ElementsAre("disconnect (parse error)"));
  }
}

TEST(RT1WebSocket, WhatIsLargerThanMaxPayloadCloses) {
  Network network({.session = {.max_payload_bytes = 20}});
  const WebSocketId websocket = join_by_websocket(network);
  network.text(websocket, R"(42["a","123456789"])");
  EXPECT_FALSE(network.is_closed(websocket));
  network.text(websocket, R"(42["a","1234567890"])");
  EXPECT_FALSE(network.is_closed(websocket));
  network.text(websocket, R"(42["a","12345678901"])");
  EXPECT_TRUE(network.is_closed(websocket));
}

TEST(RT1WebSocket, CloseAndPingOfTheClient) {
  Network network;
  const WebSocketId closing = join_by_websocket(network);
  network.text(closing, "1");
  EXPECT_TRUE(network.is_closed(closing));
  EXPECT_THAT(network.application.take_notes(), ElementsAre("disconnect (transport close)"));
  const WebSocketId pinging = join_by_websocket(network);
  network.text(pinging, "2");
  EXPECT_TRUE(network.is_closed(pinging));
  EXPECT_THAT(network.application.take_notes(), ElementsAre("disconnect (transport error)"));
  const WebSocketId breaking = join_by_websocket(network);
  network.client_closes(breaking);
  EXPECT_THAT(network.application.take_notes(), ElementsAre("disconnect (transport close)"));
  EXPECT_EQ(network.engine.session_count(), 0U);
}

TEST(RT1WebSocket, TheServerClosesBehindWhatItSent) {
  Network network;
  const WebSocketId websocket = join_by_websocket(network);
  network.engine.send(network.application.sockets[0], event_text("last"));
  network.engine.close(network.application.sockets[0], network.now_ms);
  network.carry_out();
  EXPECT_THAT(network.frames(websocket), ElementsAre(R"(42["last"])"));
  EXPECT_TRUE(network.is_closed(websocket));
  EXPECT_FALSE(network.was_closed_at_once(websocket));
}

TEST(RT1Upgrade, FromPollingToWebSocket) {
  Network network;
  const std::string sid = join_by_polling(network);
  const ExchangeId get = network.get(sid);
  const WebSocketId websocket = network.upgrade(sid);
  EXPECT_THAT(network.frames(websocket), ElementsAre());
  EXPECT_EQ(network.answer(get), "waits");
  network.text(websocket, "2probe");
  EXPECT_THAT(network.frames(websocket), ElementsAre("3probe"));
  EXPECT_EQ(network.answer(get), "200 6");
  network.engine.send(network.application.sockets[0], event_text("buffered"));
  network.carry_out();
  EXPECT_THAT(network.frames(websocket), ElementsAre());
  network.text(websocket, "5");
  EXPECT_THAT(network.frames(websocket), ElementsAre(R"(42["buffered"])"));
  // From here on polling is over.
  EXPECT_EQ(network.answer(network.get(sid)), R"(400 {"code":3,"message":"Bad request"})");
  EXPECT_EQ(network.answer(network.post(sid, "3")), R"(400 {"code":3,"message":"Bad request"})");
  network.text(websocket, R"(42["a"])");
  EXPECT_THAT(network.application.take_notes(), ElementsAre("event a []"));
  EXPECT_FALSE(network.is_closed(websocket));
  network.advance_ms(11'000);  // nothing of upgradeTimeout is left
  EXPECT_FALSE(network.is_closed(websocket));
}

TEST(RT1Upgrade, AGetOpenedAfterTheProbeIsReleasedToo) {
  Network network;
  const std::string sid = join_by_polling(network);
  const WebSocketId websocket = network.upgrade(sid);
  network.text(websocket, "2probe");
  const ExchangeId get = network.get(sid);
  EXPECT_EQ(network.answer(get), "waits");
  network.advance_ms(99);
  EXPECT_EQ(network.answer(get), "waits");
  network.advance_ms(1);
  EXPECT_EQ(network.answer(get), "200 6");
  const ExchangeId with_packets = network.get(sid);
  network.engine.send(network.application.sockets[0], event_text("a"));
  network.carry_out();
  EXPECT_EQ(network.answer(with_packets), R"(200 42["a"])");
}

TEST(RT1Upgrade, AGetThatWaitsAtTheEndOfTheUpgradeIsReleased) {
  Network network;
  const std::string sid = join_by_polling(network);
  const WebSocketId websocket = network.upgrade(sid);
  network.text(websocket, "2probe");
  const ExchangeId get = network.get(sid);
  network.text(websocket, "5");
  EXPECT_EQ(network.answer(get), "200 6");
}

TEST(RT1Upgrade, WithoutItsEndThePollingGoesOn) {
  Network network;
  const std::string sid = join_by_polling(network);
  const WebSocketId websocket = network.upgrade(sid);
  network.text(websocket, "2probe");
  network.advance_ms(9'999);
  EXPECT_FALSE(network.is_closed(websocket));
  network.advance_ms(1);
  EXPECT_TRUE(network.is_closed(websocket));
  EXPECT_EQ(network.engine.session_count(), 1U);
  const ExchangeId get = network.get(sid);
  network.advance_ms(1'000);
  EXPECT_EQ(network.answer(get), "waits");  // no longer released
  EXPECT_EQ(network.answer(network.post(sid, "42[\"a\"]")), "200 ok");
  EXPECT_THAT(network.application.take_notes(), ElementsAre("event a []"));
  // And may be tried again.
  const WebSocketId again = network.upgrade(sid);
  network.text(again, "2probe");
  network.text(again, "5");
  EXPECT_EQ(network.answer(network.get(sid)), R"(400 {"code":3,"message":"Bad request"})");
}

TEST(RT1Upgrade, WhatIsNoProbeStopsIt) {
  for (const std::string_view wrong : {"2", "5", "42[\"a\"]", "abc", "2probes", "3probe"}) {
    Network network;
    const std::string sid = join_by_polling(network);
    const WebSocketId websocket = network.upgrade(sid);
    network.text(websocket, wrong);
    EXPECT_TRUE(network.is_closed(websocket)) << wrong;
    EXPECT_EQ(network.answer(network.post(sid, "42[\"a\"]")), "200 ok");
  }
  Network network;
  const std::string sid = join_by_polling(network);
  const WebSocketId websocket = network.upgrade(sid);
  network.binary(websocket, "2probe");
  EXPECT_TRUE(network.is_closed(websocket));
  EXPECT_EQ(network.engine.session_count(), 1U);
}

TEST(RT1Upgrade, AWebSocketThatBreaksWhileTriedStopsIt) {
  Network network;
  const std::string sid = join_by_polling(network);
  const WebSocketId websocket = network.upgrade(sid);
  network.text(websocket, "2probe");
  network.client_closes(websocket);
  const ExchangeId get = network.get(sid);
  network.advance_ms(1'000);
  EXPECT_EQ(network.answer(get), "waits");
  EXPECT_EQ(network.engine.session_count(), 1U);
}

TEST(RT1Upgrade, ASecondWebSocketIsClosedAndTheFirstStays) {
  Network network;
  const std::string sid = join_by_polling(network);
  const WebSocketId first = network.upgrade(sid);
  network.text(first, "2probe");
  const WebSocketId while_upgrading = network.upgrade(sid);
  EXPECT_TRUE(network.is_closed(while_upgrading));
  network.text(first, "5");
  const WebSocketId when_upgraded = network.upgrade(sid);
  EXPECT_TRUE(network.is_closed(when_upgraded));
  EXPECT_FALSE(network.is_closed(first));
  network.text(first, R"(42["a"])");
  EXPECT_THAT(network.application.take_notes(), ElementsAre("event a []"));
}

TEST(RT1Upgrade, AWebSocketOnlySessionHasNone) {
  Network network;
  const WebSocketId first = network.open_websocket();
  const WebSocketId second = network.upgrade(sid_in(network.frames(first)[0]));
  EXPECT_TRUE(network.is_closed(second));
  EXPECT_FALSE(network.is_closed(first));
}

TEST(RT1Upgrade, TheEndOfTheSessionEndsItsUpgrade) {
  Network network;
  const std::string sid = join_by_polling(network);
  const WebSocketId websocket = network.upgrade(sid);
  network.text(websocket, "2probe");
  network.post(sid, "1");
  EXPECT_TRUE(network.is_closed(websocket));
  EXPECT_EQ(network.engine.session_count(), 0U);
}

TEST(RT1Upgrade, HeartbeatsGoOnOverIt) {
  Network network;
  const std::string sid = join_by_polling(network);
  network.advance_ms(20'000);
  const WebSocketId websocket = network.upgrade(sid);
  network.text(websocket, "2probe");
  network.text(websocket, "5");
  network.frames(websocket);
  network.advance_ms(5'000);
  EXPECT_THAT(network.frames(websocket), ElementsAre("2"));
  network.advance_ms(20'000);
  EXPECT_TRUE(network.is_closed(websocket));
}

}  // namespace
}  // namespace tiketi::realtime::test
