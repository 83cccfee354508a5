#pragma once
// How a refused field is told: the message begins with its name, and a detail repeats it for programs.

#include <tiketi/base/error.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/base/text.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace tiketi::catalog {

inline Error refuse(std::string field, std::string_view what, Errc code = Errc::invalid_argument) {
  std::string message = field + ' ' + std::string(what);
  return {code, std::move(message), {{"field", std::move(field)}}};
}

inline Error exceeds(std::string field, std::int64_t limit, std::string_view unit = {}) {
  const std::string bound = std::to_string(limit);
  Error error = refuse(std::move(field), "must be at most " + bound + std::string(unit), Errc::limit_exceeded);
  error.details.push_back({"limit", bound});
  return error;
}

/// The same refusal of a part of something: `prefix` is what stands before the names of its fields.
inline Error within(std::string_view prefix, Error error) {
  error.message.insert(0, prefix);
  for (Detail& detail : error.details)
    if (detail.name == "field") detail.value.insert(0, prefix);
  return error;
}

/// The same refusal, with the line of the text where it is.
inline Error at_line(std::size_t line, Error error) {
  error.message = "line " + std::to_string(line) + ": " + error.message;
  error.details.push_back({"line", std::to_string(line)});
  return error;
}

/// Below `least` is invalid, above `most` is too large.
inline Result<void> check_range(std::string field, std::int64_t value, std::int64_t least, std::int64_t most) {
  if (value < least)
    return refuse(std::move(field), "must be at least " + std::to_string(least) + ", not " + std::to_string(value));
  if (value > most) return exceeds(std::move(field), most);
  return {};
}

struct TextBounds {
  std::size_t max_bytes = 0;
  bool required = false;
  bool multi_line = false;
};

inline Result<void> check_text(std::string field, std::string_view text, TextBounds bounds) {
  if (text.size() > bounds.max_bytes)
    return exceeds(std::move(field), static_cast<std::int64_t>(bounds.max_bytes), " bytes long");
  if (!is_utf8(text)) return refuse(std::move(field), "must be UTF-8");
  if (!is_clean_text(text, bounds.max_bytes, bounds.multi_line))
    return refuse(std::move(field), "must not contain control characters");
  if (bounds.required && text.find_first_not_of(' ') == std::string_view::npos)
    return refuse(std::move(field), "must not be empty");
  return {};
}

}  // namespace tiketi::catalog
