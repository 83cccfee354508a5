// ID1, ID3, ID4: the decisions about accounts and sessions.

#include <tiketi/identity/rules.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace tiketi::test {
namespace {

using namespace identity;

constexpr Timestamp noon{1'795'143'600'000};

TEST(Email, ID1_IsNormalised) {
  EXPECT_EQ(normalised_email("Kim@Example.COM").value(), "kim@example.com");
  EXPECT_EQ(normalised_email("  a.b+c@mail.example.co.kr \n").value(), "a.b+c@mail.example.co.kr");
  EXPECT_EQ(normalised_email("o'neil_%x@a-1.io").value(), "o'neil_%x@a-1.io");
}

TEST(Email, ID1_RefusesWhatNoMailCanReach) {
  const std::string local(64, 'a');
  const std::string label(63, 'b');
  EXPECT_TRUE(normalised_email(local + '@' + label + '.' + label + ".com"));
  for (const std::string& wrong : {std::string(),
                                   std::string("kim"),
                                   std::string("@example.com"),
                                   std::string("kim@"),
                                   std::string("kim@example"),
                                   std::string("kim@@example.com"),
                                   std::string("kim@a@example.com"),
                                   std::string("kim@.com"),
                                   std::string("kim@example..com"),
                                   std::string("kim@example.com."),
                                   std::string("kim@-example.com"),
                                   std::string("kim@example-.com"),
                                   std::string(".kim@example.com"),
                                   std::string("kim.@example.com"),
                                   std::string("k..m@example.com"),
                                   std::string("k m@example.com"),
                                   std::string("k,m@example.com"),
                                   std::string("\"kim\"@example.com"),
                                   std::string("<kim@example.com>"),
                                   std::string("김@example.com"),
                                   std::string("kim@예.com"),
                                   std::string("kim@exa_mple.com"),
                                   std::string("kim@example.com\r\nBcc: x@y.zz"),
                                   std::string("kim\0@example.com", 16),
                                   local + "a@example.com",
                                   "kim@" + label + "b.com",
                                   "kim@" + label + '.' + label + '.' + label + '.' + label + ".com"}) {
    const auto answer = normalised_email(wrong);
    ASSERT_FALSE(answer) << wrong;
    EXPECT_EQ(answer.error().code, Errc::invalid_argument);
    EXPECT_EQ(answer.error().details, (std::vector<Detail>{{"field", "email"}}));
  }
}

TEST(Password, ID1_HasSixCharactersTo128Bytes) {
  for (const std::string& good :
       {std::string("secret"), std::string("비밀번호입니다"), std::string("비밀번호여섯"), std::string(128, 'x')})
    EXPECT_TRUE(check_password(good)) << good;
  for (const std::string& wrong :
       {std::string(), std::string("12345"), std::string("비밀번호다"), std::string(129, 'x'),
        std::string("secret\0", 7), std::string("sec\nret"), std::string("secret\xff")}) {
    const auto answer = check_password(wrong);
    ASSERT_FALSE(answer) << wrong;
    EXPECT_EQ(answer.error().details, (std::vector<Detail>{{"field", "password"}}));
  }
}

TEST(NewUser, ID1_IsCheckedFieldByField) {
  const NewAccount good{"Kim@Example.com", "ignored", "김하늘", "+82 (0)10-1234-5678"};
  const auto user = new_user(good, UserId{{1, 2}}, Role::user, noon);
  ASSERT_TRUE(user) << user.error().message;
  EXPECT_EQ(user->email, "kim@example.com");
  EXPECT_EQ(user->name, "김하늘");
  EXPECT_EQ(user->created_at, noon);
  EXPECT_EQ(user->version, 1);
  const auto refused = [&](auto change) {
    NewAccount account = good;
    change(account);
    const auto answer = new_user(account, UserId{{1, 2}}, Role::user, noon);
    if (answer) return std::string();
    const Error error = answer.error();
    return std::string(error.detail("field"));
  };
  EXPECT_EQ(refused([](NewAccount& each) { each.email = "x"; }), "email");
  EXPECT_EQ(refused([](NewAccount& each) { each.name = ""; }), "name");
  EXPECT_EQ(refused([](NewAccount& each) { each.name = "   "; }), "name");
  EXPECT_EQ(refused([](NewAccount& each) { each.name = std::string(201, 'x'); }), "name");
  EXPECT_EQ(refused([](NewAccount& each) { each.name = "a\tb"; }), "name");
  EXPECT_EQ(refused([](NewAccount& each) { each.phone = "call me"; }), "phone");
  EXPECT_EQ(refused([](NewAccount& each) { each.phone = std::string(33, '1'); }), "phone");
  EXPECT_EQ(refused([](NewAccount& each) { each.phone = ""; }), "");
}

TEST(Profile, ID3_ChangesWhatIsNamed) {
  User user;
  user.name = "Kim";
  user.phone = "1";
  const auto changed = with_profile(user, {.phone = "2"}, noon);
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->name, "Kim");
  EXPECT_EQ(changed->phone, "2");
  EXPECT_EQ(changed->version, 2);
  EXPECT_TRUE(with_profile(user, {.profile_image = "https://example.com/a.png"}, noon));
  EXPECT_TRUE(with_profile(user, {.profile_image = "/images/a.png"}, noon));
  EXPECT_TRUE(with_profile(user, {.profile_image = ""}, noon));
  for (const char* wrong : {"javascript:alert(1)", "//evil.example/a.png", "https://a b", "data:text/html,x"})
    EXPECT_FALSE(with_profile(user, {.profile_image = wrong}, noon)) << wrong;
}

