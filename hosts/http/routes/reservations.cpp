// Holds and reservations: take seats or tickets, look at one's own, give them back.

#include "routes/field_names.hpp"
#include "routes/handlers.hpp"
#include "routes/reservation_shapes.hpp"
#include "routes/routes.hpp"
#include "routes/shapes.hpp"
#include "server/json.hpp"
#include "server/problem.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace tiketi::http {
namespace {

constexpr std::size_t max_entry_token = 256;  // characters; longer ones are cut, and so refused as forged

/// The first answer to a hold is given again to whoever repeats the request, so it says nothing that changes later.
Response held(Desks& desks, const Request& request, const Reserved& reserved) {
  const Reservation& reservation = reserved.reservation;
  const Timestamp expires_at = reservation.created_at.plus_ms(desks.services.box_office().policy().hold_ms);
  std::string body;
  body.reserve(512);
  JsonWriter(body).object([&](JsonWriter& json) {
    json.member("message", Text{"예매가 접수되었습니다. 시간 안에 결제해 주세요.", "Held. Please pay in time."}.in(
                               request.language));
    json.object("reservation", [&](JsonWriter& r) {
      r.member("id", reservation.id).member("reservationNumber", reservation.number.text());
      r.member("totalAmount", reservation.total.minor).member("currency", reservation.total.currency.text());
      r.member("expiresAt", expires_at);
      r.array("seats", [&](JsonWriter& seats) {
        for (const ReservationLine& each : reservation.lines)
          if (each.is_seat())
            seats.object([&](JsonWriter& seat) {
              seat.member("id", each.seat_id).member("seat_label", each.label);
              seat.member("price", each.unit_price_minor).member("status", "locked");
            });
      });
    });
  });
  Response response = json(201, std::move(body));
  if (reserved.replayed) response.with_header("Idempotent-Replayed", "true");
  return response;
}

void answer_hold(Desks& desks, const Request& request, const Respond& respond, const Result<Reserved>& reserved) {
  if (!reserved) {
    const Error error =
        in_wire_names(reserved.error(), {{"event", "eventId"}, {"seats", "seatIds"}, {"max_price", "maxPrice"}});
    return respond(problem(request, error));
  }
  if (!reserved->replayed) desks.changed(reserved->reservation);
  respond(held(desks, request, *reserved));
}

/// Of the event's waiting room: in a header, or in the body of clients that can't set one.
std::string read_entry_token(const Request& request, JsonFields& body) {
  std::string in_body = body.optional_text("queueToken", {.max_bytes = max_entry_token, .min_bytes = 0}).value_or("");
  const std::string_view in_header = request.header("X-Queue-Token");
  return in_header.empty() ? std::move(in_body) : std::string(in_header.substr(0, max_entry_token));
}

void submit(Desks& desks, const Request& request, const Respond& respond, Reserve command) {
  command.user_id = request.caller->user_id;
  command.idempotency_key = request.idempotency_key;
  const auto queued =
      desks.reserve.submit(std::move(command), [&desks, &request, respond](const Result<Reserved>& reserved) {
        answer_hold(desks, request, respond, reserved);
      });
  if (!queued) respond(problem(request, queued.error()));
}

void reserve_seats(Desks& desks, const Request& request, const Respond& respond) {
  JsonFields body = read_json(request);
  Reserve command;
  command.event_id = body.required_id<EventId>("eventId");
  command.seats = body.required_ids<SeatId>("seatIds", max_lines_per_reservation);
  command.entry_token = read_entry_token(request, body);
  if (body.failed()) return respond(body.refusal());
  submit(desks, request, respond, std::move(command));
}

void reserve_places(Desks& desks, const Request& request, const Respond& respond) {
  JsonFields body = read_json(request);
  Reserve command;
  command.event_id = body.required_id<EventId>("eventId");
  command.seats = body.optional_ids<SeatId>("seatIds", max_lines_per_reservation);
  command.entry_token = read_entry_token(request, body);
  for (JsonFields& each : body.objects("items", 0, max_lines_per_reservation)) {
    const auto type = each.required_id<TicketTypeId>("ticketTypeId");
    const std::int64_t quantity = each.required_integer("quantity", 1, max_quantity_per_line);
    command.tickets.push_back({type, quantity});
  }
  if (command.seats.empty() && command.tickets.empty() && !body.failed())
    body.refuse("items", {"예매할 티켓이나 좌석을 선택해 주세요.", "name ticket types in items, or seats in seatIds"});
  if (body.failed()) return respond(body.refusal());
  submit(desks, request, respond, std::move(command));
}

void reserve_best(Desks& desks, const Request& request, const Respond& respond) {
  JsonFields body = read_json(request);
  ReserveBest command;
  command.event_id = body.required_id<EventId>("eventId");
  command.quantity = static_cast<std::int32_t>(body.required_integer("quantity", 1, max_lines_per_reservation));
  command.section = body.optional_text("section").value_or("");
  command.max_price_minor = body.optional_integer("maxPrice", 0, max_amount_minor);
  command.entry_token = read_entry_token(request, body);
  if (body.failed()) return respond(body.refusal());
  command.user_id = request.caller->user_id;
  command.idempotency_key = request.idempotency_key;
  const auto queued =
      desks.reserve_best.submit(std::move(command), [&desks, &request, respond](const Result<Reserved>& reserved) {
        answer_hold(desks, request, respond, reserved);
      });
  if (!queued) respond(problem(request, queued.error()));
}

Response mine(Desks& desks, const Request& request) {
  Parameters parameters(request);
  const std::int64_t limit = parameters.query_integer("limit", 1, 1000, 1000);
  if (parameters.failed()) return parameters.refusal();
  const auto found =
      desks.services.box_office().reservations_of(request.caller->user_id, {}, static_cast<std::size_t>(limit));
  if (!found) return problem(request, found.error());
  const auto facts = facts_of(desks.services, *found);
  if (!facts) return problem(request, facts.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.array("reservations", [&](JsonWriter& list) {
      for (std::size_t i = 0; i < found->size(); ++i)
        list.object([&](JsonWriter& one) { write_my_reservation(one, (*found)[i], (*facts)[i]); });
    });
  });
  return json(200, std::move(body));
}

