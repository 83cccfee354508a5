// BO1, and the shape of the seat map that pages read.

#include "hall.hpp"

#include <tiketi/box_office/change.hpp>
#include <tiketi/box_office/seat_map.hpp>

#include <boost/json.hpp>

#include <random>

namespace tiketi::test {
namespace {

constexpr Timestamp now{1'795'136'400'000};

/// One section of that name with a row of `seats` seats.
SeatMap make_map(std::size_t seats, std::string section = "VIP") {
  SeatMap map{EventId{make_uuid_v7(now.ms, {0, 1})}, krw, nullptr, nullptr, {}, 0};
  std::vector<SeatPlace> places;
  for (std::size_t i = 0; i < seats; ++i) {
    const auto number = static_cast<std::int32_t>(i + 1);
    places.push_back({SeatId{make_uuid_v7(now.ms, {1, i})}, 0, 3, number, -10 * number, 20, 150'000});
    map.live.push_back({PlaceStatus::available, 0, {}});
  }
  map.sections = std::make_shared<const std::vector<std::string>>(std::vector{std::move(section)});
  map.places = std::make_shared<const std::vector<SeatPlace>>(std::move(places));
  return map;
}

SeatId seat(const SeatMap& map, std::size_t index) { return (*map.places)[index].id; }

boost::json::array seats_of(const std::string& text) {
  return boost::json::parse(text).as_object().at("seats").as_array();
}

TEST(SeatMapTest, FindsEverySeatAndNoOther) {
  const SeatMap map = make_map(100);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(map.find(seat(map, i)), i);
  EXPECT_FALSE(map.find({}));
  EXPECT_FALSE(map.find(SeatId{make_uuid_v7(now.ms, {1, 100})}));
  EXPECT_FALSE(SeatMap{}.find(seat(map, 0)));
  EXPECT_EQ(map.label(4), "VIP-3-5");
}

TEST(SeatMapTest, TakesOverNewerStatesOnly) {
  SeatMap map = make_map(3);
  const SeatState held{PlaceStatus::held, 2, {}, now.plus_ms(5)};
  EXPECT_TRUE(map.update(seat(map, 1), held));
  EXPECT_EQ(map.live[1].status, PlaceStatus::held);
  EXPECT_EQ(map.live[1].held_until, now.plus_ms(5));
  EXPECT_EQ(map.version, 2);
  EXPECT_FALSE(map.update(seat(map, 1), {PlaceStatus::sold, 2, {}, {}})) << "the same version";
  EXPECT_FALSE(map.update(seat(map, 1), {PlaceStatus::sold, 1, {}, {}})) << "an older one";
  EXPECT_EQ(map.live[1].status, PlaceStatus::held);
  EXPECT_FALSE(map.update({}, {PlaceStatus::sold, 9, {}, {}})) << "no seat of this map";
  EXPECT_TRUE(map.update(seat(map, 2), {PlaceStatus::sold, 1, {}, {}}));
  EXPECT_EQ(map.version, 3);
}

TEST(SeatMapTest, ACopyIsAPictureOfItsTime) {
  SeatMap map = make_map(2);
  const SeatMap before = map;
  map.update(seat(map, 0), {PlaceStatus::sold, 1, {}, {}});
  EXPECT_EQ(before.live[0].status, PlaceStatus::available);
  EXPECT_EQ(before.places, map.places) << "what never changes is shared";
}

/// Whatever order news of seats arrives in, the map ends in the same state.
TEST(SeatMapTest, UpdatesInAnyOrderEndTheSame) {
  std::mt19937 random(1);
  std::vector<std::pair<std::size_t, SeatState>> news;
  for (std::size_t i = 0; i < 10; ++i)
    for (std::int32_t version = 1; version <= 4; ++version)
      news.push_back({i, {version % 2 == 0 ? PlaceStatus::available : PlaceStatus::sold, version, {}, {}}});
  for (int round = 0; round < 50; ++round) {
    std::shuffle(news.begin(), news.end(), random);
    SeatMap map = make_map(10);
    for (const auto& [index, state] : news) map.update(seat(map, index), state);
    EXPECT_EQ(map.version, 40);
    for (const SeatLive& live : map.live) EXPECT_EQ(live.version, 4);
  }
}

TEST(SeatMapTest, BO1_TheJsonHasEverySeatInTheWordsThatPagesRead) {
  SeatMap map = make_map(4);
  map.update(seat(map, 1), {PlaceStatus::held, 1, {}, now.plus_ms(1)});
  map.update(seat(map, 2), {PlaceStatus::sold, 3, {}, {}});
  map.update(seat(map, 3), {PlaceStatus::blocked, 1, {}, {}});
  const std::string text = encode_seat_map_json(map, now);
  const boost::json::object root = boost::json::parse(text).as_object();
  EXPECT_EQ(root.at("event").as_string(), map.event_id.text());
  EXPECT_EQ(root.at("currency").as_string(), "KRW");
  EXPECT_EQ(root.at("version").as_int64(), 5);
  const boost::json::array seats = seats_of(text);
  ASSERT_EQ(seats.size(), 4U);
  const char* const words[] = {"available", "locked", "reserved", "blocked"};
  for (std::size_t i = 0; i < 4; ++i) {
    const boost::json::object& each = seats[i].as_object();
    const auto number = static_cast<std::int64_t>(i + 1);
    EXPECT_EQ(each.at("id").as_string(), seat(map, i).text());
    EXPECT_EQ(each.at("section").as_string(), "VIP");
    EXPECT_EQ(each.at("row_number").as_int64(), 3);
    EXPECT_EQ(each.at("seat_number").as_int64(), number);
    EXPECT_EQ(each.at("seat_label").as_string(), map.label(i));
    EXPECT_EQ(each.at("price").as_int64(), 150'000);
    EXPECT_EQ(each.at("status").as_string(), words[i]);
    EXPECT_EQ(each.at("x").as_int64(), -10 * number);
    EXPECT_EQ(each.at("y").as_int64(), 20);
    EXPECT_EQ(each.size(), 9U) << "nothing more is told, least of all who has the seat";
  }
}

TEST(SeatMapTest, BO4_AHoldThatIsOverIsShownAsFreeFromItsMillisecondOn) {
  SeatMap map = make_map(1);
  map.update(seat(map, 0), {PlaceStatus::held, 1, {}, now});
  EXPECT_EQ(seats_of(encode_seat_map_json(map, now.plus_ms(-1)))[0].at("status").as_string(), "locked");
  EXPECT_EQ(seats_of(encode_seat_map_json(map, now))[0].at("status").as_string(), "available");
  EXPECT_EQ(encode_seat_statuses(map, now.plus_ms(-1)), std::vector<std::uint8_t>{1});
  EXPECT_EQ(encode_seat_statuses(map, now), std::vector<std::uint8_t>{0});
}

TEST(SeatMapTest, TheJsonSurvivesAnySectionName) {
  for (const std::string& section : {std::string("1층 \"A\" \\ <b>"), std::string("a\tb\x01"), std::string(200, '"'),
                                     std::string("가나다🎫"), std::string()}) {
    const SeatMap map = make_map(2, section);
    const boost::json::array seats = seats_of(encode_seat_map_json(map, now));
    EXPECT_EQ(seats[1].at("section").as_string(), section);
    EXPECT_EQ(seats[1].at("seat_label").as_string(), map.label(1));
  }
}

TEST(SeatMapTest, TheJsonHoldsTheLargestNumbers) {
  SeatMap map = make_map(1);
  SeatPlace place = map.places->front();
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::min();
  constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min();
  place.price_minor = most;
  place.row = place.number = place.x = place.y = least;
  map.places = std::make_shared<const std::vector<SeatPlace>>(std::vector{place});
  const boost::json::array seats = seats_of(encode_seat_map_json(map, now));
  EXPECT_EQ(seats[0].at("price").as_int64(), most);
  EXPECT_EQ(seats[0].at("y").as_int64(), least);
}

TEST(SeatMapTest, AnEventWithoutSeatsHasAnEmptyMap) {
  EXPECT_TRUE(seats_of(encode_seat_map_json(SeatMap{}, now)).empty());
  EXPECT_TRUE(seats_of(encode_seat_map_json(make_map(0), now)).empty());
  EXPECT_TRUE(encode_seat_statuses(SeatMap{}, now).empty());
}

TEST(SeatMapTest, TheShortFormHasTwoBitsASeat) {
  std::mt19937 random(2);
  for (std::size_t size : {std::size_t{1}, std::size_t{3}, std::size_t{4}, std::size_t{5}, std::size_t{48'000}}) {
    SeatMap map = make_map(size);
    for (std::size_t i = 0; i < size; ++i) {
      const auto status = static_cast<PlaceStatus>(random() % 4);
      map.live[i] = {status, 1, status == PlaceStatus::held ? now.plus_ms(1) : Timestamp{}};
    }
    const std::vector<std::uint8_t> bytes = encode_seat_statuses(map, now);
    ASSERT_EQ(bytes.size(), (size + 3) / 4);
    for (std::size_t i = 0; i < size; ++i)
      ASSERT_EQ(bytes[i / 4] >> (2 * (i % 4)) & 3, static_cast<int>(map.live[i].status)) << "seat " << i;
  }
}

TEST(NewsPayload, TellsWhatHappenedToWhichPlaces) {
  Hall hall;
  Reserve command = hall.want({"A-1-1", "A-1-2"});
  command.tickets.push_back({hall.stock("Standing").id, 3});
  const Reservation held = hall.hold(command);
  const std::vector<std::pair<ReservationNews, std::string>> words{{ReservationNews::held, "held"},
                                                                   {ReservationNews::extended, "extended"},
                                                                   {ReservationNews::confirmed, "confirmed"},
                                                                   {ReservationNews::cancelled, "cancelled"},
                                                                   {ReservationNews::expired, "expired"}};
  for (const auto& [news, word] : words) {
    EXPECT_EQ(topic(news), "reservation." + word);
    const boost::json::object told = boost::json::parse(news_payload(news, held)).as_object();
    EXPECT_EQ(told.at("type").as_string(), word);
    EXPECT_EQ(told.at("reservation").as_string(), held.id.text());
    EXPECT_EQ(told.at("number").as_string(), held.number.text());
    EXPECT_EQ(told.at("event").as_string(), hall.event.text());
    EXPECT_EQ(told.at("user").as_string(), hall.customer.text());
    EXPECT_EQ(told.at("status").as_string(), "pending");
    EXPECT_EQ(told.at("version").as_int64(), 1);
    EXPECT_EQ(told.at("quantity").as_int64(), 5);
    EXPECT_EQ(told.at("total").as_int64(), 160'000);
    EXPECT_EQ(told.at("currency").as_string(), "KRW");
    EXPECT_EQ(told.at("expiresAt").as_int64(), held.expires_at.ms);
    EXPECT_EQ(told.at("at").as_int64(), held.updated_at.ms);
    const boost::json::array& seats = told.at("seats").as_array();
    ASSERT_EQ(seats.size(), 2U);
    EXPECT_EQ(seats[0].as_string(), hall.seat("A-1-1").text());
    EXPECT_EQ(seats[1].as_string(), hall.seat("A-1-2").text());
    const boost::json::array& tickets = told.at("tickets").as_array();
    ASSERT_EQ(tickets.size(), 1U);
    EXPECT_EQ(tickets[0].at("id").as_string(), hall.stock("Standing").id.text());
    EXPECT_EQ(tickets[0].at("quantity").as_int64(), 3);
  }
}

}  // namespace
}  // namespace tiketi::test
