// For admins: events, their seats and ticket types.

#include "key_ids.hpp"
#include "routes/field_names.hpp"
#include "routes/handlers.hpp"
#include "routes/routes.hpp"
#include "routes/shapes.hpp"
#include "server/json.hpp"
#include "server/problem.hpp"

#include <tiketi/catalog/rules.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace tiketi::http {
namespace {

// The catalogue's own rules tell more; these bounds only keep out what can't be meant.
constexpr TextBounds short_text{.max_bytes = 2'000, .min_bytes = 0};
constexpr TextBounds long_text{.max_bytes = 20'000, .min_bytes = 0, .multi_line = true};
constexpr std::int64_t max_places = 100'000'000;

/// Takes over what the body names; the rest stays.
void read_event(JsonFields& body, Event& event) {
  const auto take = [&](std::string_view name, std::string& into, TextBounds bounds) {
    if (auto text = body.optional_text(name, bounds)) into = std::move(*text);
  };
  const auto take_time = [&](std::string_view name, Timestamp& into) {
    if (const auto time = body.optional_time(name)) into = *time;
  };
  take("title", event.title, {.max_bytes = 600});
  take("description", event.description, long_text);
  take("venue", event.venue, short_text);
  take("address", event.address, short_text);
  take("artistName", event.artist, short_text);
  take("posterImageUrl", event.poster_url, short_text);
  take_time("eventDate", event.event_date);
  take_time("saleStartDate", event.sale_start);
  take_time("saleEndDate", event.sale_end);
  if (const auto limit = body.optional_integer("maxPerReservation", 0, 1'000'000))
    event.limits.per_reservation = static_cast<std::int32_t>(*limit);
  if (const auto limit = body.optional_integer("maxPerUser", 0, 1'000'000))
    event.limits.per_buyer = static_cast<std::int32_t>(*limit);
}

Error event_error(Error error) {
  return in_wire_names(std::move(error), {{"sale_start", "saleStartDate"},
                                          {"sale_end", "saleEndDate"},
                                          {"event_date", "eventDate"},
                                          {"poster_url", "posterImageUrl"},
                                          {"artist", "artistName"},
                                          {"layout_id", "seatLayoutId"},
                                          {"limits.per_reservation", "maxPerReservation"},
                                          {"limits.per_buyer", "maxPerUser"},
                                          {"ticket_types", "ticketTypes"},
                                          {"total_quantity", "totalQuantity"}});
}

TicketType read_ticket_type(JsonFields& body) {
  TicketType out;
  out.name = body.required_text("name", {.max_bytes = 200});
  out.price.minor = body.required_integer("price", 0, max_price_minor);
  out.total_quantity = body.required_integer("totalQuantity", 0, max_places);
  out.description = body.optional_text("description", long_text).value_or("");
  return out;
}

void touch(Desks& desks, EventId event) {
  desks.changed(event);
  desks.pages.touch(std::string(all_events));
}

Response event_answer(Desks& desks, const Request& request, int status, EventId id, Text message) {
  const auto detail = desks.services.catalog().detail(id);
  if (!detail) return problem(request, detail.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.member("message", message.in(request.language));
    json.object("event", [&](JsonWriter& e) { write_event_row(e, detail->summary.event, detail->summary.status); });
  });
  return json(status, std::move(body));
}

Response list_layouts(Desks& desks, const Request& request) {
  auto layouts = desks.services.catalog().layouts();
  if (!layouts) return problem(request, layouts.error());
  std::ranges::sort(*layouts, {}, &SeatLayout::name);
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.array("layouts", [&](JsonWriter& list) {
      for (const SeatLayout& each : *layouts)
        list.object([&](JsonWriter& layout) { write_layout(layout, each, true); });
    });
  });
  return json(200, std::move(body));
}

