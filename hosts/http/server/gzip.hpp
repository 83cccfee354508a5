#pragma once

#include <string>
#include <string_view>

namespace tiketi::http {

/// The text in gzip format (RFC 1952), or empty if it can't be made. Level 1 is fast, 9 is small.
std::string gzip(std::string_view text, int level);

}  // namespace tiketi::http
