#pragma once
// Building addresses.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tiketi::http {

/// The address with more query parameters, percent-encoded; those with an empty value are left out.
std::string with_query(std::string address,
                       const std::vector<std::pair<std::string_view, std::string_view>>& parameters);

}  // namespace tiketi::http
