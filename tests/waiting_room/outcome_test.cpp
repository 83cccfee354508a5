// WR6: storage that fails, or does not tell what became of a commit.

#include "waiting_room/house.hpp"

#include <deque>
#include <utility>

namespace tiketi::test {
namespace {

/// Does as it is told with the next commits, then passes all on.
class FlakyRooms final : public WatchedRooms {
 public:
  enum class Fate { unavailable, lost_request, lost_answer };

  using WatchedRooms::WatchedRooms;
  std::deque<Fate> fates;
  bool reads_fail = false;

  Result<std::vector<AppendOutcome>> commit(std::span<const RoomAppend> appends, const ReviseAppend& revise) override {
    if (fates.empty()) return WatchedRooms::commit(appends, revise);
    const Fate fate = fates.front();
    fates.pop_front();
    if (fate == Fate::unavailable) return Error{Errc::unavailable, "no storage"};
    if (fate == Fate::lost_answer) (void)WatchedRooms::commit(appends, revise);
    return Error{Errc::outcome_unknown, "the connection broke"};
  }
  Result<std::vector<RoomRecord>> read(EventId event, std::int64_t after, std::size_t limit) override {
    if (reads_fail) return Error{Errc::unavailable, "no storage"};
    return WatchedRooms::read(event, after, limit);
  }
};

struct FlakyHouse : HouseOfTwo<FlakyRooms> {
  std::int64_t position(UserId user) { return room->status(event, user)->position; }
};
using Fate = FlakyRooms::Fate;

TEST(RoomOutcome, WR6_ALostAnswerIsLookedUpInTheLog) {
  for (const Fate fate : {Fate::lost_answer, Fate::lost_request}) {
    FlakyHouse house;
    house.set({.paused = true});
    const auto users = house.people(2);
    house.store.fates = {fate};
    EXPECT_EQ(house.room->enter(Enter{house.event, users[0]})->position, 1);
    house.store.fates = {fate, fate};
    EXPECT_EQ(house.room->enter(Enter{house.event, users[1]})->position, 2);
    house.store.fates = {fate};
    EXPECT_TRUE(house.room->leave({house.event, users[0]}).has_value());
    EXPECT_EQ(house.position(users[1]), 1);
    house.store.fates = {fate};
    EXPECT_TRUE(house.room->set(house.event, {.paused = false}).has_value());
    house.store.fates = {fate};
    const auto turns = house.room->turn().value();
    ASSERT_EQ(turns.size(), 1U);
    EXPECT_EQ(users_of(turns.front().admitted), std::vector{users[1]}) << "once, and told";
    house.store.fates = {fate};
    EXPECT_TRUE(house.room->clear(house.event).has_value());
    house.expect_sound();
  }
}

TEST(RoomOutcome, WR6_WhatCanNotBeKnownIsToldSo) {
  FlakyHouse house;
  const UserId user = house.somebody();
  EXPECT_TRUE(house.room->status(house.event, user).has_value());
  house.store.fates = {Fate::lost_answer};
  house.store.reads_fail = true;
  EXPECT_EQ(code_of(house.room->enter(Enter{house.event, user})), Errc::outcome_unknown);
  house.store.reads_fail = false;
  EXPECT_EQ(house.room->enter(Enter{house.event, user})->standing, RoomStanding::active) << "asked again, it is found";
  house.expect_sound();
}

TEST(RoomOutcome, WR6_WhatIsNotStoredDidNotHappen) {
  FlakyHouse house;
  house.set({.paused = true});
  const UserId user = house.somebody();
  house.store.fates = {Fate::unavailable};
  EXPECT_EQ(code_of(house.room->enter(Enter{house.event, user})), Errc::unavailable);
  EXPECT_EQ(house.room->status(house.event, user)->standing, RoomStanding::outside);
  EXPECT_EQ(house.room->enter(Enter{house.event, user})->position, 1);
  house.store.fates = {Fate::unavailable};
  EXPECT_EQ(code_of(house.room->clear(house.event)), Errc::unavailable);
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
  house.store.fates = {Fate::unavailable};
  EXPECT_EQ(code_of(house.room->turn()), Errc::unavailable) << "though it has read that the first was admitted";
  const auto turns = house.room->turn().value();
  ASSERT_EQ(turns.size(), 1U);
  EXPECT_EQ(users_of(turns.front().admitted), users);
}

/// Somebody has entered twice.
void damage(House& house, EventId event) {
  WaitingRoomStore& store = house.stores->waiting_rooms();
  const std::int64_t end = store.last_sequences(std::vector{event})->front();
  const Timestamp now = house.clock.now();
  const UserId user{{1, 1}};
  const std::vector<RoomAppend> appends{
      {event, end, {{end + 1, now, RoomRecordKind::entered, user}, {end + 2, now, RoomRecordKind::entered, user}}}};
  EXPECT_TRUE(store.commit(appends).has_value());
}

EventId damaged_event(House& house) {
  const EventId damaged = house.another_event();
  damage(house, damaged);
  return damaged;
}

TEST(RoomOutcome, WR6_ADamagedLogIsToldAndDelaysNobody) {
  House house;
  house.policy.discover_ms = 5 * second_ms;
  WatchedRooms store(house.stores->waiting_rooms());
  const EventId damaged = damaged_event(house);
  int reads = 0;
  store.reading = [&](EventId event) { reads += event == damaged ? 1 : 0; };
  const auto room = house.open_another(store);
  const UserId user = house.somebody();
  ASSERT_TRUE(room->enter(Enter{house.event, user}).has_value());
  const auto trouble = [&] {
    std::map<EventId, Errc> out;
    for (const RoomTurn& each : room->turn().value())
      if (each.trouble) out.emplace(each.event_id, each.trouble->code);
    return out;
  };
  const std::map<EventId, Errc> expected{{damaged, Errc::storage_mismatch}};
  EXPECT_EQ(trouble(), expected);
  EXPECT_EQ(reads, 1);
  for (int i = 0; i < 4; ++i) {
    house.clock.advance(1'000);
    EXPECT_TRUE(trouble().empty()) << "rooms are not looked for in each turn";
  }
  house.clock.advance(1'000);
  EXPECT_EQ(trouble(), expected) << "told again";
  EXPECT_EQ(reads, 1) << "but not read again so soon";
  house.clock.advance(minute_ms);
  EXPECT_EQ(trouble(), expected);
  EXPECT_EQ(reads, 2) << "somebody may have mended it";
}

TEST(RoomOutcome, WR6_WhoIsTooLateDoesNotHaveToComeAgain) {
  HouseOfTwo<> house;
  house.set({.paused = true});
  int commits = 0;
  house.store.committing = [&] {
    ++commits;
    house.enter(house.somebody());
  };
  for (int i = 1; i <= 20; ++i) {
    const auto entered = house.room->enter(Enter{house.event, house.somebody()});
    ASSERT_TRUE(entered.has_value()) << entered.error().message;
    EXPECT_EQ(entered->position, 2 * i) << "behind who was quicker";
  }
  EXPECT_EQ(commits, 20) << "however quick they are";
  house.expect_sound();
}

/// Has a transaction repeated, as a database may: whoever comes too late is asked, and then is too late for that.
class RepeatingRooms final : public WatchedRooms {
 public:
  using WatchedRooms::WatchedRooms;
  std::function<void()> in_between = [] {};
  std::size_t hidden = 0;  // of the records that were missed, the first
  int repeats = 0;

  Result<std::vector<AppendOutcome>> commit(std::span<const RoomAppend> appends, const ReviseAppend& revise) override {
    if (repeats == 0) return WatchedRooms::commit(appends, revise);
    --repeats;
    committing();
    const auto since = read(appends[0].event_id, appends[0].after_sequence, 100).value();
    (void)revise(appends[0], std::span(since).subspan(hidden));
    in_between();
    if (repeats > 0) return WatchedRooms::commit(appends, revise);
    return std::vector{AppendOutcome::conflict};
  }
};

struct RepeatingHouse : HouseOfTwo<RepeatingRooms> {
  RepeatingHouse() {
    set({.paused = true});
    EXPECT_TRUE(room->view(event).has_value());
    store.committing = [this] { enter(somebody()); };
  }
  Result<RoomStatus> enter_there() { return room->enter(Enter{event, somebody()}); }
};

TEST(RoomOutcome, WR6_WhoIsAskedTwiceDecidesTwice) {
  RepeatingHouse house;
  house.store.repeats = 2;
  house.store.in_between = [&] { house.enter(house.somebody()); };
  EXPECT_EQ(house.enter_there()->position, 4) << "another has entered before each, and one in between";
  EXPECT_EQ(house.rooms->audit(house.event)->waiting, 4);
  house.expect_sound();
}

TEST(RoomOutcome, WR6_WhatWasRevisedButNotStoredIsNoSuccess) {
  RepeatingHouse house;
  house.store.repeats = 1;
  const auto entered = house.enter_there();
  ASSERT_TRUE(entered.has_value()) << entered.error().message;
  EXPECT_EQ(entered->position, house.rooms->audit(house.event)->waiting) << "it was stored in another round";
  house.expect_sound();
}

TEST(RoomOutcome, WR6_AGapInTheLogIsToldAsDamage) {
  RepeatingHouse house;
  house.store.committing = [&] { house.enter(house.people(3)); };
  house.store.hidden = 1;
  house.store.repeats = 1;
  EXPECT_EQ(code_of(house.enter_there()), Errc::storage_mismatch);
}

TEST(RoomOutcome, WR7_ADrawIsNotMadeWhileTheStoreIsLocked) {
  HouseOfTwo<> house;
  house.sale().start = house.clock.now().plus_ms(minute_ms);
  house.turn_after(1'000);
  house.set({.paused = true, .lobby = true});
  house.enter(house.people(10));
  ASSERT_TRUE(house.room->view(house.event).has_value());
  int commits = 0;
  house.store.committing = [&] {
    if (++commits > 1) return;
    house.clock.advance(minute_ms);
    EXPECT_TRUE(house.turn().started);
  };
  EXPECT_EQ(house.room->enter(Enter{house.event, house.somebody()})->position, 11) << "behind those who were drawn";
  EXPECT_EQ(commits, 2) << "the draw was read between two commits";
  house.expect_sound();
}

/// Two events with rooms where everybody waits.
struct HouseOfTwoRooms : HouseOfTwo<> {
  EventId other = another_event();
  HouseOfTwoRooms() {
    for (const EventId each : {event, other})
      EXPECT_TRUE(room->set(each, {.enabled = true, .paused = true}).has_value());
  }
};

TEST(RoomOutcome, WR6_OfSeveralRoomsOneMayBeRevised) {
  HouseOfTwoRooms house;
  const UserId known = house.somebody();
  house.store.committing = [&] { house.enter(known); };
  const std::vector<Enter> commands{{house.other, house.somebody()},
                                    {house.event, house.somebody()},
                                    {house.event, known},
                                    {house.other, house.somebody()}};
  std::vector<std::int64_t> positions;
  for (const auto& each : house.room->enter(commands)) positions.push_back(each->position);
  EXPECT_EQ(positions, (std::vector<std::int64_t>{1, 2, 1, 2}));
  house.expect_sound();
}

TEST(RoomOutcome, WR6_ARoomThatCanNotStoreTellsSo) {
  HouseOfTwoRooms house;
  for (const EventId each : {house.event, house.other})
    ASSERT_TRUE(house.room->enter(Enter{each, house.somebody()}).has_value());
  ASSERT_TRUE(house.room->set(house.event, {.paused = false}).has_value());
  house.store.committing = [&] { damage(house, house.event); };
  for (const RoomTurn& each : house.room->turn().value())
    EXPECT_EQ(each.trouble ? std::optional(each.trouble->code) : std::nullopt,
              each.event_id == house.event ? std::optional(Errc::storage_mismatch) : std::nullopt);
}

TEST(RoomOutcome, WR5_ClearingCountsNobodyWhomAnotherSentAway) {
  HouseOfTwo<> house;
  house.fill();
  ASSERT_TRUE(house.room->turn().has_value());
  std::int64_t cleared = 0;
  house.store.committing = [&] { cleared += house.rooms->clear(house.event).value(); };
  EXPECT_EQ(house.room->clear(house.event).value(), 0);
  EXPECT_EQ(cleared, 5);
}

TEST(RoomOutcome, WR6_ADamagedLogIsRefused) {
  FlakyHouse house;
  const EventId damaged = damaged_event(house);
  EXPECT_EQ(code_of(house.room->status(damaged, UserId{{1, 1}})), Errc::storage_mismatch);
  EXPECT_EQ(house.room->audit(damaged)->findings.front().invariant, "room-once");
  EXPECT_EQ(house.room->enter(Enter{house.event, house.somebody()})->standing, RoomStanding::active);
  EXPECT_TRUE(house.room->turn().has_value()) << "the others go on";
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
