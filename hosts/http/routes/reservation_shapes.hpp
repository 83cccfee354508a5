#pragma once
// How reservations look on the wire, with what belongs to them of other columns.

#include "server/json_writer.hpp"
#include "server/request.hpp"
#include "server/response.hpp"

#include <tiketi/open.hpp>

#include <optional>
#include <span>
#include <vector>

namespace tiketi::http {

/// What is told with a reservation.
struct ReservationFacts {
  Event event;                     ///< empty if it is gone
  std::optional<Payment> payment;  ///< that claims it, else its newest
  Timestamp now;
};

/// Of each reservation in turn.
Result<std::vector<ReservationFacts>> facts_of(Services& services, std::span<const Reservation> reservations);

// Members of an object that is open.
void write_my_reservation(JsonWriter& json, const Reservation& reservation, const ReservationFacts& facts);
void write_reservation(JsonWriter& json, const Reservation& reservation, const ReservationFacts& facts);
void write_seat_reservation(JsonWriter& json, const Reservation& reservation, const ReservationFacts& facts);

/// The answer of what changed a reservation: {message, reservation: {id, reservation_number, status, payment_status},
/// refund?}.
Response changed_answer(Services& services, const Request& request, ReservationId id,
                        const std::optional<Refund>& refund, Text message);

}  // namespace tiketi::http
