// The box office asks the waiting room before it reserves anything (WR4).

#include "followed_bus.hpp"
#include "open_fixture.hpp"

#include <chrono>
#include <string>
#include <thread>

namespace tiketi::test {
namespace {

class Admitting : public OpenTest {
 protected:
  Admitting() { set({.enabled = true, .threshold = 1}); }

  void set(const RoomSettingsPatch& patch) { ASSERT_TRUE(services->waiting_room().set(event.id, patch)); }
  RoomStatus enter(UserId user) { return services->waiting_room().enter(Enter{event.id, user}).value(); }
  UserId somebody() { return services->ids().next<UserId>(); }

  Result<Reserved> reserve(UserId user, const std::string& token, EventId where, const std::string& key = {}) {
    Reserve command{.event_id = where, .user_id = user, .idempotency_key = key, .entry_token = token};
    const auto types = services->catalog().detail(where).value().ticket_types;
    command.tickets.push_back({types.front().type.id, 1});
    return services->box_office().reserve(command);
  }
  Result<Reserved> reserve(UserId user, const std::string& token = {}) { return reserve(user, token, event.id); }
  Result<Reserved> reserve_best(UserId user, const std::string& token = {}) {
    return services->box_office().reserve_best(
        ReserveBest{.event_id = event.id, .user_id = user, .quantity = 2, .entry_token = token});
  }
  static Errc code(const Result<Reserved>& answer) {
    EXPECT_TRUE(answer.has_error());
    return answer.has_error() ? answer.error().code : Errc::unavailable;
  }

