#pragma once
// `tiketi serve`: the HTTP server as a command.

#include "output.hpp"

#include <string>
#include <vector>

namespace tiketi::cli {

/// Hands the arguments to the server as they are; returns the exit code, which is the server's own: 0 stopped, 1 can't
/// serve, 2 bad configuration.
int serve(std::vector<std::string> arguments, const Terminal& terminal);

}  // namespace tiketi::cli
