// Notices in any SQL database.

#include "adapters/sql/batch.hpp"
#include "adapters/sql/run.hpp"
#include "adapters/sql/stores.hpp"

#include <map>
#include <string>
#include <unordered_map>
#include <utility>

namespace tiketi::sql {
namespace {

using Type = Field::Type;

constexpr std::string_view notice_columns =
    "id, title, content, author, author_id, views, is_pinned, created_at, updated_at, version";

Notice notice_of(const Row& row) {
  Notice out;
  out.id = NoticeId{row.uuid(0)};
  out.title = row.text(1);
  out.content = row.text(2);
  out.author = row.text(3);
  out.author_id = UserId{row.uuid(4)};
  out.views = row.integer(5);
  out.is_pinned = row.integer(6) != 0;
  out.created_at = {row.integer(7)};
  out.updated_at = {row.integer(8)};
  out.version = row.integer(9);
  return out;
}

/// All but the views, which are counted where they are stored.
std::vector<Column> values_of(const Notice& notice) {
  return {one(notice.id.uuid),       one(notice.title),          one(notice.content),
          one(notice.author),        one(notice.author_id.uuid), one(std::int64_t{notice.is_pinned}),
          one(notice.created_at.ms), one(notice.updated_at.ms),  one(notice.version)};
}

// Administrators change notices one by one, now and then: statement by statement is quick enough, and each tells by
// the row that it returns whether its guard held.
Step step_of(const PutNotice& change, std::function<void(const Row&)> on_row) {
  static const Statement insert(
      "INSERT INTO notices (id, title, content, author, author_id, views, is_pinned, created_at, updated_at, version) "
      "VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING RETURNING 1");
  static const Statement update(
      "UPDATE notices SET title = $2, content = $3, author = $4, author_id = $5, is_pinned = $6, created_at = $7, "
      "updated_at = $8, version = $9 WHERE id = $1 AND version = $10 RETURNING 1");
  std::vector<Column> columns = values_of(change.notice);
  if (change.expected_version == 0) return {&insert, std::move(columns), std::move(on_row)};
  columns.push_back(one(change.expected_version));
  return {&update, std::move(columns), std::move(on_row)};
}

Step step_of(const RemoveNotice& change, std::function<void(const Row&)> on_row) {
  static const Statement remove("DELETE FROM notices WHERE id = $1 RETURNING 1");
  return {&remove, {one(change.id.uuid)}, std::move(on_row)};
}

class SqlNoticeStore final : public NoticeStore {
 public:
  explicit SqlNoticeStore(Database& database) : database_(database) {}

  Result<std::vector<NoticeOutcome>> commit(std::span<const NoticeChange> changes) override {
    if (changes.empty()) return std::vector<NoticeOutcome>();
    return transact(database_, [&](Connection& connection) -> Result<std::vector<NoticeOutcome>> {
      std::vector<NoticeOutcome> outcomes;
      for (const NoticeChange& change : changes)
        outcomes.push_back(std::holds_alternative<PutNotice>(change) ? NoticeOutcome::version_conflict
                                                                     : NoticeOutcome::not_found);
      std::vector<Step> steps{{&begin_write(), {}, {}}};
      for (std::size_t i = 0; i < changes.size(); ++i) {
        const auto applied = [&outcome = outcomes[i]](const Row&) { outcome = NoticeOutcome::applied; };
        steps.push_back(std::visit([&](const auto& each) { return step_of(each, applied); }, changes[i]));
      }
      steps.push_back({&sql::commit(), {}, {}});
      if (auto done = connection.run(steps); done.has_error()) return done.error();
      return outcomes;
    });
  }

  Result<void> add_views(std::span<const NoticeViews> views) override {
    static const Statement add("UPDATE notices SET views = views + $2 WHERE id = $1",
                               "UPDATE notices SET views = views + given.count FROM unnest($1::uuid[], $2::bigint[]) "
                               "AS given(id, count) WHERE notices.id = given.id",
                               true);
    std::map<NoticeId, std::int64_t> sums;
    for (const NoticeViews& each : views) sums[each.id] += each.count;
    if (sums.empty()) return {};
    std::vector<Uuid> ids;
    std::vector<std::int64_t> counts;
    for (const auto& [id, count] : sums) {
      ids.push_back(id.uuid);
      counts.push_back(count);
    }
    const std::vector<Step> steps{
        {&begin_write(), {}, {}}, {&add, {std::move(ids), std::move(counts)}, {}}, {&sql::commit(), {}, {}}};
    return transact(database_, [&](Connection& connection) { return connection.run(steps); });
  }

  Result<std::vector<std::optional<Notice>>> notices(std::span<const NoticeId> ids) override {
    static const Statement statement = bulk_select("notices", {{"id", Type::uuid}}, notice_columns);
    std::unordered_map<NoticeId, Notice> found;
    const Step step{&statement, {distinct_uuids_of(ids)}, [&](const Row& row) {
                      Notice notice = notice_of(row);
                      found.emplace(notice.id, std::move(notice));
                    }};
    if (!ids.empty())
      if (auto done = read(database_, step); done.has_error()) return done.error();
    std::vector<std::optional<Notice>> out(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (const auto at = found.find(ids[i]); at != found.end()) out[i] = at->second;
    return out;
  }

  Result<NoticePage> list(std::int64_t offset, std::int64_t limit) override {
    static const Statement page("SELECT " + std::string(notice_columns) +
                                " FROM notices ORDER BY is_pinned DESC, created_at DESC, id DESC LIMIT $1 OFFSET $2");
    static const Statement count("SELECT count(*) FROM notices");
    NoticePage out;
    const std::vector<Step> steps{
        {&begin_read(), {}, {}},
        {&page, {one(limit), one(offset)}, [&](const Row& row) { out.notices.push_back(notice_of(row)); }},
        {&count, {}, [&](const Row& row) { out.total = row.integer(0); }},
        {&sql::commit(), {}, {}}};
    if (auto done = read(database_, steps); done.has_error()) return done.error();
    return out;
  }

 private:
  Database& database_;
};

}  // namespace

std::unique_ptr<NoticeStore> make_notice_store(Database& database) {
  return std::make_unique<SqlNoticeStore>(database);
}

}  // namespace tiketi::sql
