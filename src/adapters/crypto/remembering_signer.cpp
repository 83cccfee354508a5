// Remembers which tokens were found good, since checking a signature anew costs tens of microseconds.

#include <tiketi/adapters/crypto.hpp>
#include <tiketi/base/bounded_cache.hpp>

#include "adapters/crypto/jwt.hpp"
#include "adapters/crypto/sodium.hpp"

#include <array>
#include <compare>
#include <cstring>

namespace tiketi::crypto {
namespace {

/// Stands for a token: 128 bits of a keyed hash, which nobody can make collide without the key.
struct Digest {
  std::array<std::uint8_t, crypto_shorthash_siphashx24_BYTES> bytes;
  friend bool operator==(const Digest&, const Digest&) = default;
};

struct DigestHash {
  std::size_t operator()(const Digest& digest) const noexcept {
    std::size_t out;
    std::memcpy(&out, digest.bytes.data(), sizeof out);
    return out;
  }
};

class RememberingSigner final : public TokenSigner {
 public:
  RememberingSigner(std::unique_ptr<TokenSigner> signer, std::size_t entries)
      : signer_(std::move(signer)), good_(entries) {
    start_sodium();
    randombytes_buf(key_.data(), key_.size());
  }

  Result<std::string> sign(const Claims& claims) override { return signer_->sign(claims); }
  std::string jwks() override { return signer_->jwks(); }

  std::optional<Result<Claims>> recall(std::string_view token, Timestamp now) override {
    if (token.size() > max_access_token_bytes) return invalid_token();
    return recall(digest_of(token), now);
  }

  Result<Claims> verify(std::string_view token, Timestamp now) override {
    if (token.size() > max_access_token_bytes) return invalid_token();
    const Digest digest = digest_of(token);
    if (auto known = recall(digest, now)) return *std::move(known);
    auto claims = signer_->verify(token, now);
    if (claims) good_.put(digest, *claims);
    return claims;
  }

 private:
  Digest digest_of(std::string_view token) const {
    Digest out;
    crypto_shorthash_siphashx24(out.bytes.data(), bytes_of(token).data(), token.size(), key_.data());
    return out;
  }

  std::optional<Result<Claims>> recall(const Digest& digest, Timestamp now) {
    auto known = good_.find(digest);
    if (!known) return std::nullopt;
    if (auto ok = check_times(*known, now); !ok) return Result<Claims>(ok.error());
    return Result<Claims>(std::move(*known));
  }

  std::unique_ptr<TokenSigner> signer_;
  std::array<std::uint8_t, crypto_shorthash_siphashx24_KEYBYTES> key_;
  BoundedCache<Digest, Claims, DigestHash> good_;
};

}  // namespace

std::unique_ptr<TokenSigner> make_remembering_signer(std::unique_ptr<TokenSigner> signer, std::size_t entries) {
  return std::make_unique<RememberingSigner>(std::move(signer), entries);
}

}  // namespace tiketi::crypto
