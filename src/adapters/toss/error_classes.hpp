#pragma once
// What the error codes of Toss Payments (core API, 2022-11-16) mean for us. Shared by all that speak its language.

#include <tiketi/base/error.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tiketi::toss {

enum class ErrorClass {
  unknown,   ///< it may or may not have been done, or was done before: ask for the payment
  customer,  ///< refused, nothing was done; the customer may try something else
  over,      ///< the payment is not known, or its time is over
  ours,      ///< we asked wrongly, nothing was done: somebody has to look into it
};

/// `http_status` is 0 where there is none. A code that nobody has documented is decided by the status: what failed at
/// the provider may have been done, what was refused was not.
constexpr ErrorClass classify(std::string_view code, int http_status = 0) noexcept {
  constexpr auto is_one_of = [](std::string_view word, const auto& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  constexpr std::array<std::string_view, 8> unknown{"PROVIDER_ERROR",
                                                    "ALREADY_PROCESSED_PAYMENT",
                                                    "IDEMPOTENT_REQUEST_PROCESSING",
                                                    "ALREADY_CANCELED_PAYMENT",
                                                    "ALREADY_REFUND_PAYMENT",
                                                    "FORBIDDEN_CONSECUTIVE_REQUEST",
                                                    "UNKNOWN_PAYMENT_ERROR",
                                                    "COMMON_ERROR"};
  constexpr std::array<std::string_view, 5> over{"NOT_FOUND_PAYMENT", "NOT_FOUND_PAYMENT_SESSION", "NOT_FOUND",
                                                 "EXPIRED_PAYMENT", "EXPIRED"};
  constexpr std::array<std::string_view, 6> ours{"UNAUTHORIZED_KEY", "INVALID_API_KEY",   "INCORRECT_BASIC_AUTH_FORMAT",
                                                 "INVALID_REQUEST",  "FORBIDDEN_REQUEST", "INVALID_IDEMPOTENCY_KEY"};
  if (http_status >= 500 || code.starts_with("FAILED_") || is_one_of(code, unknown)) return ErrorClass::unknown;
  if (is_one_of(code, over)) return ErrorClass::over;
  if (is_one_of(code, ours)) return ErrorClass::ours;
  return ErrorClass::customer;
}

/// True if this is the first answer to an idempotency key, which is repeated for 15 days: not while the request is
/// being processed, nor where it was done before under another key.
constexpr bool is_final(std::string_view code) noexcept {
  return !code.empty() && code != "IDEMPOTENT_REQUEST_PROCESSING" && !code.starts_with("ALREADY_");
}

/// The error of the Provider port for what was answered; details: provider_code.
inline Error error_of(std::string_view code, int http_status = 0) {
  const std::string word(code);
  std::vector<Detail> details{{"provider_code", word}};
  if (is_final(code)) details.push_back({"key_spent", "true"});
  switch (classify(code, http_status)) {
    case ErrorClass::unknown:
      return {Errc::outcome_unknown, "the payment provider does not tell what became of it: " + word,
              std::move(details)};
    case ErrorClass::customer:
      return {Errc::payment_refused, "the payment provider refused: " + word, {{"provider_code", word}}};
    case ErrorClass::over:
      return {Errc::payment_over,
              "the payment provider knows no such payment, or its time is over: " + word,
              {{"provider_code", word}}};
    case ErrorClass::ours:
      break;
  }
  details.push_back({"cause", word});
  return {Errc::provider_unavailable, "the payment provider does not accept what we ask: " + word, std::move(details)};
}

}  // namespace tiketi::toss
