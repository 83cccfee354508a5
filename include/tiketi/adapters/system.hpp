#pragma once
// The system's clock, and random identifiers.

#include <tiketi/ports/clock.hpp>
#include <tiketi/ports/ids.hpp>

#include <memory>

namespace tiketi {

std::unique_ptr<Clock> make_system_clock();

/// UUIDv7 (RFC 9562, method 2): ascending within this process even if the clock steps back; 74 random
/// bits, drawn anew each millisecond, tell processes apart. `clock` must outlive it.
std::unique_ptr<Ids> make_random_ids(Clock& clock);

}  // namespace tiketi
