// What becomes of reservations, through the service.

#include "hall.hpp"

namespace tiketi::test {
namespace {

/// Keeps what it is told, and fails after so many messages when it is told to.
class TestBus final : public EventBus {
 public:
  Result<void> publish(std::span<const Message> messages) override {
    for (const Message& message : messages) {
      if (accepts-- == 0) return Error{Errc::unavailable, "the broker is gone"};
      told.push_back(message);
    }
    return {};
  }
  std::unique_ptr<Subscription> subscribe(std::string, std::function<void(const Message&)>) override { return nullptr; }

  int accepts = -1;  // -1: all
  std::vector<Message> told;
};

std::vector<std::string> topics_of(const std::vector<Message>& messages, ReservationId about) {
  std::vector<std::string> out;
  for (const Message& message : messages)
    if (message.key == about.text()) out.push_back(message.topic);
  return out;
}

TEST(BoxOfficeConfirming, BO1_TurnsHeldPlacesIntoSoldOnes) {
  Hall hall;
  Reserve command = hall.want({"A-1-1"});
  command.tickets = {{hall.stock("Standing").id, 2}};
  const Reservation held = hall.hold(command);
  const Reservation sold = hall.office.confirm({held.id, "pay-1", hall.customer}).value();
  EXPECT_EQ(sold.status, ReservationStatus::confirmed);
  EXPECT_EQ(sold.payment_reference, "pay-1");
  EXPECT_EQ(sold.version, 2);
  EXPECT_EQ(hall.status("A-1-1"), PlaceStatus::sold);
  EXPECT_EQ(hall.stock("Standing").held, 0);
  EXPECT_EQ(hall.stock("Standing").sold, 2);
  hall.clock.advance(hour_ms / 2);
  EXPECT_EQ(hall.office.sweep().value(), 0U) << "what is sold does not expire";
  EXPECT_EQ(code_of(hall.office.reserve(hall.want({"A-1-1"}, hall.other))), Errc::seat_taken);
}

TEST(BoxOfficeConfirming, BO4_UpToTheLastMillisecondOfTheHold) {
  Hall hall;
  const Reservation in_time = hall.hold(hall.want({"A-1-1"}));
  const Reservation late = hall.hold(hall.want({"A-1-2"}));
  hall.clock.advance(299'999);
  EXPECT_TRUE(hall.office.confirm({in_time.id, "pay", {}}).has_value());
  hall.clock.advance(1);
  EXPECT_EQ(code_of(hall.office.confirm({late.id, "pay", {}})), Errc::hold_expired) << "though nobody swept it";
  hall.office.sweep().value();
  hall.clock.advance(-1);
  EXPECT_EQ(code_of(hall.office.confirm({late.id, "pay", {}})), Errc::hold_expired) << "nor when the clock goes back";
}

TEST(BoxOfficeConfirming, ADoubleClickPaysOnce) {
  Hall hall;
  const Reservation held = hall.hold(hall.want({"A-1-1"}));
  const Confirm command{held.id, "pay", {}};
  const auto answers = hall.office.confirm(std::vector<Confirm>{command, command});
  ASSERT_TRUE(answers[0].has_value());
  EXPECT_EQ(answers[0].value(), answers[1].value());
  EXPECT_EQ(hall.office.confirm(command).value(), answers[0].value());
  EXPECT_EQ(code_of(hall.office.confirm({held.id, "another", {}})), Errc::payment_mismatch);
  EXPECT_EQ(hall.stores->box_office().outbox_size().value(), 2) << "held and confirmed are told, each once";
}

TEST(BoxOfficeConfirming, Fault_ACancelledReservationCanNotBePaidFor) {
  Hall hall;
  // Twenty orders for a stock of ten, half of them cancelled; then all of them are paid for.
  std::vector<ReservationId> orders;
  for (int i = 0; i < 20; ++i) {
    const Reservation held = hall.hold(hall.want_tickets("Standing", 1));
    orders.push_back(held.id);
    if (i % 2 == 0) hall.office.cancel({held.id, {}}).value();
  }
  int confirmed = 0;
  for (const ReservationId order : orders) {
    const auto answer = hall.office.confirm({order, "pay", {}});
    if (answer.has_error()) EXPECT_EQ(answer.error().code, Errc::reservation_cancelled);
    else ++confirmed;
  }
  EXPECT_EQ(confirmed, 10);
  EXPECT_EQ(hall.stock("Standing").sold, 10);
}

TEST(BoxOfficeConfirming, Fault_PayingRevivesNoReservationOfACancelledEvent) {
  Hall hall;
  const Reservation first = hall.hold(hall.want({"A-1-1"}));
  const Reservation second = hall.hold(hall.want({"A-1-2"}));
  hall.terms().cancelled = true;
  EXPECT_EQ(code_of(hall.office.confirm({first.id, "pay", {}})), Errc::event_cancelled);
  hall.stores->box_office().close(hall.event).value();
  hall.terms().cancelled = false;  // a directory that is some seconds behind
  EXPECT_EQ(code_of(hall.office.confirm({second.id, "pay", {}})), Errc::event_closed);
  EXPECT_EQ(code_of(hall.office.extend({second.id, 400'000, {}})), Errc::event_closed);
  EXPECT_TRUE(hall.office.cancel({first.id, {}}).has_value()) << "what is there can be released";
  EXPECT_EQ(hall.status("A-1-1"), PlaceStatus::available);
}

TEST(BoxOfficeConfirming, BO5_ABadPaymentReferenceIsRefused) {
  Hall hall;
  const Reservation held = hall.hold(hall.want({"A-1-1"}));
  EXPECT_EQ(code_of(hall.office.confirm({held.id, "", {}})), Errc::invalid_argument);
  EXPECT_EQ(code_of(hall.office.confirm({held.id, std::string(201, 'p'), {}})), Errc::invalid_argument);
}

TEST(BoxOfficeOwning, BO7_AnothersReservationIsNotFound) {
  Hall hall;
  const Reservation mine = hall.hold(hall.want({"A-1-1"}));
  EXPECT_EQ(code_of(hall.office.reservation(mine.id, hall.other)), Errc::reservation_not_found);
  EXPECT_EQ(code_of(hall.office.reservation(mine.number, hall.other)), Errc::reservation_not_found);
  EXPECT_EQ(code_of(hall.office.confirm({mine.id, "pay", hall.other})), Errc::reservation_not_found);
  EXPECT_EQ(code_of(hall.office.cancel({mine.id, hall.other})), Errc::reservation_not_found);
  EXPECT_EQ(code_of(hall.office.extend({mine.id, 400'000, hall.other})), Errc::reservation_not_found);
  EXPECT_EQ(hall.office.reservation(mine.id, hall.customer).value(), mine) << "and none of that changed it";
  EXPECT_EQ(code_of(hall.office.cancel({hall.ids.next<ReservationId>(), {}})), Errc::reservation_not_found);
}

TEST(BoxOfficeOwning, BO7_ListsMineNewestFirstPageByPage) {
  Hall hall;
  std::vector<Reservation> made;
  for (int i = 1; i <= 5; ++i) {
    made.insert(made.begin(), hall.hold(hall.want({"A-1-" + std::to_string(i)})));
    hall.hold(hall.want({"A-2-" + std::to_string(i)}, hall.other));
    hall.clock.advance(1'000);
  }
  EXPECT_EQ(hall.office.reservations_of(hall.customer).value(), made);
  const auto page = hall.office.reservations_of(hall.customer, {}, 2).value();
  EXPECT_EQ(page, (std::vector{made[0], made[1]}));
  const auto next = hall.office.reservations_of(hall.customer, page.back().id, 2).value();
  EXPECT_EQ(next, (std::vector{made[2], made[3]}));
  EXPECT_TRUE(hall.office.reservations_of(hall.ids.next<UserId>()).value().empty());
  EXPECT_EQ(code_of(hall.office.reservations_of(hall.customer, {}, 0)), Errc::invalid_argument);
  EXPECT_EQ(code_of(hall.office.reservations_of(hall.customer, {}, 1'001)), Errc::invalid_argument);
}

TEST(BoxOfficeCancelling, Fault_ASeatReservationCanBeCancelled) {
  Hall hall;
  Reserve command = hall.want({"A-1-1", "A-1-2"});
  command.tickets = {{hall.stock("Standing").id, 2}};
  const Reservation held = hall.hold(command);
  const Reservation cancelled = hall.office.cancel({held.id, hall.customer}).value();
  EXPECT_EQ(cancelled.status, ReservationStatus::cancelled);
  EXPECT_TRUE(cancelled.payment_reference.empty()) << "an unpaid one is not a refund";
  EXPECT_EQ(hall.status("A-1-1"), PlaceStatus::available);
  EXPECT_EQ(hall.stock("Standing").available(), 10);
  EXPECT_EQ(hall.office.cancel({held.id, hall.customer}).value(), cancelled) << "repeating it changes nothing";
}

TEST(BoxOfficeCancelling, BO7_APaidReservationGivesItsPlacesBack) {
  Hall hall;
  Reserve command = hall.want({"A-1-1"});
  command.tickets = {{hall.stock("Standing").id, 2}};
  const Reservation sold = hall.buy(command);
  hall.clock.advance(day_ms);
  const Reservation cancelled = hall.office.cancel({sold.id, {}}).value();
  EXPECT_EQ(cancelled.payment_reference, sold.payment_reference) << "what was paid is known to whoever refunds it";
  EXPECT_EQ(hall.status("A-1-1"), PlaceStatus::available);
  EXPECT_EQ(hall.stock("Standing").sold, 0);
  EXPECT_EQ(code_of(hall.office.confirm({sold.id, "pay", {}})), Errc::reservation_cancelled);
}

TEST(BoxOfficeExtending, BO9_KeepsSeatAndReservationTogether) {
  Hall hall;
  const Reservation held = hall.hold(hall.want({"A-1-1"}));
  hall.clock.advance(200'000);
  const Reservation longer = hall.office.extend({held.id, 300'000, hall.customer}).value();
  EXPECT_EQ(longer.expires_at, held.expires_at.plus_ms(200'000));
  hall.clock.advance(299'999);
  EXPECT_EQ(hall.office.sweep().value(), 0U);
  EXPECT_EQ(code_of(hall.office.reserve(hall.want({"A-1-1"}, hall.other))), Errc::seat_taken);
  EXPECT_TRUE(hall.office.confirm({held.id, "pay", {}}).has_value());
}

TEST(BoxOfficeExtending, BO9_IsBoundedHoweverOftenItIsAsked) {
  Hall hall;
  const Reservation held = hall.hold(hall.want({"A-1-1"}));
  const Timestamp last = held.created_at.plus_ms(900'000);
  Timestamp until = held.expires_at;
  for (int i = 0; i < 20; ++i) {
    hall.clock.advance(60'000);
    const auto answer = hall.office.extend({held.id, 120'000, {}});
    if (answer.has_value()) until = answer->expires_at;
  }
  EXPECT_LE(until, last);
  EXPECT_EQ(code_of(hall.office.confirm({held.id, "pay", {}})), Errc::hold_expired);
}

TEST(BoxOfficeExtending, BO9_TooLongAWishIsRefusedAndChangesNothing) {
  Hall hall;
  const Reservation held = hall.hold(hall.want({"A-1-1"}));
  EXPECT_EQ(code_of(hall.office.extend({held.id, 900'001, {}})), Errc::extension_limit);
  EXPECT_EQ(hall.office.reservation(held.id).value(), held);
  EXPECT_EQ(hall.office.extend({held.id, 1, {}}).value(), held) << "a hold is never shortened";
  EXPECT_EQ(hall.office.extend({held.id, 900'000, {}})->expires_at, held.created_at.plus_ms(900'000));
}

TEST(BoxOfficeSweeping, Fault_HoldsExpireAndAreReleased) {
  Hall hall;
  hall.hold(hall.want({"A-1-1"}));
  const Reservation general = hall.hold(hall.want_tickets("Standing", 3));
  hall.clock.advance(1'000);
  const Reservation later = hall.hold(hall.want({"A-1-2"}));
  hall.clock.advance(298'999);
  EXPECT_EQ(hall.office.sweep().value(), 0U);
  hall.clock.advance(1);
  EXPECT_EQ(hall.office.sweep().value(), 2U) << "general admission expires as well";
  EXPECT_EQ(hall.office.reservation(general.id)->status, ReservationStatus::expired);
  EXPECT_EQ(hall.status("A-1-1"), PlaceStatus::available);
  EXPECT_EQ(hall.stock("Standing").available(), 10);
  EXPECT_EQ(hall.office.reservation(later.id)->status, ReservationStatus::pending);
  EXPECT_EQ(hall.office.sweep().value(), 0U);
}

TEST(BoxOfficeSweeping, BO4_ReleasesTheEarliestFirstAndNoMoreThanAsked) {
  Hall hall;
  std::vector<ReservationId> holds;
  for (int i = 1; i <= 5; ++i) {
    holds.push_back(hall.hold(hall.want({"A-1-" + std::to_string(i)})).id);
    hall.clock.advance(1);
  }
  hall.clock.advance(hour_ms);
  EXPECT_EQ(hall.office.sweep(2).value(), 2U);
  for (std::size_t i = 0; i < 5; ++i)
    EXPECT_EQ(hall.office.reservation(holds[i])->status,
              i < 2 ? ReservationStatus::expired : ReservationStatus::pending);
  EXPECT_EQ(hall.office.sweep().value(), 3U);
}

TEST(BoxOfficeSweeping, Fault_AReleaseIsToldWhenItHasHappenedAndNotBefore) {
  Hall hall;
  const Reservation held = hall.hold(hall.want({"A-1-1"}));
  hall.clock.advance(hour_ms);
  TestBus bus;
  hall.office.relay(bus).value();
  EXPECT_EQ(topics_of(bus.told, held.id), std::vector<std::string>{"reservation.held"});
  hall.office.sweep().value();
  EXPECT_EQ(hall.status("A-1-1"), PlaceStatus::available);
  hall.office.relay(bus).value();
  EXPECT_EQ(topics_of(bus.told, held.id), (std::vector<std::string>{"reservation.held", "reservation.expired"}));
}

TEST(BoxOfficeRelaying, ST3_TellsEverythingInOrderAndThenForgetsIt) {
  Hall hall;
  const Reservation one = hall.hold(hall.want({"A-1-1"}));
  const Reservation two = hall.hold(hall.want({"A-1-2"}));
  hall.office.extend({one.id, 400'000, {}}).value();
  hall.office.cancel({two.id, {}}).value();
  hall.office.confirm({one.id, "pay", {}}).value();
  hall.office.cancel({one.id, {}}).value();
  TestBus bus;
  EXPECT_EQ(hall.office.relay(bus).value(), 6U);
  EXPECT_EQ(topics_of(bus.told, one.id), (std::vector<std::string>{"reservation.held", "reservation.extended",
                                                                   "reservation.confirmed", "reservation.cancelled"}));
  EXPECT_EQ(topics_of(bus.told, two.id), (std::vector<std::string>{"reservation.held", "reservation.cancelled"}));
  for (std::size_t i = 1; i < bus.told.size(); ++i) EXPECT_LT(bus.told[i - 1].sequence, bus.told[i].sequence);
  EXPECT_EQ(hall.stores->box_office().outbox_size().value(), 0);
  EXPECT_EQ(hall.office.relay(bus).value(), 0U);
}

TEST(BoxOfficeRelaying, ST3_WhatCouldNotBeToldIsToldAgain) {
  Hall hall;
  for (int i = 1; i <= 4; ++i) hall.hold(hall.want({"A-1-" + std::to_string(i)}));
  TestBus bus;
  bus.accepts = 2;
  EXPECT_EQ(code_of(hall.office.relay(bus)), Errc::unavailable);
  EXPECT_EQ(hall.stores->box_office().outbox_size().value(), 4);
  bus.accepts = -1;
  EXPECT_EQ(hall.office.relay(bus, 3).value(), 3U) << "no more than asked";
  EXPECT_EQ(hall.office.relay(bus).value(), 1U);
  EXPECT_EQ(bus.told.size(), 6U) << "two of the four came twice";
}

TEST(BoxOfficeReading, Fault_AnEventWithNothingLeftIsSoldOutUntilPlacesComeBack) {
  Hall hall;
  const auto sold_out = [&hall] { return hall.stores->box_office().sold_out().value(); };
  Reserve rest{hall.event, hall.customer, {}, {{hall.stock("Standing").id, 10}, {hall.stock("Students").id, 3}}, {}};
  for (std::size_t i = 0; i < hall.map.size(); ++i)
    if (hall.map.live[i].status == PlaceStatus::available) rest.seats.push_back((*hall.map.places)[i].id);
  const SeatId last = rest.seats.back();
  rest.seats.pop_back();
  hall.buy(rest);
  EXPECT_TRUE(sold_out().empty()) << "a seat is left";
  const Reservation held = hall.hold({hall.event, hall.other, {last}, {}, {}});
  EXPECT_EQ(sold_out(), std::vector{hall.event}) << "the house seat does not count";
  hall.office.cancel({held.id, {}}).value();
  EXPECT_TRUE(sold_out().empty());
}

TEST(BoxOfficeReading, TotalsAreThoseOfThisMoment) {
  Hall hall;
  const Timestamp start = hall.clock.now();
  EXPECT_EQ(hall.office.totals(start).value().total(), 0);
  hall.buy(hall.want({"A-1-1"}));
  hall.hold(hall.want({"A-1-2"}));
  const ReservationTotals totals = hall.office.totals(start).value();
  EXPECT_EQ(totals.by_status, (std::array<std::int64_t, 4>{1, 1, 0, 0}));
  EXPECT_EQ(totals.since, 2);
  EXPECT_EQ(hall.office.totals(start.plus_ms(1)).value().since, 0);
}

// A dashboard that many look at does not count a large sale again and again.
TEST(BoxOfficeReading, TotalsOfALargeSaleAreCountedEveryFewSeconds) {
  Hall hall;
  NewInventory large{hall.ids.next<EventId>(), krw, {}, {}};
  large.stock.push_back({hall.ids.next<TicketTypeId>(), large.event_id, "Lawn", 0, 200'000, 0, 0});
  hall.stores->box_office().load(large).value();
  const auto sell = [&](std::size_t count) {
    std::vector<Change> changes(count);
    for (Change& change : changes) {
      change.after = {.id = hall.ids.next<ReservationId>(), .event_id = large.event_id, .user_id = hall.customer};
      change.after.quantity = 1;
      change.after.expires_at = hall.clock.now().plus_ms(hour_ms);
      change.after.lines = {{.ticket_type_id = large.stock[0].id}};
    }
    hall.stores->box_office().commit(changes).value();
  };
  const Timestamp start = hall.clock.now();
  const auto counted = [&] { return hall.office.totals(start).value().total(); };
  sell(100'000);
  EXPECT_EQ(counted(), 100'000);
  sell(1);
  EXPECT_EQ(counted(), 100'001);
  sell(1);
  hall.clock.advance(4'999);
  EXPECT_EQ(counted(), 100'001);
  EXPECT_EQ(hall.office.totals(start.plus_ms(-1)).value().total(), 100'002) << "another question";
  hall.clock.advance(1);
  EXPECT_EQ(counted(), 100'002);
}

TEST(BoxOfficeReading, PlacesOfAnUnknownEventAreNotFound) {
  Hall hall;
  EXPECT_EQ(code_of(hall.office.places(hall.ids.next<EventId>())), Errc::event_not_found);
  EXPECT_EQ(hall.office.policy().hold_ms, 300'000);
}

}  // namespace
}  // namespace tiketi::test
