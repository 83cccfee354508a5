#pragma once
// What was measured, and how it is told.

#include <ostream>
#include <span>
#include <string>

namespace tiketi::bench {

/// A figure with its limit: what the same work costs at least, measured beside it. A ratio of 1 has reached the
/// limit, and bigger is always better.
struct Row {
  std::string name;
  double value = 0;
  std::string unit;
  double limit = 0;
  double ratio = 0;
  std::string limit_is;  ///< what was measured as the limit
  std::string goal;      ///< what we want to see; empty: nothing in particular
};

/// Of which more is better.
Row rate(std::string name, std::string unit, double value, double limit, std::string limit_is, std::string goal = {});
/// Of which less is better: a time or a size.
Row cost(std::string name, std::string unit, double value, double limit, std::string limit_is, std::string goal = {});

void print_table(std::ostream& out, std::span<const Row> rows);

/// A list of {name, value, unit, limit, ratio}.
void write_json(const std::string& path, std::span<const Row> rows);

}  // namespace tiketi::bench