TEST(Lockout, ID4_TheFifthFailureLocksForAQuarterOfAnHour) {
  const AccountsPolicy policy;
  User user;
  for (int i = 1; i <= 4; ++i) {
    user = after_failed_login(user, noon, policy);
    EXPECT_TRUE(check_unlocked(user, noon)) << i;
  }
  user = after_failed_login(user, noon, policy);
  const Timestamp until = noon.plus_ms(15 * minute_ms);
  EXPECT_EQ(user.locked_until, until);
  const auto locked = check_unlocked(user, until.plus_ms(-1));
  ASSERT_FALSE(locked);
  EXPECT_EQ(locked.error().code, Errc::account_locked);
  EXPECT_EQ(locked.error().details, (std::vector<Detail>{{"until", to_iso8601(until)}}));
  EXPECT_TRUE(check_unlocked(user, until));
}

TEST(Lockout, ID4_AfterItCountingBeginsAnew) {
  const AccountsPolicy policy;
  User user;
  for (int i = 1; i <= 5; ++i) user = after_failed_login(user, noon, policy);
  user = after_failed_login(user, user.locked_until, policy);
  EXPECT_EQ(user.failed_logins, 1);
  EXPECT_EQ(user.locked_until, Timestamp{});
  user = after_right_password(user, "", noon);
  EXPECT_EQ(user.failed_logins, 0);
}

TEST(RightPassword, ID1_ChangesNothingThatNeedsNoChange) {
  User user;
  user.password_hash = "old";
  EXPECT_EQ(after_right_password(user, "", noon), user);
  const User upgraded = after_right_password(user, "new", noon);
  EXPECT_EQ(upgraded.password_hash, "new");
  EXPECT_EQ(upgraded.version, 2);
}

