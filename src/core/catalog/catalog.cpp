#include <tiketi/catalog/catalog.hpp>

#include "core/catalog/event_creation.hpp"
#include "core/catalog/field_error.hpp"
#include "core/catalog/offer_changes.hpp"

#include <tiketi/catalog/rules.hpp>
#include <tiketi/catalog/search.hpp>

#include <algorithm>
#include <array>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace tiketi {
namespace {

// So many events share a transaction; their texts are what a batch takes in memory.
constexpr std::size_t max_events_per_batch = 500;
constexpr std::size_t max_keywords_per_batch = 1000;

// Each attempt follows somebody else's success; more would mean that something else is wrong.
constexpr int max_attempts = 8;

constexpr std::array<std::string_view, 3> entity_types{"artist", "venue", "general"};

Error no_event() { return {Errc::event_not_found, "there is no such event"}; }

/// All events as they were at a revision of the store, and what is derived from them.
struct Snapshot {
  std::int64_t revision = 0;
  std::vector<Event> events;
  std::unordered_map<EventId, std::size_t> places;                   // in `events`
  mutable std::shared_ptr<const catalog::SearchIndex> search_index;  // made when it is first asked for
};

bool is_blank(std::string_view text) { return text.find_first_not_of(' ') == std::string_view::npos; }

Result<void> check(const EventQuery& query) {
  using namespace catalog;
  if (query.page < 1) return refuse("page", "must be at least 1");
  if (query.limit < 1 || query.limit > max_page_limit)
    return refuse("limit", "must be 1 to " + std::to_string(max_page_limit));
  if (!is_clean_text(query.search, max_search_bytes))
    return refuse("search", "must be UTF-8 of at most " + std::to_string(max_search_bytes) +
                                " bytes, without control characters");
  return {};
}

Result<void> check(const Keyword& keyword, std::size_t index) {
  using namespace catalog;
  const std::string prefix = "keywords[" + std::to_string(index) + "].";
  for (const auto& [field, text] : {std::pair("korean", &keyword.korean), std::pair("english", &keyword.english)})
    if (!is_clean_text(*text, max_name_bytes) || is_blank(*text))
      return refuse(prefix + field,
                    "must be UTF-8 of 1 to " + std::to_string(max_name_bytes) + " bytes, without control characters");
  if (std::find(entity_types.begin(), entity_types.end(), keyword.entity_type) == entity_types.end())
    return refuse(prefix + "entity_type", "must be artist, venue or general");
  return {};
}

/// `event` with what an update may not change taken from `stored`.
Event updated(const Event& stored, Event event, Timestamp now) {
  event.layout_id = stored.layout_id;
  event.price = stored.price;
  event.capacity = stored.capacity;
  event.cancelled = stored.cancelled;
  event.version = stored.version + 1;
  event.created_at = stored.created_at;
  event.updated_at = now;
  return event;
}

/// True if `event` was applied to the version before the stored one: the call was made before, and its answer lost.
bool was_applied(const Event& stored, const Event& event) {
  if (event.version != stored.version - 1) return false;
  Event expected = updated(stored, event, stored.updated_at);
  expected.version = stored.version;
  return stored == expected;
}

bool is_equal(const SeatLayout& stored, const SeatLayout& wanted) {
  return stored.name == wanted.name && stored.description == wanted.description && stored.sections == wanted.sections;
}

}  // namespace

struct Catalog::Body {
  CatalogStore& store;
  Inventory& inventory;
  Clock& clock;
  Ids& ids;
  std::mutex mutex;
  std::shared_ptr<const Snapshot> latest = nullptr;

  Result<Event> event(EventId id) {
    auto events = store.events({&id, 1});
    if (!events) return events.error();
    if (!events->front()) return no_event();
    return std::move(*events->front());
  }

  catalog::OfferChanges offer_changes() { return {store, inventory, clock, ids}; }

  /// The answer to the one change.
  Result<void> commit(CatalogChange change) {
    auto answers = store.commit({&change, 1});
    if (!answers) return answers.error();
    return answers->front();
  }

  /// The events as they are now, read again only if they have changed; with a search index if one is needed.
  Result<std::shared_ptr<const Snapshot>> snapshot(bool searching) {
    const std::lock_guard lock(mutex);
    const auto revision = store.revision();  // before the events: at worst they are read once more
    if (!revision) return revision.error();
    if (!latest || latest->revision != *revision) {
      auto events = store.all_events();
      if (!events) return events.error();
      auto made = std::make_shared<Snapshot>(Snapshot{.revision = *revision, .events = std::move(*events)});
      for (std::size_t i = 0; i < made->events.size(); ++i) made->places.emplace(made->events[i].id, i);
      latest = std::move(made);
    }
    if (searching && !latest->search_index) {
      const auto keywords = store.keywords();
      if (!keywords) return keywords.error();
      latest->search_index = std::make_shared<catalog::SearchIndex>(latest->events, *keywords);
    }
    return latest;
  }

