#include "config_values.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

namespace tiketi::http {
namespace {

std::optional<std::int32_t> number(std::string_view text, std::int32_t highest) {
  std::int32_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || out < 0 || out > highest) return std::nullopt;
  return out;
}

/// Where a value ends: quoted as in `password='a b'`, with backslashes; or before `&` or a blank.
std::size_t end_of_value(std::string_view text, std::size_t begin) {
  const bool is_quoted = begin < text.size() && text[begin] == '\'';
  if (!is_quoted) return std::min(text.size(), text.find_first_of("& \t\n", begin));
  for (std::size_t i = begin + 1; i < text.size(); ++i)
    if (text[i] == '\\') ++i;
    else if (text[i] == '\'') return i + 1;
  return text.size();
}

/// `?password=x`, `&sslpassword=x`, or ` password = x` as in a connection string of keys and values. Of a name that
/// hides behind percent signs the value is hidden, whatever it is.
std::string without_named_passwords(std::string_view address) {
  std::string out;
  while (true) {
    const std::size_t equals = address.find('=');
    if (equals == address.npos) return out.append(address);
    std::size_t begin = address.find_first_not_of(" \t", equals + 1);
    if (begin == address.npos) begin = address.size();
    std::string name(address.substr(0, equals));
    while (!name.empty() && name.back() == ' ') name.pop_back();
    name.erase(0, name.find_last_of("?& \t\n") + 1);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const std::size_t end = end_of_value(address, begin);
    const bool is_secret = name.ends_with("password") || name.find('%') != name.npos;
    out.append(address.substr(0, begin)).append(is_secret ? "***" : address.substr(begin, end - begin));
    address.remove_prefix(end);
  }
}

/// Scheme, host and perhaps port, and nothing else: as browsers send it.
bool is_origin(std::string_view text) {
  const std::size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  constexpr std::string_view no_part_of_it = "/?#@ *\t\"\\";
  return scheme > 0 && text.size() > scheme && text.size() <= 300 &&
         text.find_first_of(no_part_of_it, scheme) == text.npos;
}

}  // namespace

Result<std::vector<std::string>> parse_origins(std::string_view text) {
  constexpr std::size_t most = 20;
  std::vector<std::string> out;
  while (!text.empty()) {
    std::string_view origin = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), origin.size() + 1));
    while (origin.starts_with(' ')) origin.remove_prefix(1);
    while (origin.ends_with(' ') || origin.ends_with('/')) origin.remove_suffix(1);
    if (!is_origin(origin) || out.size() == most)
      return Error{Errc::invalid_argument,
                   "allowed-origins: at most 20 of the form https://tickets.example or http://localhost:3000, "
                   "separated by commas",
                   {{"field", "allowed-origins"}}};
    out.emplace_back(origin);
  }
  return out;
}

Result<std::vector<FeeStep>> parse_cancellation_fees(std::string_view text) {
  const auto refuse = [] {
    return Error{
        Errc::invalid_argument,
        "cancellation-fees: DAYS:PERCENT pairs such as 9:10,6:20,0:100; days descend, percents (0 to 100) ascend",
        {{"field", "cancellation-fees"}}};
  };
  std::vector<FeeStep> steps;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const std::size_t colon = pair.find(':');
    if (colon == pair.npos) return refuse();
    const auto days = number(pair.substr(0, colon), 3650);
    const auto percent = number(pair.substr(colon + 1), 100);
    if (!days || !percent) return refuse();
    if (!steps.empty() && (*days >= steps.back().days_before || *percent < steps.back().fee_percent)) return refuse();
    steps.push_back({*days, *percent});
  }
  return steps;
}

std::string mask_password(std::string_view address) {
  std::string out = without_named_passwords(address);
  const std::size_t scheme = out.find("://");
  const std::size_t at = out.rfind('@');
  if (scheme == out.npos || at == out.npos) return out;
  const std::size_t colon = out.find(':', scheme + 3);
  if (colon < at) out.replace(colon, at - colon, ":***");
  return out;
}

}  // namespace tiketi::http
