// Events, ticket types, layouts and seat maps: what everyone reads, answered from bytes that are ready.

#include "routes/handlers.hpp"
#include "routes/routes.hpp"
#include "routes/shapes.hpp"
#include "server/json.hpp"
#include "server/problem.hpp"

#include <tiketi/base/fingerprint.hpp>
#include <tiketi/catalog/rules.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tiketi::http {
namespace {

constexpr std::array<std::string_view, 5> status_words = {"upcoming", "on_sale", "sold_out", "ended", "cancelled"};

/// When the event's status changes by itself next, if that is after `now`.
Timestamp next_boundary(const Event& event, Timestamp now) {
  if (event.cancelled) return latest_timestamp;
  if (now < event.sale_start) return event.sale_start;
  return now < event.sale_end ? event.sale_end : latest_timestamp;
}

std::int64_t available(const TicketTypeSummary& each) { return each.availability ? each.availability->available : 0; }

void write_ticket_types(JsonWriter& json, const EventDetail& detail) {
  json.array("ticketTypes", [&](JsonWriter& list) {
    for (const TicketTypeSummary& each : detail.ticket_types)
      list.object([&](JsonWriter& type) { write_ticket_type(type, each.type, available(each)); });
  });
}

Result<MadeBytes> make_event_list(Services& services, const EventQuery& query) {
  const Timestamp now = services.clock().now();
  const auto page = services.catalog().list(query);
  if (!page) return page.error();
  std::vector<EventId> ids;
  for (const EventSummary& each : page->events) ids.push_back(each.event.id);
  const auto details = services.catalog().details(ids);
  if (!details) return details.error();
  const auto layouts = services.catalog().layouts();
  if (!layouts) return layouts.error();
  const auto layout_of = [&](const Event& event) -> const SeatLayout* {
    const auto found =
        std::ranges::find_if(*layouts, [&](const SeatLayout& each) { return each.id == event.layout_id; });
    return found == layouts->end() ? nullptr : &*found;
  };
  Timestamp good_until = latest_timestamp;
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.array("events", [&](JsonWriter& list) {
      for (const std::optional<EventDetail>& each : *details) {
        if (!each) continue;  // removed since
        const Event& event = each->summary.event;
        good_until = std::min(good_until, next_boundary(event, now));
        list.object([&](JsonWriter& row) { write_listed_event(row, *each, layout_of(event)); });
      }
    });
    write_pagination(json, query.page, query.limit, page->total);
  });
  return MadeBytes{make_ready(std::move(body)), 0, good_until};
}

void list_events(Desks& desks, const Request& request, Respond respond) {
  Parameters parameters(request);
  const Paging paging = read_paging(parameters, 10);
  EventQuery query;
  query.search = parameters.query_text("q", max_search_bytes);
  query.page = static_cast<std::int32_t>(paging.page);
  query.limit = static_cast<std::int32_t>(paging.limit);
  const std::string_view status = request.query("status").value_or("");
  if (parameters.failed()) return respond(parameters.refusal());
  if (!status.empty()) query.status = catalog::parse_event_status(status);
  if (!status.empty() && !query.status) {  // clients of the documented site ask for words of their own
    std::string body;
    JsonWriter(body).object([&](JsonWriter& json) {
      json.array("events", [](JsonWriter&) {});
      write_pagination(json, query.page, query.limit, 0);
    });
    return respond(json(200, std::move(body)));
  }
  std::string key = "events " + std::to_string(query.page) + ' ' + std::to_string(query.limit) + ' ';
  key.append(status).append(" ").append(query.search);
  desks.pages.answer(
      request, std::move(respond), key, std::string(all_events),
      [&services = desks.services, query](const MadeBytes*) { return make_event_list(services, query); });
}

Result<MadeBytes> make_event(Services& services, EventId id) {
  const Timestamp now = services.clock().now();
  const auto detail = services.catalog().detail(id);
  if (!detail) return detail.error();
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.object("event",
                [&](JsonWriter& event) { write_event_row(event, detail->summary.event, detail->summary.status); });
    write_ticket_types(json, *detail);
  });
  return MadeBytes{make_ready(std::move(body)), 0, next_boundary(detail->summary.event, now)};
}