  /// The events of the query in order, before it is cut into pages.
  Result<std::vector<const Event*>> select(const Snapshot& snapshot, const EventQuery& query, Timestamp now) {
    std::vector<const Event*> out;
    if (is_blank(query.search)) {
      for (const Event& each : snapshot.events) out.push_back(&each);
    } else {
      for (const EventId id : snapshot.search_index->find(query.search))
        out.push_back(&snapshot.events[snapshot.places.at(id)]);
    }
    if (!query.status) return out;
    std::unordered_set<EventId> sold_out;
    if (*query.status == EventStatus::on_sale || *query.status == EventStatus::sold_out) {
      const auto ids_sold_out = inventory.sold_out();
      if (!ids_sold_out) return ids_sold_out.error();
      sold_out.insert(ids_sold_out->begin(), ids_sold_out->end());
    }
    std::erase_if(out, [&](const Event* each) {
      const Availability places{.total = 1, .available = sold_out.contains(each->id) ? 0 : 1};
      return catalog::status_of(*each, places, now) != *query.status;
    });
    return out;
  }

  Result<std::vector<EventSummary>> summaries(std::span<const Event* const> events, Timestamp now) {
    std::vector<EventId> event_ids;
    for (const Event* each : events) event_ids.push_back(each->id);
    const auto availability = inventory.availability(std::span<const EventId>(event_ids));
    if (!availability) return availability.error();
    std::vector<EventSummary> out;
    for (std::size_t i = 0; i < events.size(); ++i)
      out.push_back({*events[i], catalog::status_of(*events[i], (*availability)[i], now), (*availability)[i]});
    return out;
  }

  /// An event without places has nothing to close.
  Result<void> close(EventId id) {
    auto done = inventory.close(id);
    if (!done && done.error().code == Errc::event_not_found) return {};
    return done;
  }
};

Catalog::Catalog(CatalogStore& store, Inventory& inventory, Clock& clock, Ids& ids)
    : body_(new Body{.store = store, .inventory = inventory, .clock = clock, .ids = ids}) {}

Catalog::~Catalog() = default;

std::vector<Result<Event>> Catalog::create(std::vector<NewEvent> events) {
  catalog::EventCreation creation(body_->store, body_->inventory, body_->clock, body_->ids);
  std::vector<Result<Event>> out;
  out.reserve(events.size());
  for (std::size_t first = 0; first < events.size(); first += max_events_per_batch) {
    const std::size_t count = std::min(max_events_per_batch, events.size() - first);
    for (Result<Event>& answer : creation.create(std::span(events).subspan(first, count)))
      out.push_back(std::move(answer));
  }
  return out;
}

Result<Event> Catalog::update(Event event) {
  if (auto ok = catalog::check(updated(Event{}, event, {})); !ok) return ok.error();
  const auto stored = body_->event(event.id);
  if (!stored) return stored.error();
  if (stored->cancelled) return Error{Errc::event_cancelled, "a cancelled event can't be changed"};
  if (was_applied(*stored, event)) return *stored;
  if (stored->version != event.version)
    return Error{Errc::version_conflict, "somebody else changed the event first; read it again"};
  const std::int64_t version = event.version;
  Event wanted = updated(*stored, std::move(event), body_->clock.now());
  if (auto done = body_->commit(PutEvent{version, wanted}); !done) return done.error();
  return wanted;
}

Result<Event> Catalog::change(EditEvent edit) {
  const EventId id = edit.event.id;
  catalog::OfferChanges changes = body_->offer_changes();
  const auto plan = changes.plan(id, edit.layout, std::move(edit.ticket_types));
  if (!plan) return plan.error();
  if (auto updated = update(std::move(edit.event)); !updated) return updated;
  if (auto done = changes.carry_out(*plan); !done) return done.error();
  return body_->event(id);
}

Result<Event> Catalog::cancel(EventId id) {
  for (int attempt = 1;; ++attempt) {
    auto event = body_->event(id);
    if (!event) return event;
    if (!event->cancelled) {
      const Timestamp now = body_->clock.now();
      // A concert may be called off after the last ticket was sold, to the last moment.
      if (now >= event->event_date)
        return Error{Errc::sale_ended, "the event is over", {{"ended_at", to_iso8601(event->event_date)}}};
      const std::int64_t version = event->version++;
      event->cancelled = true;
      event->updated_at = now;
      const auto done = body_->commit(PutEvent{version, *event});
      if (!done && done.error().code == Errc::version_conflict && attempt < max_attempts) continue;
      if (!done) return done.error();
    }
    if (auto done = body_->close(id); !done) return done.error();
    return event;
  }
}

Result<TicketType> Catalog::add_ticket_type(TicketType type) { return body_->offer_changes().add(std::move(type)); }

Result<TicketType> Catalog::update_ticket_type(const EditTicketType& edit) {
  return body_->offer_changes().update(edit);
}

Result<std::int64_t> Catalog::generate_seats(EventId id, std::optional<SeatLayoutId> layout) {
  return body_->offer_changes().generate_seats(id, layout);
}

Result<std::int64_t> Catalog::remove_seats(EventId id) { return body_->offer_changes().remove_seats(id); }

Result<void> Catalog::remove(EventId id) { return body_->offer_changes().remove(id); }

