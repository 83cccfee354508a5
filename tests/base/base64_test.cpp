#include <tiketi/base/base64.hpp>

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace tiketi::test {
namespace {

std::string encoded(std::string_view text) {
  return to_base64url({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

// RFC 4648, section 10, without the padding.
TEST(Base64, EncodesAsTheStandardDoes) {
  const std::pair<std::string_view, std::string_view> all[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xfe", "-__-"}};
  for (const auto& [text, code] : all) {
    EXPECT_EQ(encoded(text), code);
    const auto bytes = from_base64url(code);
    ASSERT_TRUE(bytes) << code;
    EXPECT_EQ(std::string(bytes->begin(), bytes->end()), text);
  }
}

TEST(Base64, ReadsNothingElse) {
  for (const std::string_view wrong : {"A", "AAAAA", "Zg==", "Zh", "Zm9", "Zm9v ", "+/+/", "Zm9v\n", "\xc3\xa9zz"})
    EXPECT_FALSE(from_base64url(wrong)) << wrong;
  EXPECT_FALSE(from_base64url(std::string_view("Zm\0v", 4)));
}

TEST(Base64, EveryTextStandsForOtherBytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::set<std::vector<std::uint8_t>> seen;
  std::size_t read = 0;
  for (const char a : digits)
    for (const char b : digits) {
      const auto bytes = from_base64url(std::string{a, b});
      read += bytes ? 1U : 0U;
      if (bytes) seen.insert(*bytes);
    }
  EXPECT_EQ(read, 256U);
  EXPECT_EQ(seen.size(), read);
}

TEST(Base64, WhatIsWrittenIsRead) {
  std::mt19937 random(7);
  for (int i = 0; i < 1'000; ++i) {
    std::vector<std::uint8_t> bytes(random() % 300);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
  }
}

// RFC 4648, section 10.
TEST(Base64, PlainAndPaddedAsTheStandardDoes) {
  const std::pair<std::string_view, std::string_view> all[] = {{"", ""},
                                                               {"f", "Zg=="},
                                                               {"fo", "Zm8="},
                                                               {"foo", "Zm9v"},
                                                               {"foob", "Zm9vYg=="},
                                                               {"fooba", "Zm9vYmE="},
                                                               {"foobar", "Zm9vYmFy"},
                                                               {"\xfb\xff\xfe", "+//+"}};
  for (const auto& [text, code] : all) {
    EXPECT_EQ(to_base64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}), code);
    const auto bytes = from_base64(code);
    ASSERT_TRUE(bytes) << code;
    EXPECT_EQ(std::string(bytes->begin(), bytes->end()), text);
  }
}

TEST(Base64, PlainReadsNothingElse) {
  for (const std::string_view wrong :
       {"A", "Zg", "Zg=", "=", "====", "Z===", "Zh==", "Zm9=", "Zm9v=", "Zm9v====", "Zg==Zg==", "-__-", "Zm 9"})
    EXPECT_FALSE(from_base64(wrong)) << wrong;
}

}  // namespace
}  // namespace tiketi::test
