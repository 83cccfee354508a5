#pragma once
// CSV as RFC 4180 has it; lines may also end with a line feed alone.

#include <tiketi/base/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::catalog {

class CsvReader {
 public:
  /// Skips a byte order mark. The text must outlive the reader.
  explicit CsvReader(std::string_view text);

  /// The fields of the next record; none at the end. Empty lines are skipped. invalid_argument (a quote in the
  /// wrong place, more than `max_fields`); details: field, line.
  Result<std::vector<std::string>> next(std::size_t max_fields);

  /// Where the last record begins, from 1.
  std::size_t line() const { return record_line_; }

 private:
  Result<std::string> take_field();
  Result<std::string> take_quoted();
  bool at_line_end() const { return text_.empty() || text_.starts_with('\n') || text_.starts_with("\r\n"); }
  void take_line_end();

  std::string_view text_;
  std::size_t line_ = 1;
  std::size_t record_line_ = 1;
};

/// The field as it is written, in quotes where it takes them.
std::string csv_field(std::string_view text);

}  // namespace tiketi::catalog
