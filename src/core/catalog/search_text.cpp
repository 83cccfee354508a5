#include "core/catalog/search_text.hpp"

#include <array>
#include <utility>

namespace tiketi::catalog {
namespace {

// Initial consonants, vowels and finals of a syllable in the order of Unicode, as the keys that type them.
constexpr std::array<std::u16string_view, 19> initials{u"ㄱ", u"ㄲ", u"ㄴ", u"ㄷ", u"ㄸ", u"ㄹ", u"ㅁ",
                                                       u"ㅂ", u"ㅃ", u"ㅅ", u"ㅆ", u"ㅇ", u"ㅈ", u"ㅉ",
                                                       u"ㅊ", u"ㅋ", u"ㅌ", u"ㅍ", u"ㅎ"};
constexpr std::array<std::u16string_view, 21> vowels{u"ㅏ",   u"ㅐ",   u"ㅑ",   u"ㅒ",   u"ㅓ",   u"ㅔ",   u"ㅕ",
                                                     u"ㅖ",   u"ㅗ",   u"ㅗㅏ", u"ㅗㅐ", u"ㅗㅣ", u"ㅛ",   u"ㅜ",
                                                     u"ㅜㅓ", u"ㅜㅔ", u"ㅜㅣ", u"ㅠ",   u"ㅡ",   u"ㅡㅣ", u"ㅣ"};
constexpr std::array<std::u16string_view, 28> finals{u"",     u"ㄱ",   u"ㄲ",   u"ㄱㅅ", u"ㄴ",   u"ㄴㅈ", u"ㄴㅎ",
                                                     u"ㄷ",   u"ㄹ",   u"ㄹㄱ", u"ㄹㅁ", u"ㄹㅂ", u"ㄹㅅ", u"ㄹㅌ",
                                                     u"ㄹㅍ", u"ㄹㅎ", u"ㅁ",   u"ㅂ",   u"ㅂㅅ", u"ㅅ",   u"ㅆ",
                                                     u"ㅇ",   u"ㅈ",   u"ㅊ",   u"ㅋ",   u"ㅌ",   u"ㅍ",   u"ㅎ"};

// The compatibility consonants, from U+3131; the compatibility vowels are in the order of `vowels`.
constexpr std::array<std::u16string_view, 30> consonants{
    u"ㄱ",   u"ㄲ",   u"ㄱㅅ", u"ㄴ",   u"ㄴㅈ", u"ㄴㅎ", u"ㄷ", u"ㄸ", u"ㄹ", u"ㄹㄱ",
    u"ㄹㅁ", u"ㄹㅂ", u"ㄹㅅ", u"ㄹㅌ", u"ㄹㅍ", u"ㄹㅎ", u"ㅁ", u"ㅂ", u"ㅃ", u"ㅂㅅ",
    u"ㅅ",   u"ㅆ",   u"ㅇ",   u"ㅈ",   u"ㅉ",   u"ㅊ",   u"ㅋ", u"ㅌ", u"ㅍ", u"ㅎ"};

// U+00C0 to U+017F without their accents; a space where there is no plain letter.
constexpr std::string_view plain_latin =
    "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(plain_latin.size() == 0x180 - 0xc0);

constexpr char32_t replacement = 0xfffd;

/// Takes a character off the text; what is not UTF-8 is replaced byte by byte.
char32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  std::size_t length = lead < 0x80 ? 1 : lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 0;
  if (length == 0 || length > text.size()) {
    text.remove_prefix(1);
    return replacement;
  }
  char32_t character = length == 1 ? lead : lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) character = character << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
  text.remove_prefix(length);
  return character;
}

char32_t fold_case(char32_t c) {
  if (c >= 0xff01 && c <= 0xff5e) c -= 0xfee0;  // full width
  if (c >= U'A' && c <= U'Z') return c + 32;
  if (c >= 0xc0 && c < 0x180 && plain_latin[c - 0xc0] != ' ') return static_cast<unsigned char>(plain_latin[c - 0xc0]);
  if ((c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f)) return c + 32;  // Greek, Cyrillic
  if (c >= 0x400 && c <= 0x40f) return c + 80;
  return c;
}