TEST(RefreshRule, ID3_EachTokenIsGoodOnce) {
  const AccountsPolicy policy;
  Session session = new_session(SessionId{{1, 1}}, UserId{{2, 2}}, "first", noon, policy);
  EXPECT_EQ(session.expires_at, noon.plus_ms(30 * day_ms));
  EXPECT_EQ(decide_refresh(session, "first", noon, policy), Refresh::rotate);
  const Timestamp later = noon.plus_ms(day_ms);
  session = rotated(session, "second", later, policy);
  EXPECT_EQ(session.expires_at, later.plus_ms(30 * day_ms));
  EXPECT_EQ(decide_refresh(session, "second", later, policy), Refresh::rotate);
  EXPECT_EQ(decide_refresh(session, "first", later.plus_ms(9'999), policy), Refresh::reissue);
  EXPECT_EQ(decide_refresh(session, "first", later.plus_ms(10'000), policy), Refresh::reused);
  EXPECT_EQ(decide_refresh(session, "second", session.expires_at.plus_ms(-1), policy), Refresh::rotate);
  EXPECT_EQ(decide_refresh(session, "second", session.expires_at, policy), Refresh::refuse);
  EXPECT_EQ(decide_refresh(session, "first", session.expires_at, policy), Refresh::refuse);
}

TEST(RefreshRule, ID3_ATokenThatComesAgainAtOnceIsNotStolen) {
  const AccountsPolicy policy{.reuse_grace_ms = 2 * second_ms};
  Session session = new_session(SessionId{{1, 1}}, UserId{{2, 2}}, "first", noon, policy);
  session = rotated(session, "second", noon, policy);
  const auto first_at = [&](std::int64_t ms) { return decide_refresh(session, "first", noon.plus_ms(ms), policy); };
  EXPECT_EQ(first_at(1'999), Refresh::reissue);
  EXPECT_EQ(first_at(2'000), Refresh::reused);
  session = reissued(session, "third", noon.plus_ms(1'000), policy);
  EXPECT_EQ(session.expires_at, noon.plus_ms(1'000 + 30 * day_ms));
  EXPECT_EQ(session.version, 3);
  EXPECT_EQ(first_at(1'999), Refresh::reissue) << "a third tab";
  EXPECT_EQ(first_at(2'000), Refresh::reused) << "counted from its first use";
  EXPECT_EQ(decide_refresh(session, "second", noon, policy), Refresh::reused);
  EXPECT_EQ(decide_refresh(session, "third", noon, policy), Refresh::rotate);
  session = rotated(session, "fourth", noon, policy);
  EXPECT_EQ(first_at(0), Refresh::reused) << "not the one used last";
  EXPECT_EQ(decide_refresh(session, "third", noon, policy), Refresh::reissue);
  const AccountsPolicy none{.reuse_grace_ms = 0};
  EXPECT_EQ(decide_refresh(session, "third", noon, none), Refresh::reused);
}

TEST(RefreshRule, ID3_ASessionEndsForGood) {
  const AccountsPolicy policy{.rotations = 3};
  Session session = new_session(SessionId{{1, 1}}, UserId{{2, 2}}, "0", noon, policy);
  const Session over = revoked(session, noon);
  EXPECT_EQ(decide_refresh(over, "0", noon, policy), Refresh::refuse);
  EXPECT_EQ(revoked(over, noon.plus_ms(1)), over);
  for (const char* token : {"1", "2", "3"}) {
    EXPECT_EQ(decide_refresh(session, session.token_hash, noon, policy), Refresh::rotate);
    session = rotated(session, token, noon, policy);
  }
  EXPECT_EQ(decide_refresh(session, "3", noon, policy), Refresh::refuse) << "after so many rotations";
  EXPECT_EQ(decide_refresh(session, "2", noon, policy), Refresh::refuse) << "not even in the grace";
}

TEST(Policy, IsChecked) {
  EXPECT_TRUE(check(AccountsPolicy{}));
  EXPECT_TRUE(check(AccountsPolicy{.lockout_ms = 0, .reuse_grace_ms = 0, .standing_ms = 0}));
  const auto refused = [](const AccountsPolicy& policy) {
    const auto answer = check(policy);
    if (answer) return std::string("nothing");
    const Error error = answer.error();
    EXPECT_EQ(error.code, Errc::invalid_argument);
    return std::string(error.detail("field"));
  };
  EXPECT_EQ(refused({.access_token_ms = 0}), "access_token_ms");
  EXPECT_EQ(refused({.access_token_ms = 2 * day_ms, .refresh_token_ms = day_ms}), "refresh_token_ms");
  EXPECT_EQ(refused({.failed_logins = 0}), "failed_logins");
  EXPECT_EQ(refused({.lockout_ms = -1}), "lockout_ms");
  EXPECT_EQ(refused({.reuse_grace_ms = -1}), "reuse_grace_ms");
  EXPECT_EQ(refused({.standing_ms = -1}), "standing_ms");
  EXPECT_EQ(refused({.remembered_sessions = 0}), "remembered_sessions");
  EXPECT_EQ(refused({.sessions_per_user = 0}), "sessions_per_user");
  EXPECT_EQ(refused({.rotations = 0}), "rotations");
  constexpr std::int64_t for_ever = std::numeric_limits<std::int64_t>::max();  // no timestamp reaches so far
  EXPECT_EQ(refused({.access_token_ms = for_ever, .refresh_token_ms = for_ever}), "access_token_ms");
  EXPECT_EQ(refused({.refresh_token_ms = for_ever}), "refresh_token_ms");
  EXPECT_EQ(refused({.lockout_ms = for_ever}), "lockout_ms");
  EXPECT_EQ(refused({.reuse_grace_ms = for_ever}), "reuse_grace_ms");
  EXPECT_EQ(refused({.standing_ms = for_ever}), "standing_ms");
}

}  // namespace
}  // namespace tiketi::test
