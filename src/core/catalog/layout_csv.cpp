#include "core/catalog/csv.hpp"
#include "core/catalog/field_error.hpp"
#include "core/catalog/layout_geometry.hpp"

#include <tiketi/catalog/layout_text.hpp>
#include <tiketi/catalog/rules.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace tiketi::catalog {
namespace {

constexpr std::size_t max_columns = 16;
constexpr std::size_t max_told_name_bytes = 50;

struct ColumnRule {
  std::string_view name;
  bool required = true;
};
constexpr ColumnRule seat_columns[] = {{"section"},  {"row"},      {"number"},        {"price"},
                                       {"x", false}, {"y", false}, {"blocked", false}};
constexpr ColumnRule section_columns[] = {{"section"}, {"rows"}, {"seats_per_row"}, {"price"}, {"start_row", false}};

/// A table with a header line, read line by line.
class Table {
 public:
  explicit Table(std::string_view text) : reader_(text) {}

  Result<void> read_header() {
    auto header = reader_.next(max_columns);
    if (!header) return header.error();
    if (header->empty()) return at_line(1, refuse("header", "is missing"));
    header_ = std::move(*header);
    const bool by_section = std::find(header_.begin(), header_.end(), "rows") != header_.end();
    rules_ = by_section ? std::span<const ColumnRule>(section_columns) : std::span<const ColumnRule>(seat_columns);
    for (std::size_t i = 0; i < header_.size(); ++i)
      if (auto ok = check_column(i); !ok) return at_line(reader_.line(), ok.error());
    for (const ColumnRule& rule : rules_)
      if (rule.required && std::find(header_.begin(), header_.end(), rule.name) == header_.end())
        return at_line(reader_.line(), refuse(std::string(rule.name), "is missing among the columns"));
    return {};
  }

  bool is_by_section() const { return rules_.data() == section_columns; }
  std::size_t line() const { return reader_.line(); }

  /// False at the end.
  Result<bool> next() {
    auto fields = reader_.next(max_columns);
    if (!fields) return fields.error();
    if (fields->empty()) return false;
    if (fields->size() != header_.size())
      return at_line(line(), refuse("columns", "must be " + std::to_string(header_.size()) + ", not " +
                                                   std::to_string(fields->size())));
    fields_ = std::move(*fields);
    return true;
  }

  /// Empty if there is no such column.
  std::string_view text(std::string_view column) const {
    const auto found = std::find(header_.begin(), header_.end(), column);
    return found == header_.end() ? std::string_view() : fields_[static_cast<std::size_t>(found - header_.begin())];
  }

  /// Nothing if it is left empty.
  template <class Integer>
  Result<std::optional<Integer>> number(std::string_view column, Integer least, Integer most) const {
    const std::string_view digits = text(column);
    if (digits.empty()) return std::optional<Integer>();
    std::int64_t value = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (failed == std::errc::invalid_argument || end != digits.data() + digits.size())
      return at_line(line(), refuse(std::string(column), "must be a whole number"));
    if (failed == std::errc::result_out_of_range) value = digits.starts_with('-') ? INT64_MIN : INT64_MAX;
    if (auto ok = check_range(std::string(column), value, least, most); !ok) return at_line(line(), ok.error());
    return std::optional<Integer>(static_cast<Integer>(value));
  }

  template <class Integer>
  Result<Integer> required_number(std::string_view column, Integer least, Integer most) const {
    auto value = number(column, least, most);
    if (!value) return value.error();
    if (!*value) return at_line(line(), refuse(std::string(column), "must not be empty"));
    return **value;
  }

 private:
  Result<void> check_column(std::size_t index) const {
    const std::string& name = header_[index];
    const bool known =
        std::any_of(rules_.begin(), rules_.end(), [&](const ColumnRule& rule) { return rule.name == name; });
    const std::string told = is_clean_text(name, max_told_name_bytes) ? name : "column " + std::to_string(index + 1);
    if (!known) return refuse(told, "is not a column of a layout; check the spelling");
    const auto here = header_.begin() + static_cast<std::ptrdiff_t>(index);
    if (std::find(header_.begin(), here, name) != here) return refuse(told, "is there twice");
    return {};
  }

