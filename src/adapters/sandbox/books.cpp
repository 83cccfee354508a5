#include "adapters/sandbox/books.hpp"

#include "adapters/sql/batch.hpp"
#include "adapters/sql/run.hpp"

#include <algorithm>
#include <array>

namespace tiketi::sandbox {

namespace {

using sql::column;
using sql::Column;
using sql::Row;
using sql::Statement;
using sql::Step;
using Type = sql::Field::Type;

constexpr int busy_timeout_ms = 10'000;

/// "TKSB": what tells our files from others.
constexpr std::int64_t application_id = 0x544B5342;

constexpr std::array schema{
    "CREATE TABLE payments (payment_key TEXT NOT NULL PRIMARY KEY, order_id TEXT NOT NULL UNIQUE, "
    "order_name TEXT NOT NULL, amount_minor INTEGER NOT NULL CHECK (amount_minor > 0), currency TEXT NOT NULL, "
    "status INTEGER NOT NULL, balance_minor INTEGER NOT NULL CHECK (balance_minor BETWEEN 0 AND amount_minor), "
    "requested_at INTEGER NOT NULL, authenticated_at INTEGER NOT NULL, approved_at INTEGER NOT NULL, "
    "transaction_key TEXT NOT NULL, failure_code TEXT NOT NULL, cancel_fault TEXT NOT NULL, "
    "pending_at INTEGER NOT NULL, pending_cancel_minor INTEGER NOT NULL, pending_transaction_key TEXT NOT NULL"
    ") STRICT, WITHOUT ROWID",
    "CREATE TABLE requests (call TEXT NOT NULL, key TEXT NOT NULL, payment_key TEXT NOT NULL, code TEXT NOT NULL, "
    "status INTEGER NOT NULL, balance_minor INTEGER NOT NULL, approved_at INTEGER NOT NULL, "
    "transaction_key TEXT NOT NULL, created_at INTEGER NOT NULL, done_at INTEGER NOT NULL, PRIMARY KEY (call, key)"
    ") STRICT, WITHOUT ROWID"};

constexpr std::string_view entry_columns =
    "payment_key, order_id, order_name, amount_minor, currency, status, balance_minor, requested_at, authenticated_at, "
    "approved_at, transaction_key, failure_code, cancel_fault, pending_at, pending_cancel_minor, "
    "pending_transaction_key";

Entry entry_of(const Row& row) {
  Entry out;
  out.payment_key = row.text(0);
  out.order_id = row.text(1);
  out.order_name = row.text(2);
  out.amount = {row.integer(3), Currency::parse(row.text(4)).value_or(Currency{})};
  out.status = static_cast<ProviderStatus>(row.integer(5));
  out.balance_minor = row.integer(6);
  out.requested_at = {row.integer(7)};
  out.authenticated_at = {row.integer(8)};
  out.approved_at = {row.integer(9)};
  out.transaction_key = row.text(10);
  out.failure_code = row.text(11);
  out.cancel_fault = row.text(12);
  out.pending_at = {row.integer(13)};
  out.pending_cancel_minor = row.integer(14);
  out.pending_transaction_key = row.text(15);
  return out;
}

Request request_of(const Row& row) {
  return {std::string(row.text(0)),
          std::string(row.text(1)),
          std::string(row.text(2)),
          std::string(row.text(3)),
          static_cast<ProviderStatus>(row.integer(4)),
          row.integer(5),
          Timestamp{row.integer(6)},
          std::string(row.text(7)),
          Timestamp{row.integer(8)},
          Timestamp{row.integer(9)}};
}

using Entries = std::span<const Entry* const>;
using Requests = std::span<const Request* const>;

std::string_view text(const std::string& value) { return value; }

std::vector<sql::Field> changing_fields() {
  return {{"status"},
          {"balance_minor"},
          {"authenticated_at"},
          {"approved_at"},
          {"transaction_key", Type::text},
          {"failure_code", Type::text},
          {"cancel_fault", Type::text},
          {"pending_at"},
          {"pending_cancel_minor"},
          {"pending_transaction_key", Type::text}};
}

void add_changing(Entries entries, std::vector<Column>& out) {
  out.push_back(column(entries, [](const Entry& each) { return static_cast<std::int64_t>(each.status); }));
  out.push_back(column(entries, [](const Entry& each) { return each.balance_minor; }));
  out.push_back(column(entries, [](const Entry& each) { return each.authenticated_at.ms; }));
  out.push_back(column(entries, [](const Entry& each) { return each.approved_at.ms; }));
  out.push_back(column(entries, [](const Entry& each) { return text(each.transaction_key); }));
  out.push_back(column(entries, [](const Entry& each) { return text(each.failure_code); }));
  out.push_back(column(entries, [](const Entry& each) { return text(each.cancel_fault); }));
  out.push_back(column(entries, [](const Entry& each) { return each.pending_at.ms; }));
  out.push_back(column(entries, [](const Entry& each) { return each.pending_cancel_minor; }));
  out.push_back(column(entries, [](const Entry& each) { return text(each.pending_transaction_key); }));
}

Step insert_entries(Entries entries) {
  static const Statement statement = [] {
    std::vector<sql::Field> fields{{"payment_key", Type::text}, {"order_id", Type::text},
                                   {"order_name", Type::text},  {"amount_minor"},
                                   {"currency", Type::text},    {"requested_at"}};
    for (const sql::Field& field : changing_fields()) fields.push_back(field);
    return sql::bulk_insert("payments", fields);
  }();
  std::vector<Column> columns{column(entries, [](const Entry& each) { return text(each.payment_key); }),
                              column(entries, [](const Entry& each) { return text(each.order_id); }),
                              column(entries, [](const Entry& each) { return text(each.order_name); }),
                              column(entries, [](const Entry& each) { return each.amount.minor; }),
                              column(entries, [](const Entry& each) { return each.amount.currency.text(); }),
                              column(entries, [](const Entry& each) { return each.requested_at.ms; })};
  add_changing(entries, columns);
  return {&statement, std::move(columns), {}};
}

Step update_entries(Entries entries) {
  static const Statement statement = sql::bulk_update("payments", {{"payment_key", Type::text}}, changing_fields());
  std::vector<Column> columns{column(entries, [](const Entry& each) { return text(each.payment_key); })};
  add_changing(entries, columns);
  return {&statement, std::move(columns), {}};
}

/// A key that is older than it counts begins anew.
Step put_requests(Requests requests) {
  static const Statement statement = sql::bulk_insert(
      "requests",
      {{"call", Type::text},
       {"key", Type::text},
       {"payment_key", Type::text},
       {"code", Type::text},
       {"status"},
       {"balance_minor"},
       {"approved_at"},
       {"transaction_key", Type::text},
       {"created_at"},
       {"done_at"}},
      "ON CONFLICT (call, key) DO UPDATE SET payment_key = excluded.payment_key, code = excluded.code, "
      "status = excluded.status, balance_minor = excluded.balance_minor, approved_at = excluded.approved_at, "
      "transaction_key = excluded.transaction_key, created_at = excluded.created_at, done_at = excluded.done_at");
  return {&statement,
          {column(requests, [](const Request& each) { return text(each.call); }),
           column(requests, [](const Request& each) { return text(each.key); }),
           column(requests, [](const Request& each) { return text(each.payment_key); }),
           column(requests, [](const Request& each) { return text(each.code); }),
           column(requests, [](const Request& each) { return static_cast<std::int64_t>(each.status); }),
           column(requests, [](const Request& each) { return each.balance_minor; }),
           column(requests, [](const Request& each) { return each.approved_at.ms; }),
           column(requests, [](const Request& each) { return text(each.transaction_key); }),
           column(requests, [](const Request& each) { return each.created_at.ms; }),
           column(requests, [](const Request& each) { return each.done_at.ms; })},
          {}};
}

std::string name_of(const std::string& call, const std::string& key) { return call + '\n' + key; }

/// Makes a new file ours; refuses another program's.
Result<void> set_up(sqlite::Connection& connection, const std::string& path) {
  for (const char* pragma : {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", "BEGIN IMMEDIATE"})
    if (auto done = connection.execute(pragma); done.has_error()) return done;
  const auto id = connection.number("PRAGMA application_id");
  if (id.has_error()) return id.error();
  if (*id == application_id) return connection.execute("COMMIT");
  const auto tables = connection.number("SELECT count(*) FROM sqlite_schema");
  if (tables.has_error()) return tables.error();
  if (*id != 0 || *tables != 0)
    return Error{Errc::storage_mismatch, path + " is not a sandbox's file; name a new one", {{"field", "path"}}};
  for (const char* table : schema)
    if (auto made = connection.execute(table); made.has_error()) return made;
  if (auto done = connection.execute("PRAGMA application_id = " + std::to_string(application_id)); done.has_error())
    return done;
  return connection.execute("COMMIT");
}

}  // namespace

Entry* Picture::by_key(std::string_view payment_key) {
  const auto at = entries_.find(std::string(payment_key));
  return at == entries_.end() ? nullptr : &at->second.entry;
}

Entry* Picture::by_order(std::string_view order_id) {
  const auto at = key_of_order_.find(std::string(order_id));
  return at == key_of_order_.end() ? nullptr : by_key(at->second);
}

const Request* Picture::request(const std::string& call, const std::string& key) const {
  const auto at = requests_.find(name_of(call, key));
  return at == requests_.end() ? nullptr : &at->second;
}

void Picture::keep(Entry entry) {
  key_of_order_.emplace(entry.order_id, entry.payment_key);
  entries_.emplace(entry.payment_key, Kept{entry, false, false});
}

Entry& Picture::add(Entry entry) {
  key_of_order_.emplace(entry.order_id, entry.payment_key);
  std::string key = entry.payment_key;
  return entries_.emplace(std::move(key), Kept{std::move(entry), true, true}).first->second.entry;
}

void Picture::changed(const Entry& entry) { entries_.find(entry.payment_key)->second.is_changed = true; }

void Picture::remember(Request request) {
  const std::string name = name_of(request.call, request.key);
  requests_[name] = std::move(request);
  remembered_.push_back(name);
}

Result<std::unique_ptr<Books>> Books::open(const std::string& path) {
  auto connection = sqlite::Connection::open(path.empty() ? ":memory:" : path, true, busy_timeout_ms);
  if (connection.has_error()) return connection.error();
  if (auto done = set_up(**connection, path); done.has_error()) return done.error();
  return std::unique_ptr<Books>(new Books(std::move(*connection)));
}

Result<void> Books::look(const Wanted& wanted, Timestamp now, const SandboxOptions& options, Picture& picture) {
  static const Statement select_by_key = sql::bulk_select("payments", {{"payment_key", Type::text}}, entry_columns);
  static const Statement select_by_order = sql::bulk_select("payments", {{"order_id", Type::text}}, entry_columns);
  const auto keep = [&](const Row& row) {
    Entry entry = entry_of(row);
    settle(entry, now, options);
    picture.keep(std::move(entry));
  };
  const std::array steps{Step{&select_by_key, {wanted.payment_keys}, keep},
                         Step{&select_by_order, {wanted.order_ids}, keep}};
  return connection_->run(steps);
}

Result<void> Books::read(const Wanted& wanted, Timestamp now, const SandboxOptions& options, Picture& picture) {
  static const Statement select = sql::bulk_select(
      "requests", {{"call", Type::text}, {"key", Type::text}},
      "call, key, payment_key, code, status, balance_minor, approved_at, transaction_key, created_at, done_at");
  const std::array steps{Step{&sql::begin_write(), {}, {}},
                         Step{&select,
                              {std::vector<std::string_view>(wanted.calls.begin(), wanted.calls.end()), wanted.keys},
                              [&](const Row& row) {
                                Request request = request_of(row);
                                picture.requests_.emplace(name_of(request.call, request.key), std::move(request));
                              }}};
  if (auto done = connection_->run(steps); done.has_error()) return done;
  // An answer that is repeated may be of another payment than the one that is asked about.
  Wanted entries = wanted;
  for (const auto& [name, request] : picture.requests_) entries.payment_keys.push_back(request.payment_key);
  return look(entries, now, options, picture);
}

Result<void> Books::write(const Picture& picture) {
  std::vector<const Entry*> made, changed;
  for (const auto& [key, kept] : picture.entries_) {
    if (kept.is_new) made.push_back(&kept.entry);
    else if (kept.is_changed) changed.push_back(&kept.entry);
  }
  std::vector<const Request*> requests;
  for (const std::string& name : picture.remembered_) requests.push_back(&picture.requests_.at(name));
  std::sort(made.begin(), made.end(), [](const Entry* a, const Entry* b) { return a->payment_key < b->payment_key; });
  std::vector<Step> steps;
  if (!changed.empty()) steps.push_back(update_entries(changed));
  if (!made.empty()) steps.push_back(insert_entries(made));
  if (!requests.empty()) steps.push_back(put_requests(requests));
  steps.push_back({&sql::commit(), {}, {}});
  return connection_->run(steps);
}

Result<std::vector<SandboxBooks>> Books::sums(Timestamp now) {
  static const Statement select(
      "SELECT currency, count(*), sum(amount_minor), sum(amount_minor - balance_minor + "
      "CASE WHEN pending_at BETWEEN 1 AND $1 THEN pending_cancel_minor ELSE 0 END) FROM payments "
      "WHERE approved_at > 0 OR (pending_at BETWEEN 1 AND $1 AND pending_cancel_minor = 0) "
      "GROUP BY currency ORDER BY currency");
  std::vector<SandboxBooks> out;
  const Step step{&select, {sql::one(now.ms)}, [&](const Row& row) {
                    out.push_back({Currency::parse(row.text(0)).value_or(Currency{}), row.integer(1), row.integer(2),
                                   row.integer(3)});
                  }};
  if (auto done = connection_->run({&step, 1}); done.has_error()) return done.error();
  return out;
}

}  // namespace tiketi::sandbox
