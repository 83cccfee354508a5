// Tokens signed with RSA keys, of which there may be several: the newest signs, the older ones still verify.

#include <tiketi/adapters/crypto.hpp>
#include <tiketi/base/base64.hpp>

#include "adapters/crypto/jwt.hpp"
#include "adapters/crypto/key_files.hpp"
#include "adapters/crypto/rsa_key.hpp"
#include "adapters/crypto/sodium.hpp"

#include <boost/json.hpp>

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

namespace tiketi::crypto {
namespace {

namespace json = boost::json;

constexpr std::string_view prefix = "rs256-";
constexpr std::string_view suffix = ".pem";
constexpr std::size_t max_keys = 32;
constexpr std::int64_t look_again_ms = minute_ms;
constexpr std::int64_t look_for_unknown_ms = second_ms;  // else anybody could have us read files all day

using Keys = std::map<std::string, RsaKey>;  // by key id

std::string path_of(const std::string& directory, const std::string& key_id) {
  return (std::filesystem::path(directory) / (key_id + std::string(suffix))).string();
}

/// `rs256-2026-11-20T10:33:08.372Z-` and some digits; in the order of time.
std::string new_key_id(Timestamp now) {
  std::array<std::uint8_t, 6> random;
  randombytes_buf(random.data(), random.size());
  return std::string(prefix) + to_iso8601(now) + '-' + to_base64url(random);
}

/// When the key was made, by its id.
std::optional<Timestamp> time_of(std::string_view key_id) {
  constexpr std::size_t time_size = 24;
  return parse_iso8601(key_id.substr(prefix.size(), time_size));
}

/// The ids of the keys in the directory, the oldest first.
Result<std::vector<std::string>> list_keys(const std::string& directory) {
  std::vector<std::string> ids;
  std::error_code error;
  for (std::filesystem::directory_iterator each(directory, error), end; !error && each != end; each.increment(error)) {
    const std::string name = each->path().filename().string();
    if (name.starts_with(prefix) && name.ends_with(suffix) && name.size() > prefix.size() + suffix.size())
      ids.push_back(name.substr(0, name.size() - suffix.size()));
  }
  if (error)
    return Error{Errc::unavailable, "can't read " + directory + ": " + error.message(), {{"cause", error.message()}}};
  if (ids.size() > max_keys)
    return Error{Errc::limit_exceeded,
                 directory + " has more than 32 keys; remove old ones",
                 {{"field", "keys"}, {"limit", std::to_string(max_keys)}}};
  std::sort(ids.begin(), ids.end());
  return ids;
}

Result<Keys> load_keys(const std::string& directory) {
  const auto ids = list_keys(directory);
  if (!ids) return ids.error();
  Keys keys;
  for (const std::string& id : *ids) {
    const std::string path = path_of(directory, id);
    auto text = read_key_file(path);
    if (!text) return text.error();
    auto key = RsaKey::parse(*text);
    sodium_memzero(text->data(), text->size());
    if (!key) return bad_key_file(path, key.error().message);
    keys.emplace(id, std::move(*key));
  }
  return keys;
}

Result<std::string> add_key(const std::string& directory, Timestamp now) {
  const auto key = RsaKey::generate();
  if (!key) return key.error();
  auto text = key->to_pem();
  if (!text) return text.error();
  std::string id = new_key_id(now);
  auto written = write_key_file(path_of(directory, id), *text);
  sodium_memzero(text->data(), text->size());
  if (!written) return written.error();
  return id;
}

class Rs256Signer final : public TokenSigner {
 public:
  Rs256Signer(std::string directory, Keys keys, Timestamp now)
      : directory_(std::move(directory)), keys_(std::make_shared<const Keys>(std::move(keys))), looked_at_(now) {}

  Result<std::string> sign(const Claims& claims) override {
    const auto keys = look_again(looked_at_, claims.issued_at, look_again_ms);
    const auto& [id, key] = *keys->rbegin();
    std::string token = signing_input("RS256", id, claims);
    const auto signature = key.sign(token);
    if (!signature) return signature.error();
    token += '.';
    token += to_base64url(*signature);
    return token;
  }

  Result<Claims> verify(std::string_view token, Timestamp now) override {
    const auto jwt = parse_jwt(token);
    if (!jwt) return jwt.error();
    if (jwt->algorithm != "RS256" || !jwt->key_id.starts_with(prefix)) return invalid_token();
    auto keys = look_again(looked_at_, now, look_again_ms);
    if (!keys->contains(jwt->key_id)) keys = look_again(looked_for_unknown_at_, now, look_for_unknown_ms);
    const auto key = keys->find(jwt->key_id);
    if (key == keys->end() || !key->second.verifies(jwt->signed_text, jwt->signature)) return invalid_token();
    auto claims = parse_claims(jwt->payload, now);
    if (claims) claims->key_id = jwt->key_id;
    return claims;
  }

  std::string jwks() override {
    json::array out;
    for (const auto& [id, key] : *current())
      out.push_back(
          {{"kty", "RSA"}, {"use", "sig"}, {"alg", "RS256"}, {"kid", id}, {"n", key.modulus()}, {"e", key.exponent()}});
    return json::serialize(json::object{{"keys", std::move(out)}});
  }

 private:
  using Shared = std::shared_ptr<const Keys>;

  Shared current() {
    const std::lock_guard lock(mutex_);
    return keys_;
  }

  /// The keys, read again if it is so long since `last`. Those that we have stay if that fails.
  Shared look_again(Timestamp& last, Timestamp now, std::int64_t after_ms) {
    {
      const std::lock_guard lock(mutex_);
      // Clocks step in both directions.
      if (now < last.plus_ms(after_ms) && last < now.plus_ms(after_ms)) return keys_;
      last = now;
    }
    auto found = load_keys(directory_);
    const std::lock_guard lock(mutex_);
    if (found && !found->empty()) keys_ = std::make_shared<const Keys>(std::move(*found));
    return keys_;
  }

  const std::string directory_;
  std::mutex mutex_;
  Shared keys_;
  Timestamp looked_at_;
  Timestamp looked_for_unknown_at_;
};

}  // namespace

Result<std::unique_ptr<TokenSigner>> open_rs256_signer(const std::string& directory, Timestamp now) {
  start_sodium();
  if (auto made = make_key_directory(directory); !made) return made.error();
  auto keys = load_keys(directory);
  if (keys && keys->empty()) {
    if (auto added = add_key(directory, now); !added) return added.error();
    keys = load_keys(directory);
  }
  if (!keys) return keys.error();
  return std::unique_ptr<TokenSigner>(std::make_unique<Rs256Signer>(directory, std::move(*keys), now));
}

Result<std::string> rotate_rs256_keys(const std::string& directory, Timestamp now, std::int64_t keep_ms) {
  start_sodium();
  if (auto made = make_key_directory(directory); !made) return made.error();
  auto id = add_key(directory, now);
  if (!id) return id;
  const auto ids = list_keys(directory);
  if (!ids) return ids.error();
  for (std::size_t i = 0; i + 1 < ids->size(); ++i) {
    const auto replaced_at = time_of((*ids)[i + 1]);
    if (!replaced_at || now < replaced_at->plus_ms(keep_ms)) continue;
    std::error_code error;
    std::filesystem::remove(path_of(directory, (*ids)[i]), error);
    if (error) return Error{Errc::unavailable, "can't remove the key " + (*ids)[i], {{"cause", error.message()}}};
  }
  return id;
}

}  // namespace tiketi::crypto
