// ID1: password hashes as they are stored.

#include <tiketi/adapters/crypto.hpp>

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace tiketi::test {
namespace {

class Passwords : public ::testing::Test {
 protected:
  bool matches(std::string_view password, const std::string& hash) { return hasher->verify(password, hash)->matches; }
  std::unique_ptr<PasswordHasher> hasher = crypto::make_password_hasher(crypto::cheap_passwords);
};

TEST_F(Passwords, ID1_MatchOnlyThemselves) {
  const std::string hash = hasher->hash("비밀번호 secret").value();
  EXPECT_TRUE(matches("비밀번호 secret", hash));
  for (const char* wrong : {"", "비밀번호 secre", "비밀번호 secrets", "비밀번호 Secret"})
    EXPECT_FALSE(matches(wrong, hash)) << wrong;
  EXPECT_NE(hasher->hash("비밀번호 secret").value(), hash) << "each has a salt of its own";
}

TEST_F(Passwords, ID1_TheDefaultIsArgon2idWithThirtyTwoMebibytes) {
  const auto standard = crypto::make_password_hasher();
  const std::string hash = standard->hash("secret").value();
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=32768,t=4,p=1$")) << hash;
  EXPECT_FALSE(standard->verify("secret", hash)->needs_rehash);
  EXPECT_TRUE(hasher->verify("secret", hash)->needs_rehash) << "another cost";
}

TEST_F(Passwords, ID1_ZerosInsideCount) {
  const std::string hash = hasher->hash(std::string_view("a\0b", 3)).value();
  EXPECT_TRUE(matches(std::string_view("a\0b", 3), hash));
  EXPECT_FALSE(matches(std::string_view("a\0c", 3), hash));
  EXPECT_FALSE(matches("a", hash));
  const std::string bcrypt = "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e";
  EXPECT_TRUE(matches("correct horse", bcrypt));
  EXPECT_FALSE(matches(std::string_view("correct horse\0x", 15), bcrypt)) << "libcrypt alone would stop at the zero";
}

TEST_F(Passwords, ID1_MalformedHashesMatchNothing) {
  const std::string good = hasher->hash("secret").value();
  for (const std::string& wrong :
       {std::string(), std::string("secret"), std::string("$argon2id$"), good.substr(0, good.size() - 1), good + "A",
        std::string("$argon2id$v=19$m=4294967295,t=4294967295,p=1$c2FsdHNhbHRzYWx0$aGFzaA"), std::string(10'000, '$'),
        std::string("$2b$04$short"), std::string("$2b$04$") + std::string(53, '!'), std::string("$1$ab$cdefgh"),
        std::string("*0"), std::string("*1"), std::string("x\0y", 3)})
    EXPECT_FALSE(matches("secret", wrong)) << wrong;
}

TEST_F(Passwords, ManyThreadsWaitForEachOther) {
  const auto narrow = crypto::make_password_hasher({.passes = 1, .memory_bytes = 64 * 1024, .at_once = 1});
  const std::string hash = narrow->hash("secret").value();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n) EXPECT_TRUE(narrow->verify("secret", hash)->matches);
    });
  for (std::thread& each : threads) each.join();
}

TEST(RefreshTokenText, ID3_IsUnguessableAndFoundByItsHash) {
  const auto tokens = crypto::make_refresh_tokens();
  const std::string one = tokens->make();
  EXPECT_EQ(one.size(), 43U) << "256 bits";
  EXPECT_NE(one, tokens->make());
  EXPECT_EQ(tokens->hash("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0") << "SHA-256 (FIPS 180-2, B.1)";
  EXPECT_EQ(tokens->hash(one), crypto::make_refresh_tokens()->hash(one));
}

}  // namespace
}  // namespace tiketi::test
