// The waiting room: a place in the line, what became of it, and what admins set.

#include "routes/field_names.hpp"
#include "routes/handlers.hpp"
#include "routes/room_shapes.hpp"
#include "routes/routes.hpp"
#include "server/json.hpp"
#include "server/json_writer.hpp"
#include "server/problem.hpp"

#include <array>
#include <string>
#include <utility>

namespace tiketi::http {
namespace {

/// `handler(desks, request, event)` for the event of the address, on a thread of the pool.
template <class Handler>
Blocking of_event(Desks& desks, Handler handler, std::string pool = "store") {
  const auto of_path = [handler](Desks& served, const Request& request) {
    Parameters parameters(request);
    const auto event = parameters.path_id<EventId>("eventId");
    return parameters.failed() ? parameters.refusal() : handler(served, request, event);
  };
  return blocking(desks, of_path, std::move(pool));
}

Response entered(const RoomStatus& status) {
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    write_place(json, status);
    if (!status.queued()) json.member("entryToken", status.entry_token);  // empty while the room is off
  });
  return json(200, std::move(body));
}

Response looked_up(const RoomStatus& status) {
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    write_place(json, status);
    if (!status.entry_token.empty()) json.member("entryToken", status.entry_token);
  });
  return json(200, std::move(body));
}

void submit_entry(Desks& desks, const Request& request, const Respond& respond, EventId event) {
  const Enter command{event, request.caller->user_id};
  const auto queued = desks.enter_room.submit(command, [&request, respond](const Result<RoomStatus>& status) {
    respond(status ? entered(*status) : problem(request, in_wire_names(status.error(), {{"event", "eventId"}})));
  });
  if (!queued) respond(problem(request, queued.error()));
}

void enter(Desks& desks, const Request& request, const Respond& respond) {
  Parameters parameters(request);
  const auto event = parameters.path_id<EventId>("eventId");
  if (parameters.failed()) return respond(parameters.refusal());
  submit_entry(desks, request, respond, event);
}

void enter_by_body(Desks& desks, const Request& request, const Respond& respond) {
  JsonFields body = read_json(request);
  const auto event = body.required_id<EventId>("eventId");
  if (body.failed()) return respond(body.refusal());
  submit_entry(desks, request, respond, event);
}

/// Whoever asks is there: an admission lasts on, and its token is new.
void status(Desks& desks, const Request& request, const Respond& respond) {
  Parameters parameters(request);
  const auto event = parameters.path_id<EventId>("eventId");
  if (parameters.failed()) return respond(parameters.refusal());
  if (const auto known = desks.services.waiting_room().touch_in_memory(event, request.caller->user_id))
    return respond(looked_up(*known));
  const auto queued = desks.read_room.submit(Enter{event, request.caller->user_id},
                                             [&request, respond](const Result<RoomStatus>& found) {
                                               respond(found ? looked_up(*found) : problem(request, found.error()));
                                             });
  if (!queued) respond(problem(request, queued.error()));
}

Response message(const Request& request, Text text) {
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) { json.member("message", text.in(request.language)); });
  return json(200, std::move(body));
}

/// By the batcher: when a sale is over, everybody leaves at once.
Response leave(Desks& desks, const Request& request, EventId event) {
  const auto left = desks.leave_room.call(Leave{.event_id = event, .user_id = request.caller->user_id});
  if (!left) return problem(request, left.error());
  return message(request, {"대기열에서 나왔습니다.", "You have left the waiting room."});
}

void write_lobby(JsonWriter& json, const RoomView& view) {
  json.object("lobby", [&](JsonWriter& lobby) {
    lobby.member("phase", name(view.lobby)).member("commitment", view.commitment).member("seed", view.seed);
  });
}

Response room_answer(const RoomView& view) {
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.member("eventId", view.event_id);
    json.member("queueSize", view.waiting).member("currentUsers", view.active);
    json.member("threshold", view.settings.threshold).member("available", view.available);
    json.member("enabled", view.settings.enabled);
    json.member("mode", name(view.settings.mode));
    json.member("rate", view.settings.rate_per_second).member("paused", view.settings.paused);
    json.member("activeSeconds", view.settings.active_ms / second_ms);
    json.member("lobbyEnabled", view.settings.lobby).member("maxPayments", view.settings.max_payments);
    json.member("soldOut", view.sold_out).member("admissions", view.admissions);
    json.member("admittedLastMinute", view.admitted_last_minute);
    write_lobby(json, view);
  });
  return json(200, std::move(body));
}

/// For everybody: by what the order of a lobby can be checked.
Response lobby(Desks& desks, const Request& request, EventId event) {
  const auto view = desks.services.waiting_room().view(event);
  if (!view) return problem(request, view.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.member("eventId", event);
    write_lobby(json, *view);
  });
  return json(200, std::move(body));
}

