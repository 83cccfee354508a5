// The lock in memory: one owner at a time, for a time, and nobody releases another's.

#include "support/fakes.hpp"

#include <tiketi/adapters/memory.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

namespace tiketi::test {
namespace {

class MemoryLock : public testing::Test {
 protected:
  Lease acquire(std::string_view name, std::int64_t ttl_ms = 1000) {
    return lock->try_acquire(name, ttl_ms).value().value();
  }
  bool taken(std::string_view name) { return !lock->try_acquire(name, 1).value().has_value(); }

  FakeClock clock;
  std::unique_ptr<Lock> lock = memory::make_lock(clock);
};

TEST_F(MemoryLock, HasOneOwnerAtATime) {
  const Lease lease = acquire("sweep");
  EXPECT_EQ(lease.name, "sweep");
  EXPECT_TRUE(taken("sweep"));
  EXPECT_FALSE(taken("relay")) << "another name is another lock";
}

TEST_F(MemoryLock, IsFreeAfterItsRelease) {
  const Lease lease = acquire("sweep");
  EXPECT_TRUE(lock->release(lease).value());
  EXPECT_FALSE(taken("sweep"));
}

TEST_F(MemoryLock, IsFreeAtTheMillisecondItsTimeIsOver) {
  acquire("sweep", 1000);
  clock.advance(999);
  EXPECT_TRUE(taken("sweep"));
  clock.advance(1);
  EXPECT_FALSE(taken("sweep"));
}

TEST_F(MemoryLock, IsReleasedByItsOwnerOnly) {
  const Lease lease = acquire("sweep");
  Lease forged = lease;
  forged.owner_token = "guessed";
  EXPECT_FALSE(lock->release(forged).value());
  EXPECT_TRUE(taken("sweep"));
  EXPECT_FALSE(lock->release({"never taken", lease.owner_token, lease.fencing}).value());
}

TEST_F(MemoryLock, AnOwnerWhoseTimeWasOverDoesNotReleaseTheNext) {
  const Lease late = acquire("sweep", 10);
  clock.advance(10);
  const Lease next = acquire("sweep");
  EXPECT_FALSE(lock->release(late).value());
  EXPECT_TRUE(taken("sweep"));
  EXPECT_TRUE(lock->release(next).value());
}

TEST_F(MemoryLock, ReleasingTooLateOrTwiceIsNoRelease) {
  const Lease late = acquire("sweep", 10);
  clock.advance(10);
  EXPECT_FALSE(lock->release(late).value());
  const Lease lease = acquire("sweep");
  EXPECT_TRUE(lock->release(lease).value());
  EXPECT_FALSE(lock->release(lease).value());
}

TEST_F(MemoryLock, FencingGrowsWithEveryAcquisition) {
  std::uint64_t last = 0;
  for (int i = 0; i < 10; ++i) {
    const Lease lease = acquire("sweep", 10);
    EXPECT_GT(lease.fencing, last);
    last = lease.fencing;
    if (i % 2 == 0) static_cast<void>(lock->release(lease));
    clock.advance(10);
    acquire("relay", 10);
  }
}

TEST_F(MemoryLock, TokensDiffer) {
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i, clock.advance(1)) EXPECT_TRUE(tokens.insert(acquire("sweep", 1).owner_token).second);
}

TEST_F(MemoryLock, RefusesWhatMakesNoSense) {
  for (const std::int64_t ttl : {INT64_MIN, std::int64_t{-1}, std::int64_t{0}, hour_ms + 1, INT64_MAX})
    EXPECT_EQ(lock->try_acquire("sweep", ttl).error().code, Errc::invalid_argument) << ttl;
  EXPECT_EQ(lock->try_acquire("", 1).error().code, Errc::invalid_argument);
  EXPECT_TRUE(lock->try_acquire("sweep", hour_ms).value().has_value());
}

TEST_F(MemoryLock, ThreadsExcludeEachOther) {
  std::atomic<int> inside = 0;
  std::atomic<int> collisions = 0;
  std::atomic<int> turns = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread)
      threads.emplace_back([&] {
        while (turns < 1000) {
          const auto lease = lock->try_acquire("sweep", hour_ms).value();
          if (!lease) continue;
          if (++inside != 1) ++collisions;
          ++turns;
          --inside;
          if (!lock->release(*lease).value()) ++collisions;
        }
      });
  }
  EXPECT_EQ(collisions, 0);
}

}  // namespace
}  // namespace tiketi::test
