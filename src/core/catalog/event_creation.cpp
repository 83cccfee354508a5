#include "core/catalog/event_creation.hpp"

#include "core/catalog/field_error.hpp"

#include <tiketi/catalog/rules.hpp>

#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <utility>

namespace tiketi::catalog {
namespace {

/// The same for the same event and place in its list, so that two who create one event don't store its ticket
/// types twice.
TicketTypeId id_of_type(EventId event, std::size_t index) {
  const std::uint64_t mixed =
      std::hash<Uuid>{}({event.uuid.high, event.uuid.low + (index + 1) * 0x9e3779b97f4a7c15ULL});
  return TicketTypeId{make_uuid_v7(uuid_v7_ms(event.uuid), {event.uuid.high, mixed})};
}

Result<void> check_type(std::span<const TicketType> types, const Event& event, std::size_t index) {
  const TicketType& type = types[index];
  const std::string prefix = "ticket_types[" + std::to_string(index) + "].";
  const auto has_its_id = [&type](const TicketType& other) { return other.id == type.id; };
  if (std::any_of(types.begin(), types.begin() + static_cast<std::ptrdiff_t>(index), has_its_id))
    return refuse(prefix + "id", "is that of another ticket type");
  if (type.price.currency != event.price.currency)
    return refuse(prefix + "price.currency", "must be that of the event");
  if (const auto ok = check(type); !ok) return within(prefix, ok.error());
  return {};
}

/// What `update` leaves alone must be equal; the rest too, unless it was updated since.
bool is_same(const Event& stored, const Event& wanted) {
  if (stored.layout_id != wanted.layout_id || stored.price != wanted.price || stored.capacity != wanted.capacity)
    return false;
  if (stored.version > 1) return true;
  Event expected = wanted;
  expected.created_at = stored.created_at;
  expected.updated_at = stored.updated_at;
  return stored == expected;
}

}  // namespace

Result<LayoutSeats> make_layout_seats(CatalogStore& store, SeatLayoutId id) {
  auto layout = store.layout(id);
  if (!layout) return layout.error();
  if (!*layout) return refuse("layout_id", "names no stored layout", Errc::layout_not_found);
  if (auto ok = check(**layout); !ok) return ok.error();
  std::vector<GeneratedSeat> seats = generate_seats(**layout);
  return LayoutSeats{std::move(**layout), std::move(seats)};
}

std::vector<Result<Event>> EventCreation::create(std::span<NewEvent> batch) {
  std::vector<Draft> drafts;
  drafts.reserve(batch.size());
  for (NewEvent& wanted : batch) drafts.push_back(prepare(wanted));
  store_events(drafts);
  store_ticket_types(drafts);
  for (Draft& draft : drafts) load_places(draft);
  close_cancelled(drafts);
  std::vector<Result<Event>> out;
  out.reserve(drafts.size());
  for (Draft& draft : drafts) {
    if (draft.error) out.emplace_back(std::move(*draft.error));
    else out.emplace_back(std::move(draft.event));
  }
  return out;
}

EventCreation::Draft EventCreation::prepare(NewEvent& wanted) {
  Draft draft{.event = std::move(wanted.event), .ticket_types = std::move(wanted.ticket_types)};
  Event& event = draft.event;
  if (event.id.is_nil()) event.id = ids_.next<EventId>();
  event.version = 1;
  event.cancelled = false;
  event.price.minor = 0;
  event.capacity = 0;
  event.created_at = event.updated_at = clock_.now();
  for (std::size_t i = 0; i < draft.ticket_types.size(); ++i) {
    TicketType& type = draft.ticket_types[i];
    if (type.id.is_nil()) type.id = id_of_type(event.id, i);
    type.event_id = event.id;
  }
  auto ok = check(event);
  if (ok && draft.ticket_types.size() > max_ticket_types)
    ok = exceeds("ticket_types", static_cast<std::int64_t>(max_ticket_types), " in number");
  for (std::size_t i = 0; ok && i < draft.ticket_types.size(); ++i) ok = check_type(draft.ticket_types, event, i);
  if (ok) ok = take_layout(draft);
  if (ok) ok = count_places(draft);
  if (!ok) draft.error = ok.error();
  return draft;
}

Result<void> EventCreation::take_layout(Draft& draft) {
  if (!draft.event.layout_id) return {};
  auto& known = layouts_[*draft.event.layout_id];
  if (!known) {
    auto made = make_layout_seats(store_, *draft.event.layout_id);
    if (!made) return made.error();
    known = std::make_shared<LayoutSeats>(std::move(*made));
  }
  draft.layout = known;
  return {};
}

/// Fills in capacity and the price "from"; what all places cost together must fit in 64 bits.
Result<void> EventCreation::count_places(Draft& draft) const {
  std::int64_t capacity = 0;
  std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
  std::int64_t worth = 0;
  if (draft.layout) {
    for (const GeneratedSeat& seat : draft.layout->seats) {
      if (seat.blocked) continue;
      ++capacity;
      worth += seat.price_minor;  // bounded by max_layout_seats × max_price_minor
      lowest = std::min(lowest, seat.price_minor);
    }
  }
  for (std::size_t i = 0; i < draft.ticket_types.size(); ++i) {
    const TicketType& type = draft.ticket_types[i];
    capacity += type.total_quantity;
    lowest = std::min(lowest, type.price.minor);
    const auto sum = checked_add(worth, type.price.minor * type.total_quantity);
    if (!sum)
      return refuse("ticket_types[" + std::to_string(i) + "].total_quantity",
                    "makes the event worth more than fits in 64 bits", Errc::overflow);
    worth = *sum;
  }
  draft.event.capacity = capacity;
  draft.event.price.minor = capacity == 0 ? 0 : lowest;
  return {};
}

void EventCreation::store_events(std::span<Draft> drafts) {
  std::vector<CatalogChange> changes;
  std::vector<Draft*> owners;
  for (Draft& draft : drafts) {
    if (draft.error) continue;
    changes.emplace_back(PutEvent{0, draft.event});
    owners.push_back(&draft);
  }
  commit(changes, owners);
  std::vector<Draft*> existing;
  for (Draft* draft : owners) {
    if (!draft->error || draft->error->code != Errc::already_exists) continue;
    draft->error.reset();
    existing.push_back(draft);
  }
  adopt_stored(existing);
}

void EventCreation::adopt_stored(std::span<Draft* const> drafts) {
  if (drafts.empty()) return;
  std::vector<EventId> ids;
  for (const Draft* draft : drafts) ids.push_back(draft->event.id);
  const auto stored = store_.events(ids);
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    Draft& draft = *drafts[i];
    if (!stored) {
      draft.error = stored.error();
    } else if (const auto& event = (*stored)[i]; event && is_same(*event, draft.event)) {
      draft.event = *event;
      draft.was_stored = true;
    } else {
      draft.error = Error{Errc::already_exists, "another event has this id", {{"field", "id"}}};
    }
  }
}

