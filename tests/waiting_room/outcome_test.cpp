// WR6: storage that fails, or does not tell what became of a commit.

#include "waiting_room/house.hpp"

#include <deque>
#include <utility>

namespace tiketi::test {
namespace {

/// Does as it is told with the next commits, then passes all on.
class FlakyRooms final : public WaitingRoomStore {
 public:
  enum class Fate { unavailable, lost_request, lost_answer };

  explicit FlakyRooms(WaitingRoomStore& store) : store_(store) {}
  std::deque<Fate> fates;
  bool reads_fail = false;

  Result<std::vector<AppendOutcome>> commit(std::span<const RoomAppend> appends) override {
    if (fates.empty()) return store_.commit(appends);
    const Fate fate = fates.front();
    fates.pop_front();
    if (fate == Fate::unavailable) return Error{Errc::unavailable, "no storage"};
    if (fate == Fate::lost_answer) (void)store_.commit(appends);
    return Error{Errc::outcome_unknown, "the connection broke"};
  }
  Result<std::vector<RoomRecord>> read(EventId event, std::int64_t after, std::size_t limit) override {
    if (reads_fail) return Error{Errc::unavailable, "no storage"};
    return store_.read(event, after, limit);
  }
  Result<std::vector<std::int64_t>> last_sequences(std::span<const EventId> events) override {
    return store_.last_sequences(events);
  }
  Result<std::vector<RoomHead>> heads() override { return store_.heads(); }
  Result<std::size_t> prune(EventId event, std::size_t limit) override { return store_.prune(event, limit); }

 private:
  WaitingRoomStore& store_;
};

struct FlakyHouse : House {
  FlakyRooms flaky{stores->waiting_rooms()};
  WaitingRoom room{flaky, sales, *signer, random, clock, policy};
  std::int64_t position(UserId user) { return room.status(event, user)->position; }
};
using Fate = FlakyRooms::Fate;

TEST(RoomOutcome, WR6_ALostAnswerIsLookedUpInTheLog) {
  for (const Fate fate : {Fate::lost_answer, Fate::lost_request}) {
    FlakyHouse house;
    house.set({.paused = true});
    const auto users = house.people(2);
    house.flaky.fates = {fate};
    EXPECT_EQ(house.room.enter(Enter{house.event, users[0]})->position, 1);
    house.flaky.fates = {fate, fate};
    EXPECT_EQ(house.room.enter(Enter{house.event, users[1]})->position, 2);
    house.flaky.fates = {fate};
    EXPECT_TRUE(house.room.leave({house.event, users[0]}).has_value());
    EXPECT_EQ(house.position(users[1]), 1);
    house.flaky.fates = {fate};
    EXPECT_TRUE(house.room.set(house.event, {.paused = false}).has_value());
    house.flaky.fates = {fate};
    const auto turns = house.room.turn().value();
    ASSERT_EQ(turns.size(), 1U);
    EXPECT_EQ(users_of(turns.front().admitted), std::vector{users[1]}) << "once, and told";
    house.flaky.fates = {fate};
    EXPECT_TRUE(house.room.clear(house.event).has_value());
    house.expect_sound();
  }
}

TEST(RoomOutcome, WR6_WhatCanNotBeKnownIsToldSo) {
  FlakyHouse house;
  const UserId user = house.somebody();
  EXPECT_TRUE(house.room.status(house.event, user).has_value());
  house.flaky.fates = {Fate::lost_answer};
  house.flaky.reads_fail = true;
  EXPECT_EQ(code_of(house.room.enter(Enter{house.event, user})), Errc::outcome_unknown);
  house.flaky.reads_fail = false;
  EXPECT_EQ(house.room.enter(Enter{house.event, user})->standing, RoomStanding::active) << "asked again, it is found";
  house.expect_sound();
}

TEST(RoomOutcome, WR6_WhatIsNotStoredDidNotHappen) {
  FlakyHouse house;
  house.set({.paused = true});
  const UserId user = house.somebody();
  house.flaky.fates = {Fate::unavailable};
  EXPECT_EQ(code_of(house.room.enter(Enter{house.event, user})), Errc::unavailable);
  EXPECT_EQ(house.room.status(house.event, user)->standing, RoomStanding::outside);
  EXPECT_EQ(house.room.enter(Enter{house.event, user})->position, 1);
  house.flaky.fates = {Fate::unavailable};
  EXPECT_EQ(code_of(house.room.clear(house.event)), Errc::unavailable);
  EXPECT_EQ(house.position(user), 1);
}

TEST(RoomOutcome, WR2_ATurnThatFailsTellsItsNewsTheNextTime) {
  FlakyHouse house;
  const auto inside = house.fill();
  const auto users = house.people(2);
  house.enter(users);
  EXPECT_EQ(house.position(users[1]), 2);
  ASSERT_TRUE(house.rooms->leave({house.event, inside[0]}).has_value());
  EXPECT_EQ(house.turn_after(1'000).admitted.size(), 1U);
  ASSERT_TRUE(house.rooms->leave({house.event, inside[1]}).has_value());
  house.clock.advance(1'000);
  house.flaky.fates = {Fate::unavailable};
  EXPECT_EQ(code_of(house.room.turn()), Errc::unavailable) << "though it has read that the first was admitted";
  const auto turns = house.room.turn().value();
  ASSERT_EQ(turns.size(), 1U);
  EXPECT_EQ(users_of(turns.front().admitted), users);
}

TEST(RoomOutcome, WR6_ADamagedLogIsRefused) {
  FlakyHouse house;
  const EventId damaged = house.ids.next<EventId>();
  house.sales.known[damaged] = house.sale();
  const RoomRecord twice[] = {{1, house.clock.now(), RoomRecordKind::entered, UserId{{1, 1}}},
                              {2, house.clock.now(), RoomRecordKind::entered, UserId{{1, 1}}}};
  const std::vector<RoomAppend> appends{{damaged, 0, {twice[0], twice[1]}}};
  ASSERT_TRUE(house.stores->waiting_rooms().commit(appends).has_value());
  EXPECT_EQ(code_of(house.room.status(damaged, UserId{{1, 1}})), Errc::storage_mismatch);
  EXPECT_EQ(house.room.audit(damaged)->findings.front().invariant, "room-once");
  EXPECT_EQ(house.room.enter(Enter{house.event, house.somebody()})->standing, RoomStanding::active);
  EXPECT_TRUE(house.room.turn().has_value()) << "the others go on";
}

TEST(RoomOutcome, WR6_AShortenedLogIsReadAnew) {
  House house;
  house.set({.paused = true});
  const auto users = house.people(5);
  house.enter(users);
  ASSERT_EQ(house.stores->waiting_rooms().prune(house.event, 2).value(), 2U);
  house.turn();
  EXPECT_EQ(house.status(users[2]).position, 3);
  EXPECT_EQ(house.status(users[3]).standing, RoomStanding::outside);
  EXPECT_EQ(house.enter(users[4]).position, 4);
}

}  // namespace
}  // namespace tiketi::test
