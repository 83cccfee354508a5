// The system's clock, and identifiers that ascend whatever the clock does.

#include "support/fakes.hpp"

#include <tiketi/adapters/system.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>
#include <vector>

namespace tiketi::test {
namespace {

std::vector<Uuid> take(Ids& ids, std::size_t count) {
  std::vector<Uuid> out(count);
  ids.fill(out);
  return out;
}

bool strictly_ascending(const std::vector<Uuid>& ids) {
  return std::ranges::adjacent_find(ids, std::ranges::greater_equal()) == ids.end();
}

TEST(SystemClock, TellsTheTimeOfTheSystem) {
  using std::chrono::milliseconds;
  const auto system = [] {
    return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()).time_since_epoch().count();
  };
  const auto clock = make_system_clock();
  const std::int64_t before = system();
  const std::int64_t told = clock->now().ms;
  EXPECT_LE(before, told);
  EXPECT_LE(told, system());
}

TEST(RandomIds, AreOfVersionSevenAndOfTheClocksMillisecond) {
  FakeClock clock;
  const auto ids = make_random_ids(clock);
  for (int i = 0; i < 100; ++i, clock.advance(1)) {
    const Uuid id = ids->next<SeatId>().uuid;
    EXPECT_EQ(uuid_v7_ms(id), clock.now().ms);
    EXPECT_EQ(id.high >> 12 & 0xf, 7U);
    EXPECT_EQ(id.low >> 62, 2U);
  }
}

TEST(RandomIds, AscendWithinAMillisecondAndOverCalls) {
  FakeClock clock;
  const auto ids = make_random_ids(clock);
  std::vector<Uuid> all;
  for (int i = 0; i < 100; ++i) {
    const auto some = take(*ids, 100);
    all.insert(all.end(), some.begin(), some.end());
    if (i % 10 == 0) clock.advance(1);
  }
  EXPECT_TRUE(strictly_ascending(all));
}

// What is made together is stored together.
TEST(RandomIds, OneFillAscendsOneByOne) {
  FakeClock clock;
  const auto ids = make_random_ids(clock);
  const auto seats = take(*ids, 48'000);
  ASSERT_TRUE(strictly_ascending(seats));
  for (std::size_t i = 1; i < seats.size(); ++i)
    ASSERT_EQ((seats[i].low - seats[0].low) & 0x3fff'ffff'ffff'ffffULL, i) << "not the next one";
}

TEST(RandomIds, AscendWhenTheClockStepsBack) {
  FakeClock clock;
  const auto ids = make_random_ids(clock);
  std::vector<Uuid> all;
  for (const std::int64_t step : {0L, -1L, -hour_ms, 0L, 1L, hour_ms, 5L, -day_ms}) {
    clock.advance(step);
    const auto some = take(*ids, 10);
    all.insert(all.end(), some.begin(), some.end());
  }
  EXPECT_TRUE(strictly_ascending(all));
}

TEST(RandomIds, TwoSourcesAtOneMillisecondDoNotMeet) {
  FakeClock clock;
  std::set<Uuid> all;
  for (int i = 0; i < 100; ++i) {
    const auto ids = make_random_ids(clock);
    for (const Uuid id : take(*ids, 10)) EXPECT_TRUE(all.insert(id).second);
  }
}

TEST(RandomIds, RandomBitsAreDrawnAnewEachMillisecond) {
  FakeClock clock;
  const auto ids = make_random_ids(clock);
  std::set<std::uint64_t> low;
  for (int i = 0; i < 1000; ++i, clock.advance(1)) low.insert(ids->next<SeatId>().uuid.low >> 32);
  EXPECT_GT(low.size(), 990U);
}

TEST(RandomIds, AreUniqueAndAscendingOverThreads) {
  const auto clock = make_system_clock();
  const auto ids = make_random_ids(*clock);
  std::vector<std::vector<Uuid>> made(8);
  {
    std::vector<std::jthread> threads;
    for (auto& own : made)
      threads.emplace_back([&own, &ids] {
        for (int i = 0; i < 2000; ++i) {
          const auto some = take(*ids, 1 + static_cast<std::size_t>(i % 7));
          own.insert(own.end(), some.begin(), some.end());
        }
      });
  }
  std::vector<Uuid> all;
  for (const auto& own : made) {
    EXPECT_TRUE(strictly_ascending(own));
    all.insert(all.end(), own.begin(), own.end());
  }
  std::ranges::sort(all);
  EXPECT_TRUE(strictly_ascending(all)) << "an id was made twice";
}

}  // namespace
}  // namespace tiketi::test
