// The cashier's books in any SQL database.

#include "adapters/sql/payment_commit.hpp"
#include "adapters/sql/payment_rows.hpp"
#include "adapters/sql/payment_verify.hpp"
#include "adapters/sql/run.hpp"
#include "adapters/sql/stores.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <unordered_map>

namespace tiketi::sql {

namespace {

using Type = Field::Type;

class SqlPaymentStore final : public PaymentStore {
 public:
  explicit SqlPaymentStore(Database& database) : database_(database) {}

  Result<std::vector<PaymentOutcome>> commit(std::span<const PaymentChange> changes) override {
    return commit_payments(database_, changes);
  }

  Result<PaymentAnswer> ask(const PaymentQuestion& question) override;
  Result<std::vector<Payment>> payments_of(UserId user, PaymentId before, std::size_t limit) override;
  Result<std::vector<Payment>> scan(PaymentId after, std::size_t limit) override;
  Result<std::vector<std::vector<Refund>>> refunds_of(std::span<const PaymentId> payments) override;
  Result<std::vector<Payment>> due_payments(Timestamp now, std::size_t limit) override;
  Result<std::vector<Payment>> overdue_orders(Timestamp now, std::size_t limit) override;
  Result<std::vector<Refund>> due_refunds(Timestamp now, std::size_t limit) override;
  Result<std::vector<std::int64_t>> points(std::span<const UserId> users) override;
  Result<PointHistoryPage> point_history(UserId user, std::int64_t offset, std::size_t limit) override;
  Result<std::vector<AccountBalance>> balances() override;
  Result<std::vector<PaymentTotals>> totals() override;
  Result<void> put(const EventCancellation& cancellation) override;
  Result<std::optional<EventCancellation>> event_cancellation(EventId event) override;
  Result<std::vector<EventCancellation>> unfinished_event_cancellations(std::size_t limit) override;
  Result<std::size_t> prune_keys(Timestamp before, std::size_t limit) override;
  Result<std::vector<Finding>> verify() override { return find_broken_payments(database_); }

 private:
  Result<std::vector<Payment>> payments(const Statement& statement, std::vector<Column> columns) {
    std::vector<Payment> out;
    const Step step{&statement, std::move(columns), [&](const Row& row) { out.push_back(payment_of(row)); }};
    if (auto done = read(database_, step); done.has_error()) return done.error();
    return out;
  }

