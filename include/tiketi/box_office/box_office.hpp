#pragma once
// Service: sells the places of events. No place is ever sold twice, whatever the number of processes.

#include <tiketi/base/result.hpp>
#include <tiketi/box_office/admissions.hpp>
#include <tiketi/box_office/event_directory.hpp>
#include <tiketi/box_office/reservation.hpp>
#include <tiketi/box_office/rules.hpp>
#include <tiketi/box_office/seat_map.hpp>
#include <tiketi/box_office/store.hpp>
#include <tiketi/ports/clock.hpp>
#include <tiketi/ports/event_bus.hpp>
#include <tiketi/ports/ids.hpp>

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace tiketi {

/// What is for sale for an event: the seat map, and the stock of its ticket types.
struct Places {
  SeatMap seats;
  std::vector<TicketStock> stock;
};

/// Synchronous and thread-safe. The commands take a batch and answer for each on its own, in order; a
/// batch costs one transaction, so callers with many threads put a Batcher in front. What is answered
/// with success is durable.
///
/// Besides what each function tells, each can return unavailable, and commands storage_full,
/// version_conflict (retrying did not help) and outcome_unknown (it did not help either; ask again with
/// the same idempotency key).
class BoxOffice {
 public:
  /// All of them must outlive the box office. Without `admissions` nobody needs to have been in a waiting room.
  BoxOffice(BoxOfficeStore& store, EventDirectory& events, Clock& clock, Ids& ids, BoxOfficePolicy policy = {},
            Admissions* admissions = nullptr);
  ~BoxOffice();
  BoxOffice(const BoxOffice&) = delete;
  BoxOffice& operator=(const BoxOffice&) = delete;

  /// Holds places, all of a command's or none. A hold that is over does not stand in the way, swept or
  /// not. The errors of `box_office::check`, `box_office::hold` and `Admissions::check`; event_not_found, event_closed,
  /// buyer_limit, idempotency_misuse. A refusal changed nothing and is not remembered: the same key may
  /// try again.
  std::vector<Result<Reserved>> reserve(std::span<const Reserve> commands);
  Result<Reserved> reserve(const Reserve& command);

  /// Finds and holds the best seats. Also the errors of `box_office::best_available`.
  std::vector<Result<Reserved>> reserve_best(std::span<const ReserveBest> commands);
  Result<Reserved> reserve_best(const ReserveBest& command);

  /// Turns holds into sales. reservation_not_found, event_cancelled, event_closed and the errors of
  /// `box_office::confirm`.
  std::vector<Result<Reservation>> confirm(std::span<const Confirm> commands);
  Result<Reservation> confirm(const Confirm& command);

  /// Gives places back. reservation_not_found, hold_expired.
  std::vector<Result<Reservation>> cancel(std::span<const Cancel> commands);
  Result<Reservation> cancel(const Cancel& command);

  /// Keeps holds for longer. reservation_not_found, event_closed and the errors of `box_office::extend`.
  std::vector<Result<Reservation>> extend(std::span<const Extend> commands);
  Result<Reservation> extend(const Extend& command);

  /// Releases holds that are over, at most `limit` of them, earliest first; returns how many. Meant to be
  /// called about once a second; several processes may do so at once.
  Result<std::size_t> sweep(std::size_t limit = 10'000);

  /// Publishes what waits in the outbox, at most `limit` messages, oldest first, and then forgets them; returns
  /// how many. At least once: after a crash or an error in between they are published again.
  Result<std::size_t> relay(EventBus& bus, std::size_t limit = 10'000);

  /// Forgets idempotency keys older than the policy keeps them; returns how many.
  Result<std::size_t> prune(std::size_t limit = 10'000);

  /// reservation_not_found, also when `owner` is given and it is somebody else's.
  Result<Reservation> reservation(ReservationId id, std::optional<UserId> owner = {});
  Result<Reservation> reservation(const ReservationNumber& number, std::optional<UserId> owner = {});

  /// Newest first, at most `limit` (1 to 1000), made before `before` (nil: all). invalid_argument.
  Result<std::vector<Reservation>> reservations_of(UserId user, ReservationId before = {}, std::size_t limit = 100);

  /// How many reservations there are of each status, and how many were made since. Counting the latter takes as long
  /// as there are many: when they are more than 100,000, the answer may be five seconds old.
  Result<ReservationTotals> totals(Timestamp since);

  /// event_not_found if the event has no places.
  Result<Places> places(EventId event);

  const BoxOfficePolicy& policy() const noexcept;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace tiketi
