#pragma once
// Accounts over stores in memory, with real hashes at a cost for tests and a clock that obeys.

#include "identity/watched_store.hpp"
#include "support/fakes.hpp"
#include "support/results.hpp"

#include <gtest/gtest.h>
#include <tiketi/adapters/crypto.hpp>
#include <tiketi/adapters/memory.hpp>
#include <tiketi/identity/accounts.hpp>

#include <memory>
#include <string>
#include <utility>

namespace tiketi::test {

/// One process with accounts; several may share the stores and the key.
struct Process {
  Process(Stores& stores, Clock& clock, Ids& ids, PasswordHasher& passwords, AccountsPolicy policy = {})
      : store(stores.identity()),
        signer(crypto::make_remembering_signer(
            crypto::make_hs256_signer("a secret that all processes of a test know").value(), 1'000)),
        accounts(store, passwords, *signer, *refresh_tokens, clock, ids, policy) {}

  WatchedStore store;
  std::unique_ptr<TokenSigner> signer;
  std::unique_ptr<RefreshTokens> refresh_tokens = crypto::make_refresh_tokens();
  Accounts accounts;
};

class AccountsTest : public ::testing::Test {
 protected:
  std::unique_ptr<Process> start(AccountsPolicy policy = {}) {
    return std::make_unique<Process>(*stores, clock, ids, *passwords, policy);
  }

  /// A registered user: kim@example.com, or another's name.
  LoggedIn registered(const std::string& name = "kim") {
    auto answer = accounts().register_user({name + "@example.com", "secret-" + name, name, ""});
    EXPECT_TRUE(answer) << answer.error().message;
    return std::move(answer).value();
  }
  LoggedIn logged_in(const std::string& name = "kim") {
    auto answer = accounts().log_in(name + "@example.com", "secret-" + name);
    EXPECT_TRUE(answer) << answer.error().message;
    return std::move(answer).value();
  }
  /// Another admin, so that one may go.
  User admin(const std::string& name = "boss") {
    auto answer = accounts().create_admin({name + "@example.com", "secret-" + name, name, ""});
    EXPECT_TRUE(answer) << answer.error().message;
    return std::move(answer).value();
  }
  Caller caller(const LoggedIn& who) {
    auto answer = accounts().authenticate(who.tokens.access_token);
    EXPECT_TRUE(answer) << answer.error().message;
    return std::move(answer).value();
  }
  Errc authentication_error(const LoggedIn& who) {
    const auto answer = accounts().authenticate(who.tokens.access_token);
    EXPECT_FALSE(answer);
    return answer ? Errc::unavailable : answer.error().code;
  }

  Accounts& accounts() { return process->accounts; }
  User stored(UserId id) { return stores->identity().users({&id, 1}).value().front().value(); }
  Session stored(SessionId id) { return stores->identity().session(id).value().value(); }

  FakeClock clock;
  CountingIds ids{clock};
  std::unique_ptr<Stores> stores = memory::make_stores();
  std::unique_ptr<PasswordHasher> passwords = crypto::make_password_hasher(crypto::cheap_passwords);
  std::unique_ptr<Process> process = start();
};

}  // namespace tiketi::test
