// TI1, TI2: tickets of what was paid for, each of which lets in once.

#include "ticket/desk.hpp"

#include "verify_tickets.hpp"

#include <deque>
#include <functional>

namespace tiketi::test {
namespace {

TEST(TicketDesk, TI1_AConfirmedReservationHasATicketForEachPlace) {
  Desk box;
  Reserve command = box.hall.want({"A-1-1", "A-1-2"});
  command.tickets = {{box.hall.stock("Standing").id, 3}};
  const Reservation sold = box.buy(command);
  const auto answers = box.desk.issue(std::vector{sold.id});
  const std::vector<Ticket> tickets = answers.at(0).value();
  ASSERT_EQ(tickets.size(), 5U);
  EXPECT_EQ(tickets[0].label, "A-1-1");
  EXPECT_EQ(tickets[4].place.admission, 3);
  for (const Ticket& each : tickets) {
    EXPECT_EQ(box.desk.ticket(each.id).value(), each);
    EXPECT_EQ(box.desk.ticket(each.number, box.hall.customer).value(), each);
    EXPECT_EQ(each.issued_at, box.hall.clock.now());
  }
  EXPECT_EQ(box.desk.counts(box.hall.event).value(), (TicketCounts{5, 0, 0}));
}

TEST(TicketDesk, TI1_IssuingTwiceChangesNothing) {
  Desk box;
  const Reservation sold = box.buy(box.hall.want({"A-1-1"}));
  const auto first = box.desk.tickets_of(sold.id).value();
  box.hall.clock.advance(hour_ms);
  EXPECT_EQ(box.desk.tickets_of(sold.id).value(), first);
  const auto answers = box.desk.issue(std::vector{sold.id, sold.id});
  EXPECT_EQ(answers.at(0).value(), first);
  EXPECT_EQ(answers.at(1).value(), first);
}

TEST(TicketDesk, TI1_OneReservationOfABatchDoesNotSpoilTheOthers) {
  Desk box;
  const Reservation sold = box.buy(box.hall.want({"A-1-1"}));
  const Reservation held = box.hall.hold(box.hall.want({"A-1-2"}));
  const auto answers = box.desk.issue(std::vector{ReservationId{{7, 7}}, held.id, sold.id});
  EXPECT_EQ(code_of(answers.at(0)), Errc::reservation_not_found);
  EXPECT_TRUE(answers.at(1).value().empty()) << "not paid for yet";
  EXPECT_EQ(answers.at(2).value().size(), 1U);
}

TEST(TicketDesk, TI1_AnothersTicketsAreNotFound) {
  Desk box;
  const Ticket ticket = box.buy_ticket("A-1-1");
  EXPECT_EQ(code_of(box.desk.tickets_of(ticket.reservation_id, box.hall.other)), Errc::reservation_not_found);
  EXPECT_EQ(code_of(box.desk.ticket(ticket.id, box.hall.other)), Errc::ticket_not_found);
  EXPECT_EQ(code_of(box.desk.ticket(ticket.number, box.hall.other)), Errc::ticket_not_found);
  EXPECT_EQ(code_of(box.desk.ticket(TicketId{{1, 1}})), Errc::ticket_not_found);
}

TEST(TicketDesk, TI3_MyTicketsComeNewestReservationFirstInPages) {
  Desk box;
  std::vector<std::string> expected;
  for (const std::string row : {"1", "2"}) {
    box.buy(box.hall.want({"A-" + row + "-1", "A-" + row + "-2"}));
    expected.insert(expected.begin(), {"A-" + row + "-1", "A-" + row + "-2"});
    box.hall.clock.advance(second_ms);
  }
  box.buy(box.hall.want({"B-1-1"}, box.hall.other));
  std::vector<std::string> labels;
  for (std::int32_t page = 1; page <= 3; ++page) {
    const TicketPage found = box.desk.tickets_of_user(box.hall.customer, page, 3).value();
    EXPECT_EQ(found.total, 4) << "issued by asking, without any job";
    for (const Ticket& each : found.tickets) labels.push_back(each.label);
  }
  EXPECT_EQ(labels, expected);
  for (const auto& [page, limit] : {std::pair{0, 1}, {-1, 1}, {1, 0}, {1, 1001}})
    EXPECT_EQ(code_of(box.desk.tickets_of_user(box.hall.customer, page, limit)), Errc::invalid_argument);
  EXPECT_TRUE(box.desk.tickets_of_user(box.hall.customer, INT32_MAX, 1000).value().tickets.empty());
}

TEST(TicketDesk, TI2_ATicketLetsInOnce) {
  Desk box;
  const Ticket ticket = box.buy_ticket("A-1-1");
  const Timestamp entered = box.hall.clock.now();
  const Ticket used = box.desk.check_in(box.scan(ticket)).value();
  EXPECT_EQ(used.used_at, entered);
  EXPECT_EQ(used.gate, "north");
  EXPECT_EQ(used.checked_by, box.usher);
  EXPECT_EQ(box.desk.ticket(ticket.id).value(), used);
  box.hall.clock.advance(minute_ms);
  for (const CheckIn& again : {box.scan(ticket, "south"), CheckIn{.ticket_id = ticket.id, .gate = "south"}}) {
    const Error error = error_of(box.desk.check_in(again));
    EXPECT_EQ(error.code, Errc::ticket_used);
    EXPECT_EQ(error.detail("at"), to_iso8601(entered));
    EXPECT_EQ(error.detail("gate"), "north");
  }
  EXPECT_EQ(box.desk.counts(box.hall.event).value(), (TicketCounts{0, 1, 0}));
}

TEST(TicketDesk, TI2_AnEntryByHandNeedsNoCode) {
  Desk box;
  const Ticket ticket = box.buy_ticket("A-1-1");
  const Ticket found = box.desk.ticket(*ticket::parse_number(ticket.number.text())).value();
  EXPECT_EQ(box.desk.check_in({.ticket_id = found.id, .gate = "desk"}).value().gate, "desk");
}

TEST(TicketDesk, TI2_TwoGatesInOneBatchLetOneIn) {
  Desk box;
  const Ticket ticket = box.buy_ticket("A-1-1");
  const Ticket next = box.buy_ticket("A-1-2");
  const auto answers =
      box.desk.check_in(std::vector{box.scan(ticket, "north"), box.scan(next, "west"), box.scan(ticket, "south")});
  EXPECT_EQ(answers.at(0).value().gate, "north");
  EXPECT_TRUE(answers.at(1).has_value());
  EXPECT_EQ(code_of(answers.at(2)), Errc::ticket_used);
}

TEST(TicketDesk, TI2_ForgedAndMisplacedCodesAreRefused) {
  Desk box;
  const Ticket ticket = box.buy_ticket("A-1-1");
  CheckIn command = box.scan(ticket);
  command.code[60] = command.code[60] == 'A' ? 'B' : 'A';
  EXPECT_EQ(code_of(box.desk.check_in(command)), Errc::ticket_forged);
  Desk other_house;
  EXPECT_EQ(code_of(other_house.desk.check_in(box.scan(ticket))), Errc::ticket_forged);
  command = box.scan(ticket);
  command.event_id = EventId{{9, 9}};
  EXPECT_EQ(code_of(box.desk.check_in(command)), Errc::ticket_not_found);
  command = box.scan(ticket, "");
  EXPECT_EQ(code_of(box.desk.check_in(command)), Errc::invalid_argument);
  EXPECT_EQ(code_of(box.desk.check_in({.ticket_id = TicketId{{1, 1}}, .gate = "north"})), Errc::ticket_not_found);
  Ticket never_issued = ticket;
  never_issued.id = TicketId{{1, 1}};
  EXPECT_EQ(code_of(box.desk.check_in(box.scan(never_issued))), Errc::ticket_not_found);
  EXPECT_EQ(box.desk.ticket(ticket.id)->status, TicketStatus::issued) << "none of it used the ticket";
}

// Nobody told the desk of the cancellation: it asks.
TEST(TicketDesk, TI2_ATicketOfACancelledReservationNeverLetsIn) {
  Desk box;
  const Ticket ticket = box.buy_ticket("A-1-1");
  ASSERT_TRUE(box.hall.office.cancel({ticket.reservation_id}).has_value());
  EXPECT_EQ(box.desk.ticket(ticket.id)->status, TicketStatus::issued);
  EXPECT_EQ(code_of(box.desk.check_in(box.scan(ticket))), Errc::ticket_void);
  // The seat's next owner gets in, the last one still does not.
  const Ticket next = box.buy_ticket("A-1-1");
  EXPECT_NE(next.id, ticket.id);
  EXPECT_TRUE(box.desk.check_in(box.scan(next)).has_value());
  EXPECT_EQ(code_of(box.desk.check_in(box.scan(ticket))), Errc::ticket_void);
}

TEST(TicketDesk, TI2_LookingAtACancelledReservationVoidsItsTickets) {
  Desk box;
  const Ticket ticket = box.buy_ticket("A-1-1");
  ASSERT_TRUE(box.hall.office.cancel({ticket.reservation_id}).has_value());
  box.hall.clock.advance(minute_ms);
  const Ticket voided = box.desk.tickets_of(ticket.reservation_id).value().at(0);
  EXPECT_EQ(voided.status, TicketStatus::voided);
  EXPECT_EQ(voided.voided_at, box.hall.clock.now());
}

TEST(TicketDesk, TI2_ARefundVoidsForGood) {
  Desk box;
  Reserve two = box.hall.want({"A-1-1", "A-1-2"});
  const Reservation sold = box.buy(two);
  const auto tickets = box.desk.tickets_of(sold.id).value();
  ASSERT_TRUE(box.desk.check_in(box.scan(tickets[0])).has_value());
  const auto after = box.desk.void_tickets(sold.id).value();
  EXPECT_EQ(after.at(0).status, TicketStatus::used) << "somebody is in with it, which stays known";
  EXPECT_EQ(after.at(1).status, TicketStatus::voided);
  EXPECT_EQ(code_of(box.desk.check_in(box.scan(tickets[1]))), Errc::ticket_void);
  EXPECT_EQ(box.desk.tickets_of(sold.id).value(), after) << "never issued anew";
  EXPECT_EQ(box.desk.void_tickets(sold.id).value(), after);
  EXPECT_EQ(code_of(box.desk.void_tickets(ReservationId{{7, 7}})), Errc::reservation_not_found);
}

TEST(TicketDesk, TI2_ARefundThatOvertakesTheIssueStillVoids) {
  Desk box;
  const Reservation sold = box.buy(box.hall.want({"A-1-1"}));
  EXPECT_EQ(box.desk.void_tickets(sold.id).value().at(0).status, TicketStatus::voided);
  EXPECT_EQ(box.desk.tickets_of(sold.id).value().at(0).status, TicketStatus::voided);
}

TEST(TicketDesk, TI1_ACodeIsTheSameEachTimeAndNamesTheTicket) {
  Desk box;
  const Ticket ticket = box.buy_ticket("A-1-1");
  const std::string code = box.desk.code(ticket);
  EXPECT_EQ(box.desk.code(ticket), code);
  const TicketClaims said = verify_offline(code, *crypto::make_ticket_verifier(box.desk.public_keys())).value();
  EXPECT_EQ(said, (TicketClaims{box.signer->key_id(), ticket.id, ticket.event_id, ticket.issued_at}));
}

/// A store whose commits come to what the test wants, in the order in which they are made.
class FlakyTicketStore final : public TicketStore {
 public:
  enum class Fate { pass, lost_answer, lost_request, unavailable };

