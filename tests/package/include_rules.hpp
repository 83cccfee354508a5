#pragma once
// Who may include whom: hosts → services → rules → nouns → base; services → ports; adapters → stores,
// ports, nouns. Never core → adapters, column → column, adapter → host, nor third-party headers but
// Boost.System's result in a public header.

#include <string>
#include <string_view>
#include <vector>

namespace tiketi::test {

/// The files that a text includes, as written between the quotes or brackets.
std::vector<std::string> includes_in(std::string_view text);

/// Why the file at `path` (from the project's root, such as `src/core/catalog/search.cpp`) must not include
/// `included`; empty if it may.
std::string violation(std::string_view path, std::string_view included);

}  // namespace tiketi::test
