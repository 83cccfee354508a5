#include "adapters/crypto/ed25519_files.hpp"

#include <tiketi/adapters/crypto.hpp>

#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace tiketi::crypto {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view public_suffix = ".pub.pem";
constexpr std::string_view signing_file = "signing.pem";
constexpr std::size_t max_file_bytes = 4'096;

// What stands before the 32 bytes of a key in its DER form (RFC 8410).
constexpr std::array<std::uint8_t, 16> private_head{0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                                    0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};
constexpr std::array<std::uint8_t, 12> public_head{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                   0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

Error bad_file(const fs::path& file, std::string message) {
  return {Errc::invalid_argument,
          file.string() + ": " + std::move(message),
          {{"field", "directory"}, {"file", file.filename().string()}}};
}

Error failed(const fs::path& file, int code) {
  const std::string cause = std::generic_category().message(code);
  return {Errc::unavailable, file.string() + ": " + cause, {{"cause", cause}}};
}

/// A file descriptor that closes itself.
class File {
 public:
  File(const fs::path& path, int flags, mode_t mode = 0) : number_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

/// Nothing if there is no such file.
Result<std::optional<std::string>> read_file(const fs::path& path, bool secret) {
  const File file(path, O_RDONLY);
  if (file.number() < 0) {
    if (errno == ENOENT) return std::optional<std::string>();
    return failed(path, errno);
  }
  struct stat facts {};
  if (fstat(file.number(), &facts) != 0) return failed(path, errno);
  if (secret && (facts.st_mode & 077) != 0)
    return bad_file(path, "others may read it; chmod 600 it, or rotate the keys");
  std::string out(max_file_bytes + 1, '\0');
  std::size_t size = 0;
  for (ssize_t got = 1; got > 0 && size < out.size(); size += static_cast<std::size_t>(got)) {
    got = ::read(file.number(), out.data() + size, out.size() - size);
    if (got < 0) return failed(path, errno);
  }
  if (size > max_file_bytes) return bad_file(path, "it is too large for a key");
  out.resize(size);
  return std::optional(std::move(out));
}

/// Writes a file under another name and moves it in place: nobody ever sees half of it.
Result<void> put_file(const fs::path& path, std::string_view text, mode_t mode) {
  const fs::path temporary = path.string() + ".new";
  ::unlink(temporary.c_str());  // what a crash left
  const File file(temporary, O_WRONLY | O_CREAT | O_EXCL, mode);
  if (file.number() < 0) return failed(temporary, errno);
  while (!text.empty()) {
    const ssize_t written = ::write(file.number(), text.data(), text.size());
    if (written < 0) return failed(temporary, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (fsync(file.number()) != 0 || ::rename(temporary.c_str(), path.c_str()) != 0) return failed(path, errno);
  return {};
}

template <std::size_t Size>
std::string pem(std::string_view title, const std::array<std::uint8_t, Size>& head,
                std::span<const std::uint8_t, 32> key) {
  std::array<std::uint8_t, Size + 32> der{};
  std::copy(head.begin(), head.end(), der.begin());
  std::copy(key.begin(), key.end(), der.begin() + Size);
  std::array<char, sodium_base64_ENCODED_LEN(Size + 32, sodium_base64_VARIANT_ORIGINAL)> text{};
  sodium_bin2base64(text.data(), text.size(), der.data(), der.size(), sodium_base64_VARIANT_ORIGINAL);
  std::string out =
      "-----BEGIN " + std::string(title) + "-----\n" + text.data() + "\n-----END " + std::string(title) + "-----\n";
  sodium_memzero(der.data(), der.size());
  sodium_memzero(text.data(), text.size());
  return out;
}

/// The 32 bytes behind `head`, or nothing if the text is anything else.
template <std::size_t Size>
std::optional<std::array<std::uint8_t, 32>> parse_pem(std::string_view text, std::string_view title,
                                                      const std::array<std::uint8_t, Size>& head) {
  const std::string begin = "-----BEGIN " + std::string(title) + "-----";
  const std::string end = "-----END " + std::string(title) + "-----";
  const std::size_t first = text.find(begin);
  if (first == text.npos) return std::nullopt;
  text.remove_prefix(first + begin.size());
  const std::size_t last = text.find(end);
  if (last == text.npos) return std::nullopt;
  std::array<std::uint8_t, Size + 32> der{};
  std::size_t size = 0;
  const int decoded = sodium_base642bin(der.data(), der.size(), text.data(), last, "\r\n ", &size, nullptr,
                                        sodium_base64_VARIANT_ORIGINAL);
  if (decoded != 0 || size != der.size() || !std::equal(head.begin(), head.end(), der.begin())) return std::nullopt;
  std::array<std::uint8_t, 32> out{};
  std::copy(der.begin() + Size, der.end(), out.begin());
  sodium_memzero(der.data(), der.size());
  return out;
}

Result<void> make_directory(const fs::path& directory) {
  std::error_code error;
  if (fs::create_directories(directory, error)) fs::permissions(directory, fs::perms::owner_all, error);
  if (error) return failed(directory, error.value());
  return {};
}

}  // namespace

std::string ticket_key_file(TicketKeyId id) { return id.text() + std::string(public_suffix); }

Result<std::optional<Ed25519Seed>> read_ticket_seed(const std::string& directory) {
  const fs::path path = fs::path(directory) / signing_file;
  auto text = read_file(path, true);
  if (text.has_error()) return text.error();
  if (!*text) return std::optional<Ed25519Seed>();
  auto seed = parse_pem(**text, "PRIVATE KEY", private_head);
  sodium_memzero((*text)->data(), (*text)->size());
  if (!seed) return bad_file(path, "this is no Ed25519 key in PEM (PKCS #8)");
  return seed;
}

Result<TicketPublicKey> read_ticket_public_key(const std::string& directory, TicketKeyId id) {
  const fs::path path = fs::path(directory) / ticket_key_file(id);
  const auto text = read_file(path, false);
  if (text.has_error()) return text.error();
  if (!*text) return bad_file(path, "there is no such key");
  const auto key = parse_ticket_key_pem(**text);
  if (key.has_error()) return bad_file(path, key.error().message);
  if (key->id != id) return bad_file(path, "the key has another id: " + key->id.text());
  return *key;
}

Result<std::vector<TicketPublicKey>> read_ticket_public_keys(const std::string& directory) {
  std::vector<TicketPublicKey> out;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    TicketKeyId id;
    if (name.size() != 8 + public_suffix.size() || !name.ends_with(public_suffix)) continue;
    if (name.find_first_not_of("0123456789abcdef") != 8) continue;
    id.number = static_cast<std::uint32_t>(std::stoul(name.substr(0, 8), nullptr, 16));
    auto key = read_ticket_public_key(directory, id);
    if (key.has_error()) return key.error();
    out.push_back(*key);
  }
  if (error) return failed(directory, error.value());
  return out;
}

Result<void> store_ticket_key(const std::string& directory, const Ed25519Seed& seed, const TicketPublicKey& key,
                              bool replace) {
  const fs::path home(directory);
  if (auto made = make_directory(home); made.has_error()) return made;
  const File lock(home, O_RDONLY | O_DIRECTORY);  // one at a time
  if (lock.number() < 0 || flock(lock.number(), LOCK_EX) != 0) return failed(home, errno);
  std::error_code ignored;  // what can't be looked at can't be written either, which is told then
  if (!replace && fs::exists(home / signing_file, ignored)) return {};
  const fs::path public_file = home / ticket_key_file(key.id);
  if (fs::exists(public_file, ignored))
    return Error{Errc::already_exists, public_file.string() + " exists", {{"field", "file"}}};
  if (auto put = put_file(public_file, to_pem(key), 0644); put.has_error()) return put;
  if (fsync(lock.number()) != 0) return failed(home, errno);
  std::string secret = pem("PRIVATE KEY", private_head, seed);
  auto put = put_file(home / signing_file, secret, 0600);
  sodium_memzero(secret.data(), secret.size());
  if (put.has_error()) return put;
  if (fsync(lock.number()) != 0) return failed(home, errno);
  return {};
}

std::string to_pem(const TicketPublicKey& key) { return pem("PUBLIC KEY", public_head, key.bytes); }

Result<TicketPublicKey> parse_ticket_key_pem(std::string_view text) {
  const auto bytes = parse_pem(text, "PUBLIC KEY", public_head);
  if (!bytes) return Error{Errc::invalid_argument, "this is no Ed25519 public key in PEM", {{"field", "key"}}};
  return TicketPublicKey{ticket_key_id(*bytes), *bytes};
}

}  // namespace tiketi::crypto
