#include <tiketi/box_office/change.hpp>

#include <array>
#include <charconv>

namespace tiketi {

namespace {

constexpr std::array<std::string_view, 5> topics{"reservation.held", "reservation.extended", "reservation.confirmed",
                                                 "reservation.cancelled", "reservation.expired"};
constexpr std::array<std::string_view, 4> statuses{"pending", "confirmed", "cancelled", "expired"};

/// Appends members of a flat JSON object whose texts need no escaping.
struct Members {
  std::string& out;

  void name(std::string_view key) {
    out += out.back() == '{' ? "\"" : ",\"";
    out += key;
    out += "\":";
  }
  void number(std::string_view key, std::int64_t value) {
    name(key);
    std::array<char, 20> digits{};
    out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
  }
  void text(std::string_view key, std::string_view value) {
    name(key);
    out += '"';
    out += value;
    out += '"';
  }
  void uuid(std::string_view key, Uuid value) {
    std::array<char, 36> characters{};
    write_uuid(value, characters.data());
    text(key, {characters.data(), characters.size()});
  }
};

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

std::string_view topic(ReservationNews news) noexcept { return topics[static_cast<std::size_t>(news)]; }

std::string news_payload(ReservationNews news, const Reservation& reservation) {
  std::string out;
  out.reserve(400 + 56 * reservation.lines.size());
  out += '{';
  Members members{out};
  members.text("type", topic(news).substr(topic(news).find('.') + 1));
  members.uuid("reservation", reservation.id.uuid);
  members.text("number", reservation.number.text());
  members.uuid("event", reservation.event_id.uuid);
  members.uuid("user", reservation.user_id.uuid);
  members.text("status", statuses[static_cast<std::size_t>(reservation.status)]);
  members.number("version", reservation.version);
  members.number("quantity", reservation.quantity);
  members.number("total", reservation.total.minor);
  members.text("currency", reservation.total.currency.text());
  members.number("expiresAt", reservation.expires_at.ms);
  members.number("at", reservation.updated_at.ms);
  members.name("seats");
  out += '[';
  append_lines(out, reservation, true);
  out += "],\"tickets\":[";
  append_lines(out, reservation, false);
  out += "]}";
  return out;
}

}  // namespace tiketi
