#pragma once
// JSON Web Tokens in compact form (RFC 7515, RFC 7519): reading and writing, without the signature's algorithm.

#include <tiketi/base/result.hpp>
#include <tiketi/identity/access_token.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::crypto {

/// Clocks of two processes may differ by so much.
inline constexpr std::int64_t clock_skew_ms = minute_ms;

/// A token taken apart. Nothing in it can be trusted before the signature was checked.
struct Jwt {
  std::string algorithm;
  std::string key_id;
  std::string_view signed_text;  ///< of the token that was read
  std::vector<std::uint8_t> signature;
  std::string_view payload;  ///< still in base64url
};

/// token_invalid unless it has three parts in strict base64url, a header that names an algorithm and asks for nothing
/// that we don't know (`crit`), and at most `max_access_token_bytes`.
Result<Jwt> parse_jwt(std::string_view token);

/// The claims in a payload whose signature is right. token_invalid if they are malformed, or not of the time `now`.
Result<Claims> parse_claims(std::string_view payload, Timestamp now);

/// token_invalid if the claims are over at `now`, or issued after it.
Result<void> check_times(const Claims& claims, Timestamp now);

/// Header and payload, to be signed.
std::string signing_input(std::string_view algorithm, std::string_view key_id, const Claims& claims);

Error invalid_token();

}  // namespace tiketi::crypto
