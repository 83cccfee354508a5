// ID3, ID4: what tokens are good for, and until when.

#include "identity/house.hpp"

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

namespace tiketi::test {
namespace {

using Sessions = AccountsTest;

TEST_F(Sessions, ID3_ARefreshTokenBringsNewTokens) {
  const LoggedIn first = registered();
  clock.advance(day_ms);
  const auto second = accounts().refresh(first.tokens.refresh_token);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->user, first.user);
  EXPECT_EQ(second->session_id, first.session_id);
  EXPECT_NE(second->tokens.refresh_token, first.tokens.refresh_token);
  EXPECT_EQ(second->tokens.access_expires_at, clock.now().plus_ms(7 * day_ms));
  EXPECT_EQ(second->tokens.refresh_expires_at, clock.now().plus_ms(30 * day_ms));
  EXPECT_EQ(caller(*second), caller(first)) << "the first access token is good until its end";
  EXPECT_TRUE(accounts().refresh(second->tokens.refresh_token));
}

TEST_F(Sessions, ID3_AReplayedRefreshTokenRevokesTheWholeSession) {
  const LoggedIn first = registered();
  const LoggedIn elsewhere = logged_in();
  const LoggedIn second = accounts().refresh(first.tokens.refresh_token).value();
  const LoggedIn third = accounts().refresh(second.tokens.refresh_token).value();
  EXPECT_EQ(code_of(accounts().refresh(first.tokens.refresh_token)), Errc::refresh_reused);
  EXPECT_EQ(code_of(accounts().refresh(third.tokens.refresh_token)), Errc::token_invalid) << "neither thief nor owner";
  EXPECT_EQ(authentication_error(first), Errc::token_invalid);
  EXPECT_EQ(authentication_error(third), Errc::token_invalid);
  EXPECT_EQ(caller(elsewhere).user_id, first.user.id) << "another session is none of it";
}

TEST_F(Sessions, ID3_WithoutGraceOfOneTokenUsedSideBySideOneUseSucceedsAtMost) {
  process = start({.reuse_grace_ms = 0});
  const LoggedIn first = registered();
  std::atomic<int> succeeded{0};
  std::atomic<int> reused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      const auto answer = accounts().refresh(first.tokens.refresh_token);
      if (answer) ++succeeded;
      else if (answer.error().code == Errc::refresh_reused) ++reused;
    });
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(succeeded, 1);
  EXPECT_GE(reused, 1);
  EXPECT_EQ(authentication_error(first), Errc::token_invalid);
}

TEST_F(Sessions, ID3_TabsThatRefreshSideBySideAllGoOn) {
  const LoggedIn first = registered();
  std::atomic<int> succeeded{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      const auto answer = accounts().refresh(first.tokens.refresh_token);
      if (answer && accounts().authenticate(answer->tokens.access_token)) ++succeeded;
    });
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(succeeded, 8);
  EXPECT_EQ(stores->identity().live_sessions(first.user.id, clock.now()).value().size(), 1U);
}

TEST_F(Sessions, ID3_WhoLostTheAnswerToARefreshAsksAgainForAWhile) {
  const LoggedIn first = registered();
  const LoggedIn lost = accounts().refresh(first.tokens.refresh_token).value();
  clock.advance(5 * second_ms);
  const LoggedIn lost_again = accounts().refresh(first.tokens.refresh_token).value();
  clock.advance(5 * second_ms - 1);
  const auto arrived = accounts().refresh(first.tokens.refresh_token);
  ASSERT_TRUE(arrived) << arrived.error().message;
  EXPECT_EQ(arrived->session_id, first.session_id) << "the same session";
  EXPECT_EQ(arrived->tokens.refresh_expires_at, clock.now().plus_ms(30 * day_ms));
  EXPECT_EQ(caller(lost).user_id, first.user.id);
  clock.advance(1);
  EXPECT_TRUE(accounts().refresh(arrived->tokens.refresh_token)) << "what arrived is good";
  EXPECT_EQ(code_of(accounts().refresh(first.tokens.refresh_token)), Errc::refresh_reused)
      << "asking again does not prolong the grace";
  EXPECT_EQ(authentication_error(*arrived), Errc::token_invalid);
}

TEST_F(Sessions, ID3_ATokenThatWasReplacedInTheGraceIsNoticedLikeAStolenOne) {
  const LoggedIn first = registered();
  const LoggedIn owner = accounts().refresh(first.tokens.refresh_token).value();
  const LoggedIn thief = accounts().refresh(first.tokens.refresh_token).value();
  EXPECT_EQ(code_of(accounts().refresh(owner.tokens.refresh_token)), Errc::refresh_reused);
  EXPECT_EQ(authentication_error(thief), Errc::token_invalid);
  EXPECT_EQ(code_of(accounts().refresh(thief.tokens.refresh_token)), Errc::token_invalid);
}

