// ID3, ID4: profiles, passwords, roles, and lists of users.

#include "identity/house.hpp"

#include <atomic>
#include <set>
#include <thread>
#include <vector>

namespace tiketi::test {
namespace {

using Administration = AccountsTest;

TEST_F(Administration, ID3_AProfileIsReadAndChanged) {
  const LoggedIn kim = registered();
  EXPECT_EQ(accounts().profile(kim.user.id).value(), kim.user);
  clock.advance(1);
  const auto changed = accounts().update_profile(kim.user.id, {.name = "김하늘", .phone = "010-1"});
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->name, "김하늘");
  EXPECT_EQ(changed->phone, "010-1");
  EXPECT_EQ(changed->password_hash, "");
  EXPECT_EQ(accounts().profile(kim.user.id).value(), *changed);
  EXPECT_EQ(field_of(accounts().update_profile(kim.user.id, {.name = ""})), "name");
  EXPECT_TRUE(accounts().log_in("kim@example.com", "secret-kim")) << "the password is as it was";
  EXPECT_EQ(code_of(accounts().profile(UserId{{1, 1}})), Errc::user_not_found);
  EXPECT_EQ(code_of(accounts().update_profile(UserId{{1, 1}}, {})), Errc::user_not_found);
}

TEST_F(Administration, ID3_ChangingThePasswordEndsTheOtherSessions) {
  const LoggedIn here = registered();
  const LoggedIn elsewhere = logged_in();
  caller(elsewhere);
  ASSERT_TRUE(accounts().change_password(caller(here), "secret-kim", "another-secret"));
  EXPECT_EQ(caller(here).user_id, here.user.id);
  EXPECT_TRUE(accounts().refresh(here.tokens.refresh_token));
  EXPECT_EQ(authentication_error(elsewhere), Errc::token_invalid);
  EXPECT_EQ(code_of(accounts().refresh(elsewhere.tokens.refresh_token)), Errc::token_invalid);
  EXPECT_EQ(code_of(accounts().log_in("kim@example.com", "secret-kim")), Errc::credentials_refused);
  EXPECT_TRUE(accounts().log_in("kim@example.com", "another-secret"));
}

TEST_F(Administration, ID4_AStolenTokenDoesNotAllowGuessingThePassword) {
  const LoggedIn kim = registered();
  const Caller who = caller(kim);
  EXPECT_EQ(field_of(accounts().change_password(who, "secret-kim", "short")), "password");
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(code_of(accounts().change_password(who, "wrong-guess", "another-secret")), Errc::credentials_refused);
  EXPECT_EQ(code_of(accounts().change_password(who, "secret-kim", "another-secret")), Errc::account_locked);
  clock.advance(15 * minute_ms);
  EXPECT_TRUE(accounts().log_in("kim@example.com", "secret-kim"));
}

TEST_F(Administration, ID4_TheHouseGivesANewPasswordWhichEndsAllSessionsAndTheLock) {
  const LoggedIn kim = registered();
  caller(kim);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(accounts().log_in("kim@example.com", "wrong-guess"));
  EXPECT_EQ(field_of(accounts().set_password(kim.user.id, "short")), "password");
  EXPECT_EQ(caller(kim).user_id, kim.user.id) << "a refusal changes nothing";
  const auto changed = accounts().set_password(kim.user.id, "another-secret");
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->password_hash, "");
  EXPECT_EQ(authentication_error(kim), Errc::token_invalid);
  EXPECT_EQ(code_of(accounts().refresh(kim.tokens.refresh_token)), Errc::token_invalid);
  EXPECT_TRUE(accounts().log_in("kim@example.com", "another-secret"));
  EXPECT_EQ(code_of(accounts().log_in("kim@example.com", "secret-kim")), Errc::credentials_refused);
  EXPECT_EQ(code_of(accounts().set_password(UserId{{1, 1}}, "another-secret")), Errc::user_not_found);
}

TEST_F(Administration, ID2_AnAccountWithoutAPasswordGetsNoneThisWay) {
  const LoggedIn kim = registered();
  User google = stored(kim.user.id);
  google.provider = SignInProvider::google;
  google.subject = "1";
  google.password_hash.clear();
  const std::int64_t version = google.version++;
  const IdentityChange change{version, google, {}};
  ASSERT_TRUE(stores->identity().commit({&change, 1}).value().front());
  EXPECT_EQ(code_of(accounts().change_password(caller(kim), "", "another-secret")), Errc::not_permitted);
}

TEST_F(Administration, ID4_RolesAreGivenAndTaken) {
  admin();
  const LoggedIn kim = registered();
  EXPECT_EQ(accounts().set_role(kim.user.id, Role::admin)->role, Role::admin);
  EXPECT_EQ(accounts().set_role(kim.user.id, Role::admin)->version, 2) << "repeating it changes nothing";
  EXPECT_EQ(accounts().set_role(kim.user.id, Role::user)->role, Role::user);
  EXPECT_EQ(code_of(accounts().set_role(UserId{{1, 1}}, Role::admin)), Errc::user_not_found);
  EXPECT_EQ(code_of(accounts().set_disabled(UserId{{1, 1}}, true)), Errc::user_not_found);
}

