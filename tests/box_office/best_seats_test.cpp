// Which seat maps are kept for those who want the best seats (BO8), and for how long.

#include "core/box_office/best_seats.hpp"
#include "box_office/hall.hpp"

namespace tiketi::test {
namespace {

using box_office::BestSeats;
using box_office::max_map_age_ms;

constexpr std::size_t seats_of_an_event = 16;

struct Maps {
  explicit Maps(std::size_t max_seats = box_office::max_known_seats) : best(max_seats) {}

  /// Holds one seat and gives it back at once. Whoever asks again gets another one from a map that was kept, where it
  /// is marked, and the same from one that was loaded anew.
  std::string take(EventId event) {
    hall.clock.advance(1);
    const ReserveBest command{event, hall.ids.next<UserId>(), 1, {}, {}, {}};
    const Reservation held = best.reserve(desk, {&command, 1}).front().value().reservation;
    hall.office.cancel({held.id, {}}).value();
    return held.lines.at(0).label;
  }

  Hall hall;
  box_office::Desk desk{hall.stores->box_office(), hall.directory, hall.clock, hall.ids, {}};
  BestSeats best;
};

TEST(BestSeatsMaps, AMapIsUsedForASecond) {
  Maps maps;
  const std::string first = maps.take(maps.hall.event);
  EXPECT_NE(maps.take(maps.hall.event), first);
  maps.hall.clock.advance(max_map_age_ms);
  EXPECT_EQ(maps.take(maps.hall.event), first);
}

TEST(BestSeatsMaps, MapsThatAreTooOldAreDroppedWhenAnotherIsLoaded) {
  Maps maps;
  for (int i = 0; i < 5; ++i) maps.take(maps.hall.open_event());
  EXPECT_EQ(maps.best.known_seats(), 5 * seats_of_an_event);
  maps.hall.clock.advance(max_map_age_ms);
  maps.take(maps.hall.event);
  EXPECT_EQ(maps.best.known_seats(), seats_of_an_event);
}

TEST(BestSeatsMaps, BeyondSoManySeatsTheMapLoadedLongestAgoGoes) {
  Maps maps(2 * seats_of_an_event + 8);
  const EventId low = maps.hall.open_event();
  const EventId middle = maps.hall.open_event();
  const EventId high = maps.hall.open_event();
  ASSERT_LT(low, high);
  const std::string first = maps.take(high);
  maps.take(middle);
  maps.take(low);
  EXPECT_EQ(maps.best.known_seats(), 2 * seats_of_an_event);
  EXPECT_NE(maps.take(middle), first) << "is kept";
  EXPECT_NE(maps.take(low), first) << "is kept";
  EXPECT_EQ(maps.take(high), first) << "has gone";
  EXPECT_EQ(maps.best.known_seats(), 2 * seats_of_an_event);
}

TEST(BestSeatsMaps, OneIsKeptHoweverLargeItIs) {
  Maps maps(seats_of_an_event - 1);
  const std::string first = maps.take(maps.hall.event);
  EXPECT_NE(maps.take(maps.hall.event), first);
  maps.take(maps.hall.open_event());
  EXPECT_EQ(maps.best.known_seats(), seats_of_an_event);
}

TEST(BestSeatsMaps, NothingIsKeptOfEventsThatAreNotThere) {
  Maps maps;
  const ReserveBest command{EventId{{1, 1}}, maps.hall.customer, 1, {}, {}, {}};
  EXPECT_EQ(code_of(maps.best.reserve(maps.desk, {&command, 1}).front()), Errc::event_not_found);
  EXPECT_EQ(maps.best.known_seats(), 0U);
}

}  // namespace
}  // namespace tiketi::test
