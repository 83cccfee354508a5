#include "core/catalog/offer_changes.hpp"

#include "core/catalog/field_error.hpp"

#include <tiketi/catalog/rules.hpp>

#include <algorithm>
#include <utility>

namespace tiketi::catalog {
namespace {

// Each attempt follows somebody else's success; more would mean that something else is wrong.
constexpr int max_attempts = 8;

/// Runs `attempt` until it is not refused for somebody else's success.
template <class Attempt>
Result<void> retry(Attempt attempt) {
  for (int count = 1;; ++count) {
    Result<void> done = attempt();
    if (done || done.error().code != Errc::version_conflict || count == max_attempts) return done;
  }
}

bool has(std::span<const TicketType> types, TicketTypeId id) {
  return std::any_of(types.begin(), types.end(), [id](const TicketType& each) { return each.id == id; });
}

Error too_few(const TicketType& type, std::int64_t taken) {
  Error out = refuse("total_quantity", "can't be less than the " + std::to_string(taken) + " that are held or sold",
                     Errc::has_reservations);
  out.details.push_back({"ticket_type", type.id.text()});
  out.details.push_back({"taken", std::to_string(taken)});
  return out;
}

/// The first answer that is a refusal.
Result<void> first_refusal(const Result<std::vector<Result<void>>>& answers) {
  if (!answers) return answers.error();
  for (const Result<void>& answer : *answers)
    if (!answer) return answer;
  return {};
}

}  // namespace

Result<TicketType> OfferChanges::add(TicketType type) {
  if (type.id.is_nil()) type.id = ids_.next<TicketTypeId>();
  auto stored = retry([&]() -> Result<void> {
    const auto event = open_event(type.event_id);
    if (!event) return event.error();
    const auto offered = offer(event->id);
    if (!offered) return offered.error();
    if (auto ok = check(type, *event, *offered); !ok) return ok;
    const auto known = store_.ticket_type(type.id);
    if (!known) return known.error();
    if (*known == type) return {};  // an earlier call got as far as this
    if (*known) return refuse("id", "is that of another ticket type", Errc::already_exists);
    const CatalogChange change = PutTicketType{type, event->version};
    return first_refusal(store_.commit({&change, 1}));
  });
  if (!stored) return stored.error();
  if (auto done = settle(type.event_id); !done) return done.error();
  return type;
}

Result<TicketType> OfferChanges::update(const EditTicketType& edit) {
  const auto type = store_.ticket_type(edit.id);
  if (!type) return type.error();
  if (!*type)
    return Error{Errc::ticket_type_not_found, "there is no such ticket type", {{"ticket_type", edit.id.text()}}};
  const auto event = open_event((*type)->event_id);
  if (!event) return event.error();
  const auto offered = offer(event->id);
  if (!offered) return offered.error();
  TicketType wanted = edited(offering(**type, *offered), edit);
  if (auto ok = check(wanted, *event, *offered); !ok) return ok.error();
  if (auto done = inventory_.put_ticket_type(*event, wanted); !done) return done.error();
  if (auto done = settle(event->id, &wanted); !done) return done.error();
  return wanted;
}

Result<std::int64_t> OfferChanges::generate_seats(EventId id, std::optional<SeatLayoutId> layout) {
  std::int64_t count = 0;
  auto generated = retry([&]() -> Result<void> {
    const auto event = open_event(id);
    if (!event) return event.error();
    const std::optional<SeatLayoutId> wanted = layout ? layout : event->layout_id;
    if (!wanted) return refuse("layout_id", "is missing: the event has no layout of its own", Errc::layout_not_found);
    auto offered = offer(id);
    if (!offered) return offered.error();
    const auto made = seats_for(*offered, *wanted);
    if (!made) return made.error();
    if (auto done = take_layout(*event, *wanted); !done) return done;
    count = static_cast<std::int64_t>(made->seats.size());
    return inventory_.add_seats(*event, made->layout, made->seats);
  });
  // Seats that are there already may be those of a call that got no further.
  if (!generated && generated.error().code != Errc::already_exists) return generated.error();
  if (auto done = settle(id); !done) return done.error();
  if (!generated) return generated.error();
  return count;
}

Result<std::int64_t> OfferChanges::remove_seats(EventId id) {
  const auto event = open_event(id);
  if (!event) return event.error();
  const auto offered = offer(id);
  if (!offered) return offered.error();
  std::int64_t count = 0;
  if (offered->seats > 0) {
    const auto removed = inventory_.remove_seats(*event);
    if (!removed) return removed.error();
    count = *removed;
  }
  if (auto done = settle(id); !done) return done.error();
  return count;
}

/// First nothing can be reserved any more, then the event goes.
Result<void> OfferChanges::remove(EventId id) {
  return retry([&]() -> Result<void> {
    const auto found = event(id);
    if (!found) return found.error();
    if (auto done = inventory_.withdraw(*found); !done) return done;
    const CatalogChange change = RemoveEvent{id, found->version};
    return first_refusal(store_.commit({&change, 1}));
  });
}

Result<OfferPlan> OfferChanges::plan(EventId id, std::optional<SeatLayoutId> layout, std::vector<TicketType> types) {
  const auto event = open_event(id);
  if (!event) return event.error();
  auto offered = offer(id);
  if (!offered) return offered.error();
  if (layout && (offered->seats == 0 || event->layout_id != layout))
    if (const auto seats = seats_for(*offered, *layout); !seats) return seats.error();
  OfferPlan plan{.event = id, .layout = layout, .edits = {}, .additions = {}};
  if (auto ok = plan_types(plan, *event, std::move(*offered), std::move(types)); !ok) return ok.error();
  return plan;
}

/// Each is checked beside those before it, as if they were stored.
Result<void> OfferChanges::plan_types(OfferPlan& plan, const Event& event, Offer offer, std::vector<TicketType> types) {
  const auto known = store_.ticket_types(event.id);
  if (!known) return known.error();
  std::vector<TicketTypeId> known_ids;
  for (const TicketType& each : *known) known_ids.push_back(each.id);
  const auto places = inventory_.availability(std::span<const TicketTypeId>(known_ids));
  if (!places) return places.error();
  for (std::size_t i = 0; i < types.size(); ++i) {
    TicketType& type = types[i];
    const std::string prefix = "ticket_types[" + std::to_string(i) + "].";
    const auto has_its_name = [&type](const TicketType& each) { return each.name == type.name; };
    if (std::any_of(types.begin(), types.begin() + static_cast<std::ptrdiff_t>(i), has_its_name))
      return refuse(prefix + "name", "is that of another ticket type");
    type.event_id = event.id;
    type.price.currency = event.price.currency;
    std::int64_t taken = 0;
    if (const auto stored = std::find_if(known->begin(), known->end(), has_its_name); stored != known->end()) {
      plan.edits.push_back({stored->id, {}, type.description, type.price.minor, type.total_quantity});
      type = edited(offering(*stored, offer), plan.edits.back());
      const auto& stock = (*places)[static_cast<std::size_t>(stored - known->begin())];
      if (stock) taken = stock->total - stock->available;
    } else {
      type.id = ids_.next<TicketTypeId>();
      plan.additions.push_back(type);
    }
    if (const auto ok = check(type, event, offer); !ok)
      return ok.error().detail("field") == "ticket_types" ? ok.error() : within(prefix, ok.error());
    if (type.total_quantity < taken) return within(prefix, too_few(type, taken));
    std::erase_if(offer.ticket_types, [&type](const TicketType& each) { return each.id == type.id; });
    offer.ticket_types.push_back(type);
  }
  return {};
}

Result<void> OfferChanges::carry_out(const OfferPlan& plan) {
  if (plan.layout)
    if (auto done = have_seats(plan.event, *plan.layout); !done) return done;
  for (const EditTicketType& each : plan.edits)
    if (const auto done = update(each); !done) return done.error();
  for (const TicketType& each : plan.additions)
    if (const auto done = add(each); !done) return done.error();
  return {};
}

Result<void> OfferChanges::have_seats(EventId id, SeatLayoutId layout) {
  const auto made = generate_seats(id, layout);
  if (made) return {};
  if (made.error().code != Errc::already_exists) return made.error();
  const auto found = event(id);
  return found && found->layout_id == layout ? Result<void>() : made.error();
}

Result<LayoutSeats> OfferChanges::seats_for(Offer& offer, SeatLayoutId layout) {
  auto made = make_layout_seats(store_, layout);
  if (!made) return made;
  if (offer.seats > 0) return Error{Errc::already_exists, "the event has seats already", {{"field", "seats"}}};
  offer.seats = static_cast<std::int64_t>(made->seats.size());
  for (const GeneratedSeat& seat : made->seats) offer.seats_worth_minor += seat.blocked ? 0 : seat.price_minor;
  if (!worth(offer)) return refuse("layout_id", "makes the event worth more than fits in 64 bits", Errc::overflow);
  return made;
}

Result<Event> OfferChanges::event(EventId id) {
  auto events = store_.events({&id, 1});
  if (!events) return events.error();
  if (!events->front()) return Error{Errc::event_not_found, "there is no such event"};
  return std::move(*events->front());
}

Result<Event> OfferChanges::open_event(EventId id) {
  auto found = event(id);
  if (found && found->cancelled) return Error{Errc::event_cancelled, "a cancelled event can't be changed"};
  return found;
}

Result<Offer> OfferChanges::offer(EventId id) {
  auto found = inventory_.offer(id);
  if (!found) return found.error();
  return found->value_or(Offer{});
}

Result<void> OfferChanges::take_layout(const Event& event, SeatLayoutId layout) {
  if (event.layout_id == layout) return {};
  Event changed = event;
  changed.layout_id = layout;
  changed.updated_at = clock_.now();
  ++changed.version;
  const CatalogChange change = PutEvent{event.version, std::move(changed)};
  return first_refusal(store_.commit({&change, 1}));
}

Result<void> OfferChanges::settle(EventId id, const TicketType* edited) {
  return retry([&]() -> Result<void> {
    const auto found = event(id);
    if (!found) return found.error();
    auto types = store_.ticket_types(id);
    if (!types) return types.error();
    if (!found->cancelled)
      if (auto done = put_missing(*found, *types); !done) return done;
    const auto offered = offer(id);
    if (!offered) return offered.error();
    std::vector<TicketType> wanted = *types;
    for (TicketType& each : wanted)
      if (edited != nullptr && edited->id == each.id) each.description = edited->description;
    if (auto done = follow(*found, wanted, *offered); !done) return done;
    if (!found->cancelled) return {};
    // Who cancelled it may have found no places to close.
    auto closed = inventory_.close(id);
    return !closed && closed.error().code == Errc::event_not_found ? Result<void>() : closed;
  });
}

Result<void> OfferChanges::put_missing(const Event& event, std::span<const TicketType> types) {
  const auto offered = inventory_.offer(event.id);
  if (!offered) return offered.error();
  if (!*offered && event.layout_id) {  // its creation got no further than the catalogue
    const auto made = make_layout_seats(store_, *event.layout_id);
    if (!made) return made.error();
    auto loaded = inventory_.load(event, &made->layout, made->seats, types);
    return !loaded && loaded.error().code == Errc::already_exists ? Result<void>() : loaded;
  }
  for (const TicketType& type : types)
    if (!*offered || !has((*offered)->ticket_types, type.id))
      if (auto done = inventory_.put_ticket_type(event, type); !done) return done;
  return {};
}

Result<void> OfferChanges::follow(const Event& event, std::span<const TicketType> types, const Offer& offer) {
  std::vector<CatalogChange> changes;
  for (const TicketType& type : types) changes.emplace_back(PutTicketType{offering(type, offer), event.version});
  // Also when nothing is new: somebody who read older stock must not write after this.
  Event after = offering(event, offer);
  after.updated_at = clock_.now();
  ++after.version;
  changes.emplace_back(PutEvent{event.version, std::move(after)});
  return first_refusal(store_.commit(changes));
}

}  // namespace tiketi::catalog