Response create(Desks& desks, const Request& request) {
  JsonFields body = read_json(request);
  NewEvent command;
  body.required_text("title", {.max_bytes = 600});
  for (const char* each : {"eventDate", "saleStartDate", "saleEndDate"}) body.required_time(each);
  read_event(body, command.event);
  command.event.layout_id = body.optional_id<SeatLayoutId>("seatLayoutId");
  if (const auto text = body.optional_text("currency", {.max_bytes = 3})) {
    const auto currency = Currency::parse(*text);
    if (currency) command.event.price.currency = *currency;
    else
      body.refuse("currency",
                  {"통화는 KRW 와 같은 대문자 세 글자입니다.", "A currency is three capital letters, such as KRW."});
  }
  for (JsonFields& each : body.objects("ticketTypes", 0, 200)) {
    command.ticket_types.push_back(read_ticket_type(each));
    command.ticket_types.back().price.currency = command.event.price.currency;
  }
  if (body.failed()) return body.refusal();
  command.event.id = id_of_key<EventId>(request).value_or(desks.services.ids().next<EventId>());
  std::string details;
  JsonWriter(details).object([&](JsonWriter& json) { json.member("title", command.event.title); });
  if (const auto noted = record(desks, request, "event.create", "event", command.event.id.text(), std::move(details));
      !noted)
    return problem(request, noted.error());
  std::vector<NewEvent> commands;
  commands.push_back(std::move(command));
  const auto event = std::move(desks.services.catalog().create(std::move(commands)).front());
  if (!event) return problem(request, event_error(event.error()));
  touch(desks, event->id);
  return event_answer(desks, request, 201, event->id, {"이벤트가 생성되었습니다.", "The event was made."});
}

/// Calls `act` with the id in the path, after the action was written to the audit log.
template <class Act>
Response with_event(Desks& desks, const Request& request, std::string_view parameter, std::string action, Act act) {
  Parameters parameters(request);
  const auto id = parameters.path_id<EventId>(parameter);
  if (parameters.failed()) return parameters.refusal();
  const auto detail = desks.services.catalog().detail(id);
  if (!detail) return problem(request, detail.error());
  if (const auto noted = record(desks, request, std::move(action), "event", id.text()); !noted)
    return problem(request, noted.error());
  Response response = act(detail->summary.event);
  touch(desks, id);
  return response;
}

Response change(Desks& desks, const Request& request) {
  JsonFields body = read_json(request);
  Event parsed;
  read_event(body, parsed);
  const auto layout = body.optional_id<SeatLayoutId>("seatLayoutId");
  std::vector<TicketType> types;
  for (JsonFields& each : body.objects("ticketTypes", 0, 200)) types.push_back(read_ticket_type(each));
  if (body.failed()) return body.refusal();
  return with_event(desks, request, "id", "event.change", [&](Event event) {
    read_event(body, event);
    const auto changed = desks.services.catalog().change({std::move(event), layout, std::move(types)});
    if (!changed) return problem(request, event_error(changed.error()));
    return event_answer(desks, request, 200, changed->id, {"이벤트가 수정되었습니다.", "The event was changed."});
  });
}

Response cancel(Desks& desks, const Request& request) {
  return with_event(desks, request, "id", "event.cancel", [&](const Event& event) {
    const auto cancelled = desks.services.catalog().cancel(event.id);
    if (!cancelled) return problem(request, cancelled.error());
    const auto progress = desks.services.cashier().cancel_event(event.id);
    if (!progress) return problem(request, progress.error());
    std::string body;
    JsonWriter(body).object([&](JsonWriter& json) {
      json.member("message", Text{"이벤트가 취소되었습니다.", "The event was cancelled."}.in(request.language));
      json.object("event", [&](JsonWriter& e) { write_event_row(e, *cancelled, EventStatus::cancelled); });
      json.member("cancelledReservations", progress->cancelled).member("finished", progress->finished_at.ms != 0);
    });
    return json(200, std::move(body));
  });
}

Response cancellation(Desks& desks, const Request& request) {
  Parameters parameters(request);
  const auto id = parameters.path_id<EventId>("id");
  if (parameters.failed()) return parameters.refusal();
  const auto found = desks.services.stores().payments().event_cancellation(id);
  if (!found) return problem(request, found.error());
  if (!*found) return problem(request, Error{Errc::event_not_found, "no such event, or it was not cancelled"});
  const EventCancellation& progress = **found;
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.object("cancellation", [&](JsonWriter& c) {
      c.member("event_id", id).member("cancelled", progress.cancelled).member("started_at", progress.started_at);
      c.member("finished_at", progress.finished_at.ms == 0 ? std::optional<Timestamp>() : progress.finished_at);
    });
  });
  return json(200, std::move(body));
}

