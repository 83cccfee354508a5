// Tickets: a customer's own with their QR codes, and letting people in.

#include "routes/handlers.hpp"
#include "routes/routes.hpp"
#include "routes/shapes.hpp"
#include "server/json.hpp"
#include "server/problem.hpp"

#include <tiketi/adapters/crypto.hpp>
#include <tiketi/adapters/qr.hpp>
#include <tiketi/base/base64.hpp>
#include <tiketi/ticket/rules.hpp>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace tiketi::http {
namespace {

/// The events of tickets, in turn; one that is gone is empty.
Result<std::vector<Event>> events_of(Services& services, const std::vector<Ticket>& tickets) {
  std::vector<EventId> ids;
  for (const Ticket& each : tickets) ids.push_back(each.event_id);
  auto found = services.stores().catalog().events(ids);
  if (!found) return found.error();
  std::vector<Event> events(tickets.size());
  for (std::size_t i = 0; i < events.size(); ++i)
    if (auto& event = (*found)[i]) events[i] = std::move(*event);
  return events;
}

void write_tickets(JsonWriter& json, TicketDesk& desk, const std::vector<Ticket>& tickets,
                   const std::vector<Event>& events) {
  json.array("tickets", [&](JsonWriter& list) {
    for (std::size_t i = 0; i < tickets.size(); ++i)
      list.object([&](JsonWriter& one) { write_ticket(one, tickets[i], events[i], desk.code(tickets[i])); });
  });
}

Response mine(Desks& desks, const Request& request) {
  Parameters parameters(request);
  const Paging paging = read_paging(parameters, 20);
  if (parameters.failed()) return parameters.refusal();
  TicketDesk& desk = desks.services.ticket_desk();
  const auto page = desk.tickets_of_user(request.caller->user_id, static_cast<std::int32_t>(paging.page),
                                         static_cast<std::int32_t>(paging.limit));
  if (!page) return problem(request, page.error());
  const auto events = events_of(desks.services, page->tickets);
  if (!events) return problem(request, events.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    write_tickets(json, desk, page->tickets, *events);
    write_pagination(json, paging.page, paging.limit, page->total);
  });
  return json(200, std::move(body));
}

Response of_reservation(Desks& desks, const Request& request) {
  Parameters parameters(request);
  const auto id = parameters.path_id<ReservationId>("id");
  if (parameters.failed()) return parameters.refusal();
  TicketDesk& desk = desks.services.ticket_desk();
  const auto tickets = desk.tickets_of(id, owner_of(request));
  if (!tickets) return problem(request, tickets.error());
  const auto events = events_of(desks.services, *tickets);
  if (!events) return problem(request, events.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) { write_tickets(json, desk, *tickets, *events); });
  return json(200, std::move(body));
}

Response ticket_answer(Desks& desks, const Request& request, const Ticket& ticket) {
  const auto events = events_of(desks.services, {ticket});
  if (!events) return problem(request, events.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.object("ticket", [&](JsonWriter& one) {
      write_ticket(one, ticket, events->front(), desks.services.ticket_desk().code(ticket));
    });
  });
  return json(200, std::move(body));
}

/// Calls `show` with the caller's ticket that the path names.
template <class Show>
Response with_ticket(Desks& desks, const Request& request, Show show) {
  Parameters parameters(request);
  const auto id = parameters.path_id<TicketId>("id");
  if (parameters.failed()) return parameters.refusal();
  const auto ticket = desks.services.ticket_desk().ticket(id, owner_of(request));
  return ticket ? show(*ticket) : problem(request, ticket.error());
}

Response one(Desks& desks, const Request& request) {
  return with_ticket(desks, request, [&](const Ticket& ticket) { return ticket_answer(desks, request, ticket); });
}

Response picture(const Request& request, const Result<std::string>& made, std::string_view type) {
  if (!made) return problem(request, made.error());
  return text(200, *made, type).with_header("Cache-Control", "private, no-store");
}

Response qr_svg(Desks& desks, const Request& request) {
  return with_ticket(desks, request, [&](const Ticket& ticket) {
    return picture(request, qr::svg(desks.services.ticket_desk().code(ticket)), "image/svg+xml");
  });
}

Response qr_png(Desks& desks, const Request& request) {
  return with_ticket(desks, request, [&](const Ticket& ticket) {
    return picture(request, qr::png(desks.services.ticket_desk().code(ticket)), "image/png");
  });
}

Response keys(Desks& desks, const Request&) {
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.array("keys", [&](JsonWriter& list) {
      for (const TicketPublicKey& each : desks.services.ticket_desk().public_keys())
        list.object([&](JsonWriter& key) {
          key.member("id", each.id.text()).member("algorithm", "Ed25519");
          key.member("public_key", to_base64url(each.bytes)).member("pem", crypto::to_pem(each));
        });
    });
  });
  return json(200, std::move(body));
}

/// Names the ticket by its code, or by id or number when somebody looked it up by hand.
Response check_in(Desks& desks, const Request& request) {
  JsonFields body = read_json(request);
  CheckIn command;
  command.code = body.optional_text("code", {.max_bytes = 1'000}).value_or("");
  command.ticket_id = body.optional_id<TicketId>("ticketId").value_or(TicketId{});
  const std::string number = body.optional_text("number", {.max_bytes = 40}).value_or("");
  command.event_id = body.optional_id<EventId>("eventId").value_or(EventId{});
  command.gate = body.required_text("gate", {.max_bytes = max_gate_bytes});
  if (command.code.empty() && command.ticket_id.is_nil() && number.empty())
    body.refuse("code",
                {"티켓 코드, ticketId 또는 number가 필요합니다.", "name the ticket by code, ticketId or number"});
  if (body.failed()) return body.refusal();
  TicketDesk& desk = desks.services.ticket_desk();
  if (command.code.empty() && command.ticket_id.is_nil()) {
    const auto parsed = ticket::parse_number(number);
    const auto found = parsed ? desk.ticket(*parsed) : Error{Errc::ticket_not_found, "that is no ticket number"};
    if (!found) return problem(request, found.error());
    command.ticket_id = found->id;
  }
  command.checked_by = request.caller->user_id;
  const auto used = desk.check_in(command);
  if (!used) return problem(request, used.error());
  // The ticket itself says who let it in, where and when; nobody is turned away because the log can't say it again.
  const auto noted = record(desks, request, "ticket.check_in", "ticket", used->id.text());
  Response response = ticket_answer(desks, request, *used);
  if (!noted) response.log_note = "the check-in is not in the audit log: " + noted.error().message;
  return response;
}

}  // namespace

void add_ticket_routes(Router::Group& api, Desks& desks) {
  api.add(Method::get, "/tickets/my", Access::user, blocking(desks, mine));
  api.add(Method::get, "/tickets/keys", Access::anyone, blocking(desks, keys));
  api.add(Method::get, "/tickets/:id", Access::user, blocking(desks, one));
  api.add(Method::get, "/tickets/:id/qr.svg", Access::user, blocking(desks, qr_svg));
  api.add(Method::get, "/tickets/:id/qr.png", Access::user, blocking(desks, qr_png));
  api.add(Method::get, "/reservations/:id/tickets", Access::user, blocking(desks, of_reservation));
  api.add(Method::post, "/tickets/check-in", Access::admin, blocking(desks, check_in));
}

}  // namespace tiketi::http
