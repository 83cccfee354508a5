// What admins need of a catalogue's storage, on every store: ticket types that follow their event, and events that go.

#include "catalog/samples.hpp"
#include "store/store_fixture.hpp"

#include <utility>

namespace tiketi::test {
namespace {

class CatalogAdmin : public StoreTest {
 protected:
  Event stored_event() {
    Event event = concert();
    event.id = ids.next<EventId>();
    event.version = 1;
    EXPECT_TRUE(put({PutEvent{0, event}})[0]);
    return event;
  }
  TicketType new_type(EventId event, std::string name = "Standing") {
    TicketType type = standing(std::move(name));
    type.id = ids.next<TicketTypeId>();
    type.event_id = event;
    return type;
  }
  static PutEvent next(Event& event) {
    ++event.version;
    return {event.version - 1, event};
  }
  std::vector<Result<void>> put(const std::vector<CatalogChange>& changes) { return catalog().commit(changes).value(); }
  std::optional<Event> read(EventId id) { return catalog().events({&id, 1}).value().front(); }
};

TEST_P(CatalogAdmin, CA6_a_ticket_type_is_found_by_its_id) {
  const Event event = stored_event();
  const TicketType type = new_type(event.id);
  EXPECT_FALSE(catalog().ticket_type(type.id).value());
  put({PutTicketType{type}, PutTicketType{new_type(event.id, "Other")}});
  EXPECT_EQ(catalog().ticket_type(type.id).value(), type);
}

// Types and event change together or not at all.
TEST_P(CatalogAdmin, CA6_a_ticket_type_can_depend_on_the_version_of_its_event) {
  Event event = stored_event();
  TicketType type = new_type(event.id);
  const auto first = put({PutTicketType{type, 1}, next(event)});
  EXPECT_TRUE(first[0]);
  EXPECT_TRUE(first[1]);
  TicketType late = type;
  late.total_quantity = 9;
  Event old = event;
  old.version = 2;
  const auto second = put({PutTicketType{late, 1}, PutEvent{1, old}});
  EXPECT_EQ(second[0].error().code, Errc::version_conflict);
  EXPECT_EQ(second[1].error().code, Errc::version_conflict);
  EXPECT_EQ(catalog().ticket_type(type.id).value(), type);
  EXPECT_TRUE(put({PutTicketType{late, 0}})[0]);
  EXPECT_EQ(catalog().ticket_type(type.id).value(), late);
}

TEST_P(CatalogAdmin, CA6_a_removed_event_goes_with_its_ticket_types) {
  const Event event = stored_event();
  const Event neighbour = stored_event();
  const TicketType type = new_type(event.id);
  const TicketType other = new_type(neighbour.id);
  put({PutTicketType{type}, PutTicketType{other}});
  const std::int64_t revision = catalog().revision().value();
  EXPECT_EQ(put({RemoveEvent{event.id, 2}})[0].error().code, Errc::version_conflict);
  EXPECT_EQ(put({RemoveEvent{ids.next<EventId>(), 1}})[0].error().code, Errc::event_not_found);
  EXPECT_TRUE(read(event.id));

  EXPECT_TRUE(put({RemoveEvent{event.id, 1}})[0]);
  EXPECT_FALSE(read(event.id));
  EXPECT_FALSE(catalog().ticket_type(type.id).value());
  EXPECT_TRUE(catalog().ticket_types(event.id).value().empty());
  EXPECT_EQ(catalog().all_events().value().size(), 1U);
  EXPECT_EQ(catalog().ticket_type(other.id).value(), other);
  EXPECT_NE(catalog().revision().value(), revision) << "lists that were kept are stale";
  EXPECT_EQ(put({RemoveEvent{event.id, 1}})[0].error().code, Errc::event_not_found);
  EXPECT_EQ(put({PutTicketType{type}})[0].error().code, Errc::event_not_found);
}

// Changes of one batch follow each other.
TEST_P(CatalogAdmin, CA6_a_batch_may_store_and_remove_and_store_again) {
  Event event = stored_event();
  const TicketType type = new_type(event.id);
  put({PutTicketType{type}});
  Event changed = event;
  const TicketType more = new_type(event.id, "More");
  Event again = event;
  again.title = "Again";
  const auto answers = put({next(changed), PutTicketType{more}, RemoveEvent{event.id, 2}, PutTicketType{type},
                            PutEvent{0, again}, PutTicketType{type}});
  EXPECT_TRUE(answers[2]);
  EXPECT_EQ(answers[3].error().code, Errc::event_not_found);
  EXPECT_TRUE(answers[4]);
  EXPECT_TRUE(answers[5]);
  EXPECT_EQ(read(event.id), again);
  EXPECT_EQ(catalog().ticket_types(event.id).value(), std::vector{type});
}

INSTANTIATE_TEST_SUITE_P(Every, CatalogAdmin, every_store(), store_name);

}  // namespace
}  // namespace tiketi::test
