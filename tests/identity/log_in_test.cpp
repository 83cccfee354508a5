// ID1, ID4: registering and logging in.

#include "identity/house.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

namespace tiketi::test {
namespace {

using LogIn = AccountsTest;

TEST_F(LogIn, ID1_RegisterThenLogIn) {
  const auto answer = accounts().register_user({" Kim@Example.com", "secret-kim", "김하늘", "010-1234-5678"});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->user.email, "kim@example.com");
  EXPECT_EQ(answer->user.role, Role::user);
  EXPECT_EQ(answer->user.password_hash, "") << "nobody gets to see it";
  EXPECT_EQ(caller(*answer).user_id, answer->user.id);
  const auto again = accounts().log_in("KIM@example.com", "secret-kim");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->user, answer->user);
  EXPECT_NE(again->session_id, answer->session_id);
  EXPECT_EQ(caller(*again), (Caller{answer->user.id, again->session_id, "kim@example.com", Role::user}));
}

TEST_F(LogIn, ID1_PasswordsAndRefreshTokensAreStoredAsHashesOnly) {
  const LoggedIn kim = registered();
  EXPECT_TRUE(stored(kim.user.id).password_hash.starts_with("$argon2id$"));
  const Session session = stored(kim.session_id);
  EXPECT_EQ(session.token_hash, crypto::make_refresh_tokens()->hash(kim.tokens.refresh_token));
  EXPECT_NE(session.token_hash, kim.tokens.refresh_token);
}

TEST_F(LogIn, ID3_TokensLastSevenAndThirtyDays) {
  const LoggedIn kim = registered();
  EXPECT_EQ(kim.tokens.access_expires_at, clock.now().plus_ms(7 * day_ms));
  EXPECT_EQ(kim.tokens.refresh_expires_at, clock.now().plus_ms(30 * day_ms));
  clock.advance(7 * day_ms - 1);
  EXPECT_TRUE(accounts().authenticate(kim.tokens.access_token));
  clock.advance(1);
  EXPECT_EQ(authentication_error(kim), Errc::token_invalid);
}

TEST_F(LogIn, ID1_AnEmailIsTakenOnce) {
  registered();
  const auto answer = accounts().register_user({"KIM@EXAMPLE.COM", "another", "Other", ""});
  EXPECT_EQ(code_of(answer), Errc::already_exists);
  EXPECT_EQ(field_of(answer), "email");
}

TEST_F(LogIn, ID1_RegistrationsSideBySideOfOneEmailGiveOneAccount) {
  std::atomic<int> made{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      const auto answer = accounts().register_user({"kim@example.com", "secret-kim", "Kim", ""});
      if (answer) ++made;
      else if (answer.error().code == Errc::already_exists) ++refused;
    });
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(made, 1);
  EXPECT_EQ(refused, 7);
  EXPECT_EQ(accounts().list({}).value().total, 1);
}

TEST_F(LogIn, ID1_WhatIsMalformedIsNamed) {
  EXPECT_EQ(field_of(accounts().register_user({"kim", "secret", "Kim", ""})), "email");
  EXPECT_EQ(field_of(accounts().register_user({"kim@example.com", "short", "Kim", ""})), "password");
  EXPECT_EQ(field_of(accounts().register_user({"kim@example.com", "secret", "", ""})), "name");
  EXPECT_EQ(field_of(accounts().register_user({"kim@example.com", "secret", "Kim", "x"})), "phone");
  EXPECT_EQ(accounts().list({}).value().total, 0);
}

/// Counts the work, which is what takes time.
class CountingHasher final : public PasswordHasher {
 public:
  Result<std::string> hash(std::string_view password) override {
    ++work;
    return hasher_->hash(password);
  }
  Result<PasswordCheck> verify(std::string_view password, const std::string& hash) override {
    ++work;
    return hasher_->verify(password, hash);
  }
  std::atomic<int> work{0};

 private:
  std::unique_ptr<PasswordHasher> hasher_ = crypto::make_password_hasher(crypto::cheap_passwords);
};

TEST_F(LogIn, ID1_UnknownEmailAndWrongPasswordAreNotToldApart) {
  registered();
  CountingHasher counting;
  Process other(*stores, clock, ids, counting);
  const auto wrong = other.accounts.log_in("kim@example.com", "secret-lee");
  EXPECT_EQ(counting.work, 1);
  const auto unknown = other.accounts.log_in("lee@example.com", "secret-lee");
  EXPECT_EQ(counting.work, 2) << "as much work as with a known one";
  EXPECT_EQ(code_of(wrong), Errc::credentials_refused);
  EXPECT_EQ(code_of(unknown), Errc::credentials_refused);
  EXPECT_EQ(wrong.error().message, unknown.error().message);
  EXPECT_EQ(wrong.error().details, unknown.error().details);
}

