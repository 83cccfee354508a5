// user and admin (ID1, ID4, AD2)

#include "cli/house.hpp"

#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace tiketi::test {
namespace {

class AccountCommands : public House {
 protected:
  Said make_user(const std::string& email, const std::string& password = "secret-1") const {
    return run_with({"TIKETI_USER_PASSWORD=" + password}, {"user", "create", email, "--name", "Mina", "--json"});
  }
  Said make_admin(const std::string& email, const std::string& password) const {
    return run_with({"TIKETI_ADMIN_PASSWORD=" + password}, {"admin", "create", email, "--json"});
  }
  Errc log_in(const std::string& email, const std::string& password) const {
    const auto answer = open_services()->accounts().log_in(email, password);
    return answer.has_value() ? Errc{} : answer.error().code;
  }
  static constexpr Errc in{};
};

TEST_F(AccountCommands, AUserIsMadeFoundListedAndMayLogIn) {  // ID1, AD2
  const Said made = make_user("Mina@Example.com");
  ASSERT_EQ(made.code, 0) << made.out;
  EXPECT_EQ(made.json().at("email"), "mina@example.com");
  EXPECT_EQ(made.json().at("role"), "user");
  EXPECT_EQ(made.out.find("argon2"), std::string::npos) << "no hash is shown";
  EXPECT_EQ(run_json({"user", "show", "mina@example.com"}).json(), made.json());
  EXPECT_EQ(run_json({"user", "show", made.json().at("id").as_string().c_str()}).json(), made.json());
  EXPECT_EQ(run_json({"user", "list", "--search", "MINA"}).json().at("total"), 1);
  EXPECT_EQ(run_json({"user", "list", "--search", "nobody"}).json().at("total"), 0);
  EXPECT_NE(run({"user", "list"}).out.find("mina@example.com"), std::string::npos);
  EXPECT_NE(run({"user", "show", "mina@example.com"}).out.find("active"), std::string::npos);
  EXPECT_EQ(log_in("mina@example.com", "secret-1"), in);
  EXPECT_EQ(number("SELECT count(*) FROM sessions WHERE revoked_at = 0"), 1) << "only that log-in";
  EXPECT_EQ(actions(), Words{"user.create"});
}

TEST_F(AccountCommands, EachRefusalHasItsCodeAndExitCode) {
  ASSERT_EQ(make_user("mina@example.com").code, 0);
  expect(make_user("MINA@example.com"), "already_exists", 1);
  expect(make_user("mina"), "invalid_argument", 2);
  expect(make_user("juno@example.com", "short"), "invalid_argument", 2);
  expect(run_json({"user", "show", "nobody@example.com"}), "user_not_found", 3);
  expect(run_json({"user", "show", "00000000-0000-7000-8000-000000000001"}), "user_not_found", 3);
  expect(run_json({"user", "show", "mina"}), "invalid_argument", 2);
  expect(run_json({"user", "disable", "nobody@example.com"}), "user_not_found", 3);
  expect(run_json({"admin", "grant", "nobody@example.com"}), "user_not_found", 3);
  expect(run_json({"reserve", winter, "--user", "nobody@example.com", "--ticket", "일반석=1"}), "user_not_found", 3);
  EXPECT_EQ(actions(), Words{"user.create"}) << "what was refused was not done";
}

TEST_F(AccountCommands, CustomersAreNamedByEMailToo) {
  const auto id = make_user("mina@example.com").json().at("id");
  const auto held = run_json({"reserve", winter, "--user", "mina@example.com", "--ticket", "일반석=1"}).json();
  EXPECT_EQ(held.at("user"), id);
  EXPECT_EQ(run_json({"reservation", "--user", "Mina@example.com"}).json().at("reservations").as_array().size(), 1U);
}

TEST_F(AccountCommands, ADisabledAccountCantLogInUntilItIsEnabled) {  // ID4
  ASSERT_EQ(make_user("mina@example.com").code, 0);
  EXPECT_EQ(run_json({"user", "disable", "mina@example.com"}).json().at("disabled"), true);
  EXPECT_EQ(log_in("mina@example.com", "secret-1"), Errc::account_gone);
  EXPECT_EQ(run_json({"user", "enable", "mina@example.com"}).json().at("disabled"), false);
  EXPECT_EQ(log_in("mina@example.com", "secret-1"), in);
  EXPECT_EQ(actions(), (Words{"user.enable", "user.disable", "user.create"}));
}

TEST_F(AccountCommands, APasswordIsReplacedAndItsSessionsEnd) {
  ASSERT_EQ(make_user("mina@example.com").code, 0);
  ASSERT_EQ(log_in("mina@example.com", "secret-1"), in);
  const Said said = run_with({"TIKETI_USER_PASSWORD=secret-2"}, {"user", "password", "mina@example.com", "--json"});
  ASSERT_EQ(said.code, 0) << said.out;
  EXPECT_EQ(number("SELECT count(*) FROM sessions WHERE revoked_at = 0"), 0);
  EXPECT_EQ(log_in("mina@example.com", "secret-1"), Errc::credentials_refused);
  EXPECT_EQ(log_in("mina@example.com", "secret-2"), in);
}

TEST_F(AccountCommands, AnAdminIsMadeOnceAndNeverWithADefaultPassword) {  // ID4
  expect(run_json({"admin", "create", "boss@example.com"}), "invalid_argument", 2);
  EXPECT_EQ(number("SELECT count(*) FROM users"), 0);
  const Said made = make_admin("boss@example.com", "first-password");
  ASSERT_EQ(made.code, 0) << made.out;
  EXPECT_EQ(made.json().at("role"), "admin");
  EXPECT_EQ(make_admin("boss@example.com", "other-password").json(), made.json());
  EXPECT_EQ(log_in("boss@example.com", "first-password"), in);
  ASSERT_EQ(make_user("mina@example.com").code, 0);
  expect(make_admin("mina@example.com", "secret-1"), "already_exists", 1);
  EXPECT_EQ(actions(), (Words{"user.create", "admin.create"}));
}

TEST_F(AccountCommands, TheRoleOfAnAdminIsGivenAndTaken) {  // ID4
  ASSERT_EQ(make_admin("boss@example.com", "first-password").code, 0);
  ASSERT_EQ(make_user("mina@example.com").code, 0);
  EXPECT_EQ(run_json({"admin", "grant", "mina@example.com"}).json().at("role"), "admin");
  EXPECT_EQ(run_json({"admin", "revoke", "mina@example.com"}).json().at("role"), "user");
  EXPECT_EQ(actions({"--kind", "user"}), (Words{"admin.revoke", "admin.grant", "user.create", "admin.create"}));
}

TEST_F(AccountCommands, TheLastAdminStays) {  // ID4
  ASSERT_EQ(make_admin("boss@example.com", "first-password").code, 0);
  for (const Words& words :
       {Words{"admin", "revoke", "boss@example.com"}, Words{"user", "disable", "boss@example.com"}}) {
    const Said refused = run_json(words);
    EXPECT_EQ(refused.error(), "not_permitted") << refused.out;
    EXPECT_NE(refused.message().find("make another account an admin first"), std::string::npos) << refused.message();
  }
  EXPECT_EQ(run_json({"user", "show", "boss@example.com"}).json().at("role"), "admin");
  EXPECT_EQ(log_in("boss@example.com", "first-password"), in);
}

/// What the program wrote to a terminal at which somebody typed `answers`, each after the next colon; and its exit
/// code.
std::pair<std::string, int> at_a_terminal(const Words& program, Words answers) {
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    std::vector<char*> words;
    for (const std::string& word : program) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    execv(words[0], words.data());
    _exit(127);
  }
  std::string screen;
  std::size_t asked = 0;
  for (char c = 0; read(terminal, &c, 1) == 1;) {
    screen += c;
    if (!screen.ends_with(": ") || asked == answers.size()) continue;
    const std::string& answer = answers[asked++];
    EXPECT_EQ(write(terminal, answer.data(), answer.size()), static_cast<ssize_t>(answer.size()));
  }
  int status = 0;
  waitpid(child, &status, 0);
  close(terminal);
  return {screen, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)};
}

TEST_F(AccountCommands, AtATerminalThePasswordIsAskedForAndNotShown) {  // ID4
  const Words program_words{program(), "admin", "create", "boss@example.com", "--store", store_};
  const auto [differing, refused] = at_a_terminal(program_words, {"typed-secret\r", "another\r"});
  EXPECT_EQ(refused, 2) << differing;
  const auto [screen, code] = at_a_terminal(program_words, {"typed-secrex\x7ft\r", "typed-secret\r"});
  EXPECT_EQ(code, 0) << screen;
  EXPECT_NE(screen.find("Password of boss@example.com: "), std::string::npos) << screen;
  EXPECT_EQ(screen.find("typed"), std::string::npos) << screen;
  EXPECT_EQ(log_in("boss@example.com", "typed-secret"), in);
  const auto [given_up, ended] = at_a_terminal(program_words, {"typed\x03"});
  EXPECT_EQ(ended, 130) << given_up;
}

}  // namespace
}  // namespace tiketi::test