TEST_F(Administration, ID4_TheLastAdminStays) {
  const User boss = admin();
  EXPECT_EQ(code_of(accounts().set_role(boss.id, Role::user)), Errc::not_permitted);
  EXPECT_EQ(code_of(accounts().set_disabled(boss.id, true)), Errc::not_permitted);
  EXPECT_EQ(stored(boss.id), [&] {
    User same = boss;
    same.password_hash = stored(boss.id).password_hash;
    return same;
  }());
  const LoggedIn kim = registered();
  ASSERT_TRUE(accounts().set_disabled(kim.user.id, true)) << "who is no admin may go";
  ASSERT_TRUE(accounts().set_role(kim.user.id, Role::admin));
  EXPECT_EQ(code_of(accounts().set_role(boss.id, Role::user)), Errc::not_permitted) << "a disabled admin is none";
  EXPECT_TRUE(accounts().set_role(kim.user.id, Role::user)) << "and may always go";
  ASSERT_TRUE(accounts().set_role(kim.user.id, Role::admin));
  ASSERT_TRUE(accounts().set_disabled(kim.user.id, false));
  EXPECT_TRUE(accounts().set_disabled(boss.id, true));
  EXPECT_EQ(code_of(accounts().set_role(kim.user.id, Role::user)), Errc::not_permitted);
}

TEST_F(Administration, ID4_OfTwoAdminsWhoDemoteEachOtherOneStays) {
  for (int round = 0; round < 20; ++round) {
    const std::string number = std::to_string(round);
    const User all[] = {admin("a" + number), admin("b" + number)};
    const UserPage page = accounts().list({.limit = 100}).value();
    for (const User& each : page.users) {
      const bool is_left_over = each.id != all[0].id && each.id != all[1].id;
      ASSERT_TRUE(!is_left_over || accounts().set_role(each.id, Role::user));
    }
    std::atomic<int> done{0};
    std::vector<std::thread> threads;
    for (const User& each : all)
      threads.emplace_back([&, id = each.id] {
        const auto answer = round % 2 == 0 ? accounts().set_role(id, Role::user) : accounts().set_disabled(id, true);
        done += answer.has_value();
        EXPECT_TRUE(answer || answer.error().code == Errc::not_permitted) << answer.error().message;
      });
    for (std::thread& each : threads) each.join();
    EXPECT_EQ(done, 1);
    EXPECT_NE(stored(all[0].id).is_active_admin(), stored(all[1].id).is_active_admin());
  }
}

TEST_F(Administration, ID4_ALogInMeanwhileDoesNotOutliveWhatEndsAllSessions) {
  const LoggedIn here = registered();
  const auto other = start();
  LoggedIn slipped_in;
  const auto log_in_meanwhile = [&](const std::string& password) {
    process->store.before_write = [&, password] {
      slipped_in = other->accounts.log_in("kim@example.com", password).value();
    };
  };
  const auto live = [&] { return stores->identity().live_sessions(here.user.id, clock.now()).value(); };

  const Caller who = caller(here);
  log_in_meanwhile("secret-kim");
  ASSERT_TRUE(accounts().change_password(who, "secret-kim", "second-secret"));
  EXPECT_EQ(authentication_error(slipped_in), Errc::token_invalid);
  ASSERT_EQ(live().size(), 1U);
  EXPECT_EQ(live().front().id, here.session_id) << "the caller's own goes on";

  log_in_meanwhile("second-secret");
  ASSERT_TRUE(accounts().set_password(here.user.id, "third-secret"));
  EXPECT_EQ(authentication_error(slipped_in), Errc::token_invalid);
  EXPECT_EQ(live().size(), 0U);

  log_in_meanwhile("third-secret");
  ASSERT_TRUE(accounts().set_disabled(here.user.id, true));
  ASSERT_TRUE(accounts().set_disabled(here.user.id, false));
  EXPECT_EQ(authentication_error(slipped_in), Errc::token_invalid);
  EXPECT_EQ(live().size(), 0U);
}

TEST_F(Administration, ID4_ARefreshMeanwhileDoesNotOutliveANewPassword) {
  const LoggedIn kim = registered();
  const auto other = start();
  LoggedIn refreshed;
  process->store.before_write = [&] { refreshed = other->accounts.refresh(kim.tokens.refresh_token).value(); };
  ASSERT_TRUE(accounts().set_password(kim.user.id, "another-secret"));
  EXPECT_EQ(authentication_error(refreshed), Errc::token_invalid);
  EXPECT_EQ(code_of(accounts().refresh(refreshed.tokens.refresh_token)), Errc::token_invalid);
}

TEST_F(Administration, ID4_LogInsSideBySideWithAPasswordChangeLeaveNoOldSession) {
  for (int round = 0; round < 10; ++round) {
    const LoggedIn kim = registered("kim" + std::to_string(round));
    std::vector<std::thread> devices;
    for (int i = 0; i < 3; ++i)
      devices.emplace_back([&] {
        while (accounts().log_in(kim.user.email, "secret-" + kim.user.name)) {
        }
      });
    EXPECT_TRUE(accounts().set_password(kim.user.id, "another-secret"));
    for (std::thread& each : devices) each.join();
    EXPECT_TRUE(stores->identity().live_sessions(kim.user.id, clock.now()).value().empty());
  }
}

