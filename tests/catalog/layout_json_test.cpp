// CA5: layouts as JSON.

#include "catalog/samples.hpp"

#include <tiketi/catalog/layout_text.hpp>

namespace tiketi::test {
namespace {

using catalog::layout_to_json;
using catalog::parse_layout_json;
constexpr Errc invalid = Errc::invalid_argument;
constexpr Errc too_large = Errc::limit_exceeded;

SeatLayout rich_layout() {
  SeatLayout layout = layout_of({section("VIP \"앞\"", 3, 4, 150'000, 2), section("R\\석", 2, 3, 0)});
  layout.description = "줄\n바꿈\tand \"quotes\"";
  layout.sections[0].geometry = SectionGeometry{-100, 200, 50, 95, -30};
  layout.sections[0].gaps = {{4, 4}, {2, 1}};
  layout.sections[0].blocked = {{3, 3}};
  layout.sections[0].placed = {{{3, 1}, -7, 8}, {{2, 2}, 9, 10}};
  return layout;
}

TEST(LayoutJson, CA5_RoundTripsExactly) {
  for (const SeatLayout& layout : {small_theater(), rich_layout(), stadium()}) {
    const auto read = parse_layout_json(layout_to_json(layout));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, layout);
    EXPECT_EQ(layout_to_json(*read), layout_to_json(layout));
  }
}

TEST(LayoutJson, CA5_ReadsTheDocumentedForm) {
  const auto read = parse_layout_json(
      "\xef\xbb\xbf"
      R"({"name": "hall", "sections": [{"name": "A", "rows": 2, "seatsPerRow": 3, "price": 1000,
          "geometry": {"x": 5, "y": 6}}]})"
      "\r\n");
  ASSERT_TRUE(read) << read.error().message;
  SeatLayout expected = layout_of({section("A", 2, 3, 1000)});
  expected.description = "";
  expected.sections[0].geometry = SectionGeometry{.x = 5, .y = 6};
  EXPECT_EQ(*read, expected);
}

TEST(LayoutJson, CA5_PutsASectionOnEachLine) {
  EXPECT_EQ(layout_to_json(layout_of({section("A", 2, 3, 1000, 4)})),
            "{\n  \"name\": \"hall\",\n  \"description\": \"A hall\",\n  \"sections\": [\n"
            "    {\"name\":\"A\",\"rows\":2,\"seatsPerRow\":3,\"price\":1000,\"startRow\":4}\n  ]\n}\n");
}

/// The members of a section that follows a good one, in line 3.
std::string with_second_section(const std::string& members) {
  return "{\"name\": \"hall\", \"sections\": [\n"
         "{\"name\": \"A\", \"rows\": 1, \"seatsPerRow\": 1, \"price\": 1},\n"
         "{" +
         members + "}\n]}";
}

struct BadSection {
  const char* members;
  const char* field;
  Errc code;
  friend void PrintTo(const BadSection& bad, std::ostream* out) { *out << bad.field; }
};

class BadSectionJson : public ::testing::TestWithParam<BadSection> {};

TEST_P(BadSectionJson, CA5_IsRefusedNamingFieldAndLine) {
  EXPECT_TRUE(
      refused(parse_layout_json(with_second_section(GetParam().members)), GetParam().code, GetParam().field, 3));
}

