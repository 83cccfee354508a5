// seed, events, event, seats: what the catalogue shows.

#include "cli/program.hpp"

#include <algorithm>
#include <set>

namespace tiketi::test {
namespace {

class CatalogueCommands : public Program {
 protected:
  std::set<std::string> titles(const Words& words) const {
    std::set<std::string> out;
    const auto page = run_json(words).json();
    for (const auto& event : page.at("events").as_array()) out.emplace(event.at("title").as_string().c_str());
    return out;
  }
};

TEST_F(CatalogueCommands, SeedLoadsTheWholeSampleAndAgainAddsNothing) {
  const auto first = run_json({"seed"}).json();
  EXPECT_EQ(first.at("created"), 25);
  EXPECT_EQ(first.at("layouts"), 4);
  const auto second = run_json({"seed"}).json();
  EXPECT_EQ(second.at("created"), 0);
  EXPECT_EQ(second.at("present"), 25);
  EXPECT_EQ(second.at("places"), first.at("places"));
  EXPECT_EQ(number("SELECT count(*) FROM events"), 25);
  EXPECT_EQ(number("SELECT count(*) FROM keyword_mappings"), 31);
  EXPECT_EQ(number("SELECT count(*) FROM seats") + number("SELECT sum(total) FROM ticket_stock"), first.at("places"));
  std::vector<std::int64_t> seats;
  const auto layouts = run_json({"layout", "list"}).json();
  for (const auto& layout : layouts.at("layouts").as_array()) seats.push_back(layout.at("seats").as_int64());
  EXPECT_EQ(seats, (std::vector<std::int64_t>{265, 1250, 4900, 48000}));
}

TEST_F(CatalogueCommands, SeedCompletesWhatACrashLeftUndone) {
  seed();
  sql("DELETE FROM seats WHERE event_id = (SELECT id FROM events WHERE title = 'Super Shy');"
      "DELETE FROM inventories WHERE event_id = (SELECT id FROM events WHERE title = 'Super Shy')");
  const auto again = run_json({"seed"}).json();
  EXPECT_EQ(again.at("created"), 1);
  EXPECT_EQ(run_json({"event", "Super Shy"}).json().at("available"), 265);
  EXPECT_EQ(run({"verify"}).code, 0);
}

TEST_F(CatalogueCommands, SeedReplaceMovesAnOldSampleToToday) {
  ASSERT_EQ(run({"seed"}).code, 0);
  const std::string dates = "SELECT event_date || ' ' || sale_start || ' ' || sale_end FROM events ORDER BY id";
  const auto today = sql(dates);
  sql("UPDATE events SET event_date = event_date - 8640000000, sale_start = sale_start - 8640000000, "
      "sale_end = sale_end - 8640000000");
  EXPECT_EQ(run_json({"seed"}).json().at("updated"), 0);
  EXPECT_NE(sql(dates), today);
  EXPECT_EQ(run_json({"seed", "--replace"}).json().at("updated"), 25);
  EXPECT_EQ(sql(dates), today);
}

TEST_F(CatalogueCommands, SampleDatesAreTakenInSeoul) {
  seed();
  const auto event = run_json({"event", "흠뻑쇼"}).json();
  const auto ends_with = [](const boost::json::value& time, std::string_view end) {
    return std::string_view(time.as_string()).ends_with(end);
  };
  EXPECT_TRUE(ends_with(event.at("event_date"), "T10:00:00.000Z"));  // 19:00 in Seoul
  EXPECT_TRUE(ends_with(event.at("sale_start"), "T00:00:00.000Z"));  // 09:00
  EXPECT_TRUE(ends_with(event.at("sale_end"), "T14:59:59.000Z"));    // 23:59:59
}

TEST_F(CatalogueCommands, AnEventWithLayoutAndTicketTypesSellsBoth) {
  seed();
  const auto event = run_json({"event", "Winter Concert Tour in Seoul"}).json();
  EXPECT_EQ(event.at("capacity"), 265 + 400);
  EXPECT_EQ(event.at("ticket_types").as_array().size(), 1U);
  EXPECT_EQ(run_json({"seats", "Winter Concert Tour in Seoul"}).json().at("seats").as_array().size(), 265U);
}

TEST_F(CatalogueCommands, ScaleMakesAsManyEventsAndSeatsAsAskedOnce) {
  for (const int created : {60, 0}) {
    const Said said = run_json({"seed", "--scale", "--events", "60", "--seats", "31"});
    ASSERT_EQ(said.code, 0) << said.err;
    EXPECT_EQ(said.json().at("created"), created);
    EXPECT_TRUE(said.err.empty()) << "no progress bar where there is no terminal: " << said.err;
    EXPECT_EQ(number("SELECT count(*) FROM events"), 60);
    EXPECT_EQ(number("SELECT count(*) FROM seats"), 60 * 31);
  }
  EXPECT_EQ(run_json({"events", "--status", "on_sale"}).json().at("total"), 60);
}

TEST_F(CatalogueCommands, EventsAreFilteredPagedAndCounted) {  // CA3
  seed();
  const auto page = run_json({"events", "--page", "3", "--limit", "10"}).json();
  EXPECT_EQ(page.at("total"), 25);
  EXPECT_EQ(page.at("events").as_array().size(), 5U);
  EXPECT_EQ(run_json({"events"}).json().at("events").as_array().size(), 10U);
  EXPECT_EQ(run_json({"events", "--status", "cancelled"}).json().at("total"), 0);
  EXPECT_GE(run_json({"events", "--status", "upcoming"}).json().at("total").as_int64(), 20);
  EXPECT_NE(run({"events"}).out.find("10 of 25 events, page 1 of 3"), std::string::npos);
}

TEST_F(CatalogueCommands, SearchFindsAcrossLanguagesAndMisspellings) {  // CA4
  seed();
  EXPECT_EQ(titles({"events", "--search", "psy"}), std::set<std::string>{"흠뻑쇼"});
  EXPECT_EQ(titles({"events", "--search", "싸이"}), std::set<std::string>{"흠뻑쇼"});
  EXPECT_EQ(titles({"events", "--search", "방탄소년단"}), std::set<std::string>{"World Tour Seoul"});
  EXPECT_TRUE(titles({"events", "--search", "blackpinc"}).count("Born Pink"));
  EXPECT_EQ(titles({"events", "--search", "%"}).size(), 0U);
}

TEST_F(CatalogueCommands, AnEventIsNamedByIdTitleOrAPartOfIt) {
  seed();
  const std::string id(run_json({"event", "싸이"}).json().at("id").as_string());
  EXPECT_EQ(run_json({"event", id}).json().at("title"), "흠뻑쇼");
  EXPECT_EQ(run_json({"event", "흠뻑쇼"}).json().at("id"), id.c_str());
  EXPECT_EQ(run_json({"event", "zungle"}).json().at("title"), "King of the Zungle");
  EXPECT_EQ(run_json({"event", "019b76da-a800-7000-8000-000000000000"}).error(), "event_not_found");
  EXPECT_EQ(run({"event", "qqqqqqqq"}).code, 3);
  const Said several = run_json({"event", "ZICO"});
  EXPECT_EQ(several.code, 2);
  EXPECT_EQ(several.json().at("error").at("details").at("event").as_array().size(), 2U);
}

TEST_F(CatalogueCommands, AMisspeltEventIsSuggestedButNotActedUpon) {
  seed();
  const Said said = run_json({"best-available", "blackpinc", "--user", "mina"});
  EXPECT_EQ(said.error(), "event_not_found");
  const std::string suggested(said.json().at("error").at("details").at("event").at(0).as_string());
  EXPECT_NE(suggested.find("Born Pink"), std::string::npos);
}

TEST_F(CatalogueCommands, SeatsAreDrawnInPlainTextAndCounted) {
  seed();
  ASSERT_EQ(run({"reserve", "Winter Concert Tour in Seoul", "--user", "mina", "--seat", "VIP-1-3"}).code, 0);
  const Said drawn = run({"seats", "Winter Concert Tour in Seoul"});
  EXPECT_NE(drawn.out.find("  1 ..h.......\n"), std::string::npos) << drawn.out;
  EXPECT_NE(drawn.out.find(". free 264   h held 1   X sold 0   # blocked 0"), std::string::npos) << drawn.out;
  EXPECT_EQ(drawn.out.find('\x1b'), std::string::npos) << "no colours where there is no terminal";
  const auto counts = run_json({"seats", "Winter Concert Tour in Seoul", "--section", "VIP"}).json().at("counts");
  EXPECT_EQ(counts.at("available"), 29);
  EXPECT_EQ(counts.at("held"), 1);
  EXPECT_EQ(run({"seats", "Winter Concert Tour in Seoul", "--section", "nowhere"}).code, 3);
}

TEST_F(CatalogueCommands, AStadiumIsDrawnBySectionUnlessAskedOtherwise) {
  seed();
  const Said condensed = run({"seats", "흠뻑쇼"});
  EXPECT_NE(condensed.out.find("3F-20"), std::string::npos);
  EXPECT_LT(std::count(condensed.out.begin(), condensed.out.end(), '\n'), 70);
  const Said section = run({"seats", "흠뻑쇼", "--section", "2F-07"});
  EXPECT_EQ(std::count(section.out.begin(), section.out.end(), '\n'), 1 + 1 + 25 + 1);
  EXPECT_EQ(run_json({"seats", "흠뻑쇼"}).json().at("seats").as_array().size(), 48000U);
}

}  // namespace
}  // namespace tiketi::test
