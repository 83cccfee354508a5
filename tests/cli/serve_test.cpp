// serve, and seed --users: accounts for load tests whose tokens the server takes.

#include "cli/program.hpp"
#include "support/http_client.hpp"
#include "support/process.hpp"

#include <csignal>
#include <fstream>
#include <set>
#include <sstream>

namespace tiketi::test {
namespace {

class Serving : public Program {
 protected:
  struct User {
    std::string id, email, token;
  };

  Said seed_users(const Words& more = {}) const {
    Words words{"seed", "--users", "1500", "--tokens", "users.txt", "--profile", "development"};
    words.insert(words.end(), more.begin(), more.end());
    return run_json(words);
  }
  std::vector<User> users() const {
    std::ifstream file(path("users.txt"));
    std::vector<User> out;
    for (std::string line; std::getline(file, line);) {
      std::istringstream words(line);
      User user;
      words >> user.id >> user.email >> user.token;
      out.push_back(user);
    }
    return out;
  }

  /// `tiketi serve` on a free port.
  struct Server {
    Process process;
    std::uint16_t port = 0;
  };
  Server serve(const Words& more = {}, const std::string& log_level = "error") const {
    Words words{program(), "serve", "--store",    store_,    "--address",   "127.0.0.1",
                "--port",  "0",     "--provider", "sandbox", "--log-level", log_level};
    words.insert(words.end(), more.begin(), more.end());
    Server out{Process(words), 0};
    for (std::string line; out.process.read_line(line);)
      if (const std::size_t at = line.find("listening on http://127.0.0.1:"); at != line.npos) {
        out.port = static_cast<std::uint16_t>(std::stoi(line.substr(line.rfind(':') + 1)));
        return out;
      }
    ADD_FAILURE() << "the server does not start";
    return out;
  }
  static HttpReply me(const Server& server, const User& user) {
    const std::string bearer = "Bearer " + user.token;
    return HttpClient(server.port).get("/api/auth/me", {{"Authorization", bearer}});
  }
};

TEST_F(Serving, SeededUsersAreLoggedInAtTheServer) {
  const Said seeded = seed_users();
  ASSERT_EQ(seeded.code, 0) << seeded.out;
  EXPECT_EQ(seeded.json().at("created"), 1500);
  const auto all = users();
  ASSERT_EQ(all.size(), 1500U);
  std::set<std::string> ids, tokens;
  for (const User& each : all) {
    ids.insert(each.id);
    tokens.insert(each.token);
  }
  EXPECT_EQ(ids.size(), 1500U);
  EXPECT_EQ(tokens.size(), 1500U);
  Server server = serve();
  for (const User& each : {all.front(), all[1000], all.back()}) {
    const HttpReply reply = me(server, each);
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_NE(reply.body.find(each.email), std::string::npos) << reply.body;
    EXPECT_NE(reply.body.find(each.id), std::string::npos) << reply.body;
  }
  User forged = all.front();
  forged.token[forged.token.size() - 5] ^= 1;
  EXPECT_EQ(me(server, forged).status, 403);
  server.process.signal(SIGTERM);
  EXPECT_EQ(server.process.wait(), 0);
  EXPECT_EQ(run({"verify"}).code, 0);
}

TEST_F(Serving, SeedingUsersAgainGivesThoseThereAreNewTokens) {
  ASSERT_EQ(seed_users().code, 0);
  const auto before = users();
  const Said again = seed_users();
  EXPECT_EQ(again.json().at("created"), 0);
  EXPECT_EQ(again.json().at("present"), 1500);
  const auto after = users();
  ASSERT_EQ(after.size(), before.size());
  EXPECT_EQ(after[7].id, before[7].id);
  EXPECT_NE(after[7].token, before[7].token);
  EXPECT_TRUE(open_services()->accounts().authenticate(after[7].token).has_value());
}

TEST_F(Serving, ASecretSignsInsteadOfKeys) {
  const std::string secret(40, 's');
  ASSERT_EQ(seed_users({"--jwt-secret", secret}).code, 0);
  EXPECT_FALSE(std::filesystem::exists(path("box.db.keys")));
  Server server = serve({"--jwt-secret", secret});
  EXPECT_EQ(me(server, users().front()).status, 200);
}

TEST_F(Serving, AConfiguredAdminWhoIsNoneIsToldAndNoReasonNotToServe) {  // ID4
  const std::string email = "boss@example.com";
  ASSERT_TRUE(open_services()->accounts().register_user({email, "secret-1", "Boss", ""}).has_value());
  for (int start = 0; start < 2; ++start) {
    Server server =
        serve({"--admin-email", email, "--admin-password", "secret-2", "--log-file", path("log")}, "warning");
    EXPECT_NE(server.port, 0);
    server.process.signal(SIGTERM);
    EXPECT_EQ(server.process.wait(), 0);
  }
  std::ifstream file(path("log"));
  const std::string log{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(log.find("THE CONFIGURED ADMIN IS NONE"), std::string::npos) << log;
  EXPECT_EQ(run_json({"user", "show", email}).json().at("role"), "user") << "nobody gets it unasked";
}

TEST_F(Serving, UsersAreOnlySeededInDevelopment) {  // ID4
  for (const Words& words : {Words{"seed", "--users", "10", "--tokens", "users.txt"},
                             Words{"seed", "--users", "10", "--tokens", "users.txt", "--profile", "production"}}) {
    const Said refused = run_json(words);
    EXPECT_EQ(refused.code, 2);
    EXPECT_NE(refused.message().find("--profile development"), std::string::npos) << "says what to do";
  }
  EXPECT_EQ(run_with({"TIKETI_PROFILE=production"}, {"seed", "--users", "10", "--tokens", "users.txt"}).code, 2);
  EXPECT_FALSE(std::filesystem::exists(path("users.txt")));
  EXPECT_FALSE(std::filesystem::exists(path("box.db")));
  EXPECT_EQ(run_with({"TIKETI_PROFILE=development"}, {"seed", "--users", "10", "--tokens", "users.txt"}).code, 0);
  EXPECT_EQ(run_with({"TIKETI_PROFILE=production"}, {"seed"}).code, 0) << "events are another matter";
}

TEST_F(Serving, TheTokensAreTheOwnersAlone) {
  write("users.txt", "old");
  ASSERT_EQ(seed_users().code, 0);
  using std::filesystem::perms;
  const auto mode = std::filesystem::status(path("users.txt")).permissions();
  EXPECT_EQ(mode & (perms::group_all | perms::others_all), perms::none);
}

TEST_F(Serving, BadUseOfUsersIsTold) {
  const auto expect_usage = [this](const Words& words) { EXPECT_EQ(run(words).code, 2) << words.back(); };
  expect_usage({"seed", "--users", "0", "--tokens", "x", "--profile", "development"});
  expect_usage({"seed", "--users", "10", "--profile", "development"});
  expect_usage({"seed", "--tokens", "x"});
  expect_usage({"seed", "--users", "10", "--tokens", "x", "--scale", "--profile", "development"});
  expect_usage({"seed", "--users", "10", "--tokens", "no/such/folder/x", "--profile", "development"});
  expect_usage({"seed", "--users", "10", "--tokens", "x", "--profile", "development", "--store",
                "postgres://nobody@127.0.0.1:1/none"});
}

TEST_F(Serving, ServeHandsItsArgumentsToTheServerAsTheyAre) {
  const Said help = run({"serve", "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_NE(help.out.find("tiketi serve"), std::string::npos) << help.out;
  EXPECT_NE(help.out.find("--port"), std::string::npos);
  EXPECT_EQ(run({"serve", "--version"}).out.find("tiketi "), 0U);
  EXPECT_EQ(run({"serve", "--nonsense"}).code, 2);
  EXPECT_NE(run({"serve", "--print-config", "--port", "4711"}).out.find("port = 4711"), std::string::npos);
  EXPECT_NE(run({"--help"}).out.find("serve"), std::string::npos);
  const Said late = run({"--store", store_, "serve"});
  EXPECT_EQ(late.code, 2);
  EXPECT_NE(late.err.find("first word"), std::string::npos) << late.err;
}

}  // namespace
}  // namespace tiketi::test
