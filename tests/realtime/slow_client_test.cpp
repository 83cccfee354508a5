// RT3: slow clients hold nobody back and don't grow memory without bound.

#include "realtime/network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tiketi::realtime::test {
namespace {

using testing::ElementsAre;

Outgoing keyed(std::string_view event, std::uint64_t key) {
  Outgoing out = event_text(event);
  out.superseding_key = key;
  return out;
}

TEST(RT3Queue, FramesWaitUntilTheLastOnesAreWritten) {
  Network network;
  const WebSocketId websocket = join_by_websocket(network);
  const SocketId socket = network.application.sockets[0];
  network.stall(websocket, true);
  for (const std::string_view event : {"1", "2", "3"}) network.engine.send(socket, event_text(event));
  network.carry_out();
  EXPECT_THAT(network.frames(websocket), ElementsAre(R"(42["1"])"));
  network.stall(websocket, false);
  EXPECT_THAT(network.frames(websocket), ElementsAre(R"(42["2"])", R"(42["3"])"));
}

TEST(RT3Queue, ASingleMessageMayBeLargerThanItsBytes) {
  Network network({.session = {.max_queued_bytes = 100}});
  const std::string sid = join_by_polling(network);  // between two polls
  const std::string text(500, 'x');
  network.engine.send(network.application.sockets[0], event_text("a", "[\"" + text + "\"]"));
  network.carry_out();
  EXPECT_EQ(network.answer(network.get(sid)), "200 42[\"a\",\"" + text + "\"]");
}

TEST(RT3Queue, BeyondItsBytesTheSessionIsClosed) {
  Network network({.session = {.max_queued_bytes = 100}});
  const WebSocketId websocket = join_by_websocket(network);
  const SocketId socket = network.application.sockets[0];
  network.stall(websocket, true);
  const std::string fifty = "[\"" + std::string(50 - 10, 'x') + "\"]";
  network.engine.send(socket, event_text("a"));  // on its way
  const Outgoing message = event_text("a", fifty);
  ASSERT_EQ(message.text->size(), 50U);
  network.engine.send(socket, message);
  network.engine.send(socket, message);
  network.carry_out();
  EXPECT_FALSE(network.is_closed(websocket));
  network.engine.send(socket, event_text("a"));
  network.carry_out();
  EXPECT_TRUE(network.is_closed(websocket));
  EXPECT_TRUE(network.was_closed_at_once(websocket));
  EXPECT_THAT(network.application.take_notes(), ElementsAre("disconnect (queue full)"));
}

TEST(RT3Queue, BeyondItsPacketsTheSessionIsClosed) {
  Network network({.session = {.max_queued_packets = 3}});
  const std::string sid = join_by_polling(network);
  const SocketId socket = network.application.sockets[0];
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(network.engine.send(socket, event_text("a")));
  EXPECT_EQ(network.engine.session_count(), 1U);
  network.engine.send(socket, event_text("a"));
  EXPECT_EQ(network.engine.session_count(), 0U);
  EXPECT_THAT(network.application.take_notes(), ElementsAre("disconnect (queue full)"));
}

TEST(RT3Queue, OneSlowClientDoesNotHoldBackOthers) {
  Network network({.session = {.max_queued_packets = 5}});
  const WebSocketId slow = join_by_websocket(network);
  const WebSocketId quick = join_by_websocket(network);
  for (const SocketId each : network.application.sockets) network.engine.join(each, "a");
  network.stall(slow, true);
  for (int i = 0; i < 10; ++i) {
    network.engine.broadcast("/", "a", event_text("x"));
    network.carry_out();
  }
  EXPECT_EQ(network.frames(quick).size(), 10U);
  EXPECT_TRUE(network.is_closed(slow));
  EXPECT_FALSE(network.is_closed(quick));
}

TEST(RT3Queue, ALaterMessageTakesThePlaceOfAnUnsentOneWithItsKey) {
  Network network;
  const std::string sid = join_by_polling(network);
  const SocketId socket = network.application.sockets[0];
  Outgoing with_attachment = keyed("old", 1);
  with_attachment.attachments = {std::make_shared<const std::string>("x")};
  network.engine.send(socket, with_attachment);
  network.engine.send(socket, event_text("between"));
  network.engine.send(socket, keyed("other", 2));
  network.engine.send(socket, keyed("new", 1));
  EXPECT_EQ(network.answer(network.get(sid)),
            "200 42[\"between\"]\x1e"
            "42[\"other\"]\x1e"
            "42[\"new\"]");
}

TEST(RT3Queue, SupersededOnesDoNotCount) {
  Network network({.session = {.max_queued_bytes = 60, .max_queued_packets = 2}});
  const std::string sid = join_by_polling(network);
  for (int i = 0; i < 1'000; ++i) network.engine.send(network.application.sockets[0], keyed("a", 1));
  EXPECT_EQ(network.answer(network.get(sid)), R"(200 42["a"])");
}

TEST(RT3Queue, VolatileOnesAreDroppedIfTheyCanNotLeave) {
  Network network;
  Outgoing message = event_text("a");
  message.is_volatile = true;
  const std::string sid = join_by_polling(network);
  network.engine.send(network.application.sockets[0], message);
  const ExchangeId get = network.get(sid);
  EXPECT_EQ(network.answer(get), "waits");
  network.engine.send(network.application.sockets[0], message);
  network.carry_out();
  EXPECT_EQ(network.answer(get), R"(200 42["a"])");

  const WebSocketId websocket = join_by_websocket(network);
  network.engine.send(network.application.sockets[1], message);
  network.carry_out();
  EXPECT_THAT(network.frames(websocket), ElementsAre(R"(42["a"])"));
  network.stall(websocket, true);
  network.engine.send(network.application.sockets[1], event_text("b"));
  network.engine.send(network.application.sockets[1], message);
  network.carry_out();
  network.stall(websocket, false);
  EXPECT_THAT(network.frames(websocket), ElementsAre(R"(42["b"])"));
}

TEST(RT3Queue, AStalledClientIsClosedByItsPing) {
  Network network;
  const WebSocketId websocket = join_by_websocket(network);
  network.stall(websocket, true);
  network.engine.send(network.application.sockets[0], event_text("a"));
  network.carry_out();
  network.advance_ms(45'000);
  EXPECT_TRUE(network.is_closed(websocket));
  EXPECT_TRUE(network.was_closed_at_once(websocket));
}

}  // namespace
}  // namespace tiketi::realtime::test
