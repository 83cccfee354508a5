// The ports between catalogue and box office in one process.

#include "catalog/samples.hpp"
#include "support/fakes.hpp"

#include <tiketi/adapters/local.hpp>
#include <tiketi/adapters/memory.hpp>

#include <algorithm>

namespace tiketi::test {
namespace {

class LocalPorts : public ::testing::Test {
 protected:
  FakeClock clock;
  CountingIds ids{clock};
  std::unique_ptr<Stores> stores = memory::make_stores();
  std::unique_ptr<Inventory> inventory = local::make_inventory(stores->box_office(), ids);
  std::unique_ptr<EventDirectory> directory = local::make_event_directory(stores->catalog());

  Event event = [this] {
    Event made = concert();
    made.id = ids.next<EventId>();
    made.version = 1;
    return made;
  }();
};

TEST_F(LocalPorts, CA5_LoadCopiesSeatsInTheOrderOfTheirIds) {
  SeatLayout layout = small_theater();
  layout.sections[2].blocked = {{16, 20}};
  const std::vector<GeneratedSeat> seats = catalog::generate_seats(layout);
  ASSERT_TRUE(inventory->load(event, &layout, seats, {}));
  const SeatMap map = stores->box_office().seat_map(event.id).value();
  ASSERT_EQ(map.size(), seats.size());
  for (std::size_t i = 0; i < seats.size(); ++i) {
    const SeatPlace& place = (*map.places)[i];
    EXPECT_TRUE(i == 0 || (*map.places)[i - 1].id < place.id);
    EXPECT_EQ((*map.sections)[place.section], layout.sections[seats[i].section].name);
    EXPECT_EQ((SeatPosition{place.row, place.number}), seats[i].position);
    EXPECT_EQ(place.price_minor, seats[i].price_minor);
    EXPECT_EQ(std::pair(place.x, place.y), std::pair(seats[i].x, seats[i].y));
    EXPECT_EQ(map.live[i].status, seats[i].blocked ? PlaceStatus::blocked : PlaceStatus::available);
  }
  EXPECT_EQ(inventory->availability(std::span<const EventId>(&event.id, 1)).value()[0], (Availability{264, 264}));
}

TEST_F(LocalPorts, CA6_LoadCopiesTicketTypesAndRefusesASecondLoad) {
  TicketType type = standing();
  type.id = ids.next<TicketTypeId>();
  type.event_id = event.id;
  ASSERT_TRUE(inventory->load(event, nullptr, {}, {&type, 1}));
  EXPECT_EQ(inventory->load(event, nullptr, {}, {&type, 1}).error().code, Errc::already_exists);
  const std::vector<TicketTypeId> asked{TicketTypeId{{7, 7}}, type.id};
  const auto answer = inventory->availability(std::span<const TicketTypeId>(asked)).value();
  EXPECT_EQ(answer[0], std::nullopt);
  EXPECT_EQ(answer[1], (Availability{400, 400}));
  const TicketStock stock = stores->box_office().stock_of(event.id).value().at(0);
  EXPECT_EQ(stock.name, type.name);
  EXPECT_EQ(stock.price_minor, type.price.minor);
}

TEST_F(LocalPorts, CA3_AvailabilityAnswersInOrderAndTellsWhatHasNoPlaces) {
  const std::vector<EventId> asked{EventId{{1, 1}}, event.id};
  TicketType type = standing();
  type.id = ids.next<TicketTypeId>();
  ASSERT_TRUE(inventory->load(event, nullptr, {}, {&type, 1}));
  const auto answer = inventory->availability(std::span<const EventId>(asked)).value();
  ASSERT_EQ(answer.size(), 2u);
  EXPECT_EQ(answer[0], std::nullopt);
  EXPECT_EQ(answer[1], (Availability{400, 400}));
  EXPECT_TRUE(inventory->sold_out().value().empty());
  EXPECT_EQ(inventory->close(EventId{{1, 1}}).error().code, Errc::event_not_found);
}

TEST_F(LocalPorts, BO5_TheDirectoryTellsTheTermsOfSale) {
  event.limits = {.per_reservation = 4, .per_buyer = 8};
  event.cancelled = true;
  const CatalogChange change = PutEvent{0, event};
  ASSERT_TRUE(stores->catalog().commit({&change, 1}).value()[0]);
  const std::vector<EventId> asked{EventId{{1, 1}}, event.id};
  const auto terms = directory->terms(asked).value();
  ASSERT_EQ(terms.size(), 2u);
  EXPECT_FALSE(terms[0]);
  ASSERT_TRUE(terms[1]);
  EXPECT_EQ(terms[1]->event_id, event.id);
  EXPECT_EQ(terms[1]->sale_start, event.sale_start);
  EXPECT_EQ(terms[1]->sale_end, event.sale_end);
  EXPECT_TRUE(terms[1]->cancelled);
  EXPECT_EQ(terms[1]->limit_per_reservation, 4);
  EXPECT_EQ(terms[1]->limit_per_buyer, 8);
}

}  // namespace
}  // namespace tiketi::test
