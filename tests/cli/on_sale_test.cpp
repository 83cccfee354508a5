// simulate on-sale: a small crowd on every store, no place sold twice (BO3), and no money lost on the way (PA3).

#include "cli/program.hpp"
#include "support/postgres_server.hpp"

namespace tiketi::test {
namespace {

class OnSale : public Program {
 protected:
  static Words day(const Words& more) {
    Words words{"simulate", "on-sale", "--hold-ms", "500", "--burst-ms", "200", "--refresh-ms", "50"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  static void expect_sound(const boost::json::value& report, std::int64_t places) {
    const auto& now = report.at("places");
    EXPECT_EQ(now.at("sold").as_int64() + now.at("held").as_int64() + now.at("free").as_int64(), places);
    EXPECT_EQ(now.at("held"), 0) << "the day ends when no hold is left";
    const auto& holds = report.at("holds");
    EXPECT_EQ(holds.at("made").as_int64(),
              holds.at("paid").as_int64() + holds.at("expired").as_int64() + holds.at("given_up").as_int64());
    EXPECT_EQ(report.at("fans").at("bought"), holds.at("paid"));
    expect_all_is_told(report);
    expect_money_is_right(report);
    EXPECT_TRUE(report.at("troubles").as_array().empty()) << report.at("troubles");
    EXPECT_EQ(report.at("verify").at("clean"), true) << report.at("verify");
  }

  static void expect_all_is_told(const boost::json::value& report) {
    const auto& messages = report.at("messages");
    EXPECT_EQ(messages.at("reservation.held"), report.at("holds").at("made"));
    EXPECT_EQ(messages.at("reservation.confirmed"), report.at("holds").at("paid"));
    EXPECT_EQ(messages.at("payment.completed"), report.at("money").at("payments"));
  }

  static void expect_money_is_right(const boost::json::value& report) {
    const auto& money = report.at("money");
    EXPECT_EQ(money.at("payments"), report.at("holds").at("paid"));
    EXPECT_GT(money.at("taken_minor").as_int64(), 0);
    EXPECT_EQ(money.at("currency"), "KRW");
    EXPECT_EQ(money.at("given_back"), 0);
    EXPECT_EQ(money.at("unheard"), 0);
    EXPECT_EQ(report.at("payments_unknown"), 0);
    EXPECT_GE(report.at("pay_us").at("answers").as_int64(), money.at("payments").as_int64());
  }

  void expect_no_seat_sold_twice() const {
    EXPECT_EQ(number("SELECT count(*) FROM (SELECT seat_id FROM reservation_items JOIN reservations ON id = "
                     "reservation_id WHERE status = 1 AND seat_id IS NOT NULL GROUP BY seat_id HAVING count(*) > 1)"),
              0);
  }
};

TEST_F(OnSale, ManyMoreFansThanSeatsOnSqlite) {
  seed();
  const Said said = run_json(day({"--event", "Winter Concert Tour in Seoul", "--fans", "3000", "--late-rate", "0.1"}));
  ASSERT_EQ(said.code, 0) << said.out << said.err;
  EXPECT_TRUE(said.err.empty()) << "no progress bar where there is no terminal: " << said.err;
  const auto report = said.json();
  expect_sound(report, 665);
  expect_no_seat_sold_twice();
  EXPECT_EQ(report.at("fans").at("arrived"), 3000);
  EXPECT_GT(report.at("places").at("sold").as_int64(), 500);
  EXPECT_GT(report.at("holds").at("expired").as_int64(), 0) << "some abandon";
  EXPECT_GT(report.at("payments_refused").at("hold_expired").as_int64(), 0) << "some pay late";
  EXPECT_GT(report.at("refused").at("seat_taken").as_int64(), 0) << "most want the front";
  EXPECT_GT(report.at("database_bytes").as_int64(), 0);
  EXPECT_EQ(number("SELECT count(*) FROM seats WHERE status = 2") + number("SELECT sum(sold) FROM ticket_stock"),
            report.at("places").at("sold").as_int64());
  EXPECT_EQ(run({"verify"}).code, 0);
}

// PA3: a card that is refused costs nobody their seats, a lost answer nobody their money.
TEST_F(OnSale, RefusedCardsAndLostAnswersLoseNoMoney) {
  seed();
  const Said said = run_json(day({"--event", "Winter Concert Tour in Seoul", "--fans", "400", "--decline-rate", "0.5",
                                  "--lost-rate", "0.4", "--abandon-rate", "0", "--late-rate", "0"}));
  ASSERT_EQ(said.code, 0) << said.out << said.err;
  const auto report = said.json();
  expect_sound(report, 665);
  const auto& refused = report.at("payments_refused");
  EXPECT_GT(refused.at("payment_refused").as_int64(), 50);
  EXPECT_GT(refused.at("payment_in_progress").as_int64(), 10) << "while nobody knows";
  EXPECT_EQ(refused.at("payment_over"), report.at("holds").at("given_up")) << "the request never arrived";
  EXPECT_EQ(number("SELECT count(*) FROM payments WHERE status IN (0, 1)"), 0) << "nothing is left open";
  EXPECT_EQ(number("SELECT sum(amount_minor) FROM payments WHERE status = 2"), report.at("money").at("taken_minor"));
}

TEST_F(OnSale, WhatWasSoldCanBeGivenBackAndTheMoneyOfOthersStays) {
  seed();
  ASSERT_EQ(run(day({"--event", "Super Shy", "--fans", "50"})).code, 0);
  sql("UPDATE payments SET status = 1, provider = 'another', paid_at = 0 WHERE id = (SELECT min(id) FROM payments WHERE "
      "status = 2)");
  run(day({"--event", "Winter Concert Tour in Seoul", "--fans", "50"}));
  EXPECT_EQ(number("SELECT count(*) FROM payments WHERE status = 1 AND provider = 'another'"), 1)
      << "the sandbox knows nothing of it, which says nothing";
  EXPECT_EQ(run({"event", "cancel", "Winter Concert Tour in Seoul"}).code, 0);
  EXPECT_GT(number("SELECT count(*) FROM refunds WHERE status = 1"), 0);
  EXPECT_EQ(number("SELECT count(*) FROM refunds WHERE status <> 1"), 0);
}

TEST_F(OnSale, PlacesThatCostNothingAreNoTrouble) {
  seed();
  for (const char* table : {"seats", "ticket_types", "ticket_stock"})
    sql("UPDATE " + std::string(table) + " SET price_minor = 0");
  const Said said = run_json(day({"--event", "Winter Concert Tour in Seoul", "--fans", "100"}));
  ASSERT_EQ(said.code, 0) << said.out << said.err;
  EXPECT_GT(said.json().at("money").at("payments").as_int64(), 0);
  EXPECT_EQ(said.json().at("money").at("taken_minor"), 0);
}

// The report holds the books against what fans were told: broken books are found.
TEST_F(OnSale, ItTellsWhenThePaymentOfASaleIsNotBooked) {
  seed();
  sql("CREATE TRIGGER forget AFTER UPDATE OF status ON payments WHEN NEW.status = 2 BEGIN UPDATE payments SET status = "
      "3 WHERE id = NEW.id; END");
  const Said said = run_json(day({"--event", "Winter Concert Tour in Seoul", "--fans", "50"}));
  EXPECT_EQ(said.code, 5) << said.out << said.err;
  EXPECT_NE(said.out.find("paid-stays-paid"), std::string::npos) << said.out;
  EXPECT_NE(said.out.find("no-won-lost"), std::string::npos) << said.out;
}

TEST_F(OnSale, MemorySeedsItself) {
  store_ = "memory";
  const Said said = run_json(day({"--fans", "3000", "--threads", "3", "--seats-per-fan", "2"}));
  ASSERT_EQ(said.code, 0) << said.out << said.err;
  expect_sound(said.json(), 48000);
  EXPECT_EQ(said.json().at("database_bytes"), 0);
  EXPECT_EQ(said.json().at("threads"), 3);
}

TEST_F(OnSale, GeneralAdmissionSellsToo) {
  store_ = "memory";
  const auto report = run_json(day({"--event", "Standing Night", "--fans", "2000"})).json();
  expect_sound(report, 10500);
  EXPECT_GT(report.at("places").at("sold").as_int64(), 2000);
}

TEST_F(OnSale, PostgresSellsNoSeatTwice) {
  store_ = PostgresServer::shared().create_database();
  ASSERT_EQ(run({"events"}).code, 4) << "a server's tables are only made when asked for";
  ASSERT_EQ(run({"migrate"}).code, 0);
  seed();
  Words winter = day({"--event", "Winter Concert Tour in Seoul", "--fans", "1500"});
  EXPECT_EQ(run(winter).code, 2) << "a server's store has no place for the sandbox's books";
  winter.insert(winter.end(), {"--sandbox", path("books")});
  const Said said = run_json(winter);
  ASSERT_EQ(said.code, 0) << said.out << said.err;
  expect_sound(said.json(), 665);
  EXPECT_GT(said.json().at("database_bytes").as_int64(), 0);
  EXPECT_EQ(run({"verify"}).code, 0);
}

TEST_F(OnSale, ASaleThatOpensTomorrowIsPlayedToday) {
  seed();
  EXPECT_EQ(run_json({"event", "Super Shy"}).json().at("status"), "upcoming");
  const Said said = run_json(day({"--event", "Super Shy", "--fans", "200"}));
  ASSERT_EQ(said.code, 0) << said.out;
  EXPECT_GT(said.json().at("places").at("sold").as_int64(), 100);
}

TEST_F(OnSale, ASoldOutEventIsRefusedAndAFreshCopySells) {
  seed();
  ASSERT_EQ(run(day({"--event", "Super Shy", "--fans", "1000", "--abandon-rate", "0", "--late-rate", "0"})).code, 0);
  sql("UPDATE events SET sale_start = 1 WHERE title = 'Super Shy'");
  ASSERT_EQ(run_json({"event", "Super Shy"}).json().at("status"), "sold_out");
  const Said refused = run(day({"--event", "Super Shy", "--fans", "100"}));
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find("--fresh"), std::string::npos) << refused.err;
  const Said again = run_json(day({"--event", "Super Shy", "--fans", "100", "--fresh"}));
  ASSERT_EQ(again.code, 0) << again.out;
  expect_sound(again.json(), 265);
  EXPECT_EQ(run({"simulate", "on-sale", "--event", "nothing of the kind"}).code, 3);
}

TEST_F(OnSale, AnInterruptEndsItWithTheReportSoFar) {
  seed();
  const auto report =
      run_interrupted({"simulate", "on-sale", "--json", "--fans", "50000", "--burst-ms", "60000"}).json();
  EXPECT_EQ(report.at("interrupted"), true);
  EXPECT_GT(report.at("fans").at("unfinished").as_int64(), 0);
  EXPECT_EQ(report.at("verify").at("clean"), true);
  EXPECT_EQ(number("SELECT count(*) FROM reservations"), report.at("holds").at("made").as_int64());
  expect_no_seat_sold_twice();
}

}  // namespace
}  // namespace tiketi::test
