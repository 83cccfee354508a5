// What storage of accounts promises, on every store: ID1, ID2, ID3, ID4.

#include "store/identity_fixture.hpp"

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

namespace tiketi::test {
namespace {

INSTANTIATE_TEST_SUITE_P(Every, IdentityStoreTest, every_store(), store_name);

const std::string odd_text = "한글 ‘따옴표’ é 🎤 ' \" \\ % _ $1 ; --";

TEST_P(IdentityStoreTest, ID1_AUserIsReadBackAsStored) {
  User full = new_user();
  full.name = full.phone = full.password_hash = full.profile_image = full.subject = odd_text;
  full.email = "o'neil+%_$1@example.com";
  full.role = Role::admin;
  full.provider = SignInProvider::google;
  full.disabled = true;
  full.failed_logins = INT32_MAX;
  full.locked_until = latest_timestamp;
  full.version = INT64_MAX;
  User bare = new_user("bare");
  bare.name.clear();
  for (const auto& answer : put({{0, full, {}}, {0, bare, {}}})) EXPECT_TRUE(answer);
  EXPECT_EQ(stored(full.id), full);
  EXPECT_EQ(stored(bare.id), bare);
  EXPECT_EQ(identity().user_with_subject(odd_text).value(), full);
  EXPECT_EQ(identity().user_with_subject("").value(), std::nullopt) << "no subject is nobody's";
}

TEST_P(IdentityStoreTest, ID1_UsersAreAnsweredInTheOrderAskedFor) {
  const User a = put_user("a");
  const User b = put_user("b");
  const std::vector<UserId> asked{b.id, UserId{{1, 1}}, a.id, b.id};
  EXPECT_EQ(identity().users(asked).value(), (std::vector<std::optional<User>>{b, std::nullopt, a, b}));
  const std::vector<std::string> emails{"b@example.com", "B@example.com", "", "a@example.com", "b@example.com"};
  EXPECT_EQ(identity().users_with_email(emails).value(),
            (std::vector<std::optional<User>>{b, std::nullopt, std::nullopt, a, b}));
  EXPECT_TRUE(identity().users({}).value().empty());
  EXPECT_TRUE(identity().users_with_email({}).value().empty());
}

TEST_P(IdentityStoreTest, ID1_AnEmailBelongsToOneUser) {
  const User kim = put_user();
  EXPECT_EQ(refusal(put_one({0, new_user(), {}})), "already_exists email");
  User lee = put_user("lee");
  lee.email = kim.email;
  lee.version = 2;
  EXPECT_EQ(refusal(put_one({1, lee, {}})), "already_exists email");
  const User twin = new_user("twin");
  User second_twin = new_user("twin");
  const auto answers = put({{0, twin, {}}, {0, second_twin, {}}});
  EXPECT_TRUE(answers[0]);
  EXPECT_EQ(refusal(answers[1]), "already_exists email") << "in the same batch, too";
  EXPECT_EQ(stored(second_twin.id), std::nullopt);
}

TEST_P(IdentityStoreTest, ID2_ASubjectBelongsToOneUserAndNoneToMany) {
  User kim = put_user("kim");
  put_user("lee");
  kim.subject = "g-1";
  kim.version = 2;
  EXPECT_TRUE(put_one({1, kim, {}})) << "linking";
  User other = new_user("other");
  other.subject = "g-1";
  EXPECT_EQ(refusal(put_one({0, other, {}})), "already_exists subject");
  EXPECT_EQ(identity().user_with_subject("g-1").value(), kim);
  EXPECT_EQ(identity().user_with_subject("g-2").value(), std::nullopt);
}

TEST_P(IdentityStoreTest, ID3_AUserIsReplacedOnlyAtTheExpectedVersion) {
  User kim = put_user();
  User changed = kim;
  changed.name = "changed";
  changed.version = 3;
  EXPECT_EQ(refusal(put_one({2, changed, {}})), "version_conflict user");
  changed.version = 2;
  EXPECT_TRUE(put_one({1, changed, {}}));
  User late = kim;
  late.name = "late";
  late.version = 2;
  EXPECT_EQ(refusal(put_one({1, late, {}})), "version_conflict user");
  EXPECT_EQ(stored(kim.id), changed);
  late.version = 5;
  EXPECT_EQ(refusal(put_one({0, late, {}})), "already_exists id");
  EXPECT_EQ(refusal(put_one({1, new_user("nobody"), {}})), "version_conflict user");
}

TEST_P(IdentityStoreTest, ID3_ACommitMayBeRepeated) {
  const User kim = new_user();
  const IdentityChange made{0, kim, {{0, new_session(kim, "t1")}}};
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(put_one(made));
  const Session next = rotated(made.sessions[0].session, "t2");
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(put_one(of_sessions(kim, {{1, next}})));
  User changed = kim;
  changed.version = 2;
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(put_one({1, changed, {{2, revoked(next)}}}));
  for (const auto& answer : put({{1, changed, {{2, revoked(next)}}}, {1, changed, {{2, revoked(next)}}}}))
    EXPECT_TRUE(answer);
  EXPECT_EQ(stored(next.id)->version, 3);
}

TEST_P(IdentityStoreTest, ID3_AChangeAppliesWholeOrNotAtAll) {
  const User kim = put_user();
  const Session session = new_session(kim, "t1");
  ASSERT_TRUE(put_one(of_sessions(kim, {{0, session}})));
  User changed = kim;
  changed.name = "changed";
  changed.version = 2;
  const Session fresh = new_session(kim, "t2");
  EXPECT_EQ(refusal(put_one({1, changed, {{0, fresh}, {7, revoked(session)}}})), "version_conflict session");
  EXPECT_EQ(stored(kim.id), kim);
  EXPECT_EQ(stored(fresh.id), std::nullopt);
  EXPECT_EQ(stored(session.id), session);
  EXPECT_EQ(identity().session_with_token("t2").value(), std::nullopt);
  User guard = kim;
  guard.version = 2;
  EXPECT_EQ(refusal(put_one({2, guard, {{0, fresh}}})), "version_conflict user") << "a guard is one, too";
  EXPECT_EQ(stored(fresh.id), std::nullopt);
}

TEST_P(IdentityStoreTest, ID3_ChangesOfABatchSeeThoseBeforeThem) {
  User kim = new_user();
  const Session first = new_session(kim, "t1");
  const Session second = rotated(first, "t2");
  const Session third = rotated(second, "t3");
  User renamed = kim;
  renamed.name = "renamed";
  renamed.version = 2;
  const auto answers = put({{0, kim, {{0, first}}},
                            of_sessions(kim, {{1, second}}),
                            {1, renamed, {}},
                            of_sessions(kim, {{2, third}}),
                            of_sessions(renamed, {{2, third}})});
  EXPECT_TRUE(answers[0] && answers[1] && answers[2] && answers[4]);
  EXPECT_EQ(refusal(answers[3]), "version_conflict user");
  EXPECT_EQ(stored(kim.id), renamed);
  for (const char* token : {"t1", "t2", "t3"}) EXPECT_EQ(identity().session_with_token(token).value(), third) << token;
}

TEST_P(IdentityStoreTest, ID3_EveryTokenThatASessionHadFindsIt) {
  const User kim = put_user();
  Session session = new_session(kim, "t0");
  ASSERT_TRUE(put_one(of_sessions(kim, {{0, session}})));
  for (int i = 1; i <= 5; ++i) {
    const std::int64_t version = session.version;
    session = rotated(session, "t" + std::to_string(i));
    ASSERT_TRUE(put_one(of_sessions(kim, {{version, session}})));
  }
  for (int i = 0; i <= 5; ++i) EXPECT_EQ(identity().session_with_token("t" + std::to_string(i)).value(), session);
  EXPECT_EQ(identity().session_with_token("").value(), std::nullopt);
  EXPECT_EQ(identity().session_with_token("t6").value(), std::nullopt);
}

TEST_P(IdentityStoreTest, ID3_ATokenBelongsToOneSessionForEver) {
  const User kim = put_user();
  const Session first = new_session(kim, "t1");
  const Session next = rotated(first, "t2");
  ASSERT_TRUE(put_one(of_sessions(kim, {{0, first}})));
  ASSERT_TRUE(put_one(of_sessions(kim, {{1, next}})));
  for (const char* used : {"t1", "t2"})
    EXPECT_EQ(refusal(put_one(of_sessions(kim, {{0, new_session(kim, used)}}))), "already_exists token");
  EXPECT_EQ(refusal(put_one(of_sessions(kim, {{2, rotated(next, "t1")}}))), "already_exists token")
      << "not even its own";
  Session twin = new_session(kim, "t3");
  twin.id = first.id;
  EXPECT_EQ(refusal(put_one(of_sessions(kim, {{0, twin}}))), "already_exists session");
}

TEST_P(IdentityStoreTest, ID3_ASessionIsItsUsersOnly) {
  const User kim = put_user("kim");
  const User lee = put_user("lee");
  Session session = new_session(kim, "t1");
  EXPECT_EQ(refusal(put_one(of_sessions(lee, {{0, session}}))), "version_conflict session");
  ASSERT_TRUE(put_one(of_sessions(kim, {{0, session}})));
  session = revoked(session);
  session.user_id = lee.id;
  EXPECT_EQ(refusal(put_one(of_sessions(lee, {{1, session}}))), "version_conflict session");
}

TEST_P(IdentityStoreTest, ID3_LiveSessionsComeQuietestFirst) {
  const User kim = put_user("kim");
  const User lee = put_user("lee");
  Session a = new_session(kim, "a");
  clock.advance(1);
  const Session b = new_session(kim, "b");
  const Session gone = new_session(kim, "gone");
  ASSERT_TRUE(put_one(of_sessions(kim, {{0, b}, {0, a}, {0, gone}})));
  ASSERT_TRUE(put_one(of_sessions(lee, {{0, new_session(lee, "other")}})));
  ASSERT_TRUE(put_one(of_sessions(kim, {{1, revoked(gone)}})));
  EXPECT_EQ(identity().live_sessions(kim.id, clock.now()).value(), (std::vector{a, b}));
  clock.advance(1);
  a = rotated(a, "a2");
  ASSERT_TRUE(put_one(of_sessions(kim, {{1, a}})));
  EXPECT_EQ(identity().live_sessions(kim.id, clock.now()).value(), (std::vector{b, a}));
  EXPECT_EQ(identity().live_sessions(kim.id, b.expires_at).value(), (std::vector{a}));
  EXPECT_TRUE(identity().live_sessions(UserId{{1, 1}}, clock.now()).value().empty());
}

TEST_P(IdentityStoreTest, ID4_StandingsTellOfUserAndSessionTogether) {
  User kim = new_user("kim");
  kim.role = Role::admin;
  User lee = new_user("lee");
  lee.disabled = true;
  const Session live = new_session(kim, "t1");
  const Session over = revoked(new_session(lee, "t2"));
  for (const auto& answer : put({{0, kim, {{0, live}}}, {0, lee, {{0, over}}}})) ASSERT_TRUE(answer);
  const std::vector<UserOfSession> asked{{lee.id, over.id},           {kim.id, live.id},      {kim.id, over.id},
                                         {lee.id, live.id},           {kim.id, live.id},      {UserId{{1, 1}}, live.id},
                                         {kim.id, SessionId{{1, 1}}}, {UserId(), SessionId()}};
  const Standing of_kim{true, false, Role::admin, kim.email, true, false, live.expires_at};
  const Standing of_lee{true, true, Role::user, lee.email, true, true, over.expires_at};
  Standing kim_alone{true, false, Role::admin, kim.email, false, false, {}};
  Standing lee_alone{true, true, Role::user, lee.email, false, false, {}};
  EXPECT_EQ(identity().standings(asked).value(),
            (std::vector{of_lee, of_kim, kim_alone, lee_alone, of_kim, Standing{}, kim_alone, Standing{}}));
  EXPECT_TRUE(identity().standings({}).value().empty());
}

TEST_P(IdentityStoreTest, ID4_UsersAreListedNewestFirstAndFoundByPartsOfTexts) {
  std::vector<User> users;
  for (const char* name : {"kim", "Lee", "100%_a"}) {
    users.push_back(new_user("u" + std::to_string(users.size())));
    users.back().name = name;
    users.back().phone = "010-" + std::to_string(users.size());
  }
  for (const User& each : users) ASSERT_TRUE(put_one({0, each, {}}));
  const auto found = [&](std::string text, std::int64_t offset = 0, std::int64_t limit = 10) {
    const auto page = identity().list({std::move(text), offset, limit}).value();
    std::string out;
    for (const User& each : page.users) out += each.email[1];
    return out + '/' + std::to_string(page.total);
  };
  EXPECT_EQ(found(""), "210/3");
  EXPECT_EQ(found("", 1, 1), "1/3");
  EXPECT_EQ(found("", 3, 10), "/3");
  EXPECT_EQ(found("LEE"), "1/1");
  EXPECT_EQ(found("U0@"), "0/1");
  EXPECT_EQ(found("010-2"), "1/1");
  EXPECT_EQ(found("%"), "2/1");
  EXPECT_EQ(found("_"), "2/1");
  EXPECT_EQ(found("k%m"), "/0");
  EXPECT_EQ(found("'; DROP TABLE users; --"), "/0");
  EXPECT_EQ(identity().list({"", 0, 1})->users.front(), users.back());
}

TEST_P(IdentityStoreTest, ID3_SessionsThatAreOverArePrunedWithTheirTokens) {
  const User kim = put_user();
  std::vector<Session> all;
  for (int i = 0; i < 5; ++i) {
    all.push_back(new_session(kim, "s" + std::to_string(i)));
    ASSERT_TRUE(put_one(of_sessions(kim, {{0, all.back()}})));
    clock.advance(day_ms);
  }
  const Session renewed = rotated(all[0], "renewed");
  ASSERT_TRUE(put_one(of_sessions(kim, {{1, renewed}})));
  EXPECT_EQ(identity().prune_sessions(all[1].expires_at.plus_ms(-1), 10).value(), 0U);
  EXPECT_EQ(identity().prune_sessions(all[4].expires_at, 1).value(), 1U);
  EXPECT_EQ(stored(all[1].id), std::nullopt) << "the first that was over";
  EXPECT_EQ(identity().session_with_token("s1").value(), std::nullopt);
  EXPECT_NE(stored(all[2].id), std::nullopt);
  EXPECT_EQ(identity().prune_sessions(all[4].expires_at, 10).value(), 3U);
  EXPECT_EQ(stored(renewed.id), renewed);
  EXPECT_EQ(identity().session_with_token("s0").value(), renewed);
  EXPECT_EQ(identity().prune_sessions(all[4].expires_at, 10).value(), 0U);
}

TEST_P(IdentityStoreTest, ID1_OfRegistrationsSideBySideOfOneEmailOneSucceeds) {
  std::vector<User> users;
  for (int i = 0; i < 8; ++i) users.push_back(new_user());
  std::atomic<int> made{0};
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (const User& user : users)
    threads.emplace_back([&] {
      const IdentityChange change{0, user, {}};
      const auto answers = identity().commit({&change, 1});
      if (answers && answers->front()) ++made;
      else if (answers && answers->front().error().code == Errc::already_exists) ++taken;
    });
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(made, 1);
  EXPECT_EQ(taken, 7);
}

TEST_P(IdentityStoreTest, ID4_OfChangesSideBySideOfOneUserOneSucceeds) {
  const User kim = put_user();
  const User lee = put_user("lee");
  for (int round = 0; round < 5; ++round) {
    const std::int64_t version = stored(kim.id)->version;
    std::atomic<int> applied{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i)
      threads.emplace_back([&, i] {
        User changed = kim;
        changed.version = version + 1;
        changed.failed_logins = i;
        User other = lee;
        // Both users in both orders: nobody may wait for ever.
        std::vector<IdentityChange> changes{{version, changed, {}}, {lee.version, other, {}}};
        if (i % 2 == 0) std::swap(changes[0], changes[1]);
        const auto answers = identity().commit(changes);
        ASSERT_TRUE(answers) << answers.error().message;
        if ((*answers)[i % 2 == 0 ? 1 : 0]) ++applied;
      });
    for (std::thread& each : threads) each.join();
    EXPECT_EQ(applied, 1);
  }
}

TEST_P(IdentityStoreTest, ID3_OfRotationsSideBySideOfOneTokenOneSucceeds) {
  const User kim = put_user();
  const Session session = new_session(kim, "t");
  ASSERT_TRUE(put_one(of_sessions(kim, {{0, session}})));
  std::atomic<int> applied{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i)
    threads.emplace_back([&, i] {
      const IdentityChange change = of_sessions(kim, {{1, rotated(session, "t" + std::to_string(i))}});
      const auto answers = identity().commit({&change, 1});
      ASSERT_TRUE(answers) << answers.error().message;
      if (answers->front()) ++applied;
    });
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(applied, 1);
}

TEST_P(IdentityStoreTest, ManyUsersAreStoredAtOnce) {
  std::vector<IdentityChange> changes;
  for (int i = 0; i < 3'000; ++i) changes.push_back({0, new_user("u" + std::to_string(i)), {}});
  for (const auto& answer : put(changes)) ASSERT_TRUE(answer);
  EXPECT_EQ(identity().list({"", 0, 1})->total, 3'000);
  EXPECT_EQ(stored(changes[2'999].user.id), changes[2'999].user);
}

}  // namespace
}  // namespace tiketi::test
