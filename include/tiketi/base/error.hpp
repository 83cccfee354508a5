#pragma once
// Every way in which a call can be refused, and the value that carries a refusal to the caller.
//
// Expected outcomes (a seat is taken, a sale has not opened) and broken infrastructure (the disk is
// full) are both returned, never thrown. A broken program asserts.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace boost {
struct source_location;
}

namespace tiketi {

/// Why a call was refused, in order of precedence: when several reasons apply, the first is told. (But what only the
/// commit can see, `event_closed` and `buyer_limit`, comes after what was refused before it was tried.)
/// `name(code)` gives the snake_case word that every surface (CLI, HTTP, logs) shows.
enum class Errc : std::uint8_t {
  // The request itself is malformed. Nothing was looked up.
  invalid_argument,    ///< a field is missing, malformed or out of range; details: field
  limit_exceeded,      ///< a request larger than the documented bound; details: field, limit
  overflow,            ///< an amount or quantity does not fit in 64 bits
  duplicate_item,      ///< the same seat or ticket type twice in one request; details: seat | ticket_type
  idempotency_misuse,  ///< the idempotency key was used before with another request

  // Who asks is not known, or may not.
  not_authenticated,    ///< no token, and the call needs one
  token_invalid,        ///< forged, malformed, of an unknown key, revoked, or expired
  account_gone,         ///< the token's user does not exist any more, or is disabled
  account_locked,       ///< too many failed log-ins; details: until (ISO 8601)
  credentials_refused,  ///< unknown e-mail or wrong password; which of the two is not told
  refresh_reused,       ///< a refresh token that was used before: the whole session is revoked
  not_permitted,        ///< the role does not allow it

  // What the request names does not exist.
  event_not_found,
  layout_not_found,
  ticket_type_not_found,    ///< details: ticket_type
  ticket_type_other_event,  ///< the ticket type belongs to another event; details: ticket_type
  seat_not_found,           ///< details: seat, once per seat
  seat_other_event,         ///< the seat belongs to another event; details: seat, once per seat
  reservation_not_found,    ///< also told when the reservation is somebody else's
  user_not_found,
  payment_not_found,  ///< also told when the payment is somebody else's
  ticket_not_found,   ///< also told when the ticket is somebody else's
  notice_not_found,

  // The sale does not allow it now.
  event_cancelled,
  sale_not_open,  ///< details: opens_at (ISO 8601)
  sale_ended,     ///< details: ended_at (ISO 8601)
  event_closed,   ///< the event's inventory takes no new holds; existing ones can still be released

  // The event's waiting room stands before it.
  queue_full,               ///< as many wait as the room takes; details: limit
  queue_required,           ///< nobody comes in without having entered the waiting room; details: event
  entry_token_forged,       ///< malformed, or not signed by us
  entry_token_other_event,  ///< good for another event
  entry_token_other_user,   ///< given to somebody else
  entry_token_expired,      ///< ask the waiting room for a new one; details: expired_at
  admission_over,           ///< the customer left, has bought, or was idle for too long: enter again

  // The customer's limits.
  reservation_limit,  ///< more places than one reservation may hold; details: limit
  buyer_limit,        ///< more places than one customer may hold for the event; details: limit, holding

  // What is left does not suffice.
  seat_blocked,   ///< a house seat; details: seat, label
  seat_taken,     ///< held or sold; details: seat, label, once per seat
  stock_short,    ///< details: ticket_type, left
  no_best_seats,  ///< no run of adjacent free seats of that size; details: quantity

  // The reservation is not in a state that allows it.
  hold_expired,           ///< details: expired_at
  reservation_confirmed,  ///< already paid for
  reservation_cancelled,
  extension_limit,  ///< the hold can't be extended any further; details: limit_ms

  // The money.
  amount_mismatch,      ///< the amount is not what is due; details: due
  payment_in_progress,  ///< another payment of the same reservation is being made; details: payment
  payment_completed,    ///< paid for already; details: payment
  payment_over,         ///< the payment failed, was cancelled, or its time ran out
  points_short,         ///< more points than the balance; details: balance
  payment_refused,      ///< the provider refused, the customer can do something about it; details: provider_code
  money_returned,       ///< the money was taken too late and goes back by itself; details: reason
  refund_not_allowed,   ///< the policy does not allow it (any more); details: reason
  refund_exceeds,       ///< more than is left to refund; details: left
  refund_in_progress,   ///< another refund of the same payment is being made

  // Tickets.
  ticket_forged,  ///< the code is malformed or its signature is not ours
  ticket_used,    ///< checked in before; details: at (ISO 8601), gate
  ticket_void,    ///< refunded or cancelled

  // The stored state forbids it.
  already_exists,    ///< an id or a unique name is in use; details: field
  has_reservations,  ///< inventory that is held or sold can't be removed
  version_conflict,  ///< somebody else changed it first, and retrying did not help
  payment_mismatch,  ///< confirmed before with another payment reference

  // The service or its infrastructure.
  overloaded,            ///< the queue is full; try again later
  stopped,               ///< the service is shutting down
  provider_unavailable,  ///< the payment provider can't be reached now; nothing was taken, holds are kept
  not_supported,         ///< this store or platform can't do it
  storage_full,          ///< no space; nothing of the change was stored
  storage_newer,         ///< the database was migrated by a newer version of this software
  storage_mismatch,      ///< the database is not ours, or an applied migration was altered
  storage_constraint,    ///< the database refused a write that our guards let pass: a defect
  outcome_unknown,       ///< the connection broke during a commit: it may or may not have been applied
  unavailable,           ///< the storage or a service can't be reached; details: cause
};

/// The code's stable name, for example `seat_taken`.
std::string_view name(Errc code) noexcept;

/// One fact about an error, such as {"seat", "0190…"} or {"left", "3"}. A name may repeat.
struct Detail {
  std::string name;
  std::string value;
  friend bool operator==(const Detail&, const Detail&) = default;
};

/// A refusal: the code decides what a program does, the message tells a person, details carry facts.
struct Error {
  Errc code = Errc::unavailable;
  std::string message;
  std::vector<Detail> details;

  Error() = default;
  Error(Errc error_code, std::string text, std::vector<Detail> facts = {})
      : code(error_code), message(std::move(text)), details(std::move(facts)) {}

  /// The value of the first detail of that name, or an empty text.
  std::string_view detail(std::string_view name) const noexcept {
    for (const Detail& each : details)
      if (each.name == name) return each.value;
    return {};
  }
};

/// True for failures of infrastructure, after which the same call may be tried again.
constexpr bool retriable(Errc code) noexcept {
  return code == Errc::overloaded || code == Errc::version_conflict || code == Errc::outcome_unknown ||
         code == Errc::unavailable;
}

/// Called by `Result::value()` when there is none. Throws std::runtime_error: a defect of the caller.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace tiketi
