// TI2: the keys that sign tickets, and the files that keep them.

#include "support/temporary_directory.hpp"

#include <tiketi/adapters/crypto.hpp>
#include <tiketi/base/base64.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <mutex>
#include <set>
#include <thread>

namespace tiketi::test {
namespace {

namespace fs = std::filesystem;

class TicketKeys : public ::testing::Test {
 protected:
  std::unique_ptr<TicketSigner> open() const {
    auto opened = crypto::open_ticket_signer(home_.string());
    EXPECT_TRUE(opened.has_value()) << opened.error().message;
    return opened.has_value() ? std::move(*opened) : crypto::make_ephemeral_ticket_signer();
  }
  Error refused() const {
    const auto opened = crypto::open_ticket_signer(home_.string());
    EXPECT_TRUE(opened.has_error()) << "it was opened";
    return opened.has_error() ? opened.error() : Error{};
  }
  static std::string code(TicketSigner& signer) {
    const TicketClaims claims{signer.key_id(), TicketId{{1, 2}}, EventId{{3, 4}}, {5}};
    return ticket::write_code({claims, signer.sign(ticket::signing_bytes(claims))});
  }
  fs::path public_file(TicketKeyId id) const {
    char name[32];
    std::snprintf(name, sizeof name, "%08x.pub.pem", id.number);
    return home_ / name;
  }
  static void write(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::trunc) << text;
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  }
  static std::string read(const fs::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  TemporaryDirectory directory_;
  const fs::path home_ = directory_.path() / "keys" / "tickets";
};

TEST_F(TicketKeys, TI2_TheFirstOpeningMakesAKeyThatOnlyTheOwnerReads) {
  const auto signer = open();
  EXPECT_EQ(fs::status(home_ / "signing.pem").permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::status(home_).permissions(), fs::perms::owner_all);
  EXPECT_TRUE(fs::exists(public_file(signer->key_id())));
  EXPECT_EQ(std::distance(fs::directory_iterator(home_), {}), 2);
  EXPECT_EQ(crypto::parse_ticket_key_pem(read(public_file(signer->key_id()))).value(), signer->public_keys().at(0));
}

TEST_F(TicketKeys, TI2_TheKeySurvivesItsProcess) {
  const auto first = open();
  const auto second = open();
  EXPECT_EQ(code(*first), code(*second));
  EXPECT_EQ(first->public_keys(), second->public_keys());
}

TEST_F(TicketKeys, TI2_WhoOpensFirstTogetherSignsWithOneKey) {
  std::mutex mutex;
  std::set<TicketKeyId> ids;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      const auto signer = open();
      const std::lock_guard lock(mutex);
      ids.insert(signer->key_id());
    });
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(ids.size(), 1U);
  EXPECT_EQ(open()->public_keys().size(), 1U) << "what the others made is gone";
}

TEST_F(TicketKeys, TI2_AfterARotationOldCodesStayGood) {
  const auto before = open();
  const std::string old_code = code(*before);
  const TicketKeyId fresh = crypto::rotate_ticket_keys(home_.string()).value();
  const auto after = open();
  EXPECT_EQ(after->key_id(), fresh);
  EXPECT_NE(before->key_id(), fresh);
  EXPECT_TRUE(verify_offline(old_code, *after).has_value());
  EXPECT_TRUE(verify_offline(code(*after), *before).has_value()) << "who opened before learns of the new key";
  EXPECT_EQ(after->public_keys().size(), 2U);
  EXPECT_EQ(after->public_keys().front().id, fresh);
  EXPECT_EQ(fs::status(home_ / "signing.pem").permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(TicketKeys, TI2_AKeyThatGotKnownEndsWithItsPublicFile) {
  const std::string old_code = code(*open());
  const TicketKeyId leaked = open()->key_id();
  fs::remove(public_file(leaked));
  const Error error = refused();
  EXPECT_EQ(error.code, Errc::invalid_argument);
  EXPECT_EQ(error.detail("file"), public_file(leaked).filename().string());
  ASSERT_TRUE(crypto::rotate_ticket_keys(home_.string()).has_value());
  EXPECT_EQ(verify_offline(old_code, *open()).error().code, Errc::ticket_forged);
}

TEST_F(TicketKeys, TI2_AKeyThatOthersMayReadIsRefused) {
  open();
  fs::permissions(home_ / "signing.pem", fs::perms::group_read, fs::perm_options::add);
  EXPECT_EQ(refused().code, Errc::invalid_argument);
  EXPECT_EQ(refused().detail("file"), "signing.pem");
}

TEST_F(TicketKeys, TI2_DamagedFilesAreNamed) {
  const TicketKeyId id = open()->key_id();
  const std::string secret = read(home_ / "signing.pem");
  const std::string shown = read(public_file(id));
  for (const std::string& wrong : {std::string(), std::string("secret"), shown, secret.substr(0, 40), secret.substr(1),
                                   std::string(10'000, 'A')}) {
    write(home_ / "signing.pem", wrong);
    EXPECT_EQ(refused().detail("file"), "signing.pem") << wrong.substr(0, 60);
  }
  write(home_ / "signing.pem", secret);
  EXPECT_EQ(open()->key_id(), id);
  const std::string another = crypto::to_pem(crypto::make_ephemeral_ticket_signer()->public_keys().front());
  for (const std::string& wrong : {std::string(), secret, shown.substr(0, 60), another}) {
    write(public_file(id), wrong);
    EXPECT_EQ(refused().detail("file"), public_file(id).filename().string()) << wrong.substr(0, 60);
  }
}

TEST_F(TicketKeys, TI2_AFolderThatCanNotBeMadeIsTold) {
  write(directory_.path() / "keys", "a file");
  EXPECT_EQ(refused().code, Errc::unavailable);
  EXPECT_EQ(crypto::rotate_ticket_keys(home_.string()).error().code, Errc::unavailable);
}

// The example key of RFC 8410, sections 10.1 and 10.3: files that other software makes are read.
TEST_F(TicketKeys, TI2_TheFilesAreThoseOfTheStandard) {
  const std::string shown =
      "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC "
      "KEY-----\n";
  const TicketPublicKey key = crypto::parse_ticket_key_pem(shown).value();
  EXPECT_EQ(to_base64url(key.bytes), "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE");
  EXPECT_EQ(crypto::to_pem(key), shown);
  fs::create_directories(home_);
  write(home_ / "signing.pem",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
        "-----END PRIVATE KEY-----\n");
  write(public_file(key.id), shown);
  EXPECT_EQ(open()->public_keys(), std::vector{key});
}

TEST(TicketKeyPem, TI2_AnythingElseIsRefused) {
  const std::string shown = crypto::to_pem(crypto::make_ephemeral_ticket_signer()->public_keys().front());
  for (std::size_t size = 0; size + 1 < shown.size(); ++size)
    EXPECT_TRUE(crypto::parse_ticket_key_pem(shown.substr(0, size)).has_error()) << size;
  EXPECT_TRUE(crypto::parse_ticket_key_pem(shown).has_value());
  EXPECT_EQ(crypto::parse_ticket_key_pem("-----END PUBLIC KEY-----").error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace tiketi::test
