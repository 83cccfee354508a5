#include "adapters/crypto/jwt.hpp"

#include "adapters/crypto/sodium.hpp"

#include <tiketi/base/base64.hpp>
#include <tiketi/identity/token_signer.hpp>

#include <boost/json.hpp>

#include <optional>
#include <utility>

namespace tiketi::crypto {
namespace {

namespace json = boost::json;

constexpr std::size_t max_key_id_bytes = 100;
constexpr std::size_t max_email_bytes = 320;

/// The object that a part of a token holds; nothing if it holds something else.
std::optional<json::object> parse_part(std::string_view part) {
  const auto bytes = from_base64url(part);
  if (!bytes) return std::nullopt;
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  json::parse_options options;
  options.max_depth = 4;
  json::error_code error;
  json::value value = json::parse(text, error, {}, options);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

std::optional<std::string> text_in(const json::object& object, std::string_view name, std::size_t max_bytes) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string() || value->get_string().size() > max_bytes) return std::nullopt;
  return std::string(value->get_string());
}

std::optional<Timestamp> seconds_in(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  const std::int64_t seconds = value->get_int64();
  if (seconds < 0 || seconds > latest_timestamp.ms / second_ms) return std::nullopt;
  return Timestamp{seconds * second_ms};
}

std::optional<Role> role_in(const json::object& object) {
  const auto role = text_in(object, "role", 16);
  if (role == "user") return Role::user;
  if (role == "admin") return Role::admin;
  return std::nullopt;
}

std::string to_part(const json::object& object) { return to_base64url(bytes_of(json::serialize(object))); }

}  // namespace

Error invalid_token() { return {Errc::token_invalid, "the token is not valid, or not any more"}; }

Result<Jwt> parse_jwt(std::string_view token) {
  if (token.size() > max_access_token_bytes) return invalid_token();
  const std::size_t first = token.find('.');
  const std::size_t second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) return invalid_token();
  const auto header = parse_part(token.substr(0, first));
  auto signature = from_base64url(token.substr(second + 1));
  if (!header || !signature || header->contains("crit")) return invalid_token();
  auto algorithm = text_in(*header, "alg", 16);
  auto key_id = header->contains("kid") ? text_in(*header, "kid", max_key_id_bytes) : std::string();
  if (!algorithm || !key_id) return invalid_token();
  Jwt out;
  out.algorithm = std::move(*algorithm);
  out.key_id = std::move(*key_id);
  out.signed_text = token.substr(0, second);
  out.signature = std::move(*signature);
  out.payload = token.substr(first + 1, second - first - 1);
  return out;
}

Result<void> check_times(const Claims& claims, Timestamp now) {
  if (now >= claims.expires_at || claims.issued_at > now.plus_ms(clock_skew_ms)) return invalid_token();
  return {};
}

Result<Claims> parse_claims(std::string_view payload, Timestamp now) {
  const auto object = parse_part(payload);
  if (!object) return invalid_token();
  const auto user = UserId::parse(text_in(*object, "userId", 36).value_or(""));
  const auto session = SessionId::parse(text_in(*object, "sid", 36).value_or(""));
  auto email = text_in(*object, "email", max_email_bytes);
  const auto role = role_in(*object);
  const auto issued_at = seconds_in(*object, "iat");
  const auto expires_at = seconds_in(*object, "exp");
  if (!user || !session || !email || !role || !issued_at || !expires_at) return invalid_token();
  Claims claims{*user, std::move(*email), *role, *session, *issued_at, *expires_at, {}};
  if (auto ok = check_times(claims, now); !ok) return ok.error();
  return claims;
}

std::string signing_input(std::string_view algorithm, std::string_view key_id, const Claims& claims) {
  json::object header{{"alg", algorithm}, {"typ", "JWT"}};
  if (!key_id.empty()) header.emplace("kid", key_id);
  const json::object payload{{"userId", claims.user_id.text()},
                             {"email", claims.email},
                             {"role", name(claims.role)},
                             {"sid", claims.session_id.text()},
                             {"iat", claims.issued_at.ms / second_ms},
                             {"exp", claims.expires_at.ms / second_ms}};
  return to_part(header) + '.' + to_part(payload);
}

}  // namespace tiketi::crypto
