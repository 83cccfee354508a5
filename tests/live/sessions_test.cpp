// What a customer was looking at comes back with the connection, for an hour (RT3).

#include "live/sessions.hpp"

#include <gtest/gtest.h>

namespace tiketi::test {
namespace {

using http::live::Room;
using http::live::Session;
using http::live::Sessions;

const UserId kim{Uuid{1, 1}};
const UserId lee{Uuid{1, 2}};
const EventId event{Uuid{2, 1}};
constexpr Timestamp noon{1'795'136'400'000};

TEST(RT3Sessions, AreKeptForAnHourAfterTheLastDisconnect) {
  Sessions sessions;
  EXPECT_FALSE(sessions.connected(kim, noon));
  sessions.entered(kim, Room::seats, event);
  sessions.selected(kim, R"(["x"])");
  sessions.disconnected(kim, noon);
  const auto back = sessions.connected(kim, noon.plus_ms(hour_ms - 1));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->rooms[static_cast<std::size_t>(Room::seats)], event);
  EXPECT_EQ(back->selected_seats, R"(["x"])");
  sessions.disconnected(kim, noon.plus_ms(hour_ms));
  EXPECT_FALSE(sessions.connected(kim, noon.plus_ms(2 * hour_ms)));
}

TEST(RT3Sessions, BelongToTheirCustomer) {
  Sessions sessions;
  sessions.connected(kim, noon);
  sessions.entered(kim, Room::event, event);
  EXPECT_FALSE(sessions.connected(lee, noon));
}

TEST(RT3Sessions, OfTwoConnectionsTheLastOneCounts) {
  Sessions sessions;
  sessions.connected(kim, noon);
  sessions.entered(kim, Room::event, event);
  EXPECT_TRUE(sessions.connected(kim, noon));
  sessions.disconnected(kim, noon);
  EXPECT_TRUE(sessions.connected(kim, noon.plus_ms(2 * hour_ms))) << "one was there all the time";
}

TEST(RT3Sessions, WithNothingInThemTakeNoMemory) {
  Sessions sessions;
  sessions.connected(kim, noon);
  sessions.entered(kim, Room::event, event);
  sessions.entered(kim, Room::event, std::nullopt);
  sessions.disconnected(kim, noon);
  EXPECT_EQ(sessions.size(), 0U);
}

TEST(RT3Sessions, BeyondTheBoundThoseWhoWentFirstAreForgotten) {
  Sessions sessions({.keep_ms = hour_ms, .max_sessions = 2});
  for (std::uint64_t i = 0; i < 3; ++i) {
    const UserId user{Uuid{3, i + 1}};
    sessions.connected(user, noon);
    sessions.entered(user, Room::event, event);
    sessions.disconnected(user, noon.plus_ms(static_cast<std::int64_t>(i)));
  }
  EXPECT_EQ(sessions.size(), 2U);
  EXPECT_FALSE(sessions.connected(UserId{Uuid{3, 1}}, noon.plus_ms(5)));
  EXPECT_TRUE(sessions.connected(UserId{Uuid{3, 3}}, noon.plus_ms(5)));
}

TEST(RT3Sessions, WhoComesAndGoesPushesNobodyOut) {
  Sessions sessions({.keep_ms = hour_ms, .max_sessions = 3});
  for (const UserId user : {kim, lee}) {
    sessions.connected(user, noon);
    sessions.entered(user, Room::event, event);
    sessions.disconnected(user, noon);
  }
  for (int i = 0; i < 10; ++i) {
    sessions.connected(lee, noon);
    sessions.disconnected(lee, noon);
  }
  EXPECT_TRUE(sessions.connected(kim, noon));
}

}  // namespace
}  // namespace tiketi::test
