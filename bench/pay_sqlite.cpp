// Durable payments in SQLite: begun and then completed, a commit each, against SQLite itself writing the same rows in
// the same batches.

#include "bench.hpp"
#include "raw_sqlite.hpp"

#include <tiketi/adapters/sqlite.hpp>
#include <tiketi/adapters/system.hpp>
#include <tiketi/payment/rules.hpp>

#include <array>

namespace tiketi::bench {

namespace {

constexpr std::size_t batch = 256;

/// Payments by card, decided by the cashier's own rules.
struct PreparedPayments {
  std::vector<PaymentChange> begun;
  std::vector<PaymentChange> completed;
};

PreparedPayments prepare_payments(std::size_t count, Ids& ids, Timestamp now) {
  const CashierPolicy policy;
  PreparedPayments out;
  for (std::size_t i = 0; i < count; ++i) {
    ReservationBill bill;
    bill.id = ids.next<ReservationId>();
    bill.user_id = somebody();
    bill.total = {150'000, krw};
    bill.expires_at = now.plus_ms(minute_ms);
    const Pay pay{bill.user_id, bill.id, PaymentMethod::card, 0, {}, "pay " + bill.id.text(), {}};
    const payment::StepIds first{ids.next<PaymentId>(), {}, {}, {}};
    const payment::StepIds second{{}, {}, ids.next<JournalEntryId>(), {}};
    out.begun.push_back(payment::start(pay, {&bill, nullptr, "sandbox", true}, first, now, policy).value());
    ProviderPayment taken;
    taken.payment_key = "sbx_" + out.begun.back().after.order_id;
    out.completed.push_back(payment::complete(out.begun.back().after, &taken, second, now));
  }
  return out;
}

void commit_all(PaymentStore& store, std::span<const PaymentChange> changes) {
  for (const PaymentOutcome& each : store.commit(changes).value())
    require(each.kind == PaymentOutcome::Kind::applied, "a payment was not stored");
}

/// The rows of such payments, written with nothing but SQLite's own functions.
class RawPayments {
 public:
  explicit RawPayments(const std::string& path) : raw_(path, RawSqlite::Mode::durable) {
    raw_.execute("INSERT INTO house_accounts VALUES (2, 'KRW', 0, 1), (3, 'KRW', 0, 1)");
  }

  void begin(std::span<const PaymentChange> changes) {
    step(begin_);
    for (const PaymentChange& each : changes) add(each);
    step(commit_);
  }

  void complete(std::span<const PaymentChange> changes) {
    step(begin_);
    for (const PaymentChange& each : changes) change(each);
    bind_value(account_, 1, balance_);
    bind_value(account_, 2, postings_);
    step(account_);
    step(commit_);
  }

 private:
  void add(const PaymentChange& change) {
    const Payment& after = change.after;
    const UuidBytes id = after.id.uuid.bytes(), user = after.user_id.uuid.bytes();
    const UuidBytes reservation = after.reservation_id.uuid.bytes();
    bind_value(add_payment_, 1, id);
    bind_value(add_payment_, 2, std::string_view(after.order_id));
    bind_value(add_payment_, 3, reservation);
    bind_value(add_payment_, 4, user);
    bind_value(add_payment_, 5, after.amount.minor);
    bind_value(add_payment_, 6, after.created_at.ms);
    bind_value(add_payment_, 7, after.next_attempt_at.ms);
    step(add_payment_);
    bind_value(add_key_, 1, user);
    bind_value(add_key_, 2, std::string_view(change.key->key));
    bind_value(add_key_, 3, id);
    bind_value(add_key_, 4, after.created_at.ms);
    step(add_key_);
  }

  void change(const PaymentChange& change) {
    const Payment& after = change.after;
    const UuidBytes id = after.id.uuid.bytes(), entry = change.entries.front().id.uuid.bytes();
    bind_value(complete_, 1, std::string_view(after.payment_key));
    bind_value(complete_, 2, after.updated_at.ms);
    bind_value(complete_, 3, id);
    step(complete_);
    bind_value(add_entry_, 1, entry);
    bind_value(add_entry_, 2, id);
    bind_value(add_entry_, 3, after.updated_at.ms);
    step(add_entry_);
    balance_ += after.amount.minor;
    ++postings_;
    for (const std::int64_t line : {0, 1}) {
      bind_value(add_posting_, 1, entry);
      bind_value(add_posting_, 2, line);
      bind_value(add_posting_, 3, line + 2);
      bind_value(add_posting_, 4, line == 0 ? -after.amount.minor : after.amount.minor);
      bind_value(add_posting_, 5, balance_);
      bind_value(add_posting_, 6, postings_);
      step(add_posting_);
    }
    bind_value(tell_, 1, id);
    const std::string payload = news_payload(change.news, after);
    bind_value(tell_, 2, std::string_view(payload));
    bind_value(tell_, 3, after.updated_at.ms);
    step(tell_);
  }

  static void step(const RawSqlite::Statement& statement) {
    require(sqlite3_step(statement.get()) == SQLITE_DONE, "a statement failed");
    sqlite3_reset(statement.get());
  }

  RawSqlite raw_;
  std::int64_t balance_ = 0, postings_ = 0;
  RawSqlite::Statement begin_ = raw_.prepare("BEGIN IMMEDIATE"), commit_ = raw_.prepare("COMMIT");
  RawSqlite::Statement add_payment_ = raw_.prepare(
      "INSERT INTO payments VALUES (?, ?, 0, ?, ?, 0, ?, 'KRW', 0, 0, 0, 1, 'sandbox', '', '', ?6, ?6, 0, 0, ?7, 0, "
      "1)");
  RawSqlite::Statement add_key_ = raw_.prepare("INSERT INTO payment_keys VALUES (?, ?, 0, ?, ?, NULL)");
  RawSqlite::Statement complete_ = raw_.prepare(
      "UPDATE payments SET status = 2, payment_key = ?, updated_at = ?2, paid_at = ?2, version = 2 WHERE id = ?3");
  RawSqlite::Statement add_entry_ = raw_.prepare("INSERT INTO journal_entries VALUES (?, 2, ?, NULL, ?)");
  RawSqlite::Statement add_posting_ =
      raw_.prepare("INSERT INTO journal_postings VALUES (?, ?, ?, 'KRW', NULL, ?, ?, ?)");
  RawSqlite::Statement account_ =
      raw_.prepare("UPDATE house_accounts SET balance_minor = ?, postings = ? WHERE kind IN (2, 3)");
  RawSqlite::Statement tell_ =
      raw_.prepare("INSERT INTO outbox (topic, key, payload, created_at) VALUES ('payment.completed', ?, ?, ?)");
};

}  // namespace

void pay_in_sqlite(Run& run) {
  const std::string name = "pay/sqlite/" + std::to_string(batch);
  if (!run.wants(name)) return;
  constexpr std::size_t piece = 8 * batch;
  const auto clock = make_system_clock();
  const auto ids = make_random_ids(*clock);
  const auto open = [](const std::string& path) {
    auto stores = std::move(sqlite::open(path).value());
    require(stores->migrate().has_value(), "migrating");
    return stores;
  };
  const std::string raw_path = run.new_file("raw-pay.db");
  const auto ours = open(run.new_file("ours-pay.db"));
  const auto raw_stores = open(raw_path);
  PaymentStore& store = ours->payments();
  RawPayments raw(raw_path);
  Contest contest;
  do {
    const auto limits = prepare_payments(piece, *ids, clock->now());
    contest.limit.time(piece, [&] {
      for (std::size_t i = 0; i < piece; i += batch) {
        raw.begin(std::span(limits.begun).subspan(i, batch));
        raw.complete(std::span(limits.completed).subspan(i, batch));
      }
    });
    const auto payments = prepare_payments(piece, *ids, clock->now());
    contest.ours.time(piece, [&] {
      for (std::size_t i = 0; i < piece; i += batch) {
        commit_all(store, std::span(payments.begun).subspan(i, batch));
        commit_all(store, std::span(payments.completed).subspan(i, batch));
      }
    });
  } while (contest.seconds() < run.seconds());
  require(store.verify().value().empty(), "the books don't balance");
  const auto totals = store.totals().value();
  require(totals.size() == 1 && totals.front().count == contest.ours.count, "payments are missing");
  run.add(rate(name, "payments/s", contest.ours.rate(), contest.limit.rate(), "raw sqlite3 loop", "0.5 of the limit"));
}

}  // namespace tiketi::bench
