// What a catalogue's storage promises, on every store: CA1, CA3, CA5, CA6.

#include "catalog/samples.hpp"
#include "store/store_fixture.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

namespace tiketi::test {
namespace {

class CatalogStoreTest : public StoreTest {
 protected:
  Event new_event(std::string title = "흠뻑쇼") {
    Event event = concert(std::move(title));
    event.id = ids.next<EventId>();
    event.version = 1;
    event.created_at = event.updated_at = clock.now();
    return event;
  }
  SeatLayout new_layout(std::string name) {
    SeatLayout layout = small_theater();
    layout.id = ids.next<SeatLayoutId>();
    layout.name = std::move(name);
    layout.version = 1;
    return layout;
  }
  TicketType new_type(EventId event, std::string name = "Standing", std::int64_t price = 50'000) {
    TicketType type = standing(std::move(name), price);
    type.id = ids.next<TicketTypeId>();
    type.event_id = event;
    return type;
  }

  std::vector<Result<void>> put(const std::vector<CatalogChange>& changes) {
    auto answers = catalog().commit(changes);
    EXPECT_TRUE(answers) << answers.error().message;
    EXPECT_EQ(answers->size(), changes.size());
    return std::move(answers).value();
  }
  Result<void> put_one(const CatalogChange& change) { return put({change}).front(); }

