// reserve, best-available, reservation, confirm, cancel, extend, sweep, outbox

#include "cli/program.hpp"

#include <sstream>

namespace tiketi::test {
namespace {

constexpr auto winter = "Winter Concert Tour in Seoul";

class SalesCommands : public Program {
 protected:
  SalesCommands() { seed(); }

  Said reserve(const std::string& user, const Words& places) const {
    Words words{"reserve", winter, "--user", user};
    words.insert(words.end(), places.begin(), places.end());
    return run_json(words);
  }
  static std::string number_of(const Said& said) { return std::string(said.json().at("number").as_string()); }
  std::int64_t free_places() const { return run_json({"event", winter}).json().at("available").as_int64(); }

  /// Lets all holds be over, as if their time had passed.
  void let_holds_pass() const {
    sql("UPDATE reservations SET expires_at = 1 WHERE status = 0; UPDATE seats SET held_until = 1 WHERE status = 1");
  }
};

TEST_F(SalesCommands, ReserveHoldsSeatsAndTicketsTogether) {  // BO2
  const Said held = reserve("mina", {"--seat", "VIP-1-5", "--seat", "VIP-1-6", "--ticket", "일반석=3"});
  ASSERT_EQ(held.code, 0) << held.out;
  const auto reservation = held.json();
  EXPECT_EQ(reservation.at("status"), "pending");
  EXPECT_EQ(reservation.at("quantity"), 5);
  EXPECT_EQ(reservation.at("total"), 2 * 150000 + 3 * 50000);
  EXPECT_EQ(reservation.at("replayed"), false);
  EXPECT_EQ(free_places(), 665 - 5);
  const auto shown = run_json({"reservation", number_of(held)}).json();
  EXPECT_EQ(shown.at("lines"), reservation.at("lines"));
}

TEST_F(SalesCommands, ATakenSeatIsRefusedWithItsLabelAndNothingIsHeld) {  // BO2, BO3, BO5
  ASSERT_EQ(reserve("mina", {"--seat", "VIP-1-5"}).code, 0);
  const Said refused = reserve("juno", {"--seat", "VIP-1-4", "--seat", "VIP-1-5"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_EQ(refused.error(), "seat_taken");
  EXPECT_EQ(refused.json().at("error").at("details").at("label").at(0), "VIP-1-5");
  EXPECT_EQ(free_places(), 664);
  const Said told = run({"reserve", winter, "--user", "juno", "--seat", "VIP-1-5"});
  EXPECT_TRUE(told.out.empty());
  EXPECT_EQ(told.err.find("tiketi: "), 0U) << told.err;
  EXPECT_NE(told.err.find("VIP-1-5"), std::string::npos);
}

TEST_F(SalesCommands, EachRefusalHasItsCodeAndExitCode) {  // BO5
  const auto expect = [](const Said& said, const std::string& error, int code) {
    EXPECT_EQ(said.error(), error);
    EXPECT_EQ(said.code, code) << error;
  };
  expect(reserve("mina", {"--seat", "VIP-99-1"}), "seat_not_found", 3);
  expect(reserve("mina", {"--seat", "VIP-1-1", "--seat", "VIP-1-1"}), "duplicate_item", 2);
  expect(reserve("mina", {"--ticket", "없음=1"}), "ticket_type_not_found", 3);
  expect(reserve("mina", {"--ticket", "일반석=0"}), "invalid_argument", 2);
  expect(reserve("mina", {"--ticket", "일반석=-2"}), "invalid_argument", 2);
  expect(reserve("mina", {"--ticket", "일반석=many"}), "invalid_argument", 2);
  expect(reserve("mina", {"--ticket", "일반석=99999999999999999999"}), "invalid_argument", 2);
  expect(reserve("mina", {"--ticket", "일반석=401"}), "stock_short", 1);
  expect(reserve("mina", {}), "invalid_argument", 2);
  expect(reserve("\xff", {"--seat", "VIP-1-1"}), "invalid_argument", 2);
  expect(run_json({"reserve", "Checkmate", "--user", "mina", "--seat", "VIP-1-1"}), "sale_not_open", 1);
  const std::string foreign = sql("SELECT lower(hex(id)) FROM seats WHERE event_id <> (SELECT id FROM events WHERE "
                                  "title = 'Winter Concert Tour in Seoul') LIMIT 1")
                                  .at(0);
  const std::string id = foreign.substr(0, 8) + '-' + foreign.substr(8, 4) + '-' + foreign.substr(12, 4) + '-' +
                         foreign.substr(16, 4) + '-' + foreign.substr(20);
  expect(reserve("mina", {"--seat", id}), "seat_other_event", 3);
  EXPECT_EQ(free_places(), 665);
}

TEST_F(SalesCommands, TheSameKeyAnswersTheFirstReservation) {  // BO6
  const Said first = reserve("mina", {"--seat", "R-4-1", "--key", "k1"});
  const Said second = reserve("mina", {"--seat", "R-4-1", "--key", "k1"});
  ASSERT_EQ(second.code, 0) << second.out;
  EXPECT_EQ(number_of(second), number_of(first));
  EXPECT_EQ(second.json().at("replayed"), true);
  EXPECT_EQ(reserve("mina", {"--seat", "R-4-2", "--key", "k1"}).error(), "idempotency_misuse");
}

TEST_F(SalesCommands, BestAvailableTakesAdjacentSeats) {  // BO8
  const Said best = run_json({"best-available", winter, "--user", "mina", "-n", "4"});
  ASSERT_EQ(best.code, 0) << best.out;
  std::vector<int> numbers;
  const auto lines = best.json().at("lines").as_array();
  for (const auto& line : lines) {
    const std::string label(line.at("label").as_string());
    EXPECT_EQ(label.find("VIP-1-"), 0U) << "dearest section, front row";
    numbers.push_back(std::stoi(label.substr(6)));
  }
  ASSERT_EQ(numbers.size(), 4U);
  for (std::size_t i = 1; i < numbers.size(); ++i) EXPECT_EQ(numbers[i], numbers[i - 1] + 1);
  const auto cheap = run_json({"best-available", winter, "--user", "mina", "--max-price", "70000"}).json();
  EXPECT_EQ(std::string(cheap.at("lines").at(0).at("label").as_string()).substr(0, 4), "S-9-");
  EXPECT_EQ(run_json({"best-available", winter, "--user", "mina", "-n", "21"}).error(), "no_best_seats");
  EXPECT_EQ(run({"best-available", winter, "--user", "mina", "--section", "nowhere"}).code, 3);
}

TEST_F(SalesCommands, ConfirmSellsOnce) {  // BO4
  const std::string number = number_of(reserve("mina", {"--seat", "VIP-1-1"}));
  EXPECT_EQ(run({"confirm", number, "--payment", "p-1", "--user", "juno"}).code, 3) << "another's is not found";
  const Said sold = run_json({"confirm", number, "--payment", "p-1", "--user", "mina"});
  EXPECT_EQ(sold.json().at("status"), "confirmed");
  EXPECT_EQ(run_json({"confirm", number, "--payment", "p-1"}).json().at("version"), sold.json().at("version"));
  EXPECT_EQ(run_json({"confirm", number, "--payment", "p-2"}).error(), "payment_mismatch");
  EXPECT_EQ(run({"confirm", "TK0000000000000000", "--payment", "p-1"}).code, 3);
  EXPECT_EQ(run({"confirm", "nonsense", "--payment", "p-1"}).code, 2);
  EXPECT_EQ(run_json({"seats", winter}).json().at("counts").at("sold"), 1);
}

TEST_F(SalesCommands, CancelGivesThePlacesBack) {  // BO4, BO7
  const std::string number = number_of(reserve("mina", {"--seat", "VIP-1-1", "--ticket", "일반석=2"}));
  ASSERT_EQ(run({"confirm", number, "--payment", "p-1"}).code, 0);
  EXPECT_EQ(run_json({"cancel", number}).json().at("status"), "cancelled");
  EXPECT_EQ(run_json({"cancel", number}).code, 0) << "repeating it changes nothing";
  EXPECT_EQ(free_places(), 665);
  EXPECT_EQ(run_json({"confirm", number, "--payment", "p-1"}).error(), "reservation_cancelled");
  EXPECT_EQ(reserve("juno", {"--seat", "VIP-1-1"}).code, 0);
}

TEST_F(SalesCommands, AHoldThatIsOverIsNeverSoldAndIsSwept) {  // BO4
  const std::string number = number_of(reserve("mina", {"--seat", "VIP-1-1"}));
  let_holds_pass();
  EXPECT_EQ(run_json({"confirm", number, "--payment", "p-1"}).error(), "hold_expired");
  EXPECT_EQ(run_json({"extend", number, "--by", "60"}).error(), "hold_expired");
  EXPECT_EQ(run_json({"sweep"}).json().at("released"), 1);
  EXPECT_EQ(run_json({"sweep"}).json().at("released"), 0);
  EXPECT_EQ(run_json({"reservation", number}).json().at("status"), "expired");
  EXPECT_EQ(free_places(), 665);
}

TEST_F(SalesCommands, ExtendIsBounded) {  // BO9
  const Said held = reserve("mina", {"--seat", "VIP-1-1"});
  const std::string number = number_of(held);
  const auto longer = run_json({"extend", number, "--by", "600"}).json();
  EXPECT_GT(std::string(longer.at("expires_at").as_string()), std::string(held.json().at("expires_at").as_string()));
  EXPECT_EQ(run_json({"extend", number, "--by", "86400"}).error(), "extension_limit");
}

TEST_F(SalesCommands, ReservationListsACustomersNewestFirst) {  // BO7
  const std::string first = number_of(reserve("mina", {"--seat", "VIP-1-1"}));
  const std::string second = number_of(reserve("mina", {"--seat", "VIP-1-2"}));
  ASSERT_EQ(reserve("juno", {"--seat", "VIP-1-3"}).code, 0);
  const auto list = run_json({"reservation", "--user", "mina"}).json().at("reservations").as_array();
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list.at(0).at("number"), second.c_str());
  EXPECT_EQ(list.at(1).at("number"), first.c_str());
  EXPECT_EQ(run({"reservation", first, "--user", "juno"}).code, 3);
  EXPECT_EQ(run({"reservation"}).code, 2);
}

TEST_F(SalesCommands, OutboxIsPublishedInOrderALineAMessageAndThenForgotten) {  // ST3
  const std::string number = number_of(reserve("mina", {"--seat", "VIP-1-1"}));
  ASSERT_EQ(run({"confirm", number, "--payment", "p-1"}).code, 0);
  ASSERT_EQ(run({"cancel", number}).code, 0);
  const auto waiting = run_json({"outbox", "list", "--limit", "2"}).json();
  EXPECT_EQ(waiting.at("waiting"), 3);
  EXPECT_EQ(waiting.at("messages").as_array().size(), 2U);
  std::istringstream lines(run({"outbox", "publish"}).out);
  std::vector<std::string> topics;
  for (std::string line; std::getline(lines, line);) {
    const auto message = boost::json::parse(line);
    topics.emplace_back(message.at("topic").as_string().c_str());
    EXPECT_EQ(message.at("payload").at("number"), number.c_str());
  }
  EXPECT_EQ(topics, (std::vector<std::string>{"reservation.held", "reservation.confirmed", "reservation.cancelled"}));
  EXPECT_EQ(run_json({"outbox", "list"}).json().at("waiting"), 0);
  EXPECT_TRUE(run_json({"outbox", "publish"}).out.empty());
}

}  // namespace
}  // namespace tiketi::test
