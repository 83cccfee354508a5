#pragma once
// A box office that has been selling for a long time.

#include <cstdint>
#include <string>

namespace tiketi::bench {

/// Makes events and sells that many of their seats, each to somebody else, held and paid by card like any other,
/// through the services in this process. When it returns, all messages about it have been published.
void preload(const std::string& store, std::int64_t reservations);

}  // namespace tiketi::bench
