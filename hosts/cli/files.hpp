#pragma once
// Files that the command line names; `-` is standard input.

#include <tiketi/base/result.hpp>

#include <cstddef>
#include <string>

namespace tiketi::cli {

/// The whole file. invalid_argument (it can't be read; details: file), limit_exceeded (larger than `max_bytes`).
Result<std::string> read_text(const std::string& file, std::size_t max_bytes);

/// Whether others may read the file that is made.
enum class FileMode { ordinary, secret };

/// Replaces the file. invalid_argument (details: file).
Result<void> write_file(const std::string& file, const std::string& text, FileMode mode = FileMode::ordinary);

}  // namespace tiketi::cli
