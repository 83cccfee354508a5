// The catalogue in any SQL database.

#include "adapters/sql/catalog_picture.hpp"
#include "adapters/sql/catalog_rows.hpp"
#include "adapters/sql/run.hpp"
#include "adapters/sql/stores.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace tiketi::sql {
namespace {

using Type = Field::Type;

Result<std::vector<Result<void>>> try_commit(Connection& connection, std::span<const CatalogChange> changes) {
  CatalogPicture picture;
  if (auto done = picture.read(connection, changes); !done) return done.error();
  std::vector<Result<void>> answers;
  answers.reserve(changes.size());
  for (const CatalogChange& change : changes) {
    answers.push_back(catalog::check_guard(picture, change));
    if (answers.back()) picture.apply(change);
  }
  if (auto done = picture.write(connection); !done) return done.error();
  return answers;
}

std::string select(std::string_view columns, std::string_view rest) {
  return "SELECT " + std::string(columns) + " FROM " + std::string(rest);
}

class SqlCatalogStore final : public CatalogStore {
 public:
  explicit SqlCatalogStore(Database& database) : database_(database) {}

  Result<std::vector<Result<void>>> commit(std::span<const CatalogChange> changes) override {
    if (changes.empty()) return std::vector<Result<void>>();
    return transact(database_, [changes](Connection& connection) { return try_commit(connection, changes); });
  }

  Result<std::vector<std::optional<Event>>> events(std::span<const EventId> ids) override {
    static const Statement statement = bulk_select("events", {{"id", Type::uuid}}, event_columns);
    std::unordered_map<EventId, Event> found;
    const auto take = [&found](const Row& row) { found.emplace(EventId{row.uuid(0)}, event_of(row)); };
    if (!ids.empty())
      if (auto done = read(database_, {&statement, {distinct_uuids_of(ids)}, take}); !done) return done.error();
    std::vector<std::optional<Event>> out(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (const auto event = found.find(ids[i]); event != found.end()) out[i] = event->second;
    return out;
  }

  Result<std::vector<Event>> all_events() override {
    static const Statement statement(select(event_columns, "events ORDER BY sale_start, id"));
    return collect<Event>(statement, {}, event_of);
  }

  Result<std::int64_t> revision() override {
    static const Statement statement(select("revision", "catalog_revision WHERE id = 1"));
    std::int64_t revision = 0;
    auto done = read(database_, {&statement, {}, [&revision](const Row& row) { revision = row.integer(0); }});
    if (!done) return done.error();
    return revision;
  }

  Result<std::optional<SeatLayout>> layout(SeatLayoutId id) override {
    static const Statement statement(select(layout_columns, "seat_layouts WHERE id = $1"));
    return first(collect_layouts(statement, {std::vector<Uuid>{id.uuid}}));
  }

  Result<std::optional<SeatLayout>> layout_named(std::string_view name) override {
    static const Statement statement(select(layout_columns, "seat_layouts WHERE name = $1"));
    return first(collect_layouts(statement, {std::vector<std::string_view>{name}}));
  }

  Result<std::vector<SeatLayout>> all_layouts() override {
    static const Statement statement(select(layout_columns, "seat_layouts"));
    auto layouts = collect_layouts(statement, {});
    if (layouts)  // not by the database, whose order of texts depends on its locale
      std::sort(layouts->begin(), layouts->end(),
                [](const SeatLayout& a, const SeatLayout& b) { return a.name < b.name; });
    return layouts;
  }

  Result<std::vector<std::vector<TicketType>>> ticket_types(std::span<const EventId> events) override {
    static const Statement statement = bulk_select("ticket_types", {{"event_id", Type::uuid}}, ticket_type_columns);
    std::unordered_map<EventId, std::vector<TicketType>> found;
    const auto take = [&found](const Row& row) {
      TicketType type = ticket_type_of(row);
      found[type.event_id].push_back(std::move(type));
    };
    if (!events.empty())
      if (auto done = read(database_, {&statement, {distinct_uuids_of(events)}, take}); !done) return done.error();
    for (auto& [event, types] : found)
      std::sort(types.begin(), types.end(), [](const TicketType& a, const TicketType& b) {
        return std::tie(b.price.minor, a.name, a.id) < std::tie(a.price.minor, b.name, b.id);
      });
    std::vector<std::vector<TicketType>> out(events.size());
    for (std::size_t i = 0; i < events.size(); ++i)
      if (const auto types = found.find(events[i]); types != found.end()) out[i] = types->second;
    return out;
  }

  Result<std::optional<TicketType>> ticket_type(TicketTypeId id) override {
    static const Statement statement(select(ticket_type_columns, "ticket_types WHERE id = $1"));
    auto types = collect<TicketType>(statement, {std::vector<Uuid>{id.uuid}}, ticket_type_of);
    if (!types) return types.error();
    return types->empty() ? std::optional<TicketType>() : std::optional(std::move(types->front()));
  }

  Result<std::vector<Keyword>> keywords() override {
    static const Statement statement(select("korean, english, entity_type", "keyword_mappings"));
    auto keywords = collect<Keyword>(statement, {}, [](const Row& row) {
      return Keyword{std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2))};
    });
    if (keywords)
      std::sort(keywords->begin(), keywords->end(), [](const Keyword& a, const Keyword& b) {
        return std::tie(a.korean, a.english) < std::tie(b.korean, b.english);
      });
    return keywords;
  }

 private:
  template <class Noun, class FromRow>
  Result<std::vector<Noun>> collect(const Statement& statement, std::vector<Column> columns, FromRow from_row) {
    std::vector<Noun> out;
    auto done =
        read(database_, {&statement, std::move(columns), [&](const Row& row) { out.push_back(from_row(row)); }});
    if (!done) return done.error();
    return out;
  }

  Result<std::vector<SeatLayout>> collect_layouts(const Statement& statement, std::vector<Column> columns) {
    auto read = collect<Result<SeatLayout>>(statement, std::move(columns), layout_of);
    if (!read) return read.error();
    std::vector<SeatLayout> out;
    for (Result<SeatLayout>& layout : *read) {
      if (!layout) return layout.error();
      out.push_back(std::move(*layout));
    }
    return out;
  }

  static Result<std::optional<SeatLayout>> first(Result<std::vector<SeatLayout>> layouts) {
    if (!layouts) return layouts.error();
    if (layouts->empty()) return std::optional<SeatLayout>();
    return std::optional<SeatLayout>(std::move(layouts->front()));
  }

  Database& database_;
};

}  // namespace

std::unique_ptr<CatalogStore> make_catalog_store(Database& database) {
  return std::make_unique<SqlCatalogStore>(database);
}

}  // namespace tiketi::sql