  Database& database_;
};

// The conditions on status in the statements of this file are those of the indexes.

std::string select_payments(std::string_view where) {
  return "SELECT " + std::string(payment_columns) + " FROM payments WHERE " + std::string(where);
}

/// The payment that claims a reservation, and the newest that doesn't; in one statement, since a payment that begins to
/// claim between two would be in neither.
const Statement& select_by_reservation() {
  const auto both = [](const std::string& reservation) {
    const std::string of_it = "reservation_id = " + reservation + " AND reservation_id IS NOT NULL AND status ";
    return select_payments(of_it + "IN (1, 2, 6)") + " UNION ALL SELECT * FROM (" +
           select_payments(of_it + "NOT IN (1, 2, 6) ORDER BY id DESC LIMIT 1") + ") AS newest";
  };
  static const Statement statement(
      both("$1"),
      "SELECT found.* FROM unnest($1::uuid[]) AS given(given_1) CROSS JOIN LATERAL (" + both("given_1") + ") AS found",
      true);
  return statement;
}

/// What a question finds, before it is put into the order of the question.
struct Found {
  std::unordered_map<PaymentId, Payment> payments;
  std::unordered_map<std::string, Payment> orders;
  std::unordered_map<ReservationId, Payment> reservations;
  std::vector<PaymentKeyRecord> keys;
};

template <class Key, class Value>
std::vector<std::optional<Value>> in_order(const std::vector<Key>& keys, const std::unordered_map<Key, Value>& found) {
  std::vector<std::optional<Value>> out(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (const auto at = found.find(keys[i]); at != found.end()) out[i] = at->second;
  return out;
}

void ask_keys(const PaymentQuestion& question, std::vector<Step>& steps, Found& found) {
  static const Statement select = bulk_select("payment_keys", {{"user_id", Type::uuid}, {"key", Type::text}},
                                              "user_id, key, fingerprint, payment_id, created_at, refund_id");
  if (question.keys.empty()) return;
  std::vector<Uuid> users;
  std::vector<std::string_view> keys;
  for (const PaymentKey& key : question.keys) {
    users.push_back(key.user_id.uuid);
    keys.push_back(key.key);
  }
  steps.push_back({&select, {std::move(users), std::move(keys)}, [&found](const Row& row) {
                     found.keys.push_back({UserId{row.uuid(0)}, std::string(row.text(1)),
                                           static_cast<std::uint64_t>(row.integer(2)), PaymentId{row.uuid(3)},
                                           Timestamp{row.integer(4)}, RefundId{row.uuid(5)}});
                   }});
}

void ask_payments(const PaymentQuestion& question, std::vector<Step>& steps, Found& found) {
  static const Statement by_id = bulk_select("payments", {{"id", Type::uuid}}, payment_columns);
  static const Statement by_order = bulk_select("payments", {{"order_id", Type::text}}, payment_columns);
  if (!question.payments.empty())
    steps.push_back(
        {&by_id, {distinct_uuids_of(std::span<const PaymentId>(question.payments))}, [&found](const Row& row) {
           Payment payment = payment_of(row);
           found.payments.emplace(payment.id, std::move(payment));
         }});
  if (!question.orders.empty())
    steps.push_back({&by_order,
                     {std::vector<std::string_view>(question.orders.begin(), question.orders.end())},
                     [&found](const Row& row) {
                       Payment payment = payment_of(row);
                       found.orders.emplace(payment.order_id, std::move(payment));
                     }});
  if (question.reservations.empty()) return;
  steps.push_back({&select_by_reservation(),
                   {distinct_uuids_of(std::span<const ReservationId>(question.reservations))},
                   [&found](const Row& row) {
                     Payment payment = payment_of(row);
                     const ReservationId reservation = payment.reservation_id;
                     const auto [at, added] = found.reservations.try_emplace(reservation, payment);
                     if (!added && payment.claims_reservation()) at->second = std::move(payment);
                   }});
}

Result<PaymentAnswer> SqlPaymentStore::ask(const PaymentQuestion& question) {
  Found found;
  std::vector<Step> steps;
  ask_payments(question, steps, found);
  ask_keys(question, steps, found);
  if (auto done = read(database_, steps); done.has_error()) return done.error();

  PaymentAnswer answer;
  answer.payments = in_order(question.payments, found.payments);
  answer.orders = in_order(question.orders, found.orders);
  answer.reservations = in_order(question.reservations, found.reservations);
  std::unordered_multimap<UserId, const PaymentKeyRecord*> by_user;
  for (const PaymentKeyRecord& record : found.keys) by_user.emplace(record.user_id, &record);
  for (const PaymentKey& key : question.keys) {
    auto& slot = answer.keys.emplace_back();
    const auto [first, last] = by_user.equal_range(key.user_id);
    for (auto at = first; at != last; ++at)
      if (at->second->key == key.key) slot = *at->second;
  }
  return answer;
}

Result<std::vector<Payment>> SqlPaymentStore::payments_of(UserId user, PaymentId before, std::size_t limit) {
  static const Statement select(select_payments("user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"));
  constexpr Uuid last{~0ULL, ~0ULL};
  return payments(select, {one(user.uuid), one(before.is_nil() ? last : before.uuid), one_limit(limit)});
}

Result<std::vector<Payment>> SqlPaymentStore::scan(PaymentId after, std::size_t limit) {
  static const Statement select(select_payments("id > $1 ORDER BY id LIMIT $2"));
  // A nil parameter would be NULL, which no id is greater than.
  return payments(select, {one(after.is_nil() ? Uuid{0, 1} : after.uuid), one_limit(limit)});
}

Result<std::vector<std::vector<Refund>>> SqlPaymentStore::refunds_of(std::span<const PaymentId> payments) {
  static const Statement select = bulk_select("refunds", {{"payment_id", Type::uuid}}, refund_columns);
  std::unordered_map<PaymentId, std::vector<Refund>> found;
  const Step step{&select, {distinct_uuids_of(payments)}, [&](const Row& row) {
                    Refund refund = refund_of(row);
                    found[refund.payment_id].push_back(std::move(refund));
                  }};
  if (auto done = read(database_, step); done.has_error()) return done.error();
  for (auto& [id, refunds] : found)
    std::sort(refunds.begin(), refunds.end(), [](const Refund& a, const Refund& b) { return a.id < b.id; });
  std::vector<std::vector<Refund>> out(payments.size());
  for (std::size_t i = 0; i < payments.size(); ++i)
    if (const auto at = found.find(payments[i]); at != found.end()) out[i] = at->second;
  return out;
}

Result<std::vector<Payment>> SqlPaymentStore::due_payments(Timestamp now, std::size_t limit) {
  const auto some = [](const std::string& in_doubt) {
    return "SELECT * FROM (" +
           select_payments(in_doubt + " AND next_attempt_at <= $1 ORDER BY next_attempt_at, id LIMIT $2") +
           ") AS one_kind";
  };
  static const Statement select("SELECT * FROM (" + some("status = 1") + " UNION ALL " +
                                some("status = 3 AND next_attempt_at > 0") +
                                ") AS due ORDER BY next_attempt_at, id LIMIT $2");
  return payments(select, {one(now.ms), one_limit(limit)});
}

Result<std::vector<Payment>> SqlPaymentStore::overdue_orders(Timestamp now, std::size_t limit) {
  static const Statement select(select_payments("status = 0 AND expires_at <= $1 ORDER BY expires_at, id LIMIT $2"));
  return payments(select, {one(now.ms), one_limit(limit)});
}

Result<std::vector<Refund>> SqlPaymentStore::due_refunds(Timestamp now, std::size_t limit) {
  static const Statement select(
      "SELECT " + std::string(refund_columns) +
      " FROM refunds WHERE status = 0 AND next_attempt_at <= $1 ORDER BY next_attempt_at, id LIMIT $2");
  std::vector<Refund> out;
  const Step step{&select, {one(now.ms), one_limit(limit)}, [&](const Row& row) { out.push_back(refund_of(row)); }};
  if (auto done = read(database_, step); done.has_error()) return done.error();
  return out;
}

Result<std::vector<std::int64_t>> SqlPaymentStore::points(std::span<const UserId> users) {
  static const Statement select =
      bulk_select("point_accounts", {{"user_id", Type::uuid}, {"currency", Type::text}}, "user_id, balance_minor");
  std::unordered_map<UserId, std::int64_t> found;
  std::vector<Uuid> distinct = distinct_uuids_of(users);
  std::vector<std::string_view> currencies(distinct.size(), krw.text());
  const Step step{&select, {std::move(distinct), std::move(currencies)}, [&](const Row& row) {
                    found.emplace(UserId{row.uuid(0)}, row.integer(1));
                  }};
  if (auto done = read(database_, step); done.has_error()) return done.error();
  std::vector<std::int64_t> out(users.size());
  for (std::size_t i = 0; i < users.size(); ++i)
    if (const auto at = found.find(users[i]); at != found.end()) out[i] = at->second;
  return out;
}

/// The postings of an account are numbered, so a page is a range of numbers.
Result<PointHistoryPage> SqlPaymentStore::point_history(UserId user, std::int64_t offset, std::size_t limit) {
  static const Statement count("SELECT postings FROM point_accounts WHERE user_id = $1 AND currency = $2");
  static const Statement select(
      "SELECT p.entry_id, e.kind, p.amount_minor, p.balance_after_minor, e.payment_id, e.refund_id, e.at "
      "FROM journal_postings p JOIN journal_entries e ON e.id = p.entry_id "
      "WHERE p.user_id = $1 AND p.currency = $2 AND p.number <= "
      "(SELECT postings FROM point_accounts WHERE user_id = $1 AND currency = $2) - $3 ORDER BY p.number DESC LIMIT "
      "$4");
  PointHistoryPage page;
  const std::vector<Step> steps{
      {&count, {one(user.uuid), one(krw.text())}, [&](const Row& row) { page.total = row.integer(0); }},
      {&select,
       {one(user.uuid), one(krw.text()), one(std::max<std::int64_t>(offset, 0)), one_limit(limit)},
       [&](const Row& row) {
         page.lines.push_back({JournalEntryId{row.uuid(0)}, static_cast<JournalKind>(row.integer(1)), row.integer(2),
                               row.integer(3), PaymentId{row.uuid(4)}, RefundId{row.uuid(5)},
                               Timestamp{row.integer(6)}});
       }}};
  if (auto done = read(database_, steps); done.has_error()) return done.error();
  return page;
}

Result<std::vector<AccountBalance>> SqlPaymentStore::balances() {
  static const Statement of_users(
      "SELECT currency, CAST(sum(balance_minor) AS BIGINT) FROM point_accounts GROUP BY currency ORDER BY currency");
  static const Statement of_house("SELECT kind, currency, balance_minor FROM house_accounts ORDER BY kind, currency");
  std::vector<AccountBalance> out;
  const std::vector<Step> steps{
      {&begin_read(), {}, {}},
      {&read_all(), {}, {}},
      {&of_users,
       {},
       [&](const Row& row) {
         out.push_back({{AccountKind::user_points, currency_of(row.text(0)), {}}, row.integer(1)});
       }},
      {&of_house,
       {},
       [&](const Row& row) {
         out.push_back({{static_cast<AccountKind>(row.integer(0)), currency_of(row.text(1)), {}}, row.integer(2)});
       }},
      {&sql::commit(), {}, {}}};
  if (auto done = read(database_, steps); done.has_error()) return done.error();
  return out;
}

Result<std::vector<PaymentTotals>> SqlPaymentStore::totals() {
  static const Statement select(
      "SELECT status, method, currency, count(*), CAST(sum(amount_minor) AS BIGINT), "
      "CAST(sum(card_refunded_minor + points_refunded_minor) AS BIGINT) FROM payments "
      "GROUP BY status, method, currency ORDER BY status, method, currency");
  std::vector<PaymentTotals> out;
  const std::vector<Step> steps{
      {&begin_read(), {}, {}},
      {&read_all(), {}, {}},
      {&select,
       {},
       [&](const Row& row) {
         out.push_back({static_cast<PaymentStatus>(row.integer(0)), static_cast<PaymentMethod>(row.integer(1)),
                        currency_of(row.text(2)), row.integer(3), row.integer(4), row.integer(5)});
       }},
      {&sql::commit(), {}, {}}};
  if (auto done = read(database_, steps); done.has_error()) return done.error();
  return out;
}

EventCancellation event_cancellation_of(const Row& row) {
  return {EventId{row.uuid(0)}, ReservationId{row.uuid(1)}, row.integer(2), Timestamp{row.integer(3)},
          Timestamp{row.integer(4)}};
}

Result<void> SqlPaymentStore::put(const EventCancellation& cancellation) {
  static const Statement upsert(
      "INSERT INTO event_cancellations (event_id, done_until, cancelled, started_at, finished_at) "
      "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (event_id) DO UPDATE SET done_until = excluded.done_until, "
      "cancelled = excluded.cancelled, started_at = excluded.started_at, finished_at = excluded.finished_at");
  return write(database_,
               Step{&upsert,
                    {one(cancellation.event_id.uuid), one(cancellation.done_until.uuid), one(cancellation.cancelled),
                     one(cancellation.started_at.ms), one(cancellation.finished_at.ms)},
                    {}});
}

Result<std::optional<EventCancellation>> SqlPaymentStore::event_cancellation(EventId event) {
  static const Statement select(
      "SELECT event_id, done_until, cancelled, started_at, finished_at FROM event_cancellations WHERE event_id = $1");
  std::optional<EventCancellation> out;
  const Step step{&select, {one(event.uuid)}, [&](const Row& row) { out = event_cancellation_of(row); }};
  if (auto done = read(database_, step); done.has_error()) return done.error();
  return out;
}

Result<std::vector<EventCancellation>> SqlPaymentStore::unfinished_event_cancellations(std::size_t limit) {
  static const Statement select(
      "SELECT event_id, done_until, cancelled, started_at, finished_at FROM event_cancellations "
      "WHERE finished_at = 0 ORDER BY event_id LIMIT $1");
  std::vector<EventCancellation> out;
  const Step step{&select, {one_limit(limit)}, [&](const Row& row) { out.push_back(event_cancellation_of(row)); }};
  if (auto done = read(database_, step); done.has_error()) return done.error();
  return out;
}

Result<std::size_t> SqlPaymentStore::prune_keys(Timestamp before, std::size_t limit) {
  static const Statement erase(
      "DELETE FROM payment_keys WHERE (user_id, key) IN "
      "(SELECT user_id, key FROM payment_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2) RETURNING 1");
  return remove_rows(database_, erase, {one(before.ms), one_limit(limit)});
}

}  // namespace

std::unique_ptr<PaymentStore> make_payment_store(Database& database) {
  return std::make_unique<SqlPaymentStore>(database);
}

}  // namespace tiketi::sql
