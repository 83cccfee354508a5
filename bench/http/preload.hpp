#pragma once
// A box office that has been selling for a long time.

#include <cstdint>
#include <string>

namespace tiketi::bench {

/// Makes events and sells that many of their seats, each to somebody else, held and paid by card like any other,
/// through the services in this process. When it returns, all messages about it have been published.
void preload(const std::string& store, std::int64_t reservations);

/// Makes an event whose waiting room lets one in, behind whom so many wait; its id.
std::string preload_room(const std::string& store, std::int64_t waiting);

}  // namespace tiketi::bench
