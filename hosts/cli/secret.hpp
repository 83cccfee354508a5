#pragma once
// Passwords, which are neither arguments (others see those in the list of processes) nor ever a default.

#include <tiketi/base/result.hpp>

#include <string>

namespace tiketi::cli {

/// From the environment variable, or else asked for on the terminal, twice and without showing it. invalid_argument
/// (there is no terminal, or the two differ; details: field). Ctrl-C ends the program as usual.
Result<std::string> read_password(const char* variable, const std::string& whose);

}  // namespace tiketi::cli
