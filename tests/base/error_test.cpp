// Errors: each has one name, told everywhere, and an order of precedence.

#include <tiketi/base/result.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <string>

namespace tiketi::test {
namespace {

constexpr int count_of_codes = static_cast<int>(Errc::unavailable) + 1;

TEST(Error, EveryCodeHasANameOfItsOwnInSnakeCase) {
  std::set<std::string_view> names;
  for (int code = 0; code < count_of_codes; ++code) {
    const std::string_view text = name(static_cast<Errc>(code));
    EXPECT_TRUE(std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; })) << text;
    EXPECT_NE(text, "unknown") << code;
    EXPECT_TRUE(names.insert(text).second) << text << " names two codes";
  }
}

TEST(Error, NamesAreThoseOfTheCodes) {
  EXPECT_EQ(name(Errc::invalid_argument), "invalid_argument");
  EXPECT_EQ(name(Errc::seat_taken), "seat_taken");
  EXPECT_EQ(name(Errc::stock_short), "stock_short");
  EXPECT_EQ(name(Errc::storage_newer), "storage_newer");
  EXPECT_EQ(name(Errc::unavailable), "unavailable");
  EXPECT_EQ(name(static_cast<Errc>(count_of_codes)), "unknown");
}

// Which of several reasons is told is decided by this order.
TEST(Error, CodesAreInOrderOfPrecedence) {
  const std::array order = {Errc::invalid_argument,  Errc::event_not_found, Errc::event_cancelled,
                            Errc::reservation_limit, Errc::seat_taken,      Errc::hold_expired,
                            Errc::already_exists,    Errc::overloaded};
  EXPECT_TRUE(std::ranges::is_sorted(order));
  EXPECT_LT(Errc::event_cancelled, Errc::sale_not_open);
  EXPECT_LT(Errc::reservation_limit, Errc::buyer_limit);
  EXPECT_LT(Errc::seat_blocked, Errc::seat_taken);
}

TEST(Error, OnlyFailuresThatMayPassAreWorthARetry) {
  const std::set<Errc> expected = {Errc::overloaded, Errc::version_conflict, Errc::outcome_unknown, Errc::unavailable};
  for (int code = 0; code < count_of_codes; ++code)
    EXPECT_EQ(retriable(static_cast<Errc>(code)), expected.contains(static_cast<Errc>(code)))
        << name(static_cast<Errc>(code));
}

TEST(Error, DetailAnswersTheFirstOfThatName) {
  const Error error(Errc::seat_taken, "taken", {{"seat", "a"}, {"label", "VIP-1-1"}, {"seat", "b"}});
  EXPECT_EQ(error.detail("seat"), "a");
  EXPECT_EQ(error.detail("label"), "VIP-1-1");
  EXPECT_EQ(error.detail("left"), "");
}

TEST(Result, IsAValueOrAnError) {
  const Result<int> seven = 7;
  ASSERT_TRUE(seven.has_value());
  EXPECT_EQ(*seven, 7);
  const Result<int> refused = Error{Errc::stock_short, "three are left", {{"left", "3"}}};
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::stock_short);
  EXPECT_EQ(refused.error().detail("left"), "3");
  EXPECT_TRUE(Result<void>().has_value());
}

TEST(Result, AskingARefusalForItsValueThrowsWithEverythingThatIsKnown) {
  const Result<int> refused = Error{Errc::stock_short, "three are left", {{"left", "3"}}};
  try {
    static_cast<void>(refused.value());
    FAIL() << "there is no value to answer";
  } catch (const std::runtime_error& error) {
    const std::string text = error.what();
    EXPECT_TRUE(text.starts_with("stock_short: three are left (left: 3)")) << text;
    EXPECT_NE(text.find("error_test.cpp"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace tiketi::test
