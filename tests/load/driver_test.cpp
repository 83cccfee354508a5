// bench http: it measures what a right server does, and finds out a wrong one.

#include "load/bench_http.hpp"
#include "load/little_site.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace tiketi::load {
namespace {

using test::Lie;
using test::LittleSite;

const std::atomic<bool> not_interrupted{false};
const Tell nobody = [](const std::string&) {};

Options options_for(const LittleSite& site, const std::string& scenario) {
  Options options;
  options.url = site.url();
  options.scenario = scenario;
  options.connections = 8;
  options.duration_s = 0.2;
  options.warmup_s = 0;
  options.register_users = 80;
  options.admin_token = "admin";
  options.round_size = 120;
  options.places_per_user = 1;
  options.target = "/api/seats/layouts";
  return options;
}

Report run(const Options& options) {
  auto report = bench_http(options, not_interrupted, nobody);
  if (report.has_error()) throw std::runtime_error(report.error().message);
  return std::move(*report);
}

std::string what_is_wrong(const Report& report) {
  std::string out;
  for (const std::string& each : report.stats.wrongs) out += each + '\n';
  for (const std::string& each : report.wrong) out += each + '\n';
  return out;
}

TEST(LoadDriver, EveryScenarioIsRightOnARightSite) {
  const LittleSite site;
  for (const char* scenario :
       {"hold", "stock-contended", "pay", "queue-enter", "queue-status", "login", "login+hold", "get"}) {
    const Report report = run(options_for(site, scenario));
    EXPECT_TRUE(report.is_right()) << scenario << ": " << what_is_wrong(report);
    EXPECT_GT(report.stats.kinds.front().done, 10) << scenario;
    EXPECT_EQ(report.stats.kinds.front().refused, 0) << scenario;
    EXPECT_EQ(report.stats.kinds.front().latencies_ns.count(), report.stats.kinds.front().answers()) << scenario;
    EXPECT_GT(report.seconds, 0) << scenario;
  }
}

TEST(LoadDriver, SeveralThreadsCountTogether) {
  const LittleSite site;
  Options options = options_for(site, "hold");
  options.threads = 3;
  const Report report = run(options);
  EXPECT_TRUE(report.is_right()) << what_is_wrong(report);
  EXPECT_EQ(report.stats.kinds.front().done, report.facts.at("places held"));
}

TEST(LoadDriver, OfAContendedEventExactlyFiftyAreSold) {
  const LittleSite site;
  Options options = options_for(site, "hold-contended");
  options.connections = 75;
  options.duration_s = 1;
  const Report report = run(options);
  EXPECT_TRUE(report.is_right()) << what_is_wrong(report);
  EXPECT_GE(report.facts.at("events with exactly 50 sold"), 20);
  EXPECT_GT(report.stats.refusals.at("seat_taken"), 0);
}

TEST(LoadDriver, ASeatThatWasGivenTwiceIsFound) {
  const LittleSite site(Lie::seat_twice);
  Options options = options_for(site, "hold-contended");
  options.connections = 75;
  EXPECT_NE(what_is_wrong(run(options)).find("was given to two buyers"), std::string::npos);
}

TEST(LoadDriver, AnotherSeatThanTheOneAskedForIsFound) {
  const LittleSite site(Lie::another_seat);
  EXPECT_NE(what_is_wrong(run(options_for(site, "hold"))).find("not the seat that was asked for"), std::string::npos);
}

TEST(LoadDriver, AHoldThatIsNotThereIsFound) {
  const LittleSite site(Lie::forgotten_hold);
  for (const char* scenario : {"hold", "stock-contended"})
    EXPECT_NE(what_is_wrong(run(options_for(site, scenario))).find("0 are taken"), std::string::npos) << scenario;
}

TEST(LoadDriver, ASaleThatIsNotThereIsFound) {
  const LittleSite site(Lie::forgotten_sale);
  EXPECT_NE(what_is_wrong(run(options_for(site, "pay"))).find("0 are sold"), std::string::npos);
}

TEST(LoadDriver, WR6_EveryUserEntersEveryRoomOnce) {
  const LittleSite site;
  Options options = options_for(site, "queue-enter");
  options.round_size = 3 * options.register_users;
  options.threads = 3;
  const Report report = run(options);
  EXPECT_TRUE(report.is_right()) << what_is_wrong(report);
  EXPECT_EQ(report.stats.kinds.front().done, report.facts.at("entered"));
  EXPECT_LE(report.facts.at("entered"), report.facts.at("rooms") * options.register_users);
  EXPECT_GT(report.facts.at("entered"), (report.facts.at("rooms") - 1) * options.register_users);
}

TEST(LoadDriver, WR6_APlaceThatWasGivenTwiceIsFound) {
  const LittleSite site(Lie::place_twice);
  EXPECT_NE(what_is_wrong(run(options_for(site, "queue-enter"))).find("a place was given twice"), std::string::npos);
}

TEST(LoadDriver, WR6_AnEntryThatIsForgottenIsFound) {
  const LittleSite site(Lie::forgotten_entry);
  EXPECT_NE(what_is_wrong(run(options_for(site, "queue-enter"))).find("2 are there"), std::string::npos);
}

TEST(LoadDriver, WR1_ARoomThatLetsEverybodyInIsFound) {
  const LittleSite site(Lie::all_admitted);
  EXPECT_NE(what_is_wrong(run(options_for(site, "queue-enter"))).find("a place was given twice"), std::string::npos);
}

TEST(LoadDriver, WR3_APlaceThatIsLostIsFound) {
  const LittleSite site(Lie::lost_place);
  EXPECT_NE(what_is_wrong(run(options_for(site, "queue-status"))).find("not the place that was given"),
            std::string::npos);
}

/// A second's holds, every 20 ms.
Options options_for_sockets(const LittleSite& site) {
  Options options = options_for(site, "sockets");
  options.connections = 20;
  options.slow_readers = 3;
  options.duration_s = 0.3;
  options.hold_every_ms = 20;
  return options;
}

TEST(LoadDriver, RT2_EachSocketIsToldOfEachHold) {
  const LittleSite site;
  for (const int threads : {1, 3}) {
    Options options = options_for_sockets(site);
    options.threads = threads;
    const Report report = run(options);
    EXPECT_TRUE(report.is_right()) << what_is_wrong(report);
    const std::int64_t holds = report.stats.kinds.at(0).done;
    EXPECT_GE(holds, 1);
    EXPECT_LE(holds, 16) << "no faster than one in 20 ms";
    for (const std::size_t kind : {1U, 2U}) {
      EXPECT_EQ(report.stats.kinds.at(kind).done, holds * 20) << "each socket once, the slow readers not";
      EXPECT_EQ(report.stats.kinds.at(kind).latencies_ns.count(), holds * 20);
    }
    EXPECT_GE(report.stats.kinds[1].latencies_ns.max(), report.stats.kinds[2].latencies_ns.max());
    EXPECT_LT(report.stats.kinds[2].latencies_ns.percentile(0.01), 1'000) << "the first waits for no other";
    EXPECT_EQ(report.facts.at("sockets"), 20);
    EXPECT_EQ(report.facts.at("holds"), holds);
    EXPECT_EQ(report.facts.at("joins lost"), 0);
    EXPECT_EQ(report.facts.at("sockets without a room-info"), 0);
    EXPECT_EQ(report.facts.at("sockets that missed a hold"), 0);
  }
}

TEST(LoadDriver, RT2_ASocketThatIsNotToldIsFound) {
  const auto found = [](Lie lie) {
    const LittleSite site(lie);
    const Report report = run(options_for_sockets(site));
    EXPECT_FALSE(report.is_right());
    return std::to_string(report.facts.at("sockets that missed a hold")) + ": " + what_is_wrong(report);
  };
  EXPECT_EQ(found(Lie::no_single_news), "0: 1 sockets were told of holds of which none came by seat-locked\n");
  EXPECT_EQ(found(Lie::no_seats_changed), "1: 1 sockets were not told of every hold by seats-changed\n");
  EXPECT_NE(found(Lie::news_of_another).find("20 sockets were not told of every hold"), std::string::npos);
}

TEST(LoadDriver, RT2_AJoinThatIsForgottenIsFound) {
  const LittleSite site(Lie::forgotten_join);
  EXPECT_NE(what_is_wrong(run(options_for_sockets(site))).find("20 sockets asked to join in vain"), std::string::npos);
}

TEST(LoadDriver, RT1_ASocketThatMayNotConnectIsFound) {
  const LittleSite site(Lie::no_socket);
  const std::string refusal = bench_http(options_for_sockets(site), not_interrupted, nobody).error().message;
  EXPECT_NE(refusal.find("Invalid authentication token"), std::string::npos) << refusal;
  Options options = options_for(site, "hold");
  options.watchers = 10;
  EXPECT_NE(bench_http(options, not_interrupted, nobody).error().message.find("10 of --watchers can't watch"),
            std::string::npos);
}

TEST(LoadDriver, RT2_WatchersFollowTheEventThatIsSold) {
  const LittleSite site;
  Options options = options_for(site, "hold");
  options.watchers = 10;
  const Report report = run(options);
  EXPECT_TRUE(report.is_right()) << what_is_wrong(report);
  EXPECT_GT(report.facts.at("events"), 1) << "of sixty seats each";
  EXPECT_LE(report.messages_to_watchers, 10 * (3 * report.facts.at("places held") + 2 * report.facts.at("events")))
      << "three messages for a hold; nobody watches two events";
  constexpr std::int64_t of_one_event = 10 * (3 * 60 + 2);
  EXPECT_GT(report.messages_to_watchers, of_one_event) << "of the others too";
}

TEST(LoadDriver, WatchersAreForWhatSellsOneEventAfterTheOther) {
  const LittleSite site;
  Options options = options_for(site, "mixed");
  options.watchers = 10;
  EXPECT_EQ(bench_http(options, not_interrupted, nobody).error().code, Errc::invalid_argument);
}

TEST(LoadDriver, SocketsOfWhichNotEnoughSeatsCanBeHeldAreNotMeasured) {
  const LittleSite site;
  Options options = options_for_sockets(site);
  options.duration_s = 2;  // 101 holds, of 60 seats
  EXPECT_NE(bench_http(options, not_interrupted, nobody).error().message.find("only 60 seats"), std::string::npos);
}

TEST(LoadDriver, AnErrorOfTheServerIsWrong) {
  const LittleSite site(Lie::internal_error);
  const Report report = run(options_for(site, "hold"));
  EXPECT_FALSE(report.is_right());
  EXPECT_EQ(report.stats.kinds.front().done, 0);
  EXPECT_GT(report.stats.statuses.at(500), 0);
}

TEST(LoadDriver, AMapThatIsNoneIsNotMeasured) {
  const LittleSite site(Lie::broken_map);
  Options options = options_for(site, "seat-map");
  options.admin_token = "";  // reads the event that is there
  const auto report = bench_http(options, not_interrupted, nobody);
  ASSERT_TRUE(report.has_error());
  EXPECT_NE(report.error().message.find("unknown status"), std::string::npos) << report.error().message;
}

TEST(LoadDriver, ABrokenConnectionIsToldAndMadeAnew) {
  const LittleSite site(Lie::hang_up);
  Options options = options_for(site, "login+hold");
  options.login_connections = 2;
  const Report report = run(options);
  EXPECT_FALSE(report.is_right());
  EXPECT_GT(report.stats.failures, 0);
  EXPECT_GE(report.stats.reconnects, report.stats.failures);
  EXPECT_GT(report.stats.kinds[1].done, 0) << "the others go on";
}

TEST(LoadDriver, NobodyThereIsAnError) {
  Options options;
  options.url = "http://127.0.0.1:1";
  options.scenario = "events-list";
  const auto report = bench_http(options, not_interrupted, nobody);
  ASSERT_TRUE(report.has_error());
  EXPECT_EQ(report.error().code, Errc::unavailable);
}

TEST(LoadDriver, WhatASellingScenarioTakesIsAskedFor) {
  const LittleSite site;
  Options options = options_for(site, "hold");
  options.register_users = 0;
  EXPECT_NE(bench_http(options, not_interrupted, nobody).error().message.find("--register"), std::string::npos);
  options = options_for(site, "hold");
  options.admin_token = "";
  EXPECT_NE(bench_http(options, not_interrupted, nobody).error().message.find("--admin"), std::string::npos);
}

TEST(LoadDriver, UsersComeFromAFile) {
  const test::TemporaryDirectory directory;
  const std::string name = directory.path() / "tokens";
  std::ofstream(name) << "0190a000-0000-7000-8000-000000000001 a@example.com aaa\n"
                         "0190a000-0000-7000-8000-000000000002 b@example.com bbb\n";
  const LittleSite site;
  Options options = options_for(site, "hold");
  options.register_users = 0;
  options.tokens_file = name;
  options.round_size = 6;
  options.duration_s = 0.01;
  const Report report = run(options);
  EXPECT_TRUE(report.is_right()) << what_is_wrong(report);
  EXPECT_LE(report.facts.at("places held"), 2 * report.facts.at("events")) << "one place for each of the two";
  EXPECT_GE(report.facts.at("places held"), 2 * report.facts.at("events") - 1) << "the last may be cut short";

  std::ofstream(name) << "not a user\n";
  EXPECT_NE(bench_http(options, not_interrupted, nobody).error().message.find("line 1"), std::string::npos);
}

}  // namespace
}  // namespace tiketi::load
