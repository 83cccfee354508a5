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
  EXPECT_THAT(texts(look(known, anew, now)),
              ElementsAre(R"(["seats-changed",{"version":1,"reload":true,"changes":[[3,1]]}])"));
  EXPECT_THAT(texts(look(known, map_of(2), now)),
              ElementsAre(R"(["seats-changed",{"version":0,"reload":true,"changes":[]}])"))
      << "also if all are available";
  EXPECT_TRUE(look(known, map_of(2), now).empty());
}

/// The seats of `seat-locked` messages.
std::vector<std::string> locked(const std::vector<Message>& messages) {
  std::vector<std::string> out;
  for (const Message& each : messages)
    if (each.name() == "seat-locked") out.emplace_back(each.payload().substr(11, 36));
  return out;
}

TEST(RT2SeatChanges, ABurstIsToldAtOnceAndSinglyAsFastAsTheCrowdAllows) {
  constexpr std::size_t watchers = 200, at_once = 10;
  ASSERT_EQ(max_single_changes(watchers), at_once);
  KnownSeats known;
  SeatMap map = map_of(25);
  look(known, map, now, watchers);
  for (std::size_t i = 0; i < 24; ++i) hold(map, i);
  const std::vector<Message> messages = look(known, map, now, watchers);
  EXPECT_EQ(messages.size(), 2 * at_once + 1);
  EXPECT_EQ(std::ranges::count(*messages.back().plain(), '['), 1 + 1 + 24) << "all of them together";
  EXPECT_EQ(locked(messages).front(), seat(0).text());
  ASSERT_TRUE(known.has_more_to_tell());
  hold(map, 24);
  const std::vector<Message> second = look(known, map, now, watchers);
  EXPECT_EQ(locked(second).size(), at_once);
  EXPECT_EQ(locked(second)[0], seat(24).text()) << "news first";
  EXPECT_EQ(locked(second)[1], seat(10).text()) << "then who has waited longest";
  const std::vector<Message> third = look(known, map, now, watchers);
  EXPECT_EQ(locked(third).size(), 24 - at_once - (at_once - 1));
  EXPECT_EQ(third.size(), 2 * locked(third).size()) << "nothing is told together that was told so before";
  EXPECT_FALSE(known.has_more_to_tell());
  EXPECT_TRUE(look(known, map, now, watchers).empty());
}

TEST(RT2SeatChanges, OfWhatWaitsToBeToldSinglyOnlyTheLatestIs) {
  constexpr std::size_t crowd = 2'000;
  KnownSeats known;
  SeatMap map = map_of(4);
  look(known, map, now, crowd);
  for (std::size_t i = 0; i < 4; ++i) hold(map, i);
  EXPECT_EQ(locked(look(known, map, now, crowd)), std::vector{seat(0).text()});
  map.live[0].status = PlaceStatus::sold;       // told at once
  map.live[1].status = PlaceStatus::available;  // as those who read single messages know it
  map.live[2].status = PlaceStatus::sold;
  EXPECT_EQ(texts(look(known, map, now, crowd)).front(), single("seat-reserved", 0, "reserved"));
  EXPECT_THAT(texts(known.tell(now, crowd)), ElementsAre(single("seat-reserved", 2, "reserved")));
  EXPECT_THAT(texts(known.tell(now, crowd)),
              ElementsAre(single("seat-locked", 3, "locked"), single("seat-selected", 3, "locked")));
  EXPECT_FALSE(known.has_more_to_tell());
}

TEST(RT2SeatChanges, TheMoreWatchTheFewerAreToldSingly) {
  EXPECT_EQ(max_single_changes(0), 25U) << "1,000 messages a second are enough for a phone";
  EXPECT_EQ(max_single_changes(100), 20U);
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
