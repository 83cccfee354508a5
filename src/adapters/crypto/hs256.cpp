// Tokens signed with a secret: HMAC with SHA-256 (RFC 7518, section 3.2).

#include <tiketi/adapters/crypto.hpp>
#include <tiketi/base/base64.hpp>

#include "adapters/crypto/jwt.hpp"
#include "adapters/crypto/sodium.hpp"

#include <array>

namespace tiketi::crypto {
namespace {

using Mac = std::array<std::uint8_t, crypto_auth_hmacsha256_BYTES>;

class Hs256Signer final : public TokenSigner {
 public:
  explicit Hs256Signer(std::string_view secret) : secret_(secret) { start_sodium(); }
  ~Hs256Signer() override { sodium_memzero(secret_.data(), secret_.size()); }

  Result<std::string> sign(const Claims& claims) override {
    std::string token = signing_input("HS256", {}, claims);
    const Mac mac = authenticate(token);
    token += '.';
    token += to_base64url(mac);
    return token;
  }

  Result<Claims> verify(std::string_view token, Timestamp now) override {
    const auto jwt = parse_jwt(token);
    if (!jwt) return jwt.error();
    if (jwt->algorithm != "HS256" || jwt->signature.size() != Mac().size()) return invalid_token();
    const Mac mac = authenticate(jwt->signed_text);
    if (sodium_memcmp(mac.data(), jwt->signature.data(), mac.size()) != 0) return invalid_token();
    return parse_claims(jwt->payload, now);
  }

  std::string jwks() override { return R"({"keys":[]})"; }

 private:
  Mac authenticate(std::string_view text) const {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes_of(secret_).data(), secret_.size());
    crypto_auth_hmacsha256_update(&state, bytes_of(text).data(), text.size());
    Mac mac;
    crypto_auth_hmacsha256_final(&state, mac.data());
    sodium_memzero(&state, sizeof state);
    return mac;
  }

  std::string secret_;
};

}  // namespace

Result<std::unique_ptr<TokenSigner>> make_hs256_signer(std::string_view secret, bool allow_short_secret) {
  if (secret.empty() || (secret.size() < min_secret_bytes && !allow_short_secret))
    return Error{Errc::invalid_argument,
                 "the secret that signs tokens must have at least " + std::to_string(min_secret_bytes) + " bytes",
                 {{"field", "secret"}}};
  return std::unique_ptr<TokenSigner>(std::make_unique<Hs256Signer>(secret));
}

std::unique_ptr<TokenSigner> make_ephemeral_signer() {
  start_sodium();
  std::string secret(min_secret_bytes, '\0');
  randombytes_buf(secret.data(), secret.size());
  return std::make_unique<Hs256Signer>(secret);
}

}  // namespace tiketi::crypto
