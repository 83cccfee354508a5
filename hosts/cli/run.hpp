#pragma once
// The whole program: parse, do, say.

namespace tiketi::cli {

/// Returns the exit code (exit_code.hpp).
int run(int argc, const char* const* argv);

}  // namespace tiketi::cli
