#pragma once
// Accounts and sessions to put into a store.

#include "store/store_fixture.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tiketi::test {

class IdentityStoreTest : public StoreTest {
 protected:
  void TearDown() override {
    if (expect_clean) {
      const auto findings = identity().verify();
      ASSERT_TRUE(findings) << findings.error().message;
      for (const Finding& each : *findings) ADD_FAILURE() << each.invariant << ": " << each.what;
    }
    StoreTest::TearDown();
  }

  IdentityStore& identity() { return stores().identity(); }

  User new_user(const std::string& name = "kim") {
    User user;
    user.id = ids.next<UserId>();
    user.email = name + "@example.com";
    user.name = name;
    user.password_hash = "hash of " + name;
    user.created_at = user.updated_at = clock.now();
    return user;
  }
  Session new_session(const User& user, std::string token) {
    Session session;
    session.id = ids.next<SessionId>();
    session.user_id = user.id;
    session.token_hash = std::move(token);
    session.created_at = session.rotated_at = clock.now();
    session.expires_at = clock.now().plus_ms(30 * day_ms);
    return session;
  }
  /// The same session with another token.
  Session rotated(Session session, std::string token) {
    session.previous_hash = std::exchange(session.token_hash, std::move(token));
    session.rotated_at = clock.now();
    session.expires_at = clock.now().plus_ms(30 * day_ms);
    ++session.version;
    return session;
  }
  Session revoked(Session session) {
    session.revoked_at = clock.now();
    ++session.version;
    return session;
  }
  /// A change of sessions only: the user is a guard.
  static IdentityChange of_sessions(const User& user, std::vector<PutSession> sessions) {
    return {user.version, user, std::move(sessions)};
  }

  std::vector<Result<void>> put(const std::vector<IdentityChange>& changes) {
    auto answers = identity().commit(changes);
    EXPECT_TRUE(answers) << answers.error().message;
    EXPECT_EQ(answers->size(), changes.size());
    return std::move(answers).value();
  }
  Result<void> put_one(const IdentityChange& change) { return put({change}).front(); }
  User put_user(const std::string& name = "kim") {
    User user = new_user(name);
    EXPECT_TRUE(put_one({0, user, {}}));
    return user;
  }
  static std::string refusal(const Result<void>& answer) {
    EXPECT_FALSE(answer);
    if (answer) return {};
    const Error error = answer.error();
    return std::string(name(error.code)) + ' ' + std::string(error.detail("field"));
  }

  std::optional<User> stored(UserId id) { return identity().users({&id, 1}).value().front(); }
  std::optional<Session> stored(SessionId id) { return identity().session(id).value(); }
};

}  // namespace tiketi::test
