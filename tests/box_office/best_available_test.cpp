// BO8: the best seats beside each other, without leaving a single one alone where that can be avoided.

#include "hall.hpp"

#include <tiketi/box_office/best_available.hpp>

#include <random>
#include <set>

namespace tiketi::test {
namespace {

using box_office::best_available;

constexpr Timestamp now{1'795'136'400'000};
const EventId event{make_uuid_v7(now.ms, {0, 1})};
const UserId user{make_uuid_v7(now.ms, {0, 2})};

struct Section {
  std::string name;
  std::int64_t price = 0;
  std::vector<std::string> rows;  ///< a letter a seat: '.' free, 'x' taken, 'e' under a hold that is over, ' ' no seat
};

SeatMap map_of(const std::vector<Section>& drawn) {
  std::vector<std::string> names;
  std::vector<SeatPlace> places;
  SeatMap map{event, krw, nullptr, nullptr, {}, 0};
  for (const Section& section : drawn) {
    names.push_back(section.name);
    for (std::size_t row = 0; row < section.rows.size(); ++row)
      for (std::size_t i = 0; i < section.rows[row].size(); ++i) {
        const char c = section.rows[row][i];
        if (c == ' ') continue;
        const SeatId id{make_uuid_v7(now.ms, {1, places.size()})};
        places.push_back({id, static_cast<std::uint32_t>(names.size() - 1), static_cast<std::int32_t>(row + 1),
                          static_cast<std::int32_t>(i + 1), 0, 0, section.price});
        map.live.push_back({c == '.' ? PlaceStatus::available : PlaceStatus::held, 1,
                            c == 'x'   ? now.plus_ms(1)
                            : c == 'e' ? now
                                       : Timestamp{}});
      }
  }
  map.sections = std::make_shared<const std::vector<std::string>>(std::move(names));
  map.places = std::make_shared<const std::vector<SeatPlace>>(std::move(places));
  return map;
}

ReserveBest want(std::int32_t quantity, std::string section = {}, std::optional<std::int64_t> max_price = {}) {
  return {event, user, quantity, std::move(section), max_price, {}};
}

/// The chosen seats' labels, or the name of the refusal.
std::vector<std::string> choose(const std::vector<Section>& drawn, const ReserveBest& command) {
  const SeatMap map = map_of(drawn);
  const auto seats = best_available(map, command, now);
  if (seats.has_error()) return {std::string(name(seats.error().code))};
  std::vector<std::string> out;
  for (const SeatId seat : *seats) out.push_back(map.label(*map.find(seat)));
  return out;
}

using Labels = std::vector<std::string>;

TEST(BestAvailable, BO8_TakesTheDearestSectionThenTheOrderOfTheMap) {
  EXPECT_EQ(choose({{"A", 1, {"..."}}, {"B", 9, {"..."}}, {"C", 9, {"..."}}}, want(3)),
            (Labels{"B-1-1", "B-1-2", "B-1-3"}));
}

TEST(BestAvailable, BO8_TakesTheFrontRow) {
  EXPECT_EQ(choose({{"A", 1, {"x..", "..."}}}, want(2)), (Labels{"A-1-2", "A-1-3"}));
}

TEST(BestAvailable, BO8_TakesTheMiddleOfTheRow) {
  EXPECT_EQ(choose({{"A", 1, {"......."}}}, want(3)), (Labels{"A-1-3", "A-1-4", "A-1-5"}));
  EXPECT_EQ(choose({{"A", 1, {"......"}}}, want(2)), (Labels{"A-1-3", "A-1-4"}));
}

TEST(BestAvailable, BO8_LeavesNoSingleSeatAlone) {
  // The middle would leave one seat on either side.
  EXPECT_EQ(choose({{"A", 1, {"...."}}}, want(2)), (Labels{"A-1-1", "A-1-2"}));
  // A cheaper section's row is filled up rather than a dear one torn.
  EXPECT_EQ(choose({{"A", 9, {"..."}}, {"B", 1, {".."}}}, want(2)), (Labels{"B-1-1", "B-1-2"}));
  // A single free seat is not made alone by taking it.
  EXPECT_EQ(choose({{"A", 1, {"x.x.."}}}, want(1)), (Labels{"A-1-2"}));
}

TEST(BestAvailable, BO8_LeavesOneAloneIfThereIsNoOtherWay) {
  EXPECT_EQ(choose({{"A", 1, {"..."}}}, want(2)).size(), 2U);
  EXPECT_EQ(choose({{"A", 9, {"..."}}, {"B", 1, {".."}}}, want(2, "A")).front().substr(0, 1), "A")
      << "only the asked sections count";
}

TEST(BestAvailable, BO8_GapsAndTakenSeatsPartARow) {
  EXPECT_EQ(choose({{"A", 1, {".. .."}}}, want(3)), Labels{"no_best_seats"});
  EXPECT_EQ(choose({{"A", 1, {"..x.."}}}, want(3)), Labels{"no_best_seats"});
  EXPECT_EQ(choose({{"A", 1, {"..", ".."}}}, want(3)), Labels{"no_best_seats"}) << "rows are not beside each other";
  EXPECT_EQ(choose({{"A", 1, {".."}}, {"B", 1, {".."}}}, want(3)), Labels{"no_best_seats"});
}

TEST(BestAvailable, BO4_SeatsUnderHoldsThatAreOverAreFree) {
  EXPECT_EQ(choose({{"A", 1, {"xee"}}}, want(2)), (Labels{"A-1-2", "A-1-3"}));
}

TEST(BestAvailable, BO8_KeepsToSectionAndPrice) {
  const std::vector<Section> hall{{"A", 90, {"...."}}, {"B", 50, {"...."}}, {"C", 10, {"...."}}};
  EXPECT_EQ(choose(hall, want(2, "C")).front().substr(0, 1), "C");
  EXPECT_EQ(choose(hall, want(2, "", 50)).front().substr(0, 1), "B");
  EXPECT_EQ(choose(hall, want(2, "", 49)).front().substr(0, 1), "C");
  EXPECT_EQ(choose(hall, want(2, "", 9)), Labels{"no_best_seats"});
  EXPECT_EQ(choose(hall, want(2, "A", 50)), Labels{"no_best_seats"});
  EXPECT_EQ(choose(hall, want(2, "D")), Labels{"seat_not_found"});
}

TEST(BestAvailable, BO8_EventsWithoutSeatsHaveNone) {
  EXPECT_EQ(choose({}, want(1)), Labels{"no_best_seats"});
  EXPECT_EQ(code_of(best_available(SeatMap{}, want(1), now)), Errc::no_best_seats);
  EXPECT_EQ(error_of(best_available(SeatMap{}, want(3), now)).detail("quantity"), "3");
}

/// Every run of free seats beside each other, by the plainest search there is.
struct Candidate {
  Labels labels;
  bool leaves_orphan = false;
  std::int64_t price = 0;
};

std::vector<Candidate> all_runs(const std::vector<Section>& hall, std::size_t quantity) {
  std::vector<Candidate> out;
  for (const Section& section : hall)
    for (std::size_t row = 0; row < section.rows.size(); ++row) {
      const std::string& seats = section.rows[row];
      const auto is_free = [&](std::size_t at) { return at < seats.size() && (seats[at] == '.' || seats[at] == 'e'); };
      const auto is_alone = [&](std::size_t at, std::size_t side) { return is_free(at) && !is_free(side); };
      for (std::size_t first = 0; first + quantity <= seats.size(); ++first) {
        Candidate run{{}, false, section.price};
        for (std::size_t i = first; i < first + quantity && is_free(i); ++i)
          run.labels.push_back(section.name + '-' + std::to_string(row + 1) + '-' + std::to_string(i + 1));
        if (run.labels.size() != quantity) continue;
        const bool left = first > 0 && is_alone(first - 1, first - 2);
        const bool right = is_alone(first + quantity, first + quantity + 1);
        run.leaves_orphan = left || right;
        out.push_back(std::move(run));
      }
    }
  return out;
}

TEST(BestAvailable, BO8_AgreesWithAnExhaustiveSearchOnRandomHalls) {
  std::mt19937 random(8);
  for (int round = 0; round < 5'000; ++round) {
    std::vector<Section> hall;
    for (const char* section : {"A", "B"}) {
      Section drawn{section, static_cast<std::int64_t>(random() % 3), {}};
      for (auto row = random() % 3 + 1; row > 0; --row) {
        std::string& seats = drawn.rows.emplace_back(1 + random() % 7, '.');
        for (char& seat : seats) seat = "....xxe "[random() % 8];
      }
      hall.push_back(std::move(drawn));
    }
    const std::size_t quantity = 1 + random() % 4;
    const Labels chosen = choose(hall, want(static_cast<std::int32_t>(quantity)));
    const auto runs = all_runs(hall, quantity);
    if (runs.empty()) {
      ASSERT_EQ(chosen, Labels{"no_best_seats"});
      continue;
    }
    const auto is_chosen = [&](const Candidate& run) { return run.labels == chosen; };
    const auto at = std::find_if(runs.begin(), runs.end(), is_chosen);
    ASSERT_NE(at, runs.end()) << "round " << round << ": " << chosen.front() << " does not begin a free run";
    for (const Candidate& run : runs) {
      ASSERT_FALSE(at->leaves_orphan && !run.leaves_orphan) << "round " << round << ": a single seat is left alone";
      if (run.leaves_orphan == at->leaves_orphan) {
        ASSERT_LE(run.price, at->price) << "round " << round << ": dearer seats were free";
      }
    }
  }
}

}  // namespace
}  // namespace tiketi::test
