// TI1, TI2: which tickets there are, and what may become of them.

#include <tiketi/ticket/rules.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace tiketi::test {
namespace {

constexpr Timestamp noon{1'795'143'600'000};

TicketReservation sold() {
  return {.id = ReservationId{{0x01a2b3c4d5e67f01, 0x82030405060708ff}},
          .event_id = EventId{{1, 1}},
          .user_id = UserId{{2, 2}},
          .confirmed = true,
          .lines = {{SeatId{{3, 1}}, {}, 1, "A-1-1"},
                    {{}, TicketTypeId{{4, 1}}, 3, "Standing"},
                    {SeatId{{3, 2}}, {}, 1, "A-1-2"}}};
}

TicketReservation cancelled() {
  TicketReservation out = sold();
  out.confirmed = false;
  out.over = true;
  return out;
}

std::vector<Ticket> issued() { return ticket::issue(sold(), noon).value(); }

Ticket used() {
  Ticket out = issued().front();
  out.status = TicketStatus::used;
  out.used_at = noon;
  out.gate = "north";
  return out;
}

Ticket voided() {
  Ticket out = issued().front();
  out.status = TicketStatus::voided;
  out.voided_at = noon;
  return out;
}

CheckIn at_gate(std::string gate = "north") {
  return {.ticket_id = issued().front().id, .gate = std::move(gate), .checked_by = UserId{{5, 5}}};
}

template <class T>
Error refused(const Result<T>& result) {
  EXPECT_TRUE(result.has_error()) << "it succeeded";
  return result.has_error() ? result.error() : Error{};
}

// If these changed, tickets that were issued before would be issued once more.
TEST(TicketRules, TI1_IdsAndNumbersFollowFromReservationAndOrdinalForEver) {
  const ReservationId id = sold().id;
  EXPECT_EQ(ticket::id_of(id, 1).text(), "01a2b3c4-d5e6-8e63-ace3-7d239d89c868");
  EXPECT_EQ(ticket::id_of(id, 2).text(), "01a2b3c4-d5e6-8419-845a-6afb0986b26f");
  EXPECT_EQ(ticket::id_of(id, 10).text(), "01a2b3c4-d5e6-8e45-a232-52a639879a8a");
  EXPECT_EQ(ticket::number_of(ticket::id_of(id, 1)).text(), "TIKECESRVX4EERKJ38");
  EXPECT_EQ(ticket::number_of(ticket::id_of(id, 2)).text(), "TIK4348PKAZC4RDCKF");
}

TEST(TicketRules, TI1_NoTwoTicketsHaveTheSameIdOrNumber) {
  std::set<TicketId> ids;
  std::set<TicketNumber> numbers;
  std::size_t count = 0;
  // Reservations that were made one after the other differ in few bits.
  for (std::uint64_t reservation = 1; reservation <= 2'000; ++reservation)
    for (std::int32_t ordinal = 1; ordinal <= 20; ++ordinal, ++count) {
      const TicketId id = ticket::id_of(ReservationId{make_uuid_v7(noon.ms, {0, reservation})}, ordinal);
      EXPECT_EQ(uuid_v7_ms(id.uuid), noon.ms) << "stored beside the others of its time";
      ids.insert(id);
      numbers.insert(ticket::number_of(id));
    }
  EXPECT_EQ(ids.size(), count);
  EXPECT_EQ(numbers.size(), count);
}

TEST(TicketRules, TI1_ANumberIsReadAsPeopleWriteIt) {
  const TicketNumber number = ticket::number_of(issued().front().id);
  EXPECT_EQ(ticket::parse_number(number.text()), number);
  EXPECT_EQ(ticket::parse_number("tikecesrvx4eerkj38"), number);
  EXPECT_EQ(ticket::parse_number("TI0O1iLl0000000000"), ticket::parse_number("TI0011110000000000"));
  for (const std::string_view wrong : {"", "TI", "TKKECESRVX4EERKJ38", "TIKECESRVX4EERKJ3", "TIKECESRVX4EERKJ388",
                                       "TIKECESRVX4EERKJ3U", "TIKECESRVX4EERKJ3 ", "1IKECESRVX4EERKJ38"})
    EXPECT_FALSE(ticket::parse_number(wrong)) << wrong;
}

TEST(TicketRules, TI1_OneTicketForEachSeatAndAdmissionInTheOrderOfTheLines) {
  const std::vector<Ticket> tickets = issued();
  ASSERT_EQ(tickets.size(), 5U);
  const std::vector<std::pair<std::string, TicketPlace>> expected{{"A-1-1", {SeatId{{3, 1}}, {}, 1}},
                                                                  {"Standing", {{}, TicketTypeId{{4, 1}}, 1}},
                                                                  {"Standing", {{}, TicketTypeId{{4, 1}}, 2}},
                                                                  {"Standing", {{}, TicketTypeId{{4, 1}}, 3}},
                                                                  {"A-1-2", {SeatId{{3, 2}}, {}, 1}}};
  for (std::size_t i = 0; i < tickets.size(); ++i) {
    EXPECT_EQ(tickets[i].label, expected[i].first);
    EXPECT_EQ(tickets[i].place, expected[i].second);
    EXPECT_EQ(tickets[i].ordinal, static_cast<std::int32_t>(i) + 1);
    EXPECT_EQ(tickets[i].event_id, sold().event_id);
    EXPECT_EQ(tickets[i].user_id, sold().user_id);
    EXPECT_EQ(tickets[i].status, TicketStatus::issued);
    EXPECT_EQ(tickets[i].issued_at, noon);
    EXPECT_TRUE(ticket::has_own_id(tickets[i]));
  }
  Ticket wrong = tickets[0];
  wrong.ordinal = 2;
  EXPECT_FALSE(ticket::has_own_id(wrong));
  wrong = tickets[0];
  wrong.number = tickets[1].number;
  EXPECT_FALSE(ticket::has_own_id(wrong));
}

TEST(TicketRules, TI1_OnlyWhatIsPaidForHasTickets) {
  TicketReservation pending = sold();
  pending.confirmed = false;
  EXPECT_TRUE(ticket::issue(pending, noon).value().empty());
  EXPECT_TRUE(ticket::settle(pending, {}, noon).value().empty());
  EXPECT_TRUE(ticket::void_all(pending, {}, noon).value().empty());
  EXPECT_TRUE(ticket::issue(cancelled(), noon).value().empty());
  EXPECT_TRUE(ticket::settle(cancelled(), {}, noon).value().empty());
}

TEST(TicketRules, TI1_AReservationHasABoundedNumberOfTickets) {
  TicketReservation large = sold();
  large.lines = {{{}, TicketTypeId{{4, 1}}, ticket::max_tickets_per_reservation, "Standing"}};
  EXPECT_EQ(static_cast<std::int64_t>(ticket::issue(large, noon).value().size()), ticket::max_tickets_per_reservation);
  large.lines.push_back({SeatId{{3, 1}}, {}, 1, "A-1-1"});
  const Error error = refused(ticket::issue(large, noon));
  EXPECT_EQ(error.code, Errc::limit_exceeded);
  EXPECT_EQ(error.detail("limit"), "100000");
  large.lines = {{{}, TicketTypeId{{4, 1}}, INT64_MAX, "Standing"}};
  EXPECT_EQ(refused(ticket::issue(large, noon)).code, Errc::limit_exceeded);
}

TEST(TicketRules, TI1_SettlingIssuesWhatIsMissingAndNothingElse) {
  const std::vector<Ticket> all = issued();
  EXPECT_TRUE(ticket::settle(sold(), all, noon).value().empty());
  const std::vector<Ticket> some{all[3], all[0]};
  const auto changes = ticket::settle(sold(), some, noon.plus_ms(5)).value();
  ASSERT_EQ(changes.size(), 3U);
  const std::vector<std::size_t> missing{1, 2, 4};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(changes[i].expected_version, 0);
    EXPECT_EQ(changes[i].after.id, all[missing[i]].id);
    EXPECT_EQ(changes[i].after.issued_at, noon.plus_ms(5));
  }
}

TEST(TicketRules, TI2_SettlingVoidsWhatWasCancelledButNotWhatWasUsed) {
  std::vector<Ticket> all = issued();
  all[0] = used();
  const auto changes = ticket::settle(cancelled(), all, noon.plus_ms(5)).value();
  ASSERT_EQ(changes.size(), 4U);
  for (const TicketChange& each : changes) {
    EXPECT_EQ(each.expected_version, 1);
    EXPECT_EQ(each.after.version, 2);
    EXPECT_EQ(each.after.status, TicketStatus::voided);
    EXPECT_EQ(each.after.voided_at, noon.plus_ms(5));
    EXPECT_NE(each.after.id, all[0].id);
  }
}

// A refund that comes before the tickets were issued must not find them issued afterwards.
TEST(TicketRules, TI2_VoidingMakesMissingTicketsVoid) {
  const std::vector<Ticket> one{issued().front()};
  const auto changes = ticket::void_all(sold(), one, noon).value();
  ASSERT_EQ(changes.size(), 5U);
  std::vector<Ticket> after;
  for (const TicketChange& each : changes) {
    EXPECT_EQ(each.after.status, TicketStatus::voided);
    EXPECT_EQ(each.expected_version, each.after.ordinal == 1 ? 1 : 0);
    after.push_back(each.after);
  }
  EXPECT_TRUE(ticket::settle(sold(), after, noon).value().empty());
  EXPECT_TRUE(ticket::void_all(sold(), after, noon).value().empty());
}

TEST(TicketRules, TI2_UseTellsWhoWhenAndWhere) {
  const Ticket before = issued().front();
  const TicketChange change = ticket::check_in(before, true, at_gate(), noon.plus_ms(9)).value();
  EXPECT_EQ(change.expected_version, before.version);
  Ticket expected = before;
  expected.status = TicketStatus::used;
  expected.version = 2;
  expected.used_at = noon.plus_ms(9);
  expected.gate = "north";
  expected.checked_by = UserId{{5, 5}};
  EXPECT_EQ(change.after, expected);
}

TEST(TicketRules, TI2_WhoIsNotLetIn) {
  const Error again = refused(ticket::check_in(used(), true, at_gate("south"), noon.plus_ms(1)));
  EXPECT_EQ(again.code, Errc::ticket_used);
  EXPECT_EQ(again.detail("at"), to_iso8601(noon));
  EXPECT_EQ(again.detail("gate"), "north");
  EXPECT_EQ(refused(ticket::check_in(voided(), true, at_gate(), noon)).code, Errc::ticket_void);
  EXPECT_EQ(refused(ticket::check_in(issued().front(), false, at_gate(), noon)).code, Errc::ticket_void);
  CheckIn elsewhere = at_gate();
  elsewhere.event_id = EventId{{9, 9}};
  EXPECT_EQ(refused(ticket::check_in(issued().front(), true, elsewhere, noon)).code, Errc::ticket_not_found);
  elsewhere.event_id = issued().front().event_id;
  EXPECT_TRUE(ticket::check_in(issued().front(), true, elsewhere, noon).has_value());
}

TEST(TicketRules, TI2_WhatIsUsedOrVoidIsNotVoided) {
  EXPECT_TRUE(ticket::void_ticket(issued().front(), noon));
  EXPECT_FALSE(ticket::void_ticket(used(), noon));
  EXPECT_FALSE(ticket::void_ticket(voided(), noon));
}

TEST(TicketRules, TI2_ACheckInNamesOneTicketAndAGate) {
  EXPECT_TRUE(ticket::check(at_gate()).has_value());
  EXPECT_TRUE(ticket::check(at_gate(std::string(max_gate_bytes, 'x'))).has_value());
  EXPECT_TRUE(ticket::check(at_gate("북문")).has_value());
  for (const std::string& gate :
       {std::string(), std::string(max_gate_bytes + 1, 'x'), std::string("a\nb"), std::string("\xff")}) {
    const Error error = refused(ticket::check(at_gate(gate)));
    EXPECT_EQ(error.code, Errc::invalid_argument);
    EXPECT_EQ(error.detail("field"), "gate");
  }
  CheckIn command = at_gate();
  command.code = "x";
  EXPECT_EQ(refused(ticket::check(command)).detail("field"), "ticket");
  command = at_gate();
  command.ticket_id = {};
  EXPECT_EQ(refused(ticket::check(command)).detail("field"), "code");
}

}  // namespace
}  // namespace tiketi::test
