// Those who put on events, change and cancel them.

#include "acts.hpp"

#include <tiketi/catalog/rules.hpp>

#include <algorithm>

namespace tiketi::test {

namespace {

constexpr int max_attempts = 100;

/// Layouts small enough that everybody wants the same seats; now and then with gaps and house seats.
SeatLayout make_layout(Scene& scene) {
  Random& random = scene.random;
  SeatLayout layout;
  layout.name = "hall " + std::to_string(scene.programme.layouts.size() + 1);
  const std::vector<std::string> names{"A", "B"};
  for (std::int64_t i = random.between(1, 2); i > 0; --i) {
    LayoutSection section;
    section.name = names[layout.sections.size()];
    section.rows = static_cast<std::int32_t>(random.between(1, 3));
    section.seats_per_row = static_cast<std::int32_t>(random.between(2, 5));
    section.start_row = static_cast<std::int32_t>(random.between(1, 3));
    section.price_minor = random.between(0, 5) * 10'000;
    const std::int32_t last_row = section.start_row + section.rows - 1;
    if (random.chance(300)) section.gaps.push_back({last_row, section.seats_per_row});
    if (random.chance(300)) section.blocked.push_back({section.start_row, 1});
    layout.sections.push_back(std::move(section));
  }
  return layout;
}

NewEvent make_event(Scene& scene, const std::optional<SeatLayoutId>& layout) {
  Random& random = scene.random;
  NewEvent out;
  Event& event = out.event;
  event.id = scene.ids.next<EventId>();
  event.title = "event " + std::to_string(scene.events.size() + 1);
  event.layout_id = layout;
  event.sale_start = scene.clock_now().plus_ms(random.chance(700) ? 0 : random.between(1, 120) * second_ms);
  event.sale_end = event.sale_start.plus_ms(random.between(2, 480) * hour_ms);
  event.event_date = event.sale_end.plus_ms(hour_ms);
  if (random.chance(400)) event.limits.per_reservation = static_cast<std::int32_t>(random.between(1, 4));
  if (random.chance(400)) event.limits.per_buyer = static_cast<std::int32_t>(random.between(1, 5));
  // Some sell out soon.
  const bool is_small = !layout && random.chance(700);
  for (std::int64_t i = is_small ? 1 : random.between(layout ? 0 : 1, 3); i > 0; --i) {
    TicketType type;
    type.name = "type " + std::to_string(i);
    type.price = {random.between(0, 9) * 1'000, krw};
    type.total_quantity = random.between(1, is_small ? 2 : 12);
    out.ticket_types.push_back(std::move(type));
  }
  return out;
}

std::int64_t count_places(const Scene& scene, const NewEvent& wanted) {
  std::int64_t places = 0;
  for (const TicketType& type : wanted.ticket_types) places += type.total_quantity;
  if (wanted.event.layout_id) {
    const SeatLayout& layout = scene.programme.layouts.at(*wanted.event.layout_id);
    for (const LayoutSection& section : layout.sections)
      places += std::int64_t{section.rows} * section.seats_per_row - static_cast<std::int64_t>(section.gaps.size()) -
                static_cast<std::int64_t>(section.blocked.size());
  }
  return places;
}

void check_created(Scene& scene, const NewEvent& wanted, const Event& stored) {
  const Event* known = scene.programme.find(wanted.event.id);
  if (known == nullptr || stored.id != known->id || stored.title != wanted.event.title)
    return scene.fail("an event was answered that was never stored");
  const auto inventory = scene.books.inventories.find(stored.id);
  if (inventory == scene.books.inventories.end()) return scene.fail("an event was created without its places");
  const std::int64_t places = count_places(scene, wanted);
  if (inventory->second.total != places || known->capacity < places)
    scene.fail("an event was created with " + std::to_string(inventory->second.total) + " places for sale instead of " +
               std::to_string(places));
}

/// Nothing if the event is to have no seats.
Result<std::optional<SeatLayoutId>> add_layout(Scene& scene, Process& process) {
  if (!scene.random.chance(850)) return std::optional<SeatLayoutId>{};
  const SeatLayout wanted = make_layout(scene);
  auto added = process.catalog.add_layout(wanted);
  for (int i = 0; added.has_error() && !process.crashed && i < max_attempts; ++i)
    added = process.catalog.add_layout(wanted);
  if (added.has_error()) return added.error();
  return std::optional(added->id);
}

}  // namespace

void create_event(Scene& scene, Process& process) {
  // What a crash left undone is completed first: by the same request, from whatever process.
  if (scene.unfinished.empty()) {
    const auto layout = add_layout(scene, process);
    if (layout.has_error()) return;
    scene.unfinished.push_back(make_event(scene, *layout));
  } else {
    scene.count("creation completed");
  }
  const NewEvent wanted = scene.unfinished.back();
  for (int i = 0; i < max_attempts && !process.crashed; ++i) {
    const auto answer = process.catalog.create({wanted}).front();
    if (process.crashed) return;
    scene.note("create " + wanted.event.title + " -> " +
               (answer.has_value() ? "stored" : std::string(name(answer.error().code))));
    if (answer.has_value()) {
      scene.events.push_back(wanted.event.id);
      std::erase_if(scene.unfinished, [&](const NewEvent& each) { return each.event.id == wanted.event.id; });
      return check_created(scene, wanted, *answer);
    }
    if (!retriable(answer.error().code)) return scene.fail("an event can't be created: " + answer.error().message);
  }
}

void update_event(Scene& scene, Process& process) {
  const auto& versions = scene.programme.events.at(scene.random.pick(scene.events));
  // Now and then somebody looks at an old version.
  const bool stale = scene.random.chance(150);
  Event event = stale ? scene.random.pick(versions).event : versions.back().event;
  const Event latest = versions.back().event;
  event.limits.per_reservation = static_cast<std::int32_t>(scene.random.between(0, 4));
  event.limits.per_buyer = static_cast<std::int32_t>(scene.random.between(0, 6));
  const auto answer = process.catalog.update(event);
  const Call& call = scene.calls.back();
  if (call.crashed) return;
  scene.note("update " + event.title + " -> " +
             (answer.has_value() ? "v" + std::to_string(answer->version) : std::string(name(answer.error().code))));
  scene.count(answer.has_value() ? "event updated" : "event not updated");
  if (answer.has_value() && answer->limits != event.limits) scene.fail("an update was answered without its effect");
  if (call.disturbed) return;
  std::set<Errc> reasons;
  if (latest.cancelled) reasons.insert(Errc::event_cancelled);
  // A repeated call finds what the first one stored.
  const bool repeated = event.version == latest.version - 1 && event.limits == latest.limits;
  if (latest.version != event.version && !repeated) reasons.insert(Errc::version_conflict);
  const bool right = answer.has_value() ? reasons.empty() : reasons.contains(answer.error().code);
  if (!right) scene.fail("an update of an event got a wrong answer");
}

void cancel_event(Scene& scene, Process& process) {
  const EventId id = scene.random.pick(scene.events);
  const Event before = *scene.programme.find(id);
  const auto answer = process.catalog.cancel(id);
  const Call& call = scene.calls.back();
  if (call.crashed) return;
  scene.note("cancel " + before.title + " -> " +
             (answer.has_value() ? "cancelled" : std::string(name(answer.error().code))));
  if (answer.has_value()) {
    scene.count("event cancelled");
    scene.programme.cancellations_told.insert(id);
    if (!answer->cancelled || !scene.programme.find(id)->cancelled || !scene.books.inventories.at(id).closed)
      scene.fail("an event was called cancelled that still sells");
  } else if (!call.disturbed && (answer.error().code != Errc::sale_ended || scene.clock_now() < before.event_date)) {
    scene.fail("an event can't be cancelled: " + answer.error().message);
  }
}

void read_programme(Scene& scene, Process& process) {
  const EventId id = scene.random.pick(scene.events);
  const auto detail = process.catalog.detail(id);
  if (scene.calls.back().disturbed) return;
  if (detail.has_error()) return scene.fail("an event can't be read: " + detail.error().message);
  const Event& expected = *scene.programme.find(id);
  const std::int64_t available = available_of(scene.books, id);
  const auto& told = detail->summary.availability;
  if (detail->summary.event != expected) return scene.fail("an event is shown as it is not");
  if (!told || told->total != scene.books.inventories.at(id).total || told->available != available)
    return scene.fail("an event is shown with wrong availability");
  const Timestamp now = scene.clock_now();
  const bool over = now >= expected.sale_end;
  const bool sold_out = told->total > 0 && available == 0;
  const EventStatus status = expected.cancelled          ? EventStatus::cancelled
                             : over                      ? EventStatus::ended
                             : now < expected.sale_start ? EventStatus::upcoming
                             : sold_out                  ? EventStatus::sold_out
                                                         : EventStatus::on_sale;
  scene.count(catalog::name(status));
  if (detail->summary.status != status)
    scene.fail("an event is shown as " + std::string(catalog::name(detail->summary.status)) + " instead of " +
               std::string(catalog::name(status)));
}

}  // namespace tiketi::test
