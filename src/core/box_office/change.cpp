#include "core/base/flat_json.hpp"
#include "core/base/names.hpp"

#include <tiketi/box_office/change.hpp>

#include <array>

namespace tiketi {

namespace {

constexpr std::array<std::string_view, 5> topics{"reservation.held", "reservation.extended", "reservation.confirmed",
                                                 "reservation.cancelled", "reservation.expired"};
constexpr std::array<std::string_view, 4> place_statuses{"available", "held", "sold", "blocked"};
constexpr std::array<std::string_view, 4> reservation_statuses{"pending", "confirmed", "cancelled", "expired"};

void append_lines(std::string& out, const Reservation& reservation, bool seats) {
  bool first = true;
  for (const ReservationLine& line : reservation.lines) {
    if (line.is_seat() != seats) continue;
    if (!first) out += ',';
    first = false;
    std::array<char, 36> id{};
    write_uuid(seats ? line.seat_id.uuid : line.ticket_type_id.uuid, id.data());
    if (!seats) out += "{\"id\":";
    out += '"';
    out.append(id.data(), id.size());
    out += '"';
    if (!seats) out += ",\"quantity\":" + std::to_string(line.quantity) + '}';
  }
}

}  // namespace

std::string_view name(PlaceStatus status) noexcept { return base::name_in(place_statuses, status); }
std::string_view name(ReservationStatus status) noexcept { return base::name_in(reservation_statuses, status); }
std::string_view topic(ReservationNews news) noexcept { return base::name_in(topics, news); }

std::string news_payload(ReservationNews news, const Reservation& reservation) {
  std::string out;
  out.reserve(400 + 56 * reservation.lines.size());
  base::FlatJson members(out);
  members.text("type", topic(news).substr(topic(news).find('.') + 1));
  members.uuid("reservation", reservation.id.uuid);
  members.text("number", reservation.number.text());
  members.uuid("event", reservation.event_id.uuid);
  members.uuid("user", reservation.user_id.uuid);
  members.text("status", name(reservation.status));
  members.number("version", reservation.version);
  members.number("quantity", reservation.quantity);
  members.number("total", reservation.total.minor);
  members.text("currency", reservation.total.currency.text());
  members.number("expiresAt", reservation.expires_at.ms);
  members.number("at", reservation.updated_at.ms);
  members.list("seats", [&] { append_lines(out, reservation, true); });
  members.list("tickets", [&] { append_lines(out, reservation, false); });
  members.close();
  return out;
}

}  // namespace tiketi
