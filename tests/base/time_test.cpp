// Time: ISO 8601 in and out, and days counted in Seoul.

#include <tiketi/base/time.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <ctime>
#include <random>
#include <string>

namespace tiketi::test {
namespace {

constexpr int rounds = 20'000;

/// 2026-11-20T10:33:08.372Z
constexpr Timestamp sample{1795170788372};

Timestamp any_time(std::mt19937_64& random) {
  return {std::uniform_int_distribution<std::int64_t>(0, latest_timestamp.ms)(random)};
}

/// What the C library makes of it.
std::string c_library_text(Timestamp time) {
  const std::time_t seconds = time.ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  return std::string(text.data()) + '.' + std::to_string(1000 + time.ms % 1000).substr(1) + 'Z';
}

TEST(Iso8601, WritesUtcWithMilliseconds) {
  EXPECT_EQ(to_iso8601(sample), "2026-11-20T10:33:08.372Z");
  EXPECT_EQ(to_iso8601({0}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_iso8601(latest_timestamp), "9999-12-31T23:59:59.999Z");
}

TEST(Iso8601, ClampsWhatIsOutside) {
  EXPECT_EQ(to_iso8601({-1}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_iso8601({INT64_MIN}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_iso8601({INT64_MAX}), "9999-12-31T23:59:59.999Z");
}

TEST(Iso8601, AgreesWithTheCLibraryAndReadsBackTheSame) {
  std::mt19937_64 random(5);
  for (int i = 0; i < rounds; ++i) {
    const Timestamp time = any_time(random);
    const std::string text = to_iso8601(time);
    ASSERT_EQ(text, c_library_text(time));
    ASSERT_EQ(parse_iso8601(text), time) << text;
  }
}

TEST(Iso8601, TextsSortLikeTimes) {
  std::mt19937_64 random(6);
  for (int i = 0; i < rounds; ++i) {
    const Timestamp a = any_time(random);
    const Timestamp b = any_time(random);
    ASSERT_EQ(a < b, to_iso8601(a) < to_iso8601(b));
  }
}

TEST(Iso8601, ReadsEveryFormThatItPromises) {
  const Timestamp whole_minute{1795170780000};  // 10:33:00Z
  const Timestamp whole_second{1795170788000};
  EXPECT_EQ(parse_iso8601("2026-11-20T10:33:08.372Z"), sample);
  EXPECT_EQ(parse_iso8601("2026-11-20 10:33:08.372Z"), sample);
  EXPECT_EQ(parse_iso8601("2026-11-20T10:33Z"), whole_minute);
  EXPECT_EQ(parse_iso8601("2026-11-20T10:33:08Z"), whole_second);
  EXPECT_EQ(parse_iso8601("2026-11-20T10:33:08.3Z"), whole_second.plus_ms(300));
  EXPECT_EQ(parse_iso8601("2026-11-20T10:33:08.372999999Z"), sample);
  EXPECT_EQ(parse_iso8601("2026-11-20T19:33:08.372+09:00"), sample);
  EXPECT_EQ(parse_iso8601("2026-11-20T19:33:08.372+0900"), sample);
  EXPECT_EQ(parse_iso8601("2026-11-20T19:33:08.372+09"), sample);
  EXPECT_EQ(parse_iso8601("2026-11-20T05:03:08.372-05:30"), sample);
  EXPECT_EQ(parse_iso8601("2024-02-29T00:00Z"), Timestamp{1709164800000});
}

TEST(Iso8601, WithoutAnOffsetItIsWallTime) {
  EXPECT_EQ(parse_iso8601("2026-11-20T19:33:08.372"), sample);  // in Seoul
  EXPECT_EQ(parse_iso8601("2026-11-20T10:33:08.372", 0), sample);
  EXPECT_EQ(parse_iso8601("2026-11-20T05:33:08.372", -5 * hour_ms), sample);
}

TEST(Iso8601, RefusesWhatIsMalformed) {
  for (const char* wrong : {"",
                            "2026",
                            "2026-11-20",
                            "2026-11-20T",
                            "2026-11-20T10",
                            "2026-11-20T10:",
                            "2026-11-20T10:3Z",
                            "2026-11-20T10:33:",
                            "2026-11-20T10:33:8Z",
                            "2026-11-20T10:33:08.",
                            "2026-11-20T10:33:08.Z",
                            "2026-11-20T10:33:08,372Z",
                            "2026-11-20t10:33Z",
                            "2026-11-20T10:33z",
                            "2026-11-20T10:33ZZ",
                            "2026-11-20T10:33Z ",
                            " 2026-11-20T10:33Z",
                            "2026-11-20  10:33Z",
                            "2026-11-20T10:33 Z",
                            "2026/11/20T10:33Z",
                            "20261120T1033Z",
                            "26-11-20T10:33Z",
                            "02026-11-20T10:33Z",
                            "-2026-11-20T10:33Z",
                            "2026-1-20T10:33Z",
                            "2026-+1-20T10:33Z",
                            "2026-11-20T10:33+9",
                            "2026-11-20T10:33+09:",
                            "2026-11-20T10:33+09:0",
                            "2026-11-20T10:33+09:000",
                            "2026-11-20T10:33+",
                            "2026-11-20T10:33Z+09:00",
                            "tomorrow",
                            "\xec\x98\xa4\xeb\x8a\x98"})
    EXPECT_EQ(parse_iso8601(wrong), std::nullopt) << wrong;
}

TEST(Iso8601, RefusesDaysAndHoursThatThereAreNot) {
  for (const char* wrong : {"2026-00-20T10:33Z", "2026-13-20T10:33Z", "2026-11-00T10:33Z", "2026-11-31T10:33Z",
                            "2026-02-29T10:33Z", "2100-02-29T10:33Z", "2026-11-20T24:00Z", "2026-11-20T10:60Z",
                            "2026-11-20T10:33:60Z", "2026-11-20T10:33+24:00", "2026-11-20T10:33+09:60"})
    EXPECT_EQ(parse_iso8601(wrong), std::nullopt) << wrong;
}

TEST(Iso8601, RefusesTimesOutsideOfItsCenturies) {
  EXPECT_EQ(parse_iso8601("1970-01-01T00:00Z"), Timestamp{0});
  EXPECT_EQ(parse_iso8601("1969-12-31T23:59:59.999Z"), std::nullopt);
  EXPECT_EQ(parse_iso8601("1970-01-01T08:59:59.999"), std::nullopt);  // Seoul was nine hours ahead
  EXPECT_EQ(parse_iso8601("0000-01-01T00:00Z"), std::nullopt);
  EXPECT_EQ(parse_iso8601("9999-12-31T23:59:59.999Z"), latest_timestamp);
  EXPECT_EQ(parse_iso8601("9999-12-31T23:59:59.999-00:01"), std::nullopt);
}

TEST(Iso8601, SurvivesAnyBytes) {
  std::mt19937_64 random(7);
  constexpr std::string_view alphabet = "0123456789-:TZ+. \xff";
  for (int i = 0; i < rounds; ++i) {
    std::string text = to_iso8601(any_time(random));
    text[random() % text.size()] = alphabet[random() % alphabet.size()];
    text.resize(random() % (text.size() + 1));
    if (const auto time = parse_iso8601(text)) {
      ASSERT_TRUE(time->ms >= 0 && *time <= latest_timestamp) << text;
    }
  }
}

Timestamp at(std::string_view text) { return parse_iso8601(text).value(); }

TEST(RelativeDay, CountsDaysInSeoul) {
  const std::int64_t eight_in_the_evening = 20 * hour_ms;
  EXPECT_EQ(relative_day(at("2026-11-20T10:00"), 0, eight_in_the_evening), at("2026-11-20T20:00+09:00"));
  EXPECT_EQ(relative_day(at("2026-11-20T10:00"), 7, eight_in_the_evening), at("2026-11-27T20:00+09:00"));
  EXPECT_EQ(relative_day(at("2026-11-20T10:00"), -20, 0), at("2026-10-31T00:00+09:00"));
}

// In Seoul a day begins when it is 15:00 in UTC.
TEST(RelativeDay, ADayBeginsAtSeoulsMidnight) {
  EXPECT_EQ(relative_day(at("2026-11-20T14:59:59.999Z"), 1, 0), at("2026-11-21T00:00+09:00"));
  EXPECT_EQ(relative_day(at("2026-11-20T15:00Z"), 1, 0), at("2026-11-22T00:00+09:00"));
  EXPECT_EQ(relative_day(at("2026-11-20T15:00Z"), 1, 0, 0), at("2026-11-21T00:00Z"));
}

}  // namespace
}  // namespace tiketi::test
