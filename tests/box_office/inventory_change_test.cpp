// What may be changed of an event that is for sale already: the rules that every store asks.

#include <tiketi/box_office/inventory_change.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace tiketi::test {
namespace {

const EventId event_id{{7, 7}};
const TicketTypeId type_id{{2, 1}};

InventoryChange of(decltype(InventoryChange::what) what) { return {event_id, krw, std::move(what)}; }

/// 100 places: 40 numbered seats, of which 5 are blocked, and 65 of one ticket type; nothing is taken.
InventoryFacts free_facts() {
  InventoryFacts facts;
  facts.inventory = {event_id, krw, false, 100, 100};
  facts.seats = 40;
  facts.blocked_seats = 5;
  facts.stock = TicketStock{type_id, event_id, "Standing", 10'000, 65, 0, 0};
  return facts;
}

AddSeats two_seats() {
  AddSeats add;
  for (std::uint64_t i = 1; i <= 2; ++i) {
    Seat seat;
    seat.id = SeatId{{1, i}};
    seat.event_id = event_id;
    add.seats.push_back(seat);
  }
  add.seats[1].state.status = PlaceStatus::blocked;
  return add;
}

TEST(InventoryChangeRules, refuses_what_is_not_sound_and_names_the_field) {
  AddSeats foreign = two_seats();
  foreign.seats[1].event_id = EventId{{8, 8}};
  AddSeats held = two_seats();
  held.seats[0].state.status = PlaceStatus::held;
  const std::pair<InventoryChange, std::string> cases[] = {
      {{EventId{}, krw, RemoveSeats{}}, "event_id"},
      {of(AddSeats{}), "seats"},
      {of(foreign), "seats[1].event_id"},
      {of(held), "seats[0].state"},
      {of(PutStock{{}, "x", 1, 1}), "id"},
      {of(PutStock{type_id, "x", -1, 1}), "price_minor"},
      {of(PutStock{type_id, "x", 1, -1}), "total"},
  };
  for (const auto& [change, field] : cases) {
    const auto checked = box_office::check(change);
    ASSERT_TRUE(checked.has_error()) << field;
    EXPECT_EQ(checked.error().code, Errc::invalid_argument) << field;
    EXPECT_EQ(checked.error().detail("field"), field);
  }
  for (const InventoryChange& sound :
       {of(two_seats()), of(RemoveSeats{}), of(PutStock{type_id, "x", 0, 0}), of(Withdraw{})})
    EXPECT_TRUE(box_office::check(sound).has_value());
}

TEST(InventoryChangeRules, decides_on_what_is_stored) {
  struct Case {
    const char* name;
    InventoryChange change;
    void (*given)(InventoryFacts&);
    std::optional<Errc> refusal;
  };
  const auto as_it_is = [](InventoryFacts&) {};
  const auto without_seats = [](InventoryFacts& it) { it.seats = it.blocked_seats = 0; };
  const auto closed = [](InventoryFacts& it) { it.inventory.closed = true; };
  const auto taken = [](InventoryFacts& it) { it.stock->held = 20, it.stock->sold = 30, it.taken_seats = 1; };
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const Case cases[] = {
      {"seats for an event without", of(two_seats()), without_seats, {}},
      {"seats beside seats", of(two_seats()), as_it_is, Errc::already_exists},
      {"seats for a closed event", of(two_seats()),
       [](InventoryFacts& it) { it.seats = 0, it.inventory.closed = true; }, Errc::event_closed},
      {"more seats than fit", of(two_seats()),
       [](InventoryFacts& it) { it.seats = 0, it.inventory.total = std::numeric_limits<std::int64_t>::max(); },
       Errc::overflow},
      {"free seats go", of(RemoveSeats{}), as_it_is, {}},
      {"also of a closed event", of(RemoveSeats{}), closed, {}},
      {"taken seats stay", of(RemoveSeats{}), taken, Errc::has_reservations},
      {"a new ticket type", of(PutStock{type_id, "x", 1, 9}), [](InventoryFacts& it) { it.stock.reset(); }, {}},
      {"down to what is taken", of(PutStock{type_id, "x", 1, 50}), taken, {}},
      {"below what is taken", of(PutStock{type_id, "x", 1, 49}), taken, Errc::has_reservations},
      {"down to nothing", of(PutStock{type_id, "x", 1, 0}), as_it_is, {}},
      {"another event's", of(PutStock{type_id, "x", 1, 99}),
       [](InventoryFacts& it) {
         it.stock->event_id = EventId{{9, 9}};
       },
       Errc::ticket_type_other_event},
      {"of a closed event", of(PutStock{type_id, "x", 1, 99}), closed, Errc::event_closed},
      {"the last that fits", of(PutStock{type_id, "x", 1, most - 35}), as_it_is, {}},
      {"one more", of(PutStock{type_id, "x", 1, most - 34}), as_it_is, Errc::overflow},
      {"an untouched event goes", of(Withdraw{}), as_it_is, {}},
      {"one with a pending reservation", of(Withdraw{}), [](InventoryFacts& it) { it.inventory.reservations[0] = 1; },
       Errc::has_reservations},
      {"one with an expired reservation", of(Withdraw{}), [](InventoryFacts& it) { it.inventory.reservations[3] = 1; },
       Errc::has_reservations},
  };
  for (const Case& each : cases) {
    InventoryFacts facts = free_facts();
    each.given(facts);
    const auto admitted = box_office::admit(each.change, facts);
    EXPECT_EQ(admitted.has_error() ? std::optional(admitted.error().code) : std::nullopt, each.refusal) << each.name;
  }
}

TEST(InventoryChangeRules, says_how_many_are_taken) {
  InventoryFacts facts = free_facts();
  facts.stock->held = 20;
  facts.stock->sold = 30;
  facts.taken_seats = 3;
  const Error low = box_office::admit(of(PutStock{type_id, "x", 1, 49}), facts).error();
  EXPECT_EQ(low.detail("taken"), "50");
  EXPECT_EQ(low.detail("ticket_type"), type_id.text());
  EXPECT_EQ(box_office::admit(of(RemoveSeats{}), facts).error().detail("taken"), "3");
}

TEST(InventoryChangeRules, counts_the_places_that_come_and_go) {
  InventoryFacts facts = free_facts();
  facts.inventory.available = 60;
  const auto counts = [&](const InventoryChange& change) {
    const EventInventory after = box_office::after(change, facts);
    return std::pair(after.total, after.available);
  };
  EXPECT_EQ(counts(of(two_seats())), std::pair(std::int64_t{101}, std::int64_t{61}));
  EXPECT_EQ(counts(of(RemoveSeats{})), std::pair(std::int64_t{65}, std::int64_t{25}));
  EXPECT_EQ(counts(of(PutStock{type_id, "x", 1, 70})), std::pair(std::int64_t{105}, std::int64_t{65}));
  EXPECT_EQ(counts(of(PutStock{type_id, "x", 1, 60})), std::pair(std::int64_t{95}, std::int64_t{55}));
  EXPECT_EQ(counts(of(Withdraw{})), std::pair(std::int64_t{0}, std::int64_t{0}));
  EXPECT_TRUE(box_office::after(of(Withdraw{}), facts).closed);
  facts.stock.reset();
  EXPECT_EQ(counts(of(PutStock{type_id, "x", 1, 9})), std::pair(std::int64_t{109}, std::int64_t{69}));
}

}  // namespace
}  // namespace tiketi::test
