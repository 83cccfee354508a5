#pragma once
// An on-sale day on a real store: fans arrive in a burst, choose by taste from a map that is some moments
// old, hold, pay, abandon, pay late; a sweeper and the outbox relay run beside them.

#include "output.hpp"
#include "simulation/options.hpp"
#include "simulation/tally.hpp"

#include <tiketi/open.hpp>

#include <atomic>
#include <cstdint>
#include <vector>

namespace tiketi::cli {

/// The system's time, moved by an offset, so that a sale that opens tomorrow can be played today.
class MovedClock final : public Clock {
 public:
  explicit MovedClock(Clock& system) : system_(system) {}
  Timestamp now() override { return system_.now().plus_ms(offset_ms_); }
  void move_to(Timestamp time) { offset_ms_ = time.ms - system_.now().ms; }

 private:
  Clock& system_;
  std::atomic<std::int64_t> offset_ms_{0};
};

struct OnSaleReport {
  Event event;
  OnSaleOptions options;  ///< with threads resolved
  bool interrupted = false;
  Tally tally;
  std::int64_t free_before = 0, free_after = 0, held_after = 0, sold_after = 0;
  std::int64_t expired = 0;      ///< holds that ended by themselves, swept or taken over
  std::int64_t published = 0;    ///< messages
  std::int64_t selling_ms = 0;   ///< from the opening to the last answer to a reserve call
  std::int64_t duration_ms = 0;  ///< until the last hold was over
  std::int64_t database_bytes = 0;
  std::vector<Error> troubles;  ///< of the sweeper, the relay and the map; the first ten
  std::vector<Finding> findings;
};

/// Runs the day for an event that is on sale, then verifies the store. When `interrupted` becomes true
/// no more calls are made, and what came of those under way is reported. The services' policy must have
/// `options.hold_ms`.
Result<OnSaleReport> run_on_sale(Services& services, const Event& event, OnSaleOptions options,
                                 const std::atomic<bool>& interrupted, Progress& progress);

}  // namespace tiketi::cli
