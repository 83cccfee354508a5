// WR4, WR6: what is slow holds up nobody else, and tires no storage.

#include "support/threads.hpp"
#include "waiting_room/house.hpp"

#include <tiketi/adapters/system.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>

namespace tiketi::test {
namespace {

using namespace std::chrono_literals;

/// The first to pass the gate waits there until it is opened, as at a storage that has stopped answering.
class Gate {
 public:
  void pass() {
    if (is_passed_.exchange(true)) return;
    reached_.set_value();
    if (opened_.get_future().wait_for(10s) == std::future_status::ready) return;
    is_late_ = true;
  }
  void wait_until_reached() { reached_.get_future().wait(); }
  void open() { opened_.set_value(); }
  bool is_late() const { return is_late_; }

 private:
  std::promise<void> reached_, opened_;
  std::atomic<bool> is_passed_ = false, is_late_ = false;
};

struct WatchedHouse : House {
  using House::House;
  WatchedRooms store{stores->waiting_rooms()};
  std::unique_ptr<WaitingRoom> room = open_another(store);

  /// What the others do while a commit of this process takes very long.
  template <class Others>
  void during_commit(Others others) {
    Gate gate;
    store.committing = [&] { gate.pass(); };
    {
      std::jthread entering([&] { EXPECT_TRUE(room->enter(Enter{event, somebody()}).has_value()); });
      gate.wait_until_reached();
      others();
      gate.open();
    }
    store.committing = [] {};
    EXPECT_FALSE(gate.is_late()) << "somebody waited for the commit";
  }
};

TEST(RoomDelays, WR4_AStrangerDoesNotWaitForACommit) {
  WatchedHouse house({.mode = RoomMode::session});
  EXPECT_TRUE(house.room->view(house.event).has_value());
  house.clock.advance(10'000);
  house.during_commit([&] {
    EXPECT_EQ(code_of(house.room->check({house.event, house.somebody(), {}})), Errc::queue_required);
  });
}

TEST(RoomDelays, WR4_ANewTokenWaitsForTheNextTurnAtMost) {
  WatchedHouse house;
  EXPECT_TRUE(house.room->view(house.event).has_value());
  const UserId user = house.somebody();
  const std::string token = house.enter(user).entry_token;  // by another process
  house.during_commit([&] {
    EXPECT_EQ(code_of(house.room->check({house.event, user, token})), Errc::unavailable) << "ask again";
  });
  ASSERT_TRUE(house.room->turn().has_value());
  EXPECT_TRUE(house.room->check({house.event, user, token}).has_value());
}

TEST(RoomDelays, WR4_StrangersHaveNoLogReadWhereTurnsAre) {
  WatchedHouse house({.mode = RoomMode::session});
  EXPECT_TRUE(house.room->view(house.event).has_value());
  int reads = 0;
  house.store.reading = [&](EventId) { ++reads; };
  for (int i = 0; i < 10; ++i) {
    house.clock.advance(900);
    ASSERT_TRUE(house.room->turn().has_value());
    house.clock.advance(90);
    EXPECT_EQ(code_of(house.room->check({house.event, house.somebody(), {}})), Errc::queue_required);
  }
  EXPECT_EQ(reads, 0) << "nothing new was found";
  house.clock.advance(1'000);
  const UserId user = house.somebody();
  house.enter(user);
  EXPECT_TRUE(house.room->check({house.event, user, {}}).has_value()) << "without a turn it is read";
  EXPECT_EQ(reads, 1);
}

TEST(RoomDelays, WR6_ALongLogDelaysOnlyThoseWhoAskForIt) {
  WatchedHouse house;
  const EventId cold = house.another_event();
  Gate gate;
  std::atomic<int> reads = 0;
  house.store.reading = [&](EventId event) {
    if (event != cold) return;
    ++reads;
    gate.pass();
  };
  {
    const auto ask = [&] { EXPECT_TRUE(house.room->status(cold, UserId{{1, 1}}).has_value()); };
    std::jthread first(ask);
    gate.wait_until_reached();
    std::jthread second(ask);
    EXPECT_TRUE(house.room->view(house.event).has_value());
    gate.open();
  }
  EXPECT_FALSE(gate.is_late());
  EXPECT_EQ(reads, 1) << "it is loaded once";
}

TEST(RoomDelays, WR6_AnUnknownEventIsLookedUpOnceASecond) {
  WatchedHouse house;
  int reads = 0;
  house.store.reading = [&](EventId) { ++reads; };
  const EventId unknown{{1, 1}};
  const auto ask = [&] { return house.room->status(unknown, house.somebody()); };
  const int asked = house.sales.asked;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(code_of(ask()), Errc::event_not_found);
  EXPECT_EQ(reads, 1);
  EXPECT_EQ(house.sales.asked, asked + 1);
  house.sales.known[unknown] = house.sale();
  house.clock.advance(second_ms);
  EXPECT_TRUE(ask().has_value()) << "it may have been made";
}

/// The system's; whoever asks it is held up afterwards.
class HinderingClock final : public Clock {
 public:
  Timestamp now() override {
    const Timestamp now = clock_->now();
    std::this_thread::sleep_for(std::chrono::microseconds(200 * (asked_++ % 10)));
    return now;
  }

 private:
  std::unique_ptr<Clock> clock_ = make_system_clock();
  std::atomic<int> asked_ = 0;
};

TEST(RoomDelays, WR2_ARoomsTimeIsNoFasterThanTheClock) {
  House house;
  HinderingClock clock;
  WaitingRoom room(house.stores->waiting_rooms(), house.sales, *house.signer, house.random, clock, house.policy);
  const EventId event = house.ids.next<EventId>();
  house.sales.known[event] = {.start = clock.now().plus_ms(-hour_ms), .end = clock.now().plus_ms(day_ms)};
  ASSERT_TRUE(room.set(event, {.enabled = true}).has_value());
  run_threads(4, [&](std::size_t thread) {
    for (std::uint64_t i = 0; i < 100; ++i) EXPECT_TRUE(room.status(event, UserId{{thread, i}}).has_value());
  });
  ASSERT_TRUE(room.enter(Enter{event, house.somebody()}).has_value());
  const auto log = house.stores->waiting_rooms().read(event, 0, 100).value();
  EXPECT_LE(log.back().at, clock.now());
}

}  // namespace
}  // namespace tiketi::test
