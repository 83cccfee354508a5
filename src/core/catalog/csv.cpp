#include "core/catalog/csv.hpp"

#include "core/catalog/field_error.hpp"

#include <algorithm>
#include <utility>

namespace tiketi::catalog {

CsvReader::CsvReader(std::string_view text) : text_(text) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text_.starts_with(byte_order_mark)) text_.remove_prefix(byte_order_mark.size());
}

Result<std::vector<std::string>> CsvReader::next(std::size_t max_fields) {
  while (!text_.empty() && at_line_end()) take_line_end();
  record_line_ = line_;
  std::vector<std::string> fields;
  while (!text_.empty()) {
    auto field = take_field();
    if (!field) return at_line(record_line_, field.error());
    fields.push_back(std::move(*field));
    if (fields.size() > max_fields)
      return at_line(record_line_, refuse("columns", "are more than " + std::to_string(max_fields)));
    if (at_line_end()) {
      take_line_end();
      return fields;
    }
    text_.remove_prefix(1);  // the comma
    if (at_line_end()) {
      fields.emplace_back();  // the line ends in a comma: the last field is empty
      take_line_end();
      return fields;
    }
  }
  return fields;
}

Result<std::string> CsvReader::take_field() {
  if (text_.starts_with('"')) return take_quoted();
  const std::size_t end = std::min(text_.find_first_of(",\r\n"), text_.size());
  const std::string_view field = text_.substr(0, end);
  if (field.find('"') != std::string_view::npos)
    return refuse("quotes", "must enclose the whole field, and be doubled inside it");
  text_.remove_prefix(end);
  if (text_.starts_with('\r') && !at_line_end()) return refuse("line", "ends in a carriage return alone");
  return std::string(field);
}

Result<std::string> CsvReader::take_quoted() {
  std::string field;
  text_.remove_prefix(1);
  for (;;) {
    const std::size_t quote = text_.find('"');
    if (quote == std::string_view::npos) return refuse("quotes", "are not closed");
    const std::string_view part = text_.substr(0, quote);
    line_ += static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
    field += part;
    text_.remove_prefix(quote + 1);
    if (!text_.starts_with('"')) break;
    field += '"';
    text_.remove_prefix(1);
  }
  if (!at_line_end() && !text_.starts_with(','))
    return refuse("quotes", "must be followed by a comma or the line's end");
  return field;
}

void CsvReader::take_line_end() {
  if (text_.empty()) return;
  text_.remove_prefix(text_.starts_with('\r') ? 2 : 1);
  ++line_;
}

std::string csv_field(std::string_view text) {
  const bool bare =
      text.find_first_of(",\"\r\n") == std::string_view::npos && !text.starts_with(' ') && !text.ends_with(' ');
  if (bare) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

}  // namespace tiketi::catalog
