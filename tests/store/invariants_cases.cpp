// The last line of defence: what the database refuses by itself, and what verify() finds.

#include "store/raw_sql.hpp"
#include "store/store_fixture.hpp"

#include <algorithm>

namespace tiketi::test {

namespace {

class Invariants : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    event_ = load_inventory(4, {10});
    held_ = hold(event_, {0}, {2});
    Change sold = hold(event_, {1}, {3});
    sold.idempotency = IdempotencyRecord{sold.after.user_id, "k", 1, sold.after.id, clock.now()};
    sold_ = confirmed(sold.after, clock.now());
    commit({held_, sold, sold_});
    raw_ = std::make_unique<RawSql>(address());
  }
  void TearDown() override {
    raw_.reset();
    StoreTest::TearDown();
  }

  std::string seat_row(std::size_t index) const { return " WHERE id = " + raw_->literal(event_.seats[index].id); }
  std::string stock_row() const { return " WHERE id = " + raw_->literal(event_.stock[0].id); }
  std::string event_row() const { return " WHERE event_id = " + raw_->literal(event_.event_id); }
  std::string row_of(const Change& change) const { return " WHERE id = " + raw_->literal(change.after.id); }
  std::string lines_of(const Change& change) const {
    return " WHERE reservation_id = " + raw_->literal(change.after.id);
  }

  NewInventory event_;
  Change held_, sold_;
  std::unique_ptr<RawSql> raw_;
};

// BO3: a bug in our code must not sell a seat twice.
TEST_P(Invariants, the_database_refuses_to_sell_twice) {
  const std::string other = raw_->literal(sold_.after.id);
  const std::vector<std::string> wrong{
      "UPDATE seats SET reservation_id = " + other + seat_row(0),
      "UPDATE seats SET status = 2, held_until = 0, reservation_id = " + other + seat_row(0),
      "UPDATE seats SET reservation_id = " + raw_->literal(held_.after.id) + seat_row(1),
      "UPDATE seats SET status = 2, held_until = 0, reservation_id = NULL" + seat_row(2),
      "UPDATE seats SET status = 1, held_until = 5, reservation_id = NULL" + seat_row(2),
      "UPDATE seats SET status = 0, held_until = 0" + seat_row(0),
      "UPDATE seats SET held_until = 0" + seat_row(0),
      "UPDATE seats SET status = 4" + seat_row(2),
      "UPDATE ticket_stock SET sold = sold + 6" + stock_row(),
      "UPDATE ticket_stock SET held = held + 6" + stock_row(),
      "UPDATE ticket_stock SET held = -1" + stock_row(),
      "UPDATE ticket_stock SET sold = -1" + stock_row(),
      "UPDATE ticket_stock SET total = 4" + stock_row(),
      "UPDATE inventories SET available = -1" + event_row(),
      "UPDATE inventories SET available = total + 1" + event_row(),
      "UPDATE inventories SET pending = -1" + event_row(),
      "UPDATE inventories SET confirmed = -1" + event_row(),
      "UPDATE inventories SET cancelled = -1" + event_row(),
      "UPDATE inventories SET expired = -1" + event_row(),
      "UPDATE reservations SET status = 1, payment_reference = ''" + row_of(held_),
      "UPDATE reservations SET number = '" + std::string(sold_.after.number.text()) + "'" + row_of(held_),
      "UPDATE reservations SET quantity = 0" + row_of(held_),
      "UPDATE reservations SET total_minor = -1" + row_of(held_),
      "UPDATE reservation_items SET quantity = 2" + lines_of(held_) + " AND seat_id IS NOT NULL",
      "UPDATE reservation_items SET quantity = 0" + lines_of(held_),
      "UPDATE reservation_items SET line_number = 0" + lines_of(held_),
      "UPDATE reservation_items SET seat_id = NULL, ticket_type_id = NULL" + lines_of(held_),
      "INSERT INTO idempotency_keys SELECT * FROM idempotency_keys",
      "INSERT INTO reservations SELECT * FROM reservations" + row_of(held_),
      "INSERT INTO seats SELECT * FROM seats" + seat_row(0),
  };
  for (const std::string& each : wrong) EXPECT_NE(raw_->try_execute(each), "") << "was not refused: " << each;
}

struct Damage {
  std::string invariant;
  std::string damage;
  std::string repair;
};

