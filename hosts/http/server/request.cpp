#include "server/request.hpp"

#include <algorithm>
#include <array>

namespace tiketi::http {
namespace {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool same_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view name(Method method) noexcept {
  static constexpr std::array<std::string_view, method_count> names = {"GET",   "HEAD",   "POST",   "PUT",
                                                                       "PATCH", "DELETE", "OPTIONS"};
  return names[static_cast<std::size_t>(method)];
}

}  // namespace tiketi::http
