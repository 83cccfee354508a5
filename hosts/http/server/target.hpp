#pragma once
// The request target: path and query, taken apart and decoded.

#include "server/name_values.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::http {

struct TargetBounds {
  std::size_t max_parameters = 64;
};

/// Reads `/path?query`, also behind `http://host`. Decodes `%41` segment by segment into `path`, of which `segments`
/// are parts (`/` has none, an empty one at the end does not count), and the query, where `+` is a space.
///
/// False for whatever is no sane path: bad escapes, bytes that are not UTF-8, control characters, `.` and `..`, an
/// encoded slash or a backslash, a fragment, more parameters than allowed.
bool parse_target(std::string_view target, const TargetBounds& bounds, std::string& path,
                  std::vector<std::string_view>& segments, NameValues& query);

}  // namespace tiketi::http
