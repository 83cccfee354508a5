#include "seeding.hpp"

#include "format.hpp"
#include "resolve.hpp"
#include "sample_catalogue.hpp"

#include <algorithm>
#include <unordered_map>

namespace tiketi::cli {
namespace {

/// What is stored under an id, if anything.
Result<std::optional<EventSummary>> stored(Catalog& catalog, EventId id) {
  auto detail = catalog.detail(id);
  if (detail.has_value()) return std::optional(std::move(detail->summary));
  if (detail.error().code == Errc::event_not_found) return std::optional<EventSummary>();
  return detail.error();
}

/// Stores those that are missing or were left half done, and counts.
Result<void> create(Catalog& catalog, std::vector<NewEvent> events, Seeded& seeded) {
  std::vector<NewEvent> missing;
  for (NewEvent& each : events) {
    const auto there = stored(catalog, each.event.id);
    if (there.has_error()) return there.error();
    if (*there && (*there)->availability) {
      ++seeded.present;
      seeded.places += (*there)->event.capacity;
      continue;
    }
    if (*there) each.event = (*there)->event;
    missing.push_back(std::move(each));
  }
  for (const Result<Event>& each : catalog.create(std::move(missing))) {
    if (each.has_error()) return each.error();
    ++seeded.created;
    seeded.places += each->capacity;
  }
  return {};
}

/// Whether it changed.
Result<bool> bring_up_to_date(Catalog& catalog, const Event& today) {
  const auto there = stored(catalog, today.id);
  if (there.has_error()) return there.error();
  if (!*there || (*there)->event.cancelled) return false;
  Event event = (*there)->event;
  const Event before = event;
  event.title = today.title;
  event.description = today.description;
  event.artist = today.artist;
  event.venue = today.venue;
  event.address = today.address;
  event.event_date = today.event_date;
  event.sale_start = today.sale_start;
  event.sale_end = today.sale_end;
  if (event == before) return false;
  const auto updated = catalog.update(std::move(event));
  if (updated.has_error()) return updated.error();
  return true;
}

/// Rows of 25; the last one may lack seats.
SeatLayout scale_layout(std::int64_t seats) {
  constexpr std::int64_t seats_per_row = 25;
  LayoutSection hall;
  hall.name = "Hall";
  hall.rows = static_cast<std::int32_t>((seats + seats_per_row - 1) / seats_per_row);
  hall.seats_per_row = static_cast<std::int32_t>(std::min(seats, seats_per_row));
  hall.price_minor = 50'000;
  for (std::int64_t i = seats; i < std::int64_t{hall.rows} * hall.seats_per_row; ++i)
    hall.gaps.push_back({hall.rows, static_cast<std::int32_t>(i % seats_per_row) + 1});
  SeatLayout out;
  out.name = "scale_" + std::to_string(seats);
  out.description = "A hall of " + std::to_string(seats) + " seats, for measurements";
  out.sections.push_back(std::move(hall));
  return out;
}

NewEvent scale_event(std::int64_t number, const SeatLayout& layout, Timestamp now) {
  std::string digits = std::to_string(number);
  if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
  NewEvent out;
  out.event.title = "Scale " + digits;
  out.event.id = EventId{named_uuid(layout.name, digits)};
  out.event.description = "One of very many events, for measurements.";
  out.event.venue = layout.description;
  out.event.sale_start = relative_day(now, -1, 9 * hour_ms);
  out.event.sale_end = relative_day(now, 60, 0);
  out.event.event_date = relative_day(now, 60, 19 * hour_ms);
  out.event.layout_id = layout.id;
  return out;
}

}  // namespace

Result<Seeded> seed_sample(Services& services, bool replace, Progress& progress) {
  Catalog& catalog = services.catalog();
  const SampleCatalogue sample = sample_catalogue(sample_catalogue_json(), services.clock().now());
  Seeded seeded;
  std::unordered_map<std::string, SeatLayoutId> layouts;
  for (const SeatLayout& each : sample.layouts) {
    const auto layout = catalog.add_layout(each);
    if (layout.has_error()) return layout.error();
    layouts[each.name] = layout->id;
    ++seeded.layouts;
  }
  if (const auto added = catalog.add_keywords(sample.keywords); added.has_error()) return added.error();
  std::int64_t done = 0;
  for (const SampleEvent& each : sample.events) {
    NewEvent event = each.event;
    if (!each.layout.empty()) event.event.layout_id = layouts.at(each.layout);
    if (const auto made = create(catalog, {event}, seeded); made.has_error()) return made.error();
    if (replace) {
      const auto changed = bring_up_to_date(catalog, each.event.event);
      if (changed.has_error()) return changed.error();
      seeded.updated += *changed ? 1 : 0;
      seeded.present -= *changed ? 1 : 0;
    }
    progress.show(++done, static_cast<std::int64_t>(sample.events.size()), each.event.event.title);
  }
  return seeded;
}

Result<Seeded> seed_scale(Services& services, std::int64_t events, std::int64_t seats, Progress& progress) {
  constexpr std::int64_t seats_at_a_time = 25'000;  // what is in memory at once
  const std::int64_t batch = std::clamp<std::int64_t>(seats_at_a_time / seats, 1, 50);
  const auto layout = services.catalog().add_layout(scale_layout(seats));
  if (layout.has_error()) return layout.error();
  Seeded seeded;
  seeded.layouts = 1;
  const Timestamp now = services.clock().now();
  for (std::int64_t first = 1; first <= events; first += batch) {
    std::vector<NewEvent> some;
    for (std::int64_t i = first; i < std::min(first + batch, events + 1); ++i)
      some.push_back(scale_event(i, *layout, now));
    if (const auto made = create(services.catalog(), std::move(some), seeded); made.has_error()) return made.error();
    progress.show(std::min(first + batch - 1, events), events, with_commas(seeded.places) + " seats");
  }
  return seeded;
}

}  // namespace tiketi::cli
