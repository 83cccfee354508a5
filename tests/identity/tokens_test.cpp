// ID3: access tokens that others tamper with.

#include "adapters/crypto/rsa_key.hpp"
#include "support/temporary_directory.hpp"

#include <tiketi/adapters/crypto.hpp>
#include <tiketi/base/base64.hpp>

#include <gtest/gtest.h>
#include <sodium.h>
#include <sys/stat.h>
#include <boost/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace tiketi::test {
namespace {

namespace fs = std::filesystem;

constexpr Timestamp noon{1'795'143'600'000};
const std::string secret = "a secret of more than thirty-two bytes";

std::string encoded(std::string_view text) {
  return to_base64url(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

Claims claims_at(Timestamp now) {
  return {UserId{{0x0190aaaabbbb7000, 0x8000000000000001}},
          "kim@example.com",
          Role::admin,
          SessionId{{0x0190aaaabbbb7000, 0x8000000000000002}},
          now,
          now.plus_ms(7 * day_ms),
          ""};
}

/// Header, payload and signature, still encoded.
std::vector<std::string> parts_of(const std::string& token) {
  std::vector<std::string> out(1);
  for (const char c : token) {
    if (c == '.') out.emplace_back();
    else out.back() += c;
  }
  return out;
}

boost::json::value json_of(const std::string& part) {
  const auto bytes = from_base64url(part).value();
  return boost::json::parse(std::string(bytes.begin(), bytes.end()));
}

std::string hmac_signed(const std::string& header, const std::string& payload, std::string_view key) {
  const std::string text = encoded(header) + '.' + encoded(payload);
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> mac;
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()), key.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  crypto_auth_hmacsha256_final(&state, mac.data());
  return text + '.' + to_base64url(mac);
}

const std::string good_payload = R"({"userId":"0190aaaa-bbbb-7000-8000-000000000001","email":"kim@example.com",)"
                                 R"("role":"admin","sid":"0190aaaa-bbbb-7000-8000-000000000002",)"
                                 R"("iat":1795143600,"exp":1795748400})";

enum class Kind { hs256, rs256, remembering };

class Tokens : public ::testing::TestWithParam<Kind> {
 protected:
  std::unique_ptr<TokenSigner> open() {
    if (GetParam() == Kind::hs256) return crypto::make_hs256_signer(secret).value();
    auto signer = crypto::open_rs256_signer((directory.path() / "keys").string(), noon).value();
    if (GetParam() == Kind::rs256) return signer;
    return crypto::make_remembering_signer(std::move(signer), 100);
  }
  void expect_refused(const std::string& forged, Timestamp now = noon) {
    const auto answer = signer_->verify(forged, now);
    EXPECT_FALSE(answer) << forged;
    if (!answer) {
      EXPECT_EQ(answer.error().code, Errc::token_invalid);
    }
  }

  TemporaryDirectory directory;
  std::unique_ptr<TokenSigner> signer_ = open();
  std::string token_ = signer_->sign(claims_at(noon)).value();
};

std::string kind_name(const ::testing::TestParamInfo<Kind>& tested) {
  switch (tested.param) {
    case Kind::hs256:
      return "hs256";
    case Kind::rs256:
      return "rs256";
    case Kind::remembering:
      return "remembering";
  }
  return {};
}

INSTANTIATE_TEST_SUITE_P(Every, Tokens, ::testing::Values(Kind::hs256, Kind::rs256, Kind::remembering), kind_name);

using TokensWithPublicKeys = Tokens;
// RS256's public key is known to all: it must not do as a secret of HS256.
TEST_P(TokensWithPublicKeys, ID3_APublicKeyIsNoSecret) {
  const auto keys = boost::json::parse(signer_->jwks()).at("keys").as_array();
  const std::string key_id(keys.at(0).at("kid").as_string());
  const auto modulus = from_base64url(std::string(keys.at(0).at("n").as_string())).value();
  for (const std::string& known : {signer_->jwks(), std::string(modulus.begin(), modulus.end()), std::string()}) {
    expect_refused(hmac_signed(R"({"alg":"HS256","typ":"JWT","kid":")" + key_id + "\"}", good_payload, known));
    expect_refused(hmac_signed(R"({"alg":"RS256","typ":"JWT","kid":")" + key_id + "\"}", good_payload, known));
  }
}

INSTANTIATE_TEST_SUITE_P(Every, TokensWithPublicKeys, ::testing::Values(Kind::rs256, Kind::remembering), kind_name);