TEST_F(Sessions, ID3_WithoutGraceASecondUseEndsTheSessionAtOnce) {
  process = start({.reuse_grace_ms = 0});
  const LoggedIn first = registered();
  const LoggedIn second = accounts().refresh(first.tokens.refresh_token).value();
  EXPECT_EQ(code_of(accounts().refresh(first.tokens.refresh_token)), Errc::refresh_reused);
  EXPECT_EQ(authentication_error(second), Errc::token_invalid);
}

TEST_F(Sessions, ID3_RefreshTokensEnd) {
  const LoggedIn kim = registered();
  clock.advance(30 * day_ms);
  EXPECT_EQ(code_of(accounts().refresh(kim.tokens.refresh_token)), Errc::token_invalid);
  EXPECT_EQ(accounts().prune().value(), 1U);
  EXPECT_EQ(code_of(accounts().refresh(kim.tokens.refresh_token)), Errc::token_invalid);
}

TEST_F(Sessions, ID3_WhatIsNoRefreshTokenIsRefused) {
  const LoggedIn kim = registered();
  for (const std::string& wrong :
       {std::string(), std::string("x"), std::string(1'000'000, 'x'), kim.tokens.access_token,
        kim.tokens.refresh_token + "A", stored(kim.session_id).token_hash, std::string("'; DROP TABLE users; --")})
    EXPECT_EQ(code_of(accounts().refresh(wrong)), Errc::token_invalid);
  EXPECT_TRUE(accounts().refresh(kim.tokens.refresh_token));
}

TEST_F(Sessions, ID1_LogOutEndsAccessAndRefreshTokens) {
  const LoggedIn kim = registered();
  const LoggedIn elsewhere = logged_in();
  const Caller who = caller(kim);
  EXPECT_TRUE(accounts().log_out(who));
  EXPECT_EQ(authentication_error(kim), Errc::token_invalid);
  EXPECT_EQ(code_of(accounts().refresh(kim.tokens.refresh_token)), Errc::token_invalid);
  EXPECT_EQ(caller(elsewhere).user_id, kim.user.id);
  EXPECT_TRUE(accounts().log_out(who)) << "repeating it changes nothing";
}

TEST_F(Sessions, ID1_NobodyLogsOutAnother) {
  const LoggedIn kim = registered("kim");
  const LoggedIn lee = registered("lee");
  EXPECT_TRUE(accounts().log_out({lee.user.id, kim.session_id, "lee@example.com", Role::user}));
  EXPECT_EQ(caller(kim).user_id, kim.user.id);
}

TEST_F(Sessions, ID3_WithoutATokenOneIsAskedToLogIn) {
  EXPECT_EQ(code_of(accounts().authenticate("")), Errc::not_authenticated);
  EXPECT_EQ(code_of(accounts().authenticate("x")), Errc::token_invalid);
}

TEST_F(Sessions, ID3_ATokenOfAnUnknownSessionIsNoneOfOurs) {
  LoggedIn kim = registered();
  const auto forged = [&](UserId user, SessionId session) {
    Claims claims{user, "kim@example.com", Role::admin, session, clock.now(), clock.now().plus_ms(day_ms), ""};
    kim.tokens.access_token = process->signer->sign(claims).value();
    return authentication_error(kim);
  };
  EXPECT_EQ(forged(kim.user.id, SessionId{{1, 1}}), Errc::token_invalid);
  EXPECT_EQ(forged(UserId{{1, 1}}, kim.session_id), Errc::account_gone);
  const LoggedIn lee = registered("lee");
  EXPECT_EQ(forged(lee.user.id, kim.session_id), Errc::token_invalid) << "somebody else's session";
}

// A demoted admin must not keep the role for as long as the token lasts.
TEST_F(Sessions, ID4_ADemotedAdminIsNoneAtOnce) {
  admin();
  const LoggedIn kim = registered();
  EXPECT_FALSE(require_admin(caller(kim)));
  ASSERT_TRUE(accounts().set_role(kim.user.id, Role::admin));
  EXPECT_TRUE(require_admin(caller(kim))) << "with a token that still says user";
  const LoggedIn as_admin = logged_in();
  ASSERT_TRUE(accounts().set_role(kim.user.id, Role::user));
  const auto refused = require_admin(caller(as_admin));
  EXPECT_EQ(code_of(refused), Errc::not_permitted) << "with a token that still says admin";
}

