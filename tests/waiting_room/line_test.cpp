// WR3, WR6: the line that a million people stand in, against the plainest one there is.

#include "core/waiting_room/line.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <unordered_map>

namespace tiketi::test {
namespace {

using waiting_room::PrefixSums;
using waiting_room::WaitingLine;

UserId user(std::uint64_t number) { return UserId{{number, ~number}}; }
Timestamp time(std::uint64_t number) { return Timestamp{1'795'136'400'000}.plus_ms(static_cast<std::int64_t>(number)); }

TEST(PrefixSums, AreThoseOfTheNumbers) {
  PrefixSums sums;
  std::vector<std::uint32_t> plain;
  std::mt19937 random(7);
  for (int step = 0; step < 500; ++step) {
    if (step % 3 == 0) sums.push_back_zero(), plain.push_back(0);
    const std::size_t index = random() % plain.size();
    sums.add(index, 5);
    plain[index] += 5;
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i <= plain.size(); ++i) {
      ASSERT_EQ(sums.sum_before(i), sum);
      if (i < plain.size()) sum += plain[i];
    }
  }
}

/// Everything that can be asked.
void expect_same(const WaitingLine& line, const std::vector<UserId>& plain) {
  ASSERT_EQ(line.size(), plain.size());
  ASSERT_EQ(line.users(), plain);
  for (std::size_t i = 0; i < plain.size(); i += 1 + plain.size() / 300)
    ASSERT_EQ(line.position(plain[i]), static_cast<std::int64_t>(i + 1));
}

TEST(WaitingLine, WR3_PlacesAreThoseOfAPlainList) {
  for (const std::uint64_t hash_key : {0ULL, 1ULL, 0x9e3779b97f4a7c15ULL}) {
    std::mt19937_64 random(hash_key);
    WaitingLine line(hash_key);
    std::vector<UserId> plain;
    std::unordered_map<UserId, Timestamp> since;
    std::uint64_t next = 0;
    const auto push_back = [&](UserId each) {
      line.push_back(each, since[each] = time(next++));
      plain.push_back(each);
    };
    for (int step = 0; step < 400; ++step) {
      const auto choice = random() % 10;
      if (choice < 5) {
        for (auto count = random() % 3'000; count > 0; --count) push_back(user(next));
      } else if (choice < 7) {
        const std::size_t count = random() % 4'000;
        const auto taken = line.pop_front(count);
        const std::size_t expected = std::min(count, plain.size());
        const auto end = plain.begin() + static_cast<std::ptrdiff_t>(expected);
        ASSERT_EQ(taken.size(), expected);
        for (std::size_t i = 0; i < expected; ++i) {
          ASSERT_EQ(taken[i].user_id, plain[i]);
          ASSERT_EQ(taken[i].since, since[plain[i]]);
        }
        plain.erase(plain.begin(), end);
      } else {
        for (int each = 0; each < 100 && !plain.empty(); ++each) {
          const std::size_t at = random() % plain.size();
          ASSERT_TRUE(line.erase(plain[at]));
          ASSERT_FALSE(line.erase(plain[at]));
          ASSERT_EQ(line.position(plain[at]), 0);
          const UserId gone = plain[at];
          plain.erase(plain.begin() + static_cast<std::ptrdiff_t>(at));
          if (each % 10 == 0) push_back(gone);  // stands behind all others now
        }
      }
      if (step % 10 == 0) expect_same(line, plain);
    }
    expect_same(line, plain);
  }
}

TEST(WaitingLine, WR3_ManyWhoLeaveCostNoSpaceForever) {
  WaitingLine line(1);
  for (std::uint64_t i = 0; i < 300'000; ++i) line.push_back(user(i), time(i));
  for (std::uint64_t i = 1; i < 300'000; ++i)
    if (i % 100 != 0) {
      ASSERT_TRUE(line.erase(user(i)));
    }
  ASSERT_EQ(line.size(), 3'000U);
  for (std::uint64_t i = 0; i < 300'000; i += 100)
    ASSERT_EQ(line.position(user(i)), static_cast<std::int64_t>(i / 100 + 1));
  const auto all = line.pop_front(10'000);
  ASSERT_EQ(all.size(), 3'000U);
  EXPECT_EQ(all[7].since, time(700)) << "though it was made anew";
  EXPECT_EQ(line.size(), 0U);
  EXPECT_TRUE(line.pop_front(1).empty());
  line.push_back(user(5), time(5));
  EXPECT_EQ(line.position(user(5)), 1);
}

}  // namespace
}  // namespace tiketi::test