Result<MadeBytes> make_event_ticket_types(Services& services, EventId id) {
  const auto detail = services.catalog().detail(id);
  if (!detail) return detail.error();
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) { write_ticket_types(json, *detail); });
  return MadeBytes{make_ready(std::move(body)), 0, latest_timestamp};
}

/// The soonest time at which a hold on the map ends by itself.
Timestamp next_expiry(const SeatMap& map, Timestamp now) {
  Timestamp soonest = latest_timestamp;
  for (const SeatLive& each : map.live)
    if (each.status == PlaceStatus::held && each.held_until > now) soonest = std::min(soonest, each.held_until);
  return soonest;
}

struct MapOfEvent {
  Event event;
  SeatLayout layout;
  SeatMap map;
};

Result<MapOfEvent> load_map(Services& services, EventId id) {
  auto detail = services.catalog().detail(id);
  if (!detail) return detail.error();
  MapOfEvent out;
  out.event = std::move(detail->summary.event);
  auto map = services.stores().box_office().seat_map(id);
  if (!map && map.error().code != Errc::event_not_found) return map.error();
  if (map) out.map = std::move(*map);
  if (out.map.size() == 0 || !out.event.layout_id) return out;
  auto layout = services.catalog().layout(out.event.layout_id->text());
  if (!layout) return layout.error();
  out.layout = std::move(*layout);
  return out;
}

/// A column of the compact form.
template <class Value>
void write_column(JsonWriter& json, std::string_view name, const SeatMap& map, Value value) {
  json.array(name, [&](JsonWriter& column) {
    for (const SeatPlace& each : *map.places) column.value(value(each));
  });
}

void write_compact_places(JsonWriter& json, const SeatMap& map) {
  json.array("sections", [&](JsonWriter& list) {
    for (const std::string& each : *map.sections) list.value(each);
  });
  json.object("seats", [&](JsonWriter& seats) {
    write_column(seats, "id", map, [](const SeatPlace& each) { return each.id; });
    write_column(seats, "section", map, [](const SeatPlace& each) { return each.section; });
    write_column(seats, "row", map, [](const SeatPlace& each) { return each.row; });
    write_column(seats, "number", map, [](const SeatPlace& each) { return each.number; });
    write_column(seats, "price", map, [](const SeatPlace& each) { return each.price_minor; });
    write_column(seats, "x", map, [](const SeatPlace& each) { return each.x; });
    write_column(seats, "y", map, [](const SeatPlace& each) { return each.y; });
  });
}

std::string base64(const std::vector<std::uint8_t>& bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3), '\0');
  std::vector<unsigned char> text(out.size() + 1);
  EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(bytes.size()));
  out.assign(text.begin(), text.end() - 1);
  return out;
}

enum class MapFormat : std::uint8_t { full, compact, statuses };
constexpr std::array<std::string_view, 3> map_formats = {"full", "compact", "statuses"};

std::string write_seat_map(const MapOfEvent& loaded, MapFormat format, Timestamp now) {
  const auto& [event, layout, map] = loaded;
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.member("version", map.version).member("count", map.size());
    if (format != MapFormat::statuses)
      json.object("event", [&](JsonWriter& e) {
        e.member("id", event.id).member("title", event.title).member("currency", map.currency.text());
      });
    if (format == MapFormat::compact) write_compact_places(json, map);
    if (format != MapFormat::full) {
      json.member("statuses", base64(encode_seat_statuses(map, now)));
      return;
    }
    json.object("layout", [&](JsonWriter& l) { write_sections(l, layout); });
    json.key("seats").raw(encode_seats_json(map, now));
  });
  return body;
}

/// Of all that the page shows. The map's own version begins anew with seats that are made anew.
std::uint64_t fingerprint_of(const MapOfEvent& loaded) {
  Fingerprint out;
  out.add(static_cast<std::uint64_t>(loaded.event.version));
  out.add(static_cast<std::uint64_t>(loaded.map.version));
  out.add(loaded.map.size());
  out.add(loaded.map.places->front().id.uuid);
  return out.value();
}

