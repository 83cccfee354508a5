#pragma once
// Nouns: a decided change of one reservation, with the guards under which it may be applied, and what
// became of it.

#include <tiketi/box_office/reservation.hpp>
#include <tiketi/box_office/seat.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi {

/// What a change tells the world. The numbers are stored.
enum class ReservationNews : std::uint8_t { held = 0, extended = 1, confirmed = 2, cancelled = 3, expired = 4 };

/// Remembers which reservation a key made, and for what request.
struct IdempotencyRecord {
  UserId user_id;
  std::string key;
  std::uint64_t fingerprint = 0;  ///< of the request
  ReservationId reservation_id;
  Timestamp created_at;
  friend bool operator==(const IdempotencyRecord&, const IdempotencyRecord&) = default;
};

/// All of it applies, or nothing:
/// - the reservation is stored as `after`, if the stored one has `expected_version` (0: it is new);
/// - every place in its lines moves from `from` to `to`: seats change their status, stock its counters.
///   A seat must be in `from`, and unless that is `available`, belong to this reservation;
/// - `needs_open`: the event's inventory is not closed;
/// - `buyer_limit`: what the customer holds (unexpired at `after.updated_at`) or has bought for the event
///   stays within it (0: no limit);
/// - the idempotency record is new;
/// - `news` goes to the outbox.
struct Change {
  ReservationNews news = ReservationNews::held;
  PlaceStatus from = PlaceStatus::available;
  PlaceStatus to = PlaceStatus::held;
  bool needs_open = false;
  std::int32_t buyer_limit = 0;
  std::int64_t expected_version = 0;
  Reservation after;
  std::optional<IdempotencyRecord> idempotency;
};

/// What became of a change: applied, or the first guard that failed, in this order.
struct Outcome {
  enum class Kind : std::uint8_t {
    applied,           ///< also told when a new reservation of that id was stored before
    idempotency_used,  ///< the key exists
    version_conflict,  ///< the stored reservation is not the expected one
    unknown_event,     ///< the event has no inventory
    event_closed,
    buyer_limit,        ///< `number`: how many places the customer has already
    seats_unavailable,  ///< `seats`: those that are not in `from` or belong to somebody else
    stock_short,        ///< `ticket_type`, `number`: how many are left
  };
  Kind kind = Kind::applied;
  std::int64_t number = 0;
  TicketTypeId ticket_type;
  std::vector<SeatId> seats;
};

/// `reservation.held` and so on: the topic of a message.
std::string_view topic(ReservationNews news) noexcept;

/// The message's JSON: {type, reservation, number, event, user, status, version, quantity, total,
/// currency, expiresAt, at, seats: [id…], tickets: [{id, quantity}…]}; times in milliseconds.
std::string news_payload(ReservationNews news, const Reservation& reservation);

}  // namespace tiketi