  Event event = make_event();
  const UserId kim = somebody();
};

TEST_F(Admitting, WR4_WhoHasNotEnteredReservesNothing) {
  EXPECT_EQ(code(reserve(kim)), Errc::queue_required);
  EXPECT_EQ(code(reserve_best(kim)), Errc::queue_required);
  const RoomStatus admitted = enter(kim);
  ASSERT_EQ(admitted.standing, RoomStanding::active);
  EXPECT_TRUE(reserve(kim, admitted.entry_token));
  EXPECT_TRUE(reserve_best(kim, admitted.entry_token));
  EXPECT_EQ(code(reserve(kim)), Errc::queue_required) << "in strict mode the token is asked for each time";
}

TEST_F(Admitting, WR4_WhoWaitsReservesNothingUntilAdmitted) {
  const RoomStatus first = enter(kim);
  const UserId lee = somebody();
  ASSERT_EQ(enter(lee).standing, RoomStanding::waiting);
  EXPECT_EQ(code(reserve(lee, first.entry_token)), Errc::entry_token_other_user);
  ASSERT_TRUE(services->waiting_room().leave({event.id, kim}));
  EXPECT_EQ(code(reserve(kim, first.entry_token)), Errc::admission_over);
  clock.advance(second_ms);
  const auto turn = services->waiting_room().turn().value();
  ASSERT_EQ(turn.size(), 1U);
  ASSERT_EQ(turn.front().admitted.size(), 1U);
  EXPECT_EQ(turn.front().admitted.front().user_id, lee);
  EXPECT_TRUE(reserve(lee, turn.front().admitted.front().entry_token));
}

TEST_F(Admitting, WR4_ForgedExpiredAndForeignTokensAreToldApart) {
  const RoomStatus admitted = enter(kim);
  std::string forged = admitted.entry_token;
  forged[40] = forged[40] == 'A' ? 'B' : 'A';
  EXPECT_EQ(code(reserve(kim, forged)), Errc::entry_token_forged);
  const Event other = make_event();
  ASSERT_TRUE(services->waiting_room().set(other.id, {.enabled = true}));
  EXPECT_EQ(code(reserve(kim, admitted.entry_token, other.id)), Errc::entry_token_other_event);
  set({.active_ms = hour_ms});
  clock.advance(WaitingRoomPolicy().token_ms);
  EXPECT_EQ(code(reserve(kim, admitted.entry_token)), Errc::entry_token_expired);
  EXPECT_TRUE(reserve(kim, services->waiting_room().touch(event.id, kim).value().entry_token));
}

TEST_F(Admitting, WR2_NobodyIsAdmittedWhileTooManyPay) {
  set({.threshold = 2, .max_payments = 1});
  const UserId lee = somebody(), park = somebody();
  std::vector<Pay> bills;
  for (const UserId user : {kim, lee}) {
    const Reservation held = reserve(user, enter(user).entry_token).value().reservation;
    bills.push_back({.user_id = user, .reservation_id = held.id});
  }
  std::vector<BegunPayment> begun;
  for (auto& each : services->cashier().begin(bills)) begun.push_back(std::move(each.value()));
  ASSERT_EQ(enter(park).standing, RoomStanding::waiting);
  ASSERT_TRUE(services->waiting_room().leave({event.id, kim}));
  const auto admitted = [&] {
    clock.advance(2 * second_ms);
    return services->waiting_room().turn().value().front().admitted;
  };
  EXPECT_TRUE(admitted().empty()) << "two are paying";
  for (const auto& paid : services->cashier().finish(services->cashier().ask({begun.front()}))) ASSERT_TRUE(paid);
  const auto now = admitted();
  ASSERT_EQ(now.size(), 1U) << "one is";
  EXPECT_EQ(now.front().user_id, park);
}

TEST_F(Admitting, WR4_InSessionModeAnAdmissionIsEnough) {
  set({.mode = RoomMode::session});
  EXPECT_EQ(code(reserve(kim)), Errc::queue_required);
  enter(kim);
  EXPECT_TRUE(reserve(kim));
}

TEST_F(Admitting, WR4_ARoomThatIsOffAsksForNothing) {
  set({.enabled = false});
  EXPECT_TRUE(reserve(kim));
}

TEST_F(Admitting, BO6_ARepeatedCommandIsAnsweredThoughTheAdmissionIsOver) {
  const std::string token = enter(kim).entry_token;
  const auto first = reserve(kim, token, event.id, "once");
  ASSERT_TRUE(first);
  ASSERT_TRUE(services->waiting_room().leave({event.id, kim}));
  const auto again = reserve(kim, token, event.id, "once");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->reservation.id, first->reservation.id);
}

TEST_F(Admitting, WR4_WhatComesBeforeInPrecedenceIsToldFirst) {
  clock.advance(8 * day_ms);
  EXPECT_EQ(code(reserve(kim)), Errc::sale_ended);
  EXPECT_EQ(code(reserve_best(kim)), Errc::sale_ended);
}

TEST_F(Admitting, WR2_APurchaseMakesRoomForTheNext) {
  const std::string token = enter(kim).entry_token;
  const UserId lee = somebody();
  enter(lee);
  const Reservation held = reserve(kim, token).value().reservation;
  ASSERT_TRUE(services->box_office().confirm(
      Confirm{.reservation_id = held.id, .payment_reference = "cash desk", .owner = kim}));
  services->start_housekeeping(1);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (services->waiting_room().view(event.id).value().active > 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(code(reserve(kim, token)), Errc::admission_over);
  clock.advance(second_ms);
  ASSERT_TRUE(services->waiting_room().turn());
  EXPECT_EQ(services->waiting_room().status(event.id, lee).value().standing, RoomStanding::active);
}

TEST_F(Admitting, WR3_APurchaseThatIsToldTwiceTakesNothingFromWhoComesBack) {
  const std::string token = enter(kim).entry_token;
  const Reservation held = reserve(kim, token).value().reservation;
  ASSERT_TRUE(services->box_office().confirm(
      Confirm{.reservation_id = held.id, .payment_reference = "cash desk", .owner = kim}));
  const std::vector<Message> messages{{1, "reservation.confirmed", held.id.text(), "{}", clock.now()}};
  const auto tell = [&] { return end_admissions(services->stores().box_office(), services->waiting_room(), messages); };
  ASSERT_TRUE(tell());
  EXPECT_EQ(services->waiting_room().status(event.id, kim).value().standing, RoomStanding::outside);
  clock.advance(1);
  EXPECT_EQ(enter(kim).standing, RoomStanding::active);
  ASSERT_TRUE(tell());
  EXPECT_EQ(services->waiting_room().status(event.id, kim).value().standing, RoomStanding::active) << "admitted anew";
  ASSERT_TRUE(services->waiting_room().leave({event.id, kim}));
  const UserId lee = somebody();
  enter(lee);
  ASSERT_EQ(enter(kim).position, 1);
  ASSERT_TRUE(tell());
  EXPECT_EQ(services->waiting_room().status(event.id, kim).value().position, 1) << "waits anew";
}

}  // namespace
}  // namespace tiketi::test
