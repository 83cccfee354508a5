#include "server/json_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace tiketi::http {

void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  std::size_t plain_from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain_from, i - plain_from);
    plain_from = i + 1;
    out += '\\';
    switch (c) {
      case '"':
      case '\\':
        out += c;
        break;
      case '\n':
        out += 'n';
        break;
      case '\r':
        out += 'r';
        break;
      case '\t':
        out += 't';
        break;
      default:
        out += "u00";
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[static_cast<unsigned char>(c) & 0xf];
    }
  }
  out.append(text, plain_from);
  out += '"';
}

void JsonWriter::comma() {
  if (!first_) out_ += ',';
  first_ = false;
}

JsonWriter& JsonWriter::begin_object() {
  comma();
  out_ += '{';
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  out_ += '}';
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  comma();
  out_ += '[';
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  out_ += ']';
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  comma();
  append_json_string(out_, name);
  out_ += ':';
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  comma();
  append_json_string(out_, text);
  return *this;
}

JsonWriter& JsonWriter::value(bool truth) { return raw(truth ? "true" : "false"); }

JsonWriter& JsonWriter::value(std::nullptr_t) { return raw("null"); }

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return value(nullptr);
  std::array<char, 32> text{};
  return raw({text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr});
}

JsonWriter& JsonWriter::value(Uuid id) {
  std::array<char, 36> text{};
  write_uuid(id, text.data());
  comma();
  out_ += '"';
  out_.append(text.data(), text.size());
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::value(Timestamp time) { return value(std::string_view(to_iso8601(time))); }

JsonWriter& JsonWriter::raw(std::string_view json) {
  comma();
  out_ += json;
  return *this;
}

JsonWriter& JsonWriter::signed_value(std::int64_t number) {
  std::array<char, 24> text{};
  return raw({text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr});
}

JsonWriter& JsonWriter::unsigned_value(std::uint64_t number) {
  std::array<char, 24> text{};
  return raw({text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr});
}

}  // namespace tiketi::http
