#pragma once
// Port: where the box office keeps its books.

#include <tiketi/base/finding.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/box_office/change.hpp>
#include <tiketi/box_office/inventory_change.hpp>
#include <tiketi/box_office/reservation.hpp>
#include <tiketi/box_office/seat.hpp>
#include <tiketi/box_office/seat_map.hpp>
#include <tiketi/ports/event_bus.hpp>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi {

struct IdempotencyKey {
  UserId user_id;
  std::string key;
};

/// Everything that deciding a batch of reserve commands takes. The answer runs in parallel to the question.
struct ReserveQuestion {
  std::vector<SeatId> seats;
  std::vector<TicketTypeId> ticket_types;
  std::vector<IdempotencyKey> keys;
  std::vector<EventId> events;
};
struct ReserveAnswer {
  std::vector<std::optional<Seat>> seats;
  std::vector<std::optional<TicketStock>> stock;
  std::vector<std::optional<IdempotencyRecord>> records;
  std::vector<std::optional<EventInventory>> inventories;
};

/// Which reservations to list; what is not set does not matter.
struct ReservationFilter {
  std::optional<ReservationStatus> status;
  std::optional<EventId> event_id;
};
struct ReservationPage {
  std::vector<Reservation> reservations;  ///< newest first
  std::int64_t total = 0;                 ///< in all pages
};
struct ReservationTotals {
  std::array<std::int64_t, 4> by_status{};  ///< indexed by ReservationStatus
  std::int64_t since = 0;                   ///< made at or after the time that was asked for
  std::int64_t total() const noexcept { return by_status[0] + by_status[1] + by_status[2] + by_status[3]; }
};

/// Thread-safe. Reads see all that was committed before they began. Every function can return
/// unavailable; those that write also storage_full, and outcome_unknown if the connection broke while
/// committing.
///
/// `commit` can safely be repeated with the same changes after outcome_unknown: a new reservation that is
/// there already is answered `applied`, without being applied again.
class BoxOfficeStore {
 public:
  virtual ~BoxOfficeStore() = default;

  /// Makes the whole batch durable in one transaction, and answers for each change on its own. Changes
  /// apply in the order given: of two that want the same seat the first wins. An error of the whole
  /// means that none was applied (but for outcome_unknown).
  virtual Result<std::vector<Outcome>> commit(std::span<const Change> changes) = 0;

  virtual Result<ReserveAnswer> ask(const ReserveQuestion& question) = 0;

  /// For each id in turn; nothing where there is none.
  virtual Result<std::vector<std::optional<Reservation>>> reservations(std::span<const ReservationId> ids) = 0;
  virtual Result<std::optional<Reservation>> reservation_numbered(const ReservationNumber& number) = 0;

  /// Newest first: those made before `before` (nil: all), at most `limit`.
  virtual Result<std::vector<Reservation>> reservations_of(UserId user, ReservationId before, std::size_t limit) = 0;

  /// Pending and confirmed ones of an event, by id: those after `after` (nil: all), at most `limit`. Passes over the
  /// others of the event.
  virtual Result<std::vector<Reservation>> reservations_of_event(EventId event, ReservationId after,
                                                                 std::size_t limit) = 0;

  /// Newest first: at most `limit`, after the first `offset`. Costs what it passes over from the newest on; the total
  /// is kept, not counted.
  virtual Result<ReservationPage> reservations_page(const ReservationFilter& filter, std::int64_t offset,
                                                    std::size_t limit) = 0;

  /// Costs as much as there are events, and reservations made since then (as their ids tell).
  virtual Result<ReservationTotals> reservation_totals(Timestamp since) = 0;

  /// Pending ones whose hold was over at `now`, the earliest first. Costs what it returns, not what there is.
  virtual Result<std::vector<Reservation>> expired(Timestamp now, std::size_t limit) = 0;

  /// already_exists if the event has an inventory; the errors of `box_office::check`.
  virtual Result<void> load(const NewInventory& inventory) = 0;

  /// event_not_found if it has no inventory.
  virtual Result<void> close(EventId event) = 0;

  /// Applies the change in one transaction, in which `box_office::admit` decides; sales in between are neither lost
  /// nor blocked for good. Returns how many seats were added or removed. The errors of `check` and `admit`.
  virtual Result<std::int64_t> change_inventory(const InventoryChange& change) = 0;

  virtual Result<std::vector<EventId>> sold_out() = 0;

  /// event_not_found if it has no inventory. An event without numbered seats has an empty map.
  virtual Result<SeatMap> seat_map(EventId event) = 0;

  /// Highest price first, then name.
  virtual Result<std::vector<TicketStock>> stock_of(EventId event) = 0;

  /// The oldest messages that are not published yet.
  virtual Result<std::vector<Message>> outbox(std::size_t limit) = 0;
  virtual Result<std::int64_t> outbox_size() = 0;

  /// Removes published messages.
  virtual Result<void> remove_from_outbox(std::span<const std::int64_t> sequences) = 0;

  /// Removes at most `limit` records made before `before`; returns how many.
  virtual Result<std::size_t> prune_idempotency(Timestamp before, std::size_t limit) = 0;

  /// Checks every invariant on all that is stored; at most 100 findings.
  virtual Result<std::vector<Finding>> verify() = 0;
};

}  // namespace tiketi
