// verify: finds nothing in a sound store, and each way in which catalogue and box office can disagree.

#include "open_fixture.hpp"

#include <tiketi/box_office/rules.hpp>

#include <set>

namespace tiketi::test {
namespace {

class VerifyTest : public OpenTest {
 protected:
  std::set<std::string> findings() {
    std::set<std::string> out;
    for (const Finding& each : services->verify().value()) out.insert(each.invariant);
    return out;
  }

  void put(const CatalogChange& change) {
    const auto answers = services->stores().catalog().commit({&change, 1}).value();
    ASSERT_TRUE(answers.front().has_value()) << answers.front().error().message;
  }

  using Names = std::set<std::string>;
};

TEST_F(VerifyTest, ASoundStoreHasNoFindings) {
  EXPECT_EQ(findings(), Names{});
  const Event event = make_event();
  hold_two(event);
  EXPECT_EQ(findings(), Names{});
  clock.advance(day_ms);
  EXPECT_EQ(findings(), Names{}) << "a hold that is over but not swept is sound";
}

TEST_F(VerifyTest, AnEventWithoutPlacesAndWithoutAnythingToSellIsSound) {
  Event event = make_event();
  event.id = services->ids().next<EventId>();
  event.layout_id.reset();
  event.capacity = 0;
  put(PutEvent{0, event});
  EXPECT_EQ(findings(), Names{});
}

TEST_F(VerifyTest, FindsAnEventWhosePlacesWereNeverLoaded) {
  Event event = make_event();
  event.id = services->ids().next<EventId>();
  put(PutEvent{0, event});
  EXPECT_EQ(findings(), Names{"event-has-places"});
}

TEST_F(VerifyTest, FindsACapacityThatIsNotThatOfThePlaces) {
  Event event = make_event();
  EXPECT_EQ(event.capacity, 119) << "twenty seats, one of them blocked, and a hundred standing";
  event.capacity += 1;
  put(PutEvent{event.version, event});
  EXPECT_EQ(findings(), Names{"event-capacity"});
}

TEST_F(VerifyTest, FindsAnEventWhoseLayoutIsGone) {
  Event event = make_event();
  event.layout_id = services->ids().next<SeatLayoutId>();
  put(PutEvent{event.version, event});
  EXPECT_EQ(findings(), Names{"event-layout"});
}

TEST_F(VerifyTest, FindsATicketTypeOfAnotherQuantityThanItsStock) {
  const Event event = make_event();
  TicketType type = services->stores().catalog().ticket_types(event.id).value().front();
  type.total_quantity += 1;
  put(PutTicketType{type});
  EXPECT_EQ(findings(), Names{"ticket-type-total"});
}

TEST_F(VerifyTest, FindsATicketTypeWithoutStock) {
  const Event event = make_event();
  TicketType type = services->stores().catalog().ticket_types(event.id).value().front();
  type.id = services->ids().next<TicketTypeId>();
  put(PutTicketType{type});
  EXPECT_EQ(findings(), Names{"ticket-type-total"});
}

TEST_F(VerifyTest, FindsSoldPlacesOfAnEventThatDoesNotExist) {
  BoxOfficeStore& store = services->stores().box_office();
  const EventId event = services->ids().next<EventId>();
  const Seat seat{.id = services->ids().next<SeatId>(), .event_id = event, .section = "A", .row = 1, .number = 1};
  ASSERT_TRUE(store.load({.event_id = event, .currency = krw, .seats = {seat}, .stock = {}}));

  Change hold;
  hold.after.id = services->ids().next<ReservationId>();
  hold.after.number = box_office::number_of(hold.after.id);
  hold.after.event_id = event;
  hold.after.user_id = services->ids().next<UserId>();
  hold.after.quantity = 1;
  hold.after.created_at = hold.after.updated_at = clock.now();
  hold.after.expires_at = clock.now().plus_ms(minute_ms);
  hold.after.lines = {{.seat_id = seat.id, .label = seat.label()}};
  ASSERT_EQ(store.commit({&hold, 1}).value().front().kind, Outcome::Kind::applied);
  EXPECT_EQ(findings(), Names{"inventory-has-event"});
}

// PA3: money and places belong together.
TEST_F(VerifyTest, FindsMoneyThatIsKeptWithoutAPlace) {
  const Reservation held = hold_two(make_event());
  ASSERT_TRUE(services->cashier().pay({.user_id = held.user_id, .reservation_id = held.id}));
  EXPECT_EQ(findings(), Names{});
  ASSERT_TRUE(services->box_office().cancel({.reservation_id = held.id})) << "past the cashier";
  EXPECT_EQ(findings(), Names{"money-has-place"});
}

TEST_F(VerifyTest, FindsMoneyThatIsKeptInPartWithoutAPlace) {
  const Reservation held = hold_two(make_event());
  const PaymentId payment = services->cashier().pay({.user_id = held.user_id, .reservation_id = held.id})->payment.id;
  ASSERT_TRUE(services->cashier().refund({payment, {}, 1'000, RefundReason::admin, {}}));
  EXPECT_EQ(findings(), Names{});
  ASSERT_TRUE(services->box_office().cancel({.reservation_id = held.id})) << "past the cashier";
  EXPECT_EQ(findings(), Names{"money-has-place"});
}

TEST_F(VerifyTest, FindsAPlaceWhoseMoneyWentBackByItself) {
  const Reservation held = hold_two(make_event());
  const Payment paid = services->cashier().pay({.user_id = held.user_id, .reservation_id = held.id})->payment;
  PaymentChange change{paid.version, paid, {}, {}, {}, PaymentNews::none};
  change.after.version += 1;
  change.after.status = PaymentStatus::refunded;
  change.after.paid_at = {};
  ASSERT_EQ(services->stores().payments().commit({&change, 1})->front().kind, PaymentOutcome::Kind::applied);
  EXPECT_TRUE(findings().contains("place-has-money"));
}

// PA6: everybody gets all of it back.
TEST_F(VerifyTest, FindsACancelledEventWhoseHoldersNobodyRefunds) {
  const Event event = make_event();
  const Reservation held = hold_two(event);
  ASSERT_TRUE(services->cashier().pay({.user_id = held.user_id, .reservation_id = held.id}));
  ASSERT_TRUE(services->catalog().cancel(event.id));
  EXPECT_EQ(findings(), Names{}) << "whoever cancelled it may be about to go on";
  clock.advance(hour_ms);
  EXPECT_EQ(findings(), Names{"cancelled-event"});
  ASSERT_TRUE(services->cashier().cancel_event_later(event.id));
  EXPECT_EQ(findings(), Names{}) << "the recovery will do it";
  ASSERT_TRUE(services->cashier().recover());
  EXPECT_EQ(findings(), Names{});
  EXPECT_EQ(services->box_office().reservation(held.id).value().status, ReservationStatus::cancelled);
}

TEST_F(VerifyTest, FindsAPlaceThatAnotherOnesMoneyPaidFor) {
  const Event event = make_event();
  const Reservation paid = hold_two(event);
  const Reservation free = hold_two(event);
  const auto payment = services->cashier().pay({.user_id = paid.user_id, .reservation_id = paid.id}).value().payment;
  ASSERT_TRUE(services->box_office().confirm({free.id, payment.id.text()}));
  EXPECT_EQ(findings(), Names{"place-has-money"});
}

}  // namespace
}  // namespace tiketi::test