  std::optional<Event> stored_event(EventId id) { return catalog().events({&id, 1}).value().front(); }
};

INSTANTIATE_TEST_SUITE_P(Every, CatalogStoreTest, every_store(), store_name);

const std::string korean_and_emoji = "한글 ‘따옴표’ é 🎤 ' \" \\ % _ $1 ; --\n두\t째";

TEST_P(CatalogStoreTest, CA1_AnEventIsReadBackAsItWasStored) {
  Event full = new_event(korean_and_emoji);
  full.description = korean_and_emoji;
  full.venue = full.address = full.artist = full.poster_url = korean_and_emoji;
  full.layout_id = SeatLayoutId{{~0ULL, ~0ULL}};
  full.price = {max_price_minor, Currency{{'J', 'P', 'Y'}}};
  full.capacity = INT64_MAX;
  full.limits = {.per_reservation = INT32_MAX, .per_buyer = 1};
  full.cancelled = true;
  full.version = INT64_MAX;
  full.event_date = latest_timestamp;
  Event bare;
  bare.id = ids.next<EventId>();
  bare.sale_start = {0};
  bare.sale_end = bare.event_date = {1};
  bare.version = 1;
  for (const auto& answer : put({PutEvent{0, full}, PutEvent{0, bare}})) EXPECT_TRUE(answer);
  EXPECT_EQ(stored_event(full.id), full);
  EXPECT_EQ(stored_event(bare.id), bare);
}

TEST_P(CatalogStoreTest, CA1_EventsAreAnsweredInTheOrderAskedFor) {
  const Event a = new_event("a");
  const Event b = new_event("b");
  put({PutEvent{0, a}, PutEvent{0, b}});
  const std::vector<EventId> asked{b.id, EventId{{1, 1}}, a.id, b.id};
  const auto found = catalog().events(asked).value();
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[0], b);
  EXPECT_EQ(found[1], std::nullopt);
  EXPECT_EQ(found[2], a);
  EXPECT_EQ(found[3], b);
  EXPECT_TRUE(catalog().events({}).value().empty());
}

TEST_P(CatalogStoreTest, CA3_AllEventsComeBySaleStartThenId) {
  std::vector<Event> events;
  std::vector<CatalogChange> changes;
  for (int i = 0; i < 6; ++i) {
    events.push_back(new_event(std::to_string(i)));
    events.back().sale_start = events.back().sale_start.plus_ms(-(i / 2) * minute_ms);
    // An id below the others, whichever way bytes are compared.
    if (i == 5) events.back().id = EventId{{1, 0xff}};
  }
  for (const int i : {3, 5, 0, 4, 1, 2}) changes.emplace_back(PutEvent{0, events[static_cast<std::size_t>(i)]});
  put(changes);
  std::string order;
  for (const Event& event : catalog().all_events().value()) order += event.title;
  EXPECT_EQ(order, "542301");
}

TEST_P(CatalogStoreTest, CA1_AnEventIsReplacedOnlyAtTheExpectedVersion) {
  Event event = new_event();
  ASSERT_TRUE(put_one(PutEvent{0, event}));
  EXPECT_EQ(put_one(PutEvent{0, event}).error().code, Errc::already_exists);
  EXPECT_EQ(put_one(PutEvent{0, event}).error().detail("field"), "id");
  Event changed = event;
  changed.title = "changed";
  changed.layout_id = ids.next<SeatLayoutId>();
  changed.version = 2;
  EXPECT_EQ(put_one(PutEvent{2, changed}).error().code, Errc::version_conflict);
  EXPECT_EQ(stored_event(event.id), event);
  EXPECT_TRUE(put_one(PutEvent{1, changed}));
  EXPECT_EQ(put_one(PutEvent{1, event}).error().code, Errc::version_conflict);
  EXPECT_EQ(stored_event(event.id), changed);
  EXPECT_EQ(put_one(PutEvent{1, new_event()}).error().code, Errc::version_conflict) << "there is none to replace";
  EXPECT_EQ(catalog().all_events().value().size(), 1u);
}

TEST_P(CatalogStoreTest, CA1_ABatchAnswersForEachChangeAndStoresTheOthers) {
  const Event known = new_event("known");
  ASSERT_TRUE(put_one(PutEvent{0, known}));
  const Event fresh = new_event("fresh");
  const TicketType type = new_type(fresh.id);
  const TicketType orphan = new_type(EventId{{1, 1}});
  const auto answers = put({PutTicketType{new_type(fresh.id)}, PutEvent{0, known}, PutEvent{0, fresh},
                            PutTicketType{type}, PutTicketType{orphan}, PutKeyword{{"싸이", "PSY", "artist"}}});
  EXPECT_EQ(answers[0].error().code, Errc::event_not_found) << "the event comes later in the batch";
  EXPECT_EQ(answers[1].error().code, Errc::already_exists);
  EXPECT_TRUE(answers[2]);
  EXPECT_TRUE(answers[3]);
  EXPECT_EQ(answers[4].error().code, Errc::event_not_found);
  EXPECT_TRUE(answers[5]);
  EXPECT_EQ(stored_event(fresh.id), fresh);
  EXPECT_EQ(catalog().ticket_types(fresh.id).value(), std::vector<TicketType>{type});
  EXPECT_TRUE(catalog().ticket_types(EventId{{1, 1}}).value().empty());
  EXPECT_EQ(catalog().keywords().value().size(), 1u);
}

TEST_P(CatalogStoreTest, CA1_ChangesOfOneBatchSeeThoseBeforeThem) {
  Event first = new_event("first");
  Event twin = first;
  twin.title = "twin";
  Event second = first;
  second.title = "second";
  second.version = 2;
  Event third = second;
  third.title = "third";
  third.version = 3;
  const auto answers =
      put({PutEvent{0, first}, PutEvent{0, twin}, PutEvent{1, second}, PutEvent{1, twin}, PutEvent{2, third}});
  EXPECT_TRUE(answers[0]);
  EXPECT_EQ(answers[1].error().code, Errc::already_exists);
  EXPECT_TRUE(answers[2]);
  EXPECT_EQ(answers[3].error().code, Errc::version_conflict);
  EXPECT_TRUE(answers[4]);
  EXPECT_EQ(stored_event(first.id), third);
  EXPECT_EQ(catalog().all_events().value().size(), 1u);
}

TEST_P(CatalogStoreTest, CA1_ABatchWhereEverythingIsRefusedLeavesTheStoreInOrder) {
  const Event event = new_event();
  ASSERT_TRUE(put_one(PutEvent{0, event}));
  EXPECT_FALSE(put({PutEvent{0, event}, PutEvent{7, event}})[1]);
  EXPECT_TRUE(put({}).empty());
  EXPECT_TRUE(put_one(PutEvent{0, new_event()})) << "no transaction was left open";
}

TEST_P(CatalogStoreTest, CA3_TheRevisionTellsOfEveryChangeToEventsAndKeywords) {
  std::int64_t last = catalog().revision().value();
  const auto changed = [&] {
    const std::int64_t now = catalog().revision().value();
    return std::exchange(last, now) != now;
  };
  EXPECT_FALSE(changed());
  Event event = new_event();
  ASSERT_TRUE(put_one(PutEvent{0, event}));
  EXPECT_TRUE(changed());
  event.version = 2;
  ASSERT_TRUE(put_one(PutEvent{1, event}));
  EXPECT_TRUE(changed());
  ASSERT_TRUE(put_one(PutKeyword{{"싸이", "PSY", "artist"}}));
  EXPECT_TRUE(changed());
  EXPECT_FALSE(put_one(PutEvent{0, event}));
  EXPECT_FALSE(changed()) << "nothing was stored";
  ASSERT_TRUE(catalog().all_events());
  EXPECT_FALSE(changed());
}

TEST_P(CatalogStoreTest, CA5_LayoutsAreReadBackByIdAndName) {
  SeatLayout layout = new_layout(korean_and_emoji);
  layout.description = korean_and_emoji;
  layout.sections[0].name = korean_and_emoji;
  layout.sections[0].geometry = SectionGeometry{-1, 2, 3, 4, -359};
  layout.sections[0].gaps = {{3, 10}, {1, 1}};
  layout.sections[1].blocked = {{8, 15}};
  layout.sections[2].placed = {{{9, 1}, -10, 20}};
  layout.sections[2].price_minor = max_price_minor;
  ASSERT_TRUE(put_one(PutLayout{0, layout}));
  EXPECT_EQ(catalog().layout(layout.id).value(), layout);
  EXPECT_EQ(catalog().layout_named(korean_and_emoji).value(), layout);
  EXPECT_EQ(catalog().layout(SeatLayoutId{{1, 1}}).value(), std::nullopt);
  EXPECT_EQ(catalog().layout_named("HALL").value(), std::nullopt);
}

TEST_P(CatalogStoreTest, CA5_LayoutNamesAreUnique) {
  const SeatLayout hall = new_layout("hall");
  const SeatLayout other = new_layout("other");
  const SeatLayout same_name = new_layout("hall");
  const auto answers = put({PutLayout{0, hall}, PutLayout{0, other}, PutLayout{0, same_name}});
  EXPECT_TRUE(answers[0]);
  EXPECT_TRUE(answers[1]);
  EXPECT_EQ(answers[2].error().code, Errc::already_exists);
  EXPECT_EQ(answers[2].error().detail("field"), "name");
  EXPECT_EQ(put_one(PutLayout{0, same_name}).error().detail("field"), "name") << "also of a stored one";

  SeatLayout renamed = other;
  renamed.name = "hall";
  renamed.version = 2;
  EXPECT_EQ(put_one(PutLayout{1, renamed}).error().detail("field"), "name");
  renamed.name = "Hall";  // names differ in case
  EXPECT_TRUE(put_one(PutLayout{1, renamed}));
  EXPECT_EQ(put_one(PutLayout{1, renamed}).error().code, Errc::version_conflict);
  EXPECT_EQ(put_one(PutLayout{0, renamed}).error().detail("field"), "id");
  EXPECT_EQ(catalog().layout_named("other").value(), std::nullopt);
  EXPECT_EQ(catalog().layout_named("Hall").value(), renamed);
  EXPECT_TRUE(put_one(PutLayout{0, new_layout("other")})) << "the old name is free again";
}

TEST_P(CatalogStoreTest, CA5_AllLayoutsComeByNameInTheOrderOfBytes) {
  put({PutLayout{0, new_layout("나")}, PutLayout{0, new_layout("b")}, PutLayout{0, new_layout("a_1")},
       PutLayout{0, new_layout("a-1")}, PutLayout{0, new_layout("B")}, PutLayout{0, new_layout("가")}});
  std::vector<std::string> names;
  for (const SeatLayout& layout : catalog().all_layouts().value()) names.push_back(layout.name);
  EXPECT_EQ(names, (std::vector<std::string>{"B", "a-1", "a_1", "b", "가", "나"}));
}

TEST_P(CatalogStoreTest, CA5_ALargeLayoutIsKept) {
  SeatLayout layout = stadium();
  layout.id = ids.next<SeatLayoutId>();
  layout.version = 1;
  for (const GeneratedSeat& seat : catalog::generate_seats(layout))
    layout.sections[seat.section].placed.push_back({seat.position, seat.x + 1, seat.y});
  ASSERT_TRUE(put_one(PutLayout{0, layout}));
  EXPECT_EQ(catalog().layout(layout.id).value(), layout);
}

TEST_P(CatalogStoreTest, CA6_TicketTypesComeByPriceThenName) {
  const Event event = new_event();
  const Event other = new_event();
  put({PutEvent{0, event}, PutEvent{0, other}});
  put({PutTicketType{new_type(event.id, "나", 100)}, PutTicketType{new_type(event.id, "b", 100)},
       PutTicketType{new_type(event.id, "dear", 900)}, PutTicketType{new_type(event.id, "B", 100)},
       PutTicketType{new_type(other.id, "elsewhere", 500)}});
  std::vector<std::string> names;
  for (const TicketType& type : catalog().ticket_types(event.id).value()) names.push_back(type.name);
  EXPECT_EQ(names, (std::vector<std::string>{"dear", "B", "b", "나"}));
}

TEST_P(CatalogStoreTest, CA6_TicketTypesOfManyEventsComeTogetherAndInTheOrderAskedFor) {
  const Event event = new_event();
  const Event other = new_event();
  put({PutEvent{0, event}, PutEvent{0, other}});
  put({PutTicketType{new_type(other.id, "c", 500)}, PutTicketType{new_type(event.id, "a", 100)},
       PutTicketType{new_type(event.id, "b", 900)}});
  const std::vector<EventId> asked{other.id, EventId{{1, 1}}, event.id, other.id};
  const auto all = catalog().ticket_types(asked).value();
  ASSERT_EQ(all.size(), 4u);
  for (std::size_t i = 0; i < asked.size(); ++i) EXPECT_EQ(all[i], catalog().ticket_types(asked[i]).value());
  EXPECT_EQ(all[0].size(), 1u);
  EXPECT_TRUE(all[1].empty());
  ASSERT_EQ(all[2].size(), 2u);
  EXPECT_EQ(all[2][0].name, "b");
  EXPECT_TRUE(catalog().ticket_types(std::span<const EventId>()).value().empty());
}

TEST_P(CatalogStoreTest, CA6_ATicketTypeIsReplacedButNeverTakenFromAnotherEvent) {
  const Event event = new_event();
  const Event other = new_event();
  put({PutEvent{0, event}, PutEvent{0, other}});
  TicketType type = new_type(event.id, korean_and_emoji);
  type.description = korean_and_emoji;
  type.price.currency = Currency{{'U', 'S', 'D'}};
  ASSERT_TRUE(put_one(PutTicketType{type}));
  EXPECT_EQ(catalog().ticket_types(event.id).value(), std::vector<TicketType>{type});
  TicketType changed = type;
  changed.price.minor = 1;
  TicketType again = changed;
  again.name = "again";
  const auto answers = put({PutTicketType{changed}, PutTicketType{again}});
  EXPECT_TRUE(answers[0]);
  EXPECT_TRUE(answers[1]);
  EXPECT_EQ(catalog().ticket_types(event.id).value(), std::vector<TicketType>{again});
  changed.event_id = other.id;
  EXPECT_EQ(put_one(PutTicketType{changed}).error().code, Errc::already_exists);
  EXPECT_EQ(put_one(PutTicketType{changed}).error().detail("field"), "id");
  EXPECT_EQ(catalog().ticket_types(event.id).value(), std::vector<TicketType>{again});
}

TEST_P(CatalogStoreTest, CA4_AKeywordPairIsKeptOnce) {
  const Keyword psy{"싸이", "PSY", "artist"};
  const auto answers =
      put({PutKeyword{psy}, PutKeyword{{"싸이", "PSY", "general"}}, PutKeyword{{"싸이", "psy", "artist"}}});
  for (const auto& answer : answers) EXPECT_TRUE(answer);
  EXPECT_TRUE(put_one(PutKeyword{{"싸이", "PSY", "venue"}}));
  EXPECT_EQ(catalog().keywords().value(), (std::vector<Keyword>{psy, {"싸이", "psy", "artist"}}));
}

TEST_P(CatalogStoreTest, CA1_OfManyWhoCreateTheSameEventOneSucceeds) {
  constexpr int rounds = 20;
  constexpr int threads = 4;
  for (int round = 0; round < rounds; ++round) {
    const Event event = new_event();
    std::atomic<int> stored = 0;
    std::atomic<int> refused = 0;
    std::vector<std::thread> writers;
    for (int i = 0; i < threads; ++i)
      writers.emplace_back([&] {
        const CatalogChange change = PutEvent{0, event};
        const auto answers = catalog().commit({&change, 1});
        ASSERT_TRUE(answers) << answers.error().message;
        if (answers->front()) ++stored;
        else refused += answers->front().error().code == Errc::already_exists ? 1 : 0;
      });
    for (std::thread& writer : writers) writer.join();
    EXPECT_EQ(stored, 1);
    EXPECT_EQ(refused, threads - 1);
  }
}

TEST_P(CatalogStoreTest, CA1_NoUpdateIsLostAmongThreads) {
  constexpr int threads = 4;
  constexpr int updates = 25;
  Event event = new_event();
  event.capacity = 0;
  ASSERT_TRUE(put_one(PutEvent{0, event}));
  std::vector<std::thread> writers;
  for (int i = 0; i < threads; ++i)
    writers.emplace_back([&] {
      for (int done = 0; done < updates;) {
        Event next = *catalog().events({&event.id, 1}).value().front();
        const std::int64_t version = next.version++;
        ++next.capacity;
        const CatalogChange change = PutEvent{version, next};
        const auto answers = catalog().commit({&change, 1});
        ASSERT_TRUE(answers) << answers.error().message;
        if (answers->front()) ++done;
        else ASSERT_EQ(answers->front().error().code, Errc::version_conflict);
      }
    });
  for (std::thread& writer : writers) writer.join();
  const Event last = *stored_event(event.id);
  EXPECT_EQ(last.capacity, threads * updates);
  EXPECT_EQ(last.version, 1 + threads * updates);
}

TEST_P(CatalogStoreTest, CA5_OfManyWhoTakeALayoutNameOneSucceeds) {
  constexpr int threads = 4;
  std::vector<SeatLayout> layouts;
  for (int i = 0; i < threads; ++i) layouts.push_back(new_layout("hall"));
  std::atomic<int> stored = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> writers;
  for (const SeatLayout& layout : layouts)
    writers.emplace_back([&] {
      const CatalogChange change = PutLayout{0, layout};
      const auto answers = catalog().commit({&change, 1});
      ASSERT_TRUE(answers) << answers.error().message;
      if (answers->front()) ++stored;
      else refused += answers->front().error().detail("field") == "name" ? 1 : 0;
    });
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(stored, 1);
  EXPECT_EQ(refused, threads - 1);
  EXPECT_EQ(catalog().all_layouts().value().size(), 1u);
}

class DurableCatalogTest : public CatalogStoreTest {};
INSTANTIATE_TEST_SUITE_P(Every, DurableCatalogTest, durable_stores(), store_name);

TEST_P(DurableCatalogTest, CA1_EverythingIsThereAfterOpeningAgain) {
  const Event event = new_event();
  const SeatLayout layout = new_layout("hall");
  const TicketType type = new_type(event.id);
  put({PutLayout{0, layout}, PutEvent{0, event}, PutTicketType{type}, PutKeyword{{"싸이", "PSY", "artist"}}});
  const std::int64_t revision = catalog().revision().value();
  reopen();
  EXPECT_EQ(stored_event(event.id), event);
  EXPECT_EQ(catalog().layout_named("hall").value(), layout);
  EXPECT_EQ(catalog().ticket_types(event.id).value(), std::vector<TicketType>{type});
  EXPECT_EQ(catalog().keywords().value().size(), 1u);
  EXPECT_EQ(catalog().revision().value(), revision);
}

TEST_P(DurableCatalogTest, CA3_AnotherProcessSeesTheChangeAndTheNewRevision) {
  const auto other = open_another();
  const std::int64_t before = other->catalog().revision().value();
  const Event event = new_event();
  ASSERT_TRUE(put_one(PutEvent{0, event}));
  EXPECT_NE(other->catalog().revision().value(), before);
  EXPECT_EQ(other->catalog().events({&event.id, 1}).value().front(), event);
  const CatalogChange again = PutEvent{0, event};
  EXPECT_EQ(other->catalog().commit({&again, 1}).value().front().error().code, Errc::already_exists);
}

}  // namespace
}  // namespace tiketi::test
