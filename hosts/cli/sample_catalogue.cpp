#include "sample_catalogue.hpp"

#include "resolve.hpp"

#include <boost/json.hpp>

#include <cmath>
#include <numbers>

namespace tiketi::cli {
namespace {

namespace json = boost::json;

constexpr std::int64_t event_time_ms = 19 * hour_ms;
constexpr std::int64_t sale_start_time_ms = 9 * hour_ms;
constexpr std::int64_t sale_end_time_ms = 24 * hour_ms - second_ms;

std::string text_of(const json::object& object, std::string_view member) {
  const json::value* value = object.if_contains(member);
  return value == nullptr ? std::string() : std::string(value->as_string());
}

template <class T>
T number_of(const json::object& object, std::string_view member) {
  return object.at(member).to_number<T>();
}

/// Stand `index` of a ring: its first row faces the middle at `radius` centimetres, its rows go outwards.
SectionGeometry on_ring(std::int32_t index, std::int32_t stands, std::int32_t radius, std::int32_t seats_per_row) {
  SectionGeometry out;
  const std::int32_t outwards = index * 360 / stands;
  out.angle_degrees = (outwards + 270) % 360;
  const double turn = std::numbers::pi / 180;
  const double half_row = out.seat_pitch * (seats_per_row - 1) / 2.0;
  const double along = out.angle_degrees * turn;
  out.x = static_cast<std::int32_t>(std::lround(radius * std::cos(outwards * turn) - half_row * std::cos(along)));
  out.y = static_cast<std::int32_t>(std::lround(radius * std::sin(outwards * turn) - half_row * std::sin(along)));
  return out;
}

/// A line of the text is one section, or a ring of equal ones around the middle.
void add_sections(const json::object& line, std::vector<LayoutSection>& out) {
  LayoutSection section;
  section.name = text_of(line, "name");
  const json::array& rows = line.at("rows").as_array();
  section.start_row = rows.at(0).to_number<std::int32_t>();
  section.rows = rows.at(1).to_number<std::int32_t>() - section.start_row + 1;
  section.seats_per_row = number_of<std::int32_t>(line, "seats_per_row");
  section.price_minor = number_of<std::int64_t>(line, "price");
  if (const json::value* at = line.if_contains("at")) {
    section.geometry.emplace();
    section.geometry->x = at->as_array().at(0).to_number<std::int32_t>();
    section.geometry->y = at->as_array().at(1).to_number<std::int32_t>();
  }
  const json::value* ring = line.if_contains("ring");
  if (ring == nullptr) {
    out.push_back(std::move(section));
    return;
  }
  const auto stands = number_of<std::int32_t>(ring->as_object(), "stands");
  const auto radius = number_of<std::int32_t>(ring->as_object(), "radius");
  for (std::int32_t i = 0; i < stands; ++i) {
    LayoutSection stand = section;
    stand.name += (i < 9 ? "-0" : "-") + std::to_string(i + 1);
    stand.geometry = on_ring(i, stands, radius, section.seats_per_row);
    out.push_back(std::move(stand));
  }
}

SampleEvent read_event(const json::object& line, const json::object& venues, Timestamp now) {
  SampleEvent out;
  out.layout = text_of(line, "layout");
  Event& event = out.event.event;
  event.title = text_of(line, "title");
  event.id = EventId{named_uuid("sample-event", event.title)};
  event.description = text_of(line, "description");
  event.artist = text_of(line, "artist");
  event.venue = text_of(line, "venue");
  event.address = text_of(venues, event.venue);
  const auto days = number_of<std::int64_t>(line, "in_days");
  event.event_date = relative_day(now, days, event_time_ms);
  event.sale_start = relative_day(now, number_of<std::int64_t>(line, "sale_in_days"), sale_start_time_ms);
  event.sale_end = relative_day(now, days - 1, sale_end_time_ms);
  const json::value* types = line.if_contains("ticket_types");
  if (types == nullptr) return out;
  for (const json::value& each : types->as_array()) {
    TicketType type;
    type.name = text_of(each.as_object(), "name");
    type.description = text_of(each.as_object(), "description");
    type.price.minor = number_of<std::int64_t>(each.as_object(), "price");
    type.total_quantity = number_of<std::int64_t>(each.as_object(), "quantity");
    out.event.ticket_types.push_back(std::move(type));
  }
  return out;
}

}  // namespace

SampleCatalogue sample_catalogue(std::string_view text, Timestamp now) {
  const json::value root = json::parse(text);
  SampleCatalogue out;
  for (const json::value& each : root.at("layouts").as_array()) {
    SeatLayout layout;
    layout.name = text_of(each.as_object(), "name");
    layout.description = text_of(each.as_object(), "description");
    for (const json::value& line : each.at("sections").as_array()) add_sections(line.as_object(), layout.sections);
    out.layouts.push_back(std::move(layout));
  }
  for (const json::value& each : root.at("events").as_array())
    out.events.push_back(read_event(each.as_object(), root.at("venues").as_object(), now));
  for (const auto& kind : root.at("keywords").as_object())
    for (const json::value& pair : kind.value().as_array())
      out.keywords.push_back({std::string(pair.as_array().at(0).as_string()),
                              std::string(pair.as_array().at(1).as_string()), std::string(kind.key())});
  return out;
}

}  // namespace tiketi::cli
