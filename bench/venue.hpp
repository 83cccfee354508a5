#pragma once
// A box office over some stores, and places for it to sell.

#include <tiketi/adapters/stores.hpp>
#include <tiketi/box_office/box_office.hpp>
#include <tiketi/ports/clock.hpp>
#include <tiketi/ports/ids.hpp>

#include <memory>
#include <string>
#include <vector>

namespace tiketi::bench {

/// A hold as it will be stored: the limit writes the very rows that the service would.
struct PreparedHold {
  Reservation reservation;
  std::string payload;  ///< of its message

  SeatId seat() const { return reservation.lines.front().seat_id; }
};

/// On sale for ever, without limits.
class OpenDirectory final : public EventDirectory {
 public:
  Result<std::vector<std::optional<SaleTerms>>> terms(std::span<const EventId> events) override;
};

/// An event's numbered seats: sections of 1,000 in rows of 40.
NewInventory make_seats(Ids& ids, std::size_t count);
/// One ticket type.
NewInventory make_stock(Ids& ids, std::int64_t total);

/// Holds for the seats from `first` on, decided by the box office's own rules.
std::vector<PreparedHold> prepare_holds(const NewInventory& event, std::size_t first, std::size_t count, Ids& ids,
                                        Timestamp now, const BoxOfficePolicy& policy);

/// Somebody who signed up some time in the last year.
UserId somebody();

/// That every one is a success.
void require_all(const std::vector<Result<Reserved>>& answers);

class Venue {
 public:
  /// Migrates them.
  Venue(std::unique_ptr<Stores> stores, std::size_t seats_per_event);

  /// Commands for, or holds of, the next seats that nobody has, all of one event; loads another event when
  /// the last one's do not suffice.
  std::vector<Reserve> next_commands(std::size_t count);
  std::vector<PreparedHold> next_holds(std::size_t count);

  void load(const NewInventory& inventory);
  BoxOffice& box_office() { return box_office_; }
  BoxOfficeStore& store() { return stores_->box_office(); }
  Clock& clock() { return *clock_; }
  Ids& ids() { return *ids_; }
  const NewInventory& event() const { return event_; }  ///< the last one loaded for its seats
  std::int64_t taken() const { return taken_; }

  /// That as many seats are held as were taken, and that every invariant holds.
  void check();

 private:
  std::size_t take(std::size_t count);

  std::unique_ptr<Stores> stores_;
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<Ids> ids_;
  OpenDirectory directory_;
  BoxOffice box_office_;
  std::size_t seats_per_event_;
  NewInventory event_;
  std::vector<EventId> events_;
  std::size_t next_ = 0;
  std::int64_t taken_ = 0;
};

}  // namespace tiketi::bench
