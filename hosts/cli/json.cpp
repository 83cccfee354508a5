#include "json.hpp"

#include <tiketi/catalog/rules.hpp>

namespace tiketi::cli {
namespace {

boost::json::value or_null(const std::optional<Availability>& places, std::int64_t Availability::*member) {
  return places ? boost::json::value(*places.*member) : boost::json::value(nullptr);
}

}  // namespace

boost::json::object to_json(const EventSummary& summary) {
  const Event& event = summary.event;
  return {{"id", event.id.text()},
          {"title", event.title},
          {"description", event.description},
          {"artist", event.artist},
          {"venue", event.venue},
          {"address", event.address},
          {"poster_url", event.poster_url},
          {"status", catalog::name(summary.status)},
          {"event_date", to_iso8601(event.event_date)},
          {"sale_start", to_iso8601(event.sale_start)},
          {"sale_end", to_iso8601(event.sale_end)},
          {"layout", event.layout_id ? boost::json::value(event.layout_id->text()) : boost::json::value(nullptr)},
          {"price", event.price.minor},
          {"currency", event.price.currency.text()},
          {"capacity", event.capacity},
          {"available", or_null(summary.availability, &Availability::available)},
          {"limit_per_reservation", event.limits.per_reservation},
          {"limit_per_buyer", event.limits.per_buyer},
          {"version", event.version}};
}

boost::json::object to_json(const EventDetail& detail) {
  boost::json::object out = to_json(detail.summary);
  boost::json::array types;
  for (const TicketTypeSummary& each : detail.ticket_types)
    types.push_back({{"id", each.type.id.text()},
                     {"name", each.type.name},
                     {"description", each.type.description},
                     {"price", each.type.price.minor},
                     {"currency", each.type.price.currency.text()},
                     {"total", each.type.total_quantity},
                     {"available", or_null(each.availability, &Availability::available)}});
  out["ticket_types"] = std::move(types);
  return out;
}

boost::json::object to_json(const Reservation& reservation) {
  boost::json::array lines;
  for (const ReservationLine& line : reservation.lines) {
    boost::json::object each{{"label", line.label}, {"quantity", line.quantity}, {"unit_price", line.unit_price_minor}};
    if (line.is_seat()) each["seat"] = line.seat_id.text();
    else each["ticket_type"] = line.ticket_type_id.text();
    lines.push_back(std::move(each));
  }
  return {{"id", reservation.id.text()},
          {"number", reservation.number.text()},
          {"event", reservation.event_id.text()},
          {"user", reservation.user_id.text()},
          {"status", name(reservation.status)},
          {"version", reservation.version},
          {"quantity", reservation.quantity},
          {"total", reservation.total.minor},
          {"currency", reservation.total.currency.text()},
          {"created_at", to_iso8601(reservation.created_at)},
          {"updated_at", to_iso8601(reservation.updated_at)},
          {"expires_at", to_iso8601(reservation.expires_at)},
          {"payment_reference", reservation.payment_reference},
          {"lines", std::move(lines)}};
}

boost::json::object to_json(const SeatLayout& layout) {
  boost::json::object out{{"name", layout.name},
                          {"description", layout.description},
                          {"sections", layout.sections.size()},
                          {"seats", catalog::count_seats(layout)}};
  if (!layout.id.is_nil()) out["id"] = layout.id.text();
  return out;
}

std::string_view name(PlaceStatus status) noexcept {
  switch (status) {
    case PlaceStatus::available:
      return "available";
    case PlaceStatus::held:
      return "held";
    case PlaceStatus::sold:
      return "sold";
    case PlaceStatus::blocked:
      return "blocked";
  }
  return "unknown";
}

std::string_view name(ReservationStatus status) noexcept {
  switch (status) {
    case ReservationStatus::pending:
      return "pending";
    case ReservationStatus::confirmed:
      return "confirmed";
    case ReservationStatus::cancelled:
      return "cancelled";
    case ReservationStatus::expired:
      return "expired";
  }
  return "unknown";
}

}  // namespace tiketi::cli
