#include "hall.hpp"

#include <tiketi/box_office/rules.hpp>

#include <limits>
#include <set>

namespace tiketi::test {
namespace {

using namespace box_office;

constexpr Timestamp now{1'795'136'400'000};
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

template <class StrongId>
StrongId id(std::uint64_t number) {
  return StrongId{make_uuid_v7(now.ms, {0, number})};
}

const EventId event = id<EventId>(1);
const EventId other_event = id<EventId>(2);
const UserId user = id<UserId>(3);

/// A request for seats and tickets, and what is known of them.
struct Question {
  Reserve command{event, user, {}, {}, {}};
  SaleTerms terms{event, now.plus_ms(-1000), now.plus_ms(1000), false, 0, 0};
  std::vector<std::optional<Seat>> seats;
  std::vector<std::optional<TicketStock>> stock;

  Question& seat(PlaceStatus status = PlaceStatus::available, EventId of = event, std::int64_t price = 50'000) {
    const auto number = static_cast<std::int32_t>(seats.size() + 1);
    Seat seat{id<SeatId>(100 + seats.size()), of, "A", 1, number, price, 0, 0, {status, 1, {}, {}}};
    if (status == PlaceStatus::held) seat.state.held_until = now.plus_ms(1);
    command.seats.push_back(seat.id);
    seats.push_back(std::move(seat));
    return *this;
  }
  Question& unknown_seat() {
    command.seats.push_back(id<SeatId>(100 + seats.size()));
    seats.emplace_back();
    return *this;
  }
  Question& tickets(std::int64_t quantity, std::int64_t left = 1'000'000, EventId of = event,
                    std::int64_t price = 20'000) {
    TicketStock type{id<TicketTypeId>(200 + stock.size()), of, "Standing", price, left + 5, 2, 3};
    command.tickets.push_back({type.id, quantity});
    stock.emplace_back(std::move(type));
    return *this;
  }
  Question& unknown_tickets() {
    command.tickets.push_back({id<TicketTypeId>(200 + stock.size()), 1});
    stock.emplace_back();
    return *this;
  }

