// Text from outside: UTF-8 as RFC 3629 defines it, and nothing that upsets a terminal.

#include <tiketi/base/text.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace tiketi::test {
namespace {

/// The encoding of one number by the bit pattern alone, allowed or not.
std::string encode(std::uint32_t character, int length) {
  if (length == 1) return {static_cast<char>(character)};
  std::string out(static_cast<std::size_t>(length), '\0');
  for (int i = length - 1; i > 0; --i, character >>= 6)
    out[static_cast<std::size_t>(i)] = static_cast<char>(0x80 | (character & 0x3f));
  out[0] = static_cast<char>((0xf00 >> length & 0xff) | character);
  return out;
}

int shortest_length(std::uint32_t character) {
  return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
}

TEST(Utf8, EveryCharacterThereIsInItsShortestForm) {
  EXPECT_EQ(encode(0xac00, 3), "\xea\xb0\x80");  // 가
  for (std::uint32_t character = 0; character < 0x11'0000; ++character) {
    const bool surrogate = character >= 0xd800 && character <= 0xdfff;
    ASSERT_EQ(is_utf8(encode(character, shortest_length(character))), !surrogate) << character;
  }
}

TEST(Utf8, NoOverlongForm) {
  for (std::uint32_t character = 0; character < 0x1'0000; ++character)
    for (int length = shortest_length(character) + 1; length <= 4; ++length)
      ASSERT_FALSE(is_utf8(encode(character, length))) << character << " in " << length;
}

TEST(Utf8, NothingPastTheLastPlane) {
  EXPECT_FALSE(is_utf8(encode(0x11'0000, 4)));
  EXPECT_FALSE(is_utf8("\xf5\x80\x80\x80"));
  EXPECT_FALSE(is_utf8("\xf8\x88\x80\x80\x80"));
  EXPECT_FALSE(is_utf8("\xff"));
  EXPECT_FALSE(is_utf8("\xfe"));
}

TEST(Utf8, NoCharacterCutShortOrBroken) {
  for (const std::uint32_t character : {0xe9U, 0xac00U, 0x1f3b5U}) {
    const std::string whole = encode(character, shortest_length(character));
    for (std::size_t length = 1; length < whole.size(); ++length) {
      EXPECT_FALSE(is_utf8(whole.substr(0, length)));
      EXPECT_FALSE(is_utf8(whole.substr(0, length) + "a" + whole.substr(length)));
      EXPECT_FALSE(is_utf8(whole.substr(length)));
    }
  }
}

TEST(Utf8, WholeTexts) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("싸이 흠뻑쇼 SUMMER SWAG 2026 🎵"));
  EXPECT_TRUE(is_utf8(std::string_view("a\0b", 3)));
  EXPECT_FALSE(is_utf8("싸이\xc0\x80"));
}

TEST(CleanText, HasNoControlCharacters) {
  EXPECT_TRUE(is_clean_text("아이유 콘서트", 100));
  for (std::uint32_t character = 0; character < 0x100; ++character) {
    const bool control = character < 0x20 || (character >= 0x7f && character < 0xa0);
    const std::string text = "a" + encode(character, shortest_length(character)) + "b";
    EXPECT_EQ(is_clean_text(text, 100), !control) << character;
    const bool allowed = !control || character == '\n' || character == '\t';
    EXPECT_EQ(is_clean_text(text, 100, true), allowed) << character;
  }
}

TEST(CleanText, IsCountedInBytes) {
  EXPECT_TRUE(is_clean_text("", 0));
  EXPECT_TRUE(is_clean_text("가나", 6));
  EXPECT_FALSE(is_clean_text("가나", 5));
  EXPECT_FALSE(is_clean_text("\xff", 10));
}

}  // namespace
}  // namespace tiketi::test
