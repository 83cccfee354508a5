// WR3, WR6: restarts and several processes over one log; crowds with clocks that step.

#include "support/threads.hpp"
#include "waiting_room/house.hpp"

#include <tiketi/base/base64.hpp>

#include <algorithm>
#include <deque>
#include <random>
#include <set>

namespace tiketi::test {
namespace {

TEST(RoomRestart, WR6_NobodyLosesHisPlace) {
  House house;
  const auto inside = house.fill();
  const auto waiting = house.people(100);
  house.enter(waiting);
  ASSERT_TRUE(house.rooms->leave({house.event, waiting[10]}).has_value());
  const std::string token = house.status(inside[2]).entry_token;
  house.restart();
  EXPECT_EQ(house.status(waiting[9]).position, 10);
  EXPECT_EQ(house.status(waiting[99]).position, 99);
  EXPECT_EQ(house.status(inside[0]).standing, RoomStanding::active);
  EXPECT_TRUE(house.check(inside[2], token).has_value());
  house.expect_sound();
}

TEST(RoomRestart, WR2_ServersThatWereDownCostNobodyHisAdmission) {
  House house;
  const auto inside = house.fill();
  house.clock.advance(hour_ms);
  house.restart();
  EXPECT_TRUE(house.turn().expired.empty());
  EXPECT_TRUE(house.rooms->touch(house.event, inside[0]).has_value());
  EXPECT_TRUE(house.turn_after(house.policy.restart_grace_ms - 1).expired.empty());
  EXPECT_EQ(house.turn_after(1).expired.size(), 4U) << "all but who came back";
  house.expect_sound();
}

TEST(RoomRestart, WR2_ShorterAdmissionsTakeNoGraceAway) {
  House house;
  house.fill();
  house.clock.advance(200'000);
  house.restart();
  house.set({.active_ms = 100'000});
  EXPECT_TRUE(house.turn_after(house.policy.restart_grace_ms - 1).expired.empty()) << "they may have been active";
  EXPECT_EQ(house.turn_after(1).expired.size(), 5U);
  house.expect_sound();
}

TEST(RoomRestart, WR2_ActivityIsRememberedWithinAQuarterOfAnAdmission) {
  House house;
  const UserId user = house.somebody();
  house.enter(user);
  for (int i = 0; i < 10; ++i) {
    house.clock.advance(60'000);
    EXPECT_TRUE(house.rooms->touch(house.event, user).has_value());
    house.turn();
  }
  const auto log = house.log();
  const auto touched = std::count_if(log.begin(), log.end(),
                                     [](const RoomRecord& each) { return each.kind == RoomRecordKind::touched; });
  EXPECT_LE(touched, 8) << "but not each time";
  EXPECT_GE(touched, 5);
  house.policy.restart_grace_ms = 0;
  house.restart();
  house.clock.advance(300'000 - 75'000 - 60'000 - 1);
  EXPECT_TRUE(house.turn().expired.empty());
}

TEST(RoomRestart, WR2_ATurnFindsRoomsThatNobodyAskedFor) {
  House house;
  const auto inside = house.fill();
  const UserId user = house.somebody();
  house.enter(user);
  ASSERT_TRUE(house.rooms->leave({house.event, inside[0]}).has_value());
  house.restart();
  EXPECT_EQ(users_of(house.turn().admitted), std::vector{user});
}

TEST(RoomProcesses, WR6_AnotherProcessKnowsWhatHappened) {
  House house;
  const auto other = house.open_another();
  const UserId user = house.somebody();
  const auto inside = house.fill();
  EXPECT_EQ(other->enter(Enter{house.event, user})->position, 1);
  EXPECT_EQ(house.enter(user).position, 1) << "it had not read that yet, and did not give him a second place";
  ASSERT_TRUE(house.rooms->leave({house.event, inside[0]}).has_value());
  house.turn_after(1'000);  // admits him
  const auto news = other->turn().value();
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(users_of(news.front().admitted), std::vector{user}) << "its customers are told too";
  EXPECT_TRUE(house.check(user, news.front().admitted.front().entry_token).has_value());
  ASSERT_TRUE(other->set(house.event, {.threshold = 9}).has_value());
  EXPECT_TRUE(house.turn_after(1'000).settings_changed);
  EXPECT_EQ(house.status(user).threshold, 9);
}

TEST(RoomProcesses, OB1_EachAdmissionIsCountedByOneProcess) {
  House house;
  const auto other = house.open_another();
  const auto inside = house.fill();
  const auto waiting = house.people(2);
  house.enter(waiting);
  EXPECT_TRUE(other->view(house.event).has_value()) << "from now on it follows";
  ASSERT_TRUE(house.rooms->leave({house.event, inside[0]}).has_value());
  ASSERT_TRUE(house.rooms->leave({house.event, inside[1]}).has_value());
  const RoomTurn ours = house.turn_after(1'500);
  const RoomTurn theirs = other->turn().value().front();
  EXPECT_EQ(ours.let_in.at_once, static_cast<std::int64_t>(inside.size()));
  EXPECT_EQ(ours.let_in.waited_ms, (std::vector<std::int64_t>{1'500, 1'500}));
  EXPECT_EQ(theirs.let_in.at_once, 0);
  EXPECT_TRUE(theirs.let_in.waited_ms.empty());
  EXPECT_EQ(users_of(theirs.admitted), waiting) << "though it tells them too";
  EXPECT_EQ(house.turn().let_in.at_once, 0) << "once";
  house.expect_sound();
}

TEST(RoomProcesses, OB1_WhoWasSentAwayAtOnceWasAdmittedAllTheSame) {
  House house;
  const auto inside = house.fill();
  ASSERT_TRUE(house.rooms->clear(house.event).has_value());
  const RoomTurn turn = house.turn();
  EXPECT_TRUE(turn.cleared);
  EXPECT_EQ(turn.let_in.at_once, static_cast<std::int64_t>(inside.size()));
}

TEST(RoomProcesses, WR4_ATokenIsGoodBeforeItsLogWasRead) {
  for (const RoomMode mode : {RoomMode::strict, RoomMode::session}) {
    House house({.mode = mode});
    const auto other = house.open_another();
    EXPECT_TRUE(other->view(house.event).has_value());
    house.clock.advance(1'000);
    const UserId user = house.somebody();
    const std::string token = house.enter(user).entry_token;
    EXPECT_TRUE(other->check({house.event, user, token}).has_value());
    const UserId silent = house.somebody();
    house.enter(silent);
    house.clock.advance(1'000);
    EXPECT_EQ(other->check({house.event, silent, {}}).has_value(), mode == RoomMode::session);
  }
}

TEST(RoomProcesses, WR2_APurchaseEndsAnAdmissionThatAnotherProcessGave) {
  House house;
  const auto other = house.open_another();
  const auto inside = house.fill();
  const UserId user = house.somebody();
  EXPECT_EQ(other->enter(Enter{house.event, user})->position, 1) << "for all that one knows he waits";
  ASSERT_TRUE(house.rooms->leave({house.event, inside[0]}).has_value());
  house.turn();
  ASSERT_TRUE(other->purchased(house.event, user).has_value());
  house.turn();
  EXPECT_EQ(house.status(user).standing, RoomStanding::outside);
}

TEST(RoomProcesses, WR2_ActivityInOneProcessCountsInAll) {
  House house;
  const auto other = house.open_another();
  const UserId user = house.somebody();
  house.enter(user);
  for (int second = 0; second < 700; ++second) {
    house.clock.advance(1'000);
    if (second % 50 == 0) {
      EXPECT_TRUE(other->touch(house.event, user).has_value());
    }
    EXPECT_TRUE(other->turn().has_value());
    EXPECT_TRUE(house.turn().expired.empty()) << second;
  }
  house.expect_sound();
}

/// What a crowd does, and what it must find.
class Crowd {
 public:
  Crowd(std::uint64_t seed, bool lobby) : random_(seed) {
    house_.set({.threshold = 20, .rate_per_second = 15, .active_ms = 30'000});
    if (lobby) {
      house_.sale().start = house_.clock.now().plus_ms(20'000);
      house_.turn_after(1'100);
      house_.set({.lobby = true});
    }
    for (int i = 0; i < 3; ++i) processes_.push_back(house_.open_another());
    users_ = house_.people(150);
  }

  void step() {
    WaitingRoom& room = *processes_[random_() % processes_.size()];
    const UserId user = users_[random_() % users_.size()];
    switch (random_() % 12) {
      case 0:
      case 1:
      case 2:
      case 3: {
        std::vector<Enter> commands;
        for (auto count = random_() % 4 + 1; count > 0; --count)
          commands.push_back({house_.event, users_[random_() % users_.size()]});
        for (const auto& each : room.enter(commands)) ASSERT_TRUE(each.has_value()) << each.error().message;
        break;
      }
      case 4:
        ASSERT_TRUE(room.leave({house_.event, user}).has_value());
        break;
      case 5:
        ASSERT_TRUE(room.touch(house_.event, user).has_value());
        break;
      case 6:
        ASSERT_TRUE(room.purchased(house_.event, user).has_value());
        break;
      case 7:
      case 8:
        ASSERT_TRUE(room.turn().has_value());
        break;
      case 9:
        house_.clock.advance(static_cast<std::int64_t>(random_() % 3'000));
        break;
      case 10:
        if (random_() % 20 == 0) house_.clock.advance(random_() % 2 == 0 ? 600'000 : -600'000);
        break;
      case 11:
        if (random_() % 10 == 0) processes_[random_() % processes_.size()] = house_.open_another();  // a crash
        break;
    }
  }

  /// Replays the log by means of its own: a list of who waits.
  void check() {
    std::deque<UserId> line;
    std::set<UserId> active;
    std::int64_t threshold = 0;
    for (const RoomRecord& each : house_.log()) {
      if (each.kind == RoomRecordKind::settings) threshold = waiting_room::parse_settings(each.text)->threshold;
      if (each.kind == RoomRecordKind::entered) {
        ASSERT_FALSE(active.contains(each.user_id));
        ASSERT_EQ(std::count(line.begin(), line.end(), each.user_id), 0);
        line.push_back(each.user_id);
      }
      if (each.kind == RoomRecordKind::started) {
        const auto order = waiting_room::drawn(*seed_of(each), {line.begin(), line.end()});
        line.assign(order.begin(), order.end());
      }
      if (each.kind == RoomRecordKind::admitted || each.kind == RoomRecordKind::admitted_at_once) {
        for (std::int64_t i = 0; i < each.number; ++i) {
          ASSERT_FALSE(line.empty());
          active.insert(line.front());
          line.pop_front();
        }
        ASSERT_LE(static_cast<std::int64_t>(active.size()), threshold);
      }
      if (each.kind == RoomRecordKind::left && active.erase(each.user_id) == 0) std::erase(line, each.user_id);
    }
    house_.expect_sound();
    // Everybody, in every process, old or new, is where the list says.
    processes_.push_back(house_.open_another());
    expect_agreement();
  }

 private:
  static std::optional<LobbySeed> seed_of(const RoomRecord& record) {
    const auto bytes = from_base64url(record.text);
    LobbySeed out{};
    std::copy(bytes->begin(), bytes->end(), out.begin());
    return out;
  }

  void expect_agreement() {
    for (const auto& process : processes_) ASSERT_TRUE(process->turn().has_value());
    for (const auto& process : processes_) ASSERT_TRUE(process->turn().has_value());
    const auto first = processes_.front()->status(house_.event, users_).value();
    for (const auto& process : processes_) {
      const auto statuses = process->status(house_.event, users_).value();
      std::set<std::int64_t> positions;
      for (std::size_t i = 0; i < users_.size(); ++i) {
        EXPECT_EQ(statuses[i].standing, first[i].standing);
        EXPECT_EQ(statuses[i].position, first[i].position);
        if (statuses[i].position > 0) positions.insert(statuses[i].position);
      }
      EXPECT_EQ(static_cast<std::int64_t>(positions.size()), positions.empty() ? 0 : *positions.rbegin());
    }
  }

  std::mt19937_64 random_;
  House house_;
  std::vector<std::unique_ptr<WaitingRoom>> processes_;
  std::vector<UserId> users_;
};

class RoomCrowd : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Seeds, RoomCrowd, ::testing::Range(0, 12));

TEST_P(RoomCrowd, WR6_TheOrderOfAdmissionIsThatOfArrival) {
  Crowd crowd(static_cast<std::uint64_t>(GetParam()), GetParam() % 2 == 1);
  for (int i = 0; i < 1'500 && !::testing::Test::HasFatalFailure(); ++i) crowd.step();
  crowd.check();
}

TEST(RoomThreads, WR6_ManyThreadsInTwoProcesses) {
  House house({.threshold = 50, .rate_per_second = 1'000});
  const auto other = house.open_another();
  const auto users = house.people(400);
  run_threads(8, [&](std::size_t thread) {
    WaitingRoom& room = thread % 2 == 0 ? *house.rooms : *other;
    for (std::size_t i = thread; i < users.size(); i += 4) {  // each user comes twice, by both processes
      EXPECT_TRUE(room.enter(Enter{house.event, users[i]}).has_value());
      EXPECT_TRUE(room.status(house.event, users[i]).has_value());
      if (i % 5 == 0) {
        EXPECT_TRUE(room.leave({house.event, users[i]}).has_value());
      }
      if (i % 16 == 0) {
        house.clock.advance(100);
        EXPECT_TRUE(room.turn().has_value());
      }
    }
  });
  house.turn();
  house.expect_sound();
  const RoomAudit audit = house.rooms->audit(house.event).value();
  EXPECT_EQ(house.rooms->view(house.event)->waiting, audit.waiting);
}

}  // namespace
}  // namespace tiketi::test
