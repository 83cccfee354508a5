#include "adapters/sql/payment_picture.hpp"

#include "adapters/sql/batch.hpp"
#include "adapters/sql/run.hpp"

#include <algorithm>

namespace tiketi::sql {

namespace {

using Type = Field::Type;

const Statement& lock_payments() {
  static const Statement statement(
      "SELECT id, version FROM payments WHERE id = $1",
      "SELECT id, version FROM payments WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE", true);
  return statement;
}

const Statement& lock_point_accounts() {
  static const Statement statement(
      "SELECT user_id, currency, balance_minor, postings FROM point_accounts WHERE user_id = $1 AND currency = $2",
      "SELECT user_id, currency, balance_minor, postings FROM point_accounts "
      "WHERE (user_id, currency) IN (SELECT * FROM unnest($1::uuid[], $2::text[])) "
      "ORDER BY user_id, currency FOR UPDATE",
      true);
  return statement;
}

const Statement& lock_house_accounts() {
  static const Statement statement(
      "SELECT kind, currency, balance_minor, postings FROM house_accounts WHERE kind = $1 AND currency = $2",
      "SELECT kind, currency, balance_minor, postings FROM house_accounts "
      "WHERE (kind, currency) IN (SELECT * FROM unnest($1::bigint[], $2::text[])) ORDER BY kind, currency FOR UPDATE",
      true);
  return statement;
}

template <class T>
std::vector<const T*> pointers_to(const std::vector<T>& values) {
  std::vector<const T*> out;
  out.reserve(values.size());
  for (const T& each : values) out.push_back(&each);
  return out;
}

/// The condition is that of the index.
const Statement& select_claims() {
  static const Statement statement(
      "SELECT reservation_id, id FROM payments WHERE reservation_id = $1 AND status IN (1, 2, 6)",
      "SELECT reservation_id, id FROM unnest($1::uuid[]) AS given(given_1) JOIN payments ON reservation_id = given_1 "
      "WHERE reservation_id IS NOT NULL AND status IN (1, 2, 6)",
      true);
  return statement;
}

}  // namespace

Result<void> PaymentPicture::read(Connection& connection) {
  std::vector<Step> steps;
  steps.push_back({&begin_write(), {}, {}});
  read_nouns(steps);
  read_keys(steps);
  read_accounts(steps);
  return connection.run(steps);
}

void PaymentPicture::read_nouns(std::vector<Step>& steps) {
  static const Statement select_refunds = bulk_select("refunds", {{"id", Type::uuid}}, "id, version");
  std::vector<PaymentId> payments;
  std::vector<RefundId> refunds;
  std::vector<ReservationId> claims;
  for (const PaymentChange& change : changes_) {
    payments.push_back(change.after.id);
    if (change.refund) refunds.push_back(change.refund->after.id);
    if (change.after.claims_reservation()) claims.push_back(change.after.reservation_id);
  }
  payments_.reserve(payments.size());
  claims_.reserve(claims.size());
  steps.push_back({&lock_payments(), {distinct_uuids_of(std::span<const PaymentId>(payments))}, [this](const Row& row) {
                     payments_[PaymentId{row.uuid(0)}].version = row.integer(1);
                   }});
  if (!refunds.empty())
    steps.push_back({&select_refunds, {distinct_uuids_of(std::span<const RefundId>(refunds))}, [this](const Row& row) {
                       refunds_[RefundId{row.uuid(0)}].version = row.integer(1);
                     }});
  if (!claims.empty())
    steps.push_back({&select_claims(),
                     {distinct_uuids_of(std::span<const ReservationId>(claims))},
                     [this](const Row& row) { claims_.emplace(ReservationId{row.uuid(0)}, PaymentId{row.uuid(1)}); }});
}

void PaymentPicture::read_keys(std::vector<Step>& steps) {
  static const Statement select =
      bulk_select("payment_keys", {{"user_id", Type::uuid}, {"key", Type::text}}, "user_id, key, payment_id");
  std::vector<Uuid> users;
  std::vector<std::string_view> keys;
  for (const PaymentChange& change : changes_) {
    if (!change.key) continue;
    // The first change of that key lends its text: the row's is gone when the statement has run.
    if (!keys_.emplace(std::pair<UserId, std::string_view>(change.key->user_id, change.key->key), PaymentId{}).second)
      continue;
    users.push_back(change.key->user_id.uuid);
    keys.push_back(change.key->key);
  }
  if (users.empty()) return;
  steps.push_back({&select, {std::move(users), std::move(keys)}, [this](const Row& row) {
                     keys_.find({UserId{row.uuid(0)}, row.text(1)})->second = PaymentId{row.uuid(2)};
                   }});
}

void PaymentPicture::read_accounts(std::vector<Step>& steps) {
  for (const PaymentChange& change : changes_)
    for (const JournalEntry& entry : change.entries)
      for (const Posting& posting : entry.postings) accounts_.emplace(posting.account, StoredAccount{});
  std::vector<Uuid> users;
  std::vector<std::int64_t> kinds;
  std::vector<std::string_view> currencies, house_currencies;
  for (const auto& [account, stored] : accounts_) {
    const bool of_user = account.kind == AccountKind::user_points;
    if (of_user) users.push_back(account.user_id.uuid);
    else kinds.push_back(static_cast<std::int64_t>(account.kind));
    (of_user ? currencies : house_currencies).push_back(account.currency.text());
  }
  const auto take = [this](Account account, const Row& row) {
    accounts_[account] = {row.integer(2), row.integer(3), false, false};
  };
  if (!users.empty())
    steps.push_back({&lock_point_accounts(), {std::move(users), std::move(currencies)}, [take](const Row& row) {
                       take({AccountKind::user_points, currency_of(row.text(1)), UserId{row.uuid(0)}}, row);
                     }});
  if (!kinds.empty())
    steps.push_back({&lock_house_accounts(), {std::move(kinds), std::move(house_currencies)}, [take](const Row& row) {
                       take({static_cast<AccountKind>(row.integer(0)), currency_of(row.text(1)), {}}, row);
                     }});
}

std::int64_t PaymentPicture::version_of(PaymentId id) const {
  const auto at = payments_.find(id);
  return at == payments_.end() ? 0 : at->second.version;
}

std::int64_t PaymentPicture::version_of(RefundId id) const {
  const auto at = refunds_.find(id);
  return at == refunds_.end() ? 0 : at->second.version;
}

PaymentId PaymentPicture::used_by(const PaymentKeyRecord& record) const {
  const auto at = keys_.find({record.user_id, record.key});
  return at == keys_.end() ? PaymentId{} : at->second;
}

PaymentId PaymentPicture::claimed_by(ReservationId id) const {
  const auto at = claims_.find(id);
  return at == claims_.end() ? PaymentId{} : at->second;
}

std::int64_t PaymentPicture::balance(const Account& account) const {
  const auto at = accounts_.find(account);
  return at == accounts_.end() ? 0 : at->second.balance_minor;
}

void PaymentPicture::applied(const PaymentChange& change, std::span<const std::int64_t> balances_after) {
  const Payment& after = change.after;
  Stored<Payment>& payment = payments_[after.id];
  payment = {after.version, &after, payment.is_new || change.expected_version == 0};
  if (after.claims_reservation()) claims_[after.reservation_id] = after.id;
  else if (claimed_by(after.reservation_id) == after.id) claims_.erase(after.reservation_id);
  if (change.refund) {
    const Refund& refund_after = change.refund->after;
    Stored<Refund>& refund = refunds_[refund_after.id];
    refund = {refund_after.version, &refund_after, refund.is_new || change.refund->expected_version == 0};
  }
  if (change.key) keys_[{change.key->user_id, change.key->key}] = change.key->payment_id;
  book(change, balances_after);
  applied_.push_back(&change);
}

void PaymentPicture::book(const PaymentChange& change, std::span<const std::int64_t> balances_after) {
  auto after = balances_after.begin();
  for (const JournalEntry& entry : change.entries) {
    entries_.push_back(&entry);
    std::int64_t line = 0;
    for (const Posting& posting : entry.postings) {
      StoredAccount& account = accounts_[posting.account];
      account.balance_minor = *after++;
      account.changed = true;
      postings_.push_back({&entry, &posting, line++, account.balance_minor, ++account.postings});
    }
  }
}

Result<void> PaymentPicture::write(Connection& connection) {
  if (applied_.empty()) {
    connection.rollback();
    return {};
  }
  std::vector<Step> steps;
  write_payments(steps);
  write_refunds(steps);
  write_ledger(steps);
  write_accounts(steps);
  write_keys(steps);
  write_outbox(steps);
  steps.push_back({&commit(), {}, {}});
  return connection.run(steps);
}

void PaymentPicture::write_payments(std::vector<Step>& steps) const {
  std::vector<const Payment*> made, released, claiming;
  for (const auto& [id, stored] : payments_) {
    if (stored.after == nullptr) continue;
    const bool claims = stored.after->claims_reservation();
    (stored.is_new ? made : claims ? claiming : released).push_back(stored.after);
  }
  // Two transactions that meet at the same reservations wait for each other in one order only.
  std::sort(made.begin(), made.end(), [](const Payment* a, const Payment* b) {
    return std::pair(a->reservation_id, a->id) < std::pair(b->reservation_id, b->id);
  });
  // A claim that is given up makes room for another of the same batch.
  if (!released.empty()) steps.push_back(update_payments(released));
  if (!claiming.empty()) steps.push_back(update_payments(claiming));
  if (!made.empty()) steps.push_back(insert_payments(made));
}

void PaymentPicture::write_refunds(std::vector<Step>& steps) const {
  std::vector<const Refund*> made, changed;
  for (const auto& [id, stored] : refunds_)
    if (stored.after != nullptr) (stored.is_new ? made : changed).push_back(stored.after);
  if (!made.empty()) steps.push_back(insert_refunds(made));
  if (!changed.empty()) steps.push_back(update_refunds(changed));
}

void PaymentPicture::write_ledger(std::vector<Step>& steps) const {
  if (entries_.empty()) return;
  steps.push_back(insert_entries(entries_));
  steps.push_back(insert_postings(pointers_to(postings_)));
}

void PaymentPicture::write_accounts(std::vector<Step>& steps) const {
  std::vector<BookedAccount> new_points, points, new_house, house;
  for (const auto& [account, stored] : accounts_) {
    if (!stored.changed) continue;
    const bool of_user = account.kind == AccountKind::user_points;
    auto& list = of_user ? (stored.is_new ? new_points : points) : (stored.is_new ? new_house : house);
    list.push_back({&account, stored.balance_minor, stored.postings});
  }
  if (!new_points.empty()) steps.push_back(insert_point_accounts(pointers_to(new_points)));
  if (!points.empty()) steps.push_back(update_point_accounts(pointers_to(points)));
  if (!new_house.empty()) steps.push_back(insert_house_accounts(pointers_to(new_house)));
  if (!house.empty()) steps.push_back(update_house_accounts(pointers_to(house)));
}

void PaymentPicture::write_keys(std::vector<Step>& steps) const {
  std::vector<const PaymentKeyRecord*> records;
  for (const PaymentChange* change : applied_)
    if (change->key) records.push_back(&*change->key);
  std::sort(records.begin(), records.end(), [](const PaymentKeyRecord* a, const PaymentKeyRecord* b) {
    return std::pair(a->user_id, std::string_view(a->key)) < std::pair(b->user_id, std::string_view(b->key));
  });
  if (!records.empty()) steps.push_back(insert_payment_keys(records));
}

void PaymentPicture::write_outbox(std::vector<Step>& steps) {
  static const Statement insert =
      bulk_insert("outbox", {{"topic", Type::text}, {"key", Type::uuid}, {"payload", Type::text}, {"created_at"}});
  std::vector<const PaymentChange*> telling;
  for (const PaymentChange* change : applied_)
    if (change->news != PaymentNews::none) telling.push_back(change);
  if (telling.empty()) return;
  for (const PaymentChange* change : telling) payloads_.push_back(news_payload(change->news, change->after));
  const std::span<const PaymentChange* const> changes(telling);
  steps.push_back({&insert,
                   {column(changes, [](const PaymentChange& each) { return topic(each.news); }),
                    column(changes, [](const PaymentChange& each) { return each.after.id.uuid; }),
                    std::vector<std::string_view>(payloads_.begin(), payloads_.end()),
                    column(changes, [](const PaymentChange& each) { return each.after.updated_at.ms; })},
                   {}});
}

}  // namespace tiketi::sql
