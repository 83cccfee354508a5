#include "report.hpp"

#include <algorithm>
#include <fstream>
#include <iomanip>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace tiketi::bench {

namespace {

/// Three significant digits, or all that are before the point: with commas, for people.
std::string readable(double number) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(number < 10 ? 3 : number < 100 ? 2 : number < 1000 ? 1 : 0) << number;
  std::string out = text.str();
  std::size_t at = std::min(out.find('.'), out.size());
  for (; at > 3; at -= 3) out.insert(at - 3, ",");
  return out;
}

std::string precise(double number) {
  std::ostringstream text;
  text << std::setprecision(6) << number;
  return text.str();
}

}  // namespace

Row rate(std::string name, std::string unit, double value, double limit, std::string limit_is, std::string goal) {
  return {std::move(name), value, std::move(unit), limit, value / limit, std::move(limit_is), std::move(goal)};
}

Row cost(std::string name, std::string unit, double value, double limit, std::string limit_is, std::string goal) {
  return {std::move(name), value, std::move(unit), limit, limit / value, std::move(limit_is), std::move(goal)};
}

void print_table(std::ostream& out, std::span<const Row> rows) {
  std::size_t width = 4, unit_width = 4;
  for (const Row& row : rows) {
    width = std::max(width, row.name.size());
    unit_width = std::max(unit_width, row.unit.size());
  }
  const auto name_column = static_cast<int>(width + 2);
  const auto unit_column = static_cast<int>(unit_width + 2);
  const auto line = [&](const std::string& name, const std::string& value, const std::string& unit,
                        const std::string& limit, const std::string& ratio, const std::string& rest) {
    out << std::left << std::setw(name_column) << name << std::right << std::setw(12) << value << ' ' << std::left
        << std::setw(unit_column) << unit << std::right << std::setw(12) << limit << std::setw(8) << ratio << "  "
        << rest << '\n';
  };
  line("name", "value", "unit", "limit", "ratio", "limit is; goal");
  for (const Row& row : rows) {
    std::ostringstream ratio;
    ratio << std::fixed << std::setprecision(row.ratio < 0.1 ? 3 : 2) << row.ratio;
    line(row.name, readable(row.value), row.unit, readable(row.limit), ratio.str(),
         row.limit_is + (row.goal.empty() ? "" : "; goal: " + row.goal));
  }
}

void write_json(const std::string& path, std::span<const Row> rows) {
  std::ofstream file(path);
  file << "[\n";
  for (std::size_t i = 0; i < rows.size(); ++i)
    file << "  {\"name\": \"" << rows[i].name << "\", \"value\": " << precise(rows[i].value) << ", \"unit\": \""
         << rows[i].unit << "\", \"limit\": " << precise(rows[i].limit) << ", \"ratio\": " << precise(rows[i].ratio)
         << (i + 1 < rows.size() ? "},\n" : "}\n");
  file << "]\n";
  file.close();
  if (!file) throw std::runtime_error("can't write " + path);
}

}  // namespace tiketi::bench
