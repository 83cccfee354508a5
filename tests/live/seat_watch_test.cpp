// The seats that somebody watches are read when they may have changed, together what comes together (RT2).

#include "live/seat_watch.hpp"

#include "support/fakes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tiketi::test {
namespace {

using http::live::Audience;
using http::live::Room;
using http::live::SeatWatch;
using LiveMessage = http::live::Message;
using testing::Contains;

const EventId event{Uuid{2, 1}};

/// A watch over a hall of 100 seats that a test changes.
class WatchedSeats : public testing::Test {
 protected:
  WatchedSeats() {
    auto places = std::make_shared<std::vector<SeatPlace>>(100);
    for (std::size_t i = 0; i < places->size(); ++i) (*places)[i].id = seat(i);
    map_.live.resize(places->size());
    map_.places = std::move(places);
  }

  void hold(std::size_t number, std::int64_t for_ms = minute_ms) {
    const std::lock_guard lock(mutex_);
    SeatLive& live = map_.live[number];
    live = {.status = PlaceStatus::held, .version = live.version + 1, .held_until = clock.now().plus_ms(for_ms)};
    ++map_.version;
  }
  void release(std::size_t number) {
    const std::lock_guard lock(mutex_);
    SeatLive& live = map_.live[number];
    live = {.status = PlaceStatus::available, .version = live.version + 1, .held_until = {}};
  }
  void watch_it() {
    audience.joined(Room::seats, event);
    watch.touch(event);
  }
  std::size_t reads() {
    const std::lock_guard lock(mutex_);
    return reads_;
  }
  std::size_t reads_of(EventId of) {
    const std::lock_guard lock(mutex_);
    return reads_of_[of];
  }
  std::size_t seats_read() {
    const std::lock_guard lock(mutex_);
    return seats_read_;
  }
  static SeatId seat(std::size_t index) { return SeatId{Uuid{1, 100 + index}}; }
  /// Once it has read the map so often.
  void wait_for_reads(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(10), [&] { return reads_ >= count; }));
  }
  /// What was told, once a message of that name is there.
  std::vector<std::string> wait_for(const std::string& name) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(10), [&] { return std::ranges::count(told_, name) > 0; }));
    return told_;
  }

  FakeClock clock;
  Audience audience{[](Room, EventId) {}};

 private:
  Result<SeatMap> load(EventId of) {
    std::this_thread::sleep_for(reading_takes_.load());
    const std::lock_guard lock(mutex_);
    ++reads_;
    ++reads_of_[of];
    changed_.notify_all();
    if (is_down_) return Error{Errc::unavailable, "the store is down"};
    return map_;
  }

  Result<std::vector<Seat>> load(std::span<const SeatId> seats) {
    const std::lock_guard lock(mutex_);
    std::vector<Seat> out;
    for (const SeatId each : seats) {
      const SeatLive& live = map_.live[map_.find(each).value()];
      out.push_back(
          {.id = each, .event_id = event, .section = {}, .state = {live.status, live.version, {}, live.held_until}});
    }
    seats_read_ += seats.size();
    return out;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  SeatMap map_;
  std::size_t seats_read_ = 0;

 protected:
  std::atomic<bool> is_down_ = false;
  std::atomic<std::chrono::milliseconds> reading_takes_{};
  std::atomic<bool> is_slow_ = false;  // messages leave when `done_` is called
  std::function<void()> done_;

 private:
  std::size_t reads_ = 0;
  std::map<EventId, std::size_t> reads_of_;
  std::vector<std::string> told_;

 protected:
  SeatWatch watch{audience, clock, [this](EventId of) { return load(of); },
                  [this](std::span<const SeatId> seats) { return load(seats); },
                  [this](EventId, std::vector<LiveMessage> messages, std::function<void()> done) {
                    if (!is_slow_) done();
                    const std::lock_guard lock(mutex_);
                    if (is_slow_) done_ = std::move(done);
                    for (const LiveMessage& each : messages) told_.emplace_back(each.name());
                    changed_.notify_all();
                  }};
};

TEST_F(WatchedSeats, RT2_AreReadOnlyIfSomebodyWatches) {
  watch.touch(event);
  watch_it();
  wait_for_reads(1);
  EXPECT_EQ(reads(), 1U);
}

TEST_F(WatchedSeats, RT2_AreToldWhenTheyChange) {
  watch_it();
  wait_for_reads(1);
  hold(7);
  watch.touch(event);
  EXPECT_THAT(wait_for("seats-changed"), testing::ElementsAre("seat-locked", "seat-selected", "seats-changed"));
}

