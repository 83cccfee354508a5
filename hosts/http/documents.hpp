#pragma once
// Files that became part of the program when it was built.

#include <span>
#include <string_view>

namespace tiketi::http {

struct Document {
  std::string_view name;  ///< below /api-docs; empty: the page itself
  std::string_view content_type;
  std::string_view text;
};

/// docs/openapi.yaml
std::string_view openapi_yaml();

/// The pages that show it; without npm's swagger-ui-dist at build time, one that says what to install.
std::span<const Document> api_docs();

}  // namespace tiketi::http
