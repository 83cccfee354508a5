#pragma once
// Nouns: the ticket that lets one person in, and the command that does.

#include <tiketi/base/id.hpp>
#include <tiketi/base/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi {

/// issued → used | voided, and nothing after that. The numbers are stored.
enum class TicketStatus : std::uint8_t { issued = 0, used = 1, voided = 2 };
std::string_view name(TicketStatus status) noexcept;

/// The number that stands on a ticket for people to read out: `TI` and 16 letters and digits (Crockford's base 32),
/// 80 bits of the ticket's id. It is no secret and opens no gate by itself: who types it in sees the person.
struct TicketNumber {
  std::array<char, 18> characters{};
  friend auto operator<=>(const TicketNumber&, const TicketNumber&) = default;
  constexpr std::string_view text() const noexcept { return {characters.data(), characters.size()}; }
};

/// One seat, or one admission of a ticket type: exactly one of the two ids is set.
struct TicketPlace {
  SeatId seat_id;
  TicketTypeId ticket_type_id;
  std::int32_t admission = 1;  ///< which of the admissions of that type in the reservation, from 1; 1 for a seat
  friend bool operator==(const TicketPlace&, const TicketPlace&) = default;
  constexpr bool is_seat() const noexcept { return !seat_id.is_nil(); }
};

/// Invariants: id and number follow from reservation and ordinal (`ticket::id_of`, `ticket::number_of`); a ticket that
/// was used has `used_at`, one that was voided `voided_at`, and neither ever changes again.
struct Ticket {
  TicketId id;
  TicketNumber number;
  ReservationId reservation_id;
  std::int32_t ordinal = 1;  ///< among the tickets of the reservation, from 1, in the order of its lines
  EventId event_id;
  UserId user_id;
  TicketPlace place;
  std::string label;  ///< the seat's label or the ticket type's name, as it was when sold
  TicketStatus status = TicketStatus::issued;
  std::int64_t version = 1;  ///< plus one at each change
  Timestamp issued_at;
  std::optional<Timestamp> used_at;
  std::string gate;   ///< where it was used
  UserId checked_by;  ///< who let the person in; nil: a gate by itself
  std::optional<Timestamp> voided_at;
  friend bool operator==(const Ticket&, const Ticket&) = default;
};

/// How many tickets of an event there are.
struct TicketCounts {
  std::int64_t issued = 0;  ///< not used yet
  std::int64_t used = 0;
  std::int64_t voided = 0;
  friend bool operator==(const TicketCounts&, const TicketCounts&) = default;
};

struct TicketPage {
  std::vector<Ticket> tickets;
  std::int64_t total = 0;  ///< in all pages
};

// Bounds on what comes from outside.
inline constexpr std::size_t max_gate_bytes = 100;

/// Let the holder of a ticket in. It is named by its code, or by its id when somebody looked it up by hand.
struct CheckIn {
  std::string code;    ///< empty: `ticket_id` counts
  TicketId ticket_id;  ///< nil when there is a code
  EventId event_id;    ///< the event at this gate: another event's ticket is "not found". Nil: any
  std::string gate;    ///< where; not empty, at most `max_gate_bytes` bytes of clean UTF-8
  UserId checked_by;   ///< nil: a gate by itself
};

}  // namespace tiketi