TEST_F(Administration, ID4_TheFirstAdminIsMadeOnce) {
  const NewAccount admin{"Admin@Example.com", "first-password", "Admin", ""};
  const auto made = accounts().create_admin(admin);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->role, Role::admin);
  EXPECT_EQ(accounts().create_admin({"admin@example.com", "other-password", "Other", ""}).value(), *made);
  EXPECT_TRUE(accounts().log_in("admin@example.com", "first-password")) << "a restart does not reset the password";
  EXPECT_EQ(field_of(accounts().create_admin({"b@example.com", "", "B", ""})), "password");
}

TEST_F(Administration, ID4_WhoTookTheAdminsEmailBeforeDoesNotBecomeOne) {
  const LoggedIn kim = registered();
  EXPECT_EQ(code_of(accounts().create_admin({"kim@example.com", "secret-kim", "Kim", ""})), Errc::already_exists);
  EXPECT_EQ(stored(kim.user.id).role, Role::user);
}

TEST_F(Administration, ID4_UsersAreListedNewestFirstAndSearched) {
  for (const char* name : {"kim", "lee", "park", "kimchi"}) registered(name);
  const auto page = accounts().list({.page = 1, .limit = 3}).value();
  EXPECT_EQ(page.total, 4);
  ASSERT_EQ(page.users.size(), 3U);
  EXPECT_EQ(page.users.front().name, "kimchi");
  EXPECT_EQ(page.users.front().password_hash, "");
  EXPECT_EQ(accounts().list({.page = 2, .limit = 3})->users.front().name, "kim");
  EXPECT_EQ(accounts().list({.search = "KIM"})->total, 2);
  EXPECT_EQ(accounts().list({.search = "%"})->total, 0) << "no wildcards";
  EXPECT_EQ(accounts().list({.search = "_"})->total, 0);
  EXPECT_EQ(field_of(accounts().list({.page = 0})), "page");
  EXPECT_EQ(field_of(accounts().list({.limit = 1001})), "limit");
  EXPECT_EQ(field_of(accounts().list({.search = std::string(201, 'x')})), "search");
}

TEST_F(Administration, ManyAccountsAreMadeAtOnceForLoadTests) {
  std::vector<NewAccount> many;
  for (int i = 0; i < 5'000; ++i) many.push_back({"u" + std::to_string(i) + "@example.com", "", "User", ""});
  many.push_back({"U7@example.com", "", "Twin", ""});
  many.push_back({"nonsense", "", "X", ""});
  const std::string hash = passwords->hash("shared-password").value();
  const auto answers = accounts().bulk_register(many, hash);
  ASSERT_EQ(answers.size(), many.size());
  std::set<UserId> made;
  for (std::size_t i = 0; i < 5'000; ++i) {
    ASSERT_TRUE(answers[i]) << answers[i].error().message;
    made.insert(answers[i]->id);
  }
  EXPECT_EQ(made.size(), 5'000U);
  EXPECT_EQ(code_of(answers[5'000]), Errc::already_exists);
  EXPECT_EQ(code_of(answers[5'001]), Errc::invalid_argument);
  EXPECT_TRUE(accounts().log_in("u4999@example.com", "shared-password"));
  EXPECT_EQ(code_of(accounts().bulk_register({many.data(), 1}, "").front()), Errc::invalid_argument);
}

TEST_F(Administration, ManyUsersAreLoggedInAtOnceForLoadTests) {
  std::vector<NewAccount> many;
  for (int i = 0; i < 2'500; ++i) many.push_back({"u" + std::to_string(i) + "@example.com", "", "User", ""});
  std::vector<UserId> users;
  for (const auto& each : accounts().bulk_register(many, passwords->hash("shared-password").value()))
    users.push_back(each.value().id);
  const LoggedIn gone = registered("gone");
  ASSERT_TRUE(accounts().set_disabled(gone.user.id, true));
  users.push_back(gone.user.id);
  users.push_back(UserId{{1, 1}});
  const auto answers = accounts().bulk_log_in(users);
  ASSERT_EQ(answers.size(), users.size());
  for (std::size_t i = 0; i < 2'500; ++i) {
    ASSERT_TRUE(answers[i]) << answers[i].error().message;
    EXPECT_EQ(answers[i]->user.password_hash, "");
    EXPECT_EQ(caller(*answers[i]), (Caller{users[i], answers[i]->session_id, many[i].email, Role::user}));
  }
  EXPECT_TRUE(accounts().refresh(answers[2'499]->tokens.refresh_token));
  EXPECT_EQ(code_of(answers[2'500]), Errc::account_gone);
  EXPECT_EQ(code_of(answers[2'501]), Errc::user_not_found);
  EXPECT_EQ(stored(users[0]).password_hash.empty(), false) << "the account stays as it is";
  EXPECT_TRUE(accounts().bulk_log_in({}).empty());
}

}  // namespace
}  // namespace tiketi::test
