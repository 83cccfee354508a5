// TI1, TI2: what a storage of tickets promises, on every store.

#include "store/raw_sql.hpp"
#include "store/store_fixture.hpp"
#include "verify_tickets.hpp"

#include <tiketi/adapters/crypto.hpp>
#include <tiketi/adapters/local.hpp>
#include <tiketi/ticket/ticket_desk.hpp>

#include <algorithm>
#include <atomic>
#include <thread>

namespace tiketi::test {
namespace {

class TicketStoreTest : public StoreTest {
 protected:
  TicketStore& tickets() { return stores().tickets(); }

  /// The tickets of a reservation that nobody but this test knows, of so many seats.
  std::vector<Ticket> made(std::int64_t seats = 1, UserId user = {}, EventId event = {}) {
    TicketReservation sold{.id = ids.next<ReservationId>(),
                           .event_id = event.is_nil() ? ids.next<EventId>() : event,
                           .user_id = user.is_nil() ? ids.next<UserId>() : user,
                           .confirmed = true};
    for (std::int64_t i = 1; i <= seats; ++i)
      sold.lines.push_back({ids.next<SeatId>(), {}, 1, "A-1-" + std::to_string(i)});
    return ticket::issue(sold, clock.now()).value();
  }
  static std::vector<TicketChange> as_new(const std::vector<Ticket>& all) {
    std::vector<TicketChange> out;
    for (const Ticket& each : all) out.push_back({0, each});
    return out;
  }
  std::vector<TicketOutcome> put(const std::vector<TicketChange>& changes) {
    auto outcomes = tickets().commit(changes);
    EXPECT_TRUE(outcomes.has_value()) << outcomes.error().message;
    return outcomes.value();
  }
  std::vector<Ticket> issued(std::int64_t seats = 1, UserId user = {}, EventId event = {}) {
    const auto all = made(seats, user, event);
    for (const TicketOutcome each : put(as_new(all))) EXPECT_EQ(each, TicketOutcome::applied);
    return all;
  }
  TicketChange use(const Ticket& ticket, std::string gate = "north") {
    return ticket::check_in(ticket, true, {.ticket_id = ticket.id, .gate = std::move(gate)}, clock.now()).value();
  }
  std::optional<Ticket> stored(TicketId id) { return tickets().tickets({&id, 1}).value().front(); }

  static constexpr TicketOutcome applied = TicketOutcome::applied;
  static constexpr TicketOutcome conflict = TicketOutcome::version_conflict;
};

INSTANTIATE_TEST_SUITE_P(Every, TicketStoreTest, every_store(), store_name);

TEST_P(TicketStoreTest, TI1_ATicketIsReadBackAsItWasStored) {
  Ticket full = made().front();
  full.label = "한글 ‘따옴표’ 🎤 ' \" \\ % $1 ; --";
  full.place = {{}, ids.next<TicketTypeId>(), INT32_MAX};
  full.issued_at = latest_timestamp;
  Ticket used = made().front();
  used.status = TicketStatus::used;
  used.version = INT64_MAX;
  used.used_at = clock.now();
  used.gate = full.label;
  used.checked_by = ids.next<UserId>();
  Ticket voided = made().front();
  voided.status = TicketStatus::voided;
  voided.voided_at = Timestamp{1};
  put(as_new({full, used, voided}));
  for (const Ticket& each : {full, used, voided}) {
    EXPECT_EQ(stored(each.id), each);
    EXPECT_EQ(tickets().ticket_numbered(each.number).value(), each);
    EXPECT_EQ(tickets().tickets_of(std::vector{each.reservation_id}).value().at(0), std::vector{each});
  }
}

TEST_P(TicketStoreTest, TI1_AnswersComeInTheOrderOfTheQuestions) {
  const auto two = issued(2);
  const auto three = issued(3);
  const auto found = tickets().tickets(std::vector{three[1].id, TicketId{{1, 1}}, two[0].id, three[1].id}).value();
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0], three[1]);
  EXPECT_EQ(found[1], std::nullopt);
  EXPECT_EQ(found[2], two[0]);
  EXPECT_EQ(found[3], three[1]);
  const auto grouped = tickets()
                           .tickets_of(std::vector{three[0].reservation_id, ReservationId{{1, 1}},
                                                   two[0].reservation_id, three[0].reservation_id})
                           .value();
  ASSERT_EQ(grouped.size(), 4U);
  EXPECT_EQ(grouped[0], three);
  EXPECT_TRUE(grouped[1].empty());
  EXPECT_EQ(grouped[2], two);
  EXPECT_EQ(grouped[3], three);
  EXPECT_TRUE(tickets().tickets({}).value().empty());
  EXPECT_TRUE(tickets().tickets_of({}).value().empty());
  EXPECT_TRUE(put({}).empty());
  EXPECT_EQ(tickets().ticket_numbered(ticket::number_of(TicketId{{1, 1}})).value(), std::nullopt);
}

