#include "files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <vector>

namespace tiketi::cli {
namespace {

Error file_error(const char* what, const std::string& file, int number) {
  return {Errc::invalid_argument, std::string(what) + ' ' + file + ": " + std::strerror(number), {{"file", file}}};
}

/// An empty file that only its owner may read, also if it was there before.
Result<void> make_secret(const std::string& file) {
  const int made = ::open(file.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  if (made < 0) return file_error("can't write", file, errno);
  const bool done = fchmod(made, 0600) == 0;
  const int number = errno;
  ::close(made);
  return done ? Result<void>() : file_error("can't write", file, number);
}

}  // namespace

Result<std::string> read_text(const std::string& file, std::size_t max_bytes) {
  std::ifstream opened;
  if (file != "-") {
    std::error_code unknown;
    if (std::filesystem::is_directory(file, unknown)) return file_error("can't read", file, EISDIR);
    opened.open(file, std::ios::binary);
    if (!opened) return file_error("can't open", file, errno);
  }
  std::istream& in = file == "-" ? std::cin : opened;
  std::string text;
  std::vector<char> block(64 * 1024);
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())), in.gcount() > 0) {
    text.append(block.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > max_bytes)
      return Error{Errc::limit_exceeded,
                   file + " is larger than it may be",
                   {{"field", "file"}, {"limit", std::to_string(max_bytes)}}};
  }
  if (in.bad()) return file_error("can't read", file, errno);
  return text;
}

Result<void> write_file(const std::string& file, const std::string& text, FileMode mode) {
  if (mode == FileMode::secret)
    if (const auto made = make_secret(file); made.has_error()) return made.error();
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  if (!out) return file_error("can't write", file, errno);
  out << text << std::flush;
  if (!out) return file_error("can't write", file, errno);
  return {};
}

}  // namespace tiketi::cli