Response view(Desks& desks, const Request& request, EventId event) {
  const auto view = desks.services.waiting_room().view(event);
  return view ? room_answer(*view) : problem(request, view.error());
}

RoomSettingsPatch read_patch(JsonFields& body) {
  static const std::array modes = {name(RoomMode::strict), name(RoomMode::session)};
  RoomSettingsPatch out;
  out.enabled = body.optional_boolean("enabled");
  if (const auto mode = body.optional_word("mode", modes)) out.mode = static_cast<RoomMode>(*mode);
  out.threshold = body.optional_integer("threshold", 1, max_room_threshold);
  out.rate_per_second = body.optional_integer("rate", 1, max_room_rate);
  out.paused = body.optional_boolean("paused");
  const auto seconds =
      body.optional_integer("activeSeconds", min_room_active_ms / second_ms, max_room_active_ms / second_ms);
  if (seconds) out.active_ms = *seconds * second_ms;
  out.lobby = body.optional_boolean("lobbyEnabled");
  out.max_payments = body.optional_integer("maxPayments", 0, max_room_payments);
  return out;
}

/// What the audit log says of a change.
std::string details_of(const RoomSettingsPatch& patch) {
  std::string out;
  JsonWriter(out).object([&](JsonWriter& json) {
    const auto write = [&json](std::string_view member, const auto& value) {
      if (value) json.member(member, *value);
    };
    write("enabled", patch.enabled);
    if (patch.mode) json.member("mode", name(*patch.mode));
    write("threshold", patch.threshold);
    write("rate", patch.rate_per_second);
    write("paused", patch.paused);
    if (patch.active_ms) json.member("activeSeconds", *patch.active_ms / second_ms);
    write("lobbyEnabled", patch.lobby);
    write("maxPayments", patch.max_payments);
  });
  return out;
}

Response change(Desks& desks, const Request& request, EventId event) {
  JsonFields body = read_json(request);
  const RoomSettingsPatch patch = read_patch(body);
  if (body.failed()) return body.refusal();
  const auto before = desks.services.waiting_room().view(event);
  if (!before) return problem(request, before.error());
  const auto noted = record(desks, request, "waiting_room.change", "event", event.text(), details_of(patch));
  if (!noted) return problem(request, noted.error());
  const auto view = desks.services.waiting_room().set(event, patch);
  return view ? room_answer(*view) : problem(request, view.error());
}

Response clear(Desks& desks, const Request& request, EventId event) {
  const auto before = desks.services.waiting_room().view(event);
  if (!before) return problem(request, before.error());
  if (const auto noted = record(desks, request, "waiting_room.clear", "event", event.text()); !noted)
    return problem(request, noted.error());
  const auto cleared = desks.services.waiting_room().clear(event);
  if (!cleared) return problem(request, cleared.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.member("message", Text{"대기열을 비웠습니다.", "The waiting room was cleared."}.in(request.language));
    json.member("cleared", *cleared);
  });
  return json(200, std::move(body));
}

/// Recomputes the room from its log.
Response audit(Desks& desks, const Request& request, EventId event) {
  const auto audit = desks.services.waiting_room().audit(event);
  if (!audit) return problem(request, audit.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.member("eventId", event).member("records", audit->records);
    json.member("admitted", audit->admitted).member("waiting", audit->waiting);
    json.array("findings", [&](JsonWriter& findings) {
      for (const Finding& each : audit->findings)
        findings.object(
            [&](JsonWriter& finding) { finding.member("invariant", each.invariant).member("what", each.what); });
    });
  });
  return json(200, std::move(body));
}

}  // namespace

void add_waiting_room_routes(Router::Group& api, Desks& desks) {
  for (const char* path : {"/queue/check/:eventId", "/queue/join/:eventId"})
    api.add(Method::post, path, Access::user, deferred(desks, enter));
  api.add(Method::post, "/queue/enter", Access::user, deferred(desks, enter_by_body));
  api.add(Method::get, "/queue/status/:eventId", Access::user, deferred(desks, status));
  api.add(Method::post, "/queue/leave/:eventId", Access::user, of_event(desks, leave, "leaving"));
  api.add(Method::get, "/queue/lobby/:eventId", Access::anyone, of_event(desks, lobby));
  api.add(Method::get, "/queue/admin/:eventId", Access::admin, of_event(desks, view));
  api.add(Method::put, "/queue/admin/:eventId", Access::admin, of_event(desks, change));
  api.add(Method::post, "/queue/admin/clear/:eventId", Access::admin, of_event(desks, clear));
  api.add(Method::get, "/queue/admin/:eventId/audit", Access::admin, of_event(desks, audit));
}

}  // namespace tiketi::http
