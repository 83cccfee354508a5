#pragma once
// An on-sale day on a real store: fans arrive in a burst, choose by taste from a map that is some moments
// old, hold, pay, abandon, pay late; cards are refused and answers of the provider lost; a sweeper, the outbox relay
// and the recovery of payments run beside them. With a waiting room they come to its lobby first, wait, give up,
// reload, idle, or are bots; a doorman lets them in.

#include "output.hpp"
#include "simulation/moved_clock.hpp"
#include "simulation/options.hpp"
#include "simulation/room_day.hpp"
#include "simulation/tally.hpp"
#include "simulation/till.hpp"

#include <tiketi/open.hpp>

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::cli {

struct OnSaleReport {
  Event event;
  OnSaleOptions options;  ///< with threads resolved
  bool interrupted = false;
  Tally tally;
  std::int64_t free_before = 0, free_after = 0, held_after = 0, sold_after = 0;
  std::map<std::string, std::int64_t> messages;  ///< published about the fans, by topic
  std::int64_t selling_ms = 0;                   ///< from the start of the sale to the last answer to a reserve call
  std::int64_t duration_ms = 0;                  ///< until the last hold was over
  std::int64_t database_bytes = 0;
  RoomReport room;  ///< if there was a waiting room
  MoneyReport money;
  std::vector<Error> troubles;  ///< of what runs beside the sale; the first ten
  std::vector<Finding> findings;

  std::int64_t published(std::string_view topic) const;
};

/// Runs the day for an event that is on sale, then verifies the store. When `interrupted` becomes true
/// no more calls are made, and what came of those under way is reported. The services' policy must have
/// `options.hold_ms`, their cashier's `recovery_after_ms`, and their clock be this one. Before a waiting room the
/// event's sale must start in the future; the clock is moved there.
Result<OnSaleReport> run_on_sale(Services& services, MovedClock& clock, const Event& event, OnSaleOptions options,
                                 const std::atomic<bool>& interrupted, Progress& progress);

}  // namespace tiketi::cli
