#pragma once
// Stores with a defect each. They prove that the simulator sees defects.

#include <tiketi/box_office/store.hpp>
#include <tiketi/ports/clock.hpp>

#include <memory>

namespace tiketi::test {

enum class Defect {
  none,
  sells_taken_seats,   ///< answers `applied` to a hold on a seat that somebody has
  sells_beyond_stock,  ///< answers `applied` to a hold on more than is left
  loses_commits,       ///< answers `applied`, at times, without storing
  applies_refused,     ///< stores a change, at times, and answers that its seats were gone
  applies_in_part,     ///< stores a change, at times, without its last line
  forgets_keys,        ///< remembers no idempotency keys
  ignores_buyer_limits,
  ignores_closing,       ///< goes on selling after the event was closed
  confirms_expired,      ///< shows holds as lasting longer than they do, so that late payments pass
  drops_outbox_rows,     ///< removes more from the outbox than was published
  tells_out_of_order,    ///< hands out the newest message first
  loses_payments,        ///< answers `applied`, at times, without storing what the cashier booked
  loses_room_records,    ///< answers `applied`, at times, without storing what happened in a waiting room
  hides_room_conflicts,  ///< answers `applied` to a process that does not know the end of a waiting room's log
};

/// `store` must outlive it.
std::unique_ptr<BoxOfficeStore> make_broken(Defect defect, BoxOfficeStore& store);

}  // namespace tiketi::test
