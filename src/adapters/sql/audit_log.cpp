// The log of what administrators did, in any SQL database.

#include "adapters/sql/batch.hpp"
#include "adapters/sql/run.hpp"
#include "adapters/sql/stores.hpp"

#include <limits>
#include <string>
#include <utility>

namespace tiketi::sql {
namespace {

using Type = Field::Type;

AuditRecord record_of(const Row& row) {
  AuditRecord out;
  out.sequence = row.integer(0);
  AuditEntry& entry = out.entry;
  entry.at = {row.integer(1)};
  entry.actor_id = UserId{row.uuid(2)};
  entry.actor_email = row.text(3);
  entry.action = row.text(4);
  entry.subject_kind = row.text(5);
  entry.subject_id = row.text(6);
  entry.request_id = row.text(7);
  entry.details = row.text(8);
  return out;
}

/// A statement of its own for each way of asking, so that each finds its index. The parameters are those of `select`.
Statement make_select(bool by_actor, bool by_kind, bool by_subject) {
  std::string text =
      "SELECT sequence, acted_at, actor_id, actor_email, action, subject_kind, subject_id, request_id, details "
      "FROM audit WHERE sequence < $1 AND acted_at >= $2 AND acted_at < $3";
  int next = 4;
  const auto parameter = [&next] { return '$' + std::to_string(next++); };
  const std::string limit = " ORDER BY sequence DESC LIMIT " + parameter();
  if (by_actor) text += " AND actor_id = " + parameter();
  if (by_kind) text += " AND subject_kind = " + parameter();
  if (by_subject) text += " AND subject_id = " + parameter();
  return text + limit;
}

Step select(const AuditQuery& query, std::function<void(const Row&)> on_row) {
  static const Statement all[] = {make_select(false, false, false), make_select(true, false, false),
                                  make_select(false, true, false),  make_select(true, true, false),
                                  make_select(false, true, true),   make_select(true, true, true)};
  const bool by_actor = !query.actor_id.is_nil();
  const bool by_kind = !query.subject_kind.empty();
  const bool by_subject = !query.subject_id.empty();
  const std::int64_t before =
      query.before_sequence == 0 ? std::numeric_limits<std::int64_t>::max() : query.before_sequence;
  std::vector<Column> columns{one(before), one(query.from.ms), one(query.until.ms), one_limit(query.limit)};
  if (by_actor) columns.push_back(one(query.actor_id.uuid));
  if (by_kind) columns.push_back(one(query.subject_kind));
  if (by_subject) columns.push_back(one(query.subject_id));
  const int which = (by_actor ? 1 : 0) + (by_kind ? 2 : 0) + (by_subject ? 2 : 0);
  return {&all[which], std::move(columns), std::move(on_row)};
}

class SqlAuditLog final : public AuditLog {
 public:
  explicit SqlAuditLog(Database& database) : database_(database) {}

  Result<void> record(std::span<const AuditEntry> entries) override {
    static const Statement insert = bulk_insert("audit", {{"acted_at"},
                                                          {"actor_id", Type::uuid},
                                                          {"actor_email", Type::text},
                                                          {"action", Type::text},
                                                          {"subject_kind", Type::text},
                                                          {"subject_id", Type::text},
                                                          {"request_id", Type::text},
                                                          {"details", Type::text}});
    for (const AuditEntry& each : entries)
      if (auto sound = check(each); sound.has_error()) return sound;
    if (entries.empty()) return {};
    std::vector<const AuditEntry*> rows;
    for (const AuditEntry& each : entries) rows.push_back(&each);
    const std::span<const AuditEntry* const> all(rows);
    const auto text = [all](std::string AuditEntry::*member) {
      return column(all, [member](const AuditEntry& entry) { return std::string_view(entry.*member); });
    };
    const std::vector<Step> steps{
        {&begin_write(), {}, {}},
        {&insert,
         {column(all, [](const AuditEntry& entry) { return entry.at.ms; }),
          column(all, [](const AuditEntry& entry) { return entry.actor_id.uuid; }), text(&AuditEntry::actor_email),
          text(&AuditEntry::action), text(&AuditEntry::subject_kind), text(&AuditEntry::subject_id),
          text(&AuditEntry::request_id), text(&AuditEntry::details)},
         {}},
        {&commit(), {}, {}}};
    return write(database_, steps);
  }

  Result<std::vector<AuditRecord>> entries(const AuditQuery& query) override {
    if (auto sound = check(query); sound.has_error()) return sound.error();
    std::vector<AuditRecord> out;
    const Step step = select(query, [&](const Row& row) { out.push_back(record_of(row)); });
    if (auto done = read(database_, step); done.has_error()) return done.error();
    return out;
  }

 private:
  Database& database_;
};

}  // namespace

std::unique_ptr<AuditLog> make_audit_log(Database& database) { return std::make_unique<SqlAuditLog>(database); }

}  // namespace tiketi::sql
