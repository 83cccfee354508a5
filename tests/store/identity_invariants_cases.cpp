// Accounts: what the database refuses by itself, and what verify() finds.

#include "store/identity_fixture.hpp"
#include "store/raw_sql.hpp"

#include <algorithm>
#include <memory>

namespace tiketi::test {
namespace {

class IdentityInvariants : public IdentityStoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    kim_ = put_user("kim");
    lee_ = put_user("lee");
    session_ = rotated(new_session(kim_, "t1"), "t2");
    Session first = new_session(kim_, "t1");
    first.id = session_.id;
    over_ = revoked(new_session(lee_, "t3"));
    ASSERT_TRUE(put_one(of_sessions(kim_, {{0, first}})));
    ASSERT_TRUE(put_one(of_sessions(kim_, {{1, session_}})));
    ASSERT_TRUE(put_one(of_sessions(lee_, {{0, over_}})));
    raw_ = std::make_unique<RawSql>(address());
    (void)raw_->try_execute("PRAGMA foreign_keys = ON");  // SQLite has them when it is asked to, as our stores do
  }
  void TearDown() override {
    raw_.reset();
    IdentityStoreTest::TearDown();
  }
  template <class StrongId>
  std::string row(StrongId id) const {
    return " WHERE id = " + raw_->literal(id);
  }

  User kim_, lee_;
  Session session_, over_;
  std::unique_ptr<RawSql> raw_;
};

INSTANTIATE_TEST_SUITE_P(Every, IdentityInvariants, durable_stores(), store_name);

// The last line of defence: what the database refuses by itself.
TEST_P(IdentityInvariants, TheDatabaseRefusesWhatNoAccountMayBe) {
  for (const std::string& wrong : {"UPDATE users SET email = 'lee@example.com'" + row(kim_.id),
                                   "UPDATE users SET email = 'Kim@example.com'" + row(kim_.id),
                                   "UPDATE users SET email = ''" + row(kim_.id),
                                   "UPDATE users SET role = 2" + row(kim_.id),
                                   "UPDATE users SET role = -1" + row(kim_.id),
                                   "UPDATE users SET provider = 2" + row(kim_.id),
                                   "UPDATE users SET provider = 1" + row(kim_.id),
                                   "UPDATE users SET password_hash = ''" + row(kim_.id),
                                   "UPDATE users SET disabled = 2" + row(kim_.id),
                                   "UPDATE users SET failed_logins = -1" + row(kim_.id),
                                   "UPDATE users SET version = 0" + row(kim_.id),
                                   std::string("UPDATE users SET subject = 'same'"),
                                   std::string("DELETE FROM users"),
                                   "UPDATE sessions SET user_id = " + raw_->literal(UserId{{1, 1}}) + row(session_.id),
                                   "UPDATE sessions SET token_hash = 't3'" + row(session_.id),
                                   "UPDATE sessions SET token_hash = ''" + row(session_.id),
                                   "UPDATE sessions SET previous_hash = token_hash" + row(session_.id),
                                   "UPDATE sessions SET expires_at = rotated_at" + row(session_.id),
                                   "UPDATE sessions SET version = 0" + row(session_.id),
                                   "UPDATE sessions SET revoked_at = 0" + row(over_.id),
                                   "INSERT INTO refresh_tokens VALUES ('t1', " + raw_->literal(over_.id) + ")"})
    EXPECT_NE(raw_->try_execute(wrong), "") << "was not refused: " << wrong;
}

struct Damage {
  std::string invariant;
  std::string damage;
  std::string repair;
};

TEST_P(IdentityInvariants, VerifyFindsWhatIsBroken) {
  const std::string session = raw_->literal(session_.id);
  const std::vector<Damage> all{
      {"session-token", "DELETE FROM refresh_tokens WHERE hash = 't2'",
       "INSERT INTO refresh_tokens VALUES ('t2', " + session + ")"},
      {"session-token", "UPDATE refresh_tokens SET session_id = " + raw_->literal(over_.id) + " WHERE hash = 't2'",
       "UPDATE refresh_tokens SET session_id = " + session + " WHERE hash = 't2'"},
      {"session-previous-token", "DELETE FROM refresh_tokens WHERE hash = 't1'",
       "INSERT INTO refresh_tokens VALUES ('t1', " + session + ")"},
      {"disabled-session", "UPDATE users SET disabled = 1" + row(kim_.id),
       "UPDATE users SET disabled = 0" + row(kim_.id)}};
  for (const Damage& each : all) {
    raw_->execute(each.damage);
    const auto findings = identity().verify().value();
    EXPECT_TRUE(std::ranges::any_of(findings, [&](const Finding& found) { return found.invariant == each.invariant; }))
        << "not found: " << each.damage;
    raw_->execute(each.repair);
    EXPECT_TRUE(identity().verify().value().empty()) << "after: " << each.repair;
  }
}

}  // namespace
}  // namespace tiketi::test