TEST_P(TicketStoreTest, TI2_AChangeAppliesOnlyToTheVersionThatItExpects) {
  const auto all = issued(3);
  TicketChange stale = use(all[0]);
  stale.expected_version = 2;
  const auto outcomes = put({use(all[0], "north"),
                             use(all[0], "south"),
                             stale,
                             {0, all[1]},
                             {1, made().front()},
                             *ticket::void_ticket(all[2], clock.now())});
  // The third expects what the first has made of it, and finds it; its version stays 2.
  EXPECT_EQ(outcomes, (std::vector{applied, conflict, applied, conflict, conflict, applied}));
  EXPECT_EQ(stored(all[0].id)->gate, "north");
  EXPECT_EQ(stored(all[1].id), all[1]);
  EXPECT_EQ(stored(all[2].id)->status, TicketStatus::voided);
}

TEST_P(TicketStoreTest, TI2_ATicketMadeAndChangedInOneBatchIsStoredInItsLastForm) {
  const Ticket fresh = made().front();
  EXPECT_EQ(put({{0, fresh}, use(fresh)}), (std::vector{applied, applied}));
  EXPECT_EQ(stored(fresh.id), use(fresh).after);
}

TEST_P(TicketStoreTest, TI3_ACustomersTicketsComeInPagesNewestReservationFirst) {
  const UserId fan = ids.next<UserId>();
  const auto first = issued(2, fan);
  issued(3);
  const auto second = issued(3, fan);
  std::vector<Ticket> expected = second;
  expected.insert(expected.end(), first.begin(), first.end());
  std::vector<Ticket> seen;
  for (std::int64_t offset = 0; offset < 6; offset += 2) {
    const TicketPage page = tickets().tickets_of_user(fan, offset, 2).value();
    EXPECT_EQ(page.total, 5);
    seen.insert(seen.end(), page.tickets.begin(), page.tickets.end());
  }
  EXPECT_EQ(seen, expected);
  EXPECT_TRUE(tickets().tickets_of_user(fan, std::int64_t{INT32_MAX} * 1000, 1000).value().tickets.empty());
  EXPECT_EQ(tickets().tickets_of_user(ids.next<UserId>(), 0, 10).value().total, 0);
}

TEST_P(TicketStoreTest, TI2_TicketsOfAnEventAreCounted) {
  const EventId event = ids.next<EventId>();
  const auto all = issued(4, {}, event);
  issued(2);
  put({use(all[0]), use(all[1]), *ticket::void_ticket(all[2], clock.now())});
  EXPECT_EQ(tickets().counts(event).value(), (TicketCounts{1, 2, 1}));
  EXPECT_EQ(tickets().counts(ids.next<EventId>()).value(), TicketCounts{});
}