void EventCreation::store_ticket_types(std::span<Draft> drafts) {
  std::vector<CatalogChange> changes;
  std::vector<Draft*> owners;
  for (Draft& draft : drafts) {
    if (draft.error) continue;
    if (draft.was_stored) {
      auto known = store_.ticket_types(draft.event.id);
      if (!known) {
        draft.error = known.error();
        continue;
      }
      if (!known->empty()) {
        draft.ticket_types = std::move(*known);
        continue;
      }
    }
    for (const TicketType& type : draft.ticket_types) {
      changes.emplace_back(PutTicketType{type});
      owners.push_back(&draft);
    }
  }
  commit(changes, owners);
}

void EventCreation::load_places(Draft& draft) {
  if (draft.error || (!draft.layout && draft.ticket_types.empty())) return;
  const LayoutSeats* layout = draft.layout.get();
  const auto seats = layout == nullptr ? std::span<const GeneratedSeat>() : std::span(layout->seats);
  const auto done =
      inventory_.load(draft.event, layout == nullptr ? nullptr : &layout->layout, seats, draft.ticket_types);
  if (!done && done.error().code != Errc::already_exists) draft.error = done.error();
}

/// Whoever cancelled an event before its places were there could not close them.
void EventCreation::close_cancelled(std::span<Draft> drafts) {
  std::vector<EventId> ids;
  std::vector<Draft*> owners;
  for (Draft& draft : drafts) {
    if (draft.error) continue;
    ids.push_back(draft.event.id);
    owners.push_back(&draft);
  }
  if (ids.empty()) return;
  const auto stored = store_.events(ids);
  for (std::size_t i = 0; i < owners.size(); ++i) {
    if (!stored) {
      owners[i]->error = stored.error();
    } else if (const auto& event = (*stored)[i]; event && event->cancelled) {
      owners[i]->event = *event;
      if (const auto done = inventory_.close(event->id); !done && done.error().code != Errc::event_not_found)
        owners[i]->error = done.error();
    }
  }
}

void EventCreation::commit(std::span<const CatalogChange> changes, std::span<Draft* const> owners) {
  if (changes.empty()) return;
  const auto answers = store_.commit(changes);
  for (std::size_t i = 0; i < owners.size(); ++i) {
    if (!answers) owners[i]->error = answers.error();
    else if (const auto& answer = (*answers)[i]; !answer && !owners[i]->error) owners[i]->error = answer.error();
  }
}

}  // namespace tiketi::catalog
