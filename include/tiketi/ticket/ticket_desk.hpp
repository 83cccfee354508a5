#pragma once
// Service: issues the tickets of reservations that were paid for, and lets each of them in once.

#include <tiketi/base/result.hpp>
#include <tiketi/ports/clock.hpp>
#include <tiketi/ticket/reservations.hpp>
#include <tiketi/ticket/rules.hpp>
#include <tiketi/ticket/signer.hpp>
#include <tiketi/ticket/store.hpp>
#include <tiketi/ticket/ticket.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tiketi {

/// Synchronous and thread-safe. Commands take a batch and answer for each on its own, in order; a batch costs one
/// transaction, so callers with many threads put a Batcher in front. What is answered with success is durable.
///
/// Besides what each function tells, each can return unavailable, and those that change something storage_full,
/// version_conflict (retrying did not help) and outcome_unknown (it did not help either; ask again).
class TicketDesk {
 public:
  /// All of them must outlive the desk.
  TicketDesk(TicketStore& store, TicketReservations& reservations, TicketSigner& signer, Clock& clock);
  ~TicketDesk();
  TicketDesk(const TicketDesk&) = delete;
  TicketDesk& operator=(const TicketDesk&) = delete;

  /// Brings the tickets of reservations to what they should be, and answers them by ordinal: all of a confirmed one
  /// are issued; those of one that was cancelled are voided unless they were used; before it is paid for there are
  /// none. Repeating it changes nothing: call it for each `reservation.confirmed` and `reservation.cancelled` message,
  /// any number of times. reservation_not_found; limit_exceeded.
  std::vector<Result<std::vector<Ticket>>> issue(std::span<const ReservationId> reservations);

  /// The same for one, and what a customer asks: reservation_not_found also when `owner` is given and it is somebody
  /// else's.
  Result<std::vector<Ticket>> tickets_of(ReservationId reservation, std::optional<UserId> owner = {});

  /// A customer's tickets, newest reservation first. Pages count from 1; a limit is 1 to 1000. On the first page the
  /// newest reservations are looked at as `issue` does, so nobody who has paid waits for a job. invalid_argument.
  Result<TicketPage> tickets_of_user(UserId user, std::int32_t page = 1, std::int32_t limit = 20);

  /// ticket_not_found, also when `owner` is given and it is somebody else's.
  Result<Ticket> ticket(TicketId id, std::optional<UserId> owner = {});
  Result<Ticket> ticket(const TicketNumber& number, std::optional<UserId> owner = {});

  /// The signed text for a ticket's QR, the same each time while the key is the same. Any ticket has one; whether it
  /// lets in is told at the gate.
  std::string code(const Ticket& ticket);

  /// For gates without a network: `verify_offline` with these is all they can know.
  std::vector<TicketPublicKey> public_keys();

  /// Lets people in, each ticket once, however many gates scan it at the same time; answers the ticket as used. The
  /// reservation is asked for every time: once it is cancelled, none of its tickets lets in, voided yet or not.
  /// The errors of `ticket::check` and `ticket::check_in`; ticket_forged, ticket_not_found.
  std::vector<Result<Ticket>> check_in(std::span<const CheckIn> commands);
  Result<Ticket> check_in(const CheckIn& command);

  /// Takes away what the tickets of a reservation are good for, as a refund does, and answers them; those that were
  /// used stay so. Tickets not issued yet are made and voided, so that they never will be. reservation_not_found.
  Result<std::vector<Ticket>> void_tickets(ReservationId reservation);

  Result<TicketCounts> counts(EventId event);

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace tiketi
