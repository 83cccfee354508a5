#include "adapters/sql/catalog_picture.hpp"

#include <tiketi/catalog/layout_text.hpp>
#include "adapters/sql/catalog_rows.hpp"

#include <algorithm>
#include <utility>

namespace tiketi::sql {
namespace {

using Type = Field::Type;

/// The keys under which the changes look into the tables, without repetition.
struct Keys {
  std::vector<Uuid> events;
  std::vector<Uuid> layouts;
  std::vector<std::string_view> layout_names;
  std::vector<Uuid> types;

  explicit Keys(std::span<const CatalogChange> changes) {
    for (const CatalogChange& change : changes) std::visit([this](const auto& each) { take(each); }, change);
    make_distinct(events);
    make_distinct(layouts);
    make_distinct(layout_names);
    make_distinct(types);
  }

 private:
  void take(const PutEvent& change) { events.push_back(change.event.id.uuid); }
  void take(const PutLayout& change) {
    layouts.push_back(change.layout.id.uuid);
    layout_names.push_back(change.layout.name);
  }
  void take(const PutTicketType& change) {
    events.push_back(change.type.event_id.uuid);
    types.push_back(change.type.id.uuid);
  }
  void take(const PutKeyword&) {}
  void take(const RemoveEvent& change) { events.push_back(change.id.uuid); }

  template <class Key>
  static void make_distinct(std::vector<Key>& keys) {
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  }
};

}  // namespace

Result<void> CatalogPicture::read(Connection& connection, std::span<const CatalogChange> changes) {
  // Every writer passes through this row, so that what is read after it stays as it is until the commit.
  static const Statement advance("UPDATE catalog_revision SET revision = revision + 1 WHERE id = 1");
  static const Statement select_events = bulk_select("events", {{"id", Type::uuid}}, "id, version");
  static const Statement select_layouts = bulk_select("seat_layouts", {{"id", Type::uuid}}, "id, name, version");
  static const Statement select_names = bulk_select("seat_layouts", {{"name", Type::text}}, "id, name, version");
  static const Statement select_types = bulk_select("ticket_types", {{"id", Type::uuid}}, "id, event_id");

  Keys keys(changes);
  const auto take_layout = [this](const Row& row) {
    layouts_.insert_or_assign(SeatLayoutId{row.uuid(0)}, StoredLayout{std::string(row.text(1)), row.integer(2)});
  };
  std::vector<Step> steps;
  steps.push_back({&begin_write(), {}, {}});
  steps.push_back({&advance, {}, {}});
  if (!keys.events.empty())
    steps.push_back({&select_events, {std::move(keys.events)}, [this](const Row& row) {
                       event_versions_.emplace(EventId{row.uuid(0)}, row.integer(1));
                     }});
  if (!keys.layouts.empty()) {
    steps.push_back({&select_layouts, {std::move(keys.layouts)}, take_layout});
    steps.push_back({&select_names, {std::move(keys.layout_names)}, take_layout});
  }
  if (!keys.types.empty())
    steps.push_back({&select_types, {std::move(keys.types)}, [this](const Row& row) {
                       events_of_types_.emplace(TicketTypeId{row.uuid(0)}, EventId{row.uuid(1)});
                     }});
  return connection.run(steps);
}

void CatalogPicture::apply(const CatalogChange& change) {
  std::visit([this](const auto& each) { put(each); }, change);
}

void CatalogPicture::put(const PutEvent& change) {
  const bool is_new = event_versions_.insert_or_assign(change.event.id, change.event.version).second;
  event_writes_.put(change.event.id, change.event, is_new);
}

void CatalogPicture::put(const PutLayout& change) {
  const SeatLayout& layout = change.layout;
  const bool is_new = layouts_.insert_or_assign(layout.id, StoredLayout{layout.name, layout.version}).second;
  layout_writes_.put(layout.id, layout, is_new);
}

void CatalogPicture::put(const PutTicketType& change) {
  const bool is_new = events_of_types_.insert_or_assign(change.type.id, change.type.event_id).second;
  type_writes_.put(change.type.id, change.type, is_new);
}

void CatalogPicture::put(const RemoveEvent& change) {
  event_versions_.erase(change.id);
  std::erase_if(events_of_types_, [&](const auto& each) { return each.second == change.id; });
  event_writes_.drop_if([&](const Event& event) { return event.id == change.id; });
  type_writes_.drop_if([&](const TicketType& type) { return type.event_id == change.id; });
  removed_events_.push_back(change.id.uuid);
}

Result<void> CatalogPicture::write(Connection& connection) const {
  static const Statement delete_types = bulk_delete("ticket_types", {{"event_id", Type::uuid}});
  static const Statement delete_events = bulk_delete("events", {{"id", Type::uuid}});
  std::vector<Step> steps;
  if (!removed_events_.empty()) {
    steps.push_back({&delete_types, {removed_events_}, {}});
    steps.push_back({&delete_events, {removed_events_}, {}});
  }
  const auto add = [&steps](const auto& nouns, const auto& make_step) {
    if (!nouns.empty()) steps.push_back(make_step(nouns));
  };
  const auto texts_of = [](const std::vector<const SeatLayout*>& layouts) {
    std::vector<std::string> texts;
    for (const SeatLayout* layout : layouts) texts.push_back(catalog::sections_to_json(layout->sections));
    return texts;
  };
  const auto new_events = event_writes_.select(true);
  const auto old_events = event_writes_.select(false);
  const auto new_types = type_writes_.select(true);
  const auto old_types = type_writes_.select(false);
  const auto new_layouts = layout_writes_.select(true);
  const auto old_layouts = layout_writes_.select(false);
  const std::vector<std::string> new_texts = texts_of(new_layouts);
  const std::vector<std::string> old_texts = texts_of(old_layouts);
  add(old_layouts, [&](const auto& layouts) { return update_layouts(layouts, old_texts); });
  add(new_layouts, [&](const auto& layouts) { return insert_layouts(layouts, new_texts); });
  add(new_events, [](const auto& events) { return insert_events(events); });
  add(old_events, [](const auto& events) { return update_events(events); });
  add(new_types, [](const auto& types) { return insert_ticket_types(types); });
  add(old_types, [](const auto& types) { return update_ticket_types(types); });
  add(keywords_, [](const auto& keywords) { return insert_keywords(keywords); });
  if (steps.empty()) {
    connection.rollback();
    return {};
  }
  steps.push_back({&commit(), {}, {}});
  return connection.run(steps);
}

std::int64_t CatalogPicture::event_version(EventId id) const {
  const auto found = event_versions_.find(id);
  return found == event_versions_.end() ? 0 : found->second;
}

std::int64_t CatalogPicture::layout_version(SeatLayoutId id) const {
  const auto found = layouts_.find(id);
  return found == layouts_.end() ? 0 : found->second.version;
}

SeatLayoutId CatalogPicture::layout_id_named(std::string_view name) const {
  const auto found =
      std::find_if(layouts_.begin(), layouts_.end(), [name](const auto& each) { return each.second.name == name; });
  return found == layouts_.end() ? SeatLayoutId() : found->first;
}

EventId CatalogPicture::event_of(TicketTypeId type) const {
  const auto found = events_of_types_.find(type);
  return found == events_of_types_.end() ? EventId() : found->second;
}

}  // namespace tiketi::sql
