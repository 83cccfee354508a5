#pragma once
// One RSA key: signing and checking by RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, section 3.3).

#include <tiketi/base/result.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using EVP_PKEY = struct evp_pkey_st;

namespace tiketi::crypto {

/// Thread-safe.
class RsaKey {
 public:
  /// 2048 bits. unavailable.
  static Result<RsaKey> generate();

  /// From a private key in PEM. invalid_argument unless it is RSA of 2048 to 4096 bits, and not encrypted.
  static Result<RsaKey> parse(std::string_view pem);

  Result<std::string> to_pem() const;                                   ///< PKCS #8. unavailable
  Result<std::vector<std::uint8_t>> sign(std::string_view text) const;  ///< unavailable
  bool verifies(std::string_view text, std::span<const std::uint8_t> signature) const;

  /// The numbers of the public key, in base64url as RFC 7518 has them.
  std::string modulus() const;
  std::string exponent() const;

 private:
  explicit RsaKey(EVP_PKEY* key);
  std::string number(const char* name) const;

  std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace tiketi::crypto