Result<EventPage> Catalog::list(const EventQuery& query) {
  if (auto ok = check(query); !ok) return ok.error();
  const Timestamp now = body_->clock.now();
  const auto snapshot = body_->snapshot(!is_blank(query.search));
  if (!snapshot) return snapshot.error();
  const auto selected = body_->select(**snapshot, query, now);
  if (!selected) return selected.error();

  const auto limit = static_cast<std::size_t>(query.limit);
  const std::size_t first = std::min((static_cast<std::size_t>(query.page) - 1) * limit, selected->size());
  const std::size_t count = std::min(limit, selected->size() - first);
  auto summaries = body_->summaries(std::span(*selected).subspan(first, count), now);
  if (!summaries) return summaries.error();
  return EventPage{std::move(*summaries), static_cast<std::int64_t>(selected->size())};
}

Result<EventDetail> Catalog::detail(EventId id) {
  auto found = details({&id, 1});
  if (!found) return found.error();
  if (!found->front()) return no_event();
  return std::move(*found->front());
}

Result<std::vector<std::optional<EventDetail>>> Catalog::details(std::span<const EventId> ids) {
  const auto events = body_->store.events(ids);
  if (!events) return events.error();
  std::vector<EventId> there;
  std::vector<const Event*> found;
  for (const std::optional<Event>& each : *events) {
    if (!each) continue;
    there.push_back(each->id);
    found.push_back(&*each);
  }
  auto summaries = body_->summaries(found, body_->clock.now());
  if (!summaries) return summaries.error();
  auto types = body_->store.ticket_types(there);
  if (!types) return types.error();
  std::vector<TicketTypeId> type_ids;
  for (const auto& of_event : *types)
    for (const TicketType& each : of_event) type_ids.push_back(each.id);
  const auto availability = body_->inventory.availability(std::span<const TicketTypeId>(type_ids));
  if (!availability) return availability.error();

  std::vector<std::optional<EventDetail>> out(ids.size());
  auto summary = summaries->begin();
  auto of_event = types->begin();
  auto places = availability->begin();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!(*events)[i]) continue;
    EventDetail& detail = out[i].emplace(EventDetail{.summary = std::move(*summary++)});
    for (TicketType& each : *of_event++) detail.ticket_types.push_back({std::move(each), *places++});
  }
  return out;
}

Result<Availability> Catalog::places_on_sale() {
  const Timestamp now = body_->clock.now();
  const auto snapshot = body_->snapshot(false);
  if (!snapshot) return snapshot.error();
  std::vector<EventId> open;
  for (const Event& each : (*snapshot)->events)
    if (catalog::status_of(each, {}, now) == EventStatus::on_sale) open.push_back(each.id);
  const auto places = body_->inventory.availability(std::span<const EventId>(open));
  if (!places) return places.error();
  Availability sum;
  for (const std::optional<Availability>& each : *places) {
    if (!each || each->available == 0) continue;  // sold out
    sum.total += each->total;
    sum.available += each->available;
  }
  return sum;
}

Result<SeatLayout> Catalog::add_layout(SeatLayout layout) {
  if (auto ok = catalog::check(layout); !ok) return ok.error();
  layout.id = body_->ids.next<SeatLayoutId>();
  layout.version = 1;
  const auto done = body_->commit(PutLayout{0, layout});
  if (done) return layout;
  if (done.error().code != Errc::already_exists) return done.error();
  const auto stored = body_->store.layout_named(layout.name);
  if (!stored) return stored.error();
  if (*stored && is_equal(**stored, layout)) return **stored;
  return done.error();
}

Result<SeatLayout> Catalog::layout(std::string_view name_or_id) {
  if (const auto id = SeatLayoutId::parse(name_or_id)) {
    auto found = body_->store.layout(*id);
    if (!found) return found.error();
    if (*found) return std::move(**found);
  }
  auto found = body_->store.layout_named(name_or_id);
  if (!found) return found.error();
  if (!*found) return Error{Errc::layout_not_found, "there is no layout of that name or id"};
  return std::move(**found);
}

Result<std::vector<SeatLayout>> Catalog::layouts() {
  auto layouts = body_->store.all_layouts();
  if (layouts)
    std::stable_sort(layouts->begin(), layouts->end(), [](const SeatLayout& a, const SeatLayout& b) {
      return catalog::count_seats(a) < catalog::count_seats(b);
    });
  return layouts;
}

Result<void> Catalog::add_keywords(const std::vector<Keyword>& keywords) {
  for (std::size_t i = 0; i < keywords.size(); ++i)
    if (auto ok = check(keywords[i], i); !ok) return ok;
  for (std::size_t first = 0; first < keywords.size(); first += max_keywords_per_batch) {
    const std::size_t end = std::min(first + max_keywords_per_batch, keywords.size());
    std::vector<CatalogChange> changes;
    for (std::size_t i = first; i < end; ++i) changes.emplace_back(PutKeyword{keywords[i]});
    const auto answers = body_->store.commit(changes);
    if (!answers) return answers.error();
    for (const Result<void>& answer : *answers)
      if (!answer) return answer;
  }
  return {};
}

}  // namespace tiketi