  CsvReader reader_;
  std::vector<std::string> header_;
  std::span<const ColumnRule> rules_;
  std::vector<std::string> fields_;
};

/// Sections by name, in the order in which they appear, and the line of each one's first appearance.
struct Sections {
  std::vector<LayoutSection> list;
  std::vector<std::size_t> lines;
  std::unordered_map<std::string, std::size_t> by_name;

  Result<std::size_t> add(LayoutSection section, std::size_t line) {
    if (list.size() == max_layout_sections)
      return at_line(line, exceeds("section", static_cast<std::int64_t>(max_layout_sections), " in number"));
    by_name.emplace(section.name, list.size());
    list.push_back(std::move(section));
    lines.push_back(line);
    return list.size() - 1;
  }
};

struct SeatLine {
  std::size_t section = 0;
  SeatPosition position;
  std::optional<std::int32_t> x;
  std::optional<std::int32_t> y;
  bool blocked = false;
  std::size_t line = 0;
};

Result<bool> read_blocked(const Table& table) {
  const std::string_view word = table.text("blocked");
  if (word.empty() || word == "no" || word == "false" || word == "0") return false;
  if (word == "yes" || word == "true" || word == "1") return true;
  return at_line(table.line(), refuse("blocked", "must be yes or no"));
}

/// The section that the line names; its price must be the same on all lines.
Result<std::size_t> read_section(const Table& table, Sections& sections) {
  const auto price = table.required_number<std::int64_t>("price", 0, max_price_minor);
  if (!price) return price.error();
  std::string name(table.text("section"));
  const auto known = sections.by_name.find(name);
  if (known == sections.by_name.end())
    return sections.add({.name = std::move(name), .price_minor = *price}, table.line());
  if (sections.list[known->second].price_minor != *price)
    return at_line(table.line(), refuse("price", "differs from that of the section's first seat in line " +
                                                     std::to_string(sections.lines[known->second])));
  return known->second;
}

Result<SeatLine> read_seat(const Table& table, Sections& sections) {
  const auto section = read_section(table, sections);
  if (!section) return section.error();
  const auto row = table.required_number<std::int32_t>("row", 1, max_start_row);
  if (!row) return row.error();
  const auto number = table.required_number<std::int32_t>("number", 1, max_seats_per_row);
  if (!number) return number.error();
  const auto x = table.number<std::int32_t>("x", -max_seat_coordinate, max_seat_coordinate);
  if (!x) return x.error();
  const auto y = table.number<std::int32_t>("y", -max_seat_coordinate, max_seat_coordinate);
  if (!y) return y.error();
  if (x->has_value() != y->has_value())
    return at_line(table.line(), refuse(x->has_value() ? "y" : "x", "must be given too, or neither"));
  const auto blocked = read_blocked(table);
  if (!blocked) return blocked.error();
  return SeatLine{*section, {*row, *number}, *x, *y, *blocked, table.line()};
}

/// By section, row and number. A seat that is there twice is refused.
Result<std::vector<SeatLine>> read_seats(Table& table, Sections& sections) {
  std::vector<SeatLine> seats;
  for (;;) {
    const auto more = table.next();
    if (!more) return more.error();
    if (!*more) break;
    const auto seat = read_seat(table, sections);
    if (!seat) return seat.error();
    if (static_cast<std::int64_t>(seats.size()) == max_layout_seats)
      return at_line(table.line(), exceeds("seats", max_layout_seats, " in number"));
    seats.push_back(*seat);
  }
  const auto place = [](const SeatLine& seat) { return std::tuple(seat.section, seat.position); };
  std::sort(seats.begin(), seats.end(), [&](const SeatLine& a, const SeatLine& b) {
    return std::tuple(place(a), a.line) < std::tuple(place(b), b.line);
  });
  const auto twice = std::adjacent_find(seats.begin(), seats.end(),
                                        [&](const SeatLine& a, const SeatLine& b) { return place(a) == place(b); });
  if (twice != seats.end())
    return at_line(twice[1].line, refuse("number", "is the same seat as in line " + std::to_string(twice[0].line)));
  return seats;
}

/// Makes each section's rectangle as large as its seats take.
void span_rectangles(const std::vector<SeatLine>& seats, std::vector<LayoutSection>& sections) {
  for (const SeatLine& seat : seats) {
    LayoutSection& section = sections[seat.section];
    if (section.rows == 0) section.start_row = seat.position.row;  // sorted: the first is the lowest
    section.rows = seat.position.row - section.start_row + 1;
    section.seats_per_row = std::max(section.seats_per_row, seat.position.number);
  }
}

/// What the rectangles lack are gaps; a seat that lies elsewhere than it would by default is placed.
void fill_rectangles(const std::vector<SeatLine>& seats, SeatLayout& layout) {
  const std::vector<GeneratedSeat> defaults = generate_seats(layout);  // a seat for every position
  auto seat = seats.begin();
  for (const GeneratedSeat& made : defaults) {
    LayoutSection& section = layout.sections[made.section];
    if (seat == seats.end() || seat->section != made.section || seat->position != made.position) {
      section.gaps.push_back(made.position);
      continue;
    }
    if (seat->blocked) section.blocked.push_back(made.position);
    if (seat->x && (*seat->x != made.x || *seat->y != made.y))
      section.placed.push_back({made.position, *seat->x, *seat->y});
    ++seat;
  }
}

Result<void> read_section_lines(Table& table, Sections& sections) {
  for (;;) {
    const auto more = table.next();
    if (!more) return more.error();
    if (!*more) return {};
    const auto rows = table.required_number<std::int32_t>("rows", 1, max_section_rows);
    if (!rows) return rows.error();
    const auto seats_per_row = table.required_number<std::int32_t>("seats_per_row", 1, max_seats_per_row);
    if (!seats_per_row) return seats_per_row.error();
    const auto start_row = table.number<std::int32_t>("start_row", 1, max_start_row);
    if (!start_row) return start_row.error();
    const std::size_t known = sections.list.size();
    const auto index = read_section(table, sections);
    if (!index) return index.error();
    if (*index != known)
      return at_line(table.line(),
                     refuse("section", "is the same as in line " + std::to_string(sections.lines[*index])));
    LayoutSection& section = sections.list[*index];
    section.rows = *rows;
    section.seats_per_row = *seats_per_row;
    section.start_row = start_row->value_or(1);
  }
}

/// `check`, naming the line where the section of the refused field begins.
Result<void> check_with_line(const SeatLayout& layout, const std::vector<std::size_t>& lines) {
  const auto ok = check(layout);
  if (ok) return ok;
  const Error error = ok.error();
  constexpr std::string_view prefix = "sections[";
  const std::string_view field = error.detail("field");
  if (!field.starts_with(prefix)) return error;
  std::size_t index = 0;
  std::from_chars(field.data() + prefix.size(), field.data() + field.size(), index);
  return index < lines.size() ? at_line(lines[index], error) : error;
}

}  // namespace

