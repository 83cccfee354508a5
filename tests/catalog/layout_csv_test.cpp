// CA5: layouts as CSV, a line per seat or a line per section.

#include "catalog/samples.hpp"

#include <tiketi/catalog/layout_text.hpp>

namespace tiketi::test {
namespace {

constexpr Errc invalid = Errc::invalid_argument;
constexpr Errc too_large = Errc::limit_exceeded;

Result<SeatLayout> parse(const std::string& text) { return catalog::parse_layout_csv(text, "hall", "A hall"); }

TEST(LayoutCsv, CA5_RoundTripsSectionsGapsBlockedAndPositions) {
  SeatLayout layout = layout_of({section("VIP, \"front\"", 3, 4, 150'000, 2), section("R석\nrear", 2, 3, 0)});
  layout.sections[1].name = " R석 ";
  layout.sections[0].gaps = {{2, 1}, {4, 2}};
  layout.sections[0].blocked = {{2, 2}, {3, 3}};
  layout.sections[0].placed = {{{2, 2}, -9, 10}, {{3, 1}, 7, 8}};
  for (const SeatLayout& original : {layout, small_theater(), stadium()}) {
    const auto read = catalog::parse_layout_csv(catalog::layout_to_csv(original), original.name, original.description);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, original);
  }
}

TEST(LayoutCsv, CA5_GeometryComesBackAsPositions) {
  SeatLayout layout = layout_of({section("A", 3, 4, 100), section("B", 3, 4, 100), section("C", 3, 4, 100)});
  layout.sections[0].geometry = SectionGeometry{.x = 500, .y = -700, .angle_degrees = 33};
  layout.sections[1].geometry = SectionGeometry{.x = 5000, .y = 700, .seat_pitch = 60, .angle_degrees = -120};
  layout.sections[1].gaps = {{1, 1}, {1, 2}, {1, 3}, {1, 4}};  // its first row: the rectangle shrinks
  layout.sections[1].blocked = {{2, 4}};
  const auto read = parse(catalog::layout_to_csv(layout));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(catalog::generate_seats(*read), catalog::generate_seats(layout));
  EXPECT_EQ(catalog::layout_to_csv(*read), catalog::layout_to_csv(layout));
}

TEST(LayoutCsv, CA5_ReadsALinePerSeatInAnyOrder) {
  const auto read = parse("number,section,price,row\r\n3,A,500,2\r\n1,A,500,2\r\n1,B,700,1\r\n2,A,500,1\r\n");
  ASSERT_TRUE(read) << read.error().message;
  SeatLayout expected = layout_of({section("A", 2, 3, 500), section("B", 1, 1, 700)});
  expected.sections[0].gaps = {{1, 1}, {1, 3}, {2, 2}};
  EXPECT_EQ(*read, expected);
}

TEST(LayoutCsv, CA5_ReadsALinePerSection) {
  const auto read =
      parse("\xef\xbb\xbfsection,rows,seats_per_row,price,start_row\nVIP,3,10,150000,1\n\nR,5,15,100000,4\n");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, layout_of({section("VIP", 3, 10, 150'000, 1), section("R", 5, 15, 100'000, 4)}));
  const auto without_start = parse("section,rows,seats_per_row,price\nVIP,3,10,150000");
  ASSERT_TRUE(without_start);
  EXPECT_EQ(without_start->sections[0].start_row, 1);
}

TEST(LayoutCsv, CA5_ReadsQuotesAsRfc4180HasThem) {
  const auto read = parse("\"section\",row,number,price,x,y,blocked\r\n\"A, \"\"x\"\"\",1,\"1\",5,-1,-2,\"yes\"\r\n");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->sections[0].name, "A, \"x\"");
  EXPECT_EQ(read->sections[0].blocked, (std::vector<SeatPosition>{{1, 1}}));
  EXPECT_EQ(read->sections[0].placed, (std::vector<PlacedSeat>{{{1, 1}, -1, -2}}));
}

struct BadCsv {
  const char* text;
  const char* field;
  int line;
  Errc code = invalid;
  friend void PrintTo(const BadCsv& bad, std::ostream* out) { *out << bad.field << " in line " << bad.line; }
};

class BadCsvTest : public ::testing::TestWithParam<BadCsv> {};

TEST_P(BadCsvTest, CA5_IsRefusedNamingFieldAndLine) {
  EXPECT_TRUE(refused(parse(GetParam().text), GetParam().code, GetParam().field, GetParam().line));
}

INSTANTIATE_TEST_SUITE_P(Header, BadCsvTest,
                         ::testing::Values(BadCsv{"", "header", 1}, BadCsv{"\r\n\r\n", "header", 1},
                                           BadCsv{"section;row;number;price\n", "section;row;number;price", 1},
                                           BadCsv{"\nsection,row,price\n", "number", 2},
                                           BadCsv{"section,row,number,prize\n", "prize", 1},
                                           BadCsv{"section,row,number,price,row\n", "row", 1},
                                           BadCsv{"section,rows,seats_per_row,price,x\n", "x", 1},
                                           BadCsv{"a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q\n", "columns", 1}));

INSTANTIATE_TEST_SUITE_P(
    Seats, BadCsvTest,
    ::testing::Values(
        BadCsv{"section,row,number,price\nA,1,1,5\nA,1,2\n", "columns", 3},
        BadCsv{"section,row,number,price\nA,1,1,5\nA,1,2,5,\n", "columns", 3},
        BadCsv{"section,row,number,price\nA,1,1,5\nA,one,2,5\n", "row", 3},
        BadCsv{"section,row,number,price\nA,1,1,5\nA,1, 2,5\n", "number", 3},
        BadCsv{"section,row,number,price\nA,1,,5\n", "number", 2},
        BadCsv{"section,row,number,price\nA,0,1,5\n", "row", 2},
        BadCsv{"section,row,number,price\nA,1,2001,5\n", "number", 2, too_large},
        BadCsv{"section,row,number,price\nA,1,99999999999999999999,5\n", "number", 2, too_large},
        BadCsv{"section,row,number,price\nA,1,1,-5\n", "price", 2},
        BadCsv{"section,row,number,price\nA,1,1,9223372036854775808\n", "price", 2, too_large},
        BadCsv{"section,row,number,price\nA,1,1,5\nB,1,1,6\nA,1,2,7\n", "price", 4},
        BadCsv{"section,row,number,price\nA,1,1,5\nA,1,2,5\nA,1,1,5\n", "number", 4},
        BadCsv{"section,row,number,price,x,y\nA,1,1,5,7,\n", "y", 2},
        BadCsv{"section,row,number,price,x,y\nA,1,1,5,,7\n", "x", 2},
        BadCsv{"section,row,number,price,x,y\nA,1,1,5,1e9,7\n", "x", 2},
        BadCsv{"section,row,number,price,blocked\nA,1,1,5,maybe\n", "blocked", 2},
        BadCsv{"section,row,number,price\nA,1,1,5\nB,1,1,5\nB,1001,1,5\n", "sections[1].rows", 3, too_large},
        BadCsv{"section,row,number,price\nA,1,1,5\nB,1,1,5\nB,1000,2000,5\n", "sections[1].rows", 3, too_large},
        BadCsv{"section,row,number,price\n,1,1,5\n", "sections[0].name", 2},
        BadCsv{"section,row,number,price\nA,1,1,5\n\xc3\x28,1,1,5\n", "sections[1].name", 3}));

INSTANTIATE_TEST_SUITE_P(
    Sections, BadCsvTest,
    ::testing::Values(BadCsv{"section,rows,seats_per_row,price\nA,1,1,5\nA,2,2,5\n", "section", 3},
                      BadCsv{"section,rows,seats_per_row,price\nA,0,1,5\n", "rows", 2},
                      BadCsv{"section,rows,seats_per_row,price\nA,1,2147483648,5\n", "seats_per_row", 2, too_large},
                      BadCsv{"section,rows,seats_per_row,price\nA,1,1,5\nB,1000,2000,5\n", "sections[1].rows", 3,
                             too_large},
                      BadCsv{"section,rows,seats_per_row,price,start_row\nA,1,1,5,-1\n", "start_row", 2}));

INSTANTIATE_TEST_SUITE_P(Quotes, BadCsvTest,
                         ::testing::Values(BadCsv{"section,row,number,price\n\"A,1,1,5\n", "quotes", 2},
                                           BadCsv{"section,row,number,price\n\"A\"x,1,1,5\n", "quotes", 2},
                                           BadCsv{"section,row,number,price\nA\"x\",1,1,5\n", "quotes", 2},
                                           BadCsv{"section,row,number,price\rA,1,1,5\r", "line", 1},
                                           BadCsv{"section,row,number,price\n\"A\nB\",1,1,5\nC,1,x,5\n", "number", 4}));

TEST(LayoutCsv, CA5_RefusesAHeaderAloneAndHugeTexts) {
  EXPECT_TRUE(refused(parse("section,row,number,price\n"), invalid, "sections"));
  EXPECT_TRUE(refused(parse(std::string(catalog::max_layout_text_bytes + 1, '\n')), too_large, "layout"));
  std::string many = "section,row,number,price\n";
  for (int seat = 0; seat < 200'001; ++seat)
    many += "S" + std::to_string(seat / 2000) + ",1," + std::to_string(seat % 2000 + 1) + ",5\n";
  EXPECT_TRUE(refused(parse(many), too_large, "seats", 200'002));
}

}  // namespace
}  // namespace tiketi::test
