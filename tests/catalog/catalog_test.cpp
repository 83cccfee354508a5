// The catalogue as an embedder uses it: CA1 to CA6 on the memory stores.

#include "catalog/interruptions.hpp"
#include "catalog/samples.hpp"
#include "support/fakes.hpp"

#include <tiketi/adapters/local.hpp>
#include <tiketi/adapters/memory.hpp>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

namespace tiketi::test {
namespace {

const Error power_cut{Errc::unavailable, "the power went"};

class CatalogTest : public ::testing::Test {
 protected:
  FakeClock clock;
  CountingIds ids{clock};
  std::unique_ptr<Stores> stores = memory::make_stores();
  std::unique_ptr<Inventory> real_inventory = local::make_inventory(stores->box_office(), ids);
  InterruptedStore store{stores->catalog()};
  InterruptedInventory inventory{*real_inventory};
  Catalog catalog{store, inventory, clock, ids};

  CatalogTest() { clock.set(concert().sale_start); }

  SeatLayout stored_layout(const SeatLayout& layout = small_theater()) { return catalog.add_layout(layout).value(); }

  NewEvent wanted(std::string title = "흠뻑쇼", std::vector<TicketType> types = {standing()}) {
    return {.event = concert(std::move(title)), .ticket_types = std::move(types)};
  }
  NewEvent seated(std::string title = "흠뻑쇼") {
    NewEvent out = wanted(std::move(title), {});
    out.event.layout_id = stored_layout().id;
    return out;
  }
  NewEvent seated_and_standing() {
    NewEvent out = seated();
    out.ticket_types = {standing()};
    return out;
  }
  Result<Event> create(NewEvent event) { return std::move(catalog.create({std::move(event)}).front()); }

  std::vector<std::string> titles(const EventQuery& query) {
    std::vector<std::string> out;
    for (const EventSummary& each : catalog.list(query).value().events) out.push_back(each.event.title);
    return out;
  }
  EventStatus status(EventId id) { return catalog.detail(id).value().summary.status; }
  std::optional<Availability> availability(EventId id) { return catalog.detail(id).value().summary.availability; }

