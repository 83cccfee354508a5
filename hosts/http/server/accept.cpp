#include "server/accept.hpp"

#include "server/request.hpp"

#include <algorithm>
#include <charconv>

namespace tiketi::http {

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view next_element(std::string_view& list) noexcept {
  const std::size_t comma = list.find(',');
  const std::string_view element = trimmed(list.substr(0, comma));
  list.remove_prefix(comma == list.npos ? list.size() : comma + 1);
  return element;
}

Preference preference(std::string_view element) noexcept {
  const std::size_t semicolon = element.find(';');
  Preference out{trimmed(element.substr(0, semicolon)), 1};
  if (semicolon == element.npos) return out;
  const std::string_view parameter = trimmed(element.substr(semicolon + 1));
  if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return out;
  const char* end = parameter.data() + parameter.size();
  const auto [stopped, error] = std::from_chars(parameter.data() + 2, end, out.quality);
  if (error != std::errc() || stopped != end || !(out.quality >= 0 && out.quality <= 1)) out.quality = 0;
  return out;
}

bool accepts_gzip(std::string_view accept_encoding) noexcept {
  double gzip = -1;
  double others = -1;
  while (!accept_encoding.empty()) {
    const Preference each = preference(next_element(accept_encoding));
    if (same_ignoring_case(each.word, "gzip") || same_ignoring_case(each.word, "x-gzip")) gzip = each.quality;
    else if (each.word == "*") others = each.quality;
  }
  return gzip > 0 || (gzip < 0 && others > 0);
}

bool names_etag(std::string_view if_none_match, std::string_view etag) noexcept {
  const auto strong = [](std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; };
  if (etag.empty()) return false;
  while (!if_none_match.empty()) {
    const std::string_view each = next_element(if_none_match);
    if (each == "*" || (!each.empty() && strong(each) == strong(etag))) return true;
  }
  return false;
}

Language preferred_language(std::string_view accept_language) noexcept {
  double korean = 0;
  double english = 0;
  bool english_first = false;
  while (!accept_language.empty()) {
    const Preference each = preference(next_element(accept_language));
    const std::string_view primary = each.word.substr(0, each.word.find('-'));
    if (same_ignoring_case(primary, "ko") || primary == "*") {
      korean = std::max(korean, each.quality);
    } else if (same_ignoring_case(primary, "en")) {
      if (korean == 0) english_first = true;
      english = std::max(english, each.quality);
    }
  }
  return english > korean || (english_first && english > 0 && english == korean) ? Language::english : Language::korean;
}

}  // namespace tiketi::http
