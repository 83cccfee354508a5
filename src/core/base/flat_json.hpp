#pragma once
// Writes JSON objects, for the messages that a commit puts into the outbox.

#include <tiketi/base/id.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace tiketi::base {

/// Appends members of a JSON object.
class FlatJson {
 public:
  explicit FlatJson(std::string& out) : out_(out) { out_ += '{'; }

  void number(std::string_view key, std::int64_t value) {
    name(key);
    std::array<char, 20> digits{};
    out_.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
  }
  /// UTF-8; control characters are escaped.
  void text(std::string_view key, std::string_view value) {
    name(key);
    out_ += '"';
    for (const char c : value) append(c);
    out_ += '"';
  }
  void uuid(std::string_view key, Uuid value) {
    std::array<char, 36> characters{};
    write_uuid(value, characters.data());
    text(key, {characters.data(), characters.size()});
  }
  /// `append_items` writes what stands between the brackets.
  template <class AppendItems>
  void list(std::string_view key, AppendItems append_items) {
    name(key);
    out_ += '[';
    append_items();
    out_ += ']';
  }
  void close() { out_ += '}'; }

 private:
  void name(std::string_view key) {
    out_ += first_ ? "\"" : ",\"";
    first_ = false;
    out_ += key;
    out_ += "\":";
  }
  void append(char c) {
    constexpr char digits[] = "0123456789abcdef";
    if (c == '"' || c == '\\') {
      out_ += '\\';
      out_ += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out_ += "\\u00";
      out_ += digits[c >> 4 & 0xf];
      out_ += digits[c & 0xf];
    } else {
      out_ += c;
    }
  }

  std::string& out_;
  bool first_ = true;
};

}  // namespace tiketi::base
