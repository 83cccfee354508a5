// BO1: what can be put up for sale, and what is refused by name of the field.

#include <tiketi/adapters/memory.hpp>
#include <tiketi/box_office/rules.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace tiketi::test {
namespace {

SeatId seat_id(std::uint64_t number) { return SeatId{{1, number}}; }

NewInventory sound() {
  NewInventory inventory;
  inventory.event_id = EventId{{7, 7}};
  for (std::uint64_t i = 1; i <= 3; ++i) {
    Seat seat;
    seat.id = seat_id(i);
    seat.event_id = inventory.event_id;
    seat.section = "A";
    seat.row = 1;
    seat.number = static_cast<std::int32_t>(i);
    inventory.seats.push_back(seat);
  }
  TicketStock stock;
  stock.id = TicketTypeId{{2, 1}};
  stock.event_id = inventory.event_id;
  stock.total = 10;
  inventory.stock = {stock, stock};
  inventory.stock[1].id = TicketTypeId{{2, 2}};
  return inventory;
}

TEST(NewInventoryRules, BO1_AcceptsFreeAndBlockedSeatsAndStock) {
  NewInventory inventory = sound();
  inventory.seats[1].state.status = PlaceStatus::blocked;
  EXPECT_TRUE(box_office::check(inventory).has_value());
}

TEST(NewInventoryRules, BO1_RefusesWhatIsNotSoundAndNamesTheField) {
  struct Case {
    const char* field;
    void (*spoil)(NewInventory&);
    Errc code = Errc::invalid_argument;
  };
  const Case cases[] = {
      {"event_id", [](NewInventory& it) { it.event_id = {}; }},
      {"seats[0].id", [](NewInventory& it) { it.seats[0].id = {}; }},
      {"seats[2].id", [](NewInventory& it) { it.seats[2].id = seat_id(2); }},
      {"seats[1].id", [](NewInventory& it) { std::swap(it.seats[0], it.seats[1]); }},
      {"seats[1].event_id",
       [](NewInventory& it) {
         it.seats[1].event_id = EventId{{8, 8}};
       }},
      {"seats[1].price_minor", [](NewInventory& it) { it.seats[1].price_minor = -1; }},
      {"seats[2].state", [](NewInventory& it) { it.seats[2].state.status = PlaceStatus::sold; }},
      {"stock[1].id", [](NewInventory& it) { it.stock[1].id = it.stock[0].id; }},
      {"stock[0].id", [](NewInventory& it) { it.stock[0].id = {}; }},
      {"stock[0].event_id",
       [](NewInventory& it) {
         it.stock[0].event_id = EventId{{8, 8}};
       }},
      {"stock[0].price_minor", [](NewInventory& it) { it.stock[0].price_minor = -1; }},
      {"stock[0].total", [](NewInventory& it) { it.stock[0].total = -1; }},
      {"stock[1].held", [](NewInventory& it) { it.stock[1].held = 1; }},
      {"stock", [](NewInventory& it) { it.stock[1].total = std::numeric_limits<std::int64_t>::max(); }, Errc::overflow},
  };
  for (const Case& each : cases) {
    NewInventory inventory = sound();
    each.spoil(inventory);
    const Result<void> checked = box_office::check(inventory);
    ASSERT_TRUE(checked.has_error()) << each.field;
    EXPECT_EQ(checked.error().code, each.code) << each.field;
    const Error error = checked.error();
    EXPECT_EQ(error.detail("field"), each.field);
  }
}

TEST(NewInventoryRules, BO1_AStoreRefusesItToo) {
  NewInventory inventory = sound();
  std::swap(inventory.seats[0], inventory.seats[1]);
  const auto stores = memory::make_stores();
  const Result<void> loaded = stores->box_office().load(inventory);
  ASSERT_TRUE(loaded.has_error());
  EXPECT_EQ(loaded.error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace tiketi::test
