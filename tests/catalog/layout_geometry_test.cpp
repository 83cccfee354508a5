// CA5: the seats that a layout yields, and where they lie.

#include "catalog/samples.hpp"

#include <algorithm>
#include <random>
#include <set>

namespace tiketi::test {
namespace {

using catalog::generate_seats;

TEST(SeatGeneration, CA5_YieldsEverySeatOfEverySectionInOrder) {
  const SeatLayout layout = small_theater();
  const std::vector<GeneratedSeat> seats = generate_seats(layout);
  ASSERT_EQ(seats.size(), 265u);
  EXPECT_EQ(catalog::count_seats(layout), 265);
  EXPECT_EQ(seats.front().position, (SeatPosition{1, 1}));
  EXPECT_EQ(seats[10].position, (SeatPosition{2, 1}));
  EXPECT_EQ(seats[30].section, 1u);
  EXPECT_EQ(seats[30].position, (SeatPosition{4, 1}));
  EXPECT_EQ(seats.back().position, (SeatPosition{16, 20}));
  EXPECT_EQ(seats.front().price_minor, 150'000);
  EXPECT_EQ(seats.back().price_minor, 70'000);
  const auto key = [](const GeneratedSeat& seat) { return std::pair(seat.section, seat.position); };
  EXPECT_TRUE(std::is_sorted(seats.begin(), seats.end(), [&](auto& a, auto& b) { return key(a) < key(b); }));
}

TEST(SeatGeneration, CA5_CountsTheHallsOfTheSampleData) {
  EXPECT_EQ(catalog::count_seats(layout_of(
                {section("VIP", 5, 20, 1), section("R", 10, 30, 1), section("S", 15, 30, 1), section("A", 10, 40, 1)})),
            1250);
  EXPECT_EQ(catalog::count_seats(
                layout_of({section("Floor1", 20, 50, 1), section("Floor2", 30, 60, 1), section("Floor3", 30, 70, 1)})),
            4900);
  EXPECT_EQ(catalog::count_seats(stadium()), 48'000);
  EXPECT_EQ(generate_seats(stadium()).size(), 48'000u);
}

TEST(SeatGeneration, CA5_LabelsSeatsBySectionRowAndNumber) { EXPECT_EQ(catalog::seat_label("VIP", 1, 5), "VIP-1-5"); }

TEST(SeatGeneration, CA5_LeavesOutGapsAndMarksBlockedSeats) {
  SeatLayout layout = layout_of({section("A", 2, 3, 1, 7)});
  layout.sections[0].gaps = {{8, 3}, {7, 1}};
  layout.sections[0].blocked = {{8, 1}};
  const std::vector<GeneratedSeat> seats = generate_seats(layout);
  ASSERT_EQ(seats.size(), 4u);
  EXPECT_EQ(catalog::count_seats(layout), 4);
  EXPECT_EQ(seats[0].position, (SeatPosition{7, 2}));
  EXPECT_EQ(seats[2].position, (SeatPosition{8, 1}));
  EXPECT_TRUE(seats[2].blocked);
  EXPECT_EQ(std::count_if(seats.begin(), seats.end(), [](auto& seat) { return seat.blocked; }), 1);
  EXPECT_EQ(seats[0].x - seats[2].x, 55) << "a gap keeps its room";
}

TEST(SeatGeneration, CA5_SectionsWithoutGeometryLieOneBehindTheOther) {
  const SeatLayout layout = small_theater();
  const std::vector<GeneratedSeat> seats = generate_seats(layout);
  for (std::uint32_t behind = 1; behind < 3; ++behind) {
    std::int32_t last_y = INT32_MIN;
    std::int32_t first_y = INT32_MAX;
    for (const GeneratedSeat& seat : seats) {
      if (seat.section == behind - 1) last_y = std::max(last_y, seat.y);
      if (seat.section == behind) first_y = std::min(first_y, seat.y);
    }
    EXPECT_GT(first_y, last_y + 90);
  }
  // Centred: the 10 seats of the front begin as far from the left as they end from the right.
  EXPECT_EQ(seats[0].x + seats[9].x, seats[264].x);
  EXPECT_EQ(seats[245].x, 0);
}

TEST(SeatGeneration, CA5_SectionsWithoutGeometryLieBehindThoseThatHaveOne) {
  SeatLayout layout = layout_of({section("Stands", 2, 2, 1), section("Stage side", 4, 10, 1)});
  layout.sections[1].geometry = SectionGeometry{.x = 3000, .y = 2000, .angle_degrees = 90};
  for (const GeneratedSeat& seat : generate_seats(layout)) {
    EXPECT_EQ(seat.section == 0, seat.y > 2000 + 9 * 55);
  }
}

TEST(SeatGeneration, CA5_GeometryTurnsASectionAroundItsFirstSeat) {
  SeatLayout layout = layout_of({section("A", 2, 2, 1)});
  const auto positions = [&](std::int32_t angle) {
    layout.sections[0].geometry =
        SectionGeometry{.x = 1000, .y = 2000, .seat_pitch = 50, .row_pitch = 100, .angle_degrees = angle};
    std::vector<std::pair<int, int>> out;
    for (const GeneratedSeat& seat : generate_seats(layout)) out.emplace_back(seat.x - 1000, seat.y - 2000);
    return out;
  };
  using Points = std::vector<std::pair<int, int>>;
  EXPECT_EQ(positions(0), (Points{{0, 0}, {50, 0}, {0, 100}, {50, 100}}));
  EXPECT_EQ(positions(90), (Points{{0, 0}, {0, 50}, {-100, 0}, {-100, 50}}));
  EXPECT_EQ(positions(180), (Points{{0, 0}, {-50, 0}, {0, -100}, {-50, -100}}));
  EXPECT_EQ(positions(-90), positions(270));
  EXPECT_EQ(positions(30), (Points{{0, 0}, {43, 25}, {-50, 87}, {-7, 112}}));
}

TEST(SeatGeneration, CA5_PlacedSeatsLieWhereTheyWerePut) {
  SeatLayout layout = layout_of({section("A", 2, 2, 1)});
  layout.sections[0].placed = {{{2, 2}, 7, -8}, {{1, 2}, -5, 6}};
  const std::vector<GeneratedSeat> seats = generate_seats(layout);
  EXPECT_EQ(std::pair(seats[1].x, seats[1].y), std::pair(-5, 6));
  EXPECT_EQ(std::pair(seats[3].x, seats[3].y), std::pair(7, -8));
  EXPECT_EQ(std::pair(seats[0].x, seats[0].y), std::pair(0, 0));
}

TEST(SeatGeneration, CA5_RandomLayoutsKeepTheirPromises) {
  std::mt19937 random(20261120);
  const auto upto = [&](int most) { return std::uniform_int_distribution<int>(1, most)(random); };
  for (int round = 0; round < 200; ++round) {
    SeatLayout layout = layout_of({});
    std::set<std::pair<std::uint32_t, SeatPosition>> missing;
    for (std::uint32_t i = 0; i < 4; ++i) {
      LayoutSection made = section("S" + std::to_string(i), upto(12), upto(12), upto(1000), upto(50));
      for (int gap = 0; gap < 3 && made.rows * made.seats_per_row > 3; ++gap) {
        const SeatPosition position{made.start_row + upto(made.rows) - 1, upto(made.seats_per_row)};
        if (missing.insert({i, position}).second) made.gaps.push_back(position);
      }
      if (i % 2 == 0)
        made.geometry = SectionGeometry{.x = static_cast<std::int32_t>(i) * 5000, .angle_degrees = upto(359)};
      layout.sections.push_back(std::move(made));
    }
    ASSERT_TRUE(catalog::check(layout));
    const std::vector<GeneratedSeat> seats = generate_seats(layout);
    EXPECT_EQ(static_cast<std::int64_t>(seats.size()), catalog::count_seats(layout));
    std::set<std::pair<std::uint32_t, SeatPosition>> seen;
    std::set<std::pair<int, int>> points;
    for (const GeneratedSeat& seat : seats) {
      EXPECT_TRUE(seen.insert({seat.section, seat.position}).second);
      EXPECT_FALSE(missing.contains({seat.section, seat.position}));
      EXPECT_TRUE(points.insert({seat.x, seat.y}).second) << "two seats at one point";
      EXPECT_EQ(seat.price_minor, layout.sections[seat.section].price_minor);
    }
  }
}

}  // namespace
}  // namespace tiketi::test
