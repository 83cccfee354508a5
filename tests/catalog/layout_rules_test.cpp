// CA5: which layouts are accepted.

#include "catalog/samples.hpp"

#include <climits>
#include <cmath>

namespace tiketi::test {
namespace {

constexpr Errc invalid = Errc::invalid_argument;
constexpr Errc too_large = Errc::limit_exceeded;

struct BadLayout {
  const char* field;
  Errc code;
  void (*spoil)(SeatLayout&);
  friend void PrintTo(const BadLayout& bad, std::ostream* out) { *out << bad.field; }
};

class BadLayoutTest : public ::testing::TestWithParam<BadLayout> {};

TEST_P(BadLayoutTest, CA5_IsRefusedNamingTheField) {
  SeatLayout layout = small_theater();
  ASSERT_TRUE(catalog::check(layout));
  GetParam().spoil(layout);
  EXPECT_TRUE(refused(catalog::check(layout), GetParam().code, GetParam().field));
}

INSTANTIATE_TEST_SUITE_P(
    Fields, BadLayoutTest,
    ::testing::Values(
        BadLayout{"name", invalid, [](SeatLayout& l) { l.name = ""; }},
        BadLayout{"name", invalid, [](SeatLayout& l) { l.name = "\xff"; }},
        BadLayout{"description", invalid, [](SeatLayout& l) { l.description = "\r"; }},
        BadLayout{"sections", invalid, [](SeatLayout& l) { l.sections.clear(); }},
        BadLayout{"sections", too_large,
                  [](SeatLayout& l) { l.sections.resize(max_layout_sections + 1, l.sections[0]); }},
        BadLayout{"sections[1].name", invalid, [](SeatLayout& l) { l.sections[1].name = " "; }},
        BadLayout{"sections[2].name", invalid, [](SeatLayout& l) { l.sections[2].name = "VIP"; }},
        BadLayout{"sections[2].rows", invalid, [](SeatLayout& l) { l.sections[2].rows = 0; }},
        BadLayout{"sections[2].rows", invalid, [](SeatLayout& l) { l.sections[2].rows = -3; }},
        BadLayout{"sections[2].rows", too_large, [](SeatLayout& l) { l.sections[2].rows = max_section_rows + 1; }},
        BadLayout{"sections[0].seats_per_row", invalid, [](SeatLayout& l) { l.sections[0].seats_per_row = 0; }},
        BadLayout{"sections[0].seats_per_row", too_large, [](SeatLayout& l) { l.sections[0].seats_per_row = INT_MAX; }},
        BadLayout{"sections[0].start_row", invalid, [](SeatLayout& l) { l.sections[0].start_row = 0; }},
        BadLayout{"sections[0].start_row", too_large, [](SeatLayout& l) { l.sections[0].start_row = INT_MAX; }},
        BadLayout{"sections[1].price", invalid, [](SeatLayout& l) { l.sections[1].price_minor = -1; }},
        BadLayout{"sections[1].price", too_large, [](SeatLayout& l) { l.sections[1].price_minor = LLONG_MAX; }}));

INSTANTIATE_TEST_SUITE_P(
    Size, BadLayoutTest,
    ::testing::Values(
        // 1,000 × 2,000 seats in one section; the sum over sections; gaps don't hide a huge rectangle.
        BadLayout{"sections[0].rows", too_large, [](SeatLayout& l) { l.sections = {section("A", 1000, 2000, 1)}; }},
        BadLayout{"sections[2].rows", too_large,
                  [](SeatLayout& l) {
                    l.sections = {section("A", 500, 200, 1), section("B", 500, 200, 1), section("C", 1, 1, 1)};
                  }},
        BadLayout{"sections[0].gaps", invalid, [](SeatLayout& l) {
                    l.sections = {section("A", 1, 2, 1)};
                    l.sections[0].gaps = {{1, 1}, {1, 2}};
                  }}));

INSTANTIATE_TEST_SUITE_P(Positions, BadLayoutTest,
                         ::testing::Values(BadLayout{"sections[1].gaps[1]", invalid,
                                                     [](SeatLayout& l) {
                                                       l.sections[1].gaps = {{4, 1}, {3, 1}};  // rows 4 to 8
                                                     }},
                                           BadLayout{"sections[1].gaps[0]", invalid,
                                                     [](SeatLayout& l) {
                                                       l.sections[1].gaps = {{4, 16}};
                                                     }},
                                           BadLayout{"sections[1].gaps[0]", invalid,
                                                     [](SeatLayout& l) {
                                                       l.sections[1].gaps = {{9, 1}};
                                                     }},
                                           BadLayout{"sections[1].gaps[0]", invalid,
                                                     [](SeatLayout& l) {
                                                       l.sections[1].gaps = {{INT_MIN, INT_MIN}};
                                                     }},
                                           BadLayout{"sections[0].gaps[1]", invalid,
                                                     [](SeatLayout& l) {
                                                       l.sections[0].gaps = {{1, 1}, {1, 1}};
                                                     }},
                                           BadLayout{"sections[0].blocked[0]", invalid,
                                                     [](SeatLayout& l) {
                                                       l.sections[0].blocked = {{1, 0}};
                                                     }},
                                           BadLayout{"sections[0].blocked[1]", invalid,
                                                     [](SeatLayout& l) {
                                                       l.sections[0].blocked = {{2, 2}, {2, 2}};
                                                     }},
                                           BadLayout{"sections[0].blocked[0]", invalid,
                                                     [](SeatLayout& l) {
                                                       l.sections[0].gaps = {{1, 1}};
                                                       l.sections[0].blocked = {{1, 1}};
                                                     }},
                                           BadLayout{"sections[0].placed[0]", invalid,
                                                     [](SeatLayout& l) {
                                                       l.sections[0].placed = {{{4, 1}, 0, 0}};
                                                     }},
                                           BadLayout{"sections[0].placed[0].x", too_large,
                                                     [](SeatLayout& l) {
                                                       l.sections[0].placed = {{{1, 1}, INT_MAX, 0}};
                                                     }},
                                           BadLayout{"sections[0].placed[0].y", invalid, [](SeatLayout& l) {
                                                       l.sections[0].placed = {{{1, 1}, 0, INT_MIN}};
                                                     }}));

INSTANTIATE_TEST_SUITE_P(
    Geometry, BadLayoutTest,
    ::testing::Values(
        BadLayout{"sections[0].geometry.x", too_large, [](SeatLayout& l) { l.sections[0].geometry = {.x = INT_MAX}; }},
        BadLayout{"sections[0].geometry.y", invalid, [](SeatLayout& l) { l.sections[0].geometry = {.y = INT_MIN}; }},
        BadLayout{"sections[0].geometry.seat_pitch", invalid,
                  [](SeatLayout& l) { l.sections[0].geometry = {.seat_pitch = 0}; }},
        BadLayout{"sections[0].geometry.row_pitch", too_large,
                  [](SeatLayout& l) { l.sections[0].geometry = {.row_pitch = 1'000'000}; }},
        BadLayout{"sections[0].geometry.angle", too_large,
                  [](SeatLayout& l) { l.sections[0].geometry = {.angle_degrees = 360}; }},
        BadLayout{"sections[2].geometry", invalid, [](SeatLayout& l) {
                    l.sections[0].geometry = SectionGeometry{};
                    l.sections[2].geometry = SectionGeometry{.x = 100, .y = 100};
                  }}));

/// Two blocks of 10 rows by 10 seats, 550 cm wide and 900 cm deep.
SeatLayout two_blocks(SectionGeometry first, SectionGeometry second) {
  SeatLayout layout = layout_of({section("A", 10, 10, 1), section("B", 10, 10, 1)});
  layout.sections[0].geometry = first;
  layout.sections[1].geometry = second;
  return layout;
}

TEST(LayoutOverlap, CA5_NeighboursMayTouch) {
  EXPECT_TRUE(catalog::check(two_blocks({}, {.x = 550})));
  EXPECT_TRUE(catalog::check(two_blocks({}, {.y = -900})));
  EXPECT_TRUE(refused(catalog::check(two_blocks({}, {.x = 540})), invalid, "sections[1].geometry"));
  EXPECT_TRUE(refused(catalog::check(two_blocks({}, {.y = -890})), invalid, "sections[1].geometry"));
}

TEST(LayoutOverlap, CA5_NeighboursMayTouchAtEveryAngle) {
  for (std::int32_t angle = -359; angle < 360; ++angle) {
    const double radians = angle * 3.14159265358979 / 180;
    const auto beside = [&](double centimetres) {
      return SectionGeometry{.x = static_cast<std::int32_t>(std::lround(centimetres * std::cos(radians))),
                             .y = static_cast<std::int32_t>(std::lround(centimetres * std::sin(radians))),
                             .angle_degrees = angle};
    };
    const SectionGeometry here{.angle_degrees = angle};
    EXPECT_TRUE(catalog::check(two_blocks(here, beside(550)))) << angle;
    EXPECT_FALSE(catalog::check(two_blocks(here, beside(545)))) << angle;
  }
}

TEST(LayoutOverlap, CA5_TurnedBlocksAreComparedByTheirTrueOutline) {
  // Their bounding boxes overlap in both; only the second pair does.
  EXPECT_TRUE(catalog::check(two_blocks({.angle_degrees = 45}, {.x = 640, .y = -640, .angle_degrees = 45})));
  EXPECT_FALSE(catalog::check(two_blocks({.angle_degrees = 45}, {.x = 100, .y = 600, .angle_degrees = 45})));
}

TEST(LayoutOverlap, CA5_AWedgeMayStandBesideAWedge) {
  // Two blocks turned towards each other: full rows would cross at the back.
  const SectionGeometry left{.x = 0, .y = 0, .angle_degrees = 0};
  const SectionGeometry right{.x = 640, .y = 0, .angle_degrees = 20};
  SeatLayout layout = two_blocks(left, right);
  ASSERT_FALSE(catalog::check(layout));
  for (std::int32_t row = 4; row <= 10; ++row)
    for (std::int32_t gap = 0; gap < row - 3; ++gap) layout.sections[0].gaps.push_back({row, 10 - gap});
  EXPECT_TRUE(catalog::check(layout));
}

TEST(LayoutOverlap, CA5_TheSectionNamedIsTheLaterOne) {
  SeatLayout layout = layout_of({section("A", 2, 2, 1), section("B", 2, 2, 1), section("C", 2, 2, 1)});
  layout.sections[0].geometry = SectionGeometry{.x = 5000};
  layout.sections[2].geometry = SectionGeometry{.x = 4990};
  const auto outcome = catalog::check(layout);
  EXPECT_TRUE(refused(outcome, invalid, "sections[2].geometry"));
  EXPECT_NE(outcome.error().message.find("sections[0] (A)"), std::string::npos);
}

TEST(LayoutRules, CA5_TheLargestLayoutIsAccepted) {
  SeatLayout layout = layout_of({});
  for (int i = 0; i < 2000; ++i) layout.sections.push_back(section("S" + std::to_string(i), 10, 10, max_price_minor));
  EXPECT_TRUE(catalog::check(layout));
  EXPECT_EQ(catalog::count_seats(layout), max_layout_seats);
  layout.sections.back().rows = 11;
  EXPECT_TRUE(refused(catalog::check(layout), too_large, "sections[1999].rows"));
}

}  // namespace
}  // namespace tiketi::test
