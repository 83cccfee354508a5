// bench http: p50, p95 and p99 are told to within 1 %.

#include "load/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace tiketi::load {
namespace {

std::uint64_t exact(std::vector<std::uint64_t> values, double share) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(share * static_cast<double>(values.size()));
  return values[std::min(rank, values.size() - 1)];
}

TEST(Histogram, PercentilesAreWithinOnePercentOfTheExactOnes) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> latencies(13, 2);  // around half a millisecond, with a long tail
  std::vector<std::uint64_t> values;
  Histogram histogram;
  for (int i = 0; i < 100'000; ++i) {
    values.push_back(static_cast<std::uint64_t>(latencies(random)));
    histogram.add(values.back());
  }
  for (const double share : {0.01, 0.5, 0.95, 0.99, 0.999}) {
    const auto expected = static_cast<double>(exact(values, share));
    EXPECT_NEAR(static_cast<double>(histogram.percentile(share)), expected, 0.01 * expected) << share;
  }
  EXPECT_EQ(histogram.percentile(1), *std::max_element(values.begin(), values.end()));
  EXPECT_EQ(histogram.max(), histogram.percentile(1));
}

TEST(Histogram, EveryValueIsToldToWithinOnePercent) {
  for (std::uint64_t value = 0; value < Histogram::max_value; value += 1 + value / 97) {
    Histogram histogram;
    histogram.add(value);
    histogram.add(Histogram::max_value);  // so that the maximum does not give the exact value away
    const std::uint64_t told = histogram.percentile(0.5);
    ASSERT_GE(told, value);
    ASSERT_LE(told - value, value / 100) << value;
  }
}

TEST(Histogram, NothingMeasuredIsZero) {
  EXPECT_EQ(Histogram().percentile(0.99), 0U);
  EXPECT_EQ(Histogram().max(), 0U);
  EXPECT_EQ(Histogram().count(), 0);
}

TEST(Histogram, WhatIsBeyondTheRangeCountsAsItsEnd) {
  Histogram histogram;
  histogram.add(~std::uint64_t{0});
  EXPECT_EQ(histogram.percentile(0.5), Histogram::max_value);
}

TEST(Histogram, TwoTogetherAreAsIfAllHadBeenAddedToOne) {
  Histogram low, high, both;
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    low.add(i);
    high.add(i * 1'000'000);
    both.add(i);
    both.add(i * 1'000'000);
  }
  low.add(high);
  EXPECT_EQ(low.count(), 2000);
  for (const double share : {0.1, 0.5, 0.9, 1.0}) EXPECT_EQ(low.percentile(share), both.percentile(share));
}

}  // namespace
}  // namespace tiketi::load
