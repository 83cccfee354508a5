#pragma once
// Port: makes access tokens that nobody else can make, and reads them.

#include <tiketi/base/result.hpp>
#include <tiketi/base/time.hpp>
#include <tiketi/identity/access_token.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tiketi {

/// Longer ones are refused unread.
inline constexpr std::size_t max_access_token_bytes = 4096;

/// Thread-safe.
class TokenSigner {
 public:
  virtual ~TokenSigner() = default;

  /// With the key that is current. Times are cut to whole seconds. unavailable.
  virtual Result<std::string> sign(const Claims& claims) = 0;

  /// What the token says, if one of our keys signed it, by the algorithm of that key, and it is neither expired at
  /// `now` nor from the future. token_invalid for everything else.
  virtual Result<Claims> verify(std::string_view token, Timestamp now) = 0;

  /// What `verify` would answer, if that is known from memory alone, with no signature to check and no key to read:
  /// for threads that must not wait. Otherwise nothing.
  virtual std::optional<Result<Claims>> recall(std::string_view, Timestamp) { return std::nullopt; }

  /// The public keys as a JSON Web Key Set (RFC 7517); an empty set for a signer with a secret.
  virtual std::string jwks() = 0;
};

}  // namespace tiketi
