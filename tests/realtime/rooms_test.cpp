// RT1, RT2: rooms, and what is sent to all in one.

#include "realtime/network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

namespace tiketi::realtime::test {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

constexpr SocketId id(std::uint64_t number) { return static_cast<SocketId>(number); }

TEST(RT2Rooms, JoinAndLeave) {
  Rooms rooms;
  EXPECT_TRUE(rooms.join(id(1), "a"));
  EXPECT_FALSE(rooms.join(id(1), "a"));
  EXPECT_TRUE(rooms.join(id(2), "a"));
  EXPECT_TRUE(rooms.join(id(1), "b"));
  EXPECT_EQ(rooms.count("a"), 2U);
  EXPECT_THAT(rooms.rooms_of(id(1)), UnorderedElementsAre("a", "b"));
  EXPECT_TRUE(rooms.leave(id(1), "a"));
  EXPECT_FALSE(rooms.leave(id(1), "a"));
  EXPECT_FALSE(rooms.leave(id(3), "a"));
  EXPECT_EQ(rooms.count("a"), 1U);
  rooms.leave_all(id(1));
  rooms.leave_all(id(2));
  EXPECT_EQ(rooms.room_count(), 0U);
}

// Against sets, which can't get it wrong.
TEST(RT2Rooms, AreWhatSetsAre) {
  Rooms rooms;
  std::map<std::string, std::set<SocketId>> expected;
  std::mt19937 random(3);
  for (int step = 0; step < 20'000; ++step) {
    const SocketId socket = id(1 + random() % 40);
    const std::string room = "room " + std::to_string(random() % 10);
    switch (random() % 8) {
      case 0:
        rooms.leave_all(socket);
        for (auto& each : expected) each.second.erase(socket);
        break;
      case 1:
      case 2:
        EXPECT_EQ(rooms.leave(socket, room), expected[room].erase(socket) == 1);
        break;
      default:
        EXPECT_EQ(rooms.join(socket, room), expected[room].insert(socket).second);
    }
    std::set<SocketId> members;
    rooms.for_each(room, [&](SocketId each) { EXPECT_TRUE(members.insert(each).second); });
    ASSERT_EQ(members, expected[room]);
    ASSERT_EQ(rooms.count(room), members.size());
    ASSERT_EQ(rooms.is_in(socket, room), members.contains(socket));
  }
}

TEST(RT2Broadcast, ToAllInTheRoomButOne) {
  Network network;
  std::vector<WebSocketId> websockets;
  for (int i = 0; i < 4; ++i) websockets.push_back(join_by_websocket(network));
  const std::vector<SocketId>& sockets = network.application.sockets;
  for (const std::size_t each : {0U, 1U, 2U}) EXPECT_TRUE(network.engine.join(sockets[each], "event:1"));
  EXPECT_EQ(network.engine.count("/", "event:1"), 3U);
  EXPECT_EQ(network.engine.broadcast("/", "event:1", event_text("a"), sockets[1]), 2U);
  network.carry_out();
  EXPECT_THAT(network.frames(websockets[0]), ElementsAre(R"(42["a"])"));
  EXPECT_THAT(network.frames(websockets[1]), ElementsAre());
  EXPECT_THAT(network.frames(websockets[2]), ElementsAre(R"(42["a"])"));
  EXPECT_THAT(network.frames(websockets[3]), ElementsAre());
  EXPECT_EQ(network.engine.broadcast("/", "event:2", event_text("a")), 0U);
}

TEST(RT2Broadcast, RoomsOfOtherNamespacesAreOthers) {
  Network network;
  const WebSocketId websocket = join_by_websocket(network);
  network.text(websocket, "40/x");
  network.engine.join(network.application.sockets[0], "a");
  network.engine.join(network.application.sockets[0], "x,a");
  EXPECT_EQ(network.engine.broadcast("/x", "a", event_text("a")), 0U);
}

TEST(RT2Broadcast, TheRoomOfASidIsTheSocket) {
  Network network;
  const WebSocketId websocket = join_by_websocket(network);
  EXPECT_EQ(network.engine.broadcast("/", network.application.sids[0], event_text("a")), 1U);
  network.carry_out();
  EXPECT_THAT(network.frames(websocket), ElementsAre(R"(42["a"])"));
}

TEST(RT2Broadcast, OneEncodingIsShared) {
  Network network;
  for (int i = 0; i < 3; ++i) join_by_websocket(network);
  for (const SocketId each : network.application.sockets) network.engine.join(each, "a");
  const Outgoing message = event_text("a");
  network.engine.broadcast("/", "a", message);
  std::vector<Action> actions;
  network.engine.take_actions(actions);
  ASSERT_EQ(actions.size(), 3U);
  for (const Action& each : actions) EXPECT_EQ(std::get<SendFrame>(each).data, message.text);
}

TEST(RT2Broadcast, WhoHasLeftIsTold) {
  Network network;
  const WebSocketId websocket = join_by_websocket(network);
  const SocketId socket = network.application.sockets[0];
  network.engine.join(socket, "event:1");
  network.engine.join(socket, "seats:1");
  network.engine.join(socket, "queue:1");
  EXPECT_TRUE(network.engine.leave(socket, "queue:1"));
  EXPECT_FALSE(network.engine.leave(socket, "queue:1"));
  network.client_closes(websocket);
  EXPECT_THAT(network.application.take_notes(), ElementsAre("disconnect (transport close) event:1 seats:1"));
  EXPECT_EQ(network.engine.count("/", "event:1"), 0U);
  EXPECT_FALSE(network.engine.join(socket, "event:1"));
  EXPECT_FALSE(network.engine.send(socket, event_text("a")));
}

TEST(RT2Broadcast, OnlyWhoWasAcceptedJoins) {
  Network network;
  network.application.decides_later = true;
  const WebSocketId websocket = network.open_websocket();
  network.text(websocket, "40");
  EXPECT_FALSE(network.engine.join(network.application.sockets[0], "a"));
  EXPECT_FALSE(network.engine.send(network.application.sockets[0], event_text("a")));
}

TEST(RT2Sockets, IdsOfThoseThatAreGoneFindNothing) {
  int value = 0;
  SocketTable<int> table(200);
  const SocketId first = table.add(&value);
  EXPECT_EQ(engine_of(first), 200);
  EXPECT_EQ(table.find(first), &value);
  table.remove(first);
  EXPECT_EQ(table.find(first), nullptr);
  const SocketId second = table.add(&value);
  EXPECT_NE(first, second);
  table.remove(first);  // does nothing
  EXPECT_EQ(table.find(second), &value);
  EXPECT_EQ(table.size(), 1U);
  EXPECT_EQ(table.find(SocketId::none), nullptr);
  EXPECT_EQ(SocketTable<int>(0).find(second), nullptr);
}

}  // namespace
}  // namespace tiketi::realtime::test
