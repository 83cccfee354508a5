// The store, verify, and what holds for every command: help, usage errors, exit codes, JSON.

#include "cli/program.hpp"

namespace tiketi::test {
namespace {

using StoreCommands = Program;

TEST_F(StoreCommands, VerifyIsCleanOnASoundStore) {
  seed();
  const Said said = run_json({"verify"});
  EXPECT_EQ(said.code, 0);
  EXPECT_EQ(said.json().at("clean"), true);
}

TEST_F(StoreCommands, VerifyFindsACorruptedDatabase) {
  seed();
  ASSERT_EQ(run({"best-available", "Winter", "--user", "mina", "-n", "2"}).code, 0);
  sql("UPDATE inventories SET available = available - 1 WHERE event_id = (SELECT event_id FROM reservations)");
  sql("DELETE FROM reservation_items WHERE line_number = (SELECT max(line_number) FROM reservation_items)");
  const Said said = run_json({"verify"});
  EXPECT_EQ(said.code, 5);
  EXPECT_EQ(said.json().at("clean"), false);
  EXPECT_GE(said.json().at("findings").as_array().size(), 2U);
  EXPECT_EQ(run({"verify"}).code, 5);
}

TEST_F(StoreCommands, MigrateBringsTheTablesUpToDate) {
  EXPECT_EQ(run({"migrate", "--check"}).code, 4) << "nothing is there yet";
  const Said said = run_json({"migrate"});
  ASSERT_EQ(said.code, 0) << said.out;
  const auto steps = said.json().at("migrations").as_array();
  for (const auto& each : steps) EXPECT_EQ(each.at("applied"), true);
  EXPECT_EQ(run({"migrate"}).code, 0);
  EXPECT_EQ(run({"migrate", "--check"}).code, 0);
}

TEST_F(StoreCommands, AMistypedPathIsSaidAndLeavesNoFileBehind) {
  const Said said = run({"events"});
  EXPECT_EQ(said.code, 4);
  EXPECT_NE(said.err.find("tiketi seed"), std::string::npos) << "says what to do: " << said.err;
  EXPECT_FALSE(std::filesystem::exists(path("box.db")));
}

TEST_F(StoreCommands, UnknownUnreachableAndForeignStoresAreTold) {
  EXPECT_EQ(run({"events", "--store", "oracle:box"}).code, 2);
  EXPECT_EQ(run({"seed", "--store", "sqlite:" + path("no/such/folder/box.db")}).code, 4);
  EXPECT_EQ(run({"events", "--store", "postgres://nobody@127.0.0.1:1/none"}).code, 4);
  write("notes.txt", std::string(5000, 'x'));
  EXPECT_EQ(run_json({"events", "--store", "sqlite:" + path("notes.txt")}).error(), "storage_mismatch");
  EXPECT_EQ(run({"events", "--store", std::string(5000, 'x')}).code, 2);
}

TEST_F(StoreCommands, ADatabaseFromANewerVersionIsLeftAlone) {
  ASSERT_EQ(run({"migrate"}).code, 0);
  sql("INSERT INTO schema_migrations SELECT 9999, 'from_the_future', checksum, applied_at FROM schema_migrations LIMIT "
      "1");
  for (const Words& words : {Words{"events"}, Words{"seed"}, Words{"verify"}, Words{"simulate", "on-sale"}}) {
    const Said said = run_json(words);
    EXPECT_EQ(said.code, 4);
    EXPECT_EQ(said.error(), "storage_newer");
  }
  EXPECT_EQ(number("SELECT count(*) FROM events"), 0);
}

TEST_F(StoreCommands, TheStoreIsNamedByFlagBeforeOrAfterOrByTheEnvironment) {
  seed();
  const std::string other = "sqlite:" + path("other.db");
  ASSERT_EQ(run({"migrate", "--store", other}).code, 0);
  EXPECT_EQ(run_json({"events"}).json().at("total"), 25);
  EXPECT_EQ(run_json({"events", "--store", other}).json().at("total"), 0);
  EXPECT_EQ(run_json({"--store", other, "events"}).json().at("total"), 0);
}

TEST_F(StoreCommands, UsageErrorsNameTheFlag) {
  const auto expect = [this](const Words& words, const std::string& flag) {
    const Said said = run(words);
    EXPECT_EQ(said.code, 2) << flag;
    EXPECT_NE(said.err.find(flag), std::string::npos) << said.err;
    EXPECT_TRUE(said.out.empty());
    EXPECT_EQ(run_json(words).error(), "invalid_argument");
  };
  expect({"events", "--limit", "1001"}, "--limit");
  expect({"events", "--page", "0"}, "--page");
  expect({"events", "--page", "many"}, "--page");
  expect({"events", "--status", "soon"}, "--status");
  expect({"events", "--nonsense"}, "--nonsense");
  expect({"best-available", "x", "--user", "u", "-n", "0"}, "--quantity");
  expect({"reserve", "x"}, "--user");
  expect({"confirm", "TK0"}, "--payment");
  expect({"extend", "TK0", "--by", "-5"}, "--by");
  expect({"extend", "TK0", "--by", "99999999999999999999"}, "--by");
  expect({"seed", "--events", "5"}, "--scale");
  expect({"seed", "--scale", "--seats", "20001"}, "--seats");
  expect({"simulate", "on-sale", "--fans", "0"}, "--fans");
  expect({"simulate", "on-sale", "--abandon-rate", "1.5"}, "--abandon-rate");
  expect({"simulate", "on-sale", "--abandon-rate", "0.6", "--late-rate", "0.6"}, "--late-rate");
  expect({"layout", "export", "x", "--format", "xml"}, "--format");
}

TEST_F(StoreCommands, EveryCommandHasHelpWithExamples) {
  for (const Words& command : {Words{},
                               {"migrate"},
                               {"seed"},
                               {"events"},
                               {"event"},
                               {"seats"},
                               {"layout", "list"},
                               {"layout", "import"},
                               {"layout", "export"},
                               {"layout", "check"},
                               {"reserve"},
                               {"best-available"},
                               {"reservation"},
                               {"confirm"},
                               {"cancel"},
                               {"extend"},
                               {"sweep"},
                               {"outbox", "list"},
                               {"outbox", "publish"},
                               {"verify"},
                               {"event", "cancel"},
                               {"user", "list"},
                               {"user", "show"},
                               {"user", "create"},
                               {"user", "disable"},
                               {"user", "enable"},
                               {"user", "password"},
                               {"admin", "create"},
                               {"admin", "grant"},
                               {"admin", "revoke"},
                               {"points", "balance"},
                               {"points", "history"},
                               {"payment", "list"},
                               {"payment", "show"},
                               {"payment", "recover"},
                               {"refund"},
                               {"ledger"},
                               {"ticket", "list"},
                               {"ticket", "show"},
                               {"ticket", "code"},
                               {"ticket", "qr"},
                               {"ticket", "check-in"},
                               {"ticket", "verify"},
                               {"notice", "list"},
                               {"notice", "create"},
                               {"notice", "update"},
                               {"notice", "remove"},
                               {"queue", "show"},
                               {"queue", "set"},
                               {"queue", "enter"},
                               {"queue", "status"},
                               {"queue", "leave"},
                               {"queue", "clear"},
                               {"queue", "audit"},
                               {"queue", "log"},
                               {"keys", "show"},
                               {"keys", "rotate"},
                               {"audit"},
                               {"simulate", "on-sale"}}) {
    Words words = command;
    words.emplace_back("--help");
    const Said said = run(words);
    EXPECT_EQ(said.code, 0);
    EXPECT_NE(said.out.find("Examples:"), std::string::npos) << said.out;
  }
  EXPECT_NE(run({"--help"}).out.find("Exit codes:"), std::string::npos);
  EXPECT_EQ(run({"--version"}).out.find("tiketi "), 0U);
  EXPECT_EQ(run({}).code, 2);
}

TEST_F(StoreCommands, EveryAnswerIsJsonWhenAsked) {
  seed();
  const auto number = run_json({"best-available", "Winter", "--user", "mina"}).json().at("number");
  const std::string reservation(number.as_string());
  for (const Words& words : {Words{"migrate"},
                             {"seed"},
                             {"events"},
                             {"event", "흠뻑쇼"},
                             {"seats", "Super Shy"},
                             {"layout", "list"},
                             {"layout", "export", "small_theater"},
                             {"reservation", reservation},
                             {"extend", reservation},
                             {"confirm", reservation, "--payment", "p"},
                             {"cancel", reservation},
                             {"sweep"},
                             {"outbox", "list"},
                             {"user", "list"},
                             {"points", "balance", "mina"},
                             {"points", "history", "mina"},
                             {"payment", "list", "--user", "mina"},
                             {"payment", "recover"},
                             {"ledger"},
                             {"ticket", "list", "--user", "mina"},
                             {"notice", "list"},
                             {"keys", "rotate"},
                             {"keys", "show"},
                             {"audit"},
                             {"event", "cancel", "Super Shy"},
                             {"verify"}}) {
    const Said said = run_json(words);
    EXPECT_EQ(said.code, 0) << words[0] << said.out;
    EXPECT_TRUE(said.json().is_object()) << words[0];
    EXPECT_TRUE(said.err.empty()) << said.err;
  }
}

TEST_F(StoreCommands, AFullOutputIsNotASuccess) {
  seed();
  const std::string line = "TIKETI_STORE='" + store_ + "' " + program() + " events --json > /dev/full 2> /dev/null";
  EXPECT_NE(std::system(line.c_str()), 0);
}

}  // namespace
}  // namespace tiketi::test