bool is_combining_mark(char32_t c) { return c >= 0x300 && c <= 0x36f; }

/// Spaces and punctuation part words and are no letters. % and _ mean themselves.
bool parts_words(char32_t c) {
  if (c == U'%' || c == U'_') return false;
  if (c < 0x80) return !((c >= U'a' && c <= U'z') || (c >= U'0' && c <= U'9'));
  return c < 0xc0 || c == 0xd7 || c == 0xf7 || (c >= 0x2000 && c <= 0x2bff) || (c >= 0x3000 && c <= 0x303f) ||
         (c >= 0xfe00 && c <= 0xfe6f) || c == 0xfeff || (c >= 0xff5f && c <= 0xff65) || c == replacement;
}

/// How a script is written: whether each character stands for a syllable or a word, or words are spelt.
enum class Script { none, syllables, alphabet };

Script script_of(char32_t c) {
  const bool east_asian = (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
                          (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff);
  return east_asian || c == U'%' || c == U'_' ? Script::syllables : Script::alphabet;
}

/// Appends letters and marks what begins at them.
class Writer {
 public:
  void part_words() { last_ = Script::none; }

  void add(char32_t c) {
    if (c >= 0xac00 && c <= 0xd7a3) return add_syllable(c - 0xac00);
    if (c >= 0x1100 && c <= 0x1112) return begin(Script::syllables), append(initials[c - 0x1100]);
    if (c >= 0x1161 && c <= 0x1175) return append(vowels[c - 0x1161]);
    if (c >= 0x11a8 && c <= 0x11c2) return append(finals[c - 0x11a7]);
    begin(script_of(c));
    if (c >= 0x3131 && c <= 0x314e) return append(consonants[c - 0x3131]);
    if (c >= 0x314f && c <= 0x3163) return append(vowels[c - 0x314f]);
    if (c < 0x10000) return append_unit(static_cast<char16_t>(c));
    append_unit(static_cast<char16_t>(0xd800 + ((c - 0x10000) >> 10)));
    append_unit(static_cast<char16_t>(0xdc00 + ((c - 0x10000) & 0x3ff)));
  }

  SearchText take() { return std::move(out_); }

 private:
  void add_syllable(char32_t index) {
    begin(Script::syllables);
    append(initials[index / (vowels.size() * finals.size())]);
    append(vowels[index / finals.size() % vowels.size()]);
    append(finals[index % finals.size()]);
  }
  void begin(Script script) {
    next_ = script != last_ ? Begins::word : script == Script::syllables ? Begins::syllable : Begins::nothing;
    last_ = script;
  }
  void append(std::u16string_view letters) {
    for (const char16_t unit : letters) append_unit(unit);
  }
  void append_unit(char16_t unit) {
    out_.letters += unit;
    out_.begins.push_back(next_);
    next_ = Begins::nothing;
  }

  SearchText out_;
  Script last_ = Script::none;
  Begins next_ = Begins::nothing;
};

}  // namespace

SearchText to_search_text(std::string_view utf8) {
  Writer writer;
  while (!utf8.empty()) {
    const char32_t c = fold_case(take_character(utf8));
    if (is_combining_mark(c)) continue;
    if (parts_words(c)) writer.part_words();
    else writer.add(c);
  }
  return writer.take();
}

std::vector<std::u16string> words_of(const SearchText& text) {
  std::vector<std::u16string> words;
  for (std::size_t i = 0; i < text.letters.size(); ++i) {
    if (words.empty() || text.begins[i] == Begins::word) words.emplace_back();
    words.back() += text.letters[i];
  }
  return words;
}

}  // namespace tiketi::catalog