  /// Sells `quantity` of the event's first ticket type, or all of it.
  void sell(EventId event, std::int64_t quantity) {
    const TicketType type = store.ticket_types(event).value().front();
    Change change;
    change.needs_open = true;
    change.after = {.id = ids.next<ReservationId>(), .event_id = event, .user_id = ids.next<UserId>()};
    change.after.quantity = quantity;
    change.after.total = {type.price.minor * quantity, type.price.currency};
    change.after.expires_at = clock.now().plus_ms(hour_ms);
    change.after.number.characters.fill('A');
    change.after.lines = {{.ticket_type_id = type.id, .quantity = quantity, .unit_price_minor = type.price.minor}};
    last_sale = change;
    ASSERT_EQ(stores->box_office().commit({&change, 1}).value().front().kind, Outcome::Kind::applied);
  }
  void give_back() {
    Change change = last_sale;
    change.from = PlaceStatus::held;
    change.to = PlaceStatus::available;
    change.needs_open = false;
    change.news = ReservationNews::cancelled;
    change.expected_version = 1;
    change.after.status = ReservationStatus::cancelled;
    change.after.version = 2;
    ASSERT_EQ(stores->box_office().commit({&change, 1}).value().front().kind, Outcome::Kind::applied);
  }
  Change last_sale;
};

TEST_F(CatalogTest, CA1_CreatesAnEventAndPutsItsPlacesUpForSale) {
  NewEvent event = seated();
  event.ticket_types = {standing("Standing", 50'000, 400), standing("Floor", 90'000, 35)};
  event.event.capacity = 7;  // filled in by the service
  event.event.price.minor = 7;
  event.event.version = 7;
  const auto created = create(event);
  ASSERT_TRUE(created) << created.error().message;
  EXPECT_FALSE(created->id.is_nil());
  EXPECT_EQ(created->version, 1);
  EXPECT_EQ(created->capacity, 265 + 400 + 35);
  EXPECT_EQ(created->price, (Money{50'000, krw}));
  EXPECT_EQ(created->created_at, clock.now());
  EXPECT_EQ(created->title, "흠뻑쇼");

  const EventDetail detail = catalog.detail(created->id).value();
  EXPECT_EQ(detail.summary.event, *created);
  EXPECT_EQ(detail.summary.availability, (Availability{700, 700}));
  ASSERT_EQ(detail.ticket_types.size(), 2u);
  EXPECT_EQ(detail.ticket_types[0].type.name, "Floor") << "highest price first";
  EXPECT_EQ(detail.ticket_types[1].availability, (Availability{400, 400}));
  EXPECT_EQ(stores->box_office().seat_map(created->id).value().size(), 265u);
}

TEST_F(CatalogTest, CA5_BlockedSeatsAreNotForSale) {
  SeatLayout layout = layout_of({section("A", 1, 3, 500), section("B", 1, 3, 100)});
  layout.sections[1].blocked = {{1, 1}, {1, 2}, {1, 3}};
  NewEvent event = wanted("x", {});
  event.event.layout_id = stored_layout(layout).id;
  const Event created = create(event).value();
  EXPECT_EQ(created.capacity, 3);
  EXPECT_EQ(created.price.minor, 500) << "of what can be bought";
  EXPECT_EQ(availability(created.id), (Availability{3, 3}));
  const SeatMap map = stores->box_office().seat_map(created.id).value();
  EXPECT_EQ(map.size(), 6u);
  EXPECT_EQ(map.live[3].status, PlaceStatus::blocked);
  EXPECT_EQ(map.label(3), "B-1-1");
}

TEST_F(CatalogTest, CA1_AnswersForEachEventOfABatch) {
  NewEvent unknown_layout = wanted("b");
  unknown_layout.event.layout_id = SeatLayoutId{{1, 2}};
  NewEvent wrong_clock = wanted("c");
  wrong_clock.event.sale_end = wrong_clock.event.sale_start;
  const auto answers = catalog.create({wanted("a"), unknown_layout, wrong_clock, wanted("d")});
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_EQ(answers[0].value().title, "a");
  EXPECT_TRUE(refused(answers[1], Errc::layout_not_found, "layout_id"));
  EXPECT_TRUE(refused(answers[2], Errc::invalid_argument, "sale_end"));
  EXPECT_EQ(answers[3].value().title, "d");
  EXPECT_EQ(catalog.list({}).value().total, 2);
}

TEST_F(CatalogTest, CA6_RefusesBadTicketTypesNamingThem) {
  TicketType dollars = standing("B");
  dollars.price.currency = {{'U', 'S', 'D'}};
  EXPECT_TRUE(
      refused(create(wanted("x", {standing("A"), dollars})), Errc::invalid_argument, "ticket_types[1].price.currency"));
  EXPECT_TRUE(
      refused(create(wanted("x", {standing("A", 1, -5)})), Errc::invalid_argument, "ticket_types[0].total_quantity"));
  EXPECT_TRUE(refused(
      create(wanted("x", {standing("A", max_price_minor, 5'000'000), standing("B", max_price_minor, 5'000'000)})),
      Errc::overflow, "ticket_types[1].total_quantity"));
  EXPECT_TRUE(refused(create(wanted("x", std::vector<TicketType>(catalog::max_ticket_types + 1, standing()))),
                      Errc::limit_exceeded, "ticket_types"));
  TicketType twin = standing();
  twin.id = TicketTypeId{{1, 1}};
  EXPECT_TRUE(refused(create(wanted("x", {twin, twin})), Errc::invalid_argument, "ticket_types[1].id"));
  EXPECT_EQ(catalog.list({}).value().total, 0) << "nothing of it is stored";
}

TEST_F(CatalogTest, CA1_ABatchSharesTransactions) {
  std::vector<NewEvent> events;
  for (int i = 0; i < 1000; ++i) events.push_back(wanted("Event " + std::to_string(i)));
  for (const auto& answer : catalog.create(std::move(events))) ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_LE(store.commits, 4);
  EXPECT_EQ(catalog.list({}).value().total, 1000);
}

TEST_F(CatalogTest, CA1_CreatingAgainCompletesWhatACrashLeftUndone) {
  NewEvent event = seated();
  event.event.id = ids.next<EventId>();
  event.ticket_types = {standing("A"), standing("B")};
  const int before = store.commits;

  store.before_commit = [&] {  // after the event, before its ticket types
    return store.commits == before + 2 ? std::optional(power_cut) : std::nullopt;
  };
  EXPECT_EQ(create(event).error().code, Errc::unavailable);
  store.before_commit = nullptr;
  inventory.load_fails = power_cut;  // after its ticket types, before its places
  EXPECT_EQ(create(event).error().code, Errc::unavailable);
  EXPECT_EQ(availability(event.event.id), std::nullopt);
  inventory.load_fails.reset();
  for (int repeat = 0; repeat < 3; ++repeat) {
    clock.advance(minute_ms);
    const auto created = create(event);
    ASSERT_TRUE(created) << created.error().message;
    EXPECT_EQ(created->version, 1);
    const EventDetail detail = catalog.detail(event.event.id).value();
    EXPECT_EQ(detail.ticket_types.size(), 2u);
    EXPECT_EQ(detail.summary.availability, (Availability{1065, 1065}));
    for (const TicketTypeSummary& type : detail.ticket_types) EXPECT_EQ(type.availability, (Availability{400, 400}));
  }
}

TEST_F(CatalogTest, CA1_CompletingUsesTheTicketTypesThatAreStored) {
  NewEvent event = wanted();
  event.event.id = ids.next<EventId>();
  event.ticket_types[0].id = TicketTypeId{{5, 5}};
  inventory.load_fails = power_cut;
  EXPECT_FALSE(create(event));
  inventory.load_fails.reset();
  event.ticket_types[0].id = {};
  ASSERT_TRUE(create(event));
  const EventDetail detail = catalog.detail(event.event.id).value();
  ASSERT_EQ(detail.ticket_types.size(), 1u);
  EXPECT_EQ(detail.ticket_types[0].type.id, (TicketTypeId{{5, 5}}));
  EXPECT_EQ(detail.ticket_types[0].availability, (Availability{400, 400}));
}

TEST_F(CatalogTest, CA1_AnotherEventWithTheSameIdIsRefused) {
  NewEvent event = wanted("a");
  event.event.id = ids.next<EventId>();
  ASSERT_TRUE(create(event));
  NewEvent other = event;
  other.event.title = "b";
  EXPECT_EQ(create(other).error().code, Errc::already_exists);
  EXPECT_EQ(create(other).error().detail("field"), "id");
  other = event;
  other.ticket_types[0].total_quantity = 1;
  EXPECT_EQ(create(other).error().code, Errc::already_exists);
  const auto both = catalog.create({event, other});
  EXPECT_TRUE(both[0]);
  EXPECT_EQ(both[1].error().code, Errc::already_exists);
  EXPECT_EQ(catalog.detail(event.event.id).value().ticket_types.size(), 1u);
}

TEST_F(CatalogTest, CA1_CompletingAnEventThatWasCancelledMeanwhileLeavesItClosed) {
  NewEvent event = wanted();
  event.event.id = ids.next<EventId>();
  inventory.before_load = [&] { EXPECT_TRUE(catalog.cancel(event.event.id)); };
  const auto created = create(event);
  ASSERT_TRUE(created) << created.error().message;
  EXPECT_TRUE(created->cancelled);
  const auto answer = stores->box_office().ask({.events = {event.event.id}}).value();
  ASSERT_TRUE(answer.inventories[0]);
  EXPECT_TRUE(answer.inventories[0]->closed);
}

TEST_F(CatalogTest, CA1_UpdateChangesTextsAndTimesAlone) {
  Event event = create(seated()).value();
  clock.advance(minute_ms);
  Event wish = event;
  wish.title = "새 제목";
  wish.sale_end = event.sale_end.plus_ms(-hour_ms);
  wish.limits.per_buyer = 4;
  wish.layout_id.reset();
  wish.capacity = 1;
  wish.price.minor = 1;
  wish.cancelled = true;
  const Event changed = catalog.update(wish).value();
  EXPECT_EQ(changed.title, "새 제목");
  EXPECT_EQ(changed.limits.per_buyer, 4);
  EXPECT_EQ(changed.version, 2);
  EXPECT_EQ(changed.updated_at, clock.now());
  EXPECT_EQ(changed.layout_id, event.layout_id);
  EXPECT_EQ(changed.capacity, event.capacity);
  EXPECT_EQ(changed.price, event.price);
  EXPECT_EQ(changed.created_at, event.created_at);
  EXPECT_FALSE(changed.cancelled);
  EXPECT_EQ(catalog.detail(event.id).value().summary.event, changed);
}

TEST_F(CatalogTest, CA1_UpdateOfAnOldVersionIsRefused) {
  const Event event = create(seated()).value();
  Event mine = event;
  mine.title = "mine";
  Event theirs = event;
  theirs.title = "theirs";
  ASSERT_TRUE(catalog.update(theirs));
  EXPECT_EQ(catalog.update(mine).error().code, Errc::version_conflict);
  EXPECT_EQ(catalog.update(theirs).value().version, 2) << "the same call again, its answer having been lost";
  theirs.version = INT64_MAX;
  EXPECT_EQ(catalog.update(theirs).error().code, Errc::version_conflict);
  theirs.id = EventId{{9, 9}};
  EXPECT_EQ(catalog.update(theirs).error().code, Errc::event_not_found);
  theirs.title = "";
  EXPECT_TRUE(refused(catalog.update(theirs), Errc::invalid_argument, "title"));
}

// A page of many events asks no more questions than one event does.
TEST_F(CatalogTest, CA3_DetailsOfManyEventsAreAskedForTogether) {
  std::vector<EventId> asked{EventId{{9, 9}}};
  for (int i = 0; i < 30; ++i)
    asked.push_back(create(wanted("e" + std::to_string(i), {standing(), standing("Dear", 90'000 + i, 35)})).value().id);
  asked.push_back(create(seated()).value().id);
  asked.push_back(asked[1]);
  sell(asked[5], 3);
  const auto reads = [&] { return std::exchange(store.reads, 0) + std::exchange(inventory.reads, 0); };
  reads();
  ASSERT_TRUE(catalog.detail(asked[1]));
  const int of_one = reads();
  const auto all = catalog.details(asked).value();
  EXPECT_EQ(reads(), of_one);
  ASSERT_EQ(all.size(), asked.size());
  EXPECT_FALSE(all[0]) << "there is no such event";
  for (std::size_t i = 1; i < asked.size(); ++i) {
    const EventDetail one = catalog.detail(asked[i]).value();
    ASSERT_TRUE(all[i]);
    EXPECT_EQ(all[i]->summary.event, one.summary.event);
    EXPECT_EQ(all[i]->summary.availability, one.summary.availability);
    ASSERT_EQ(all[i]->ticket_types.size(), one.ticket_types.size());
    for (std::size_t j = 0; j < one.ticket_types.size(); ++j) {
      EXPECT_EQ(all[i]->ticket_types[j].type, one.ticket_types[j].type);
      EXPECT_EQ(all[i]->ticket_types[j].availability, one.ticket_types[j].availability);
    }
  }
  EXPECT_TRUE(catalog.details({}).value().empty());
}

TEST_F(CatalogTest, OB1_ThePlacesOfAllEventsOnSaleAreAskedForTogether) {
  NewEvent upcoming = wanted("upcoming");
  upcoming.event.sale_start = clock.now().plus_ms(1);
  ASSERT_TRUE(create(upcoming));
  ASSERT_TRUE(catalog.cancel(create(wanted("cancelled")).value().id));
  sell(create(wanted("sold out")).value().id, 400);
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(create(wanted("e" + std::to_string(i))));
  ASSERT_TRUE(create(wanted("nothing for sale", {})));
  sell(create(seated_and_standing()).value().id, 3);
  store.reads = inventory.reads = 0;
  EXPECT_EQ(catalog.places_on_sale().value(), (Availability{31 * 400 + 265, 31 * 400 + 265 - 3}));
  EXPECT_EQ(store.reads + inventory.reads, 1);
}

TEST_F(CatalogTest, CA2_CancelClosesTheSaleAndMayBeRepeated) {
  const Event event = create(wanted()).value();
  inventory.close_fails = power_cut;
  EXPECT_EQ(catalog.cancel(event.id).error().code, Errc::unavailable);
  EXPECT_EQ(status(event.id), EventStatus::cancelled);
  inventory.close_fails.reset();
  for (int repeat = 0; repeat < 2; ++repeat) {
    const Event cancelled = catalog.cancel(event.id).value();
    EXPECT_TRUE(cancelled.cancelled);
    EXPECT_EQ(cancelled.version, 2);
    EXPECT_TRUE(stores->box_office().ask({.events = {event.id}}).value().inventories[0]->closed);
  }
  EXPECT_EQ(catalog.update(event).error().code, Errc::event_cancelled);
  EXPECT_EQ(catalog.cancel(EventId{{9, 9}}).error().code, Errc::event_not_found);
}

// A concert may be called off when the sale is over, to the last moment.
TEST_F(CatalogTest, CA2_AnEventCanBeCancelledUntilItBegins) {
  const Event event = create(wanted()).value();
  clock.set(event.event_date);
  EXPECT_EQ(catalog.cancel(event.id).error().code, Errc::sale_ended);
  clock.advance(-1);
  EXPECT_TRUE(catalog.cancel(event.id));
}

TEST_F(CatalogTest, CA2_CancelWinsAgainstAnUpdateThatCameBetween) {
  const Event event = create(wanted()).value();
  store.before_commit = [&]() -> std::optional<Error> {
    store.before_commit = nullptr;
    Event edited = event;
    edited.title = "edited";
    EXPECT_TRUE(catalog.update(edited));
    return std::nullopt;
  };
  const Event cancelled = catalog.cancel(event.id).value();
  EXPECT_EQ(cancelled.version, 3);
  EXPECT_EQ(cancelled.title, "edited");
}

TEST_F(CatalogTest, CA2_ListAndDetailTurnAtTheExactMillisecond) {
  const Event event = create(wanted()).value();
  const auto listed = [&](EventStatus wanted_status) { return catalog.list({.status = wanted_status}).value().total; };
  struct Moment {
    Timestamp at;
    EventStatus status;
  };
  for (const Moment moment :
       {Moment{event.sale_start.plus_ms(-1), EventStatus::upcoming}, Moment{event.sale_start, EventStatus::on_sale},
        Moment{event.sale_end.plus_ms(-1), EventStatus::on_sale}, Moment{event.sale_end, EventStatus::ended}}) {
    clock.set(moment.at);
    EXPECT_EQ(status(event.id), moment.status);
    for (const EventStatus each : {EventStatus::upcoming, EventStatus::on_sale, EventStatus::sold_out,
                                   EventStatus::ended, EventStatus::cancelled})
      EXPECT_EQ(listed(each), each == moment.status ? 1 : 0) << catalog::name(each);
  }
}

TEST_F(CatalogTest, CA2_SoldOutFollowsTheStockBothWays) {
  const Event event = create(wanted()).value();
  sell(event.id, 399);
  EXPECT_EQ(status(event.id), EventStatus::on_sale);
  EXPECT_EQ(availability(event.id), (Availability{400, 1}));
  sell(event.id, 1);
  EXPECT_EQ(status(event.id), EventStatus::sold_out);
  EXPECT_EQ(catalog.list({.status = EventStatus::sold_out}).value().total, 1);
  EXPECT_EQ(catalog.list({.status = EventStatus::on_sale}).value().total, 0);
  give_back();
  EXPECT_EQ(status(event.id), EventStatus::on_sale);
  EXPECT_EQ(catalog.list({.status = EventStatus::sold_out}).value().total, 0);
}

TEST_F(CatalogTest, CA3_PagesAreBySaleStartThenId) {
  std::vector<NewEvent> events;
  for (int i = 0; i < 25; ++i) {
    events.push_back(wanted("Event " + std::to_string(i)));
    events.back().event.sale_start = concert().sale_start.plus_ms(-(i / 5) * minute_ms);
  }
  for (const auto& answer : catalog.create(std::move(events))) ASSERT_TRUE(answer);
  const EventPage first = catalog.list({}).value();
  EXPECT_EQ(first.total, 25);
  ASSERT_EQ(first.events.size(), 10u);
  EXPECT_EQ(first.events[0].event.title, "Event 20");
  EXPECT_EQ(first.events[5].event.title, "Event 15");
  EXPECT_EQ(first.events[0].availability, (Availability{400, 400}));
  EXPECT_EQ(titles({.page = 3}), (std::vector<std::string>{"Event 0", "Event 1", "Event 2", "Event 3", "Event 4"}));
  EXPECT_EQ(titles({.page = 4}), std::vector<std::string>{});
  EXPECT_EQ(titles({.page = INT32_MAX, .limit = max_page_limit}), std::vector<std::string>{});
  EXPECT_EQ(titles({.page = 1, .limit = max_page_limit}).size(), 25u);
}

TEST_F(CatalogTest, CA3_RefusesPagesAndSearchesOutOfBounds) {
  EXPECT_TRUE(refused(catalog.list({.page = 0}), Errc::invalid_argument, "page"));
  EXPECT_TRUE(refused(catalog.list({.limit = 0}), Errc::invalid_argument, "limit"));
  EXPECT_TRUE(refused(catalog.list({.limit = max_page_limit + 1}), Errc::invalid_argument, "limit"));
  EXPECT_TRUE(
      refused(catalog.list({.search = std::string(max_search_bytes + 1, 'x')}), Errc::invalid_argument, "search"));
  EXPECT_TRUE(refused(catalog.list({.search = "\xff"}), Errc::invalid_argument, "search"));
}

TEST_F(CatalogTest, CA4_SearchSeesEveryChangeAtOnceAndReadsAgainOnlyThen) {
  const Event event = create(wanted("흠뻑쇼")).value();
  ASSERT_TRUE(create(wanted("Other")));
  const auto found = [&](std::string text) { return catalog.list({.search = std::move(text)}).value().total; };
  EXPECT_EQ(found("흠뻑쇼"), 1);
  EXPECT_EQ(found("psy"), 0);
  ASSERT_TRUE(catalog.add_keywords({{"싸이", "PSY", "artist"}}));
  EXPECT_EQ(found("psy"), 2);
  const int reads = store.full_reads;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(found("psy"), 2);
  EXPECT_EQ(store.full_reads, reads);
  Event renamed = event;
  renamed.title = "Summer Swag";
  ASSERT_TRUE(catalog.update(renamed));
  EXPECT_EQ(found("흠뻑쇼"), 0);
  EXPECT_EQ(found("summer swag"), 1);
  EXPECT_EQ(store.full_reads, reads + 1);
  EXPECT_EQ(found("  "), 2) << "nothing to search for";
}

TEST_F(CatalogTest, CA4_RefusesBadKeywords) {
  EXPECT_TRUE(refused(catalog.add_keywords({{"싸이", "PSY", "artist"}, {"", "x", "artist"}}), Errc::invalid_argument,
                      "keywords[1].korean"));
  EXPECT_TRUE(
      refused(catalog.add_keywords({{"싸이", "\xff", "artist"}}), Errc::invalid_argument, "keywords[0].english"));
  EXPECT_TRUE(
      refused(catalog.add_keywords({{"싸이", "PSY", "singer"}}), Errc::invalid_argument, "keywords[0].entity_type"));
  EXPECT_TRUE(store.keywords().value().empty());
}

TEST_F(CatalogTest, CA5_AddingTheSameLayoutAgainAnswersTheStoredOne) {
  const SeatLayout first = stored_layout();
  EXPECT_EQ(first.version, 1);
  EXPECT_EQ(stored_layout(), first);
  SeatLayout other = small_theater();
  other.sections[0].price_minor = 1;
  EXPECT_EQ(catalog.add_layout(other).error().code, Errc::already_exists);
  EXPECT_EQ(catalog.add_layout(other).error().detail("field"), "name");
  EXPECT_TRUE(refused(catalog.add_layout(layout_of({})), Errc::invalid_argument, "sections"));
  EXPECT_EQ(catalog.layout("small_theater").value(), first);
  EXPECT_EQ(catalog.layout(first.id.text()).value(), first);
  EXPECT_EQ(catalog.layout("nowhere").error().code, Errc::layout_not_found);
}

TEST_F(CatalogTest, CA5_LayoutsComeByNumberOfSeats) {
  stored_layout(stadium());
  stored_layout();
  stored_layout(layout_of({section("A", 100, 100, 1)}));
  std::vector<std::string> names;
  for (const SeatLayout& layout : catalog.layouts().value()) names.push_back(layout.name);
  EXPECT_EQ(names, (std::vector<std::string>{"small_theater", "hall", "stadium"}));
}

TEST_F(CatalogTest, CA3_ManyThreadsReadWhileEventsAreAdded) {
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&] {
      std::int64_t seen = 0;
      while (!done) {
        const std::int64_t total = catalog.list({.search = "event"}).value().total;
        EXPECT_GE(total, seen) << "what was stored stays";
        seen = total;
      }
    });
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(create(wanted("Event " + std::to_string(i))));
    EXPECT_EQ(catalog.list({.search = "event"}).value().total, i + 1) << "one reads what one wrote";
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace tiketi::test
