#pragma once
// Port: where tickets are kept.

#include <tiketi/base/result.hpp>
#include <tiketi/ticket/change.hpp>
#include <tiketi/ticket/ticket.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tiketi {

/// Thread-safe. Reads see all that was committed before they began. Every function can return unavailable, and
/// `commit` storage_full and outcome_unknown.
class TicketStore {
 public:
  virtual ~TicketStore() = default;

  /// Makes the whole batch durable in one transaction, and answers for each change on its own, in order: of two
  /// changes of one ticket the first wins. An error of the whole means that none was applied (but for
  /// outcome_unknown; what became of it is seen by reading).
  virtual Result<std::vector<TicketOutcome>> commit(std::span<const TicketChange> changes) = 0;

  /// For each id in turn; nothing where there is none.
  virtual Result<std::vector<std::optional<Ticket>>> tickets(std::span<const TicketId> ids) = 0;
  virtual Result<std::optional<Ticket>> ticket_numbered(const TicketNumber& number) = 0;

  /// For each reservation in turn its tickets, by ordinal.
  virtual Result<std::vector<std::vector<Ticket>>> tickets_of(std::span<const ReservationId> reservations) = 0;

  /// Newest reservation first, then by ordinal: after leaving out `offset`, at most `limit`.
  virtual Result<TicketPage> tickets_of_user(UserId user, std::int64_t offset, std::int64_t limit) = 0;

  virtual Result<TicketCounts> counts(EventId event) = 0;

  /// By id: those after `after` (nil: from the first), at most `limit`. For walking through all there are.
  virtual Result<std::vector<Ticket>> scan(TicketId after, std::size_t limit) = 0;
};

}  // namespace tiketi
