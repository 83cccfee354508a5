// Reserving through the service.

#include "hall.hpp"

#include <set>

namespace tiketi::test {
namespace {

using Codes = std::vector<Errc>;

TEST(BoxOfficeReserve, BO2_HoldsSeatsAndTicketsTogether) {
  Hall hall;
  Reserve command = hall.want({"A-1-1", "B-1-2"});
  command.tickets = {{hall.stock("Standing").id, 4}, {hall.stock("Students").id, 1}};
  const Reserved reserved = hall.office.reserve(command).value();
  EXPECT_FALSE(reserved.replayed);
  EXPECT_EQ(reserved.reservation.total, (Money{50'000 + 30'000 + 4 * 20'000 + 10'000, krw}));
  EXPECT_EQ(reserved.reservation.quantity, 7);
  EXPECT_EQ(reserved.reservation.expires_at, hall.clock.now().plus_ms(300'000));
  EXPECT_EQ(hall.office.reservation(reserved.reservation.id).value(), reserved.reservation);
  EXPECT_EQ(hall.status("A-1-1"), PlaceStatus::held);
  EXPECT_EQ(hall.stock("Standing").held, 4);
  EXPECT_EQ(hall.stock("Students").available(), 2);
}

TEST(BoxOfficeReserve, BO2_AllOrNone) {
  Hall hall;
  hall.hold(hall.want({"A-1-2"}));
  Reserve command = hall.want({"A-1-1", "A-1-2"}, hall.other);
  command.tickets = {{hall.stock("Standing").id, 1}};
  EXPECT_EQ(code_of(hall.office.reserve(command)), Errc::seat_taken);
  command = hall.want({"A-1-1"}, hall.other);
  command.tickets = {{hall.stock("Standing").id, 1}, {hall.stock("Students").id, 4}};
  EXPECT_EQ(code_of(hall.office.reserve(command)), Errc::stock_short);
  EXPECT_EQ(hall.status("A-1-1"), PlaceStatus::available);
  EXPECT_EQ(hall.stock("Standing").held, 0);
  EXPECT_TRUE(hall.office.reservations_of(hall.other).value().empty());
}

TEST(BoxOfficeReserve, BO2_NumbersAreUniqueAndFindTheReservation) {
  Hall hall;
  std::set<ReservationNumber> numbers;
  for (int i = 1; i <= 6; ++i) {
    const Reservation held = hall.hold(hall.want({"A-1-" + std::to_string(i)}));
    numbers.insert(held.number);
    EXPECT_EQ(hall.office.reservation(held.number).value(), held);
  }
  EXPECT_EQ(numbers.size(), 6U);
}

TEST(BoxOfficeReserve, BO3_OfTwoInOneBatchTheFirstGetsTheSeat) {
  Hall hall;
  const std::vector<Reserve> batch{hall.want({"A-1-1", "A-1-2"}), hall.want({"A-1-2", "A-1-3"}, hall.other),
                                   hall.want({"A-1-4"}, hall.other)};
  const auto answers = hall.office.reserve(batch);
  EXPECT_TRUE(answers[0].has_value());
  const Error error = error_of(answers[1]);
  EXPECT_EQ(error.code, Errc::seat_taken);
  EXPECT_EQ(details_of(error, "label"), std::vector<std::string>{"A-1-2"});
  EXPECT_EQ(hall.status("A-1-3"), PlaceStatus::available) << "a refused command holds nothing";
  EXPECT_TRUE(answers[2].has_value());
}

TEST(BoxOfficeReserve, BO3_StockIsSoldToTheLastAndNoFurther) {
  Hall hall;
  std::vector<Reserve> batch;
  for (int i = 0; i < 6; ++i) batch.push_back(hall.want_tickets("Standing", 3, hall.ids.next<UserId>()));
  const auto answers = hall.office.reserve(batch);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(answers[i].has_value());
  for (std::size_t i = 3; i < 6; ++i) {
    EXPECT_EQ(code_of(answers[i]), Errc::stock_short);
    EXPECT_EQ(error_of(answers[i]).detail("left"), "1");
  }
  EXPECT_TRUE(hall.office.reserve(hall.want_tickets("Standing", 1)).has_value());
  EXPECT_EQ(hall.stock("Standing").available(), 0);
}

TEST(BoxOfficeReserve, BO5_EachReasonHasItsOwnError) {
  Hall hall;
  const EventId elsewhere = hall.open_event();
  const SeatMap other_map = hall.office.places(elsewhere).value().seats;
  const TicketTypeId other_type = hall.office.places(elsewhere).value().stock.front().id;
  hall.hold(hall.want({"A-2-1"}, hall.other));

  Reserve unknown_event = hall.want({"A-1-1"});
  unknown_event.event_id = hall.ids.next<EventId>();
  Reserve unknown_seat = hall.want({});
  unknown_seat.seats = {hall.ids.next<SeatId>()};
  Reserve foreign_seat = hall.want({"A-1-1"});
  foreign_seat.seats.push_back(other_map.places->front().id);
  Reserve unknown_type = hall.want({});
  unknown_type.tickets = {{hall.ids.next<TicketTypeId>(), 1}};
  Reserve foreign_type = hall.want({});
  foreign_type.tickets = {{other_type, 1}};
  const std::vector<Reserve> batch{hall.want({}),        hall.want({"A-1-1", "A-1-1"}),
                                   unknown_event,        unknown_type,
                                   foreign_type,         unknown_seat,
                                   foreign_seat,         hall.want({"B-1-4"}),
                                   hall.want({"A-2-1"}), hall.want_tickets("Students", 4),
                                   hall.want({"A-1-1"})};
  const auto answers = hall.office.reserve(batch);
  const Codes expected{Errc::invalid_argument,
                       Errc::duplicate_item,
                       Errc::event_not_found,
                       Errc::ticket_type_not_found,
                       Errc::ticket_type_other_event,
                       Errc::seat_not_found,
                       Errc::seat_other_event,
                       Errc::seat_blocked,
                       Errc::seat_taken,
                       Errc::stock_short};
  ASSERT_EQ(answers.size(), expected.size() + 1);
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(code_of(answers[i]), expected[i]) << i;
  EXPECT_TRUE(answers.back().has_value()) << "the refusals of others are nothing to it";
  EXPECT_TRUE(hall.office.reserve(std::vector<Reserve>{}).empty());
}

TEST(BoxOfficeReserve, Fault_UpcomingEndedAndCancelledEventsDoNotSell) {
  Hall hall;
  const SaleTerms open = hall.terms();
  hall.terms().sale_start = hall.clock.now().plus_ms(1);
  EXPECT_EQ(code_of(hall.office.reserve(hall.want({"A-1-1"}))), Errc::sale_not_open);
  hall.clock.advance(1);
  EXPECT_TRUE(hall.office.reserve(hall.want({"A-1-1"})).has_value()) << "exactly when the sale opens";
  hall.clock.set(open.sale_end.plus_ms(-1));
  EXPECT_TRUE(hall.office.reserve(hall.want({"A-1-2"})).has_value());
  hall.clock.advance(1);
  EXPECT_EQ(code_of(hall.office.reserve(hall.want({"A-1-3"}))), Errc::sale_ended);
  hall.terms() = open;
  hall.terms().cancelled = true;
  EXPECT_EQ(code_of(hall.office.reserve(hall.want({"A-1-3"}))), Errc::event_cancelled);
}

TEST(BoxOfficeReserve, BO5_AClosedInventorySellsNothingThoughTheDirectoryDoesNotKnowYet) {
  Hall hall;
  hall.stores->box_office().close(hall.event).value();
  EXPECT_EQ(code_of(hall.office.reserve(hall.want({"A-1-1"}))), Errc::event_closed);
  EXPECT_EQ(code_of(hall.office.reserve(hall.want_tickets("Standing", 1))), Errc::event_closed);
  EXPECT_EQ(code_of(hall.office.reserve_best({hall.event, hall.customer, 2, {}, {}, {}})), Errc::event_closed);
}

TEST(BoxOfficeReserve, BO5_LimitsAReservation) {
  Hall hall;
  hall.terms().limit_per_reservation = 2;
  EXPECT_EQ(code_of(hall.office.reserve(hall.want({"A-1-1", "A-1-2", "A-1-3"}))), Errc::reservation_limit);
  EXPECT_EQ(code_of(hall.office.reserve(hall.want_tickets("Standing", 3))), Errc::reservation_limit);
  EXPECT_TRUE(hall.office.reserve(hall.want({"A-1-1", "A-1-2"})).has_value());
  EXPECT_TRUE(hall.office.reserve(hall.want({"A-1-3", "A-1-4"})).has_value()) << "it is not the customer's limit";
}

TEST(BoxOfficeReserve, Fault_TheCustomersLimitCountsAcrossRequests) {
  Hall hall;
  hall.terms().limit_per_buyer = 3;
  const Reservation held = hall.hold(hall.want({"A-1-1"}));
  hall.buy(hall.want({"A-1-2"}));
  const Error error = error_of(hall.office.reserve(hall.want({"A-1-3", "A-1-4"})));
  EXPECT_EQ(error.code, Errc::buyer_limit);
  EXPECT_EQ(error.detail("limit"), "3");
  EXPECT_EQ(error.detail("holding"), "2");
  EXPECT_TRUE(hall.office.reserve(hall.want({"A-1-3", "A-1-4"}, hall.other)).has_value());
  hall.office.cancel({held.id, {}}).value();
  EXPECT_TRUE(hall.office.reserve(hall.want({"A-1-5"})).has_value()) << "what was given back does not count";
  EXPECT_EQ(code_of(hall.office.reserve(hall.want({"A-1-6", "A-1-1"}))), Errc::buyer_limit);
  hall.clock.advance(300'000);
  EXPECT_TRUE(hall.office.reserve(hall.want({"A-1-6", "A-1-1"})).has_value()) << "nor does a hold that is over";
}

TEST(BoxOfficeReserve, BO5_TheCustomersLimitHoldsWithinOneBatchAndForEachEvent) {
  Hall hall;
  const EventId elsewhere = hall.open_event();
  hall.terms().limit_per_buyer = 1;
  const SeatId there = hall.office.places(elsewhere).value().seats.places->front().id;
  const std::vector<Reserve> batch{
      hall.want({"A-1-1"}), hall.want({"A-1-2"}), {elsewhere, hall.customer, {there}, {}, {}}};
  const auto answers = hall.office.reserve(batch);
  EXPECT_TRUE(answers[0].has_value());
  EXPECT_EQ(code_of(answers[1]), Errc::buyer_limit);
  EXPECT_TRUE(answers[2].has_value());
}

TEST(BoxOfficeReserve, BO4_ASeatUnderAHoldThatIsOverIsTakenOverAtOnce) {
  Hall hall;
  const Reservation first = hall.hold(hall.want({"A-1-1", "A-1-2"}));
  hall.clock.advance(299'999);
  EXPECT_EQ(code_of(hall.office.reserve(hall.want({"A-1-2"}, hall.other))), Errc::seat_taken);
  hall.clock.advance(1);
  const Reservation second = hall.hold(hall.want({"A-1-2", "A-1-3"}, hall.other));
  EXPECT_EQ(hall.office.reservation(first.id)->status, ReservationStatus::expired);
  EXPECT_EQ(hall.status("A-1-1"), PlaceStatus::available) << "all of the old hold is gone";
  EXPECT_EQ(hall.status("A-1-2"), PlaceStatus::held);
  EXPECT_EQ(code_of(hall.office.confirm({first.id, "pay", {}})), Errc::hold_expired);
  EXPECT_EQ(code_of(hall.office.extend({first.id, 1'000, {}})), Errc::hold_expired);
  EXPECT_EQ(code_of(hall.office.cancel({first.id, {}})), Errc::hold_expired);
  EXPECT_TRUE(hall.office.confirm({second.id, "pay", {}}).has_value());
}

TEST(BoxOfficeReserve, BO4_StockUnderHoldsThatAreOverIsTakenOverAtOnce) {
  Hall hall;
  const Reservation first = hall.hold(hall.want_tickets("Students", 2));
  hall.hold(hall.want_tickets("Students", 1));
  hall.clock.advance(299'999);
  EXPECT_EQ(error_of(hall.office.reserve(hall.want_tickets("Students", 1, hall.other))).detail("left"), "0");
  hall.clock.advance(1);
  EXPECT_TRUE(hall.office.reserve(hall.want_tickets("Students", 3, hall.other)).has_value());
  EXPECT_EQ(code_of(hall.office.confirm({first.id, "pay", {}})), Errc::hold_expired);
  EXPECT_EQ(hall.stock("Students").held, 3);
}

TEST(BoxOfficeReserve, BO4_TheExpiryIsToldBeforeTheHoldThatFollows) {
  Hall hall;
  hall.hold(hall.want({"A-1-1"}));
  hall.clock.advance(300'000);
  hall.hold(hall.want({"A-1-1"}, hall.other));
  std::vector<std::string> topics;
  for (const Message& message : hall.stores->box_office().outbox(10).value()) topics.push_back(message.topic);
  EXPECT_EQ(topics, (std::vector<std::string>{"reservation.held", "reservation.expired", "reservation.held"}));
}

TEST(BoxOfficeReserve, BO6_TheSameKeyAnswersTheFirstReservation) {
  Hall hall;
  Reserve command = hall.want({"A-1-1"});
  command.idempotency_key = "order-1";
  const Reserved first = hall.office.reserve(command).value();
  Reserved again = hall.office.reserve(command).value();
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.reservation, first.reservation);
  const Reservation paid = hall.office.confirm({first.reservation.id, "pay", {}}).value();
  again = hall.office.reserve(command).value();
  EXPECT_EQ(again.reservation, paid) << "as it is now";
  // A process that knows nothing but what is stored.
  BoxOffice after_crash(hall.stores->box_office(), hall.directory, hall.clock, hall.ids);
  EXPECT_EQ(after_crash.reserve(command)->reservation, paid);
  hall.clock.advance(day_ms / 2);
  EXPECT_TRUE(after_crash.reserve(command)->replayed) << "though the sale is over by now";
}

TEST(BoxOfficeReserve, BO6_TwiceInOneBatchIsOneReservation) {
  Hall hall;
  Reserve command = hall.want_tickets("Standing", 2);
  command.idempotency_key = "double click";
  const auto answers = hall.office.reserve(std::vector<Reserve>{command, command, command});
  EXPECT_FALSE(answers[0]->replayed);
  for (std::size_t i = 1; i < 3; ++i) {
    EXPECT_TRUE(answers[i]->replayed);
    EXPECT_EQ(answers[i]->reservation.id, answers[0]->reservation.id);
  }
  EXPECT_EQ(hall.stock("Standing").held, 2);
}

TEST(BoxOfficeReserve, BO6_AKeyStandsForOneRequestOfOneCustomer) {
  Hall hall;
  Reserve command = hall.want({"A-1-1"});
  command.idempotency_key = "k";
  hall.office.reserve(command).value();
  Reserve other_seat = hall.want({"A-1-2"});
  other_seat.idempotency_key = "k";
  EXPECT_EQ(code_of(hall.office.reserve(other_seat)), Errc::idempotency_misuse);
  EXPECT_EQ(code_of(hall.office.reserve_best({hall.event, hall.customer, 1, {}, {}, "k"})), Errc::idempotency_misuse);
  other_seat.user_id = hall.other;
  EXPECT_FALSE(hall.office.reserve(other_seat)->replayed) << "another customer's key is another key";
}

TEST(BoxOfficeReserve, BO6_RefusalsAreNotRemembered) {
  Hall hall;
  const Reservation in_the_way = hall.hold(hall.want({"A-1-1"}, hall.other));
  Reserve command = hall.want({"A-1-1"});
  command.idempotency_key = "k";
  EXPECT_EQ(code_of(hall.office.reserve(command)), Errc::seat_taken);
  hall.office.cancel({in_the_way.id, {}}).value();
  EXPECT_FALSE(hall.office.reserve(command)->replayed);
}

TEST(BoxOfficeReserve, BO6_KeysAreForgottenWhenThePolicySays) {
  Hall hall;
  Reserve command = hall.want_tickets("Standing", 1);
  command.idempotency_key = "k";
  hall.office.reserve(command).value();
  hall.terms().sale_end = hall.clock.now().plus_ms(3 * day_ms);
  hall.clock.advance(day_ms);
  EXPECT_EQ(hall.office.prune().value(), 0U);
  EXPECT_TRUE(hall.office.reserve(command)->replayed);
  hall.clock.advance(1);
  EXPECT_EQ(hall.office.prune().value(), 1U);
  EXPECT_FALSE(hall.office.reserve(command)->replayed);
}

TEST(BoxOfficeReserve, Fault_TheSameTicketTypeTwiceIsToldSoAndHoldsNothing) {
  Hall hall;
  Reserve command = hall.want_tickets("Standing", 1);
  command.tickets.push_back({command.tickets.front().ticket_type_id, 2});
  EXPECT_EQ(code_of(hall.office.reserve(command)), Errc::duplicate_item);
  EXPECT_EQ(hall.stock("Standing").held, 0);
}

// --- best available

ReserveBest best(const Hall& hall, std::int32_t quantity, UserId user) {
  return {hall.event, user, quantity, {}, {}, {}};
}

TEST(BoxOfficeBest, BO8_HoldsTheBestSeatsBesideEachOther) {
  Hall hall;
  const Reservation held = hall.office.reserve_best(best(hall, 2, hall.customer))->reservation;
  ASSERT_EQ(held.lines.size(), 2U);
  EXPECT_EQ(held.lines[0].label, "A-1-3");
  EXPECT_EQ(held.lines[1].label, "A-1-4");
  EXPECT_EQ(hall.status("A-1-3"), PlaceStatus::held);
}

TEST(BoxOfficeBest, BO8_EverybodyInABatchGetsSeatsOfTheirOwn) {
  Hall hall;
  std::vector<ReserveBest> batch;
  for (int i = 0; i < 8; ++i) batch.push_back(best(hall, 2, hall.ids.next<UserId>()));
  std::set<SeatId> seats;
  std::size_t refused = 0;
  for (const auto& answer : hall.office.reserve_best(batch)) {
    if (answer.has_error()) {
      EXPECT_EQ(answer.error().code, Errc::no_best_seats);
      ++refused;
      continue;
    }
    for (const ReservationLine& line : answer->reservation.lines) EXPECT_TRUE(seats.insert(line.seat_id).second);
  }
  // Three pairs in each of two rows, and one in the row of three that are for sale.
  EXPECT_EQ(seats.size(), 14U);
  EXPECT_EQ(refused, 1U);
}

TEST(BoxOfficeBest, BO8_SeatsThatOneIsRefusedAreThereForTheNext) {
  Hall hall;
  hall.hold(hall.want({"A-1-1", "A-1-2", "A-1-3", "A-1-4", "A-1-5", "A-1-6"}, hall.other));
  hall.hold(hall.want({"A-2-1", "A-2-2", "A-2-3", "A-2-4", "A-2-5", "A-2-6"}, hall.other));
  hall.terms().limit_per_buyer = 12;
  const auto answers =
      hall.office.reserve_best(std::vector<ReserveBest>{best(hall, 3, hall.other), best(hall, 3, hall.customer)});
  EXPECT_EQ(code_of(answers[0]), Errc::buyer_limit);
  EXPECT_TRUE(answers[1].has_value());
}

TEST(BoxOfficeBest, BO8_AnOldMapRefusesNobody) {
  Hall hall;
  hall.office.reserve_best(best(hall, 3, hall.customer)).value();
  const Reservation rest = hall.hold(hall.want({"A-2-1", "A-2-2", "A-2-3", "A-2-4", "A-2-5", "A-2-6"}));
  EXPECT_EQ(code_of(hall.office.reserve_best(best(hall, 6, hall.other))), Errc::no_best_seats);
  hall.office.cancel({rest.id, {}}).value();
  EXPECT_TRUE(hall.office.reserve_best(best(hall, 6, hall.other)).has_value());
}

TEST(BoxOfficeBest, BO4_FindsSeatsUnderHoldsThatAreOver) {
  Hall hall;
  hall.office.reserve_best(best(hall, 6, hall.customer)).value();
  hall.office.reserve_best(best(hall, 6, hall.customer)).value();
  hall.clock.advance(299'999);
  EXPECT_EQ(code_of(hall.office.reserve_best(best(hall, 6, hall.other))), Errc::no_best_seats);
  hall.clock.advance(1);
  EXPECT_TRUE(hall.office.reserve_best(best(hall, 6, hall.other)).has_value());
}

TEST(BoxOfficeBest, BO6_TheSameKeyAnswersTheSameSeats) {
  Hall hall;
  ReserveBest command = best(hall, 2, hall.customer);
  command.idempotency_key = "k";
  const Reserved first = hall.office.reserve_best(command).value();
  const Reserved again = hall.office.reserve_best(command).value();
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.reservation, first.reservation);
  const auto both = hall.office.reserve_best(std::vector<ReserveBest>{command, best(hall, 1, hall.other)});
  EXPECT_TRUE(both[0]->replayed);
  EXPECT_FALSE(both[1]->replayed);
}

TEST(BoxOfficeBest, BO5_TellsTheFirstReason) {
  Hall hall;
  ReserveBest command = best(hall, 7, hall.customer);
  EXPECT_EQ(code_of(hall.office.reserve_best(command)), Errc::no_best_seats);
  hall.terms().limit_per_reservation = 4;
  EXPECT_EQ(code_of(hall.office.reserve_best(command)), Errc::reservation_limit);
  hall.terms().sale_end = hall.clock.now();
  EXPECT_EQ(code_of(hall.office.reserve_best(command)), Errc::sale_ended);
  hall.terms().cancelled = true;
  EXPECT_EQ(code_of(hall.office.reserve_best(command)), Errc::event_cancelled);
  command.section = "Z";
  EXPECT_EQ(code_of(hall.office.reserve_best(command)), Errc::seat_not_found);
  command.event_id = hall.ids.next<EventId>();
  EXPECT_EQ(code_of(hall.office.reserve_best(command)), Errc::event_not_found);
  command.quantity = 0;
  EXPECT_EQ(code_of(hall.office.reserve_best(command)), Errc::invalid_argument);
}

}  // namespace
}  // namespace tiketi::test
