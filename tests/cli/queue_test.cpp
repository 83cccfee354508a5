// queue (WR1 to WR5, WR7)

#include "cli/house.hpp"

#include <algorithm>
#include <sstream>

namespace tiketi::test {
namespace {

class QueueCommands : public House {
 protected:
  boost::json::value set(const Words& settings, const std::string& event = winter) const {
    Words words{"queue", "set", event};
    words.insert(words.end(), settings.begin(), settings.end());
    const Said said = run_json(words);
    EXPECT_EQ(said.code, 0) << said.out;
    return said.json();
  }
  boost::json::value enter(const std::string& user, const std::string& event = winter) const {
    return run_json({"queue", "enter", event, "--user", user}).json();
  }
  boost::json::value status(const std::string& user) const {
    return run_json({"queue", "status", winter, "--user", user}).json();
  }
  Said reserve(const std::string& user, const std::string& entry_token) const {
    return run_json({"reserve", winter, "--user", user, "--ticket", "일반석=1", "--entry-token", entry_token});
  }
  static std::string text(const boost::json::value& object, const char* member) {
    return object.at(member).as_string().c_str();
  }

  std::vector<std::string> log_lines(const std::string& event = winter, const Words& filter = {}) const {
    Words words{"queue", "log", event};
    words.insert(words.end(), filter.begin(), filter.end());
    std::istringstream out(run_json(words).out);
    std::vector<std::string> lines;
    for (std::string line; std::getline(out, line);) lines.push_back(line);
    return lines;
  }
  static Words kinds(const std::vector<std::string>& lines) {
    Words out;
    for (const std::string& line : lines) out.push_back(text(boost::json::parse(line), "kind"));
    return out;
  }

