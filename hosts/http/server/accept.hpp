#pragma once
// Headers that are lists with preferences: `ko, en;q=0.8`, `gzip;q=0`, `"a", W/"b"`.

#include <string_view>

namespace tiketi::http {

std::string_view trimmed(std::string_view text) noexcept;

/// Takes the first element off a comma-separated list, trimmed.
std::string_view next_element(std::string_view& list) noexcept;

/// The element without its parameters, and its `q` (1 if there is none, 0 if it is malformed).
struct Preference {
  std::string_view word;
  double quality = 1;
};
Preference preference(std::string_view element) noexcept;

/// True if an Accept-Encoding header allows gzip.
bool accepts_gzip(std::string_view accept_encoding) noexcept;

/// True if an If-None-Match header names the ETag; W/ does not count.
bool names_etag(std::string_view if_none_match, std::string_view etag) noexcept;

}  // namespace tiketi::http
