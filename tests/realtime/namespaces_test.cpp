// RT1: joining namespaces, events, acknowledgements and attachments.

#include "realtime/network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tiketi::realtime::test {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

/// A session over WebSocket that has joined nothing yet.
struct Fresh {
  explicit Fresh(EngineOptions options = {}) : network(std::move(options)), websocket(network.open_websocket()) {
    network.frames(websocket);
  }
  std::vector<std::string> notes() { return network.application.take_notes(); }
  std::vector<std::string> frames() { return network.frames(websocket); }
  void text(std::string_view text) { network.text(websocket, text); }
  bool is_closed() const { return network.is_closed(websocket); }
  SocketId socket(std::size_t index = 0) const { return network.application.sockets[index]; }

  Network network;
  WebSocketId websocket;
};

TEST(RT1Connect, TheAnswerHasASidOfItsOwn) {
  Fresh client;
  client.text(R"(40{"token":"x"})");
  EXPECT_THAT(client.notes(), ElementsAre(R"(connect / {"token":"x"})"));
  const std::string sid = client.network.application.sids[0];
  EXPECT_EQ(sid.size(), 20U);
  EXPECT_THAT(client.frames(), ElementsAre(R"(40{"sid":")" + sid + R"("})"));
  EXPECT_EQ(client.network.engine.count("/", sid), 1U);  // the room of its own
}

TEST(RT1Connect, SeveralNamespacesOnOneSession) {
  Fresh client;
  client.text("40");
  client.text("40/custom");
  client.text("40/third,{}");
  EXPECT_THAT(client.notes(), ElementsAre("connect / ", "connect /custom ", "connect /third {}"));
  const auto& sids = client.network.application.sids;
  EXPECT_NE(sids[0], sids[1]);
  EXPECT_THAT(client.frames(),
              ElementsAre(R"(40{"sid":")" + sids[0] + R"("})", R"(40/custom,{"sid":")" + sids[1] + R"("})",
                          R"(40/third,{"sid":")" + sids[2] + R"("})"));
  client.text("41/custom");
  EXPECT_THAT(client.notes(), ElementsAre("disconnect (client namespace disconnect)"));
  client.text(R"(42["a"])");
  EXPECT_THAT(client.notes(), ElementsAre("event a []"));
  EXPECT_THAT(client.frames(), ElementsAre());  // a disconnect is not answered
  client.text("40/custom");                     // and may be followed by another connect
  EXPECT_THAT(client.frames(), SizeIs(1));
  EXPECT_FALSE(client.is_closed());
}

TEST(RT1Connect, TooManyNamespaces) {
  Fresh client({.client = {.max_namespaces = 2}});
  client.text("40/1");
  client.text("40/2");
  EXPECT_FALSE(client.is_closed());
  client.text("40/3");
  EXPECT_TRUE(client.is_closed());
}

TEST(RT1Connect, ARefusalLeavesTheSessionOpen) {
  Fresh client;
  client.network.application.refuses = "Authentication required";
  client.text("40");
  EXPECT_THAT(client.frames(), ElementsAre(R"(44{"message":"Authentication required"})"));
  client.network.application.refusal_data = R"({"code":7})";
  client.text("40/custom");
  EXPECT_THAT(client.frames(), ElementsAre(R"(44/custom,{"message":"Authentication required","data":{"code":7}})"));
  EXPECT_FALSE(client.is_closed());
  client.network.application.refuses.clear();
  client.text("40");
  EXPECT_THAT(client.frames(), SizeIs(1));
  EXPECT_EQ(client.network.engine.socket_count(), 1U);
}

TEST(RT1Connect, WhoWasRefusedHasJoinedNothing) {
  Fresh client;
  client.network.application.refuses = "no";
  client.text("40");
  client.text(R"(42["a"])");
  EXPECT_TRUE(client.is_closed());
}

