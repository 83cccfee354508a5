#include "adapters/sandbox/faults.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace tiketi::sandbox {

namespace {

constexpr std::string_view of_cancellation = "CANCEL:";
constexpr std::size_t max_code_bytes = 64;

/// Amounts that no price has by chance.
constexpr std::array<std::pair<std::int64_t, std::string_view>, 10> amounts{{{990'001, "REJECT_CARD_PAYMENT"},
                                                                             {990'002, "EXCEED_MAX_AMOUNT"},
                                                                             {990'003, "INVALID_CARD_LOST_OR_STOLEN"},
                                                                             {990'004, "REJECT_CARD_COMPANY"},
                                                                             {990'005, "NOT_FOUND_PAYMENT_SESSION"},
                                                                             {990'006, "PROVIDER_ERROR"},
                                                                             {990'011, timeout_done},
                                                                             {990'012, timeout_lost},
                                                                             {990'013, late},
                                                                             {990'014, down}}};

/// A code as it is: what is none is answered as such.
std::string code_of(std::string_view text) {
  const bool clean = !text.empty() && text.size() <= max_code_bytes &&
                     std::all_of(text.begin(), text.end(),
                                 [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
  return clean ? std::string(text) : "INVALID_REQUEST";
}

}  // namespace

Faults faults_of(const Charge& charge) {
  const std::string_view code = charge.test_code;
  if (code.starts_with(of_cancellation)) return {{}, code_of(code.substr(of_cancellation.size()))};
  if (!code.empty()) return {code_of(code), {}};
  for (const auto& [minor, fault] : amounts)
    if (charge.amount == Money{minor, krw}) return {std::string(fault), {}};
  return {};
}

Error line_error(std::string_view fault) {
  const std::string code(fault);
  const std::vector<Detail> details{{"cause", code}, {"test_code", code}};
  if (fault == down) return {Errc::provider_unavailable, "the payment provider can't be reached", details};
  return {Errc::outcome_unknown, "the payment provider did not answer in time", details};
}

}  // namespace tiketi::sandbox
