// What those who watch seats are told (RT2): every change once, none of them somebody's name.

#include "live/seat_changes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace tiketi::test {
namespace {

using http::live::KnownSeats;
using http::live::max_single_changes;
using http::live::Message;
using testing::ElementsAre;

constexpr Timestamp now{1'795'136'400'000};

SeatId seat(std::size_t index) { return SeatId{Uuid{1, 100 + index}}; }

SeatMap map_of(std::size_t count) {
  auto places = std::make_shared<std::vector<SeatPlace>>(count);
  for (std::size_t i = 0; i < count; ++i) (*places)[i].id = seat(i);
  SeatMap out;
  out.places = std::move(places);
  out.live.resize(count);
  return out;
}

void hold(SeatMap& map, std::size_t index, std::int64_t for_ms = minute_ms) {
  map.live[index] = {.status = PlaceStatus::held, .version = 1, .held_until = now.plus_ms(for_ms)};
  ++map.version;
}

std::vector<Message> look(KnownSeats& known, const SeatMap& map, Timestamp at, std::size_t watchers = 1) {
  known.read(map);
  return known.tell(at, watchers);
}

std::vector<std::string> texts(const std::vector<Message>& messages) {
  std::vector<std::string> out;
  for (const Message& each : messages) out.push_back(*each.plain());
  return out;
}

/// `["seat-locked",{…}]` of that seat, as it is sent.
std::string single(std::string_view name, std::size_t index, std::string_view status, Timestamp at = now) {
  return "[\"" + std::string(name) + R"(",{"seatId":")" + seat(index).text() + R"(","status":")" + std::string(status) +
         R"(","timestamp":")" + to_iso8601(at) + "\"}]";
}

TEST(RT2SeatChanges, AHoldIsToldByBothNamesThatClientsListenTo) {
  KnownSeats known;
  SeatMap map = map_of(3);
  EXPECT_TRUE(look(known, map, now).empty());
  hold(map, 1);
  EXPECT_THAT(texts(look(known, map, now)),
              ElementsAre(single("seat-locked", 1, "locked"), single("seat-selected", 1, "locked"),
                          R"(["seats-changed",{"version":1,"changes":[[1,1]]}])"));
  EXPECT_TRUE(look(known, map, now).empty()) << "told once";
}

TEST(RT2SeatChanges, SalesReleasesAndBlocksAreTold) {
  KnownSeats known;
  SeatMap map = map_of(3);
  for (std::size_t i = 0; i < 3; ++i) hold(map, i);
  look(known, map, now);
  map.live[0].status = PlaceStatus::sold;
  map.live[1].status = PlaceStatus::available;
  map.live[2].status = PlaceStatus::blocked;
  map.version = 9;
  EXPECT_THAT(texts(look(known, map, now)),
              ElementsAre(single("seat-reserved", 0, "reserved"), single("seat-released", 1, "available"),
                          single("seat-reserved", 2, "reserved"),
                          R"(["seats-changed",{"version":9,"changes":[[0,2],[1,0],[2,3]]}])"));
}

TEST(RT2SeatChanges, AHoldThatIsOverIsAReleaseThoughNobodyHasSweptIt) {
  KnownSeats known;
  SeatMap map = map_of(2);
  hold(map, 0, 500);
  hold(map, 1, 900);
  look(known, map, now);
  EXPECT_EQ(known.next_expiry(now), now.plus_ms(500));
  const Timestamp then = now.plus_ms(500);
  EXPECT_EQ(texts(look(known, map, then)).front(), single("seat-released", 0, "available", then));
  EXPECT_EQ(known.next_expiry(then), now.plus_ms(900));
}

TEST(RT2SeatChanges, WhatHappenedBeforeTheFirstLookIsToldTogether) {
  KnownSeats known;
  SeatMap map = map_of(3);
  hold(map, 2);
  EXPECT_THAT(texts(look(known, map, now)), ElementsAre(R"(["seats-changed",{"version":1,"changes":[[2,1]]}])"));
}

TEST(RT2SeatChanges, SeatsThatWereMadeAnewAreToldAsAtFirst) {
  KnownSeats known;
  SeatMap map = map_of(3);
  hold(map, 2);
  look(known, map, now);
  SeatMap anew = map_of(4);
  hold(anew, 3);
  EXPECT_THAT(texts(look(known, anew, now)), ElementsAre(R"(["seats-changed",{"version":1,"changes":[[3,1]]}])"));
}

TEST(RT2SeatChanges, OfABurstSoManyAreToldSinglyAndAllTogether) {
  KnownSeats known;
  SeatMap map = map_of(100);
  look(known, map, now);
  for (std::size_t i = 0; i < 100; ++i) hold(map, i);
  const std::vector<Message> messages = look(known, map, now);
  EXPECT_EQ(messages.size(), 2 * max_single_changes(1) + 1);
  const std::string all = *messages.back().plain();
  EXPECT_EQ(std::ranges::count(all, '['), 1 + 1 + 100);
}

TEST(RT2SeatChanges, TheMoreWatchTheFewerAreToldSingly) {
  EXPECT_EQ(max_single_changes(0), 16U);
  EXPECT_EQ(max_single_changes(100), 16U);
  EXPECT_EQ(max_single_changes(500), 4U);
  EXPECT_EQ(max_single_changes(100'000), 1U) << "never none: most of the time there is one";
}

TEST(RT2SeatChanges, AFewSeatsCanBeReadAlone) {
  KnownSeats known;
  SeatMap map = map_of(3);
  look(known, map, now);
  Seat sold{.id = seat(1), .event_id = {}, .section = {}, .state = {.status = PlaceStatus::sold, .version = 5}};
  known.read(std::vector{sold});
  EXPECT_THAT(texts(known.tell(now, 1)), ElementsAre(single("seat-reserved", 1, "reserved"),
                                                     R"(["seats-changed",{"version":5,"changes":[[1,2]]}])"));
  sold.state = {.status = PlaceStatus::held, .version = 4};
  known.read(std::vector{sold});
  EXPECT_TRUE(known.tell(now, 1).empty()) << "an older state than what is known";
  EXPECT_FALSE(known.has(seat(3)));
}

TEST(RT2SeatChanges, WhoseHoldsAreOverIsKnown) {
  KnownSeats known;
  SeatMap map = map_of(3);
  hold(map, 1, 500);
  look(known, map, now);
  EXPECT_TRUE(known.over(now.plus_ms(499)).empty());
  EXPECT_THAT(known.over(now.plus_ms(500)), ElementsAre(seat(1)));
  known.tell(now.plus_ms(500), 1);
  EXPECT_TRUE(known.over(now.plus_ms(501)).empty()) << "that was told";
}

TEST(RT2SeatChanges, OfASlowClientOnlyTheLatestOfASeatCounts) {
  KnownSeats known;
  SeatMap map = map_of(2);
  look(known, map, now);
  hold(map, 0);
  const std::vector<Message> held = look(known, map, now);
  map.live[0].status = PlaceStatus::sold;
  const std::vector<Message> sold = look(known, map, now);
  EXPECT_EQ(held[0].socket_io().superseding_key, sold[0].socket_io().superseding_key);
  EXPECT_NE(held[1].socket_io().superseding_key, sold[0].socket_io().superseding_key);
  EXPECT_EQ(held.back().socket_io().superseding_key, 0U) << "a difference can't take another's place";
}

}  // namespace
}  // namespace tiketi::test