TEST_F(LogIn, ID1_AnUnknownEmailCostsTheStoreAsMuchAsAKnownOne) {
  registered();
  const auto work_of = [&](const std::string& email) {
    process->store.reads = process->store.writes = 0;
    EXPECT_EQ(code_of(accounts().log_in(email, "wrong-password")), Errc::credentials_refused);
    return std::pair(process->store.reads.load(), process->store.writes.load());
  };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(work_of("lee@example.com"), work_of("kim@example.com"));
  EXPECT_EQ(process->store.writes, 1) << "each failure is counted before it is told";
}

TEST_F(LogIn, ID4_AnUnknownEmailIsLockedLikeAKnownOne) {
  registered();
  const auto answers_of = [&](const std::string& email) {
    std::vector<Error> out;
    const auto guess = [&](int times) {
      for (int i = 0; i < times; ++i) out.push_back(accounts().log_in(email, "wrong-password").error());
    };
    const Timestamp start = clock.now();
    guess(7);
    clock.advance(15 * minute_ms - 1);
    guess(1);
    clock.advance(1);
    guess(6);
    clock.set(start);
    return out;
  };
  const auto known = answers_of("kim@example.com");
  const auto unknown = answers_of("lee@example.com");
  ASSERT_EQ(known.size(), unknown.size());
  for (std::size_t i = 0; i < known.size(); ++i) {
    EXPECT_EQ(known[i].code, unknown[i].code) << i;
    EXPECT_EQ(known[i].message, unknown[i].message) << i;
    EXPECT_EQ(known[i].details, unknown[i].details) << i;
  }
  EXPECT_EQ(unknown[4].code, Errc::credentials_refused);
  EXPECT_EQ(unknown[5].code, Errc::account_locked);
  EXPECT_EQ(unknown[8].code, Errc::credentials_refused) << "the lock is over";
}

TEST_F(LogIn, ID4_GuessesSideBySideAtAnUnknownEmailCountAlike) {
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i)
    threads.emplace_back([&] {
      if (code_of(accounts().log_in("lee@example.com", "guess")) == Errc::credentials_refused) ++refused;
    });
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(refused, 5);
}

TEST_F(LogIn, ID4_AnAccountIsNotLockedByGuessesFromBeforeItWasMade) {
  for (int i = 0; i < 6; ++i) EXPECT_FALSE(accounts().log_in("kim@example.com", "wrong-password"));
  registered();
  logged_in();
}

TEST_F(LogIn, ID4_GuessesAtUnknownEmailsAreForgottenAfterADay) {
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(accounts().log_in("lee@example.com", "wrong-password"));
  clock.advance(day_ms - 1);
  EXPECT_EQ(accounts().prune().value(), 0U);
  clock.advance(1);
  EXPECT_EQ(accounts().prune().value(), 1U);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(code_of(accounts().log_in("lee@example.com", "wrong-password")), Errc::credentials_refused);
}

