// BoxOfficeStore: what is loaded, asked, listed, published and forgotten.

#include "store/store_fixture.hpp"

#include <algorithm>

namespace tiketi::test {

namespace {

class BoxOfficeReads : public StoreTest {};

TEST_P(BoxOfficeReads, an_answer_runs_parallel_to_the_question) {
  const auto event = load_inventory(3, {10, 20});
  const EventId nowhere = ids.next<EventId>();
  ReserveQuestion question;
  question.seats = {event.seats[2].id, ids.next<SeatId>(), event.seats[0].id, event.seats[2].id};
  question.ticket_types = {ids.next<TicketTypeId>(), event.stock[1].id};
  question.events = {nowhere, event.event_id};
  question.keys = {{ids.next<UserId>(), "k"}};
  const ReserveAnswer answer = box_office().ask(question).value();
  ASSERT_EQ(answer.seats.size(), 4U);
  EXPECT_EQ(answer.seats[0], event.seats[2]);
  EXPECT_FALSE(answer.seats[1]);
  EXPECT_EQ(answer.seats[2], event.seats[0]);
  EXPECT_EQ(answer.seats[3], event.seats[2]);
  ASSERT_EQ(answer.stock.size(), 2U);
  EXPECT_FALSE(answer.stock[0]);
  EXPECT_EQ(answer.stock[1], event.stock[1]);
  ASSERT_EQ(answer.inventories.size(), 2U);
  EXPECT_FALSE(answer.inventories[0]);
  EXPECT_EQ(answer.inventories[1], (EventInventory{event.event_id, krw, false, 33, 33}));
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_FALSE(answer.records[0]);
  EXPECT_TRUE(box_office().ask({}).value().seats.empty());
}

TEST_P(BoxOfficeReads, an_inventory_is_loaded_once) {
  const auto event = load_inventory(2, {5});
  NewInventory again = event;
  for (Seat& seat : again.seats) seat.id = ids.next<SeatId>();
  again.stock[0].id = ids.next<TicketTypeId>();
  const auto loaded = box_office().load(again);
  ASSERT_TRUE(loaded.has_error());
  EXPECT_EQ(loaded.error().code, Errc::already_exists);
  EXPECT_EQ(inventory(event.event_id).total, 7);
  EXPECT_EQ(box_office().seat_map(event.event_id).value().size(), 2U);
  EXPECT_FALSE(box_office().ask({{again.seats[0].id}, {}, {}, {}}).value().seats[0]);
}

TEST_P(BoxOfficeReads, a_stadium_loads_in_one_go) {
  const auto event = load_inventory(20'000);
  EXPECT_EQ(box_office().seat_map(event.event_id).value().size(), 20'000U);
  EXPECT_EQ(inventory(event.event_id).available, 20'000);
}

TEST_P(BoxOfficeReads, a_seat_map_has_every_seat_in_order_with_its_state) {
  load_inventory(3);  // a neighbour
  const NewInventory event = [&] {
    NewInventory made{ids.next<EventId>(), *Currency::parse("USD"), {}, {}};
    for (int i = 0; i < 6; ++i) {
      Seat seat{
          ids.next<SeatId>(), made.event_id, i < 4 ? "VIP" : "입석", i / 2 + 1, i % 2 + 1, 1000 - i, 10 * i, -i, {}};
      if (i == 5) seat.state.status = PlaceStatus::blocked;
      made.seats.push_back(seat);
    }
    return made;
  }();
  ASSERT_TRUE(box_office().load(event).has_value());
  load_inventory(3);  // another one
  const Change held = hold(event, {1});
  const Change sold = hold(event, {2});
  commit({held, sold, confirmed(sold.after, clock.now())});

  const SeatMap map = box_office().seat_map(event.event_id).value();
  EXPECT_EQ(map.event_id, event.event_id);
  EXPECT_EQ(map.currency.text(), "USD");
  EXPECT_EQ(*map.sections, (std::vector<std::string>{"VIP", "입석"}));
  ASSERT_EQ(map.size(), 6U);
  for (std::size_t i = 0; i < 6; ++i) {
    const Seat& seat = event.seats[i];
    const SeatPlace& place = (*map.places)[i];
    EXPECT_EQ(place.id, seat.id);
    EXPECT_EQ(map.label(i), seat.label());
    EXPECT_EQ(place.price_minor, seat.price_minor);
    EXPECT_EQ(place.x, seat.x);
    EXPECT_EQ(place.y, seat.y);
    EXPECT_EQ(map.find(seat.id), i);
  }
  const auto is = [&](std::size_t i, PlaceStatus status, std::int32_t version, Timestamp until) {
    EXPECT_EQ(map.live[i].status, status) << i;
    EXPECT_EQ(map.live[i].version, version) << i;
    EXPECT_EQ(map.live[i].held_until, until) << i;
  };
  is(0, PlaceStatus::available, 0, {});
  is(1, PlaceStatus::held, 1, held.after.expires_at);
  is(2, PlaceStatus::sold, 2, {});
  is(5, PlaceStatus::blocked, 0, {});
  EXPECT_EQ(map.version, 3);
}

TEST_P(BoxOfficeReads, an_event_without_seats_has_an_empty_map) {
  const auto event = load_inventory(0, {5});
  const SeatMap map = box_office().seat_map(event.event_id).value();
  EXPECT_EQ(map.size(), 0U);
  ASSERT_NE(map.places, nullptr);
  EXPECT_TRUE(map.places->empty());
}

TEST_P(BoxOfficeReads, an_event_without_inventory_is_not_found) {
  const EventId nowhere = ids.next<EventId>();
  EXPECT_EQ(box_office().seat_map(nowhere).error().code, Errc::event_not_found);
  EXPECT_EQ(box_office().close(nowhere).error().code, Errc::event_not_found);
  EXPECT_TRUE(box_office().stock_of(nowhere).value().empty());
}

TEST_P(BoxOfficeReads, stock_comes_by_price_and_then_by_name) {
  NewInventory event{ids.next<EventId>(), krw, {}, {}};
  const auto add = [&](const char* name, std::int64_t price) {
    event.stock.push_back({ids.next<TicketTypeId>(), event.event_id, name, price, 10, 0, 0});
  };
  add("b", 100);
  add("standing", 50);
  add("a", 100);
  add("VIP", 900);
  ASSERT_TRUE(box_office().load(event).has_value());
  std::vector<std::string> names;
  for (const TicketStock& each : box_office().stock_of(event.event_id).value()) names.push_back(each.name);
  EXPECT_EQ(names, (std::vector<std::string>{"VIP", "a", "b", "standing"}));
}

// CA2: what is sold out, and is so no more when something comes back.
TEST_P(BoxOfficeReads, sold_out_lists_events_with_places_none_of_which_is_free) {
  load_inventory(0);
  load_inventory(1);
  const auto event = load_inventory(1, {2});
  EXPECT_TRUE(box_office().sold_out().value().empty());
  const Change all = hold(event, {0}, {2});
  commit(all);
  EXPECT_EQ(box_office().sold_out().value(), std::vector{event.event_id});
  commit(cancelled(all.after, clock.now()));
  EXPECT_TRUE(box_office().sold_out().value().empty());
}

TEST_P(BoxOfficeReads, reservations_come_in_the_order_asked_for_with_all_their_lines) {
  const auto event = load_inventory(60, {100, 100});
  std::vector<std::size_t> many;
  for (std::size_t i = 59; i >= 10; --i) many.push_back(i);  // not in the order of the seats
  const Change large = hold(event, many, {5, 6});
  const Change small = hold(event, {0});
  commit({large, small});
  const std::vector<ReservationId> wanted{small.after.id, ids.next<ReservationId>(), large.after.id, small.after.id};
  const auto found = box_office().reservations(wanted).value();
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0], small.after);
  EXPECT_FALSE(found[1]);
  EXPECT_EQ(found[2], large.after);
  EXPECT_EQ(found[3], small.after);
}

TEST_P(BoxOfficeReads, a_reservation_is_found_by_its_number) {
  const auto event = load_inventory(2);
  const Change change = hold(event, {0, 1});
  commit(change);
  EXPECT_EQ(box_office().reservation_numbered(change.after.number).value(), change.after);
  EXPECT_FALSE(box_office().reservation_numbered(box_office::number_of(ids.next<ReservationId>())).value());
}

// BO7
TEST_P(BoxOfficeReads, my_reservations_come_newest_first_page_by_page) {
  const auto event = load_inventory(10);
  const UserId me = ids.next<UserId>();
  std::vector<Reservation> mine;
  for (std::size_t i = 0; i < 7; ++i) {
    const Change change = hold(event, {i}, {}, i == 3 ? UserId{} : me);
    commit(change);
    if (i != 3) mine.insert(mine.begin(), change.after);
    clock.advance(1);
  }
  const auto page = [&](ReservationId before, std::size_t limit) {
    return box_office().reservations_of(me, before, limit).value();
  };
  EXPECT_EQ(page({}, 100), mine);
  EXPECT_EQ(page({}, 4), std::vector(mine.begin(), mine.begin() + 4));
  EXPECT_EQ(page(mine[3].id, 4), std::vector(mine.begin() + 4, mine.end()));
  EXPECT_TRUE(page(mine.back().id, 4).empty());
  EXPECT_TRUE(box_office().reservations_of(ids.next<UserId>(), {}, 10).value().empty());
}

// BO4: to the millisecond, the earliest first.
TEST_P(BoxOfficeReads, expired_lists_pending_holds_that_are_over) {
  const auto event = load_inventory(10);
  std::vector<Change> holds;
  for (std::size_t i = 0; i < 6; ++i) {
    holds.push_back(hold(event, {i}));
    // The later it was made, the earlier it ends.
    holds.back().after.expires_at = clock.now().plus_ms(600 - 100 * static_cast<std::int64_t>(i));
  }
  commit(holds);
  commit({confirmed(holds[5].after, clock.now()), cancelled(holds[4].after, clock.now()),
          extended(holds[3].after, clock.now(), 550)});
  const auto at = [&](std::int64_t ms, std::size_t limit) {
    std::vector<ReservationId> out;
    for (const Reservation& each : box_office().expired(clock.now().plus_ms(ms), limit).value()) {
      EXPECT_EQ(each, stored(each.id));
      out.push_back(each.id);
    }
    return out;
  };
  const auto id = [&](std::size_t i) { return holds[i].after.id; };
  EXPECT_EQ(at(399, 10), std::vector<ReservationId>{});
  EXPECT_EQ(at(400, 10), std::vector{id(2)});
  EXPECT_EQ(at(600, 10), (std::vector{id(2), id(1), id(3), id(0)}));
  EXPECT_EQ(at(600, 2), (std::vector{id(2), id(1)}));
  commit(expired(holds[2].after, clock.now().plus_ms(400)));
  EXPECT_EQ(at(600, 2), (std::vector{id(1), id(3)}));
}

// ST3: each change's message, in the order of the changes, until it is removed.
TEST_P(BoxOfficeReads, the_outbox_tells_every_change_once_and_in_order) {
  const auto event = load_inventory(3, {5});
  const Change a = hold(event, {0}, {2});
  const Change b = hold(event, {1});
  const Change refused = hold(event, {0});
  const Change a_sold = confirmed(a.after, clock.now().plus_ms(5));
  commit({a, refused, b, a_sold});
  const Change b_longer = extended(b.after, clock.now(), hour_ms);
  const Change b_over = expired(b_longer.after, clock.now());
  const Change a_back = cancelled(a_sold.after, clock.now());
  commit({b_longer, b_over, a_back});

  const std::vector<const Change*> told{&a, &b, &a_sold, &b_longer, &b_over, &a_back};
  const auto messages = box_office().outbox(100).value();
  ASSERT_EQ(messages.size(), told.size());
  EXPECT_EQ(box_office().outbox_size().value(), 6);
  for (std::size_t i = 0; i < told.size(); ++i) {
    EXPECT_EQ(messages[i].topic, topic(told[i]->news)) << i;
    EXPECT_EQ(messages[i].key, told[i]->after.id.text()) << i;
    EXPECT_EQ(messages[i].payload, news_payload(told[i]->news, told[i]->after)) << i;
    EXPECT_EQ(messages[i].at, told[i]->after.updated_at) << i;
    if (i > 0) {
      EXPECT_GT(messages[i].sequence, messages[i - 1].sequence);
    }
  }
  EXPECT_EQ(messages[0].topic, "reservation.held");
  EXPECT_EQ(box_office().outbox(2).value(), std::vector(messages.begin(), messages.begin() + 2));

  const std::vector<std::int64_t> published{messages[0].sequence, messages[2].sequence, 1'000'000};
  ASSERT_TRUE(box_office().remove_from_outbox(published).has_value());
  EXPECT_EQ(box_office().outbox_size().value(), 4);
  EXPECT_EQ(box_office().outbox(1).value(), std::vector{messages[1]});
  ASSERT_TRUE(box_office().remove_from_outbox({}).has_value());
}

// A consumer keeps the highest sequence that it has seen: numbers never start again.
TEST_P(BoxOfficeReads, sequences_grow_also_when_the_outbox_was_emptied) {
  const auto event = load_inventory(3);
  commit(hold(event, {0}));
  const std::int64_t first = box_office().outbox(1).value().at(0).sequence;
  ASSERT_TRUE(box_office().remove_from_outbox({&first, 1}).has_value());
  if (GetParam() != StoreKind::memory) reopen();
  commit(hold(event, {1}));
  EXPECT_GT(box_office().outbox(1).value().at(0).sequence, first);
}

TEST_P(BoxOfficeReads, old_idempotency_records_are_forgotten_oldest_first) {
  const auto event = load_inventory(6);
  const Timestamp start = clock.now();
  std::vector<Change> changes;
  for (std::size_t i = 0; i < 6; ++i) {
    Change change = hold(event, {i});
    change.idempotency =
        IdempotencyRecord{change.after.user_id, "k", i, change.after.id, start.plus_ms(static_cast<std::int64_t>(i))};
    changes.push_back(change);
  }
  commit(changes);
  const auto known = [&] {
    ReserveQuestion question;
    for (const Change& each : changes) question.keys.push_back({each.after.user_id, "k"});
    std::string out;
    for (const auto& record : box_office().ask(question).value().records) out += record ? 'x' : '-';
    return out;
  };
  EXPECT_EQ(box_office().prune_idempotency(start, 100).value(), 0U);
  EXPECT_EQ(box_office().prune_idempotency(start.plus_ms(4), 3).value(), 3U);
  EXPECT_EQ(known(), "---xxx");
  EXPECT_EQ(box_office().prune_idempotency(start.plus_ms(4), 3).value(), 1U);
  EXPECT_EQ(known(), "----xx");
}

TEST_P(BoxOfficeReads, texts_of_any_language_and_extreme_numbers_are_kept) {
  NewInventory event{ids.next<EventId>(), *Currency::parse("JPY"), {}, {}};
  const std::int64_t price = 9'000'000'000'000'000'000;
  event.seats.push_back({ids.next<SeatId>(),
                         event.event_id,
                         "스탠딩 'A\"\\;--",
                         2'000'000'000,
                         1,
                         price,
                         -2'000'000'000,
                         2'000'000'000,
                         {}});
  ASSERT_TRUE(box_office().load(event).has_value());
  EXPECT_EQ(seat(event.seats[0].id), event.seats[0]);
  Change change = hold(event, {0});
  change.after.total.currency = event.currency;
  commit(change);
  EXPECT_EQ(stored(change.after.id), change.after);
  const Change sale = confirmed(change.after, latest_timestamp, "paid 🎫 '); DROP TABLE seats; --");
  commit(sale);
  EXPECT_EQ(stored(change.after.id), sale.after);
}

INSTANTIATE_TEST_SUITE_P(Every, BoxOfficeReads, every_store(), store_name);

}  // namespace

}  // namespace tiketi::test
