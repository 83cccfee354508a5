// What admins change of an event that is for sale: ticket types, seats, and whether it is there at all. On the memory
// stores; the simulator of sales is the box office's own storage.

#include "catalog/interruptions.hpp"
#include "catalog/samples.hpp"
#include "support/fakes.hpp"
#include "verify.hpp"

#include <tiketi/adapters/local.hpp>
#include <tiketi/adapters/memory.hpp>
#include <tiketi/box_office/box_office.hpp>

#include <algorithm>
#include <atomic>
#include <thread>

namespace tiketi::test {
namespace {

const Error power_cut{Errc::unavailable, "the power went"};

class OfferChangesTest : public ::testing::Test {
 protected:
  FakeClock clock;
  CountingIds ids{clock};
  std::unique_ptr<Stores> stores = memory::make_stores();
  std::unique_ptr<Inventory> real_inventory = local::make_inventory(stores->box_office(), ids);
  std::unique_ptr<EventDirectory> directory = local::make_event_directory(stores->catalog());
  InterruptedStore store{stores->catalog()};
  InterruptedInventory inventory{*real_inventory};
  Catalog catalog{store, inventory, clock, ids};
  BoxOffice box_office{stores->box_office(), *directory, clock, ids};

  OfferChangesTest() { clock.set(concert().sale_start); }

  /// Whatever was done, catalogue and box office agree at the end.
  void TearDown() override {
    const auto findings = verify_all(*stores, *real_inventory);
    ASSERT_TRUE(findings.has_value());
    for (const Finding& each : *findings) ADD_FAILURE() << each.invariant << ": " << each.what;
  }

  Event create(std::vector<TicketType> types = {standing()}, std::optional<SeatLayoutId> layout = {}) {
    NewEvent wanted{.event = concert(), .ticket_types = std::move(types)};
    wanted.event.layout_id = layout;
    return catalog.create({std::move(wanted)}).front().value();
  }
  SeatLayoutId theater() { return catalog.add_layout(small_theater()).value().id; }
  Event stored(EventId id) { return catalog.detail(id).value().summary.event; }
  TicketType type_of(EventId id) { return catalog.detail(id).value().ticket_types.at(0).type; }
  Availability availability(EventId id) {
    return catalog.detail(id).value().summary.availability.value_or(Availability{});
  }

