// Money: a sum that does not fit is no sum.

#include <tiketi/base/money.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace tiketi::test {
namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr Currency usd{{'U', 'S', 'D'}};

TEST(Money, AddsWithinOneCurrency) {
  EXPECT_EQ(add({50'000, krw}, {30'000, krw}), (Money{80'000, krw}));
  EXPECT_EQ(add({most - 1, krw}, {1, krw}), (Money{most, krw}));
  EXPECT_EQ(add({1, krw}, {1, usd}), std::nullopt);
}

TEST(Money, ASumThatDoesNotFitIsNone) {
  EXPECT_EQ(add({most, krw}, {1, krw}), std::nullopt);
  EXPECT_EQ(add({least, krw}, {-1, krw}), std::nullopt);
}

TEST(Money, PriceTimesQuantity) {
  EXPECT_EQ(multiply({150'000, krw}, 4), (Money{600'000, krw}));
  EXPECT_EQ(multiply({150'000, usd}, 0), (Money{0, usd}));
  EXPECT_EQ(multiply({most, krw}, 2), std::nullopt);
  EXPECT_EQ(multiply({most / 2 + 1, krw}, 2), std::nullopt);
  EXPECT_EQ(multiply({least, krw}, -1), std::nullopt);
}

TEST(Money, CheckedArithmeticAgreesWithWiderArithmetic) {
  __extension__ using Wide = __int128;
  std::mt19937_64 random(4);
  for (int i = 0; i < 10'000; ++i) {
    const auto a = static_cast<std::int64_t>(random()) >> (i % 64);
    const auto b = static_cast<std::int64_t>(random()) >> (i / 64 % 64);
    const auto fits = [](Wide value) { return value >= least && value <= most; };
    const Wide sum = static_cast<Wide>(a) + b;
    const Wide product = static_cast<Wide>(a) * b;
    ASSERT_EQ(checked_add(a, b).has_value(), fits(sum)) << a << " + " << b;
    ASSERT_EQ(checked_multiply(a, b).has_value(), fits(product)) << a << " * " << b;
    if (fits(sum)) {
      ASSERT_EQ(*checked_add(a, b), static_cast<std::int64_t>(sum));
    }
    if (fits(product)) {
      ASSERT_EQ(*checked_multiply(a, b), static_cast<std::int64_t>(product));
    }
  }
}

TEST(Currency, IsThreeCapitalLetters) {
  EXPECT_EQ(Currency::parse("KRW"), krw);
  EXPECT_EQ(Currency::parse("USD"), usd);
  EXPECT_EQ(usd.text(), "USD");
  for (const char* wrong : {"", "KR", "KRWW", "krw", "K W", "KR1", "\xea\xb0\x80"})
    EXPECT_EQ(Currency::parse(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace tiketi::test