TEST_P(Tokens, ID3_SayWhatWasSigned) {
  for (int i = 0; i < 2; ++i) {
    auto answer = signer_->verify(token_, noon);
    ASSERT_TRUE(answer) << answer.error().message;
    answer->key_id.clear();
    EXPECT_EQ(*answer, claims_at(noon));
  }
  const auto payload = json_of(parts_of(token_)[1]).as_object();
  EXPECT_EQ(payload.at("userId"), "0190aaaa-bbbb-7000-8000-000000000001");
  EXPECT_EQ(payload.at("email"), "kim@example.com");
  EXPECT_EQ(payload.at("role"), "admin");
  EXPECT_EQ(payload.at("iat"), 1'795'143'600);
  EXPECT_EQ(payload.at("exp"), 1'795'748'400);
}

TEST_P(Tokens, ID3_EndWithTheirTime) {
  const Timestamp end = noon.plus_ms(7 * day_ms);
  EXPECT_TRUE(signer_->verify(token_, end.plus_ms(-1)));
  expect_refused(token_, end);
  expect_refused(token_, latest_timestamp);
  EXPECT_TRUE(signer_->verify(token_, noon.plus_ms(-minute_ms))) << "clocks differ a little";
  expect_refused(token_, noon.plus_ms(-minute_ms - 1));
}

TEST_P(Tokens, ID3_EveryChangedOrMissingCharacterIsNoticed) {
  for (std::size_t i = 0; i < token_.size(); ++i) {
    std::string forged = token_;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    expect_refused(forged);
    expect_refused(token_.substr(0, i));
  }
  for (const char* more : {"A", "=", ".", " ", "\n", ".AAAA"}) {
    expect_refused(token_ + more);
    expect_refused(more + token_);
  }
}

TEST_P(Tokens, ID3_APayloadIsNotSignedByAnothersSignature) {
  const auto parts = parts_of(token_);
  std::string of_another = good_payload;
  of_another.replace(of_another.find("kim@"), 4, "lee@");
  expect_refused(parts[0] + '.' + encoded(of_another) + '.' + parts[2]);
  expect_refused(parts[0] + '.' + parts[1] + '.');
  expect_refused(parts[0] + '.' + parts[1]);
  expect_refused(parts[0] + ".." + parts[2]);
  expect_refused('.' + parts[1] + '.' + parts[2]);
  expect_refused("..");
  expect_refused("");
  expect_refused(std::string(1'000'000, 'A'));
}

TEST_P(Tokens, ID3_AlgorithmsAreNotForTheTokenToChoose) {
  const auto parts = parts_of(token_);
  const auto header = json_of(parts[0]).as_object();
  for (const char* algorithm : {"none", "None", "NONE", "", "HS384", "RS512", "PS256", "ES256", "hs256", "rs256"}) {
    auto forged = header;
    forged["alg"] = algorithm;
    const std::string text = boost::json::serialize(forged);
    expect_refused(encoded(text) + '.' + parts[1] + '.');
    expect_refused(encoded(text) + '.' + parts[1] + '.' + parts[2]);
    expect_refused(hmac_signed(text, good_payload, secret));
  }
  expect_refused(encoded(R"({"typ":"JWT"})") + '.' + parts[1] + '.' + parts[2]);
}

TEST_P(Tokens, ID3_OneSignerDoesNotKnowTheOthers) {
  const TemporaryDirectory elsewhere;
  const auto other = crypto::open_rs256_signer(elsewhere.path().string(), noon).value();
  expect_refused(other->sign(claims_at(noon)).value());
  expect_refused(crypto::make_hs256_signer(secret + "!").value()->sign(claims_at(noon)).value());
  expect_refused(crypto::make_ephemeral_signer()->sign(claims_at(noon)).value());
}

TEST(Hs256, ID3_RefusesMalformedClaimsEvenIfTheyAreSigned) {
  const auto signer = crypto::make_hs256_signer(secret).value();
  const std::string header = R"({"alg":"HS256","typ":"JWT"})";
  EXPECT_TRUE(signer->verify(hmac_signed(header, good_payload, secret), noon));
  const auto replaced = [](std::string_view from, std::string_view to) {
    std::string out = good_payload;
    const std::size_t at = out.find(from);
    EXPECT_NE(at, out.npos) << from;
    return out.replace(at, from.size(), to);
  };
  for (const std::string& wrong : {std::string(),
                                   std::string("null"),
                                   std::string("[]"),
                                   std::string("{"),
                                   good_payload + "x",
                                   replaced("userId", "user"),
                                   replaced("0190aaaa-bbbb-7000-8000-000000000001", "1"),
                                   replaced("\"admin\"", "\"root\""),
                                   replaced("\"admin\"", "1"),
                                   replaced("\"role\"", "\"rule\""),
                                   replaced("1795143600", "1795143600.5"),
                                   replaced("1795143600", "\"1795143600\""),
                                   replaced("1795143600", "-1"),
                                   replaced("1795748400", "1e300"),
                                   replaced("1795748400", "9223372036854775807"),
                                   replaced("1795748400", "99999999999999999999999"),
                                   replaced("1795748400", "null"),
                                   replaced("sid", "sie"),
                                   replaced("kim@example.com", std::string(400, 'x')),
                                   replaced("\"kim@example.com\"", "[[[[[[[[[[1]]]]]]]]]]")})
    EXPECT_FALSE(signer->verify(hmac_signed(header, wrong, secret), noon)) << wrong;
  for (const std::string& wrong :
       {std::string(R"({"alg":"HS256","crit":["exp"]})"), std::string(R"({"alg":["HS256"]})"),
        std::string(R"({"alg":"HS256","kid":5})"), std::string(R"("HS256")"), std::string(R"({"alg":"HS256"} x)")})
    EXPECT_FALSE(signer->verify(hmac_signed(wrong, good_payload, secret), noon)) << wrong;
}

// An example from RFC 7515, appendix A.1: our HMAC is the one that others compute.
TEST(Hs256, ID3_ComputesWhatTheStandardSays) {
  const auto key =
      from_base64url("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  const std::string made =
      hmac_signed("{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}",
                  "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}",
                  std::string(key->begin(), key->end()));
  EXPECT_TRUE(made.ends_with(".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")) << made;
}

TEST(Hs256, ID3_SecretsHaveThirtyTwoBytesUnlessAllowedOtherwise) {
  EXPECT_FALSE(crypto::make_hs256_signer(std::string(31, 'x')));
  EXPECT_TRUE(crypto::make_hs256_signer(std::string(32, 'x')));
  EXPECT_TRUE(crypto::make_hs256_signer("dev", true));
  const auto empty = crypto::make_hs256_signer("", true);
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().details, (std::vector<Detail>{{"field", "secret"}}));
  EXPECT_EQ(crypto::make_hs256_signer(std::string(32, 'x')).value()->jwks(), R"({"keys":[]})");
}

class KeyRing : public ::testing::Test {
 protected:
  std::unique_ptr<TokenSigner> open(Timestamp now = noon) { return crypto::open_rs256_signer(path(), now).value(); }
  std::string path() const { return (directory.path() / "some" / "keys").string(); }
  std::vector<fs::path> files() const {
    std::vector<fs::path> out;
    for (const auto& each : fs::directory_iterator(path())) out.push_back(each.path());
    std::sort(out.begin(), out.end());
    return out;
  }
  static std::size_t keys_in(TokenSigner& signer) {
    return boost::json::parse(signer.jwks()).at("keys").as_array().size();
  }

  TemporaryDirectory directory;
};

TEST_F(KeyRing, ID3_IsMadeOnceForItsOwnerAlone) {
  const std::string token = open()->sign(claims_at(noon)).value();
  ASSERT_EQ(files().size(), 1U);
  struct stat facts {};
  ASSERT_EQ(::stat(files().front().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
  ASSERT_EQ(::stat(path().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0700U);
  EXPECT_TRUE(open()->verify(token, noon)) << "after a restart";
  EXPECT_EQ(files().size(), 1U);
}

TEST_F(KeyRing, ID3_PublishesItsPublicKeys) {
  const auto signer = open();
  const auto claims = signer->verify(signer->sign(claims_at(noon)).value(), noon);
  const auto key = boost::json::parse(signer->jwks()).at("keys").as_array().at(0).as_object();
  EXPECT_EQ(key.at("kid").as_string(), claims->key_id);
  EXPECT_EQ(key.at("kty"), "RSA");
  EXPECT_EQ(key.at("alg"), "RS256");
  EXPECT_EQ(key.at("use"), "sig");
  EXPECT_EQ(key.at("e"), "AQAB");
  EXPECT_EQ(from_base64url(std::string(key.at("n").as_string()))->size(), 256U);
  EXPECT_EQ(key.size(), 6U) << "and nothing of the private ones";
}

TEST_F(KeyRing, ID3_AfterARotationOldTokensAreGoodAndNewOnesHaveTheNewKey) {
  const auto running = open();
  const std::string before = running->sign(claims_at(noon)).value();
  const std::string id = crypto::rotate_rs256_keys(path(), noon.plus_ms(second_ms)).value();
  const auto restarted = open(noon.plus_ms(second_ms));
  EXPECT_EQ(keys_in(*restarted), 2U);
  const std::string after = restarted->sign(claims_at(noon)).value();
  EXPECT_EQ(restarted->verify(after, noon)->key_id, id);
  EXPECT_TRUE(restarted->verify(before, noon));
  EXPECT_EQ(running->verify(after, noon)->key_id, id) << "a running process looks for the key that it does not know";
  EXPECT_EQ(running->verify(running->sign(claims_at(noon)).value(), noon)->key_id, id);
}

TEST_F(KeyRing, ID3_ARunningProcessSignsWithTheNewKeyWithinAMinute) {
  const auto running = open();
  const std::string id = crypto::rotate_rs256_keys(path(), noon.plus_ms(second_ms)).value();
  const auto key_of = [&](Timestamp now) {
    return running->verify(running->sign(claims_at(now)).value(), now)->key_id;
  };
  EXPECT_NE(key_of(noon.plus_ms(59 * second_ms)), id);
  EXPECT_EQ(key_of(noon.plus_ms(60 * second_ms)), id);
}

TEST_F(KeyRing, ID3_KeysWhoseTokensAreOverAreRemoved) {
  const std::string token = open()->sign(claims_at(noon)).value();
  crypto::rotate_rs256_keys(path(), noon.plus_ms(day_ms)).value();
  crypto::rotate_rs256_keys(path(), noon.plus_ms(9 * day_ms - 1)).value();
  EXPECT_EQ(files().size(), 3U);
  crypto::rotate_rs256_keys(path(), noon.plus_ms(9 * day_ms)).value();
  EXPECT_EQ(files().size(), 3U) << "the first one went";
  EXPECT_FALSE(open()->verify(token, noon));
}

TEST_F(KeyRing, ID3_KeysThatOthersMayReadOrThatAreBrokenAreRefused) {
  open();
  const auto refusal = [&] {
    const auto answer = crypto::open_rs256_signer(path(), noon);
    EXPECT_FALSE(answer);
    if (answer) return std::string();
    EXPECT_EQ(answer.error().code, Errc::invalid_argument);
    const Error error = answer.error();
    EXPECT_EQ(error.detail("file"), files().front().string());
    return error.message;
  };
  const fs::path key = files().front();
  fs::permissions(key, fs::perms::group_read, fs::perm_options::add);
  EXPECT_NE(refusal().find("chmod 600"), std::string::npos);
  fs::permissions(key, fs::perms::group_read, fs::perm_options::remove);
  std::ofstream(key) << "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
  EXPECT_NE(refusal().find("PEM"), std::string::npos);
  std::ofstream(key) << std::string(20'000, 'x');
  EXPECT_NE(refusal().find("too large"), std::string::npos);
  // An elliptic curve's key, and an RSA key of too few bits.
  std::ofstream(key) << "-----BEGIN PRIVATE KEY-----\n"
                        "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
                        "-----END PRIVATE KEY-----\n";
  EXPECT_NE(refusal().find("RSA"), std::string::npos);
}

TEST_F(KeyRing, ID3_AKeyIsGoodForItsOwnAlgorithmOnly) {
  const auto signer = open();
  std::ifstream file(files().front());
  const auto key = crypto::RsaKey::parse(std::string(std::istreambuf_iterator<char>(file), {})).value();
  const auto signed_as = [&](const std::string& algorithm) {
    const std::string header = R"({"alg":")" + algorithm + R"(","kid":")" + files().front().stem().string() + "\"}";
    const std::string text = encoded(header) + '.' + encoded(good_payload);
    return text + '.' + to_base64url(key.sign(text).value());
  };
  EXPECT_TRUE(signer->verify(signed_as("RS256"), noon));
  for (const char* algorithm : {"none", "HS256", "RS512", "PS256"})
    EXPECT_FALSE(signer->verify(signed_as(algorithm), noon)) << algorithm;
}

TEST_F(KeyRing, OtherFilesInTheDirectoryDoNotMatter) {
  open();
  std::ofstream(fs::path(path()) / "README") << "keys";
  std::ofstream(fs::path(path()) / "signing.pem") << "another kind of key";
  EXPECT_EQ(keys_in(*open()), 1U);
}

TEST_F(KeyRing, ItsKeysAreBoundedInNumber) {
  open();
  const fs::path key = files().front();
  for (int i = 0; i < 32; ++i) fs::copy_file(key, key.parent_path() / ("rs256-" + std::to_string(i) + ".pem"));
  const auto answer = crypto::open_rs256_signer(path(), noon);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::limit_exceeded);
}

}  // namespace
}  // namespace tiketi::test
