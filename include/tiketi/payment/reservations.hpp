#pragma once
// Port: what the cashier needs of reservations. In one process a direct call to the box office.

#include <tiketi/base/id.hpp>
#include <tiketi/base/money.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/base/time.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tiketi {

/// A reservation as the cashier sees it.
struct ReservationBill {
  enum class Status : std::uint8_t { pending, confirmed, cancelled, expired };
  ReservationId id;
  UserId user_id;
  EventId event_id;
  Timestamp event_date;
  Status status = Status::pending;
  Money total;
  Timestamp expires_at;           ///< of the hold, exclusive
  std::string payment_reference;  ///< of a confirmed one: the id of its payment, or what somebody else wrote
  std::string order_name;         ///< what the customer sees at the provider: the event's title
};

struct KeepHold {
  ReservationId reservation_id;
  std::int64_t by_ms = 0;
};
struct ConfirmSale {
  ReservationId reservation_id;
  PaymentId payment_id;
};

/// Thread-safe; the commands are durable when they return. Every function can return unavailable and outcome_unknown;
/// all commands may be repeated.
class Reservations {
 public:
  virtual ~Reservations() = default;

  /// For each id in turn; nothing where there is none.
  virtual Result<std::vector<std::optional<ReservationBill>>> bills(std::span<const ReservationId> ids) = 0;

  /// Keeps holds for at least that long from now, or as long as the box office allows: asking for more is no error.
  /// reservation_not_found, hold_expired, reservation_confirmed, reservation_cancelled, event_closed, event_cancelled.
  virtual std::vector<Result<void>> keep(std::span<const KeepHold> holds) = 0;

  /// Turns holds into sales, with the payment's id as payment reference; repeating it with the same payment changes
  /// nothing. reservation_not_found, hold_expired, reservation_cancelled, event_closed, event_cancelled,
  /// payment_mismatch. A refusal is final, whatever the clock does: the money may be sent back.
  virtual std::vector<Result<void>> confirm(std::span<const ConfirmSale> sales) = 0;

  /// Gives up holds that nothing was paid for. reservation_not_found, hold_expired (nothing is held any more),
  /// reservation_confirmed (it was sold meanwhile; details: payment, its payment reference).
  virtual std::vector<Result<void>> release(std::span<const ReservationId> ids) = 0;

  /// Gives the places back, paid for or not. reservation_not_found, hold_expired (nothing is held any more).
  virtual std::vector<Result<void>> cancel(std::span<const ReservationId> ids) = 0;

  /// Pending and confirmed ones of an event, by id, after `after` (nil: from the first), at most `limit`.
  virtual Result<std::vector<ReservationBill>> of_event(EventId event, ReservationId after, std::size_t limit) = 0;
};

}  // namespace tiketi
