#include "telemetry/mask.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace tiketi::telemetry {
namespace {

constexpr std::string_view hidden = "***";

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_alphanumeric(char c) noexcept {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
}
constexpr bool is_base64url(char c) noexcept { return is_alphanumeric(c) || c == '-' || c == '_'; }
constexpr bool is_mailbox(char c) noexcept {
  return is_alphanumeric(c) || std::string_view("._%+-").find(c) != std::string_view::npos;
}
constexpr bool is_domain(char c) noexcept { return is_alphanumeric(c) || c == '.' || c == '-'; }

/// The name in small letters, without what separates its words.
std::string plain(std::string_view name) {
  std::string out;
  for (const char c : name)
    if (is_alphanumeric(c)) out += lower(c);
  return out;
}

bool names_a_secret(std::string_view name) {
  static constexpr std::array<std::string_view, 11> secrets = {"authorization", "password",   "passwd",    "passphrase",
                                                               "secret",        "token",      "cookie",    "apikey",
                                                               "privatekey",    "cardnumber", "credential"};
  const std::string word = plain(name);
  return std::ranges::any_of(secrets, [&](std::string_view each) { return word.find(each) != word.npos; });
}

/// Where the run of such characters that begins at `from` ends.
template <class Is>
std::size_t end_of(std::string_view text, std::size_t from, Is is) {
  while (from < text.size() && is(text[from])) ++from;
  return from;
}

/// The length of a JSON web token (`eyJ….….…`) that begins there, or 0.
std::size_t token_size(std::string_view text, std::size_t at) {
  if (text.compare(at, 3, "eyJ") != 0) return 0;
  const std::size_t header = end_of(text, at, is_base64url);
  if (header == text.size() || text[header] != '.') return 0;
  const std::size_t payload = end_of(text, header + 1, is_base64url);
  if (payload == text.size() || text[payload] != '.') return payload - at;
  return end_of(text, payload + 1, is_base64url) - at;
}

/// `Bearer x` and tokens that are recognised without it.
std::string without_tokens(std::string_view text) {
  constexpr std::string_view scheme = "bearer ";
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view here = text.substr(i, scheme.size());
    if (std::ranges::equal(here, scheme, {}, lower)) {
      out.append(here).append(hidden);
      i = end_of(text, i + scheme.size(), [](char c) { return c > ' ' && c != '"' && c != ','; });
    } else if (const std::size_t size = token_size(text, i); size > 0) {
      out += hidden;
      i += size;
    } else {
      out += text[i++];
    }
  }
  return out;
}

/// `user:password@host` in addresses, and the mailboxes of e-mail addresses.
std::string without_names(std::string text) {
  for (std::size_t at = text.find('@'); at != text.npos; at = text.find('@', at + 1)) {
    const std::size_t authority = text.rfind("://", at);
    if (authority != text.npos && text.find_first_of("/ \"", authority + 3) > at) {
      text.replace(authority + 3, at - authority - 3, hidden);
      at = authority + 3 + hidden.size();
      continue;
    }
    std::size_t begin = at;
    while (begin > 0 && is_mailbox(text[begin - 1])) --begin;
    const std::size_t end = end_of(text, at + 1, is_domain);
    if (begin == at || end == at + 1) continue;
    text.replace(begin + 1, at - begin - 1, hidden);
    at = begin + 1 + hidden.size();
  }
  return text;
}

}  // namespace

std::string mask(std::string_view name, std::string_view value) {
  if (value.empty()) return {};
  if (names_a_secret(name)) return std::string(hidden);
  std::string out = value.find_first_of(" .") == value.npos ? std::string(value) : without_tokens(value);
  return out.find('@') == out.npos ? out : without_names(std::move(out));
}

}  // namespace tiketi::telemetry
