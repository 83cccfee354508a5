// What a change to accounts may ask the store to guard, and guesses at unknown e-mails, on every store: ID1, ID3, ID4.

#include "store/identity_fixture.hpp"

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

namespace tiketi::test {
namespace {

class IdentityGuardsTest : public IdentityStoreTest {
 protected:
  User put_admin(const std::string& name) {
    User user = new_user(name);
    user.role = Role::admin;
    EXPECT_TRUE(put_one({0, user, {}}));
    return user;
  }
  /// The user as somebody who is no active admin.
  static IdentityChange dropping(User user, bool disables) {
    const std::int64_t version = user.version++;
    if (disables) user.disabled = true;
    else user.role = Role::user;
    return {version, std::move(user), {}, {}, true};
  }
  Guesses guesses(std::string hash, std::int32_t failed, std::int64_t version) {
    return {std::move(hash), failed, clock.now().plus_ms(failed), clock.now().plus_ms(day_ms), version};
  }
};

INSTANTIATE_TEST_SUITE_P(Every, IdentityGuardsTest, every_store(), store_name);

TEST_P(IdentityGuardsTest, ID4_AnAdminStaysWhoeverGoes) {
  const User a = put_admin("a");
  const User b = put_admin("b");
  User c = new_user("c");
  c.role = Role::admin;
  c.disabled = true;
  ASSERT_TRUE(put_one({0, c, {}}));
  put_user("d");
  const auto answers = put({dropping(a, false), dropping(b, true), dropping(b, false)});
  EXPECT_TRUE(answers[0]);
  EXPECT_EQ(refusal(answers[1]), "not_permitted ") << "in the same batch, too; a disabled admin does not count";
  EXPECT_EQ(refusal(answers[2]), "not_permitted ");
  EXPECT_EQ(refusal(put_one(dropping(b, false))), "not_permitted ");
  EXPECT_EQ(stored(b.id), b);
  EXPECT_TRUE(put_one(dropping(a, false))) << "a commit may be repeated";
  c.disabled = false;
  ++c.version;
  const auto swapped = put({{1, c, {}}, dropping(b, true)});
  EXPECT_TRUE(swapped[0] && swapped[1]) << "an admin of the same batch counts";
}

TEST_P(IdentityGuardsTest, ID4_OfAdminsWhoDropEachOtherSideBySideOneStays) {
  std::vector<User> all;
  for (int i = 0; i < 4; ++i) all.push_back(put_admin("admin" + std::to_string(i)));
  for (int round = 0; round < 15; ++round) {
    std::atomic<std::size_t> applied{0};
    std::vector<std::thread> threads;
    for (const User& each : all)
      threads.emplace_back([&] {
        const IdentityChange change = dropping(each, round % 2 == 0);
        const auto answers = identity().commit({&change, 1});
        ASSERT_TRUE(answers) << answers.error().message;
        applied += answers->front().has_value();
        EXPECT_TRUE(answers->front() || answers->front().error().code == Errc::not_permitted);
      });
    for (std::thread& each : threads) each.join();
    ASSERT_EQ(applied, all.size() - 1);
    std::size_t active = 0;
    for (User& each : all) {
      each = *stored(each.id);
      active += each.is_active_admin();
      const std::int64_t version = each.version++;
      each.role = Role::admin;
      each.disabled = false;
      ASSERT_TRUE(put_one({version, each, {}}));
    }
    ASSERT_EQ(active, 1U);
  }
}

TEST_P(IdentityGuardsTest, ID4_WhatNamesAllSessionsFailsIfThereIsAnother) {
  const User kim = put_user("kim");
  const User lee = put_user("lee");
  const Session known = new_session(kim, "known");
  Session expired = new_session(kim, "expired");
  expired.expires_at = clock.now().plus_ms(1);
  const Session over = new_session(kim, "over");
  ASSERT_TRUE(put_one(of_sessions(kim, {{0, known}, {0, expired}, {0, over}})));
  ASSERT_TRUE(put_one(of_sessions(kim, {{1, revoked(over)}})));
  ASSERT_TRUE(put_one(of_sessions(lee, {{0, new_session(lee, "of another")}})));
  clock.advance(1);
  User changed = kim;
  ++changed.version;
  const auto naming = [&](std::vector<PutSession> sessions) {
    return IdentityChange{1, changed, std::move(sessions), clock.now()};
  };
  EXPECT_EQ(refusal(put_one(naming({}))), "version_conflict session");
  const Session slipped_in = new_session(kim, "slipped in");
  const auto answers = put({of_sessions(kim, {{0, slipped_in}}), naming({{1, revoked(known)}})});
  EXPECT_TRUE(answers[0]);
  EXPECT_EQ(refusal(answers[1]), "version_conflict session") << "in the same batch, too";
  EXPECT_EQ(stored(known.id), known);
  EXPECT_EQ(stored(kim.id), kim);
  const IdentityChange all = naming({{1, revoked(known)}, {1, slipped_in}});
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(put_one(all)) << "a commit may be repeated";
  EXPECT_EQ(stored(known.id), revoked(known));
  EXPECT_EQ(stored(slipped_in.id), slipped_in) << "named, and kept as it is";
  EXPECT_EQ(stored(kim.id), changed);
}

TEST_P(IdentityGuardsTest, ID4_NoSessionSlipsPastWhatEndsThemAll) {
  for (int round = 0; round < 5; ++round) {
    const User kim = put_user("kim" + std::to_string(round));
    std::atomic<int> begun{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i)
      threads.emplace_back([&, i] {
        for (int n = 0; n < 20; ++n) {
          const std::string token = kim.name + '-' + std::to_string(i) + '-' + std::to_string(n);
          const IdentityChange change = of_sessions(kim, {{0, new_session(kim, token)}});
          const auto answers = identity().commit({&change, 1});
          ASSERT_TRUE(answers) << answers.error().message;
          if (!answers->front()) return;  // the user has changed
          ++begun;
        }
      });
    while (begun < 10) std::this_thread::yield();
    User changed = kim;
    ++changed.version;
    for (bool done = false; !done;) {
      IdentityChange change{1, changed, {}, clock.now()};
      for (const Session& each : identity().live_sessions(kim.id, clock.now()).value())
        change.sessions.push_back({1, revoked(each)});
      const auto answers = identity().commit({&change, 1});
      ASSERT_TRUE(answers) << answers.error().message;
      done = answers->front().has_value();
    }
    for (std::thread& each : threads) each.join();
    EXPECT_TRUE(identity().live_sessions(kim.id, clock.now()).value().empty());
  }
}

TEST_P(IdentityGuardsTest, ID1_GuessesAreReadBackAsStored) {
  EXPECT_EQ(identity().guesses("x").value(), std::nullopt);
  const Guesses first = guesses("x", 1, 1);
  const Guesses second{"x", INT32_MAX, latest_timestamp, latest_timestamp, 2};
  EXPECT_TRUE(identity().put(0, first));
  EXPECT_EQ(identity().guesses("x").value(), first);
  EXPECT_EQ(identity().guesses("X").value(), std::nullopt);
  EXPECT_EQ(identity().put(0, second).error().code, Errc::version_conflict);
  EXPECT_EQ(identity().put(2, second).error().code, Errc::version_conflict);
  EXPECT_EQ(identity().guesses("x").value(), first);
  EXPECT_TRUE(identity().put(1, second));
  EXPECT_EQ(identity().guesses("x").value(), second);
  EXPECT_EQ(identity().put(1, first).error().code, Errc::version_conflict);
  EXPECT_EQ(identity().put(1, guesses("y", 1, 2)).error().code, Errc::version_conflict);
}

TEST_P(IdentityGuardsTest, ID4_OfGuessesSideBySideEachIsCounted) {
  std::atomic<std::int32_t> stored{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i)
    threads.emplace_back([&] {
      for (bool done = false; !done;) {
        const auto old = identity().guesses("x");
        ASSERT_TRUE(old) << old.error().message;
        const std::int64_t version = *old ? (*old)->version : 0;
        const auto answer = identity().put(version, guesses("x", *old ? (*old)->failed_logins + 1 : 1, version + 1));
        ASSERT_TRUE(answer || answer.error().code == Errc::version_conflict) << answer.error().message;
        done = answer.has_value();
        stored += done;
      }
    });
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(stored, 6);
  EXPECT_EQ(identity().guesses("x").value()->failed_logins, 6);
}

TEST_P(IdentityGuardsTest, ID4_OldGuessesAreForgotten) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(identity().put(0, guesses(std::to_string(i), 1, 1)));
    clock.advance(1);
  }
  const Timestamp first_end = clock.now().plus_ms(day_ms - 5);
  EXPECT_EQ(identity().prune_guesses(first_end.plus_ms(-1), 10).value(), 0U);
  EXPECT_EQ(identity().prune_guesses(first_end, 10).value(), 1U);
  EXPECT_EQ(identity().guesses("0").value(), std::nullopt);
  EXPECT_EQ(identity().prune_guesses(first_end.plus_ms(3), 2).value(), 2U);
  EXPECT_EQ(identity().prune_guesses(first_end.plus_ms(3), 2).value(), 1U);
  EXPECT_NE(identity().guesses("4").value(), std::nullopt);
}

}  // namespace
}  // namespace tiketi::test
