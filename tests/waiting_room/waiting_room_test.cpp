// WR1, WR2, WR3, WR5: entering, waiting, being admitted, leaving.

#include "support/threads.hpp"
#include "waiting_room/house.hpp"

namespace tiketi::test {
namespace {

TEST(WaitingRoom, WR1_UnderTheThresholdEverybodyGoesInAtOnce) {
  House house;
  for (int i = 0; i < 5; ++i) {
    const RoomStatus status = house.enter(house.somebody());
    EXPECT_EQ(status.standing, RoomStanding::active);
    EXPECT_FALSE(status.entry_token.empty());
    EXPECT_EQ(status.active, i + 1);
  }
  const RoomStatus sixth = house.enter(house.somebody());
  EXPECT_EQ(sixth.standing, RoomStanding::waiting);
  EXPECT_EQ(sixth.position, 1);
  EXPECT_EQ(sixth.active, 5);
  EXPECT_EQ(sixth.threshold, 5);
  EXPECT_TRUE(sixth.entry_token.empty());
  house.expect_sound();
}

TEST(WaitingRoom, WR1_ABatchIsNoWayAroundTheThreshold) {
  House house;
  const auto users = house.people(12);
  const auto statuses = house.enter(users);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(statuses[i].standing, RoomStanding::active);
  for (std::size_t i = 5; i < 12; ++i) EXPECT_EQ(statuses[i].position, static_cast<std::int64_t>(i) - 4);
  house.expect_sound();
}

TEST(WaitingRoom, WR1_NewcomersNeverOvertakeWhoWaits) {
  House house;
  const auto inside = house.fill();
  const UserId first = house.somebody(), newcomer = house.somebody();
  house.enter(first);
  ASSERT_TRUE(house.rooms->leave({house.event, inside[0]}).has_value());
  EXPECT_EQ(house.enter(newcomer).position, 2) << "there is room, but somebody waits";
  EXPECT_EQ(users_of(house.turn().admitted), std::vector{first});
  EXPECT_EQ(house.status(newcomer).position, 1);
}

TEST(WaitingRoom, WR3_EnteringTwiceNeverLosesThePlace) {
  House house;
  const auto inside = house.fill();
  const auto users = house.people(3);
  house.enter(users);
  const std::size_t records = house.log().size();
  EXPECT_EQ(house.enter(users[1]).position, 2);
  EXPECT_EQ(house.enter({users[1], users[1], users[2]}).at(2).position, 3);
  EXPECT_EQ(house.enter(inside[0]).standing, RoomStanding::active);
  EXPECT_EQ(house.log().size(), records) << "nothing new happened";
  const UserId twice = house.somebody();
  const auto answers = house.enter({twice, twice});
  EXPECT_EQ(answers[0].position, 4);
  EXPECT_EQ(answers[1].position, 4);
}

TEST(WaitingRoom, WR3_WhoAsksForThousandsOfPlacesGetsOne) {
  House house;
  house.fill();
  const UserId bot = house.somebody();
  const auto others = house.people(100);
  constexpr std::size_t threads = 4, rounds = 25, at_once = 50;
  run_threads(threads, [&](std::size_t thread) {
    for (std::size_t round = 0; round < rounds; ++round) {
      std::vector<UserId> asking(at_once, bot);
      asking[round] = others[thread * rounds + round];
      house.enter(asking);
    }
  });
  EXPECT_EQ(house.status(bot).waiting, 101) << "those who asked once, and one place for 4,900 questions";
  ASSERT_TRUE(house.rooms->leave({house.event, bot}).has_value());
  EXPECT_EQ(house.status(bot).standing, RoomStanding::outside);
  EXPECT_EQ(house.status(bot).waiting, 100);
  house.expect_sound();
}

TEST(WaitingRoom, WR3_WhoLeavesFreesHisPlace) {
  House house;
  house.fill();
  const auto users = house.people(3);
  house.enter(users);
  ASSERT_TRUE(house.rooms->leave({house.event, users[0]}).has_value());
  ASSERT_TRUE(house.rooms->leave({house.event, users[0]}).has_value()) << "twice is as good as once";
  EXPECT_EQ(house.status(users[0]).standing, RoomStanding::outside);
  EXPECT_EQ(house.status(users[2]).position, 2);
  EXPECT_EQ(house.status(users[2]).waiting, 2);
  EXPECT_EQ(house.enter(users[0]).position, 3) << "behind all others";
  EXPECT_EQ(field_of(house.rooms->leave({house.event, users[1], LeaveReason::expired})), "reason");
  house.expect_sound();
}

TEST(WaitingRoom, WR2_AdmitsTheFirstAsPlacesComeFree) {
  House house;
  const auto inside = house.fill();
  const auto waiting = house.people(4);
  house.enter(waiting);
  EXPECT_TRUE(house.turn_after(1'000).admitted.empty());
  ASSERT_TRUE(house.rooms->purchased(house.event, inside[3]).has_value());
  ASSERT_TRUE(house.rooms->leave({house.event, inside[1]}).has_value());
  const RoomTurn turn = house.turn_after(1'000);
  EXPECT_EQ(users_of(turn.admitted), (std::vector{waiting[0], waiting[1]}));
  EXPECT_EQ(turn.waiting, 2);
  EXPECT_EQ(turn.active, 5);
  for (const Admitted& each : turn.admitted) EXPECT_TRUE(house.check(each.user_id, each.entry_token).has_value());
  house.expect_sound();
}

TEST(WaitingRoom, WR2_WhoIsAdmittedIsToldHowLongHeHasWaited) {
  House house;
  const auto inside = house.fill();
  const UserId first = house.somebody(), second = house.somebody();
  house.enter(first);
  house.clock.advance(2'500);
  house.enter(second);
  house.restart();
  ASSERT_TRUE(house.rooms->leave({house.event, inside[0]}).has_value());
  ASSERT_TRUE(house.rooms->leave({house.event, inside[1]}).has_value());
  const RoomTurn turn = house.turn_after(4'000);
  ASSERT_EQ(turn.admitted.size(), 2U);
  EXPECT_EQ(turn.admitted[0].waited_ms, 6'500);
  EXPECT_EQ(turn.admitted[1].waited_ms, 4'000);
}

TEST(WaitingRoom, WR3_APurchaseTakesNobodysPlaceInTheLine) {
  House house;
  house.fill();
  const UserId user = house.somebody();
  house.enter(user);
  ASSERT_TRUE(house.rooms->purchased(house.event, user).has_value());
  EXPECT_EQ(house.status(user).position, 1);
}

TEST(WaitingRoom, WR2_APurchaseEndsTheAdmissionThatItWasMadeIn) {
  House house;
  const UserId user = house.somebody();
  house.enter(user);
  const Timestamp bought_at = house.clock.now();
  ASSERT_TRUE(house.rooms->purchased(house.event, user, bought_at).has_value());
  EXPECT_EQ(house.status(user).standing, RoomStanding::outside);
  house.clock.advance(1);
  house.enter(user);
  ASSERT_TRUE(house.rooms->purchased(house.event, user, bought_at).has_value()) << "told a second time";
  EXPECT_EQ(house.status(user).standing, RoomStanding::active);
}

TEST(WaitingRoom, WR2_AdmitsNoFasterThanTheRate) {
  House house({.threshold = 1'000, .paused = true});
  house.enter(house.people(200));
  house.set({.paused = false});
  std::size_t admitted = 0;
  for (int i = 0; i < 40; ++i) admitted += house.turn_after(250).admitted.size();
  EXPECT_LE(admitted, 110U) << "ten a second for ten seconds, and a second's worth to begin with";
  EXPECT_GE(admitted, 90U);
  house.set({.rate_per_second = 1'000});
  EXPECT_GE(house.turn_after(1'000).admitted.size(), 80U) << "set while it runs";
}

TEST(WaitingRoom, WR2_AnAdmissionLastsFromTheLastActivityOfItsUser) {
  House house;
  const auto users = house.people(2);
  house.enter(users);
  house.clock.advance(200'000);
  EXPECT_TRUE(house.rooms->touch(house.event, users[0]).has_value());
  EXPECT_TRUE(house.turn_after(99'999).expired.empty());
  const RoomTurn turn = house.turn_after(1);
  EXPECT_EQ(turn.expired, std::vector{users[1]}) << "at its millisecond";
  EXPECT_EQ(house.status(users[1]).standing, RoomStanding::outside);
  EXPECT_TRUE(house.turn_after(199'999).expired.empty());
  EXPECT_EQ(house.turn_after(1).expired, std::vector{users[0]});
  house.expect_sound();
}

TEST(WaitingRoom, WR2_CheckingIsActivity) {
  House house({.mode = RoomMode::session});
  const UserId user = house.somebody();
  house.enter(user);
  house.clock.advance(299'000);
  EXPECT_TRUE(house.check(user).has_value());
  EXPECT_TRUE(house.turn_after(200'000).expired.empty());
}

TEST(WaitingRoom, WR2_NoMoreAreActiveThanCanBuy) {
  House house;
  house.sale().places = 100;
  house.sale().free = 2;
  house.sale().held = 1;
  const auto users = house.people(10);
  house.turn_after(2'000);
  EXPECT_EQ(house.enter(users).at(3).position, 1) << "three went in";
  EXPECT_TRUE(house.turn_after(2'000).admitted.empty());
  house.sale().held = 2;
  EXPECT_EQ(house.turn_after(2'000).admitted.size(), 1U);
}

TEST(WaitingRoom, WR2_SoldOutStopsAdmissionAndIsTold) {
  House house;
  const auto inside = house.fill();
  const auto users = house.people(3);
  house.enter(users);
  house.sale().places = 100;
  EXPECT_EQ(house.turn_after(2'000).sold_out, true);
  EXPECT_EQ(house.turn_after(2'000).sold_out, std::nullopt) << "told once";
  ASSERT_TRUE(house.rooms->leave({house.event, inside[0]}).has_value());
  EXPECT_TRUE(house.turn_after(2'000).admitted.empty());
  EXPECT_TRUE(house.status(users[0]).sold_out);
  house.sale().free = 20;
  const RoomTurn turn = house.turn_after(2'000);
  EXPECT_EQ(turn.sold_out, false);
  EXPECT_EQ(users_of(turn.admitted), std::vector{users[0]});
}

TEST(WaitingRoom, WR2_AdmissionWaitsWhileTooManyPay) {
  House house({.max_payments = 3});
  house.sale().payments = 4;
  house.turn_after(2'000);
  house.enter(house.people(2));
  EXPECT_TRUE(house.turn_after(2'000).admitted.empty());
  house.sale().payments = 3;
  EXPECT_EQ(house.turn_after(2'000).admitted.size(), 2U);
}

TEST(WaitingRoom, WR1_BeforeTheSaleEverybodyWaitsInOrder) {
  House house;
  house.sale().start = house.clock.now().plus_ms(60'000);
  house.turn_after(1'000);
  const auto users = house.people(3);
  EXPECT_EQ(house.enter(users).at(2).position, 3);
  EXPECT_GE(house.status(users[0]).estimated_wait_s, 59);
  EXPECT_TRUE(house.turn_after(58'999).admitted.empty());
  EXPECT_EQ(users_of(house.turn_after(1).admitted), users);
}

TEST(WaitingRoom, WR1_AnUnknownEventHasNoRoom) {
  House house;
  const EventId unknown{{1, 1}};
  const UserId user = house.somebody();
  EXPECT_EQ(code_of(house.rooms->enter(Enter{unknown, user})), Errc::event_not_found);
  EXPECT_EQ(code_of(house.rooms->status(unknown, user)), Errc::event_not_found);
  EXPECT_EQ(code_of(house.rooms->leave({unknown, user})), Errc::event_not_found);
  EXPECT_EQ(code_of(house.rooms->check({unknown, user, {}})), Errc::event_not_found);
  EXPECT_EQ(code_of(house.rooms->set(unknown, {})), Errc::event_not_found);
  EXPECT_EQ(code_of(house.rooms->clear(unknown)), Errc::event_not_found);
  EXPECT_EQ(code_of(house.rooms->view(unknown)), Errc::event_not_found);
  EXPECT_EQ(house.rooms->rooms_in_memory(), 1U) << "nothing is kept of it";
  const auto answers = house.rooms->enter(std::vector<Enter>{{unknown, user}, {house.event, {}}, {house.event, user}});
  EXPECT_EQ(code_of(answers.at(0)), Errc::event_not_found);
  EXPECT_EQ(field_of(answers.at(1)), "user");
  EXPECT_TRUE(answers.at(2).has_value()) << "one command does not spoil the others";
}

TEST(WaitingRoom, WR1_NobodyEntersASaleThatIsOver) {
  House house;
  const auto inside = house.fill();
  house.sale().cancelled = true;
  house.turn_after(2'000);
  EXPECT_EQ(code_of(house.rooms->enter(Enter{house.event, house.somebody()})), Errc::event_cancelled);
  EXPECT_EQ(house.enter(inside[0]).standing, RoomStanding::active) << "who is in is in";
}

TEST(WaitingRoom, WR1_WhoWaitsForASaleThatIsOverIsSentAway) {
  for (const bool is_cancelled : {true, false}) {
    House house;
    house.fill();
    const UserId user = house.somebody();
    house.enter(user);
    if (is_cancelled) house.sale().cancelled = true;
    else house.sale().end = house.clock.now().plus_ms(2'000);
    const RoomTurn turn = house.turn_after(2'000);
    EXPECT_TRUE(turn.cleared);
    EXPECT_EQ(turn.waiting, 0);
    EXPECT_EQ(house.status(user).standing, RoomStanding::outside);
    EXPECT_FALSE(house.turn_after(2'000).cleared);
    EXPECT_FALSE(house.stores->waiting_rooms().heads()->at(0).occupied) << "no start reads it again";
    house.expect_sound();
  }
}

TEST(WaitingRoom, WR7_ALobbyOfASaleThatIsCancelledIsClosed) {
  House house;
  house.sale().start = house.clock.now().plus_ms(day_ms);
  house.turn_after(2'000);
  house.set({.lobby = true});
  house.sale().cancelled = true;
  EXPECT_TRUE(house.turn_after(2'000).cleared);
  EXPECT_EQ(house.rooms->view(house.event)->lobby, LobbyPhase::none);
  EXPECT_FALSE(house.turn_after(2'000).cleared);
}

TEST(WaitingRoom, WR1_NobodyIsSentAwayOnAnOldAnswer) {
  House house;
  house.fill();
  const UserId user = house.somebody();
  house.sale().end = house.clock.now().plus_ms(5'000);
  house.turn_after(2'000);
  house.enter(user);
  house.sales.broken = true;
  EXPECT_FALSE(house.turn_after(4'000).cleared) << "it may have been prolonged";
  EXPECT_EQ(house.status(user).position, 1);
}

TEST(WaitingRoom, WR5_TurnedOffAndOnNobodyIsSentAway) {
  House house;
  const auto inside = house.fill();
  house.set({.enabled = false});
  house.turn_after(hour_ms);
  house.set({.enabled = true});
  EXPECT_TRUE(house.turn().expired.empty()) << "nobody could tell that he was there";
  EXPECT_EQ(house.status(inside[0]).standing, RoomStanding::active);
  house.policy.restart_grace_ms = 0;
  house.restart();
  EXPECT_TRUE(house.turn_after(299'999).expired.empty());
  EXPECT_EQ(house.turn_after(1).expired.size(), 5U);
  house.expect_sound();
}

TEST(WaitingRoom, WR5_ARoomThatIsOffLetsEverybodyThrough) {
  House house({.enabled = false});
  const UserId user = house.somebody();
  EXPECT_EQ(house.enter(user).standing, RoomStanding::open);
  EXPECT_TRUE(house.check(user).has_value());
  EXPECT_TRUE(house.check(user, "rubbish").has_value());
  house.set({.enabled = true});
  EXPECT_EQ(code_of(house.check(user)), Errc::queue_required);
}

TEST(WaitingRoom, WR5_PausedNobodyGoesIn) {
  House house({.paused = true});
  const auto users = house.people(2);
  const RoomStatus status = house.enter(users).at(1);
  EXPECT_EQ(status.position, 2);
  EXPECT_TRUE(status.paused);
  EXPECT_EQ(status.estimated_wait_s, 1) << "if it went on now";
  EXPECT_TRUE(house.turn_after(5'000).admitted.empty());
  house.set({.paused = false});
  EXPECT_EQ(users_of(house.turn().admitted), users);
  house.expect_sound();
}

TEST(WaitingRoom, WR5_ClearSendsEverybodyAway) {
  House house;
  const auto inside = house.fill();
  const auto waiting = house.people(3);
  house.enter(waiting);
  const std::string token = house.status(inside[0]).entry_token;
  EXPECT_EQ(house.rooms->clear(house.event).value(), 8);
  EXPECT_EQ(house.rooms->clear(house.event).value(), 0);
  EXPECT_TRUE(house.turn().cleared);
  EXPECT_FALSE(house.turn().cleared);
  EXPECT_EQ(house.status(waiting[0]).standing, RoomStanding::outside);
  EXPECT_EQ(code_of(house.check(inside[0], token)), Errc::admission_over);
  EXPECT_EQ(house.enter(waiting[2]).standing, RoomStanding::active);
  house.expect_sound();
}

TEST(WaitingRoom, WR5_TheViewTellsTheRoom) {
  House house;
  const auto inside = house.fill();
  house.enter(house.people(2));
  ASSERT_TRUE(house.rooms->leave({house.event, inside[0]}).has_value());
  house.turn_after(1'000);
  const RoomView view = house.rooms->view(house.event).value();
  EXPECT_EQ(view.event_id, house.event);
  EXPECT_EQ(view.waiting, 1);
  EXPECT_EQ(view.active, 5);
  EXPECT_EQ(view.available, 0);
  EXPECT_EQ(view.admissions, 6);
  EXPECT_EQ(view.admitted_last_minute, 1) << "who had waited";
  EXPECT_EQ(view.settings.rate_per_second, 10);
  EXPECT_EQ(field_of(house.rooms->set(house.event, {.threshold = 0})), "threshold");
  EXPECT_EQ(house.rooms->view(house.event).value().settings.threshold, 5) << "nothing of it is set";
  EXPECT_EQ(house.rooms->set(house.event, {.threshold = 7}).value().available, 2);
}

TEST(WaitingRoom, WR3_TheWaitIsEstimatedFromWhatReallyHappens) {
  House house({.threshold = 1'000, .paused = true});
  house.enter(house.people(500));
  const UserId last = house.somebody();
  house.enter(last);
  house.set({.paused = false, .active_ms = 3'600'000});
  EXPECT_EQ(house.status(last).estimated_wait_s, 51) << "as configured: ten a second";
  // The processor is called every two seconds, so the bucket holds it back to five a second.
  for (int i = 0; i < 20; ++i) house.turn_after(2'000);
  const RoomStatus status = house.status(last);
  EXPECT_EQ(status.position, 301);
  EXPECT_NEAR(static_cast<double>(status.estimated_wait_s), 60, 3);
}

TEST(WaitingRoom, WR6_ALineHasAnEnd) {
  House house({.paused = true});
  house.policy.max_waiting = 3;
  house.restart();
  const auto users = house.people(5);
  std::vector<Enter> commands;
  for (const UserId user : users) commands.push_back({house.event, user});
  const auto answers = house.rooms->enter(commands);
  EXPECT_EQ(answers.at(2)->position, 3);
  EXPECT_EQ(code_of(answers.at(3)), Errc::queue_full);
  EXPECT_EQ(house.enter(users[0]).position, 1) << "who is in has his place";
}

TEST(WaitingRoom, WR6_OnlySoManyRoomsAreInMemory) {
  House house;
  house.policy.max_rooms = 3;
  house.restart();
  house.fill();
  std::vector<EventId> others;
  for (int i = 0; i < 10; ++i) {
    others.push_back(house.another_event());
    EXPECT_TRUE(house.rooms->check({others.back(), house.somebody(), {}}).has_value());
    EXPECT_LE(house.rooms->rooms_in_memory(), 3U);
  }
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(house.rooms->set(others[static_cast<std::size_t>(i)], {.enabled = true}).has_value());
    ASSERT_TRUE(house.rooms->enter(Enter{others[static_cast<std::size_t>(i)], house.somebody()}).has_value());
  }
  EXPECT_EQ(code_of(house.rooms->status(others[5], house.somebody())), Errc::overloaded) << "all are in use";
  EXPECT_EQ(house.status(house.somebody()).active, 5) << "none of them was forgotten";
}

TEST(WaitingRoom, WR6_EmptyRoomsAreForgotten) {
  House house;
  EXPECT_EQ(house.rooms->rooms_in_memory(), 1U);
  house.turn_after(house.policy.idle_ms);
  EXPECT_EQ(house.rooms->rooms_in_memory(), 1U);
  house.turn_after(1);
  EXPECT_EQ(house.rooms->rooms_in_memory(), 0U);
  EXPECT_TRUE(house.rooms->view(house.event).value().settings.enabled) << "its log stays";
  house.enter(house.somebody());
  house.clock.advance(house.policy.idle_ms + 1);
  EXPECT_TRUE(house.rooms->touch(house.event, house.somebody()).has_value());
}

TEST(WaitingRoom, WR6_OldLogsGoWhenTheSaleIsOver) {
  House house;
  house.fill();
  house.sale().end = house.clock.now().plus_ms(hour_ms);
  const std::size_t records = house.log().size();
  house.clock.advance(house.policy.keep_ms);
  EXPECT_EQ(house.rooms->prune(100).value(), 0U);
  house.clock.advance(1);
  house.sale().end = house.clock.now().plus_ms(1);
  EXPECT_EQ(house.rooms->prune(100).value(), 0U) << "still on sale";
  house.clock.advance(1);
  EXPECT_EQ(house.rooms->prune(2).value(), 2U);
  EXPECT_EQ(house.log().size(), records - 2);
  house.expect_sound();
  EXPECT_EQ(house.rooms->prune(100).value(), records - 2);
  EXPECT_TRUE(house.log().empty());
  EXPECT_EQ(house.rooms->prune(100).value(), 0U);
}

TEST(WaitingRoom, WR2_AnUnreachableSaleKeepsItsLastAnswer) {
  House house;
  const auto inside = house.fill();
  const UserId user = house.somebody();
  house.enter(user);
  house.sales.broken = true;
  ASSERT_TRUE(house.rooms->leave({house.event, inside[0]}).has_value());
  const RoomTurn turn = house.turn_after(5'000);
  EXPECT_EQ(users_of(turn.admitted), std::vector{user});
  ASSERT_TRUE(turn.trouble.has_value());
  EXPECT_EQ(turn.trouble->code, Errc::unavailable);
  house.sales.broken = false;
  EXPECT_FALSE(house.turn_after(5'000).trouble.has_value());
}

}  // namespace
}  // namespace tiketi::test