Result<SeatLayout> parse_layout_csv(std::string_view text, std::string name, std::string description) {
  if (text.size() > max_layout_text_bytes)
    return exceeds("layout", static_cast<std::int64_t>(max_layout_text_bytes), " bytes long");
  Table table(text);
  if (auto ok = table.read_header(); !ok) return ok.error();
  Sections sections;
  std::vector<SeatLine> seats;
  if (table.is_by_section()) {
    if (auto ok = read_section_lines(table, sections); !ok) return ok.error();
  } else {
    auto read = read_seats(table, sections);
    if (!read) return read.error();
    seats = std::move(*read);
    span_rectangles(seats, sections.list);
  }
  SeatLayout layout{
      .name = std::move(name), .description = std::move(description), .sections = std::move(sections.list)};
  // The rectangles alone first: only what passes is small enough to be filled.
  if (auto ok = check_with_line(layout, sections.lines); !ok) return ok.error();
  if (table.is_by_section()) return layout;
  fill_rectangles(seats, layout);
  if (auto ok = check_with_line(layout, sections.lines); !ok) return ok.error();
  return layout;
}

std::string layout_to_csv(const SeatLayout& layout) {
  std::vector<std::string> names;
  for (const LayoutSection& section : layout.sections) names.push_back(csv_field(section.name));
  std::string out = "section,row,number,price,x,y,blocked\r\n";
  for (const GeneratedSeat& seat : generate_seats(layout)) {
    out += names[seat.section];
    for (const std::int64_t number : {std::int64_t{seat.position.row}, std::int64_t{seat.position.number},
                                      seat.price_minor, std::int64_t{seat.x}, std::int64_t{seat.y}}) {
      out += ',';
      out += std::to_string(number);
    }
    out += seat.blocked ? ",yes\r\n" : ",\r\n";
  }
  return out;
}

}  // namespace tiketi::catalog
