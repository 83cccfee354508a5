// WR7: who comes before the sale is put in an order that nobody chose, and anybody can recompute.

#include "waiting_room/house.hpp"

#include <tiketi/base/base64.hpp>

#include <algorithm>
#include <functional>
#include <limits>

namespace tiketi::test {
namespace {

struct LobbyHouse : House {
  LobbyHouse() {
    sale().start = clock.now().plus_ms(60'000);
    turn_after(1'000);
    set({.threshold = 1'000, .rate_per_second = 1'000, .lobby = true});
  }
  LobbySeed revealed() {
    const auto bytes = from_base64url(rooms->view(event)->seed).value();
    LobbySeed seed{};
    std::copy(bytes.begin(), bytes.end(), seed.begin());
    return seed;
  }
};

TEST(Lobby, WR7_NobodyHasAPlaceBeforeTheDraw) {
  LobbyHouse house;
  const auto users = house.people(100);
  const auto statuses = house.enter(users);
  for (const RoomStatus& each : statuses) {
    EXPECT_EQ(each.standing, RoomStanding::lobby);
    EXPECT_EQ(each.position, 0);
    EXPECT_TRUE(each.queued());
    EXPECT_GE(each.estimated_wait_s, 59);
  }
  EXPECT_TRUE(house.turn_after(58'000).admitted.empty());
}

TEST(Lobby, WR7_TheOrderIsThatOfTheSeedWhichWasCommittedToBefore) {
  LobbyHouse house;
  const RoomView before = house.rooms->view(house.event).value();
  EXPECT_EQ(before.lobby, LobbyPhase::open) << "before anybody came";
  EXPECT_FALSE(before.commitment.empty());
  EXPECT_TRUE(before.seed.empty());
  for (const RoomRecord& each : house.rooms->log(house.event).value()) {
    if (each.kind != RoomRecordKind::lobby_opened) continue;
    EXPECT_EQ(each.text, before.commitment) << "the seed is a secret";
  }

  const auto users = house.people(300);
  house.enter(users);
  const RoomTurn turn = house.turn_after(60'000);
  EXPECT_TRUE(turn.started);
  const LobbySeed seed = house.revealed();
  EXPECT_EQ(to_base64url(waiting_room::commitment_of(seed)), before.commitment);
  EXPECT_EQ(users_of(turn.admitted), waiting_room::drawn(seed, users));
  EXPECT_NE(users_of(turn.admitted), users);
  house.expect_sound();
}

TEST(Lobby, WR7_WhoComesAfterTheDrawStandsBehind) {
  LobbyHouse house;
  house.set({.rate_per_second = 1});
  const auto early = house.people(50), late = house.people(3);
  house.enter(early);
  house.clock.advance(59'000);
  // The first to come after the start finds the lobby open: the draw comes first.
  EXPECT_EQ(house.enter(late).at(0).position, 51);
  EXPECT_EQ(house.status(late[2]).position, 53);
  std::vector<UserId> order = waiting_room::drawn(house.revealed(), early);
  for (std::size_t i = 0; i < order.size(); ++i)
    EXPECT_EQ(house.status(order[i]).position, static_cast<std::int64_t>(i + 1));
  house.expect_sound();
}

TEST(Lobby, WR7_WhoLeavesTheLobbyIsNotDrawn) {
  LobbyHouse house;
  auto users = house.people(20);
  house.enter(users);
  ASSERT_TRUE(house.rooms->leave({house.event, users[7]}).has_value());
  users.erase(users.begin() + 7);
  const RoomTurn turn = house.turn_after(60'000);
  EXPECT_EQ(users_of(turn.admitted), waiting_room::drawn(house.revealed(), users));
}

TEST(Lobby, WR7_TheSeedSurvivesACrash) {
  LobbyHouse house;
  const auto users = house.people(20);
  house.enter(users);
  const std::string commitment = house.rooms->view(house.event)->commitment;
  house.restart();
  EXPECT_EQ(house.rooms->view(house.event)->commitment, commitment);
  EXPECT_EQ(house.status(users[0]).standing, RoomStanding::lobby);
  const RoomTurn turn = house.turn_after(60'000);
  EXPECT_EQ(to_base64url(waiting_room::commitment_of(house.revealed())), commitment);
  EXPECT_EQ(users_of(turn.admitted), waiting_room::drawn(house.revealed(), users));
}

TEST(Lobby, WR7_TurnedOffItsPlacesAreDrawnAtOnce) {
  LobbyHouse house;
  const auto users = house.people(20);
  house.enter(users);
  house.set({.lobby = false});
  const auto order = waiting_room::drawn(house.revealed(), users);
  EXPECT_EQ(house.status(order[19]).position, 20);
  house.expect_sound();
}

TEST(Lobby, WR7_AClearedLobbyGetsANewSeed) {
  LobbyHouse house;
  house.enter(house.people(3));
  const std::string first = house.rooms->view(house.event)->commitment;
  EXPECT_EQ(house.rooms->clear(house.event).value(), 3);
  house.enter(house.people(3));
  const std::string second = house.rooms->view(house.event)->commitment;
  EXPECT_NE(first, second);
  house.turn_after(60'000);
  for (const RoomRecord& each : house.rooms->log(house.event).value()) {
    if (each.kind != RoomRecordKind::lobby_opened) continue;
    EXPECT_EQ(each.text.size() > 43, each.text.starts_with(second)) << "the seed that was used is told";
  }
  house.expect_sound();
}

TEST(Lobby, WR7_HowPlacesWereDrawnCanBeCheckedWhenTheRoomWasCleared) {
  LobbyHouse house;
  house.enter(house.people(3));
  house.turn_after(60'000);
  const RoomView drawn = house.rooms->view(house.event).value();
  ASSERT_FALSE(drawn.seed.empty());
  ASSERT_TRUE(house.rooms->clear(house.event).has_value());
  house.restart();
  const RoomView cleared = house.rooms->view(house.event).value();
  EXPECT_EQ(cleared.seed, drawn.seed);
  EXPECT_EQ(cleared.commitment, drawn.commitment);
  EXPECT_EQ(cleared.lobby, LobbyPhase::none);
  house.enter(house.people(3));
  ASSERT_TRUE(house.rooms->clear(house.event).has_value());
  EXPECT_EQ(house.rooms->view(house.event)->seed, drawn.seed) << "no other lobby has opened";
}

TEST(Lobby, WR7_WhoHasAPlaceKeepsItThoughALobbyIsSet) {
  House house;
  house.sale().start = house.clock.now().plus_ms(60'000);
  house.turn_after(1'000);
  const auto users = house.people(5);
  house.enter(std::vector(users.begin(), users.end() - 1));
  house.set({.lobby = true});
  EXPECT_EQ(house.rooms->view(house.event)->lobby, LobbyPhase::none);
  EXPECT_EQ(house.enter(users.back()).position, 5);
  EXPECT_EQ(users_of(house.turn_after(60'000).admitted), users);
  house.expect_sound();
}

TEST(Lobby, WR7_WhoWasInTheLobbyHasWaitedSinceTheDraw) {
  LobbyHouse house;
  house.set({.rate_per_second = 1});
  house.enter(house.people(2));
  const RoomTurn first = house.turn_after(59'000);
  EXPECT_TRUE(first.started);
  ASSERT_EQ(first.admitted.size(), 1U);
  EXPECT_EQ(first.admitted[0].waited_ms, 0);
  EXPECT_EQ(house.turn_after(1'500).admitted.at(0).waited_ms, 1'500);
}

// The audit, on logs that somebody has tampered with.
struct Tampered : LobbyHouse {
  Tampered() {
    enter(people(5));
    turn_after(60'000);
    log_ = log();
    EXPECT_TRUE(waiting_room::audit(log_).empty());
  }
  RoomRecord& first(RoomRecordKind kind) {
    return *std::find_if(log_.begin(), log_.end(), [&](const RoomRecord& each) { return each.kind == kind; });
  }
  void touch(std::int64_t number) {
    log_.push_back({log_.back().sequence + 1, log_.back().at, RoomRecordKind::touched, log_[5].user_id, number});
  }
  std::string found() const {
    const auto findings = waiting_room::audit(log_);
    return findings.empty() ? "nothing" : findings.front().invariant;
  }
  std::vector<RoomRecord> log_;
};

TEST(RoomAuditing, WR7_ASeedThatWasChosenLaterIsFound) {
  Tampered house;
  LobbySeed other{};
  house.first(RoomRecordKind::started).text = to_base64url(other);
  EXPECT_EQ(house.found(), "room-lobby");
}

TEST(RoomAuditing, WR7_WhatDoesNotAddUpIsFound) {
  using Kind = RoomRecordKind;
  struct Case {
    const char* finding;
    std::function<void(Tampered&)> tamper;
  };
  const std::vector<Case> cases{
      {"room-sequence", [](Tampered& house) { house.log_.erase(house.log_.begin() + 3); }},
      {"room-time", [](Tampered& house) { house.log_.back().at.ms -= 100'000; }},
      {"room-once", [](Tampered& house) { house.log_[5].user_id = house.log_[4].user_id; }},
      {"room-admission", [](Tampered& house) { house.first(Kind::admitted).number = 6; }},
      {"room-admission", [](Tampered& house) { house.first(Kind::admitted).number = -1; }},
      {"room-lobby",
       [](Tampered& house) {
         house.first(Kind::started) = {3, {}, Kind::restocked};
       }},
      {"room-lobby",  // opened over those who wait
       [](Tampered& house) {
         const auto seed = std::find(house.log_.begin(), house.log_.end(), house.first(Kind::lobby_opened));
         std::rotate(seed, seed + 1, house.log_.end() - 2);
       }},
      {"room-touch", [](Tampered& house) { house.touch(-1); }},
      {"room-touch", [](Tampered& house) { house.touch(std::numeric_limits<std::int64_t>::min()); }},
      {"room-touch", [](Tampered& house) { house.touch(std::numeric_limits<std::int64_t>::max()); }},
      {"room-order",
       [](Tampered& house) {
         house.first(Kind::admitted).kind = Kind::admitted_at_once;
         house.first(Kind::admitted_at_once).number = 4;
       }},
      {"room-settings", [](Tampered& house) { house.first(Kind::settings).text = "threshold=x"; }},
      {"room-threshold",
       [](Tampered& house) {
         for (RoomRecord& each : house.log_)
           if (each.kind == Kind::settings) each.text = "enabled=1 threshold=4";
       }},
      {"room-leave",
       [](Tampered& house) {
         RoomRecord next{house.log_.back().sequence + 1, house.log_.back().at, Kind::left, UserId{{1, 1}}};
         house.log_.push_back(next);
       }},
      {"room-leave",
       [](Tampered& house) {
         RoomRecord next{house.log_.back().sequence + 1, house.log_.back().at.plus_ms(1'000), Kind::left,
                         house.log_[5].user_id, static_cast<std::int64_t>(LeaveReason::expired)};
         house.log_.push_back(next);
       }},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    Tampered house;
    cases[i].tamper(house);
    std::vector<std::string> found;
    for (const Finding& each : waiting_room::audit(house.log_)) found.push_back(each.invariant);
    EXPECT_NE(std::find(found.begin(), found.end(), cases[i].finding), found.end()) << i << ' ' << cases[i].finding;
  }
}

}  // namespace
}  // namespace tiketi::test
