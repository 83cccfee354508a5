#include <tiketi/adapters/local.hpp>

#include <utility>

namespace tiketi::local {
namespace {

TicketReservation as_seen_by_tickets(const Reservation& reservation) {
  TicketReservation out{.id = reservation.id, .event_id = reservation.event_id, .user_id = reservation.user_id};
  out.confirmed = reservation.status == ReservationStatus::confirmed;
  out.over = reservation.status == ReservationStatus::cancelled || reservation.status == ReservationStatus::expired;
  out.lines.reserve(reservation.lines.size());
  for (const ReservationLine& line : reservation.lines)
    out.lines.push_back({line.seat_id, line.ticket_type_id, line.quantity, line.label});
  return out;
}

class LocalTicketReservations final : public TicketReservations {
 public:
  explicit LocalTicketReservations(BoxOfficeStore& box_office) : box_office_(box_office) {}

  Result<std::vector<std::optional<TicketReservation>>> find(std::span<const ReservationId> ids) override {
    const auto found = box_office_.reservations(ids);
    if (found.has_error()) return found.error();
    std::vector<std::optional<TicketReservation>> out;
    out.reserve(found->size());
    for (const std::optional<Reservation>& each : *found) {
      if (each) out.push_back(as_seen_by_tickets(*each));
      else out.push_back(std::nullopt);
    }
    return out;
  }

  Result<std::vector<TicketReservation>> newest_of(UserId user, std::size_t limit) override {
    const auto found = box_office_.reservations_of(user, {}, limit);
    if (found.has_error()) return found.error();
    std::vector<TicketReservation> out;
    out.reserve(found->size());
    for (const Reservation& each : *found) out.push_back(as_seen_by_tickets(each));
    return out;
  }

 private:
  BoxOfficeStore& box_office_;
};

}  // namespace

std::unique_ptr<TicketReservations> make_ticket_reservations(BoxOfficeStore& box_office) {
  return std::make_unique<LocalTicketReservations>(box_office);
}

}  // namespace tiketi::local