TEST_F(LogIn, ID1_NonsenseIsRefusedLikeAWrongPassword) {
  for (const std::string& email : {std::string(), std::string("kim"), std::string(10'000, 'x')})
    EXPECT_EQ(code_of(accounts().log_in(email, "secret")), Errc::credentials_refused);
  registered();
  EXPECT_EQ(code_of(accounts().log_in("kim@example.com", "")), Errc::credentials_refused);
  EXPECT_EQ(code_of(accounts().log_in("kim@example.com", std::string(1'000'000, 'x'))), Errc::credentials_refused);
}

TEST_F(LogIn, ID4_FiveFailuresLockForAWhileEvenForTheRightPassword) {
  const LoggedIn kim = registered();
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(code_of(accounts().log_in("kim@example.com", "wrong-password")), Errc::credentials_refused);
  const auto locked = accounts().log_in("kim@example.com", "secret-kim");
  ASSERT_EQ(code_of(locked), Errc::account_locked);
  const Error error = locked.error();
  EXPECT_EQ(error.detail("until"), to_iso8601(clock.now().plus_ms(15 * minute_ms)));
  EXPECT_EQ(caller(kim).user_id, kim.user.id) << "who is in stays in";
  clock.advance(15 * minute_ms - 1);
  EXPECT_EQ(code_of(accounts().log_in("kim@example.com", "secret-kim")), Errc::account_locked);
  clock.advance(1);
  EXPECT_TRUE(accounts().log_in("kim@example.com", "secret-kim"));
  EXPECT_EQ(stored(kim.user.id).failed_logins, 0);
}

TEST_F(LogIn, ID4_SuccessForgetsFailures) {
  registered();
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i)
      EXPECT_EQ(code_of(accounts().log_in("kim@example.com", "wrong-password")), Errc::credentials_refused);
    EXPECT_TRUE(accounts().log_in("kim@example.com", "secret-kim"));
  }
}

TEST_F(LogIn, ID4_GuessesSideBySideCountLikeGuessesInARow) {
  const LoggedIn kim = registered();
  std::atomic<int> refused{0};
  std::atomic<int> others{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i)
    threads.emplace_back([&, i] {
      const auto answer = accounts().log_in("kim@example.com", "guess-" + std::to_string(i));
      if (!answer && answer.error().code == Errc::credentials_refused) ++refused;
      else if (answer || answer.error().code != Errc::account_locked) ++others;
    });
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(refused, 5) << "so many guesses are told whether they were right";
  EXPECT_EQ(others, 0);
  EXPECT_EQ(stored(kim.user.id).failed_logins, 5);
}

TEST_F(LogIn, ID1_BcryptHashesAreAcceptedOnceAndUpgraded) {
  // Of "correct horse", as three kinds of libraries write it.
  const std::string rest = "04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e";
  const std::string hashes[] = {"$2a$" + rest, "$2b$" + rest, "$2y$" + rest};
  int number = 0;
  for (const std::string& hash : hashes) {
    const std::string email = "old" + std::to_string(++number) + "@example.com";
    const NewAccount account{email, "", "Old", ""};
    const auto made = accounts().bulk_register({&account, 1}, hash);
    ASSERT_TRUE(made.front()) << made.front().error().message;
    EXPECT_EQ(code_of(accounts().log_in(email, "wrong horse")), Errc::credentials_refused);
    EXPECT_EQ(stored(made.front()->id).password_hash, hash);
    const auto answer = accounts().log_in(email, "correct horse");
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_TRUE(stored(made.front()->id).password_hash.starts_with("$argon2id$"));
    EXPECT_TRUE(accounts().log_in(email, "correct horse"));
    EXPECT_EQ(code_of(accounts().log_in(email, "wrong horse")), Errc::credentials_refused);
  }
}

TEST_F(LogIn, ID1_ADearerHashReplacesACheaperOne) {
  const LoggedIn kim = registered();
  const std::string cheap = stored(kim.user.id).password_hash;
  const auto dearer = crypto::make_password_hasher({.passes = 2, .memory_bytes = 16 * 1024, .at_once = 2});
  Process other(*stores, clock, ids, *dearer);
  EXPECT_TRUE(other.accounts.log_in("kim@example.com", "secret-kim"));
  const std::string dear = stored(kim.user.id).password_hash;
  EXPECT_NE(dear, cheap);
  EXPECT_TRUE(other.accounts.log_in("kim@example.com", "secret-kim"));
  EXPECT_EQ(stored(kim.user.id).password_hash, dear);
}

/// Does something else in the middle of the work, once.
class InterruptedHasher final : public PasswordHasher {
 public:
  Result<std::string> hash(std::string_view password) override { return hasher_->hash(password); }
  Result<PasswordCheck> verify(std::string_view password, const std::string& hash) override {
    auto check = hasher_->verify(password, hash);
    if (const auto interruption = std::exchange(meanwhile, nullptr)) interruption();
    return check;
  }
  std::function<void()> meanwhile;

 private:
  std::unique_ptr<PasswordHasher> hasher_ = crypto::make_password_hasher(crypto::cheap_passwords);
};

TEST_F(LogIn, ID3_APasswordThatIsChangedMeanwhileDoesNotOpenASession) {
  const LoggedIn kim = registered();
  InterruptedHasher interrupted;
  Process other(*stores, clock, ids, interrupted);
  interrupted.meanwhile = [&] { ASSERT_TRUE(accounts().change_password(caller(kim), "secret-kim", "another-secret")); };
  EXPECT_EQ(code_of(other.accounts.log_in("kim@example.com", "secret-kim")), Errc::credentials_refused);
  EXPECT_EQ(stores->identity().live_sessions(kim.user.id, clock.now()).value().size(), 1U);
}

TEST_F(LogIn, ID4_ALockThatFallsMeanwhileCounts) {
  registered();
  InterruptedHasher interrupted;
  Process other(*stores, clock, ids, interrupted);
  interrupted.meanwhile = [&] {
    for (int i = 0; i < 5; ++i) (void)accounts().log_in("kim@example.com", "wrong-password");
  };
  EXPECT_EQ(code_of(other.accounts.log_in("kim@example.com", "secret-kim")), Errc::account_locked);
}

TEST_F(LogIn, ID2_AnAccountOfGoogleHasNoPasswordToGuess) {
  User user;
  user.id = ids.next<UserId>();
  user.email = "g@example.com";
  user.name = "G";
  user.provider = SignInProvider::google;
  user.subject = "1234567890";
  const IdentityChange change{0, user, {}};
  ASSERT_TRUE(stores->identity().commit({&change, 1}).value().front());
  EXPECT_EQ(code_of(accounts().log_in("g@example.com", "")), Errc::credentials_refused);
  EXPECT_EQ(code_of(accounts().log_in("g@example.com", "secret")), Errc::credentials_refused);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(accounts().log_in("g@example.com", "secret"));
  EXPECT_EQ(code_of(accounts().log_in("g@example.com", "secret")), Errc::account_locked) << "like any other";
  EXPECT_EQ(stores->identity().user_with_subject("1234567890").value().value(), user);
}

}  // namespace
}  // namespace tiketi::test