TEST_F(WatchedSeats, RT2_OnlyThoseThatAreNamedAreRead) {
  watch_it();
  wait_for_reads(1);
  hold(7);
  watch.touch(event, std::vector{seat(7)});
  EXPECT_THAT(wait_for("seats-changed"), testing::ElementsAre("seat-locked", "seat-selected", "seats-changed"));
  EXPECT_EQ(reads(), 1U);
  EXPECT_EQ(seats_read(), 1U);
}

TEST_F(WatchedSeats, RT2_AreAllReadIfOneIsNotKnown) {
  watch_it();
  wait_for_reads(1);
  watch.touch(event, std::vector{seat(100)});
  wait_for_reads(2);
}

TEST_F(WatchedSeats, PA2_AHoldThatWasKeptForLongerIsNotReleased) {
  hold(7, 150);
  watch_it();
  wait_for("seats-changed");
  clock.advance(100);
  hold(7, hour_ms);
  hold(8);
  clock.advance(50);
  watch.touch(event, std::vector{seat(8)});
  while (seats_read() < 2) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  hold(9);
  watch.touch(event);
  wait_for_reads(2);
  EXPECT_THAT(wait_for("seat-locked"), testing::Not(Contains("seat-released")));
}

TEST_F(WatchedSeats, RT2_WhatHappenedWhileTheStoreWasDownIsToldAfterwards) {
  hold(7);
  watch_it();
  wait_for("seats-changed");
  is_down_ = true;
  release(7);
  watch.touch(event);
  wait_for_reads(2);
  is_down_ = false;
  EXPECT_THAT(wait_for("seat-released"), Contains("seat-released"));
}

TEST_F(WatchedSeats, RT2_WhoComesAndGoesDoesNotHaveItReadAllTheTime) {
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) {
    watch_it();
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
    audience.left(Room::seats, event);
  }
  const auto ticks = (std::chrono::steady_clock::now() - begun) / SeatWatch::tick;
  EXPECT_LE(reads(), 3 + static_cast<std::size_t>(ticks));
}

TEST_F(WatchedSeats, RT2_NothingIsToldBeforeWhatWasToldHasLeft) {
  is_slow_ = true;
  hold(1);
  watch_it();
  wait_for("seats-changed");
  hold(2);
  watch.touch(event);
  std::this_thread::sleep_for(3 * SeatWatch::tick);
  EXPECT_EQ(reads(), 1U);
  is_slow_ = false;
  done_();
  EXPECT_THAT(wait_for("seat-locked"), Contains("seat-locked"));
  EXPECT_EQ(reads(), 2U);
}

TEST_F(WatchedSeats, RT2_TellingTakesHalfOfTheTimeAtMost) {
  constexpr std::chrono::milliseconds telling{4 * SeatWatch::tick};
  is_slow_ = true;
  hold(1);
  const auto begun = std::chrono::steady_clock::now();
  watch_it();
  wait_for("seats-changed");
  std::this_thread::sleep_for(telling);
  is_slow_ = false;
  hold(2);
  watch.touch(event);
  done_();
  wait_for("seat-locked");
  EXPECT_GE(std::chrono::steady_clock::now() - begun, 2 * telling);
}

TEST_F(WatchedSeats, RT2_OfTwoHallsThatChangeAllTheTimeNoneIsForgotten) {
  const EventId other{Uuid{2, 2}};
  reading_takes_ = std::chrono::milliseconds(20);  // so that both have to rest for longer than a tick
  for (const EventId each : {event, other}) audience.joined(Room::seats, each);
  while (reads() < 10) {
    for (const EventId each : {event, other}) watch.touch(each);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_GE(reads_of(event), 4U);
  EXPECT_GE(reads_of(other), 4U);
}

TEST_F(WatchedSeats, RT2_ChangesOfATickAreReadTogether) {
  watch_it();
  wait_for_reads(1);
  const auto begun = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < 100; ++i) {
    hold(i);
    watch.touch(event);
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
  }
  const auto ticks = (std::chrono::steady_clock::now() - begun) / SeatWatch::tick;
  EXPECT_LE(reads(), 3 + static_cast<std::size_t>(ticks));
}

TEST_F(WatchedSeats, BO4_AHoldThatEndsByItselfIsTold) {
  hold(7, 150);
  watch_it();
  wait_for("seats-changed");
  clock.advance(150);
  EXPECT_THAT(wait_for("seat-released"), Contains("seat-released"));
}

}  // namespace
}  // namespace tiketi::test
