#pragma once
// What goes wrong because a charge asks for it.

#include <tiketi/payment/provider.hpp>

#include <string>
#include <string_view>

namespace tiketi::sandbox {

// Troubles of the line between us and the provider.
inline constexpr std::string_view timeout_done = "TIKETI_TIMEOUT_DONE";
inline constexpr std::string_view timeout_lost = "TIKETI_TIMEOUT_LOST";
inline constexpr std::string_view late = "TIKETI_LATE";
inline constexpr std::string_view down = "TIKETI_DOWN";

struct Faults {
  std::string charge;  ///< one of these, or a code of Toss; empty: all goes well
  std::string cancel;  ///< of the first cancellation
};

/// By the test code; without one by the amount.
Faults faults_of(const Charge& charge);

/// True if that trouble belongs to the line, not to the provider.
constexpr bool is_of_line(std::string_view fault) noexcept { return fault.starts_with("TIKETI_"); }

/// The request never arrives.
constexpr bool is_lost(std::string_view fault) noexcept { return fault == timeout_lost || fault == down; }

/// What we are told of a trouble of the line.
Error line_error(std::string_view fault);

}  // namespace tiketi::sandbox
