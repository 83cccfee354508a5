// What those who watch an event are told (RT2): its status, what is left, how many they are.

#include "live/event_watch.hpp"

#include "support/fakes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace tiketi::test {
namespace {

using http::live::Audience;
using http::live::EventWatch;
using http::live::KnownEvent;
using http::live::Message;
using http::live::Room;
using testing::ElementsAre;
using testing::IsEmpty;

const EventId event{Uuid{2, 1}};
const TicketTypeId type{Uuid{4, 1}};
constexpr Timestamp now{1'795'136'400'000};

EventDetail detail(EventStatus status, std::int64_t available) {
  EventDetail out;
  out.summary.event.id = event;
  out.summary.status = status;
  out.summary.availability = Availability{.total = 10, .available = available};
  out.ticket_types.push_back({.type = {}, .availability = out.summary.availability});
  out.ticket_types.front().type.id = type;
  return out;
}

std::vector<std::string> texts(const std::vector<Message>& messages) {
  std::vector<std::string> out;
  for (const Message& each : messages) out.push_back(*each.plain());
  return out;
}

std::string stock(std::int64_t available) {
  return R"(["ticket-updated",{"ticketTypeId":")" + type.text() + R"(","availableQuantity":)" +
         std::to_string(available) + R"(,"totalQuantity":10,"timestamp":")" + to_iso8601(now) + "\"}]";
}

TEST(RT2KnownEvent, TellsStockAndStatusWhenTheyChange) {
  KnownEvent known;
  const auto status = [](std::string_view word) {
    return R"(["event-updated",{"eventId":")" + event.text() + R"(","status":")" + std::string(word) + "\"}]";
  };
  EXPECT_THAT(texts(known.update(detail(EventStatus::on_sale, 10), now)), ElementsAre(status("on_sale"), stock(10)));
  EXPECT_THAT(known.update(detail(EventStatus::on_sale, 10), now), IsEmpty());
  EXPECT_FALSE(known.places_changed());
  EXPECT_THAT(texts(known.update(detail(EventStatus::sold_out, 0), now)), ElementsAre(status("sold_out"), stock(0)));
  EXPECT_TRUE(known.places_changed());
}

/// A watch over an event that a test changes, and what it tells.
class Watching : public testing::Test {
 protected:
  void set(EventStatus status, std::int64_t available) {
    const std::lock_guard lock(mutex_);
    detail_ = detail(status, available);
  }
  /// A sale in this process, which says so.
  void sell_here(std::int64_t left) {
    const std::lock_guard lock(mutex_);
    detail_ = detail(EventStatus::on_sale, left);
    watch.touch(event);
  }
  /// How often all seats were to be read.
  std::size_t seats_touched() {
    const std::lock_guard lock(mutex_);
    return seats_touched_;
  }
  void wait_for_seats(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(10), [&] { return seats_touched_ >= count; }));
  }
  /// What was told, once it is so much.
  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [&] { return told_.size() >= count; });
    return told_;
  }

  Audience audience{[](Room, EventId) {}};
  FakeClock clock;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  EventDetail detail_ = detail(EventStatus::on_sale, 10);
  std::vector<std::string> told_;
  std::size_t seats_touched_ = 0;

 protected:
  EventWatch watch{audience, clock,
                   [this](std::span<const EventId> events) -> Result<std::vector<std::optional<EventDetail>>> {
                     const std::lock_guard lock(mutex_);
                     return std::vector<std::optional<EventDetail>>(events.size(), detail_);
                   },
                   [this](EventId, std::vector<Message> messages) {
                     const std::lock_guard lock(mutex_);
                     for (const Message& each : messages) told_.push_back(std::string(each.name()));
                     changed_.notify_all();
                   },
                   [this](EventId) {
                     const std::lock_guard lock(mutex_);
                     ++seats_touched_;
                     changed_.notify_all();
                   }};
};

TEST_F(Watching, RT2_SeesWhatNobodyHasToldIt) {
  audience.joined(Room::event, event);
  EXPECT_THAT(wait_for(3), testing::UnorderedElementsAre("event-updated", "ticket-updated", "room-info"));
  set(EventStatus::cancelled, 10);  // as another process would
  EXPECT_EQ(wait_for(4).back(), "event-updated");
}

TEST_F(Watching, RT2_AllSeatsAreReadOnlyForWhatNobodyHereHasSold) {
  audience.joined(Room::event, event);
  wait_for(3);
  wait_for_seats(1);  // at first nothing is known
  for (std::int64_t left = 9; left > 4; --left) {
    sell_here(left);
    wait_for(3 + static_cast<std::size_t>(10 - left));
  }
  EXPECT_EQ(seats_touched(), 1U);
  set(EventStatus::on_sale, 4);  // as another process would
  wait_for_seats(2);
}

TEST_F(Watching, RT2_TellsHowManyTheyAreAtMostOnceASecond) {
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) {
    audience.joined(Room::event, event);
    std::this_thread::sleep_for(std::chrono::milliseconds(70));
  }
  const std::vector<std::string> told = wait_for(3);
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  EXPECT_LE(std::ranges::count(told, "room-info"), 1 + static_cast<std::int64_t>(seconds));
}

}  // namespace
}  // namespace tiketi::test
