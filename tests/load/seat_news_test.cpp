// bench http: what a socket is told about held seats is counted once, and timed from the request (RT2).

#include "load/seat_news.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace tiketi::load {
namespace {

using std::chrono::milliseconds;

std::string seat_id(int number) { return "00000000-0000-7000-8000-00000000000" + std::to_string(number); }

std::string locked(int number) {
  return R"(42["seat-locked",{"seatId":")" + seat_id(number) + R"(","status":"locked","timestamp":"2030"}])";
}
std::string changed(const std::string& changes) {
  return R"(42["seats-changed",{"version":3,"changes":[)" + changes + "]}]";
}

/// Seats 1, 2 and 3 are held in this order; the compact map has them at 7, 5 and 6.
class News : public ::testing::Test {
 protected:
  static EventOnSale event() {
    EventOnSale out;
    for (int i = 1; i <= 3; ++i) out.seats.push_back(id_text(seat_id(i)));
    return out;
  }
  static std::vector<std::string> order() { return {"a", "b", "c", "d", "e", seat_id(2), seat_id(3), seat_id(1)}; }
  static Instant at(int ms) { return Instant(milliseconds(1'000'000 + ms)); }

  HoldTimes holds{event(), order(), 3};
  SeatNews news{holds, 2};
};

TEST_F(News, AreTimedFromTheRequestAndFromTheFirstSocket) {
  holds.ask(0, at(0));
  news.take(0, locked(1), at(10));
  news.take(0, changed("[7,1]"), at(11));
  news.take(1, changed("[7,1]"), at(30));
  news.take(1, locked(1), at(31));
  EXPECT_EQ(news.told(), 2);
  EXPECT_EQ(news.after_request_ns().count(), 2) << "each socket when it hears of it first";
  EXPECT_EQ(news.after_request_ns().max(), 30'000'000U);
  EXPECT_EQ(news.after_first_ns().max(), 20'000'000U);
  EXPECT_NEAR(static_cast<double>(news.after_request_ns().percentile(0.5)), 10e6, 1e5);
  EXPECT_EQ(news.after_first_ns().percentile(0.5), 0U);
}

TEST_F(News, ManyChangesMayComeTogether) {
  for (const std::size_t hold : {0U, 1U, 2U}) holds.ask(hold, at(0));
  news.take(0, changed("[7,1],[0,1],[5,1],[6,1]"), at(1));
  EXPECT_EQ(news.of(0).together.count, 3U);
  EXPECT_EQ(news.of(0).singly.count, 0U);
  EXPECT_EQ(news.of(1).together.count, 0U);
}

TEST_F(News, OfTheSameHoldCountOnce) {
  holds.ask(0, at(0));
  for (int i = 0; i < 3; ++i) news.take(0, locked(1), at(i));
  EXPECT_EQ(news.of(0).singly.count, 1U);
  EXPECT_EQ(news.after_request_ns().count(), 1);
}

TEST_F(News, ThatDidNotComeAreMissing) {
  for (const std::size_t hold : {0U, 1U, 2U}) holds.ask(hold, at(0));
  news.take(0, locked(1), at(1));
  news.take(0, locked(3), at(2));
  EXPECT_EQ(news.of(0).singly.count, 2U);
}

TEST_F(News, OfWhatNobodyAskedForDoNotCount) {
  holds.ask(0, at(0));
  for (const std::string& packet :
       {locked(2), locked(9), changed("[5,1]"), changed("[7,0]"), changed("[7,2]"), changed("[99999999999999999999,1]"),
        changed("[700,1]"), changed("[7"), changed("[7,"), changed("7,1]"), changed(""),
        std::string(R"(42["seat-locked",{}])"), std::string(R"(42["seats-changed")"), std::string("42"),
        std::string(R"(42["seat-released",{"seatId":")") + seat_id(1) + "\"}]"})
    news.take(0, packet, at(1));
  EXPECT_EQ(news.told(), 0);
}

TEST_F(News, OfTheRoomAreNoted) {
  news.take(1, R"(42["room-info",{"eventId":"e","userCount":2}])", at(0));
  EXPECT_FALSE(news.of(0).has_room_info);
  EXPECT_TRUE(news.of(1).has_room_info);
}

}  // namespace
}  // namespace tiketi::load
