// PA5: the last line of defence: what the database refuses by itself, what verify() finds, and what reads cost.

#include "store/payment_fixture.hpp"
#include "store/raw_sql.hpp"

#include "adapters/postgres/database.hpp"
#include "adapters/sql/stores.hpp"

#include <algorithm>

namespace tiketi::test {

namespace {

struct Damage {
  std::string invariant;
  std::string damage;
  std::string repair;
};

/// A customer with points pays by both means and gets a part back; another payment is being made; there is an order.
class PaymentInvariants : public PaymentStoreTest {
 protected:
  void SetUp() override {
    PaymentStoreTest::SetUp();
    user_ = rich(50'000);
    PaymentChange start = begin(150'000, 30'000, user_);
    start.key = PaymentKeyRecord{user_, "k", 1, start.after.id, clock.now()};
    paid_ = apply(completed(apply(start), ids, clock.now()));
    const PaymentChange booked = refund_booked(paid_, ids, clock.now(), 40'000, 5'000, 1'000);
    refund_ = booked.refund->after;
    sale_ = start.entries.front();
    paid_ = apply(booked);
    pending_ = apply(begin(80'000, 10'000, user_));
    order_ = apply(make_order(ids, clock.now(), ids.next<UserId>(), ids.next<ReservationId>(), 1'000));
    raw_ = std::make_unique<RawSql>(address());
  }
  void TearDown() override {
    raw_.reset();
    PaymentStoreTest::TearDown();
  }

  std::string row_of(const Payment& payment) const { return " WHERE id = " + raw_->literal(payment.id); }
  std::string refund_row() const { return " WHERE id = " + raw_->literal(refund_.id); }
  std::string entry_row() const { return " WHERE entry_id = " + raw_->literal(sale_.id); }
  std::string user_row() const { return " WHERE user_id = " + raw_->literal(user_); }

  /// As somebody with the keys to the database might.
  void drop_journal_triggers() {
    const bool sqlite = GetParam() == StoreKind::sqlite;
    for (const std::string table : {"journal_entries", "journal_postings"}) {
      raw_->execute("DROP TRIGGER " + table + "_keep" + (sqlite ? "" : " ON " + table));
      if (sqlite) raw_->execute("DROP TRIGGER " + table + "_stay");
    }
  }

  /// Each is a damage that the database lets pass, as a bug in a statement might do it.
  std::vector<Damage> damages() {
    const std::string nobody = raw_->literal(ids.next<PaymentId>());
    const std::string sale = " WHERE id = " + raw_->literal(sale_.id);
    const std::string mine = raw_->literal(sale_.payment_id);
    const std::string points = entry_row() + " AND account_kind = 0";
    const std::string set_aside = entry_row() + " AND account_kind = 1";
    const std::string entries = "INSERT INTO journal_entries (id, kind, payment_id, refund_id, at) VALUES (" + nobody;
    return {
        {"entry-sums-to-zero", "UPDATE journal_postings SET amount_minor = amount_minor + 1" + points,
         "UPDATE journal_postings SET amount_minor = amount_minor - 1" + points},
        {"entry-sums-to-zero", entries + ", 2, " + mine + ", NULL, 0)",
         "DELETE FROM journal_entries WHERE id = " + nobody},
        {"entry-sums-to-zero", "UPDATE journal_postings SET currency = 'USD'" + set_aside,
         "UPDATE journal_postings SET currency = 'KRW'" + set_aside},
        {"entry-sums-to-zero", "UPDATE journal_postings SET user_id = NULL, account_kind = 1" + points,
         "UPDATE journal_postings SET user_id = " + raw_->literal(user_) + ", account_kind = 0" + entry_row() +
             " AND line_number = 0"},
        {"posting-entry", "UPDATE journal_entries SET id = " + nobody + sale,
         "UPDATE journal_entries SET id = " + raw_->literal(sale_.id) + " WHERE id = " + nobody},
        {"entry-payment", "UPDATE journal_entries SET payment_id = " + nobody + sale,
         "UPDATE journal_entries SET payment_id = " + mine + sale},
        {"entry-payment", "UPDATE journal_entries SET payment_id = " + raw_->literal(order_.id) + sale,
         "UPDATE journal_entries SET payment_id = " + mine + sale},
        {"entry-payment", "UPDATE journal_entries SET refund_id = " + nobody + sale,
         "UPDATE journal_entries SET refund_id = NULL" + sale},
        {"account-history", "UPDATE journal_postings SET balance_after_minor = balance_after_minor + 1" + points,
         "UPDATE journal_postings SET balance_after_minor = balance_after_minor - 1" + points},
        {"account-history", "UPDATE journal_postings SET number = 77" + points,
         "UPDATE journal_postings SET number = 2" + points},
        {"balance-adds-up", "UPDATE point_accounts SET balance_minor = balance_minor + 1" + user_row(),
         "UPDATE point_accounts SET balance_minor = balance_minor - 1" + user_row()},
        {"balance-adds-up", "UPDATE point_accounts SET postings = postings + 1" + user_row(),
         "UPDATE point_accounts SET postings = postings - 1" + user_row()},
        {"balance-adds-up", "UPDATE house_accounts SET balance_minor = balance_minor + 1 WHERE kind = 3",
         "UPDATE house_accounts SET balance_minor = balance_minor - 1 WHERE kind = 3"},
        {"balance-adds-up", "UPDATE house_accounts SET currency = 'USD' WHERE kind = 4",
         "UPDATE house_accounts SET currency = 'KRW' WHERE kind = 4"},
        {"payment-refunds", "UPDATE payments SET card_refunded_minor = card_refunded_minor - 1" + row_of(paid_),
         "UPDATE payments SET card_refunded_minor = card_refunded_minor + 1" + row_of(paid_)},
        {"payment-refunds", "UPDATE refunds SET points_minor = points_minor - 1" + refund_row(),
         "UPDATE refunds SET points_minor = points_minor + 1" + refund_row()},
        {"payment-journal", "UPDATE payments SET status = 3" + row_of(pending_),
         "UPDATE payments SET status = 1" + row_of(pending_)},
        {"payment-journal", "UPDATE payments SET status = 2, paid_at = 1" + row_of(pending_),
         "UPDATE payments SET status = 1, paid_at = 0" + row_of(pending_)},
        {"payment-journal", "UPDATE payments SET status = 4" + row_of(paid_),
         "UPDATE payments SET status = 6" + row_of(paid_)},
        {"payment-journal", "UPDATE payments SET points_minor = points_minor - 1" + row_of(pending_),
         "UPDATE payments SET points_minor = points_minor + 1" + row_of(pending_)},
        {"payment-journal", "UPDATE refunds SET fee_minor = fee_minor + 1" + refund_row(),
         "UPDATE refunds SET fee_minor = fee_minor - 1" + refund_row()},
        {"payment-journal", "UPDATE refunds SET status = 1, completed_at = 1" + refund_row(),
         "UPDATE refunds SET status = 0, completed_at = 0" + refund_row()},
        {"refund-payment", "UPDATE refunds SET payment_id = " + nobody + refund_row(),
         "UPDATE refunds SET payment_id = " + raw_->literal(paid_.id) + refund_row()},
        {"refund-payment", "UPDATE refunds SET user_id = " + nobody + refund_row(),
         "UPDATE refunds SET user_id = " + raw_->literal(user_) + refund_row()},
        {"refund-payment", "UPDATE refunds SET reservation_id = NULL" + refund_row(),
         "UPDATE refunds SET reservation_id = " + raw_->literal(paid_.reservation_id) + refund_row()},
        {"key-payment", "UPDATE payment_keys SET payment_id = " + nobody,
         "UPDATE payment_keys SET payment_id = " + raw_->literal(paid_.id)},
    };
  }

  UserId user_;
  Payment paid_, pending_, order_;
  Refund refund_;
  JournalEntry sale_;  ///< the entry that set the points aside
  std::unique_ptr<RawSql> raw_;
};

TEST_P(PaymentInvariants, the_database_refuses_to_take_money_twice) {
  const std::string reservation = "reservation_id = " + raw_->literal(paid_.reservation_id);
  const std::vector<std::string> wrong{
      "UPDATE payments SET " + reservation + row_of(pending_),
      "UPDATE payments SET status = 1, " + reservation + row_of(order_),
      "UPDATE payments SET order_id = '" + paid_.order_id + "'" + row_of(order_),
      "UPDATE payments SET order_id = 'short'" + row_of(order_),
      "UPDATE payments SET amount_minor = -1" + row_of(order_),
      "UPDATE payments SET points_minor = amount_minor + 1" + row_of(order_),
      "UPDATE payments SET points_minor = -1" + row_of(order_),
      "UPDATE payments SET card_refunded_minor = 120001" + row_of(paid_),
      "UPDATE payments SET points_refunded_minor = 30001" + row_of(paid_),
      "UPDATE payments SET card_refunded_minor = -1" + row_of(paid_),
      "UPDATE payments SET currency = 'USD'" + row_of(paid_),
      "UPDATE payments SET status = 7" + row_of(paid_),
      "UPDATE payments SET method = 6" + row_of(paid_),
      "UPDATE payments SET status = 2" + row_of(pending_),
      "UPDATE payments SET purpose = 1" + row_of(paid_),
      "UPDATE payments SET reservation_id = NULL" + row_of(paid_),
      "UPDATE payments SET version = 0" + row_of(paid_),
      "INSERT INTO payments SELECT * FROM payments" + row_of(paid_),
      "UPDATE refunds SET amount_minor = -1" + refund_row(),
      "UPDATE refunds SET points_minor = amount_minor + 1" + refund_row(),
      "UPDATE refunds SET fee_minor = -1" + refund_row(),
      "UPDATE refunds SET status = 1" + refund_row(),
      "UPDATE refunds SET completed_at = 1" + refund_row(),
      "INSERT INTO refunds SELECT * FROM refunds" + refund_row(),
      "UPDATE point_accounts SET balance_minor = -1" + user_row(),
      "UPDATE house_accounts SET balance_minor = -1",
      "UPDATE house_accounts SET kind = 0",
      "INSERT INTO payment_keys SELECT * FROM payment_keys",
  };
  for (const std::string& each : wrong) EXPECT_NE(raw_->try_execute(each), "") << "was not refused: " << each;
}

// PA5: history is append-only.
TEST_P(PaymentInvariants, the_database_keeps_the_journal_as_it_was_written) {
  const std::string entry = raw_->literal(ids.next<JournalEntryId>());
  const std::string posting =
      "INSERT INTO journal_postings (entry_id, line_number, account_kind, currency, user_id, "
      "amount_minor, balance_after_minor, number) VALUES (" +
      entry + ", 0, ";
  std::vector<std::string> wrong{
      "UPDATE journal_postings SET amount_minor = amount_minor + 1",
      "UPDATE journal_postings SET balance_after_minor = 0" + entry_row(),
      "DELETE FROM journal_postings" + entry_row(),
      "DELETE FROM journal_postings",
      "UPDATE journal_entries SET at = 0",
      "UPDATE journal_entries SET kind = 2 WHERE id = " + raw_->literal(sale_.id),
      "DELETE FROM journal_entries WHERE id = " + raw_->literal(sale_.id),
      "DELETE FROM journal_entries",
      posting + "3, 'KRW', NULL, 0, 1, 99)",
      posting + "3, 'KRW', NULL, 5, -1, 99)",
      posting + "6, 'KRW', NULL, 5, 5, 99)",
      posting + "0, 'KRW', NULL, 5, 5, 99)",
      posting + "3, 'KRW', " + raw_->literal(user_) + ", 5, 5, 99)",
      // Two postings that both believe to be the account's second.
      posting + "0, 'KRW', " + raw_->literal(user_) + ", 5, 5, 2)",
      "INSERT INTO journal_entries SELECT * FROM journal_entries",
  };
  if (GetParam() == StoreKind::postgres) {
    wrong.push_back("TRUNCATE journal_entries");
    wrong.push_back("TRUNCATE journal_postings");
  }
  for (const std::string& each : wrong) EXPECT_NE(raw_->try_execute(each), "") << "was not refused: " << each;
}

TEST_P(PaymentInvariants, verify_finds_what_is_broken) {
  drop_journal_triggers();
  for (const Damage& each : damages()) {
    raw_->execute(each.damage);
    const auto findings = payments().verify().value();
    EXPECT_TRUE(std::any_of(
        findings.begin(), findings.end(),
        [&](const Finding& finding) { return finding.invariant == each.invariant && !finding.what.empty(); }))
        << "not found: " << each.damage;
    raw_->execute(each.repair);
    for (const Finding& finding : payments().verify().value())
      ADD_FAILURE() << finding.invariant << ": " << finding.what << " after: " << each.repair;
  }
}

TEST_P(PaymentInvariants, verify_tells_a_hundred_findings_at_most) {
  std::vector<PaymentChange> changes;
  for (int i = 0; i < 150; ++i) changes.push_back(begin());
  commit(changes);
  raw_->execute("UPDATE payments SET status = 2, paid_at = 1 WHERE status = 1");
  EXPECT_EQ(payments().verify().value().size(), 100U);
  expect_clean = false;
}

// A write that the database refuses though our guards let it pass is a defect, and told as one.
TEST_P(PaymentInvariants, what_the_database_refuses_is_told_and_nothing_is_stored) {
  PaymentChange impossible = begin(1'000);
  impossible.after.card_refunded_minor = 1'001;
  const PaymentChange sound = begin();
  const auto done = payments().commit(std::vector{sound, impossible});
  ASSERT_TRUE(done.has_error());
  EXPECT_EQ(done.error().code, Errc::storage_constraint);
  EXPECT_EQ(done.error().detail("kind"), "check");
  EXPECT_FALSE(payments().ask({{sound.after.id}, {}, {}, {}}).value().payments.front());
  EXPECT_EQ(commit(sound).kind, PaymentOutcome::Kind::applied);
}

INSTANTIATE_TEST_SUITE_P(Every, PaymentInvariants, durable_stores(), store_name);

// "Payments slow down as tables grow": everything that is asked while payments are made is found by an index, and due
// work costs what it returns.
class PaymentCosts : public PaymentStoreTest {};

TEST_P(PaymentCosts, nothing_scans_a_table) {
  const auto database = std::move(postgres::open_database(address(), {.connections = 1}).value());
  const auto store = sql::make_payment_store(*database);
  const UserId user = ids.next<UserId>();
  std::vector<PaymentChange> many{make_points(ids, clock.now(), user, 900'000)};
  for (int i = 0; i < 600; ++i) {
    const PaymentChange start = begin(1'000, i % 2 * 500, user);
    many.push_back(start);
    many.push_back(completed(start.after, ids, clock.now()));
    if (i % 3 == 0) many.push_back(refund_booked(many.back().after, ids, clock.now(), 100));
    if (i % 3 == 0) many.push_back(refund_paid(many.back().after, many.back().refund->after, ids, clock.now()));
  }
  ASSERT_TRUE(store->commit(many).has_value());
  RawSql raw(address());
  static const sql::Statement flush("SELECT pg_stat_force_next_flush()");
  const auto read_rows = [&](const std::string& what) {
    {
      const sql::Step step{&flush, {}, {}};
      const auto connection = database->writer();
      EXPECT_TRUE((*connection)->run({&step, 1}).has_value());
    }
    return raw.number("SELECT sum(" + what + ") FROM pg_stat_user_tables WHERE schemaname = current_schema()");
  };
  const std::string rows = "seq_tup_read + coalesce(idx_tup_fetch, 0)";
  const std::int64_t before = read_rows(rows);
  const std::int64_t scans = read_rows("seq_scan");

  const Timestamp later = clock.now().plus_ms(day_ms);
  EXPECT_TRUE(store->due_payments(later, 100).value().empty());
  EXPECT_TRUE(store->overdue_orders(later, 100).value().empty());
  EXPECT_TRUE(store->due_refunds(later, 100).value().empty());
  EXPECT_TRUE(store->unfinished_event_cancellations(100).value().empty());
  EXPECT_EQ(store->prune_keys(later, 100).value(), 0U);
  EXPECT_EQ(read_rows(rows), before);

  PaymentChange next = begin(1'000, 500, user);
  next.key = PaymentKeyRecord{user, "k", 1, next.after.id, clock.now()};
  ASSERT_TRUE(store->commit({&next, 1}).has_value());
  const PaymentChange done = completed(next.after, ids, clock.now());
  ASSERT_TRUE(store->commit({&done, 1}).has_value());
  EXPECT_EQ(store->ask({{next.after.id}, {next.after.order_id}, {next.after.reservation_id}, {{user, "k"}}})
                .value()
                .reservations.front(),
            done.after);
  EXPECT_EQ(store->point_history(user, 5, 10).value().lines.size(), 10U);
  EXPECT_EQ(store->payments_of(user, {}, 10).value().size(), 10U);
  EXPECT_EQ(store->points({&user, 1}).value().size(), 1U);
  EXPECT_LT(read_rows(rows) - before, 100);
  EXPECT_EQ(read_rows("seq_scan"), scans);
}

INSTANTIATE_TEST_SUITE_P(Every, PaymentCosts, ::testing::Values(StoreKind::postgres), store_name);

}  // namespace

}  // namespace tiketi::test