Result<MadeBytes> make_seat_map(Services& services, EventId id, MapFormat format, const MadeBytes* previous) {
  const Timestamp now = services.clock().now();
  const auto loaded = load_map(services, id);
  if (!loaded) return loaded.error();
  const SeatMap& map = loaded->map;
  if (map.size() == 0) return Error{Errc::layout_not_found, "this event has no numbered seats"};
  const Timestamp good_until = next_expiry(map, now);
  const std::uint64_t made_from = fingerprint_of(*loaded);
  if (previous != nullptr && previous->made_from == made_from && now < previous->good_until)
    return MadeBytes{previous->bytes, made_from, good_until};
  return MadeBytes{make_ready(write_seat_map(*loaded, format, now)), made_from, good_until};
}

void show_seats(Desks& desks, const Request& request, Respond respond) {
  Parameters parameters(request);
  const auto id = parameters.path_id<EventId>("eventId");
  const std::size_t format = parameters.query_word("format", map_formats).value_or(0);
  if (parameters.failed()) return respond(parameters.refusal());
  desks.pages.answer(
      request, std::move(respond), std::string(map_formats[format]) + " seats " + id.text(), subject_of(id),
      [&services = desks.services, id, format](const MadeBytes* previous) {
        return make_seat_map(services, id, static_cast<MapFormat>(format), previous);
      },
      [](const Request& asking, const Error& error) {
        if (error.code != Errc::layout_not_found) return problem(asking, error);
        return problem(asking.language, 404, "no_seat_selection",
                       {"좌석 선택이 없는 이벤트입니다.", "This event does not have seat selection"});
      });
}

Result<MadeBytes> make_layouts(Services& services) {
  const auto layouts = services.catalog().layouts();
  if (!layouts) return layouts.error();
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.array("layouts", [&](JsonWriter& list) {
      for (const SeatLayout& each : *layouts)
        list.object([&](JsonWriter& layout) { write_layout(layout, each, true); });
    });
  });
  return MadeBytes{make_ready(std::move(body)), 0, latest_timestamp};
}

Response show_availability(Desks& desks, const Request& request) {
  Parameters parameters(request);
  const auto id = parameters.path_id<TicketTypeId>("ticketTypeId");
  if (parameters.failed()) return parameters.refusal();
  ReserveQuestion question;
  question.ticket_types.push_back(id);
  const auto answer = desks.services.stores().box_office().ask(question);
  if (!answer) return problem(request, answer.error());
  const auto& stock = answer->stock.front();
  if (!stock) return problem(request, Error{Errc::ticket_type_not_found, "there is no such ticket type"});
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.member("available_quantity", stock->available()).member("total_quantity", stock->total);
  });
  return json(200, std::move(body));
}

/// A page that is made of one event, named by `parameter` in the path.
template <class Make>
Deferred page_of_event(Desks& desks, std::string kind, std::string parameter, Make make) {
  return {[&desks, kind = std::move(kind), parameter = std::move(parameter), make](const Request& request,
                                                                                   Respond respond) {
    Parameters parameters(request);
    const auto id = parameters.path_id<EventId>(parameter);
    if (parameters.failed()) return respond(parameters.refusal());
    desks.pages.answer(request, std::move(respond), kind + id.text(), subject_of(id),
                       [&services = desks.services, id, make](const MadeBytes*) { return make(services, id); });
  }};
}

}  // namespace

void add_catalog_routes(Router::Group& api, Desks& desks) {
  const Deferred seats = deferred(desks, show_seats);
  api.add(Method::get, "/events", Access::anyone, deferred(desks, list_events));
  api.add(Method::get, "/events/:id", Access::anyone, page_of_event(desks, "event ", "id", make_event));
  api.add(Method::get, "/tickets/event/:eventId", Access::anyone,
          page_of_event(desks, "types ", "eventId", make_event_ticket_types));
  api.add(Method::get, "/tickets/availability/:ticketTypeId", Access::anyone, blocking(desks, show_availability));
  api.add(Method::get, "/seats/layouts", Access::anyone, Deferred{[&desks](const Request& request, Respond respond) {
            desks.pages.answer(request, std::move(respond), "layouts", std::string(all_events),
                               [&services = desks.services](const MadeBytes*) { return make_layouts(services); });
          }});
  api.add(Method::get, "/seats/events/:eventId", Access::anyone, seats);
  api.add(Method::get, "/seats/event/:eventId", Access::anyone, seats);
}

}  // namespace tiketi::http