Response generate_seats(Desks& desks, const Request& request) {
  return with_event(desks, request, "id", "event.generate_seats", [&](const Event& event) {
    Catalog& catalog = desks.services.catalog();
    auto made = catalog.generate_seats(event.id);
    if (!made && made.error().code == Errc::already_exists) {  // made anew, unless somebody has one
      if (const auto removed = catalog.remove_seats(event.id); !removed) return problem(request, removed.error());
      made = catalog.generate_seats(event.id);
    }
    if (!made) return problem(request, made.error());
    std::string body;
    JsonWriter(body).object([&](JsonWriter& json) {
      json.member("message", Text{"좌석이 생성되었습니다.", "The seats were made."}.in(request.language));
      json.member("seatsCreated", *made).member("eventTitle", event.title);
    });
    return json(201, std::move(body));
  });
}

Response remove_seats(Desks& desks, const Request& request) {
  return with_event(desks, request, "id", "event.remove_seats", [&](const Event& event) {
    const auto removed = desks.services.catalog().remove_seats(event.id);
    if (!removed) return problem(request, removed.error());
    std::string body;
    JsonWriter(body).object([&](JsonWriter& json) {
      json.member("message", Text{"좌석이 삭제되었습니다.", "The seats were removed."}.in(request.language));
      json.member("seatsDeleted", *removed);
    });
    return json(200, std::move(body));
  });
}

Response ticket_type_answer(Desks& desks, const Request& request, int status, const TicketType& type, Text message) {
  const auto detail = desks.services.catalog().detail(type.event_id);
  if (!detail) return problem(request, detail.error());
  std::int64_t available = 0;
  for (const TicketTypeSummary& each : detail->ticket_types)
    if (each.type.id == type.id && each.availability) available = each.availability->available;
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.member("message", message.in(request.language));
    json.object("ticketType", [&](JsonWriter& t) { write_ticket_type(t, type, available); });
  });
  return json(status, std::move(body));
}

Response add_ticket_type(Desks& desks, const Request& request) {
  JsonFields body = read_json(request);
  TicketType type = read_ticket_type(body);
  if (body.failed()) return body.refusal();
  return with_event(desks, request, "eventId", "event.add_ticket_type", [&](const Event& event) {
    type.id = id_of_key<TicketTypeId>(request).value_or(TicketTypeId());
    type.event_id = event.id;
    type.price.currency = event.price.currency;
    const auto added = desks.services.catalog().add_ticket_type(type);
    if (!added) return problem(request, event_error(added.error()));
    return ticket_type_answer(desks, request, 201, *added, {"티켓이 추가되었습니다.", "The ticket type was added."});
  });
}

Response change_ticket_type(Desks& desks, const Request& request) {
  Parameters parameters(request);
  const auto id = parameters.path_id<TicketTypeId>("id");
  if (parameters.failed()) return parameters.refusal();
  JsonFields body = read_json(request);
  EditTicketType edit;
  edit.id = id;
  edit.name = body.optional_text("name", {.max_bytes = 200});
  edit.price_minor = body.optional_integer("price", 0, max_price_minor);
  edit.total_quantity = body.optional_integer("totalQuantity", 0, max_places);
  edit.description = body.optional_text("description", long_text);
  if (body.failed()) return body.refusal();
  if (const auto noted = record(desks, request, "ticket_type.change", "ticket_type", id.text()); !noted)
    return problem(request, noted.error());
  const auto changed = desks.services.catalog().update_ticket_type(edit);
  if (!changed) return problem(request, event_error(changed.error()));
  touch(desks, changed->event_id);
  return ticket_type_answer(desks, request, 200, *changed, {"티켓이 수정되었습니다.", "The ticket type was changed."});
}

}  // namespace

void add_admin_event_routes(Router::Group& api, Desks& desks) {
  const auto add = [&](Method method, const char* path, auto handler) {
    api.add(method, path, Access::admin, blocking(desks, handler));
  };
  add(Method::get, "/admin/seat-layouts", list_layouts);
  add(Method::post, "/admin/events", create);
  add(Method::put, "/admin/events/:id", change);
  // They give money back, which may take its time.
  const auto refunding = blocking(desks, cancel, "provider");
  api.add(Method::del, "/admin/events/:id", Access::admin, refunding);
  api.add(Method::post, "/admin/events/:id/cancel", Access::admin, refunding);
  add(Method::get, "/admin/events/:id/cancellation", cancellation);
  add(Method::post, "/admin/events/:id/generate-seats", generate_seats);
  add(Method::del, "/admin/events/:id/seats", remove_seats);
  add(Method::post, "/admin/events/:eventId/tickets", add_ticket_type);
  add(Method::put, "/admin/tickets/:id", change_ticket_type);
}

}  // namespace tiketi::http
