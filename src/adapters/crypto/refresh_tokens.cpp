#include <tiketi/adapters/crypto.hpp>
#include <tiketi/base/base64.hpp>

#include "adapters/crypto/sodium.hpp"

#include <array>

namespace tiketi::crypto {
namespace {

class RandomTokens final : public RefreshTokens {
 public:
  RandomTokens() { start_sodium(); }

  std::string make() override {
    std::array<std::uint8_t, 32> bytes;
    randombytes_buf(bytes.data(), bytes.size());
    return to_base64url(bytes);
  }

  std::string hash(std::string_view token) override {
    std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest;
    crypto_hash_sha256(digest.data(), bytes_of(token).data(), token.size());
    return to_base64url(digest);
  }
};

}  // namespace

std::unique_ptr<RefreshTokens> make_refresh_tokens() { return std::make_unique<RandomTokens>(); }

}  // namespace tiketi::crypto