INSTANTIATE_TEST_SUITE_P(
    Members, BadSectionJson,
    ::testing::Values(
        BadSection{R"("name":"B", "seatsPerRow":1, "price":1)", "sections[1].rows", invalid},
        BadSection{R"("name":"B", "rows":"2", "seatsPerRow":1, "price":1)", "sections[1].rows", invalid},
        BadSection{R"("name":"B", "rows":2.5, "seatsPerRow":1, "price":1)", "sections[1].rows", invalid},
        BadSection{R"("name":"B", "rows":0, "seatsPerRow":1, "price":1)", "sections[1].rows", invalid},
        BadSection{R"("name":"B", "rows":4294967297, "seatsPerRow":1, "price":1)", "sections[1].rows", too_large},
        BadSection{R"("name":"B", "rows":1, "seatsPerRow":99999, "price":1)", "sections[1].seatsPerRow", too_large},
        BadSection{R"("name":"B", "rows":1, "seatsPerRow":1, "price":-1)", "sections[1].price", invalid},
        BadSection{R"("name":"B", "rows":1, "seatsPerRow":1, "price":18446744073709551615)", "sections[1].price",
                   too_large},
        BadSection{R"("name":"B", "rows":1, "seatsPerRow":1, "price":1e30)", "sections[1].price", invalid},
        BadSection{R"("name":"B", "rows":1, "seatsPerRow":1, "price":1, "startRow":0)", "sections[1].startRow",
                   invalid},
        BadSection{R"("name":"A", "rows":1, "seatsPerRow":1, "price":1)", "sections[1].name", invalid},
        BadSection{R"("name":7, "rows":1, "seatsPerRow":1, "price":1)", "sections[1].name", invalid},
        BadSection{R"("name":"B", "rows":1, "seatsPerRow":1, "price":1, "seats_per_row":1)",
                   "sections[1].seats_per_row", invalid},
        BadSection{R"("name":"B", "rows":1, "seatsPerRow":1, "price":1, "geometry":[])", "sections[1].geometry",
                   invalid},
        BadSection{R"("name":"B", "rows":1, "seatsPerRow":1, "price":1, "geometry":{"x":1})", "sections[1].geometry.y",
                   invalid},
        BadSection{R"("name":"B", "rows":1, "seatsPerRow":1, "price":1, "geometry":{"x":1,"y":1,"rowPitch":0})",
                   "sections[1].geometry.rowPitch", invalid},
        BadSection{R"("name":"B", "rows":1, "seatsPerRow":2, "price":1, "gaps":[[1,1],[1]])", "sections[1].gaps[1]",
                   invalid},
        BadSection{R"("name":"B", "rows":1, "seatsPerRow":2, "price":1, "gaps":[[1,3]])", "sections[1].gaps[0]",
                   invalid},
        BadSection{R"("name":"B", "rows":1, "seatsPerRow":2, "price":1, "blocked":[[1,99999999999]])",
                   "sections[1].blocked[0]", invalid},
        BadSection{R"("name":"B", "rows":1, "seatsPerRow":2, "price":1, "placed":[[1,1,0]])", "sections[1].placed[0]",
                   invalid},
        BadSection{R"("name":"B", "rows":1, "seatsPerRow":2, "price":1, "placed":{})", "sections[1].placed", invalid}));

TEST(LayoutJson, CA5_NamesTheLineInsideASection) {
  const std::string text =
      "{\n\"sections\": [\n{\n\"name\": \"},{[\\\"\",\n\"gaps\": [\n[1, 1],\n[1, 1]],\n"
      "\"rows\": 1, \"seatsPerRow\": 3, \"price\": 1\n}],\n\"name\": \"hall\"\n}";
  EXPECT_TRUE(refused(parse_layout_json(text), invalid, "sections[0].gaps[1]", 7));
}

TEST(LayoutJson, CA5_RefusesWhatIsNoLayout) {
  EXPECT_TRUE(refused(parse_layout_json(""), invalid, "layout", 1));
  EXPECT_TRUE(refused(parse_layout_json("[]"), invalid, "layout", 1));
  EXPECT_TRUE(refused(parse_layout_json("{\n\"name\": \"a\",,\n}"), invalid, "layout", 2));
  EXPECT_TRUE(refused(parse_layout_json("{\n\"name\": \"a\""), invalid, "layout", 2));
  EXPECT_TRUE(refused(parse_layout_json(layout_to_json(small_theater()) + "x"), invalid, "layout"));
  EXPECT_TRUE(refused(parse_layout_json("{\"name\": \"a\",\n\"sections\": []}"), invalid, "sections", 2));
  EXPECT_TRUE(refused(parse_layout_json("{\"name\": \"a\",\n\"sections\": 3}"), invalid, "sections", 2));
  EXPECT_TRUE(refused(parse_layout_json("{\"name\": \"a\"}"), invalid, "sections", 1));
  EXPECT_TRUE(refused(parse_layout_json("{\"title\": \"a\", \"sections\": []}"), invalid, "title", 1));
  EXPECT_TRUE(refused(parse_layout_json("{\"na\\nme\": \"a\", \"sections\": []}"), invalid, "layout", 1))
      << "a name that can't be printed is not repeated";
}

TEST(LayoutJson, CA5_RefusesInvalidUtf8) {
  EXPECT_TRUE(refused(parse_layout_json("{\n\"name\": \"\xff\"}"), invalid, "layout", 2));
  EXPECT_TRUE(refused(parse_layout_json("{\"name\": \"\\ud800\"}"), invalid, "layout", 1));
}

TEST(LayoutJson, CA5_RefusesDeepNestingAndHugeTexts) {
  EXPECT_TRUE(refused(parse_layout_json(std::string(100'000, '[')), too_large, "layout", 1));
  EXPECT_TRUE(refused(parse_layout_json("{\"sections\":\n" + std::string(9, '[') + std::string(9, ']') + "}"),
                      too_large, "layout", 2));
  EXPECT_TRUE(refused(parse_layout_json(std::string(catalog::max_layout_text_bytes + 1, ' ')), too_large, "layout"));
}

}  // namespace
}  // namespace tiketi::test
