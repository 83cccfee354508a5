#include "server/target.hpp"

#include <tiketi/base/text.hpp>

#include <algorithm>
#include <optional>

namespace tiketi::http {
namespace {

constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Appends the text with its escapes decoded; false if one is malformed. A slash or backslash that comes of an escape
/// is refused when `in_path`: it would make two segments of one for whoever looks at the path later.
bool append_decoded(std::string& out, std::string_view text, bool in_path) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return false;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high * 16 + low);
      if (in_path && c == '/') return false;
      i += 2;
    } else if (c == '+' && !in_path) {
      c = ' ';
    }
    if (c == '\0' || (in_path && c == '\\')) return false;
    out += c;
  }
  return true;
}

/// `http://host/path` is what proxies are sent, and servers must take (RFC 9112 3.2.2).
std::string_view without_authority(std::string_view target) noexcept {
  for (const std::string_view scheme : {"http://", "https://"})
    if (target.starts_with(scheme)) {
      const std::size_t slash = target.find_first_of("/?", scheme.size());
      return slash == target.npos || target[slash] == '?' ? "/" : target.substr(slash);
    }
  return target;
}

bool split(std::string_view path, std::vector<std::string_view>& segments) {
  path.remove_prefix(1);
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (segment == "." || segment == "..") return false;
    segments.push_back(segment);
    if (slash == path.npos) break;
    path.remove_prefix(slash + 1);
  }
  return true;
}

bool parse_query(std::string_view query, const TargetBounds& bounds, NameValues& out) {
  std::string name;
  std::string value;
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(end == query.npos ? query.size() : end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    name.clear();
    value.clear();
    if (out.size() >= bounds.max_parameters || !append_decoded(name, pair.substr(0, equals), false) ||
        (equals != pair.npos && !append_decoded(value, pair.substr(equals + 1), false)) || !is_utf8(name) ||
        !is_utf8(value))
      return false;
    out.add(name, value);
  }
  return true;
}

}  // namespace

bool parse_target(std::string_view target, const TargetBounds& bounds, std::string& path,
                  std::vector<std::string_view>& segments, NameValues& query) {
  path.clear();
  segments.clear();
  query.clear();
  target = without_authority(target);
  if (!target.starts_with('/') || target.find('#') != target.npos) return false;
  const std::size_t question = target.find('?');
  if (!append_decoded(path, target.substr(0, question), true) || !is_clean_text(path, path.size())) return false;
  if (!split(path, segments)) return false;
  return question == target.npos || parse_query(target.substr(question + 1), bounds, query);
}

}  // namespace tiketi::http