  /// As a running server does, about every second.
  void let_room_turn() const { ASSERT_TRUE(open_services()->waiting_room().turn().has_value()); }
};

TEST_F(QueueCommands, WR5_SettingsAreShownAndChangedOneByOne) {
  const auto before = run_json({"queue", "show", winter}).json();
  EXPECT_EQ(before.at("enabled"), false);
  EXPECT_EQ(before.at("threshold"), 1'000);
  EXPECT_EQ(before.at("records"), 0);
  const auto all = set({"--on", "--mode", "session", "--threshold", "2", "--rate", "7", "--pause", "--active-seconds",
                        "60", "--lobby", "--max-payments", "9"});
  EXPECT_EQ(all.at("enabled"), true);
  EXPECT_EQ(all.at("mode"), "session");
  EXPECT_EQ(all.at("threshold"), 2);
  EXPECT_EQ(all.at("rate"), 7);
  EXPECT_EQ(all.at("paused"), true);
  EXPECT_EQ(all.at("active_seconds"), 60);
  EXPECT_EQ(all.at("lobby_enabled"), true);
  EXPECT_EQ(all.at("max_payments"), 9);
  boost::json::object some = set({"--off", "--resume", "--no-lobby", "--mode", "strict"}).as_object();
  EXPECT_EQ(run_json({"queue", "show", winter}).json(), some) << "another process knows";
  EXPECT_EQ(some.at("enabled"), false);
  EXPECT_EQ(some.at("mode"), "strict");
  EXPECT_EQ(some.at("paused"), false);
  EXPECT_EQ(some.at("lobby_enabled"), false);
  EXPECT_EQ(some.at("threshold"), 2) << "was not named";
  EXPECT_EQ(some.at("active_seconds"), 60);
  EXPECT_NE(run({"queue", "show", winter}).out.find("off: everybody may buy"), std::string::npos);
}

TEST_F(QueueCommands, WR5_WhatIsSetIsWrittenDown) {  // AD1
  set({"--on", "--threshold", "2", "--active-seconds", "60"});
  ASSERT_EQ(run({"queue", "clear", winter}).code, 0);
  EXPECT_EQ(actions(), (Words{"waiting_room.clear", "waiting_room.change"}));
  const auto changed = run_json({"audit", "--kind", "event"}).json().at("entries").at(1);
  EXPECT_EQ(changed.at("details"), (boost::json::value{{"enabled", true}, {"threshold", 2}, {"activeSeconds", 60}}));
  EXPECT_EQ(text(changed, "id"), text(run_json({"event", winter}).json(), "id"));
}

TEST_F(QueueCommands, WR5_BadSettingsChangeNothing) {
  const std::vector<Words> bad{{"--threshold", "0"},
                               {"--threshold", "1000001"},
                               {"--rate", "0"},
                               {"--mode", "loose"},
                               {"--active-seconds", "9"},
                               {"--active-seconds", "86401"},
                               {"--max-payments", "-1"},
                               {"--on", "--off"},
                               {"--pause", "--resume"},
                               {"--lobby", "--no-lobby"},
                               {}};
  for (const Words& settings : bad) {
    Words words{"queue", "set", winter};
    words.insert(words.end(), settings.begin(), settings.end());
    expect(run_json(words), "invalid_argument", 2);
  }
  expect(run_json({"queue", "set", "No Such Concert", "--on"}), "event_not_found", 3);
  EXPECT_EQ(actions(), Words{});
  EXPECT_EQ(run_json({"queue", "show", winter}).json().at("records"), 0);
}

TEST_F(QueueCommands, WR1_WhoComesWhenItIsFullWaits) {
  EXPECT_EQ(enter("mina").at("status"), "open") << "the room is off";
  set({"--on", "--threshold", "1"});
  const auto first = enter("mina");
  EXPECT_EQ(first.at("queued"), false);
  EXPECT_EQ(first.at("status"), "active");
  EXPECT_EQ(enter("juno").at("position"), 1);
  const auto third = enter("kim");
  EXPECT_EQ(third.at("queued"), true);
  EXPECT_EQ(third.at("position"), 2);
  EXPECT_EQ(third.at("waiting"), 2);
  EXPECT_EQ(third.at("active"), 1);
  EXPECT_EQ(third.at("entry_token"), "");
  EXPECT_EQ(enter("juno").at("position"), 1) << "nobody loses a place";  // WR3
  EXPECT_NE(run({"queue", "status", winter, "--user", "kim"}).out.find("Number 2 of 2"), std::string::npos);
  EXPECT_EQ(run_json({"queue", "leave", winter, "--user", "juno"}).code, 0);
  EXPECT_EQ(status("juno").at("status"), "outside");
  EXPECT_EQ(status("kim").at("position"), 1);
  const auto view = run_json({"queue", "show", winter}).json();
  EXPECT_EQ(view.at("waiting"), 1);
  EXPECT_EQ(view.at("active"), 1);
  EXPECT_EQ(view.at("available"), 0);
}

TEST_F(QueueCommands, WR4_ReservingTakesTheEntryToken) {
  set({"--on", "--threshold", "1"});
  expect(run_json({"reserve", winter, "--user", "mina", "--ticket", "일반석=1"}), "queue_required", 1);
  const std::string token = text(enter("mina"), "entry_token");
  enter("juno");
  EXPECT_EQ(reserve("mina", token).code, 0);
  EXPECT_EQ(run_json({"best-available", winter, "--user", "mina", "--entry-token", token}).code, 0);
  expect(run_json({"best-available", winter, "--user", "mina"}), "queue_required", 1);
  expect(reserve("juno", token), "entry_token_other_user", 1);
  expect(reserve("mina", token.substr(1) + 'x'), "entry_token_forged", 1);
  ASSERT_EQ(run({"queue", "leave", winter, "--user", "mina"}).code, 0);
  expect(reserve("mina", token), "admission_over", 1);
  EXPECT_NE(run({"reserve", winter, "--user", "mina", "--ticket", "일반석=1"}).err.find("tiketi queue enter"),
            std::string::npos);
  let_room_turn();  // WR2
  const auto admitted = status("juno");
  EXPECT_EQ(admitted.at("status"), "active");
  EXPECT_EQ(reserve("juno", text(admitted, "entry_token")).code, 0);
}

TEST_F(QueueCommands, WR5_ClearSendsEverybodyAway) {
  set({"--on", "--threshold", "1"});
  const std::string token = text(enter("mina"), "entry_token");
  enter("juno");
  EXPECT_EQ(run_json({"queue", "clear", winter}).json().at("cleared"), 2);
  EXPECT_EQ(status("mina").at("status"), "outside");
  EXPECT_EQ(status("juno").at("status"), "outside");
  expect(reserve("mina", token), "admission_over", 1);
  EXPECT_EQ(run_json({"queue", "clear", winter}).json().at("cleared"), 0);
}

TEST_F(QueueCommands, WR7_TheLogTellsWhatHappenedAndCanBeAudited) {
  set({"--on", "--threshold", "1"});
  for (const char* user : {"mina", "juno", "kim"}) enter(user);
  const auto lines = log_lines();
  EXPECT_EQ(kinds(lines), (Words{"settings", "entered", "admitted_at_once", "entered", "entered"}));
  EXPECT_EQ(log_lines(winter, {"--after", "1", "--limit", "2"}), (Words{lines[1], lines[2]}));
  EXPECT_NE(run({"queue", "log", winter}).out.find("admitted_at_once"), std::string::npos);
  const Said sound = run_json({"queue", "audit", winter});
  EXPECT_EQ(sound.code, 0);
  const boost::json::value nothing_wrong{{"clean", true},
                                         {"records", 5},
                                         {"admitted", 1},
                                         {"waiting", 2},
                                         {"lobbies", boost::json::array()},
                                         {"findings", boost::json::array()}};
  EXPECT_EQ(sound.json(), nothing_wrong);

  std::string published;
  for (const std::string& line : lines) published += line + '\n';
  const Said same = run_json({"queue", "audit", "--log", "-", "--store", "sqlite:nowhere.db"}, published);
  EXPECT_EQ(same.code, 0) << same.out;
  EXPECT_EQ(same.json(), nothing_wrong);
  const Said overtaken = run_json({"queue", "audit", "--log", "-"}, lines[0] + '\n' + lines[2] + '\n' + lines[1]);
  EXPECT_EQ(overtaken.code, 5);
  EXPECT_EQ(text(overtaken.json().at("findings").at(0), "invariant"), "room-sequence");

  sql("DELETE FROM room_log WHERE sequence = 2");
  const Said broken = run_json({"queue", "audit", winter});
  EXPECT_EQ(broken.code, 5);
  EXPECT_EQ(broken.json().at("clean"), false);
  EXPECT_EQ(run({"queue", "audit", winter}).code, 5);
}

TEST_F(QueueCommands, WR7_TheSeedOfAnOpenLobbyIsNobodys) {
  const std::string later = "Checkmate";  // its sale has not begun
  const auto opened = set({"--on", "--lobby"}, later);
  EXPECT_EQ(opened.at("lobby"), "open");
  EXPECT_EQ(opened.at("seed"), "");
  const auto entered = enter("mina", later);
  EXPECT_EQ(entered.at("status"), "lobby");
  EXPECT_EQ(entered.at("queued"), true);
  const auto lines = log_lines(later);
  const Words what = kinds(lines);
  const auto at = std::ranges::find(what, "lobby_opened");
  ASSERT_NE(at, what.end());
  const auto record = boost::json::parse(lines[static_cast<std::size_t>(at - what.begin())]);
  EXPECT_EQ(record.at("text"), opened.at("commitment"));
  EXPECT_NE(sql("SELECT detail FROM room_log WHERE kind = 2").at(0), text(opened, "commitment")) << "has the seed too";
  EXPECT_EQ(run_json({"queue", "audit", later}).code, 0);
}

TEST_F(QueueCommands, WR7_TheOrderIsRecomputedAndHeldAgainstTheCommitmentThatWasPublished) {
  const std::string later = "Checkmate";
  const std::string published = text(set({"--on", "--lobby", "--threshold", "1"}, later), "commitment");
  std::vector<std::string> came;
  for (const char* user : {"mina", "juno", "kim"}) {
    enter(user, later);
    came.push_back(text(boost::json::parse(log_lines(later).back()), "user"));
  }
  EXPECT_EQ(run_json({"queue", "audit", later}).json().at("lobbies").at(0).at("seed"), "");
  set({"--no-lobby"}, later);  // the places are drawn
  const Said audit = run_json({"queue", "audit", later, "--order", "--commitment", published});
  EXPECT_EQ(audit.code, 0) << audit.out;
  const auto lobby = audit.json().at("lobbies").at(0);
  EXPECT_EQ(text(lobby, "commitment"), published);
  EXPECT_EQ(text(lobby, "seed").size(), 43U);
  EXPECT_EQ(lobby.at("drawn"), 3);
  std::vector<std::string> order;
  for (const auto& each : lobby.at("order").as_array()) order.emplace_back(each.as_string());
  EXPECT_TRUE(std::ranges::is_permutation(order, came));

  std::string log;
  for (const std::string& line : log_lines(later)) log += line + '\n';
  EXPECT_EQ(run_json({"queue", "audit", "--log", "-", "--order", "--commitment", published}, log).json(), audit.json());
  const Said told = run({"queue", "audit", later, "--order"});
  EXPECT_LT(told.out.find(order[0]), told.out.find(order[1])) << told.out;
  const Said another = run_json({"queue", "audit", later, "--commitment", "another"});
  EXPECT_EQ(another.code, 5);
  EXPECT_EQ(text(another.json().at("findings").at(0), "invariant"), "room-commitment");
}

TEST_F(QueueCommands, WhatIsNoLogIsRefused) {
  expect(run_json({"queue", "audit"}), "invalid_argument", 2);
  expect(run_json({"queue", "audit", winter, "--log", "-"}), "invalid_argument", 2);
  expect(run_json({"queue", "audit", "--log", "no-such-file"}), "invalid_argument", 2);
  for (const char* line :
       {"nonsense", "{}", "[]", R"({"sequence":1,"at":"2026-01-01T00:00:00Z","kind":"danced","number":0})",
        R"({"sequence":"1","at":"2026-01-01T00:00:00Z","kind":"sold_out","number":0})",
        R"({"sequence":1,"at":"today","kind":"sold_out","number":0})",
        R"({"sequence":-1,"at":"2026-01-01T00:00:00Z","kind":"sold_out","number":0})",
        R"({"sequence":1,"at":"2026-01-01T00:00:00Z","kind":"touched","number":-9223372036854775808})",
        R"({"sequence":1,"at":"2026-01-01T00:00:00Z","kind":"admitted","number":9007199254740993})",
        R"({"sequence":1,"at":"2026-01-01T00:00:00Z","kind":"entered","number":0,"user":"mina"})"})
    expect(run_json({"queue", "audit", "--log", "-"}, line), "invalid_argument", 2);
  expect(run_json({"queue", "log", winter, "--after", "-1"}), "invalid_argument", 2);
}

}  // namespace
}  // namespace tiketi::test