  Result<Change> hold(Timestamp at = now) const {
    return box_office::hold(command, {terms, krw, seats, stock}, id<ReservationId>(9), at, {});
  }
};

Reservation pending() { return Question().seat().tickets(2).hold()->after; }

// --- check: what can be said without looking anything up

TEST(BoxOfficeCheck, BO5_AcceptsSeatsTicketsAndBoth) {
  EXPECT_TRUE(check(Question().seat().command).has_value());
  EXPECT_TRUE(check(Question().tickets(1).command).has_value());
  EXPECT_TRUE(check(Question().seat().seat().tickets(max_quantity_per_line).command).has_value());
}

TEST(BoxOfficeCheck, BO5_NamesTheFieldThatIsMissing) {
  Reserve command = Question().seat().command;
  command.event_id = {};
  EXPECT_EQ(error_of(check(command)).detail("field"), "event");
  command = Question().seat().command;
  command.user_id = {};
  EXPECT_EQ(error_of(check(command)).detail("field"), "user");
  command = Question().seat().command;
  command.seats.push_back({});
  EXPECT_EQ(error_of(check(command)).detail("field"), "seats");
  command = Question().tickets(1).command;
  command.tickets.front().ticket_type_id = {};
  EXPECT_EQ(error_of(check(command)).detail("field"), "tickets");
  EXPECT_EQ(code_of(check(Question().command)), Errc::invalid_argument) << "nothing was asked for";
}

TEST(BoxOfficeCheck, BO5_RefusesQuantitiesThatAreNoQuantities) {
  for (const std::int64_t quantity : {std::int64_t{0}, std::int64_t{-1}, -most}) {
    const Error error = error_of(check(Question().tickets(quantity).command));
    EXPECT_EQ(error.code, Errc::invalid_argument) << quantity;
    EXPECT_EQ(error.detail("field"), "quantity");
  }
  for (const std::int64_t quantity : {max_quantity_per_line + 1, most}) {
    const Error error = error_of(check(Question().tickets(quantity).command));
    EXPECT_EQ(error.code, Errc::limit_exceeded) << quantity;
    EXPECT_EQ(error.detail("limit"), std::to_string(max_quantity_per_line));
  }
}

TEST(BoxOfficeCheck, BO5_RefusesTheSameThingTwice) {
  Reserve seats = Question().seat().seat().seat().command;
  seats.seats.push_back(seats.seats[1]);
  EXPECT_EQ(error_of(check(seats)).code, Errc::duplicate_item);
  EXPECT_EQ(error_of(check(seats)).detail("seat"), seats.seats[1].text());
  Reserve tickets = Question().tickets(1).tickets(1).command;
  tickets.tickets.push_back(tickets.tickets[0]);
  EXPECT_EQ(error_of(check(tickets)).code, Errc::duplicate_item);
  EXPECT_EQ(error_of(check(tickets)).detail("ticket_type"), tickets.tickets[0].ticket_type_id.text());
}

TEST(BoxOfficeCheck, BO5_BoundsWhatOneRequestMayName) {
  Question question;
  for (std::size_t i = 0; i < max_lines_per_reservation; ++i) question.seat();
  EXPECT_TRUE(check(question.command).has_value());
  question.tickets(1);
  const Error error = error_of(check(question.command));
  EXPECT_EQ(error.code, Errc::limit_exceeded);
  EXPECT_EQ(error.detail("limit"), std::to_string(max_lines_per_reservation));
}

TEST(BoxOfficeCheck, BO6_WantsACleanKeyOfLimitedLength) {
  Reserve command = Question().seat().command;
  command.idempotency_key = std::string(max_idempotency_key_bytes, 'k');
  EXPECT_TRUE(check(command).has_value());
  for (const std::string& key : {std::string(max_idempotency_key_bytes + 1, 'k'), std::string("a\nb"),
                                 std::string("a\0b", 3), std::string("\xff\xfe"), std::string("\xed\xa0\x80")}) {
    command.idempotency_key = key;
    EXPECT_EQ(code_of(check(command)), Errc::invalid_argument);
    EXPECT_EQ(error_of(check(command)).detail("field"), "idempotency_key");
  }
}

TEST(BoxOfficeCheck, BO8_ChecksBestAvailable) {
  const ReserveBest good{event, user, 2, "A", 0, {}};
  EXPECT_TRUE(check(good).has_value());
  ReserveBest bad = good;
  bad.quantity = 0;
  EXPECT_EQ(error_of(check(bad)).detail("field"), "quantity");
  bad.quantity = static_cast<std::int32_t>(max_lines_per_reservation) + 1;
  EXPECT_EQ(code_of(check(bad)), Errc::limit_exceeded);
  bad = good;
  bad.max_price_minor = -1;
  EXPECT_EQ(error_of(check(bad)).detail("field"), "max_price");
  bad = good;
  bad.section = "\xff";
  EXPECT_EQ(error_of(check(bad)).detail("field"), "section");
}

// --- hold

TEST(BoxOfficeHold, BO2_MakesAPendingReservationOfEverythingAskedFor) {
  const Question question = Question().seat().seat().tickets(3);
  const Change change = question.hold().value();
  const Reservation& held = change.after;
  EXPECT_EQ(held.status, ReservationStatus::pending);
  EXPECT_EQ(held.version, 1);
  EXPECT_EQ(held.quantity, 5);
  EXPECT_EQ(held.total, (Money{2 * 50'000 + 3 * 20'000, krw}));
  EXPECT_EQ(held.created_at, now);
  EXPECT_EQ(held.expires_at, now.plus_ms(300'000));
  EXPECT_EQ(held.number.text().substr(0, 2), "TK");
  ASSERT_EQ(held.lines.size(), 3U);
  EXPECT_EQ(held.lines[0], (ReservationLine{question.command.seats[0], {}, 1, 50'000, "A-1-1"}));
  EXPECT_EQ(held.lines[2], (ReservationLine{{}, question.command.tickets[0].ticket_type_id, 3, 20'000, "Standing"}));
  EXPECT_EQ(change.from, PlaceStatus::available);
  EXPECT_EQ(change.to, PlaceStatus::held);
  EXPECT_EQ(change.expected_version, 0);
  EXPECT_TRUE(change.needs_open);
  EXPECT_FALSE(change.idempotency);
}

TEST(BoxOfficeHold, BO5_SellsFromTheFirstToTheLastMillisecondOfTheSale) {
  const Question question = Question().seat();
  const Timestamp start = question.terms.sale_start;
  const Timestamp end = question.terms.sale_end;
  EXPECT_EQ(code_of(question.hold(start.plus_ms(-1))), Errc::sale_not_open);
  EXPECT_TRUE(question.hold(start).has_value());
  EXPECT_TRUE(question.hold(end.plus_ms(-1)).has_value());
  EXPECT_EQ(code_of(question.hold(end)), Errc::sale_ended);
  EXPECT_EQ(error_of(question.hold(start.plus_ms(-1))).detail("opens_at"), to_iso8601(start));
  EXPECT_EQ(error_of(question.hold(end)).detail("ended_at"), to_iso8601(end));
}

TEST(BoxOfficeHold, BO5_CancelledEventsDoNotSell) {
  Question question = Question().seat();
  question.terms.cancelled = true;
  EXPECT_EQ(code_of(question.hold()), Errc::event_cancelled);
}

TEST(BoxOfficeHold, BO5_NamesTheSeatsAndTypesThatAreNotThere) {
  Error error = error_of(Question().seat().unknown_seat().unknown_seat().hold());
  EXPECT_EQ(error.code, Errc::seat_not_found);
  EXPECT_EQ(details_of(error, "seat"), (std::vector{id<SeatId>(101).text(), id<SeatId>(102).text()}));
  error = error_of(Question().seat().seat(PlaceStatus::available, other_event).hold());
  EXPECT_EQ(error.code, Errc::seat_other_event);
  EXPECT_EQ(details_of(error, "seat"), std::vector{id<SeatId>(101).text()});
  error = error_of(Question().unknown_tickets().hold());
  EXPECT_EQ(error.code, Errc::ticket_type_not_found);
  EXPECT_EQ(error.detail("ticket_type"), id<TicketTypeId>(200).text());
}

TEST(BoxOfficeHold, Fault_ATicketTypeOfEventBIsNotSoldUnderEventA) {
  const Error error = error_of(Question().seat().tickets(1, 10, other_event).hold());
  EXPECT_EQ(error.code, Errc::ticket_type_other_event);
  EXPECT_EQ(error.detail("ticket_type"), id<TicketTypeId>(200).text());
}

TEST(BoxOfficeHold, BO5_NamesTheSeatsThatAreTakenAndNoOthers) {
  const Error error = error_of(Question().seat().seat(PlaceStatus::held).seat(PlaceStatus::sold).seat().hold());
  EXPECT_EQ(error.code, Errc::seat_taken);
  EXPECT_EQ(details_of(error, "seat"), (std::vector{id<SeatId>(101).text(), id<SeatId>(102).text()}));
  EXPECT_EQ(details_of(error, "label"), (std::vector<std::string>{"A-1-2", "A-1-3"}));
}

TEST(BoxOfficeHold, BO1_HouseSeatsAreNotSold) {
  const Error error = error_of(Question().seat().seat(PlaceStatus::blocked).hold());
  EXPECT_EQ(error.code, Errc::seat_blocked);
  EXPECT_EQ(error.detail("label"), "A-1-2");
}

TEST(BoxOfficeHold, BO5_TellsHowManyAreLeft) {
  EXPECT_TRUE(Question().tickets(4, 4).hold().has_value());
  const Error error = error_of(Question().tickets(5, 4).hold());
  EXPECT_EQ(error.code, Errc::stock_short);
  EXPECT_EQ(error.detail("left"), "4");
  EXPECT_EQ(error.detail("ticket_type"), id<TicketTypeId>(200).text());
}

TEST(BoxOfficeHold, BO5_CountsAllPlacesAgainstTheLimitOfAReservation) {
  Question question = Question().seat().tickets(2);
  question.terms.limit_per_reservation = 3;
  EXPECT_TRUE(question.hold().has_value());
  question.seat();
  const Error error = error_of(question.hold());
  EXPECT_EQ(error.code, Errc::reservation_limit);
  EXPECT_EQ(error.detail("limit"), "3");
}

TEST(BoxOfficeHold, BO5_HandsTheCustomersLimitToTheCommit) {
  Question question = Question().seat();
  question.terms.limit_per_buyer = 7;
  EXPECT_EQ(question.hold()->buyer_limit, 7);
}

TEST(BoxOfficeHold, TotalsDoNotOverflow) {
  const std::int64_t half = most / 2 + 1;
  EXPECT_TRUE(Question().seat(PlaceStatus::available, event, most).hold().has_value());
  EXPECT_EQ(
      code_of(Question().seat(PlaceStatus::available, event, half).seat(PlaceStatus::available, event, half).hold()),
      Errc::overflow);
  EXPECT_EQ(code_of(Question().tickets(2, 10, event, half).hold()), Errc::overflow);
}

/// Each reason is told in place of all that come later in Errc.
TEST(BoxOfficeHold, BO5_TheFirstOfSeveralReasonsIsTold) {
  Question question;
  question.seat(PlaceStatus::sold).tickets(9, 1);
  EXPECT_EQ(code_of(question.hold()), Errc::seat_taken) << "before stock_short";
  question.seat(PlaceStatus::blocked);
  EXPECT_EQ(code_of(question.hold()), Errc::seat_blocked) << "before seat_taken";
  question.terms.limit_per_reservation = 1;
  EXPECT_EQ(code_of(question.hold()), Errc::reservation_limit) << "before seat_blocked";
  question.terms.sale_end = now;
  EXPECT_EQ(code_of(question.hold()), Errc::sale_ended) << "before reservation_limit";
  question.terms.sale_start = now.plus_ms(1);
  EXPECT_EQ(code_of(question.hold()), Errc::sale_not_open) << "before sale_ended";
  question.terms.cancelled = true;
  EXPECT_EQ(code_of(question.hold()), Errc::event_cancelled) << "before sale_not_open";
  question.seat(PlaceStatus::available, other_event);
  EXPECT_EQ(code_of(question.hold()), Errc::seat_other_event) << "before event_cancelled";
  question.unknown_seat();
  EXPECT_EQ(code_of(question.hold()), Errc::seat_not_found) << "before seat_other_event";
  question.tickets(1, 1, other_event);
  EXPECT_EQ(code_of(question.hold()), Errc::ticket_type_other_event) << "before seat_not_found";
  question.unknown_tickets();
  EXPECT_EQ(code_of(question.hold()), Errc::ticket_type_not_found) << "before ticket_type_other_event";
}

TEST(BoxOfficeHold, BO6_TheKeyIsStoredWithTheRequestsFingerprint) {
  Question question = Question().seat().tickets(2);
  question.command.idempotency_key = "k";
  const Change change = question.hold().value();
  ASSERT_TRUE(change.idempotency);
  EXPECT_EQ(*change.idempotency, (IdempotencyRecord{user, "k", fingerprint(question.command), change.after.id, now}));
}

TEST(BoxOfficeFingerprint, BO6_IsTheSameForTheSameRequestInAnyOrder) {
  const Reserve command = Question().seat().seat().tickets(1).tickets(2).command;
  Reserve same = command;
  std::swap(same.seats[0], same.seats[1]);
  std::swap(same.tickets[0], same.tickets[1]);
  same.user_id = id<UserId>(77);
  same.idempotency_key = "another";
  EXPECT_EQ(fingerprint(command), fingerprint(same));
}

TEST(BoxOfficeFingerprint, BO6_DiffersForOtherRequests) {
  const Reserve command = Question().seat().seat().tickets(1).tickets(2).command;
  std::vector<Reserve> others(5, command);
  others[0].event_id = other_event;
  others[1].seats.pop_back();
  others[2].tickets[0].quantity = 2;
  std::swap(others[3].tickets[0].quantity, others[3].tickets[1].quantity);
  others[4].tickets.clear();
  for (const Reserve& other : others) EXPECT_NE(fingerprint(command), fingerprint(other));
  const ReserveBest best{event, user, 2, "A", 50'000, {}};
  std::vector<ReserveBest> bests(5, best);
  bests[0].event_id = other_event;
  bests[1].quantity = 3;
  bests[2].section = "B";
  bests[3].max_price_minor.reset();
  bests[4].max_price_minor = 0;
  for (const ReserveBest& other : bests) EXPECT_NE(fingerprint(best), fingerprint(other));
}

/// Seats of a row have ids beside each other; what is asked of them must be told apart all the same.
TEST(BoxOfficeFingerprint, BO6_DiffersForAnyOtherSeatsOfTheHall) {
  std::set<std::uint64_t> seen;
  std::size_t requests = 0;
  const auto ask_for = [&](std::vector<std::uint64_t> numbers) {
    Reserve command{event, user, {}, {}, {}};
    for (const std::uint64_t number : numbers) command.seats.push_back(id<SeatId>(number));
    seen.insert(fingerprint(command));
    ++requests;
  };
  for (std::uint64_t a = 0; a < 40; ++a)
    for (std::uint64_t b = a + 1; b < 40; ++b) {
      ask_for({a, b});
      for (std::uint64_t c = b + 1; c < 40; ++c) ask_for({a, b, c});
    }
  EXPECT_EQ(seen.size(), requests);
}

// --- what happens to a hold

TEST(BoxOfficeConfirm, BO4_AHoldCanBePaidForUpToItsLastMillisecond) {
  const Reservation held = pending();
  const Confirm command{held.id, "pay", {}};
  const auto change = confirm(command, held, held.expires_at.plus_ms(-1)).value();
  ASSERT_TRUE(change);
  EXPECT_EQ(change->after.status, ReservationStatus::confirmed);
  EXPECT_EQ(change->after.payment_reference, "pay");
  EXPECT_EQ(change->after.version, 2);
  EXPECT_EQ(change->expected_version, 1);
  EXPECT_EQ(change->from, PlaceStatus::held);
  EXPECT_EQ(change->to, PlaceStatus::sold);
  EXPECT_TRUE(change->needs_open);
  const Error error = error_of(confirm(command, held, held.expires_at));
  EXPECT_EQ(error.code, Errc::hold_expired);
  EXPECT_EQ(error.detail("expired_at"), to_iso8601(held.expires_at));
}

TEST(BoxOfficeConfirm, BO4_NeverRevivesWhatIsOver) {
  Reservation over = pending();
  over.status = ReservationStatus::expired;
  EXPECT_EQ(code_of(confirm({over.id, "pay", {}}, over, now)), Errc::hold_expired) << "though the clock went back";
}

TEST(BoxOfficeConfirm, Fault_ACancelledReservationCanNotBePaidFor) {
  Reservation cancelled = pending();
  cancelled.status = ReservationStatus::cancelled;
  EXPECT_EQ(code_of(confirm({cancelled.id, "pay", {}}, cancelled, now)), Errc::reservation_cancelled);
}

TEST(BoxOfficeConfirm, RepeatingItWithTheSamePaymentChangesNothing) {
  Reservation sold = pending();
  sold.status = ReservationStatus::confirmed;
  sold.payment_reference = "pay";
  const Timestamp later = sold.expires_at.plus_ms(day_ms);
  EXPECT_FALSE(confirm({sold.id, "pay", {}}, sold, later).value());
  EXPECT_EQ(code_of(confirm({sold.id, "other", {}}, sold, later)), Errc::payment_mismatch);
}

TEST(BoxOfficeConfirm, WantsACleanPaymentReferenceOfLimitedLength) {
  const Reservation held = pending();
  EXPECT_TRUE(confirm({held.id, std::string(max_payment_reference_bytes, 'p'), {}}, held, now).has_value());
  for (const std::string& reference :
       {std::string(), std::string(max_payment_reference_bytes + 1, 'p'), std::string("\xff"), std::string("a\tb")})
    EXPECT_EQ(code_of(confirm({held.id, reference, {}}, held, now)), Errc::invalid_argument);
}

TEST(BoxOfficeCancel, BO7_GivesBackWhatIsHeldAndWhatIsSold) {
  Reservation held = pending();
  const auto from_hold = cancel({held.id, {}}, held, now).value();
  ASSERT_TRUE(from_hold);
  EXPECT_EQ(from_hold->from, PlaceStatus::held);
  EXPECT_EQ(from_hold->to, PlaceStatus::available);
  EXPECT_FALSE(from_hold->needs_open) << "what is there can be released from a closed event";
  held.status = ReservationStatus::confirmed;
  const auto from_sale = cancel({held.id, {}}, held, held.expires_at.plus_ms(day_ms)).value();
  ASSERT_TRUE(from_sale);
  EXPECT_EQ(from_sale->from, PlaceStatus::sold);
  EXPECT_EQ(from_sale->after.status, ReservationStatus::cancelled);
}

TEST(BoxOfficeCancel, BO4_RepeatingItChangesNothingAndWhatExpiredStaysExpired) {
  Reservation reservation = pending();
  EXPECT_EQ(code_of(cancel({reservation.id, {}}, reservation, reservation.expires_at)), Errc::hold_expired);
  reservation.status = ReservationStatus::expired;
  EXPECT_EQ(code_of(cancel({reservation.id, {}}, reservation, now)), Errc::hold_expired);
  reservation.status = ReservationStatus::cancelled;
  EXPECT_FALSE(cancel({reservation.id, {}}, reservation, now).value());
}

TEST(BoxOfficeExtend, BO9_ReachesExactlyAsFarAsThePolicyAllows) {
  const Reservation held = pending();
  const BoxOfficePolicy policy;
  const std::int64_t longest = policy.hold_ms + policy.max_extension_ms;
  const auto change = extend({held.id, longest, {}}, held, now, policy).value();
  ASSERT_TRUE(change);
  EXPECT_EQ(change->after.expires_at, now.plus_ms(longest));
  EXPECT_EQ(change->after.status, ReservationStatus::pending);
  EXPECT_EQ(change->from, PlaceStatus::held);
  EXPECT_EQ(change->to, PlaceStatus::held);
  for (const std::int64_t by_ms : {longest + 1, most}) {
    const Error error = error_of(extend({held.id, by_ms, {}}, held, now, policy));
    EXPECT_EQ(error.code, Errc::extension_limit) << by_ms;
    EXPECT_EQ(error.detail("limit_ms"), std::to_string(longest));
  }
  // Counted from when the hold was made, however often it is extended.
  const Timestamp later = now.plus_ms(100'000);
  EXPECT_TRUE(extend({held.id, longest - 100'000, {}}, held, later, policy).value());
  EXPECT_EQ(code_of(extend({held.id, longest - 99'999, {}}, held, later, policy)), Errc::extension_limit);
}

TEST(BoxOfficeExtend, BO9_NeverShortensAHold) {
  const Reservation held = pending();
  EXPECT_FALSE(extend({held.id, 300'000, {}}, held, now, {}).value());
  EXPECT_FALSE(extend({held.id, 1, {}}, held, now, {}).value());
  EXPECT_TRUE(extend({held.id, 300'001, {}}, held, now, {}).value());
}

TEST(BoxOfficeExtend, BO9_OnlyLiveHoldsCanBeExtended) {
  Reservation reservation = pending();
  const Extend command{reservation.id, 60'000, {}};
  EXPECT_EQ(code_of(extend({reservation.id, 0, {}}, reservation, now, {})), Errc::invalid_argument);
  EXPECT_EQ(code_of(extend({reservation.id, -1, {}}, reservation, now, {})), Errc::invalid_argument);
  EXPECT_EQ(code_of(extend(command, reservation, reservation.expires_at, {})), Errc::hold_expired);
  reservation.status = ReservationStatus::expired;
  EXPECT_EQ(code_of(extend(command, reservation, now, {})), Errc::hold_expired);
  reservation.status = ReservationStatus::confirmed;
  EXPECT_EQ(code_of(extend(command, reservation, now, {})), Errc::reservation_confirmed);
  reservation.status = ReservationStatus::cancelled;
  EXPECT_EQ(code_of(extend(command, reservation, now, {})), Errc::reservation_cancelled);
}

TEST(BoxOfficeExpire, BO4_ReleasesAtTheMillisecondAndNotBefore) {
  Reservation reservation = pending();
  EXPECT_FALSE(expire(reservation, reservation.expires_at.plus_ms(-1)));
  const auto change = expire(reservation, reservation.expires_at);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->after.status, ReservationStatus::expired);
  EXPECT_EQ(change->from, PlaceStatus::held);
  EXPECT_EQ(change->to, PlaceStatus::available);
  EXPECT_FALSE(change->needs_open);
  for (const auto status : {ReservationStatus::confirmed, ReservationStatus::cancelled, ReservationStatus::expired}) {
    reservation.status = status;
    EXPECT_FALSE(expire(reservation, reservation.expires_at.plus_ms(day_ms)));
  }
}

// --- the number

TEST(ReservationNumberTest, BO2_IsReadAsACustomerWritesIt) {
  const ReservationNumber number = number_of(id<ReservationId>(0x123456789a));
  EXPECT_EQ(number.text().size(), 18U);
  EXPECT_EQ(parse_number(number.text()), number);
  std::string lower(number.text());
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  EXPECT_EQ(parse_number(lower), number);
  EXPECT_EQ(parse_number("TKO123456789ABCDIL"), parse_number("TK0123456789ABCD11"));
  for (const char* bad : {"", "TK", "TK0123456789ABCDE", "TK0123456789ABCDEFG", "XX0123456789ABCDEF",
                          "TK0123456789ABCDEU", "TK0123456789ABCDE-", "1K0123456789ABCDEF"})
    EXPECT_FALSE(parse_number(bad)) << bad;
}

TEST(ReservationNumberTest, BO2_DiffersBetweenReservationsOfOneMillisecondAndOfTwo) {
  EXPECT_NE(number_of(id<ReservationId>(1)), number_of(id<ReservationId>(2)));
  EXPECT_NE(number_of(ReservationId{make_uuid_v7(now.ms, {0, 1})}),
            number_of(ReservationId{make_uuid_v7(now.ms + 1, {0, 1})}));
}

}  // namespace
}  // namespace tiketi::test
