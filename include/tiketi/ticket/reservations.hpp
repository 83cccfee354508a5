#pragma once
// Port: what the ticket desk needs to know about reservations. In one process a direct call to the box office's
// storage.

#include <tiketi/base/id.hpp>
#include <tiketi/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tiketi {

/// One seat, or a quantity of one ticket type: exactly one of the two ids is set.
struct TicketLine {
  SeatId seat_id;
  TicketTypeId ticket_type_id;
  std::int64_t quantity = 1;
  std::string label;
  friend bool operator==(const TicketLine&, const TicketLine&) = default;
};

/// Tickets stand for a reservation while it is confirmed: neither before it is paid for nor after it was cancelled.
struct TicketReservation {
  ReservationId id;
  EventId event_id;
  UserId user_id;
  bool confirmed = false;
  bool over = false;  ///< cancelled or expired, and will never be confirmed
  std::vector<TicketLine> lines;
};

/// Thread-safe. Answers are as fresh as the box office's own: what was cancelled before the call is told so.
class TicketReservations {
 public:
  virtual ~TicketReservations() = default;

  /// For each id in turn; nothing where there is none. unavailable.
  virtual Result<std::vector<std::optional<TicketReservation>>> find(std::span<const ReservationId> ids) = 0;

  /// A customer's reservations, newest first, at most `limit`. unavailable.
  virtual Result<std::vector<TicketReservation>> newest_of(UserId user, std::size_t limit) = 0;
};

}  // namespace tiketi
