// The examples of FIPS 180-4's companion, and lengths about the borders of blocks.

#include "core/base/sha256.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include <string>
#include <vector>

namespace tiketi::test {
namespace {

std::string hex(std::string_view text) {
  const auto hash = base::sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  std::string out;
  for (const std::uint8_t byte : hash) {
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

TEST(Sha256, MakesWhatTheStandardSays) {
  EXPECT_EQ(hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, AgreesWithAnotherImplementationForEveryLength) {
  std::vector<std::uint8_t> message;
  for (int length = 0; length <= 300; ++length) {
    std::array<std::uint8_t, 32> other{};
    crypto_hash_sha256(other.data(), message.data(), message.size());
    EXPECT_EQ(base::sha256(message), other) << length;
    message.push_back(static_cast<std::uint8_t>(length * 7));
  }
}

}  // namespace
}  // namespace tiketi::test