using WriteReservation = void (*)(JsonWriter&, const Reservation&, const ReservationFacts&);

Response one(Desks& desks, const Request& request, WriteReservation write) {
  Parameters parameters(request);
  const auto id = parameters.path_id<ReservationId>("id");
  if (parameters.failed()) return parameters.refusal();
  std::optional<UserId> owner;
  if (!request.caller->admin) owner = request.caller->user_id;
  const auto found = desks.services.box_office().reservation(id, owner);
  if (!found) return problem(request, found.error());
  const auto facts = facts_of(desks.services, {&*found, 1});
  if (!facts) return problem(request, facts.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.object("reservation", [&](JsonWriter& reservation) { write(reservation, *found, facts->front()); });
  });
  return json(200, std::move(body));
}

Response cancelled(Desks& desks, const Request& request, ReservationId id) {
  const UserId owner = request.caller->user_id;
  const auto reservation = desks.services.box_office().reservation(id, owner);
  if (!reservation) return problem(request, reservation.error());
  const auto done = desks.services.cashier().cancel_reservation(id, RefundReason::customer, owner);
  if (!done) return problem(request, done.error());
  desks.changed(*reservation);
  return changed_answer(desks.services, request, id, done->refund,
                        {"예매가 취소되었습니다.", "The reservation was cancelled."});
}

Response cancel(Desks& desks, const Request& request) {
  Parameters parameters(request);
  const auto id = parameters.path_id<ReservationId>("id");
  if (parameters.failed()) return parameters.refusal();
  return cancelled(desks, request, id);
}

/// Gives an unpaid hold back; what was paid for is cancelled by `cancel`, where the customer sees what comes back.
Response release(Desks& desks, const Request& request) {
  JsonFields body = read_json(request);
  const auto id = body.required_id<ReservationId>("reservationId");
  if (body.failed()) return body.refusal();
  const auto reservation = desks.services.box_office().reservation(id, request.caller->user_id);
  if (!reservation) return problem(request, reservation.error());
  if (reservation->status == ReservationStatus::confirmed)
    return problem(request, Error{Errc::reservation_confirmed, "it is paid for: cancel it instead"});
  return cancelled(desks, request, id);
}

Response quote(Desks& desks, const Request& request) {
  Parameters parameters(request);
  const auto id = parameters.path_id<ReservationId>("id");
  if (parameters.failed()) return parameters.refusal();
  auto refund = desks.services.cashier().quote(id, request.caller->user_id);
  if (!refund && refund.error().code == Errc::payment_not_found) {  // nobody has paid: nothing comes back
    const auto reservation = desks.services.box_office().reservation(id, request.caller->user_id);
    if (!reservation) return problem(request, reservation.error());
    refund = Refund{.amount = {.minor = 0, .currency = reservation->total.currency}};
  }
  if (!refund) return problem(request, refund.error());
  std::string body;
  JsonWriter(body).object(
      [&](JsonWriter& json) { json.object("refund", [&](JsonWriter& out) { write_refund_amounts(out, *refund); }); });
  return json(200, std::move(body));
}

}  // namespace

void add_reservation_routes(Router::Group& api, Desks& desks) {
  api.add(Method::post, "/seats/reserve", Access::user, deferred(desks, reserve_seats));
  api.add(Method::post, "/seats/lock", Access::user, deferred(desks, reserve_seats));
  api.add(Method::post, "/seats/release", Access::user, blocking(desks, release));
  api.add(Method::post, "/seats/best-available", Access::user, deferred(desks, reserve_best));
  api.add(Method::get, "/seats/reservation/:id", Access::user, blocking(desks, [](Desks& all, const Request& request) {
            return one(all, request, write_seat_reservation);
          }));
  api.add(Method::post, "/reservations", Access::user, deferred(desks, reserve_places));
  api.add(Method::get, "/reservations/my", Access::user, blocking(desks, mine));
  api.add(Method::get, "/reservations/:id", Access::user,
          blocking(desks, [](Desks& all, const Request& request) { return one(all, request, write_reservation); }));
  api.add(Method::get, "/reservations/:id/refund-quote", Access::user, blocking(desks, quote));
  api.add(Method::post, "/reservations/:id/cancel", Access::user, blocking(desks, cancel, "provider"));
}

}  // namespace tiketi::http
