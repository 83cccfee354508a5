#include "config_values.hpp"

#include <algorithm>
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

}  // namespace

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
  const std::size_t scheme = address.find("://");
  const std::size_t at = address.rfind('@');
  if (scheme == address.npos || at == address.npos) return std::string(address);
  const std::size_t colon = address.find(':', scheme + 3);
  if (colon == address.npos || colon > at) return std::string(address);
  return std::string(address.substr(0, colon)) + ":***" + std::string(address.substr(at));
}

}  // namespace tiketi::http