TEST_F(Sessions, ID4_AnotherProcessLearnsItWithinFiveSeconds) {
  admin();
  const LoggedIn kim = registered();
  ASSERT_TRUE(accounts().set_role(kim.user.id, Role::admin));
  const auto other = start();
  EXPECT_EQ(other->accounts.authenticate(kim.tokens.access_token)->role, Role::admin);
  ASSERT_TRUE(accounts().set_role(kim.user.id, Role::user));
  clock.advance(5 * second_ms - 1);
  EXPECT_EQ(other->accounts.authenticate(kim.tokens.access_token)->role, Role::admin);
  clock.advance(1);
  EXPECT_EQ(other->accounts.authenticate(kim.tokens.access_token)->role, Role::user);
}

TEST_F(Sessions, ID4_AClockThatStepsBackProlongsNothing) {
  const LoggedIn kim = registered();
  const auto other = start();
  EXPECT_TRUE(other->accounts.authenticate(kim.tokens.access_token));
  ASSERT_TRUE(accounts().set_disabled(kim.user.id, true));
  clock.advance(-1);
  EXPECT_EQ(code_of(other->accounts.authenticate(kim.tokens.access_token)), Errc::account_gone);
}

TEST_F(Sessions, ID4_ADisabledUserIsOutAtOnceAndNotBackWhenEnabled) {
  const LoggedIn kim = registered();
  EXPECT_EQ(caller(kim).user_id, kim.user.id);
  ASSERT_TRUE(accounts().set_disabled(kim.user.id, true));
  EXPECT_EQ(authentication_error(kim), Errc::account_gone);
  EXPECT_EQ(code_of(accounts().refresh(kim.tokens.refresh_token)), Errc::account_gone);
  EXPECT_EQ(code_of(accounts().log_in("kim@example.com", "secret-kim")), Errc::account_gone);
  EXPECT_EQ(code_of(accounts().log_in("kim@example.com", "wrong-password")), Errc::credentials_refused);
  ASSERT_TRUE(accounts().set_disabled(kim.user.id, false));
  EXPECT_EQ(authentication_error(kim), Errc::token_invalid) << "its sessions ended";
  EXPECT_EQ(caller(logged_in()).user_id, kim.user.id);
}

TEST_F(Sessions, ID3_AuthenticationFromMemoryNeverAsksTheStoreOrChecksASignature) {
  const LoggedIn kim = registered();
  EXPECT_FALSE(accounts().authenticate_from_memory(kim.tokens.access_token));
  const Caller who = caller(kim);
  const auto known = accounts().authenticate_from_memory(kim.tokens.access_token);
  ASSERT_TRUE(known && *known);
  EXPECT_EQ(**known, who);
  EXPECT_EQ(code_of(accounts().authenticate_from_memory("").value()), Errc::not_authenticated);
  EXPECT_FALSE(accounts().authenticate_from_memory("x.y.z")) << "whether it is good takes a look at the keys";
  EXPECT_EQ(code_of(accounts().authenticate("x.y.z")), Errc::token_invalid);
  ASSERT_TRUE(accounts().log_out(who));
  EXPECT_FALSE(accounts().authenticate_from_memory(kim.tokens.access_token));
  EXPECT_EQ(authentication_error(kim), Errc::token_invalid);
  EXPECT_EQ(code_of(accounts().authenticate_from_memory(kim.tokens.access_token).value()), Errc::token_invalid);
}

TEST_F(Sessions, ID3_AUserHasABoundedNumberOfSessions) {
  process = start({.sessions_per_user = 3});
  std::vector<LoggedIn> all{registered()};
  for (int i = 0; i < 2; ++i) {
    clock.advance(second_ms);
    all.push_back(logged_in());
  }
  clock.advance(second_ms);
  all[0] = accounts().refresh(all[0].tokens.refresh_token).value();  // so the second is the quietest
  all.push_back(logged_in());
  EXPECT_EQ(authentication_error(all[1]), Errc::token_invalid);
  for (const int alive : {0, 2, 3}) EXPECT_EQ(caller(all[static_cast<std::size_t>(alive)]).user_id, all[0].user.id);
}

// What is read while another thread revokes must not be remembered after it.
TEST_F(Sessions, ID4_ARaceOfReadingAndRevokingLeavesNothingStale) {
  for (int round = 0; round < 50; ++round) {
    const LoggedIn kim = registered("kim" + std::to_string(round));
    std::atomic<bool> over{false};
    std::thread reader([&] {
      while (!over) (void)accounts().authenticate(kim.tokens.access_token);
    });
    ASSERT_TRUE(accounts().set_disabled(kim.user.id, true));
    EXPECT_EQ(code_of(accounts().authenticate(kim.tokens.access_token)), Errc::account_gone);
    over = true;
    reader.join();
    EXPECT_EQ(code_of(accounts().authenticate(kim.tokens.access_token)), Errc::account_gone);
  }
}

}  // namespace
}  // namespace tiketi::test
