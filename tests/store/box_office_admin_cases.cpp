// BoxOfficeStore: what those who run the house list, count and change.

#include "store/store_fixture.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

namespace tiketi::test {

namespace {

class BoxOfficeAdmin : public StoreTest {
 protected:
  Result<std::int64_t> change(EventId id, decltype(InventoryChange::what) what) {
    return box_office().change_inventory({id, krw, std::move(what)});
  }
  Error refused(EventId id, decltype(InventoryChange::what) what) {
    const auto answer = change(id, std::move(what));
    EXPECT_TRUE(answer.has_error()) << "it was admitted";
    return answer.has_error() ? answer.error() : Error{};
  }
  /// New seats for an event that has some already or had some.
  std::vector<Seat> more_seats(EventId id, std::size_t count) {
    std::vector<Seat> seats = make_inventory(count).seats;
    for (Seat& seat : seats) seat.event_id = id;
    return seats;
  }
  static PutStock with_total(const TicketStock& stock, std::int64_t total) {
    return {stock.id, stock.name, stock.price_minor, total};
  }
  std::size_t seats_on_map(EventId id) { return box_office().seat_map(id).value().size(); }

  /// Reservations of two events: two pending, one confirmed, one cancelled and one expired of the first, a
  /// millisecond apart, and one confirmed of the second.
  void make_reservations() {
    event = load_inventory(10);
    other = load_inventory(2);
    for (std::size_t i = 0; i < 5; ++i) {
      made.push_back(hold(event, {i}));
      commit(made.back());
      clock.advance(1);
    }
    made.push_back(hold(other, {0}));
    commit(made.back());
    commit({confirmed(made[1].after, clock.now()), cancelled(made[2].after, clock.now()),
            expired(made[3].after, clock.now()), confirmed(made[5].after, clock.now())});
  }
  std::vector<std::size_t> indexes_of(const std::vector<Reservation>& found) {
    std::vector<std::size_t> out;
    for (const Reservation& each : found) {
      EXPECT_EQ(each, stored(each.id));
      const auto at =
          std::find_if(made.begin(), made.end(), [&](const Change& one) { return one.after.id == each.id; });
      out.push_back(static_cast<std::size_t>(at - made.begin()));
    }
    return out;
  }

