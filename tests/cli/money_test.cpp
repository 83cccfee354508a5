// points, payment, refund, ledger, cancel of what was paid, event cancel (PA4, PA5, PA6, AD2)

#include "cli/house.hpp"

namespace tiketi::test {
namespace {

constexpr std::int64_t general = 50'000;  // a general admission of the concert

class MoneyCommands : public House {
 protected:
  boost::json::value payment_of(const std::string& number) const {
    return run_json({"payment", "show", number}).json();
  }
  std::int64_t balance(const std::string& account) const {
    const auto ledger = run_json({"ledger"}).json();
    for (const auto& each : ledger.at("balances").as_array())
      if (each.at("account") == account.c_str()) return each.at("balance").as_int64();
    return 0;
  }
};

TEST_F(MoneyCommands, APaymentIsShownByAnyOfItsNames) {
  const std::string number = sold("mina");
  const auto payment = payment_of(number);
  EXPECT_EQ(payment.at("status"), "completed");
  EXPECT_EQ(payment.at("amount"), 2 * general);
  EXPECT_EQ(payment_of(payment.at("id").as_string().c_str()), payment);
  EXPECT_EQ(payment_of(payment.at("order").as_string().c_str()), payment);
  const auto list = run_json({"payment", "list", "--user", "mina"}).json().at("payments").as_array();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0], payment);
  EXPECT_NE(run({"payment", "show", number}).out.find("100,000 KRW by card"), std::string::npos);
  EXPECT_TRUE(run_json({"payment", "list", "--user", "juno"}).json().at("payments").as_array().empty());
}

TEST_F(MoneyCommands, EachRefusalHasItsCodeAndExitCode) {
  const std::string held(
      run_json({"reserve", winter, "--user", "mina", "--ticket", "일반석=1"}).json().at("number").as_string());
  expect(run_json({"payment", "show", held}), "payment_not_found", 3);
  expect(run_json({"payment", "show", "tk_00000000000000000000000000000000"}), "payment_not_found", 3);
  expect(run_json({"payment", "show", "00000000-0000-7000-8000-000000000001"}), "payment_not_found", 3);
  expect(run_json({"payment", "show", "nonsense"}), "invalid_argument", 2);
  expect(run_json({"payment", "show", "TK0000000000000000"}), "reservation_not_found", 3);
  expect(run_json({"refund", held, "--reason", "x"}), "payment_not_found", 3);
  const std::string number = sold("juno");
  expect(run_json({"refund", number}), "invalid_argument", 2);
  expect(run_json({"refund", number, "--amount", "0", "--reason", "x"}), "invalid_argument", 2);
  expect(run_json({"refund", number, "--amount", "100001", "--reason", "x"}), "refund_exceeds", 1);
  EXPECT_EQ(payment_of(number).at("refunded"), 0);
}

TEST_F(MoneyCommands, ARefundGivesMoneyAndPlacesBackAndIsWrittenDown) {  // PA6
  const std::string number = sold("mina");
  ASSERT_EQ(free_places(), 663);
  const Said refund = run_json({"refund", number, "--reason", "fell ill"});
  ASSERT_EQ(refund.code, 0) << refund.out;
  EXPECT_EQ(refund.json().at("status"), "completed");
  EXPECT_EQ(refund.json().at("amount"), 2 * general);
  EXPECT_EQ(refund.json().at("fee"), 0);
  EXPECT_EQ(refund.json().at("places_given_back"), true);
  EXPECT_EQ(free_places(), 665);
  EXPECT_EQ(run_json({"reservation", number}).json().at("status"), "cancelled");
  EXPECT_EQ(payment_of(number).at("status"), "refunded");
  EXPECT_EQ(payment_of(number).at("refunds").at(0).at("note"), "fell ill");
  expect(run_json({"refund", number, "--reason", "again"}), "refund_exceeds", 1);
  const auto entry = run_json({"audit", "--kind", "payment", "--limit", "1000"}).json().at("entries").as_array().back();
  EXPECT_EQ(entry.at("action"), "payment.refund");
  EXPECT_EQ(entry.at("id"), payment_of(number).at("id"));
  EXPECT_EQ(entry.at("details").at("reason"), "fell ill");
  EXPECT_EQ(run({"verify"}).code, 0);
}