// Each is a damage that the database lets pass, as a bug in a statement might do it.
TEST_P(Invariants, verify_finds_what_is_broken) {
  const std::string owner = raw_->literal(held_.after.id);
  const std::string user = raw_->literal(held_.after.user_id);
  const std::string nobody = raw_->literal(ids.next<ReservationId>());
  const std::string until = std::to_string(held_.after.expires_at.ms);
  const std::string back = ", reservation_id = " + owner;
  const std::string sold_back = ", reservation_id = " + raw_->literal(sold_.after.id);
  const std::string free = "UPDATE seats SET status = 0, held_until = 0, reservation_id = NULL";
  const std::vector<Damage> all{
      {"seat-owner", "UPDATE seats SET status = 2, reservation_id = " + nobody + seat_row(2), free + seat_row(2)},
      {"seat-owner", "UPDATE seats SET status = 2, held_until = 0" + seat_row(0),
       "UPDATE seats SET status = 1, held_until = " + until + seat_row(0)},
      {"seat-owner", "UPDATE seats SET held_until = held_until + 1" + seat_row(0),
       "UPDATE seats SET held_until = held_until - 1" + seat_row(0)},
      {"seat-owner", "UPDATE reservations SET status = 2" + row_of(sold_),
       "UPDATE reservations SET status = 1" + row_of(sold_)},
      {"seat-line", "UPDATE seats SET status = 1, held_until = " + until + back + seat_row(2), free + seat_row(2)},
      {"reservation-seat", free + seat_row(0),
       "UPDATE seats SET status = 1, held_until = " + until + back + seat_row(0)},
      {"reservation-seat", free + seat_row(1), "UPDATE seats SET status = 2" + sold_back + seat_row(1)},
      {"stock-adds-up", "UPDATE ticket_stock SET held = held + 1" + stock_row(),
       "UPDATE ticket_stock SET held = held - 1" + stock_row()},
      {"stock-adds-up", "UPDATE ticket_stock SET sold = sold - 1" + stock_row(),
       "UPDATE ticket_stock SET sold = sold + 1" + stock_row()},
      {"inventory-adds-up", "UPDATE inventories SET available = available - 1" + event_row(),
       "UPDATE inventories SET available = available + 1" + event_row()},
      {"inventory-adds-up", "UPDATE inventories SET total = total + 1" + event_row(),
       "UPDATE inventories SET total = total - 1" + event_row()},
      {"inventory-adds-up", "UPDATE seats SET status = 3" + seat_row(3), "UPDATE seats SET status = 0" + seat_row(3)},
      {"reservations-counted", "UPDATE inventories SET pending = pending + 1" + event_row(),
       "UPDATE inventories SET pending = pending - 1" + event_row()},
      {"reservations-counted", "UPDATE inventories SET expired = expired + 1" + event_row(),
       "UPDATE inventories SET expired = expired - 1" + event_row()},
      {"reservation-adds-up", "UPDATE reservations SET total_minor = total_minor - 1" + row_of(held_),
       "UPDATE reservations SET total_minor = total_minor + 1" + row_of(held_)},
      {"reservation-adds-up", "UPDATE reservations SET quantity = quantity + 1" + row_of(held_),
       "UPDATE reservations SET quantity = quantity - 1" + row_of(held_)},
      {"seat-inventory", "UPDATE inventories SET last_seat_id = first_seat_id" + event_row(),
       "UPDATE inventories SET last_seat_id = " + raw_->literal(event_.seats.back().id) + event_row()},
      {"idempotency-reservation", "INSERT INTO idempotency_keys VALUES (" + user + ", 'x', 0, " + nobody + ", 0)",
       "DELETE FROM idempotency_keys WHERE key = 'x'"},
  };
  for (const Damage& each : all) {
    raw_->execute(each.damage);
    const auto findings = box_office().verify().value();
    EXPECT_TRUE(std::any_of(
        findings.begin(), findings.end(),
        [&](const Finding& finding) { return finding.invariant == each.invariant && !finding.what.empty(); }))
        << "not found: " << each.damage;
    raw_->execute(each.repair);
    EXPECT_TRUE(box_office().verify().value().empty()) << "after: " << each.repair;
  }
}

TEST_P(Invariants, verify_tells_a_hundred_findings_at_most) {
  load_inventory(200);
  raw_->execute("UPDATE seats SET status = 2, held_until = 0, reservation_id = " +
                raw_->literal(ids.next<ReservationId>()) + " WHERE status = 0");
  EXPECT_EQ(box_office().verify().value().size(), 100U);
  expect_clean = false;
}

// A write that the database refuses though our guards let it pass is a defect, and told as one.
TEST_P(Invariants, what_the_database_refuses_is_told_and_nothing_is_stored) {
  raw_->execute("UPDATE inventories SET available = 0" + event_row());
  const auto done = box_office().commit(std::vector{hold(event_, {2})});
  ASSERT_TRUE(done.has_error());
  EXPECT_EQ(done.error().code, Errc::storage_constraint);
  EXPECT_EQ(done.error().detail("kind"), "check");
  EXPECT_EQ(seat(event_.seats[2].id).state.status, PlaceStatus::available);
  raw_->execute("UPDATE inventories SET available = 7" + event_row());
  EXPECT_EQ(commit(hold(event_, {2})).kind, Outcome::Kind::applied);
}

INSTANTIATE_TEST_SUITE_P(Every, Invariants, durable_stores(), store_name);

}  // namespace

}  // namespace tiketi::test
