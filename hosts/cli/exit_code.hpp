#pragma once
// What the program tells its caller by its exit code.

#include <tiketi/base/error.hpp>

#include <string_view>

namespace tiketi::cli {

enum class ExitCode : int {
  ok = 0,
  refused = 1,
  usage = 2,
  not_found = 3,
  unavailable = 4,
  findings = 5,
  interrupted = 130,
};

ExitCode exit_code_of(Errc code) noexcept;

/// The table that --help shows.
std::string_view exit_code_table() noexcept;

}  // namespace tiketi::cli
