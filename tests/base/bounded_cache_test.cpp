#include <tiketi/base/bounded_cache.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace tiketi::test {
namespace {

struct Spread {
  std::size_t operator()(std::uint64_t key) const noexcept { return key * 0x9e3779b97f4a7c15ULL; }
};
using Cache = BoundedCache<std::uint64_t, std::string, Spread>;

TEST(BoundedCache, KeepsWhatWasPut) {
  Cache cache(1'000);
  cache.put(1, "one");
  cache.put(2, "two");
  cache.put(1, "uno");
  EXPECT_EQ(cache.find(1), "uno");
  EXPECT_EQ(cache.find(2), "two");
  EXPECT_EQ(cache.find(3), std::nullopt);
  EXPECT_EQ(cache.size(), 2U);
  cache.erase(1);
  EXPECT_EQ(cache.find(1), std::nullopt);
}

TEST(BoundedCache, NeverHoldsMoreThanItsCapacity) {
  Cache cache(320);
  for (std::uint64_t key = 0; key < 10'000; ++key) {
    cache.put(key, "x");
    EXPECT_EQ(cache.find(key), "x");
    ASSERT_LE(cache.size(), 320U);
  }
  EXPECT_GE(cache.size(), 160U);
}

TEST(BoundedCache, KeepsWhatIsAskedForAgainAndAgain) {
  Cache cache(320);
  cache.put(0, "hot");
  for (std::uint64_t key = 1; key < 10'000; ++key) {
    cache.put(key, "cold");
    ASSERT_EQ(cache.find(0), "hot");
  }
}

TEST(BoundedCache, AnOldValueNeverComesBack) {
  Cache cache(32);
  cache.put(0, "old");
  for (std::uint64_t key = 1; key < 40; ++key) cache.put(key, "x");  // 0 is in the old half now, or gone
  cache.put(0, "new");
  EXPECT_EQ(cache.find(0), "new");
  cache.erase(0);
  EXPECT_EQ(cache.find(0), std::nullopt);
}

TEST(BoundedCache, ErasesByPredicate) {
  Cache cache(1'000);
  for (std::uint64_t key = 0; key < 100; ++key) cache.put(key, key % 2 == 0 ? "even" : "odd");
  cache.erase_if([](std::uint64_t, const std::string& value) { return value == "odd"; });
  EXPECT_EQ(cache.size(), 50U);
  EXPECT_EQ(cache.find(7), std::nullopt);
  EXPECT_EQ(cache.find(8), "even");
}

TEST(BoundedCache, IsSharedByThreads) {
  Cache cache(500);
  std::vector<std::thread> threads;
  for (std::uint64_t seed = 0; seed < 4; ++seed)
    threads.emplace_back([&cache, seed] {
      for (std::uint64_t i = 0; i < 20'000; ++i) {
        const std::uint64_t key = (i * 7 + seed) % 1'000;
        if (const auto found = cache.find(key)) {
          ASSERT_EQ(*found, std::to_string(key));
        }
        if (i % 3 == 0) cache.put(key, std::to_string(key));
        if (i % 50 == 0) cache.erase(key);
      }
    });
  for (std::thread& each : threads) each.join();
  EXPECT_LE(cache.size(), 512U);
}

}  // namespace
}  // namespace tiketi::test