  TicketType more(EventId event, std::string name = "Late", std::int64_t price = 30'000, std::int64_t quantity = 50) {
    TicketType type = standing(std::move(name), price, quantity);
    type.event_id = event;
    return type;
  }
  static EditTicketType total(TicketTypeId id, std::int64_t quantity) { return {.id = id, .total_quantity = quantity}; }
  Result<Reserved> reserve(EventId event, TicketTypeId type, std::int64_t quantity) {
    return box_office.reserve(Reserve{.event_id = event, .user_id = ids.next<UserId>(), .tickets = {{type, quantity}}});
  }
  Result<Reserved> reserve_seats(EventId event, std::int32_t quantity) {
    return box_office.reserve_best(ReserveBest{.event_id = event, .user_id = ids.next<UserId>(), .quantity = quantity});
  }
  /// The next change of the stock fails as if the process died before it.
  void die_before_stock() {
    inventory.before_change = [] { return power_cut; };
  }
  void die_before_commit(int nth) {
    store.before_commit = [nth, count = 0]() mutable {
      return ++count == nth ? std::optional(power_cut) : std::nullopt;
    };
  }
  void live_again() {
    inventory.before_change = [] { return std::optional<Error>(); };
    store.before_commit = nullptr;
  }
};

TEST_F(OfferChangesTest, CA6_AnAddedTicketTypeIsForSaleAtOnce) {
  const Event event = create({standing("Standing", 50'000, 400)});
  const TicketType added = catalog.add_ticket_type(more(event.id)).value();
  EXPECT_FALSE(added.id.is_nil());
  EXPECT_TRUE(reserve(event.id, added.id, 3));
  const EventDetail detail = catalog.detail(event.id).value();
  ASSERT_EQ(detail.ticket_types.size(), 2u);
  EXPECT_EQ(detail.ticket_types[1].type, added);
  EXPECT_EQ(detail.ticket_types[1].availability, (Availability{50, 47}));
  EXPECT_EQ(detail.summary.event.capacity, 450);
  EXPECT_EQ(detail.summary.event.price.minor, 30'000) << "the price from";
  EXPECT_EQ(catalog.list({}).value().events.at(0).event.price.minor, 30'000) << "also in lists";
  EXPECT_GT(detail.summary.event.version, event.version);
}

TEST_F(OfferChangesTest, CA6_AnEventWithoutPlacesGetsItsFirstTicketType) {
  const Event event = create({});
  const TicketType added = catalog.add_ticket_type(more(event.id)).value();
  EXPECT_TRUE(reserve(event.id, added.id, 1));
  EXPECT_EQ(availability(event.id), (Availability{50, 49}));
}

TEST_F(OfferChangesTest, CA6_WhatCannotBeAddedIsRefusedByName) {
  const Event event = create();
  EXPECT_EQ(catalog.add_ticket_type(more(EventId{{1, 1}})).error().code, Errc::event_not_found);
  EXPECT_TRUE(refused(catalog.add_ticket_type(more(event.id, "")), Errc::invalid_argument, "name"));
  EXPECT_TRUE(refused(catalog.add_ticket_type(more(event.id, "x", -1)), Errc::invalid_argument, "price"));
  EXPECT_TRUE(refused(catalog.add_ticket_type(more(event.id, "x", 1, 0)), Errc::invalid_argument, "total_quantity"));
  TicketType dollars = more(event.id);
  dollars.price.currency = *Currency::parse("USD");
  EXPECT_TRUE(refused(catalog.add_ticket_type(dollars), Errc::invalid_argument, "price.currency"));
  TicketType taken = more(event.id);
  taken.id = type_of(event.id).id;
  EXPECT_TRUE(refused(catalog.add_ticket_type(taken), Errc::already_exists, "id"));
  ASSERT_TRUE(catalog.cancel(event.id));
  EXPECT_EQ(catalog.add_ticket_type(more(event.id)).error().code, Errc::event_cancelled);
  EXPECT_EQ(catalog.detail(event.id).value().ticket_types.size(), 1u);
}

TEST_F(OfferChangesTest, CA6_AnEventHasAtMostSoManyTicketTypesAndSoMuchWorth) {
  std::vector<TicketType> most;
  for (std::size_t i = 0; i < catalog::max_ticket_types; ++i) most.push_back(standing("T" + std::to_string(i)));
  const Event full = create(most);
  EXPECT_TRUE(refused(catalog.add_ticket_type(more(full.id)), Errc::limit_exceeded, "ticket_types"));
  EXPECT_TRUE(catalog.update_ticket_type(total(type_of(full.id).id, 7))) << "one more of them it is not";

  const Event dear = create({standing("Dear", max_price_minor, 9'000'000)});
  EXPECT_TRUE(refused(catalog.add_ticket_type(more(dear.id, "x", max_price_minor, 1'000'000)), Errc::overflow,
                      "total_quantity"));
  EXPECT_TRUE(
      refused(catalog.update_ticket_type(total(type_of(dear.id).id, 10'000'000)), Errc::overflow, "total_quantity"));
}

TEST_F(OfferChangesTest, CA6_OnlyWhatIsNamedOfATicketTypeChanges) {
  const Event event = create({standing("Standing", 50'000, 400)});
  TicketType expected = type_of(event.id);
  const auto edit = [&](EditTicketType changes) {
    changes.id = expected.id;
    EXPECT_EQ(catalog.update_ticket_type(changes).value(), expected);
    EXPECT_EQ(type_of(event.id), expected);
  };
  expected.name = "입석";
  edit({.name = expected.name});
  expected.description = "오른쪽\n왼쪽";
  edit({.description = expected.description});
  expected.price.minor = 60'000;
  edit({.price_minor = 60'000});
  expected.total_quantity = 500;
  edit({.total_quantity = 500});
  edit({});
  EXPECT_EQ(stored(event.id).price.minor, 60'000);
  EXPECT_EQ(stored(event.id).capacity, 500);
  EXPECT_EQ(catalog.update_ticket_type({.id = TicketTypeId{{1, 1}}}).error().code, Errc::ticket_type_not_found);
  EXPECT_TRUE(
      refused(catalog.update_ticket_type({.id = expected.id, .price_minor = -1}), Errc::invalid_argument, "price"));
}

TEST_F(OfferChangesTest, CA6_ANewPriceIsForFutureReservations) {
  const Event event = create({standing("Standing", 50'000, 400)});
  const TicketTypeId type = type_of(event.id).id;
  const Reservation before = reserve(event.id, type, 2).value().reservation;
  ASSERT_TRUE(catalog.update_ticket_type({.id = type, .price_minor = 70'000}));
  EXPECT_EQ(box_office.reservation(before.id).value().total.minor, 100'000);
  EXPECT_EQ(reserve(event.id, type, 2).value().reservation.total.minor, 140'000);
}

// The earlier implementation overwrote the stock and lost what was sold meanwhile.
TEST_F(OfferChangesTest, CA6_ATotalNeverGoesBelowWhatIsHeldAndSold) {
  const Event event = create({standing("Standing", 50'000, 10)});
  const TicketTypeId type = type_of(event.id).id;
  const Reservation paid = reserve(event.id, type, 3).value().reservation;
  ASSERT_TRUE(box_office.confirm({paid.id, "pay-1", {}}));
  ASSERT_TRUE(reserve(event.id, type, 2));
  const auto low = catalog.update_ticket_type(total(type, 4));
  ASSERT_FALSE(low);
  EXPECT_EQ(low.error().code, Errc::has_reservations);
  EXPECT_EQ(low.error().detail("taken"), "5");
  EXPECT_EQ(type_of(event.id).total_quantity, 10);
  ASSERT_TRUE(catalog.update_ticket_type(total(type, 5)));
  EXPECT_EQ(availability(event.id), (Availability{5, 0}));
  EXPECT_EQ(catalog.detail(event.id).value().summary.status, EventStatus::sold_out);
  EXPECT_EQ(reserve(event.id, type, 1).error().code, Errc::stock_short);
}

TEST_F(OfferChangesTest, CA6_SalesBetweenReadingAndChangingAreNotLost) {
  const Event event = create({standing("Standing", 50'000, 10)});
  const TicketTypeId type = type_of(event.id).id;
  inventory.before_change = [&]() -> std::optional<Error> {
    EXPECT_TRUE(reserve(event.id, type, 6));  // after the admin's page was read, before the stock changes
    return std::nullopt;
  };
  EXPECT_EQ(catalog.update_ticket_type(total(type, 5)).error().code, Errc::has_reservations);
  live_again();
  ASSERT_TRUE(catalog.update_ticket_type(total(type, 8)));
  EXPECT_EQ(availability(event.id), (Availability{8, 2}));
}

TEST_F(OfferChangesTest, CA6_ManyAdminsAndCustomersAtOnceLeaveNothingOut) {
  const Event event = create({standing("Standing", 50'000, 400)});
  const TicketTypeId type = type_of(event.id).id;
  std::atomic<std::int64_t> held = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 3; ++thread)
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 30; ++i) {
        (void)catalog.update_ticket_type(total(type, 100 + 10 * thread + i));
        if (i % 10 == 0)
          (void)catalog.add_ticket_type(more(event.id, std::to_string(thread) + "/" + std::to_string(i)));
      }
    });
  threads.emplace_back([&] {
    for (int i = 0; i < 90; ++i)
      if (reserve(event.id, type, 1)) ++held;
  });
  for (std::thread& each : threads) each.join();
  const EventDetail detail = catalog.detail(event.id).value();
  EXPECT_EQ(detail.ticket_types.size(), 10u);
  EXPECT_EQ(detail.ticket_types[0].availability->total - detail.ticket_types[0].availability->available, held);
  // TearDown finds totals, capacity and counts in agreement.
}

TEST_F(OfferChangesTest, CA6_AnAdditionThatWasCutShortIsCompletedByRepeatingIt) {
  const Event event = create();
  TicketType type = more(event.id);
  type.id = ids.next<TicketTypeId>();
  die_before_stock();
  EXPECT_EQ(catalog.add_ticket_type(type).error().code, Errc::unavailable);
  EXPECT_EQ(reserve(event.id, type.id, 1).error().code, Errc::ticket_type_not_found);
  live_again();
  die_before_commit(1);  // the stock has it, the event's capacity does not
  EXPECT_EQ(catalog.add_ticket_type(type).error().code, Errc::unavailable);
  live_again();
  EXPECT_EQ(catalog.add_ticket_type(type).value(), type);
  EXPECT_EQ(stored(event.id).capacity, 450);
  EXPECT_TRUE(reserve(event.id, type.id, 1));
}

TEST_F(OfferChangesTest, CA6_AnAdditionThatWasCutShortIsCompletedByTheNextChange) {
  const Event event = create();
  die_before_stock();
  EXPECT_FALSE(catalog.add_ticket_type(more(event.id)));
  live_again();
  ASSERT_TRUE(catalog.update_ticket_type({.id = type_of(event.id).id, .name = "Renamed"}));
  EXPECT_EQ(stored(event.id).capacity, 450);
}

TEST_F(OfferChangesTest, CA6_AChangeThatWasCutShortIsNeverTurnedBack) {
  const Event event = create({standing("Standing", 50'000, 400)});
  const TicketTypeId type = type_of(event.id).id;
  die_before_commit(1);  // the stock has the new total, the catalogue the old one
  EXPECT_FALSE(catalog.update_ticket_type(total(type, 100)));
  live_again();
  EXPECT_EQ(availability(event.id).total, 100);
  ASSERT_TRUE(catalog.update_ticket_type({.id = type, .description = "Left"}));
  EXPECT_EQ(type_of(event.id).total_quantity, 100);
  EXPECT_EQ(type_of(event.id).description, "Left");
  EXPECT_EQ(stored(event.id).capacity, 100);
}

TEST_F(OfferChangesTest, CA6_ACreationThatWasCutShortIsCompletedByTheNextChange) {
  const SeatLayoutId layout = theater();
  NewEvent wanted{.event = concert(), .ticket_types = {standing()}};
  wanted.event.layout_id = layout;
  inventory.load_fails = power_cut;
  EXPECT_FALSE(catalog.create({wanted}).front());
  inventory.load_fails.reset();
  const EventId id = catalog.list({}).value().events.at(0).event.id;
  ASSERT_TRUE(catalog.add_ticket_type(more(id)));
  EXPECT_EQ(availability(id), (Availability{265 + 400 + 50, 265 + 400 + 50}));
}

TEST_F(OfferChangesTest, AD1_AnEventAndWhatItOffersChangeTogether) {
  const Event event = create({standing("Standing", 50'000, 400)});
  const SeatLayoutId layout = theater();
  for (int time = 1; time <= 2; ++time) {
    EditEvent edit{stored(event.id), layout, {standing("Standing", 60'000, 300), standing("Late", 30'000, 50)}};
    edit.event.title = "new";
    const Event changed = catalog.change(edit).value();
    EXPECT_EQ(changed, stored(event.id));
    EXPECT_EQ(changed.title, "new");
    EXPECT_EQ(changed.layout_id, layout);
    EXPECT_EQ(changed.capacity, 265 + 300 + 50);
    const auto types = catalog.detail(event.id).value().ticket_types;
    ASSERT_EQ(types.size(), 2u);
    EXPECT_EQ(types[0].type.price.minor, 60'000);
    EXPECT_EQ(types[1].type.name, "Late");
  }
}

// Fault: the title was changed, and then the layout refused.
TEST_F(OfferChangesTest, AD1_AChangeThatIsRefusedInPartChangesNothing) {
  const Event event = create({standing("Standing", 50'000, 400)}, theater());
  ASSERT_TRUE(reserve(event.id, type_of(event.id).id, 5));
  const SeatLayoutId other = catalog.add_layout(layout_of({section("A", 1, 3, 500)})).value().id;
  const Event before = stored(event.id);
  const TicketType good = standing("Standing", 1'000, 500);
  std::vector<TicketType> too_many;
  for (std::size_t i = 0; i < catalog::max_ticket_types; ++i) too_many.push_back(standing("T" + std::to_string(i)));
  const TicketType unpayable = standing("Dear", max_price_minor, 9'000'000);
  struct Case {
    std::optional<SeatLayoutId> layout;
    std::vector<TicketType> types;
    Errc code;
    std::string field;
  };
  for (const Case& each : std::vector<Case>{
           {SeatLayoutId{{1, 1}}, {good}, Errc::layout_not_found, "layout_id"},
           {other, {good}, Errc::already_exists, "seats"},
           {{}, {good, standing("")}, Errc::invalid_argument, "ticket_types[1].name"},
           {{}, {good, standing("x", 1, 0)}, Errc::invalid_argument, "ticket_types[1].total_quantity"},
           {{}, {good, standing("x"), standing("x")}, Errc::invalid_argument, "ticket_types[2].name"},
           {{}, {standing("x"), standing("Standing", 1, 4)}, Errc::has_reservations, "ticket_types[1].total_quantity"},
           {{}, {unpayable, standing("x", max_price_minor, 900'000)}, Errc::overflow, "ticket_types[1].total_quantity"},
           {{}, too_many, Errc::limit_exceeded, "ticket_types"},
       }) {
    EditEvent edit{before, each.layout, each.types};
    edit.event.title = "new";
    const int commits = store.commits;
    EXPECT_TRUE(refused(catalog.change(edit), each.code, each.field));
    EXPECT_EQ(store.commits, commits);
    EXPECT_EQ(stored(event.id), before);
  }
  EditEvent backwards{before, {}, {good}};
  backwards.event.sale_end = before.sale_start;
  EXPECT_TRUE(refused(catalog.change(backwards), Errc::invalid_argument, "sale_end"));
  EXPECT_EQ(type_of(event.id).price.minor, 50'000);
  EXPECT_EQ(availability(event.id), (Availability{265 + 400, 265 + 395}));
  ASSERT_TRUE(catalog.cancel(event.id));
  EXPECT_EQ(catalog.change({stored(event.id), {}, {good}}).error().code, Errc::event_cancelled);
}

TEST_F(OfferChangesTest, AD1_AChangeThatWasCutShortIsCompletedByRepeatingIt) {
  const Event event = create({standing("Standing", 50'000, 400)});
  const SeatLayoutId layout = theater();
  const std::vector<TicketType> types{standing("Standing", 60'000, 300), standing("Late", 30'000, 50)};
  for (int commit = 1; commit <= 3; ++commit) {
    die_before_commit(commit);
    EXPECT_EQ(catalog.change({stored(event.id), layout, types}).error().code, Errc::unavailable);
    live_again();
  }
  const Event changed = catalog.change({stored(event.id), layout, types}).value();
  EXPECT_EQ(changed.capacity, 265 + 300 + 50);
  EXPECT_EQ(catalog.detail(event.id).value().ticket_types.size(), 2u);
}

TEST_F(OfferChangesTest, CA5_SeatsAreGeneratedForAnEventMadeWithout) {
  const Event event = create({standing("Standing", 90'000, 400)});
  EXPECT_TRUE(refused(catalog.generate_seats(event.id), Errc::layout_not_found, "layout_id"));
  EXPECT_TRUE(refused(catalog.generate_seats(event.id, SeatLayoutId{{1, 1}}), Errc::layout_not_found, "layout_id"));
  const SeatLayoutId layout = theater();
  EXPECT_EQ(catalog.generate_seats(event.id, layout).value(), 265);
  EXPECT_EQ(stored(event.id).layout_id, layout);
  EXPECT_EQ(stored(event.id).capacity, 665);
  EXPECT_EQ(stored(event.id).price.minor, 70'000);
  EXPECT_TRUE(reserve_seats(event.id, 4));
  EXPECT_EQ(catalog.generate_seats(event.id).error().code, Errc::already_exists);
  EXPECT_EQ(catalog.generate_seats(EventId{{1, 1}}).error().code, Errc::event_not_found);
  ASSERT_TRUE(catalog.cancel(event.id));
  EXPECT_EQ(catalog.generate_seats(event.id).error().code, Errc::event_cancelled);
}

TEST_F(OfferChangesTest, CA5_SeatsAreRemovedAndGeneratedAnewWhileNoneIsTaken) {
  SeatLayout layout = small_theater();
  layout.sections[2].blocked = {{16, 20}};
  const Event event = create({standing()}, catalog.add_layout(layout).value().id);
  const Reservation held = reserve_seats(event.id, 4).value().reservation;
  const auto refusal = catalog.remove_seats(event.id);
  ASSERT_FALSE(refusal);
  EXPECT_EQ(refusal.error().code, Errc::has_reservations);
  EXPECT_EQ(refusal.error().detail("taken"), "4");
  ASSERT_TRUE(box_office.cancel({held.id, {}}));
  EXPECT_EQ(catalog.remove_seats(event.id).value(), 265) << "house seats too";
  EXPECT_EQ(availability(event.id), (Availability{400, 400}));
  EXPECT_EQ(stored(event.id).price.minor, 50'000);
  EXPECT_EQ(reserve_seats(event.id, 4).error().code, Errc::no_best_seats);
  EXPECT_EQ(catalog.remove_seats(event.id).value(), 0);
  EXPECT_EQ(box_office.reservation(held.id).value().lines.size(), 4u) << "history stays";

  EXPECT_EQ(catalog.generate_seats(event.id).value(), 265);
  EXPECT_EQ(availability(event.id), (Availability{664, 664}));
  EXPECT_TRUE(reserve_seats(event.id, 4)) << "on the new map, not on the one that was known";
  EXPECT_EQ(catalog.remove_seats(EventId{{1, 1}}).error().code, Errc::event_not_found);
}

TEST_F(OfferChangesTest, CA5_AHoldThatComesFirstKeepsTheSeats) {
  const Event event = create({}, theater());
  inventory.before_change = [&]() -> std::optional<Error> {
    EXPECT_TRUE(reserve_seats(event.id, 2));
    return std::nullopt;
  };
  EXPECT_EQ(catalog.remove_seats(event.id).error().code, Errc::has_reservations);
  EXPECT_EQ(availability(event.id), (Availability{265, 263}));
}

TEST_F(OfferChangesTest, CA5_GeneratingThatWasCutShortIsCompletedByRepeatingIt) {
  const Event event = create({});
  const SeatLayoutId layout = theater();
  die_before_stock();
  EXPECT_EQ(catalog.generate_seats(event.id, layout).error().code, Errc::unavailable);
  live_again();
  die_before_commit(1);  // the seats are there, the event's capacity is not
  EXPECT_EQ(catalog.generate_seats(event.id).error().code, Errc::unavailable);
  live_again();
  EXPECT_EQ(catalog.generate_seats(event.id).error().code, Errc::already_exists) << "they are there";
  EXPECT_EQ(stored(event.id).capacity, 265);
}

TEST_F(OfferChangesTest, CA6_AnEventNobodyReservedIsRemovedAsIfItHadNeverBeen) {
  const Event event = create({standing()}, theater());
  const TicketTypeId type = type_of(event.id).id;
  ASSERT_EQ(catalog.list({.search = "흠뻑쇼"}).value().total, 1);
  ASSERT_TRUE(catalog.remove(event.id));
  EXPECT_EQ(catalog.detail(event.id).error().code, Errc::event_not_found);
  EXPECT_EQ(catalog.list({}).value().total, 0);
  EXPECT_EQ(catalog.list({.search = "흠뻑쇼"}).value().total, 0);
  EXPECT_EQ(reserve(event.id, type, 1).error().code, Errc::event_not_found);
  EXPECT_EQ(catalog.remove(event.id).error().code, Errc::event_not_found);
  EXPECT_EQ(catalog.update_ticket_type({.id = type}).error().code, Errc::ticket_type_not_found);
}

// The earlier implementation orphaned paid reservations, or failed.
TEST_F(OfferChangesTest, CA6_AnEventWithReservationsIsNeverRemovedEvenIfTheyAreOver) {
  const Event event = create();
  const TicketTypeId type = type_of(event.id).id;
  const Reservation made = reserve(event.id, type, 1).value().reservation;
  EXPECT_EQ(catalog.remove(event.id).error().code, Errc::has_reservations);
  ASSERT_TRUE(box_office.cancel({made.id, {}}));
  EXPECT_EQ(catalog.remove(event.id).error().code, Errc::has_reservations);
  EXPECT_TRUE(reserve(event.id, type, 1)) << "it goes on selling";
}

TEST_F(OfferChangesTest, CA6_ARemovalThatWasCutShortIsCompletedByRepeatingIt) {
  const Event event = create();
  const TicketTypeId type = type_of(event.id).id;
  die_before_commit(1);
  EXPECT_EQ(catalog.remove(event.id).error().code, Errc::unavailable);
  live_again();
  EXPECT_FALSE(reserve(event.id, type, 1)) << "nothing can be reserved of what is going";
  EXPECT_EQ(catalog.add_ticket_type(more(event.id)).error().code, Errc::event_closed);
  ASSERT_TRUE(catalog.remove(event.id));
  EXPECT_EQ(catalog.list({}).value().total, 0);
}

// Sale times and cancellations count from the next reservation on.
TEST_F(OfferChangesTest, CA2_NewSaleTimesCountAtOnce) {
  Event event = create();
  const TicketTypeId type = type_of(event.id).id;
  ASSERT_TRUE(reserve(event.id, type, 1));
  event.sale_start = clock.now().plus_ms(hour_ms);
  event = catalog.update(event).value();
  EXPECT_EQ(reserve(event.id, type, 1).error().code, Errc::sale_not_open);
  event.sale_start = clock.now().plus_ms(-hour_ms);
  event.sale_end = clock.now();
  event = catalog.update(event).value();
  EXPECT_EQ(reserve(event.id, type, 1).error().code, Errc::sale_ended);
  event.sale_end = clock.now().plus_ms(hour_ms);
  event = catalog.update(event).value();
  ASSERT_TRUE(reserve(event.id, type, 1));
  ASSERT_TRUE(catalog.cancel(event.id));
  EXPECT_EQ(reserve(event.id, type, 1).error().code, Errc::event_cancelled);
}

TEST_F(OfferChangesTest, CA6_SomebodyWhoCancelsMeanwhileLeavesNothingOnSale) {
  const Event event = create({});
  inventory.before_change = [&]() -> std::optional<Error> {
    EXPECT_TRUE(catalog.cancel(event.id));  // finds no places to close
    return std::nullopt;
  };
  (void)catalog.add_ticket_type(more(event.id));
  const auto known = stores->box_office().ask({.events = {event.id}}).value().inventories[0];
  ASSERT_TRUE(known);
  EXPECT_TRUE(known->closed);
}

}  // namespace
}  // namespace tiketi::test
