#pragma once
// The server as a program.

#include <string>
#include <vector>

namespace tiketi::http {

/// Serves until SIGTERM or SIGINT; returns the exit code. Prints `listening on http://…` to standard output when it is
/// ready, and errors to standard error.
int run(const std::string& program, std::vector<std::string> arguments);

}  // namespace tiketi::http
