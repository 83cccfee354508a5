#pragma once
// The words of an enumeration, by its numbers.

#include <cstddef>
#include <string_view>

namespace tiketi::base {

/// A value that is none of the enumeration's, as a damaged store may have it, has no name.
template <class Names, class Enum>
constexpr std::string_view name_in(const Names& names, Enum value) noexcept {
  const auto index = static_cast<std::size_t>(value);
  return index < names.size() ? names[index] : std::string_view();
}

}  // namespace tiketi::base