  NewInventory event, other;
  std::vector<Change> made;
};

using Indexes = std::vector<std::size_t>;

// What is cancelled with an event: everything that is held or sold of it, page by page.
TEST_P(BoxOfficeAdmin, reservations_of_an_event_come_by_id_without_those_that_are_over) {
  make_reservations();
  const auto page = [&](EventId id, ReservationId after, std::size_t limit) {
    return indexes_of(box_office().reservations_of_event(id, after, limit).value());
  };
  EXPECT_EQ(page(event.event_id, {}, 10), (Indexes{0, 1, 4}));
  EXPECT_EQ(page(event.event_id, {}, 2), (Indexes{0, 1}));
  EXPECT_EQ(page(event.event_id, made[1].after.id, 2), Indexes{4});
  EXPECT_EQ(page(event.event_id, made[4].after.id, 2), Indexes{});
  EXPECT_EQ(page(other.event_id, {}, 10), Indexes{5});
  EXPECT_EQ(page(ids.next<EventId>(), {}, 10), Indexes{});
}

TEST_P(BoxOfficeAdmin, all_reservations_are_listed_newest_first_by_status_and_event) {
  make_reservations();
  const auto page = [&](ReservationFilter filter, std::int64_t offset, std::size_t limit, std::int64_t total) {
    const auto found = box_office().reservations_page(filter, offset, limit).value();
    EXPECT_EQ(found.total, total);
    return indexes_of(found.reservations);
  };
  using enum ReservationStatus;
  EXPECT_EQ(page({}, 0, 10, 6), (Indexes{5, 4, 3, 2, 1, 0}));
  EXPECT_EQ(page({}, 1, 2, 6), (Indexes{4, 3}));
  EXPECT_EQ(page({}, 5, 10, 6), Indexes{0});
  EXPECT_EQ(page({}, 6, 10, 6), Indexes{});
  EXPECT_EQ(page({}, INT64_MAX, 10, 6), Indexes{});
  EXPECT_EQ(page({pending, {}}, 0, 10, 2), (Indexes{4, 0}));
  EXPECT_EQ(page({confirmed, {}}, 0, 10, 2), (Indexes{5, 1}));
  EXPECT_EQ(page({confirmed, {}}, 1, 10, 2), Indexes{1});
  EXPECT_EQ(page({{}, event.event_id}, 0, 10, 5), (Indexes{4, 3, 2, 1, 0}));
  EXPECT_EQ(page({{}, event.event_id}, 3, 1, 5), Indexes{1});
  EXPECT_EQ(page({cancelled, event.event_id}, 0, 10, 1), Indexes{2});
  EXPECT_EQ(page({expired, event.event_id}, 0, 10, 1), Indexes{3});
  EXPECT_EQ(page({expired, other.event_id}, 0, 10, 0), Indexes{});
  EXPECT_EQ(page({{}, ids.next<EventId>()}, 0, 10, 0), Indexes{});
}

TEST_P(BoxOfficeAdmin, totals_count_every_status_and_what_was_made_since) {
  EXPECT_EQ(box_office().reservation_totals({}).value().total(), 0);
  make_reservations();
  const Timestamp third = made[2].after.created_at;
  const ReservationTotals totals = box_office().reservation_totals(third).value();
  EXPECT_EQ(totals.by_status, (std::array<std::int64_t, 4>{2, 2, 1, 1}));
  EXPECT_EQ(totals.total(), 6);
  EXPECT_EQ(totals.since, 4) << "at that millisecond or later";
  EXPECT_EQ(box_office().reservation_totals(third.plus_ms(1)).value().since, 3);
  EXPECT_EQ(box_office().reservation_totals({}).value().since, 6);
  EXPECT_EQ(box_office().reservation_totals(clock.now().plus_ms(hour_ms)).value().since, 0);
}

TEST_P(BoxOfficeAdmin, seats_can_be_put_up_for_sale_later) {
  const auto standing = load_inventory(0, {10});
  std::vector<Seat> seats = more_seats(standing.event_id, 30);
  seats[7].state.status = PlaceStatus::blocked;
  EXPECT_EQ(change(standing.event_id, AddSeats{seats}).value(), 30);
  EXPECT_EQ(inventory(standing.event_id).total, 39);
  EXPECT_EQ(inventory(standing.event_id).available, 39);
  EXPECT_EQ(seats_on_map(standing.event_id), 30U);
  EXPECT_EQ(seat(seats[29].id), seats[29]);

  // Once; with others' seats in between in the order of ids.
  load_inventory(3);
  EXPECT_EQ(refused(standing.event_id, AddSeats{more_seats(standing.event_id, 2)}).code, Errc::already_exists);
  EXPECT_EQ(seats_on_map(standing.event_id), 30U);

  NewInventory both = standing;
  both.seats = seats;
  EXPECT_EQ(commit(hold(both, {0, 29}, {1})).kind, Outcome::Kind::applied);
}

TEST_P(BoxOfficeAdmin, an_event_without_places_gets_its_first_by_a_change) {
  const EventId bare = ids.next<EventId>();
  EXPECT_EQ(change(bare, AddSeats{more_seats(bare, 4)}).value(), 4);
  EXPECT_EQ(inventory(bare), (EventInventory{bare, krw, false, 4, 4}));
  const EventId second = ids.next<EventId>();
  const TicketTypeId type = ids.next<TicketTypeId>();
  EXPECT_EQ(change(second, PutStock{type, "입석", 20'000, 7}).value(), 0);
  EXPECT_EQ(inventory(second), (EventInventory{second, krw, false, 7, 7}));
  EXPECT_EQ(stock(type), (TicketStock{type, second, "입석", 20'000, 7, 0, 0}));
  // What is refused leaves nothing of itself, not even that.
  const EventId third = ids.next<EventId>();
  EXPECT_EQ(refused(third, PutStock{type, "x", 1, 1}).code, Errc::ticket_type_other_event);
  EXPECT_FALSE(box_office().ask({{}, {}, {}, {third}}).value().inventories[0]);
  EXPECT_EQ(refused(third, PutStock{{}, "x", 1, 1}).detail("field"), "id");
}

// DELETE of an event's seats: never under somebody's hold.
TEST_P(BoxOfficeAdmin, seats_are_removed_only_when_none_is_held_or_sold) {
  event = load_inventory(5, {10});
  load_inventory(2);
  const Change held = hold(event, {1, 2});
  commit(held);
  EXPECT_EQ(refused(event.event_id, RemoveSeats{}).code, Errc::has_reservations);
  EXPECT_EQ(refused(event.event_id, RemoveSeats{}).detail("taken"), "2");
  const Change sold = confirmed(held.after, clock.now());
  commit(sold);
  EXPECT_EQ(refused(event.event_id, RemoveSeats{}).code, Errc::has_reservations);
  EXPECT_EQ(seats_on_map(event.event_id), 5U);
  const Change back = cancelled(sold.after, clock.now());
  commit(back);
  const Change tickets = hold(event, {}, {4});
  commit(tickets);

  EXPECT_EQ(change(event.event_id, RemoveSeats{}).value(), 5);
  EXPECT_EQ(seats_on_map(event.event_id), 0U);
  EXPECT_EQ(inventory(event.event_id).total, 10);
  EXPECT_EQ(inventory(event.event_id).available, 6);
  EXPECT_EQ(stored(back.after.id), back.after) << "history stays";
  EXPECT_EQ(commit(hold(event, {0})).kind, Outcome::Kind::seats_unavailable);
  EXPECT_EQ(change(event.event_id, RemoveSeats{}).value(), 0);

  NewInventory anew = event;
  anew.seats = more_seats(event.event_id, 3);
  EXPECT_EQ(change(event.event_id, AddSeats{anew.seats}).value(), 3);
  EXPECT_EQ(commit(hold(anew, {0, 2})).kind, Outcome::Kind::applied);
}

// PUT of a ticket type: a total below what is held and sold is refused, and says how much that is.
TEST_P(BoxOfficeAdmin, a_ticket_types_total_never_goes_below_what_is_taken) {
  event = load_inventory(2, {10});
  const TicketStock before = event.stock[0];
  const Change held = hold(event, {}, {3});
  const Change sold = hold(event, {}, {2});
  commit({held, sold, confirmed(sold.after, clock.now())});
  const Error error = refused(event.event_id, with_total(before, 4));
  EXPECT_EQ(error.code, Errc::has_reservations);
  EXPECT_EQ(error.detail("taken"), "5");
  EXPECT_EQ(error.detail("ticket_type"), before.id.text());
  EXPECT_EQ(stock(before.id).total, 10);

  EXPECT_TRUE(change(event.event_id, PutStock{before.id, "Standing", 12'000, 5}).has_value());
  EXPECT_EQ(stock(before.id), (TicketStock{before.id, event.event_id, "Standing", 12'000, 5, 3, 2}));
  EXPECT_EQ(inventory(event.event_id).total, 7);
  EXPECT_EQ(inventory(event.event_id).available, 2);
  EXPECT_EQ(commit(hold(event, {}, {1})).kind, Outcome::Kind::stock_short);
  EXPECT_EQ(stored(held.after.id).total.minor, 30'000) << "what was reserved keeps its price";

  EXPECT_TRUE(change(event.event_id, with_total(before, 20)).has_value());
  EXPECT_EQ(inventory(event.event_id).available, 17);
  EXPECT_EQ(commit(hold(event, {}, {15})).kind, Outcome::Kind::applied);
  EXPECT_EQ(refused(event.event_id, PutStock{ids.next<TicketTypeId>(), "x", 1, INT64_MAX}).code, Errc::overflow);
}

// An event for which something was ever reserved is history: it is cancelled, never removed.
TEST_P(BoxOfficeAdmin, an_event_is_withdrawn_only_if_nothing_was_ever_reserved) {
  event = load_inventory(3, {10});
  const Change held = hold(event, {0});
  commit({held, expired(held.after, held.after.expires_at)});
  EXPECT_EQ(refused(event.event_id, Withdraw{}).code, Errc::has_reservations);
  EXPECT_EQ(seats_on_map(event.event_id), 3U);

  other = load_inventory(3, {10});
  EXPECT_EQ(change(other.event_id, Withdraw{}).value(), 3);
  EXPECT_EQ(inventory(other.event_id), (EventInventory{other.event_id, krw, true, 0, 0}));
  EXPECT_EQ(seats_on_map(other.event_id), 0U);
  EXPECT_TRUE(box_office().stock_of(other.event_id).value().empty());
  EXPECT_EQ(commit(hold(other, {0})).kind, Outcome::Kind::event_closed);
  EXPECT_EQ(commit(hold(other, {}, {1})).kind, Outcome::Kind::event_closed);

  // For good: who was about to put something up for sale comes too late.
  EXPECT_EQ(box_office().load(other).error().code, Errc::already_exists);
  EXPECT_EQ(refused(other.event_id, AddSeats{more_seats(other.event_id, 2)}).code, Errc::event_closed);
  EXPECT_EQ(refused(other.event_id, with_total(other.stock[0], 5)).code, Errc::event_closed);
  EXPECT_EQ(change(other.event_id, Withdraw{}).value(), 0);
  const EventId bare = ids.next<EventId>();
  EXPECT_EQ(change(bare, Withdraw{}).value(), 0);
  EXPECT_EQ(refused(bare, PutStock{ids.next<TicketTypeId>(), "x", 1, 1}).code, Errc::event_closed);
}

TEST_P(BoxOfficeAdmin, a_closed_event_gets_nothing_new) {
  event = load_inventory(0, {10});
  ASSERT_TRUE(box_office().close(event.event_id).has_value());
  EXPECT_EQ(refused(event.event_id, AddSeats{more_seats(event.event_id, 2)}).code, Errc::event_closed);
  EXPECT_EQ(refused(event.event_id, with_total(event.stock[0], 50)).code, Errc::event_closed);
}

/// Runs both at once.
template <class First, class Second>
void meet(First first, Second second) {
  std::atomic<int> ready{0};
  const auto start = [&] {
    for (++ready; ready < 2;) std::this_thread::yield();
  };
  std::thread other([&] {
    start();
    second();
  });
  start();
  first();
  other.join();
}

// BO3: an admin lowers the stock while customers reserve. Whoever comes second is told; nothing is lost.
TEST_P(BoxOfficeAdmin, reserving_and_shrinking_never_both_get_the_last) {
  for (int round = 0; round < 25; ++round) {
    event = load_inventory(0, {10});
    const std::vector<Change> holds{hold(event, {}, {4}), hold(event, {}, {3})};
    std::int64_t held = 0;
    bool shrunk = false;
    meet(
        [&] {
          for (const Change& each : holds)
            if (commit(each).kind == Outcome::Kind::applied) held += each.after.quantity;
        },
        [&] { shrunk = change(event.event_id, with_total(event.stock[0], 5)).has_value(); });
    const TicketStock after = stock(event.stock[0].id);
    EXPECT_EQ(after.held, held);
    EXPECT_EQ(after.total, shrunk ? 5 : 10);
    EXPECT_LE(after.held, after.total);
    EXPECT_TRUE(shrunk || held == 7);
    EXPECT_EQ(inventory(event.event_id).available, after.available());
  }
}

TEST_P(BoxOfficeAdmin, a_seat_is_never_held_and_removed) {
  for (int round = 0; round < 25; ++round) {
    event = load_inventory(6);
    std::vector<Change> holds;
    for (std::size_t i = 0; i < 3; ++i) holds.push_back(hold(event, {i, i + 3}));
    std::size_t held = 0;
    bool removed = false;
    meet(
        [&] {
          for (const Change& each : holds) held += commit(each).kind == Outcome::Kind::applied;
        },
        [&] { removed = change(event.event_id, RemoveSeats{}).has_value(); });
    EXPECT_EQ(held, removed ? 0U : 3U);
    EXPECT_EQ(seats_on_map(event.event_id), removed ? 0U : 6U);
  }
}

TEST_P(BoxOfficeAdmin, an_event_is_never_reserved_and_withdrawn) {
  for (int round = 0; round < 25; ++round) {
    event = load_inventory(2, {5});
    const Change held = hold(event, {0}, {2});
    bool reserved = false;
    bool withdrawn = false;
    meet([&] { reserved = commit(held).kind == Outcome::Kind::applied; },
         [&] { withdrawn = change(event.event_id, Withdraw{}).has_value(); });
    EXPECT_NE(reserved, withdrawn);
  }
}

INSTANTIATE_TEST_SUITE_P(Every, BoxOfficeAdmin, every_store(), store_name);

}  // namespace

}  // namespace tiketi::test
