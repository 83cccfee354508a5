#pragma once
// Text as the search compares it.
//
// Case, accents, spaces and punctuation go; Hangul becomes the letters that one types, final and initial
// consonants alike (값 is ㄱㅏㅂㅅ), so that a syllable typed half is the beginning of the whole one.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::catalog {

/// What begins at a letter. Nothing begins inside a syllable or a Latin word.
enum class Begins : std::uint8_t { nothing = 0, syllable = 1, word = 2 };

struct SearchText {
  std::u16string letters;      ///< UTF-16; Hangul as compatibility jamo
  std::vector<Begins> begins;  ///< parallel to the letters
};

SearchText to_search_text(std::string_view utf8);

constexpr bool is_hangul_letter(char16_t letter) noexcept { return letter >= 0x3131 && letter <= 0x318e; }

/// The words of a text, in order: what lies between its word beginnings.
std::vector<std::u16string> words_of(const SearchText& text);

}  // namespace tiketi::catalog