  explicit FlakyTicketStore(TicketStore& store) : store_(store) {}
  std::deque<Fate> next;
  std::function<void()> before_commit;  ///< what somebody else does just before the next commit

  Result<std::vector<TicketOutcome>> commit(std::span<const TicketChange> changes) override {
    if (before_commit) std::exchange(before_commit, nullptr)();
    const Fate fate = next.empty() ? Fate::pass : next.front();
    if (!next.empty()) next.pop_front();
    if (fate == Fate::unavailable) return Error{Errc::unavailable, "can't be reached"};
    if (fate == Fate::lost_request) return Error{Errc::outcome_unknown, "the connection broke"};
    auto answer = store_.commit(changes);
    if (fate == Fate::lost_answer) return Error{Errc::outcome_unknown, "the connection broke"};
    return answer;
  }
  Result<std::vector<std::optional<Ticket>>> tickets(std::span<const TicketId> ids) override {
    return store_.tickets(ids);
  }
  Result<std::optional<Ticket>> ticket_numbered(const TicketNumber& number) override {
    return store_.ticket_numbered(number);
  }
  Result<std::vector<std::vector<Ticket>>> tickets_of(std::span<const ReservationId> reservations) override {
    return store_.tickets_of(reservations);
  }
  Result<TicketPage> tickets_of_user(UserId user, std::int64_t offset, std::int64_t limit) override {
    return store_.tickets_of_user(user, offset, limit);
  }
  Result<TicketCounts> counts(EventId event) override { return store_.counts(event); }
  Result<std::vector<Ticket>> scan(TicketId after, std::size_t limit) override { return store_.scan(after, limit); }

