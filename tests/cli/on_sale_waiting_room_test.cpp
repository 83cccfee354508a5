// simulate on-sale --waiting-room: the whole day, and that it tells when anything is wrong (WR1 to WR4, WR7).

#include "cli/program.hpp"

namespace tiketi::test {
namespace {

constexpr std::int64_t places_per_bot = 20;

struct Room {
  int threshold = 60;
  int rate = 200;
  int lobby_ms = 500;
};

class OnSaleBehindWaitingRoom : public Program {
 protected:
  static constexpr auto winter = "Winter Concert Tour in Seoul";  // 665 places

  static Words day(int fans, const Room& room = {}) {
    return {"simulate",
            "on-sale",
            "--waiting-room",
            "--event",
            winter,
            "--fans",
            std::to_string(fans),
            "--hold-ms",
            "400",
            "--burst-ms",
            "200",
            "--refresh-ms",
            "50",
            "--threshold",
            std::to_string(room.threshold),
            "--rate",
            std::to_string(room.rate),
            "--lobby-ms",
            std::to_string(room.lobby_ms)};
  }

  static std::int64_t count(const boost::json::value& object, const char* member) {
    return object.at(member).as_int64();
  }

  static void expect_sound(const boost::json::value& report, std::int64_t fans) {
    const auto& room = report.at("waiting_room");
    const auto& queue = room.at("queue");
    const auto& after = room.at("after");
    EXPECT_EQ(count(report.at("fans"), "arrived"), fans) << "everybody's day has an end";
    EXPECT_EQ(count(room.at("lobby"), "arrived") + count(queue, "arrived"), fans);
    const std::int64_t ends = count(after, "told") + count(queue, "gave_up") + count(queue, "heard_sold_out");
    EXPECT_GE(ends, fans) << "whoever came was let in, or left the line";
    EXPECT_LE(ends, fans + count(queue, "entered_again"));
    EXPECT_EQ(count(queue, "idled_out"), count(report.at("fans"), "idled_out"));
    EXPECT_EQ(after.at("audit_clean"), true);
    for (const char* wrong : {"out_of_order", "admitted_twice", "places_lost", "intruders", "waiting", "active"})
      EXPECT_EQ(count(after, wrong), 0) << wrong;
    EXPECT_LE(count(queue, "most_active"), count(room, "threshold"));
    const auto& places = report.at("places");
    EXPECT_LE(count(places, "sold"), count(places, "free_before"));
    EXPECT_EQ(count(places, "held"), 0);
    EXPECT_EQ(report.at("money").at("payments"), report.at("fans").at("bought")) << "who has places has paid";
    EXPECT_TRUE(report.at("troubles").as_array().empty()) << report.at("troubles");
    EXPECT_EQ(report.at("verify").at("clean"), true) << report.at("verify");
  }

  std::int64_t records(const std::string& kind) const {
    return number("SELECT count(*) FROM room_log WHERE kind = " + kind);
  }

  /// From now on the database writes down something else than it was told.
  void falsify_log(const std::string& kind, const std::string& change) const {
    sql("DROP TRIGGER room_log_is_final");
    sql("CREATE TRIGGER falsify AFTER INSERT ON room_log WHEN NEW.kind = " + kind + " BEGIN UPDATE room_log SET " +
        change + " WHERE event_id = NEW.event_id AND sequence = NEW.sequence; END");
  }

