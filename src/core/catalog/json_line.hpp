#pragma once
// Where in a JSON text a value stands, for messages.

#include <cstddef>
#include <string_view>

namespace tiketi::catalog {

/// The line, from 1, of the value that `path` (such as `sections[2].rows`) names in well-formed JSON; of
/// the innermost one on the way if it is not there.
std::size_t line_in_json(std::string_view text, std::string_view path);

}  // namespace tiketi::catalog
