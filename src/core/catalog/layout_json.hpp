#pragma once
// The `sections` array of a layout's JSON alone, which is also how the SQL stores keep it.

#include <tiketi/base/result.hpp>
#include <tiketi/catalog/seat_layout.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::catalog {

/// On one line.
std::string sections_to_json(const std::vector<LayoutSection>& sections);

/// Checks the form alone, not the invariants of a layout. The errors of `parse_layout_json`.
Result<std::vector<LayoutSection>> parse_sections_json(std::string_view text);

/// The line, from 1, of the value that `path` (such as `sections[2].rows`) names in well-formed JSON; of
/// the innermost one on the way if it is not there.
std::size_t line_in_json(std::string_view text, std::string_view path);

}  // namespace tiketi::catalog
