#pragma once
// The waiting room's part of an on-sale day: opening it, closing it, and holding what everybody was told against its
// public log.

#include "simulation/crowd.hpp"
#include "simulation/moved_clock.hpp"

#include <tiketi/base/finding.hpp>
#include <tiketi/open.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace tiketi::cli {

struct RoomReport {
  std::string commitment;     ///< as it was published before anybody came; empty: no lobby
  std::string seed;           ///< as it was revealed
  bool seed_fits = false;     ///< it is the one committed to
  std::int64_t shuffled = 0;  ///< fans who were there when places were drawn
  std::int64_t admitted = 0;  ///< in all
  std::int64_t admitted_at_once = 0;
  std::int64_t admitted_twice = 0;                 ///< times, without having entered again
  std::int64_t out_of_order = 0;                   ///< fans whose admission is not the one that the log amounts to
  std::int64_t most_waiting = 0, most_active = 0;  ///< at a turn
  std::int64_t waiting_after = 0, active_after = 0;
  std::int64_t records = 0;  ///< the log's
  bool audit_clean = false;
  std::vector<Finding> findings;  ///< beside the audit's, which `verify` finds too
};

/// How long an admission lasts without activity: the least there is, but nobody who holds places or looks for some
/// must be taken for idle.
std::int64_t active_ms(const OnSaleOptions& options);

/// Turns the room on, with its lobby if there is to be one, and moves the clock to where it opens.
Result<RoomReport> open_room(Services& services, MovedClock& clock, const Event& event, const OnSaleOptions& options);

/// Turns it off, sends away who is left in it, and recomputes the day.
Result<void> close_room(Services& services, EventId event, const RoomTally& tally, RoomReport& report);

}  // namespace tiketi::cli