TEST(RT1Connect, AJoinSentInTheSameBurstIsNeverLost) {
  Network network;
  network.application.decides_later = true;
  const std::string sid = sid_in(network.answer(network.request("GET", "EIO=4&transport=polling")));
  network.post(sid,
               "40\x1e"
               "42[\"join-event\",{\"eventId\":\"1\"}]\x1e"
               "427[\"second\"]");
  network.post(sid, "42[\"third\"]");
  EXPECT_THAT(network.application.take_notes(), ElementsAre("connect / "));
  network.advance_ms(1'000);
  network.engine.accept(network.application.sockets[0]);
  EXPECT_THAT(network.application.take_notes(),
              ElementsAre(R"(event join-event [{"eventId":"1"}])", "event second [] ack 7", "event third []"));
  network.post(sid, "42[\"fourth\"]");
  EXPECT_THAT(network.application.take_notes(), ElementsAre("event fourth []"));
}

TEST(RT1Connect, WhatFollowsWhileTheDecisionFallsComesBehind) {
  Network network;
  const std::string sid = join_by_polling(network);
  network.application.decides_later = true;
  network.post(sid,
               "40/late\x1e"
               "42/late,[\"held\"]");
  network.application.take_notes();
  // The decision falls in a callback, and more of the same burst is still to come.
  network.application.then = [&](Engine& engine, const Event& event) {
    if (event.name != "decide") return;
    network.application.sids.push_back(engine.accept(network.application.sockets[1]).value_or("gone"));
  };
  network.post(sid,
               "42[\"decide\"]\x1e"
               "42/late,[\"next\"]\x1e"
               "41/late");
  EXPECT_THAT(network.application.take_notes(), ElementsAre("event decide []", "event held []", "event next []",
                                                            "disconnect (client namespace disconnect)"));
}

TEST(RT1Connect, WhatIsHeldBackHasBounds) {
  for (const bool by_count : {true, false}) {
    Fresh client({.client = {.max_held_packets = by_count ? 2U : 100U, .max_held_bytes = by_count ? 1'000U : 12U}});
    client.network.application.decides_later = true;
    client.text("40");
    client.text(R"(42["abcd"])");
    client.text(R"(42["abcd"])");
    EXPECT_FALSE(client.is_closed());
    client.text(R"(42["abcd"])");
    EXPECT_TRUE(client.is_closed());
  }
}

TEST(RT1Connect, ADecisionThatComesTooLateIsNone) {
  Fresh client;
  client.network.application.decides_later = true;
  client.text("40");
  client.text("41");  // the client left before
  EXPECT_FALSE(client.network.engine.accept(client.socket()));
  EXPECT_FALSE(client.network.engine.refuse(client.socket(), "no"));
  client.text("40");
  client.network.client_closes(client.websocket);
  EXPECT_FALSE(client.network.engine.accept(client.socket(1)));
  EXPECT_THAT(client.notes(), ElementsAre("connect / ", "connect / "));  // never accepted: no disconnect
  EXPECT_EQ(client.network.engine.socket_count(), 0U);
}

TEST(RT1Connect, TheHandshakeCanBeLookedUpWhileTheDecisionIsMade) {
  Fresh client;
  client.network.application.decides_later = true;
  client.text("40");
  ASSERT_NE(client.network.engine.handshake(client.socket()), nullptr);
  EXPECT_EQ(client.network.engine.handshake(client.socket())->query.find("transport"), "websocket");
  client.network.client_closes(client.websocket);
  EXPECT_EQ(client.network.engine.handshake(client.socket()), nullptr);
}

TEST(RT1Connect, ADecisionIsMadeOnce) {
  Fresh client;
  client.text("40");
  EXPECT_FALSE(client.network.engine.accept(client.socket()));
  EXPECT_FALSE(client.network.engine.refuse(client.socket(), "no"));
  EXPECT_FALSE(client.is_closed());
}

TEST(RT1Rules, WhatClosesTheTransport) {
  const struct {
    std::string_view before, packet;
  } all[] = {
      // Nothing was joined, or not that.
      {"", R"(42["a"])"},
      {"", "41"},
      {"", "43[]"},
      {"40", R"(42/custom,["a"])"},
      // Not from a client, or not again.
      {"40", "40"},
      {"40", R"(44{"message":"x"})"},
      // Malformed.
      {"40", "4"},
      {"40", "47"},
      {"40", "42{}"},
      {"40", "42[]"},
      {"40", "42[\"a\""},
      {"40", R"(42["disconnect"])"},
      {"40", R"(42["connect"])"},
      {"40", R"(45x-["a"])"},
      {"40", R"(4511-["a"])"},
      {"40", R"(451-["a",{"_placeholder":true,"num":1}])"},
      {"40", "41{}"},
  };
  for (const auto& [before, packet] : all) {
    Fresh client;
    if (!before.empty()) client.text(before);
    client.text(packet);
    EXPECT_TRUE(client.is_closed()) << before << ' ' << packet;
    EXPECT_EQ(client.network.engine.session_count(), 0U);
  }
}

TEST(RT1Rules, WhatFollowsTheBrokenRuleIsNotHeard) {
  Network network;
  const std::string sid = join_by_polling(network);
  network.post(sid,
               "42[\"a\"]\x1e"
               "40\x1e"
               "42[\"b\"]");
  EXPECT_THAT(network.application.take_notes(), ElementsAre("event a []", "disconnect (forced server close)"));
  EXPECT_EQ(network.answer(network.get(sid)), "200 1");
}

TEST(RT1Ack, TheServerAnswersOnceWithTheSameId) {
  Fresh client;
  client.text("40/custom");
  client.frames();
  client.text(R"(42/custom,12["a"])");
  EXPECT_THAT(client.notes(), ElementsAre("connect /custom ", "event a [] ack 12"));
  EXPECT_TRUE(client.network.engine.acknowledge(client.socket(), 12, R"(["ok"])"));
  EXPECT_FALSE(client.network.engine.acknowledge(client.socket(), 12, R"(["again"])"));
  EXPECT_FALSE(client.network.engine.acknowledge(client.socket(), 13, R"(["never asked"])"));
  client.network.carry_out();
  EXPECT_THAT(client.frames(), ElementsAre(R"(43/custom,12["ok"])"));
}

TEST(RT1Ack, TheClientAnswersOnce) {
  Fresh client;
  client.text("40");
  client.frames();
  client.notes();
  Engine& engine = client.network.engine;
  EXPECT_EQ(engine.send_expecting_ack(client.socket(), "a", "[1]"), 0U);
  EXPECT_EQ(engine.send_expecting_ack(client.socket(), "b", "[]"), 1U);
  client.network.carry_out();
  EXPECT_THAT(client.frames(), ElementsAre(R"(420["a",1])", R"(421["b"])"));
  client.text(R"(431["yes"])");
  client.text(R"(431["again"])");
  client.text(R"(435["never asked"])");
  client.text("430[]");
  EXPECT_THAT(client.notes(), ElementsAre(R"(ack 1 ["yes"])", "ack 0 []"));
  EXPECT_FALSE(client.is_closed());
}

TEST(RT1Ack, IdsOfTheTwoDirectionsAreIndependent) {
  Fresh client;
  client.text("40");
  client.text(R"(420["a"])");
  client.network.engine.send_expecting_ack(client.socket(), "b", "[]");
  EXPECT_TRUE(client.network.engine.acknowledge(client.socket(), 0, "[]"));
  client.notes();
  client.text("430[]");
  EXPECT_THAT(client.notes(), ElementsAre("ack 0 []"));
}

TEST(RT1Ack, OpenOnesHaveABound) {
  Fresh client({.client = {.max_open_acks = 2}});
  client.text("40");
  for (int i = 0; i < 3; ++i) client.text("42" + std::to_string(i) + R"(["a"])");
  EXPECT_FALSE(client.network.engine.acknowledge(client.socket(), 0, "[]"));  // the oldest is forgotten
  EXPECT_TRUE(client.network.engine.acknowledge(client.socket(), 1, "[]"));
  EXPECT_TRUE(client.network.engine.acknowledge(client.socket(), 2, "[]"));
}

TEST(RT1Binary, AttachmentsFollowInOrderInBothDirections) {
  Fresh client;
  client.text("40");
  client.frames();
  client.notes();
  client.text(R"(452-5["a",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}])");
  client.network.binary(client.websocket, "first");
  EXPECT_THAT(client.notes(), ElementsAre());
  client.network.binary(client.websocket, "second");
  EXPECT_THAT(client.notes(), ElementsAre(R"(event a [{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}])"
                                          " <first> <second> ack 5"));
  const auto bytes = std::make_shared<const std::string>("bytes");
  client.network.engine.acknowledge(client.socket(), 5, R"([{"_placeholder":true,"num":0}])", {bytes});
  client.network.engine.send_expecting_ack(client.socket(), "b", R"([{"_placeholder":true,"num":0}])", {bytes});
  client.network.carry_out();
  EXPECT_THAT(client.frames(), ElementsAre(R"(461-5[{"_placeholder":true,"num":0}])", "<bytes>",
                                           R"(451-0["b",{"_placeholder":true,"num":0}])", "<bytes>"));
  client.text(R"(461-0[{"_placeholder":true,"num":0}])");
  client.network.binary(client.websocket, "third");
  EXPECT_THAT(client.notes(), ElementsAre(R"(ack 0 [{"_placeholder":true,"num":0}] <third>)"));
}

TEST(RT1Binary, TextInBetweenOrBinaryUnannouncedCloses) {
  Fresh interrupted;
  interrupted.text("40");
  interrupted.text(R"(451-["a"])");
  interrupted.text(R"(42["b"])");
  EXPECT_TRUE(interrupted.is_closed());
  Fresh unannounced;
  unannounced.text("40");
  unannounced.network.binary(unannounced.websocket, "abc");
  EXPECT_TRUE(unannounced.is_closed());
}

TEST(RT1Binary, AttachmentsHaveABound) {
  EngineOptions options;
  options.client.packet.max_attachment_bytes = 10;
  Fresh client(options);
  client.text("40");
  client.text(R"(452-["a"])");
  client.network.binary(client.websocket, "123456");
  EXPECT_FALSE(client.is_closed());
  client.network.binary(client.websocket, "78901");
  EXPECT_TRUE(client.is_closed());
}

TEST(RT1Disconnect, ByTheServer) {
  Fresh client;
  client.text("40");
  client.text("40/custom");
  client.frames();
  client.notes();
  client.network.engine.join(client.socket(1), "room");
  EXPECT_TRUE(client.network.engine.disconnect(client.socket(1)));
  client.network.carry_out();
  EXPECT_THAT(client.frames(), ElementsAre("41/custom,"));
  EXPECT_THAT(client.notes(), ElementsAre("disconnect (server namespace disconnect) room"));
  EXPECT_FALSE(client.network.engine.disconnect(client.socket(1)));
  client.text(R"(42["a"])");
  EXPECT_THAT(client.notes(), ElementsAre("event a []"));
}

TEST(RT1Disconnect, FromWithinACallback) {
  Fresh client;
  client.text("40");
  client.notes();
  client.network.application.then = [&](Engine& engine, const Event& event) {
    if (event.name == "leave") engine.disconnect(event.socket);
    if (event.name == "close") engine.close(event.socket, client.network.now_ms);
    EXPECT_EQ(engine.acknowledge(event.socket, 1, "[]"), false);
  };
  client.text(R"(421["leave"])");
  EXPECT_THAT(client.notes(), ElementsAre("event leave [] ack 1", "disconnect (server namespace disconnect)"));
  client.text("40");
  client.notes();
  client.text(R"(42["close"])");
  EXPECT_THAT(client.notes(), ElementsAre("event close []", "disconnect (forced server close)"));
  EXPECT_TRUE(client.is_closed());
}

TEST(RT1Disconnect, AllAtOnce) {
  Network network;
  const WebSocketId websocket = join_by_websocket(network);
  const std::string sid = join_by_polling(network);
  network.engine.close_all(network.now_ms);
  network.carry_out();
  EXPECT_THAT(network.application.take_notes(),
              ElementsAre("disconnect (forced server close)", "disconnect (forced server close)"));
  EXPECT_TRUE(network.is_closed(websocket));
  EXPECT_EQ(network.answer(network.get(sid)), "200 1");
  EXPECT_EQ(network.engine.session_count(), 0U);
}

}  // namespace
}  // namespace tiketi::realtime::test
