#pragma once
// Port: makes refresh tokens, and what is stored of them.

#include <cstddef>
#include <string>
#include <string_view>

namespace tiketi {

/// Longer ones are refused unread.
inline constexpr std::size_t max_refresh_token_bytes = 128;

/// Thread-safe.
class RefreshTokens {
 public:
  virtual ~RefreshTokens() = default;

  /// Text of letters, digits, `-` and `_`, with 256 bits that nobody can guess.
  virtual std::string make() = 0;

  /// The hash by which a token is found again: SHA-256 in base64url, 43 characters. Tokens have enough bits of their
  /// own that no salt is needed.
  virtual std::string hash(std::string_view token) = 0;
};

}  // namespace tiketi
