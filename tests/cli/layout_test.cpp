// layout import, export and check (CA5)

#include "cli/program.hpp"

namespace tiketi::test {
namespace {

using LayoutCommands = Program;

constexpr auto hall = R"({"name": "hall", "description": "A hall", "sections": [
  {"name": "A", "rows": 2, "seatsPerRow": 4, "price": 1000, "gaps": [[1, 2]], "blocked": [[2, 4]]},
  {"name": "B", "rows": 1, "seatsPerRow": 3, "price": 500, "startRow": 3}
]})";

TEST_F(LayoutCommands, JsonComesBackAsItWent) {
  write("hall.json", hall);
  const Said imported = run_json({"layout", "import", "hall.json"});
  ASSERT_EQ(imported.code, 0) << imported.out;
  EXPECT_EQ(imported.json().at("seats"), 10);
  const Said exported = run({"layout", "export", "hall"});
  write("again.json", exported.out);
  EXPECT_EQ(run_json({"layout", "import", "again.json"}).json().at("id"), imported.json().at("id"));
  EXPECT_EQ(run({"layout", "import", "-", "--name", "copy"}, exported.out).code, 0);
  auto copy = run({"layout", "export", "copy"}).json();
  copy.as_object()["name"] = "hall";
  EXPECT_EQ(copy, exported.json());
}

TEST_F(LayoutCommands, CsvComesBackWithTheSameSeats) {
  write("hall.json", hall);
  ASSERT_EQ(run({"layout", "import", "hall.json"}).code, 0);
  ASSERT_EQ(run({"layout", "export", "hall", "--format", "csv", "--output", "hall.csv"}).code, 0);
  const Said imported = run_json({"layout", "import", "hall.csv", "--name", "from-csv", "--description", "A hall"});
  ASSERT_EQ(imported.code, 0) << imported.out;
  EXPECT_EQ(imported.json().at("seats"), 10);
  const std::string first = run({"layout", "export", "hall", "--format", "csv"}).out;
  EXPECT_EQ(run({"layout", "export", "from-csv", "--format", "csv"}).out, first);
  EXPECT_EQ(run_json({"layout", "export", "hall", "--format", "csv"}).json().at("text"), first.c_str());
}

TEST_F(LayoutCommands, CheckStoresNothing) {
  write("hall.json", hall);
  const Said good = run_json({"layout", "check", "hall.json"});
  EXPECT_EQ(good.code, 0);
  EXPECT_EQ(good.json().at("sections"), 2);
  EXPECT_FALSE(std::filesystem::exists(path("box.db")));
}

TEST_F(LayoutCommands, BadOnesAreRefusedWithFieldAndLine) {
  const auto details = [this](const std::string& file, const std::string& text) {
    write(file, text);
    const Said said = run_json({"layout", "check", file});
    EXPECT_EQ(said.code, 2) << file << ": " << said.out;
    return said.json().at("error").at("details");
  };
  EXPECT_EQ(details("empty.json", R"({"name": "x", "description": "", "sections": []})").at("field").at(0), "sections");
  EXPECT_EQ(details("rows.json", R"({"name": "x", "sections": [
    {"name": "A", "rows": 0, "seatsPerRow": 4, "price": 1}]})")
                .at("field")
                .at(0),
            "sections[0].rows");
  EXPECT_EQ(
      details("price.csv", "section,rows,seats_per_row,price,start_row\nA,2,4,100,1\nB,2,4,-5,1\n").at("line").at(0),
      "3");
  EXPECT_EQ(details("twice.csv", "section,row,number,price\nA,1,1,100\nA,1,1,100\n").at("line").at(0), "3");
  details("broken.json", "{\"name\": ");
  details("text.csv", "hello\n");
  details("bytes.json", "{\"name\": \"\xff\xfe\", \"sections\": []}");
}

TEST_F(LayoutCommands, ANameThatIsTakenByAnotherIsRefused) {
  write("hall.json", hall);
  ASSERT_EQ(run({"layout", "import", "hall.json"}).code, 0);
  write("other.csv", "section,rows,seats_per_row,price,start_row\nA,2,4,100,1\n");
  const Said said = run_json({"layout", "import", "other.csv", "--name", "hall"});
  EXPECT_EQ(said.code, 1);
  EXPECT_EQ(said.error(), "already_exists");
}

TEST_F(LayoutCommands, AMissingFileAndAnUnknownLayoutAreSaid) {
  const Said missing = run({"layout", "import", "nowhere.json"});
  EXPECT_EQ(missing.code, 2);
  EXPECT_NE(missing.err.find("nowhere.json"), std::string::npos);
  EXPECT_EQ(run({"layout", "check", "."}).code, 2);
  seed();
  EXPECT_EQ(run({"layout", "export", "nowhere"}).code, 3);
  const Said unwritable = run({"layout", "export", "small_theater", "--output", "no/such/folder.json"});
  EXPECT_EQ(unwritable.code, 2);
  EXPECT_NE(unwritable.err.find("no/such/folder.json"), std::string::npos);
}

}  // namespace
}  // namespace tiketi::test