TEST_F(MoneyCommands, APartIsRefundedAndThePlacesStaySold) {  // PA6
  const std::string number = sold("mina");
  EXPECT_EQ(run_json({"refund", number, "--amount", "5000", "--reason", "a pillar"}).json().at("places_given_back"),
            false);
  EXPECT_EQ(payment_of(number).at("status"), "partially_refunded");
  EXPECT_EQ(run_json({"reservation", number}).json().at("status"), "confirmed");
  EXPECT_EQ(balance("provider_clearing"), 2 * general - 5'000);
  EXPECT_EQ(run_json({"refund", number, "--amount", "95000", "--reason", "the rest"}).json().at("places_given_back"),
            true)
      << "all that was left";
  EXPECT_EQ(run({"verify"}).code, 0);
}

TEST_F(MoneyCommands, CancellingWhatWasPaidRefundsIt) {  // PA6
  const std::string number = sold("mina");
  const Said cancelled = run_json({"cancel", number});
  ASSERT_EQ(cancelled.code, 0) << cancelled.out;
  EXPECT_EQ(cancelled.json().at("status"), "cancelled");
  EXPECT_EQ(cancelled.json().at("refund").at("amount"), 2 * general);
  EXPECT_EQ(cancelled.json().at("refund").at("status"), "completed");
  EXPECT_EQ(balance("provider_clearing"), 0);
  EXPECT_EQ(run_json({"cancel", number}).json().at("refund"), cancelled.json().at("refund")) << "repeating it";
  EXPECT_EQ(run_json({"payment", "show", number}).json().at("refunds").as_array().size(), 1U);
  const std::string other = sold("juno");
  EXPECT_NE(run({"cancel", other}).out.find("refund of 100,000 KRW: done"), std::string::npos);
  EXPECT_EQ(run({"verify"}).code, 0);
}

TEST_F(MoneyCommands, CancellingWhatWasNotPaidLeavesNoFilesBehind) {
  const std::string number(
      run_json({"reserve", winter, "--user", "mina", "--ticket", "일반석=1"}).json().at("number").as_string());
  EXPECT_EQ(run_json({"ticket", "list", number}).json().at("total"), 0);
  EXPECT_TRUE(run_json({"cancel", number}).json().at("refund").is_null());
  EXPECT_FALSE(std::filesystem::exists(path("box.db.keys")));
  EXPECT_FALSE(std::filesystem::exists(path("box.db.sandbox")));
}

TEST_F(MoneyCommands, PointsAreToldWithTheirHistory) {  // PA4
  const auto id =
      run_with({"TIKETI_USER_PASSWORD=secret-1"}, {"user", "create", "mina@example.com", "--name", "Mina", "--json"})
          .json()
          .at("id");
  EXPECT_EQ(run_json({"points", "balance", "mina@example.com"}).json().at("balance"), 0);
  charge_points(*UserId::parse(id.as_string().c_str()), 10'000);
  EXPECT_EQ(run_json({"points", "balance", "mina@example.com"}).json().at("balance"), 10'000);
  EXPECT_EQ(run({"points", "balance", "mina@example.com"}).out, "10,000 points\n");
  const auto history = run_json({"points", "history", "mina@example.com"}).json();
  EXPECT_EQ(history.at("total"), 1);
  EXPECT_EQ(history.at("history").at(0).at("type"), "CHARGE");
  EXPECT_EQ(history.at("history").at(0).at("amount"), 10'000);
  EXPECT_EQ(balance("user_points"), 10'000);
  expect(run_json({"points", "balance", "nobody@example.com"}), "user_not_found", 3);
}

TEST_F(MoneyCommands, TheLedgerBalances) {  // PA5
  EXPECT_EQ(run({"ledger"}).out, "The books are empty.\n");
  sold("mina");
  const auto ledger = run_json({"ledger"}).json();
  std::int64_t assets = 0, others = 0;
  for (const auto& each : ledger.at("balances").as_array())
    (each.at("asset").as_bool() ? assets : others) += each.at("balance").as_int64();
  EXPECT_EQ(assets, 2 * general);
  EXPECT_EQ(others, assets);
  EXPECT_EQ(ledger.at("payments").at(0).at("count"), 1);
  EXPECT_NE(run({"ledger"}).out.find("revenue"), std::string::npos);
}

TEST_F(MoneyCommands, RecoveringBringsALostPaymentToItsEnd) {  // PA3
  const std::string number(
      run_json({"reserve", winter, "--user", "mina", "--ticket", "일반석=2"}).json().at("number").as_string());
  {
    const auto services = open_services();
    const auto held = services->box_office().reservation(*box_office::parse_number(number)).value();
    Pay pay;
    pay.user_id = held.user_id;
    pay.reservation_id = held.id;
    pay.test_code = "TIKETI_TIMEOUT_DONE";  // the money is taken, the answer lost
    ASSERT_FALSE(services->cashier().pay(pay).has_value());
  }
  EXPECT_EQ(payment_of(number).at("status"), "processing");
  sql("UPDATE payments SET next_attempt_at = 1");
  EXPECT_EQ(run_json({"payment", "recover"}).json().at("ended"), 1);
  EXPECT_EQ(payment_of(number).at("status"), "completed");
  EXPECT_EQ(run_json({"reservation", number}).json().at("status"), "confirmed");
  EXPECT_EQ(run_json({"payment", "recover"}).json().at("ended"), 0);
}

TEST_F(MoneyCommands, CancellingAnEventRefundsEverybodyWithoutAFee) {  // PA6, AD1
  const std::string mina = sold("mina"), juno = sold("juno", {"--seat", "VIP-1-1"});
  const std::string held(
      run_json({"reserve", winter, "--user", "sora", "--ticket", "일반석=1"}).json().at("number").as_string());
  const Said said = run_json({"event", "cancel", winter});
  ASSERT_EQ(said.code, 0) << said.out;
  EXPECT_EQ(said.json().at("cancelled_reservations"), 3);
  EXPECT_EQ(said.json().at("finished"), true);
  EXPECT_EQ(run_json({"event", winter}).json().at("status"), "cancelled");
  for (const std::string& number : {mina, juno, held})
    EXPECT_EQ(run_json({"reservation", number}).json().at("status"), "cancelled");
  for (const std::string& number : {mina, juno}) {
    EXPECT_EQ(payment_of(number).at("status"), "refunded");
    EXPECT_EQ(payment_of(number).at("refunds").at(0).at("reason"), "event_cancelled");
    EXPECT_EQ(payment_of(number).at("refunds").at(0).at("fee"), 0);
  }
  EXPECT_EQ(balance("provider_clearing"), 0);
  EXPECT_EQ(run_json({"event", "cancel", winter}).json().at("cancelled_reservations"), 3) << "nothing is done twice";
  EXPECT_EQ(actions({"--kind", "event"}), (Words{"event.cancel", "event.cancel"}));
  expect(run_json({"event", "cancel", "no such event"}), "event_not_found", 3);
  EXPECT_EQ(run({"event", "cancel"}).code, 2);
  EXPECT_EQ(run({"event", winter, "cancel"}).code, 2);
  EXPECT_EQ(run({"event"}).code, 2);
  EXPECT_EQ(run({"verify"}).code, 0);
}

TEST_F(MoneyCommands, WhereMoneyMayMoveTheBooksOfAServersStoreMustBeNamed) {
  const std::string server = "postgres://nobody@127.0.0.1:1/none";
  for (const Words& words : {Words{"refund", "TK0000000000000000", "--reason", "x"}, Words{"payment", "recover"},
                             Words{"event", "cancel", winter}}) {
    Words on_server = words;
    on_server.insert(on_server.end(), {"--store", server});
    const Said said = run_json(on_server);
    expect(said, "invalid_argument", 2);
    EXPECT_NE(said.message().find("--sandbox"), std::string::npos);
  }
}

}  // namespace
}  // namespace tiketi::test
