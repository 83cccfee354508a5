#include "programme.hpp"

#include <algorithm>

namespace tiketi::test {

const Event* Programme::find(EventId id) const {
  const auto at = events.find(id);
  return at == events.end() ? nullptr : &at->second.back().event;
}

std::vector<const Event*> Programme::current_since(EventId id, std::uint64_t since) const {
  std::vector<const Event*> out;
  const auto at = events.find(id);
  if (at == events.end()) return out;
  const std::vector<EventVersion>& versions = at->second;
  for (std::size_t i = 0; i < versions.size(); ++i)
    if (i + 1 == versions.size() || versions[i + 1].change > since) out.push_back(&versions[i].event);
  return out;
}

bool Programme::was_on_sale(EventId id, Timestamp at, std::uint64_t since) const {
  const auto versions = current_since(id, since);
  return std::any_of(versions.begin(), versions.end(), [at](const Event* event) {
    return !event->cancelled && event->sale_start <= at && at < event->sale_end;
  });
}

bool Programme::allowed_quantity(EventId id, std::int64_t quantity, std::uint64_t since) const {
  const auto versions = current_since(id, since);
  return std::any_of(versions.begin(), versions.end(), [quantity](const Event* event) {
    return event->limits.per_reservation == 0 || quantity <= event->limits.per_reservation;
  });
}

bool Programme::had_buyer_limit(EventId id, std::int32_t limit, std::uint64_t since) const {
  const auto versions = current_since(id, since);
  return std::any_of(versions.begin(), versions.end(),
                     [limit](const Event* event) { return event->limits.per_buyer == limit; });
}

namespace {

std::optional<Errc> enter_one(Programme& programme, const PutEvent& put) {
  const Event* current = programme.find(put.event.id);
  if ((current ? current->version : 0) != put.expected_version)
    return put.expected_version == 0 ? Errc::already_exists : Errc::version_conflict;
  programme.events[put.event.id].push_back({put.event, ++programme.changes});
  return std::nullopt;
}

std::optional<Errc> enter_one(Programme& programme, const PutLayout& put) {
  const auto current = programme.layouts.find(put.layout.id);
  const std::int64_t version = current == programme.layouts.end() ? 0 : current->second.version;
  if (put.expected_version != 0 && version != put.expected_version) return Errc::version_conflict;
  if (put.expected_version == 0) {
    if (version != 0) return Errc::already_exists;
    for (const auto& [id, layout] : programme.layouts)
      if (layout.name == put.layout.name) return Errc::already_exists;
  }
  programme.layouts[put.layout.id] = put.layout;
  return std::nullopt;
}

std::optional<Errc> enter_one(Programme& programme, const PutTicketType& put) {
  if (programme.find(put.type.event_id) == nullptr) return Errc::event_not_found;
  if (put.event_version != 0 && programme.find(put.type.event_id)->version != put.event_version)
    return Errc::version_conflict;
  programme.ticket_types[put.type.id] = put.type;
  return std::nullopt;
}

std::optional<Errc> enter_one(Programme& programme, const RemoveEvent& removal) {
  const Event* current = programme.find(removal.id);
  if (current == nullptr) return Errc::event_not_found;
  if (current->version != removal.expected_version) return Errc::version_conflict;
  programme.events.erase(removal.id);
  std::erase_if(programme.ticket_types, [&](const auto& each) { return each.second.event_id == removal.id; });
  return std::nullopt;
}

std::optional<Errc> enter_one(Programme&, const PutKeyword&) { return std::nullopt; }

}  // namespace

std::optional<Errc> enter(Programme& programme, const CatalogChange& change) {
  return std::visit([&programme](const auto& put) { return enter_one(programme, put); }, change);
}

std::optional<std::string> compare(const Programme& programme, CatalogStore& store) {
  const auto events = store.all_events();
  if (events.has_error()) return "the catalogue can't be read: " + events.error().message;
  if (events->size() != programme.events.size()) return "the catalogue has lost or gained events";
  for (const Event& found : *events) {
    const Event* expected = programme.find(found.id);
    if (expected == nullptr || *expected != found) return "event " + found.title + " is not as it was stored";
  }
  for (const auto& [id, layout] : programme.layouts) {
    const auto found = store.layout(id);
    if (found.has_error() || !*found || **found != layout) return "layout " + layout.name + " is not as it was stored";
  }
  for (const auto& [id, type] : programme.ticket_types) {
    const auto found = store.ticket_types(type.event_id);
    if (found.has_error() || std::find(found->begin(), found->end(), type) == found->end())
      return "ticket type " + type.name + " is not as it was stored";
  }
  return std::nullopt;
}

}  // namespace tiketi::test