  static std::string invariants(const boost::json::value& report) {
    std::string out;
    for (const auto& each : report.at("verify").at("findings").as_array())
      out += std::string(each.at("invariant").as_string()) + ' ';
    return out;
  }
};

TEST_F(OnSaleBehindWaitingRoom, WR7_TheLobbyIsShuffledByTheSeedThatWasCommittedTo) {
  seed();
  const Said said = run_json(day(400));
  ASSERT_EQ(said.code, 0) << said.out << said.err;
  const auto report = said.json();
  expect_sound(report, 400);
  const auto& lobby = report.at("waiting_room").at("lobby");
  EXPECT_EQ(lobby.at("seed_fits"), true);
  EXPECT_EQ(lobby.at("commitment").as_string().size(), 43U);
  EXPECT_GT(count(lobby, "shuffled"), 250) << "most come early";
  EXPECT_LE(count(lobby, "shuffled"), count(lobby, "arrived"));
  EXPECT_GT(count(report.at("waiting_room").at("queue"), "arrived"), 40) << "some come late";
  const std::string event(report.at("event").at("id").as_string());
  EXPECT_EQ(run({"queue", "audit", event}).code, 0);
  EXPECT_EQ(run_json({"queue", "show", event}).json().at("enabled"), false) << "the copy can be sold";
  EXPECT_EQ(run_json({"queue", "show", winter}).json().at("records"), 0) << "the event itself has no room";
}

TEST_F(OnSaleBehindWaitingRoom, WR2_NoMoreAreAdmittedThanThresholdAndRateAllow) {
  store_ = "memory";
  const Said said = run_json(day(300, {.threshold = 20, .rate = 100, .lobby_ms = 200}));
  ASSERT_EQ(said.code, 0) << said.out << said.err;
  const auto report = said.json();
  expect_sound(report, 300);
  const auto& room = report.at("waiting_room");
  EXPECT_EQ(room.at("queue").at("most_active"), 20) << "as many as may be are inside";
  // In n seconds at most (n + 1) * rate are admitted, so the last of them waits.
  const std::int64_t least_us = (count(room.at("queue"), "admitted") / 100 - 1) * 1'000'000 - 200'000;
  EXPECT_GT(count(room.at("queue").at("waited_us"), "max"), least_us);
  EXPECT_GT(count(room.at("queue"), "idled_out"), 0) << "some do nothing once they are inside";
  EXPECT_GT(count(room.at("queue"), "gave_up"), 0) << "some don't want to wait";
}

TEST_F(OnSaleBehindWaitingRoom, WR3_WhoAsksAgainAndAgainHasOnePlace) {
  seed();
  const Said said = run_json(day(500));
  ASSERT_EQ(said.code, 0) << said.out << said.err;
  const auto report = said.json();
  const auto& queue = report.at("waiting_room").at("queue");
  EXPECT_GT(count(queue, "reloads"), 0);
  EXPECT_GT(count(queue.at("bots"), "accounts"), 0);
  EXPECT_EQ(count(queue.at("bots"), "asked_for"), places_per_bot * count(queue.at("bots"), "accounts"));
  EXPECT_LE(records("4"), 500 + count(queue, "entered_again")) << "one place for each account";
  EXPECT_EQ(number("SELECT count(DISTINCT user_id) FROM room_log WHERE kind = 4"), 500);
}

TEST_F(OnSaleBehindWaitingRoom, WR4_NobodyBuysWithoutAnAdmissionThatCounts) {
  store_ = "memory";
  const Said said = run_json(day(600));
  ASSERT_EQ(said.code, 0) << said.out << said.err;
  const auto report = said.json();
  expect_sound(report, 600);
  const auto& turned_away = report.at("waiting_room").at("queue").at("bots").at("turned_away");
  EXPECT_GT(count(turned_away, "queue_required"), 0) << "no token";
  EXPECT_GT(count(turned_away, "entry_token_forged"), 0);
  EXPECT_GT(count(turned_away, "admission_over"), 0) << "a token once more, after leaving";
}

TEST_F(OnSaleBehindWaitingRoom, WR1_WithoutALobbyWhoComesFirstIsFirst) {
  store_ = "memory";
  const Said said = run_json(day(1200, {.threshold = 300, .rate = 1000, .lobby_ms = 0}));
  ASSERT_EQ(said.code, 0) << said.out << said.err;
  const auto report = said.json();
  expect_sound(report, 1200);
  const auto& room = report.at("waiting_room");
  EXPECT_EQ(room.at("lobby").at("commitment"), "");
  EXPECT_EQ(room.at("lobby").at("shuffled"), 0);
  EXPECT_GT(count(room.at("queue"), "admitted_at_once"), 0) << "while there is room nobody waits";
  EXPECT_GT(count(room.at("queue"), "heard_sold_out"), 0) << "there are more fans than places";
}

TEST_F(OnSaleBehindWaitingRoom, WR7_ASeedThatWasChangedIsFound) {
  seed();
  falsify_log("3", "detail = '" + std::string(43, 'A') + "'");
  const Said said = run_json(day(200));
  EXPECT_EQ(said.code, 5) << said.err;
  const auto report = said.json();
  EXPECT_EQ(report.at("waiting_room").at("after").at("audit_clean"), false);
  EXPECT_GT(count(report.at("waiting_room").at("after"), "out_of_order"), 0);
  EXPECT_NE(invariants(report).find("room-order"), std::string::npos) << invariants(report);
  EXPECT_NE(run(day(20)).out.find("NOT CLEAN"), std::string::npos);
}

TEST_F(OnSaleBehindWaitingRoom, WR1_AnAdmissionThatIsNotInTheLogIsFound) {
  seed();
  falsify_log("5", "number = number - 1");
  const Said said = run_json(day(200));
  EXPECT_EQ(said.code, 5) << said.err;
  EXPECT_NE(invariants(said.json()).find("room-door"), std::string::npos)
      << "places were sold to somebody who was not admitted; found: " << invariants(said.json());
}

TEST_F(OnSaleBehindWaitingRoom, AnInterruptLeavesNobodyInTheRoom) {
  seed();
  const auto report = run_interrupted({"simulate", "on-sale", "--json", "--waiting-room", "--event", winter, "--fans",
                                       "20000", "--lobby-ms", "60000"})
                          .json();
  EXPECT_EQ(report.at("interrupted"), true);
  EXPECT_EQ(report.at("verify").at("clean"), true) << report.at("verify");
  EXPECT_EQ(report.at("places").at("sold"), 0) << "the sale had not started";
  EXPECT_GT(count(report.at("waiting_room").at("after"), "waiting"), 0);
  const auto room = run_json({"queue", "show", std::string(report.at("event").at("id").as_string())}).json();
  EXPECT_EQ(room.at("waiting"), 0);
  EXPECT_EQ(room.at("enabled"), false);
}

TEST_F(OnSaleBehindWaitingRoom, ItsFlagsHaveBounds) {
  for (const Words& bad :
       {Words{"--threshold", "5"},  // without --waiting-room
        Words{"--lobby-ms", "5"}, Words{"--waiting-room", "--threshold", "0"},
        Words{"--waiting-room", "--rate", "1000001"}, Words{"--waiting-room", "--lobby-ms", "3600001"}}) {
    Words words{"simulate", "on-sale"};
    words.insert(words.end(), bad.begin(), bad.end());
    EXPECT_EQ(run(words).code, 2) << bad.back();
  }
}

}  // namespace
}  // namespace tiketi::test