TEST_P(TicketStoreTest, TI1_AWalkMeetsEveryTicketOnce) {
  std::vector<TicketId> expected;
  for (int i = 0; i < 7; ++i)
    for (const Ticket& each : issued(3)) expected.push_back(each.id);
  std::sort(expected.begin(), expected.end());
  std::vector<TicketId> seen;
  for (TicketId last;;) {
    const auto page = tickets().scan(last, 4).value();
    for (const Ticket& each : page) seen.push_back(each.id);
    if (page.size() < 4) break;
    last = page.back().id;
  }
  EXPECT_EQ(seen, expected);
}

constexpr int gate_count = 8;

template <class Body>
void at_all_gates(Body body) {
  std::atomic<int> ready{0};
  std::vector<std::thread> threads;
  for (int gate = 0; gate < gate_count; ++gate)
    threads.emplace_back([&, gate] {
      for (++ready; ready < gate_count;) std::this_thread::yield();
      body(gate);
    });
  for (std::thread& each : threads) each.join();
}

// All gates scan the same tickets at the same moment, each in an order of its own.
TEST_P(TicketStoreTest, TI2_OfManyGatesOneLetsIn) {
  const auto all = issued(12);
  std::atomic<int> let_in{0};
  at_all_gates([&](int gate) {
    for (std::size_t i = 0; i < all.size(); i += 2) {
      const std::size_t at = gate % 2 == 0 ? i : all.size() - 2 - i;
      const std::vector batch{use(all[at + static_cast<std::size_t>(gate % 2)], std::to_string(gate)),
                              use(all[at + 1 - static_cast<std::size_t>(gate % 2)], std::to_string(gate))};
      const auto outcomes = tickets().commit(batch);
      ASSERT_TRUE(outcomes.has_value()) << outcomes.error().message;
      let_in += static_cast<int>(std::count(outcomes->begin(), outcomes->end(), applied));
    }
  });
  EXPECT_EQ(let_in, 12);
  EXPECT_EQ(tickets().counts(all[0].event_id).value(), (TicketCounts{0, 12, 0}));
  for (const Ticket& each : all) EXPECT_EQ(stored(each.id)->version, 2);
}

TEST_P(TicketStoreTest, TI1_OfManyWhoIssueTheSameTicketsEachIsStoredOnce) {
  for (int round = 0; round < 5; ++round) {
    const auto all = made(5);
    std::atomic<int> stored_count{0};
    at_all_gates([&](int) {
      const auto outcomes = tickets().commit(as_new(all));
      ASSERT_TRUE(outcomes.has_value()) << outcomes.error().message;
      stored_count += static_cast<int>(std::count(outcomes->begin(), outcomes->end(), applied));
    });
    EXPECT_EQ(stored_count, 5);
    EXPECT_EQ(tickets().tickets_of(std::vector{all[0].reservation_id}).value().at(0), all);
  }
}

// The whole desk over each store: the box office sells, the desk issues, the gates race.
TEST_P(TicketStoreTest, TI2_TheDeskLetsEachTicketInOnce) {
  const auto event = load_inventory(2, {10});
  const Change held = hold(event, {0, 1}, {3});
  commit({held, confirmed(held.after, clock.now())});
  const auto reservations = local::make_ticket_reservations(box_office());
  const auto signer = crypto::make_ephemeral_ticket_signer();
  TicketDesk desk(tickets(), *reservations, *signer, clock);
  const auto all = desk.tickets_of(held.after.id).value();
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(desk.tickets_of_user(held.after.user_id).value().tickets, all);
  std::atomic<int> let_in{0}, refused{0};
  at_all_gates([&](int gate) {
    for (const Ticket& each : all) {
      const auto answer = desk.check_in({.code = desk.code(each), .gate = "gate " + std::to_string(gate)});
      if (answer.has_value()) ++let_in;
      else refused += answer.error().code == Errc::ticket_used && !answer.error().detail("gate").empty() ? 1 : 0;
    }
  });
  EXPECT_EQ(let_in, 5);
  EXPECT_EQ(refused, 5 * (gate_count - 1));
  commit(cancelled(StoreTest::stored(held.after.id), clock.now()));
  EXPECT_EQ(desk.tickets_of(held.after.id).value().at(0).status, TicketStatus::used);
  EXPECT_TRUE(verify_tickets(tickets(), *reservations).value().empty());
}