 private:
  TicketStore& store_;
};

using Fate = FlakyTicketStore::Fate;

struct FlakyDesk : Desk {
  FlakyTicketStore store{hall.stores->tickets()};
  TicketDesk flaky{store, *reservations, *signer, hall.clock};
};

TEST(TicketDesk, TI1_ALostAnswerToIssuingIsFoundOut) {
  for (const Fate fate : {Fate::lost_answer, Fate::lost_request}) {
    FlakyDesk box;
    const Reservation sold = box.buy(box.hall.want({"A-1-1", "A-1-2"}));
    box.store.next = {fate};
    EXPECT_EQ(box.flaky.tickets_of(sold.id).value().size(), 2U);
    EXPECT_EQ(box.desk.counts(box.hall.event).value().issued, 2);
  }
}

TEST(TicketDesk, TI2_ALostAnswerAtTheGateLetsInOnce) {
  for (const Fate fate : {Fate::lost_answer, Fate::lost_request}) {
    FlakyDesk box;
    const Ticket ticket = box.buy_ticket("A-1-1");
    box.store.next = {fate};
    EXPECT_EQ(box.flaky.check_in(box.scan(ticket)).value().status, TicketStatus::used);
    EXPECT_EQ(code_of(box.flaky.check_in(box.scan(ticket))), Errc::ticket_used);
  }
}

// Two equal scans in a batch whose answer is lost: what is stored fits both, and one of them is in.
TEST(TicketDesk, TI2_ALostAnswerToTwoEqualScansLetsOneIn) {
  FlakyDesk box;
  const Ticket ticket = box.buy_ticket("A-1-1");
  box.store.next = {Fate::lost_answer};
  const auto answers = box.flaky.check_in(std::vector{box.scan(ticket), box.scan(ticket)});
  EXPECT_TRUE(answers.at(0).has_value());
  EXPECT_EQ(code_of(answers.at(1)), Errc::ticket_used);
}

TEST(TicketDesk, TI2_ALostRequestLetsTheOtherGateIn) {
  FlakyDesk box;
  const Ticket ticket = box.buy_ticket("A-1-1");
  box.store.next = {Fate::lost_request};
  box.store.before_commit = [&] { ASSERT_TRUE(box.desk.check_in(box.scan(ticket, "south")).has_value()); };
  const Error error = error_of(box.flaky.check_in(box.scan(ticket, "north")));
  EXPECT_EQ(error.code, Errc::ticket_used);
  EXPECT_EQ(error.detail("gate"), "south");
}

TEST(TicketDesk, TI2_WhatStaysUnknownIsToldSo) {
  FlakyDesk box;
  const Ticket ticket = box.buy_ticket("A-1-1");
  box.store.next = {Fate::lost_request, Fate::unavailable};
  EXPECT_EQ(code_of(box.flaky.check_in(box.scan(ticket))), Errc::outcome_unknown);
  box.store.next = {Fate::unavailable};
  EXPECT_EQ(code_of(box.flaky.check_in(box.scan(ticket))), Errc::unavailable);
  EXPECT_TRUE(box.flaky.check_in(box.scan(ticket)).has_value());
}

TEST(TicketDesk, TI2_TheQuickerGateWins) {
  FlakyDesk box;
  const Ticket ticket = box.buy_ticket("A-1-1");
  box.store.before_commit = [&] { ASSERT_TRUE(box.desk.check_in(box.scan(ticket, "south")).has_value()); };
  EXPECT_EQ(error_of(box.flaky.check_in(box.scan(ticket, "north"))).detail("gate"), "south");
}

/// Gives a damaged ticket the id that it would have.
void rename(Ticket& ticket) {
  ticket.id = ticket::id_of(ticket.reservation_id, ticket.ordinal);
  ticket.number = ticket::number_of(ticket.id);
}

TEST(VerifyTickets, TI1_EveryTicketBelongsToWhatWasSold) {
  struct Damage {
    std::string invariant;
    std::function<void(Ticket&)> apply;
  };
  const std::vector<Damage> all{{"", [](Ticket&) {}},
                                {"ticket-id", [](Ticket& ticket) { ticket.ordinal = 1; }},
                                {"ticket-id", [](Ticket& ticket) { ticket.number.characters[17] = '!'; }},
                                {"ticket-reservation",
                                 [](Ticket& ticket) {
                                   ticket.reservation_id = ReservationId{{8, 9}};
                                   rename(ticket);
                                 }},
                                {"ticket-event",
                                 [](Ticket& ticket) {
                                   ticket.event_id = EventId{{8, 8}};
                                 }},
                                {"ticket-place",
                                 [](Ticket& ticket) {
                                   ticket.ordinal = 4;
                                   rename(ticket);
                                 }},
                                {"ticket-place", [](Ticket& ticket) { ticket.place.admission = 1; }},
                                {"ticket-place", [](Ticket& ticket) {
                                   ticket.place = {SeatId{{8, 8}}, {}, 1};
                                 }}};
  for (const Damage& damage : all) {
    Desk box;
    Reserve command = box.hall.want({"A-1-1"});
    command.tickets = {{box.hall.stock("Standing").id, 2}};
    Ticket third = ticket::issue((*box.reservations->find(std::vector{box.buy(command).id}))[0].value(), {})->at(2);
    damage.apply(third);
    const TicketChange change{0, third};
    ASSERT_EQ(box.hall.stores->tickets().commit({&change, 1}).value().at(0), TicketOutcome::applied);
    const auto found = verify_tickets(box.hall.stores->tickets(), *box.reservations).value();
    EXPECT_EQ(found.empty() ? "" : found.front().invariant, damage.invariant);
  }
}

}  // namespace
}  // namespace tiketi::test
