#include "adapters/crypto/key_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace tiketi::crypto {
namespace {

constexpr std::size_t max_key_file_bytes = 16 * 1024;

Error system_error(const std::string& what, const std::string& path) {
  const std::string cause = std::generic_category().message(errno);
  return {Errc::unavailable, what + ' ' + path + ": " + cause, {{"cause", cause}}};
}

/// Closes the file when it goes.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const noexcept { return descriptor_; }
  bool is_open() const noexcept { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Writes the text durably under another name, and returns that.
Result<std::string> write_unfinished(const std::string& path, std::string_view text) {
  std::string unfinished = path + '.' + std::to_string(::getpid()) + ".new";
  const File file(::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) return system_error("can't make", unfinished);
  if (!write_all(file.get(), text) || ::fsync(file.get()) != 0) {
    Error error = system_error("can't write", unfinished);
    ::unlink(unfinished.c_str());
    return error;
  }
  return unfinished;
}

/// A new name, too, has to survive a power failure.
void keep_name(const std::string& path) {
  const File directory(::open(std::filesystem::path(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.is_open()) ::fsync(directory.get());
}

}  // namespace

Error bad_key_file(const std::string& path, std::string_view what) {
  return {Errc::invalid_argument, path + ' ' + std::string(what), {{"field", "keys"}, {"file", path}}};
}

Result<std::string> read_key_file(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts {};
  if (!file.is_open() || ::fstat(file.get(), &facts) != 0) return system_error("can't open", path);
  if (!S_ISREG(facts.st_mode)) return bad_key_file(path, "is not a file");
  if ((facts.st_mode & 077) != 0) return bad_key_file(path, "may be read by others than its owner: chmod 600 it");
  std::string text(max_key_file_bytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(file.get(), text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("can't read", path);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > max_key_file_bytes) return bad_key_file(path, "is too large for a key");
  text.resize(size);
  return text;
}

Result<void> write_key_file(const std::string& path, std::string_view text) {
  const auto unfinished = write_unfinished(path, text);
  if (unfinished.has_error()) return unfinished.error();
  if (std::rename(unfinished->c_str(), path.c_str()) != 0) {
    Error error = system_error("can't make", path);
    ::unlink(unfinished->c_str());
    return error;
  }
  keep_name(path);
  return {};
}

Result<bool> write_new_key_file(const std::string& path, std::string_view text) {
  const auto unfinished = write_unfinished(path, text);
  if (unfinished.has_error()) return unfinished.error();
  const bool is_new = ::link(unfinished->c_str(), path.c_str()) == 0;
  if (!is_new && errno != EEXIST) {
    Error error = system_error("can't make", path);
    ::unlink(unfinished->c_str());
    return error;
  }
  ::unlink(unfinished->c_str());
  keep_name(path);
  return is_new;
}

Result<void> make_key_directory(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return {};
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return system_error("can't make", path);
  return {};
}

}  // namespace tiketi::crypto