class DurableTicketTest : public TicketStoreTest {};
INSTANTIATE_TEST_SUITE_P(Every, DurableTicketTest, durable_stores(), store_name);

TEST_P(DurableTicketTest, TI2_AnotherProcessSeesTheUseAtOnce) {
  const auto other = open_another();
  const Ticket ticket = issued().front();
  ASSERT_EQ(put({use(ticket)}).front(), applied);
  EXPECT_EQ(other->tickets().tickets({&ticket.id, 1}).value().front(), use(ticket).after);
  const TicketChange again = use(ticket, "south");
  EXPECT_EQ(other->tickets().commit({&again, 1}).value().front(), conflict);
  reopen();
  EXPECT_EQ(stored(ticket.id), use(ticket).after);
}

// A bug in our code must not let anybody in twice.
TEST_P(DurableTicketTest, TI2_TheDatabaseItselfRefusesWhatMustNotBe) {
  const auto all = issued(4);
  put({use(all[0]), *ticket::void_ticket(all[1], clock.now())});
  RawSql raw(address());
  const auto row = [&](std::size_t index) { return " WHERE id = " + raw.literal(all[index].id); };
  const std::string nobody = raw.literal(ids.next<UserId>());
  const std::vector<std::string> wrong{
      "UPDATE tickets SET status = 0, used_at = 0, gate = '', checked_by = NULL" + row(0),
      "UPDATE tickets SET gate = 'south'" + row(0),
      "UPDATE tickets SET used_at = used_at + 1" + row(0),
      "UPDATE tickets SET version = version + 1" + row(0),
      "UPDATE tickets SET status = 2, used_at = 0, gate = '', voided_at = 5" + row(0),
      "UPDATE tickets SET status = 0, voided_at = 0" + row(1),
      "UPDATE tickets SET status = 1, voided_at = 0, used_at = 5, gate = 'south'" + row(1),
      "UPDATE tickets SET status = 1" + row(2),
      "UPDATE tickets SET status = 1, used_at = 5" + row(2),
      "UPDATE tickets SET status = 1, gate = 'south'" + row(2),
      "UPDATE tickets SET status = 2" + row(2),
      "UPDATE tickets SET status = 3" + row(2),
      "UPDATE tickets SET gate = 'south'" + row(2),
      "UPDATE tickets SET checked_by = " + nobody + row(2),
      "UPDATE tickets SET voided_at = 5" + row(2),
      "UPDATE tickets SET version = 0" + row(2),
      "UPDATE tickets SET seat_id = NULL" + row(2),
      "UPDATE tickets SET ticket_type_id = " + nobody + row(2),
      "UPDATE tickets SET admission = 2" + row(2),
      "UPDATE tickets SET ordinal = 4" + row(2),
      "UPDATE tickets SET ordinal = 0" + row(2),
      "UPDATE tickets SET user_id = NULL" + row(2),
      "UPDATE tickets SET number = '" + std::string(all[3].number.text()) + "'" + row(2),
      "DELETE FROM tickets" + row(0),
      "DELETE FROM tickets" + row(2),
      "INSERT INTO tickets SELECT * FROM tickets" + row(2),
  };
  for (const std::string& each : wrong) EXPECT_NE(raw.try_execute(each), "") << "was not refused: " << each;
  if (GetParam() == StoreKind::postgres) {
    EXPECT_NE(raw.try_execute("TRUNCATE tickets"), "");
  }
  raw.execute("UPDATE tickets SET user_id = " + nobody + row(2));  // as handing it on will do
}

}  // namespace
}  // namespace tiketi::test
