#pragma once
// Nouns: a customer's reservation, and the commands that make and change one.

#include <tiketi/base/id.hpp>
#include <tiketi/base/money.hpp>
#include <tiketi/base/time.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi {

/// pending → confirmed | cancelled | expired; confirmed → cancelled. The numbers are stored.
enum class ReservationStatus : std::uint8_t { pending = 0, confirmed = 1, cancelled = 2, expired = 3 };
std::string_view name(ReservationStatus status) noexcept;

/// The number that a customer reads out: `TK` and 16 letters and digits (Crockford's base 32), made
/// from the reservation's id: 40 bits of its millisecond, then 40 of its other bits.
struct ReservationNumber {
  std::array<char, 18> characters{};
  friend auto operator<=>(const ReservationNumber&, const ReservationNumber&) = default;
  constexpr std::string_view text() const noexcept { return {characters.data(), characters.size()}; }
};

/// One seat, or a quantity of one ticket type: exactly one of the two ids is set.
struct ReservationLine {
  SeatId seat_id;
  TicketTypeId ticket_type_id;
  std::int64_t quantity = 1;
  std::int64_t unit_price_minor = 0;
  std::string label;  ///< the seat's label or the ticket type's name, as it was when reserved
  friend bool operator==(const ReservationLine&, const ReservationLine&) = default;
  constexpr bool is_seat() const noexcept { return !seat_id.is_nil(); }
};

/// Invariants: total and quantity are the sums of the lines; a confirmed one has a payment reference.
/// Once pending is left, it never comes back.
struct Reservation {
  ReservationId id;
  ReservationNumber number;
  EventId event_id;
  UserId user_id;
  ReservationStatus status = ReservationStatus::pending;
  std::int64_t version = 1;  ///< plus one at each change
  Money total;
  std::int64_t quantity = 0;  ///< places in all lines
  Timestamp created_at;
  Timestamp updated_at;
  Timestamp expires_at;  ///< of the hold, exclusive: at this millisecond it is over
  std::string payment_reference;
  std::vector<ReservationLine> lines;
  friend bool operator==(const Reservation&, const Reservation&) = default;

  /// True for a hold that still counts. An expired one can never be confirmed, swept or not.
  constexpr bool is_live_hold(Timestamp now) const noexcept {
    return status == ReservationStatus::pending && now < expires_at;
  }
};

// Bounds on what one command may ask for.
inline constexpr std::size_t max_lines_per_reservation = 100;
inline constexpr std::int64_t max_quantity_per_line = 10'000;
inline constexpr std::size_t max_idempotency_key_bytes = 200;
inline constexpr std::size_t max_payment_reference_bytes = 200;

struct TicketQuantity {
  TicketTypeId ticket_type_id;
  std::int64_t quantity = 0;
  friend bool operator==(const TicketQuantity&, const TicketQuantity&) = default;
};

/// Hold these seats and these quantities, all of them or none.
struct Reserve {
  EventId event_id;
  UserId user_id;
  std::vector<SeatId> seats;
  std::vector<TicketQuantity> tickets;
  std::string idempotency_key;   ///< empty: none. Counts per user
  std::string entry_token = {};  ///< of the event's waiting room; may be empty if that is off
};

/// What a reserve command came to. A repeated command answers the first one's reservation as it is now.
struct Reserved {
  Reservation reservation;
  bool replayed = false;
};

/// Hold `quantity` free seats beside each other in one row, the best there are.
struct ReserveBest {
  EventId event_id;
  UserId user_id;
  std::int32_t quantity = 1;
  std::string section;  ///< empty: any
  std::optional<std::int64_t> max_price_minor;
  std::string idempotency_key;
  std::string entry_token = {};  ///< as in Reserve
};

/// Turn a hold into a sale. Repeating it with the same payment reference changes nothing.
struct Confirm {
  ReservationId reservation_id;
  std::string payment_reference;
  std::optional<UserId> owner;  ///< when set, somebody else's reservation is "not found"
};

/// Give the places back, paid for or not. Repeating it changes nothing.
struct Cancel {
  ReservationId reservation_id;
  std::optional<UserId> owner;
};

/// Keep a hold for at least `by_ms` from now, while a payment is in flight. Never shortens it.
struct Extend {
  ReservationId reservation_id;
  std::int64_t by_ms = 0;
  std::optional<UserId> owner;
};

}  // namespace tiketi
