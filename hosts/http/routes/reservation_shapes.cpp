#include "routes/reservation_shapes.hpp"

#include "routes/shapes.hpp"
#include "server/problem.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace tiketi::http {
namespace {

/// A hold that is over is expired, swept or not.
ReservationStatus status_now(const Reservation& reservation, Timestamp now) {
  const bool over = reservation.status == ReservationStatus::pending && !reservation.is_live_hold(now);
  return over ? ReservationStatus::expired : reservation.status;
}

const Payment* payment_of(const ReservationFacts& facts) { return facts.payment ? &*facts.payment : nullptr; }

void write_head(JsonWriter& json, const Reservation& reservation, const ReservationFacts& facts) {
  json.member("id", reservation.id).member("reservation_number", reservation.number.text());
  json.member("total_amount", reservation.total.minor).member("currency", reservation.total.currency.text());
  json.member("status", name(status_now(reservation, facts.now)));
  json.member("payment_status", payment_word(reservation, payment_of(facts)));
  const bool holds = reservation.status == ReservationStatus::pending;
  json.member("expires_at", holds ? std::optional(reservation.expires_at) : std::nullopt);
  json.member("created_at", reservation.created_at).member("event_id", reservation.event_id);
  json.member("event_title", facts.event.title).member("venue", facts.event.venue);
  json.member("event_date", facts.event.event_date);
}

void write_method(JsonWriter& json, const ReservationFacts& facts) {
  std::optional<std::string_view> method;
  if (facts.payment && facts.payment->paid_at.ms != 0) method = name(facts.payment->method);
  json.member("payment_method", method);
}

void write_items(JsonWriter& json, const Reservation& reservation, bool with_seats) {
  json.array("items", [&](JsonWriter& items) {
    for (const ReservationLine& each : reservation.lines)
      items.object([&](JsonWriter& item) {
        item.member("ticketTypeName", each.label).member("quantity", each.quantity);
        item.member("unitPrice", each.unit_price_minor).member("subtotal", each.unit_price_minor * each.quantity);
        if (!with_seats) return;
        const SeatLabel seat = read_seat_label(each.label);
        item.member("seatLabel", each.is_seat() ? std::optional(each.label) : std::nullopt);
        item.member("section", each.is_seat() ? std::optional(seat.section) : std::nullopt);
      });
  });
}

}  // namespace

Result<std::vector<ReservationFacts>> facts_of(Services& services, std::span<const Reservation> reservations) {
  std::vector<EventId> events;
  std::vector<ReservationId> ids;
  for (const Reservation& each : reservations) {
    events.push_back(each.event_id);
    ids.push_back(each.id);
  }
  auto found = services.stores().catalog().events(events);
  if (!found) return found.error();
  auto payments = services.cashier().payments_for(ids);
  if (!payments) return payments.error();
  const Timestamp now = services.clock().now();
  std::vector<ReservationFacts> out(reservations.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (auto& event = (*found)[i]) out[i].event = std::move(*event);
    out[i].payment = std::move((*payments)[i]);
    out[i].now = now;
  }
  return out;
}

void write_my_reservation(JsonWriter& json, const Reservation& reservation, const ReservationFacts& facts) {
  write_head(json, reservation, facts);
  write_items(json, reservation, false);
}

void write_reservation(JsonWriter& json, const Reservation& reservation, const ReservationFacts& facts) {
  write_head(json, reservation, facts);
  write_method(json, facts);
  json.member("address", facts.event.address);
  write_items(json, reservation, true);
}

void write_seat_reservation(JsonWriter& json, const Reservation& reservation, const ReservationFacts& facts) {
  write_head(json, reservation, facts);
  write_method(json, facts);
  json.member("isExpired", status_now(reservation, facts.now) == ReservationStatus::expired);
  json.array("seats", [&](JsonWriter& seats) {
    for (const ReservationLine& each : reservation.lines) {
      if (!each.is_seat()) continue;
      const SeatLabel label = read_seat_label(each.label);
      seats.object([&](JsonWriter& seat) {
        seat.member("seatId", each.seat_id).member("seatLabel", each.label).member("section", label.section);
        seat.member("rowNumber", label.row).member("seatNumber", label.number).member("price", each.unit_price_minor);
      });
    }
  });
}

Response changed_answer(Services& services, const Request& request, ReservationId id,
                        const std::optional<Refund>& refund, Text message) {
  const auto reservation = services.box_office().reservation(id);
  if (!reservation) return problem(request, reservation.error());
  const auto payments = services.cashier().payments_for({&id, 1});
  if (!payments) return problem(request, payments.error());
  const auto& payment = payments->front();
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.member("message", message.in(request.language));
    json.object("reservation", [&](JsonWriter& r) {
      r.member("id", id).member("reservation_number", reservation->number.text());
      r.member("status", name(status_now(*reservation, services.clock().now())));
      r.member("payment_status", payment_word(*reservation, payment ? &*payment : nullptr));
    });
    if (refund) json.object("refund", [&](JsonWriter& r) { write_refund(r, *refund); });
  });
  return json(200, std::move(body));
}

}  // namespace tiketi::http
