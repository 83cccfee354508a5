// Access tokens that nobody signed. Three ways in: as the token that a client sends; as a header and a payload that are
// signed rightly, so that the parsers behind the signature see them; as text in base64url.

#include "adapters/crypto/jwt.hpp"

#include <tiketi/adapters/crypto.hpp>
#include <tiketi/base/base64.hpp>

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

namespace {

using namespace tiketi;

constexpr Timestamp now{1'795'143'600'000};
constexpr std::string_view secret = "a secret of more than thirty-two bytes";

void check(bool holds) {
  if (!holds) std::abort();
}

std::string to_text(std::string_view bytes) {
  return to_base64url(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

std::string sign(std::string_view header, std::string_view payload) {
  const std::string text = to_text(header) + '.' + to_text(payload);
  std::array<std::uint8_t, crypto_auth_hmacsha256_BYTES> mac;
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const std::uint8_t*>(secret.data()), secret.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  crypto_auth_hmacsha256_final(&state, mac.data());
  return text + '.' + to_base64url(mac);
}

/// What was understood is what signing it again says.
void check_claims(TokenSigner& signer, const Claims& claims) {
  check(now < claims.expires_at && claims.expires_at <= latest_timestamp && claims.issued_at.ms % second_ms == 0);
  const auto again = signer.sign(claims);
  check(again.has_value());
  if (again->size() > max_access_token_bytes) return;
  const auto read = signer.verify(*again, now);
  check(read.has_value() && *read == claims);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto signer = crypto::make_hs256_signer(secret).value();
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  if (const auto claims = signer->verify(text, now)) check_claims(*signer, *claims);
  static_cast<void>(crypto::parse_jwt(text));

  const std::size_t line = std::min(text.find('\n'), text.size());
  const std::string_view rest = text.substr(std::min(line + 1, text.size()));
  for (const std::string_view header : {text.substr(0, line), std::string_view(R"({"alg":"HS256"})")}) {
    const std::string token = sign(header, rest);
    const auto claims = signer->verify(token, now);
    check(!claims || token.size() <= max_access_token_bytes);
    if (claims) check_claims(*signer, *claims);
  }

  if (const auto bytes = from_base64url(text)) check(to_base64url(*bytes) == text);
  check(from_base64url(to_text(text)).value().size() == size);
  return 0;
}
