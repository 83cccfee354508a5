// Entry tokens, authenticated by keyed BLAKE2b (RFC 7693).

#include <tiketi/adapters/crypto.hpp>
#include <tiketi/base/base64.hpp>

#include "adapters/crypto/key_files.hpp"
#include "adapters/crypto/sodium.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

namespace tiketi::crypto {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::string_view prefix = "tiketi-entry";
constexpr std::size_t claims_bytes = 47, mac_bytes = 32;

using Secret = std::array<std::uint8_t, 32>;
using Token = std::array<std::uint8_t, claims_bytes + mac_bytes>;

template <std::size_t Size>
void write_number(std::uint8_t* out, std::uint64_t number) {
  for (std::size_t i = 0; i < Size; ++i) out[i] = static_cast<std::uint8_t>(number >> (8 * (Size - 1 - i)));
}

template <std::size_t Size>
std::int64_t read_number(const std::uint8_t* in) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < Size; ++i) number = number << 8 | in[i];
  return static_cast<std::int64_t>(number);
}

class Blake2bSigner final : public EntryTokenSigner {
 public:
  explicit Blake2bSigner(const Secret& secret) : secret_(secret) {}
  ~Blake2bSigner() override { sodium_memzero(secret_.data(), secret_.size()); }
  Blake2bSigner(const Blake2bSigner&) = delete;
  Blake2bSigner& operator=(const Blake2bSigner&) = delete;

  std::string sign(const EntryClaims& claims) override {
    Token token{version};
    const auto event = claims.event_id.uuid.bytes(), user = claims.user_id.uuid.bytes();
    std::copy(event.begin(), event.end(), token.begin() + 1);
    std::copy(user.begin(), user.end(), token.begin() + 17);
    write_number<8>(token.data() + 33, static_cast<std::uint64_t>(claims.admission));
    write_number<6>(token.data() + 41, static_cast<std::uint64_t>(claims.expires_at.ms));
    authenticate(token, token.data() + claims_bytes);
    return to_base64url(token);
  }

  Result<EntryClaims> verify(std::string_view text) override {
    const Error forged(Errc::entry_token_forged, "that is no entry token of ours");
    if (text.size() != entry_token_characters) return forged;
    const auto bytes = from_base64url(text);
    if (!bytes || bytes->size() != Token().size()) return forged;
    Token token;
    std::copy(bytes->begin(), bytes->end(), token.begin());
    std::array<std::uint8_t, mac_bytes> mac;
    authenticate(token, mac.data());
    if (sodium_memcmp(mac.data(), token.data() + claims_bytes, mac_bytes) != 0 || token[0] != version) return forged;
    return EntryClaims{EventId{Uuid::from_bytes(token.data() + 1)}, UserId{Uuid::from_bytes(token.data() + 17)},
                       read_number<8>(token.data() + 33), Timestamp{read_number<6>(token.data() + 41)}};
  }

 private:
  void authenticate(const Token& token, std::uint8_t* mac) const {
    std::array<std::uint8_t, prefix.size() + claims_bytes> message;
    std::copy(prefix.begin(), prefix.end(), message.begin());
    std::copy(token.begin(), token.begin() + claims_bytes, message.begin() + prefix.size());
    crypto_generichash(mac, mac_bytes, message.data(), message.size(), secret_.data(), secret_.size());
  }

  Secret secret_;
};

class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override { randombytes_buf(out.data(), out.size()); }
};

Secret new_secret() {
  Secret secret;
  randombytes_buf(secret.data(), secret.size());
  return secret;
}

Result<Secret> read_secret(const std::string& file) {
  auto text = read_key_file(file);
  if (text.has_error()) return text.error();
  std::string_view line = *text;
  if (line.ends_with('\n')) line.remove_suffix(1);
  auto bytes = from_base64url(line);
  if (!bytes || bytes->size() != Secret().size()) return bad_key_file(file, "is not a secret of 32 bytes in base64url");
  Secret secret;
  std::copy(bytes->begin(), bytes->end(), secret.begin());
  sodium_memzero(bytes->data(), bytes->size());
  sodium_memzero(text->data(), text->size());
  return secret;
}

}  // namespace

Result<std::unique_ptr<EntryTokenSigner>> open_entry_token_signer(const std::string& file) {
  start_sodium();
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    const std::filesystem::path directory = std::filesystem::path(file).parent_path();
    if (!directory.empty())
      if (auto made = make_key_directory(directory.string()); made.has_error()) return made.error();
    Secret secret = new_secret();
    std::string text = to_base64url(secret) + '\n';
    const auto written = write_new_key_file(file, text);
    sodium_memzero(secret.data(), secret.size());
    sodium_memzero(text.data(), text.size());
    if (written.has_error()) return written.error();
  }
  auto secret = read_secret(file);
  if (secret.has_error()) return secret.error();
  auto signer = std::make_unique<Blake2bSigner>(*secret);
  sodium_memzero(secret->data(), secret->size());
  return std::unique_ptr<EntryTokenSigner>(std::move(signer));
}

std::unique_ptr<EntryTokenSigner> make_ephemeral_entry_token_signer() {
  start_sodium();
  Secret secret = new_secret();
  auto signer = std::make_unique<Blake2bSigner>(secret);
  sodium_memzero(secret.data(), secret.size());
  return signer;
}

std::unique_ptr<Random> make_random() {
  start_sodium();
  return std::make_unique<SystemRandom>();
}

}  // namespace tiketi::crypto
