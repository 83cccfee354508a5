#pragma once
// Connections that are there, and do nothing.

#include "load/api.hpp"
#include "load/bench_http.hpp"

#include <atomic>

namespace tiketi::load {

/// `idle`: connections that asked for one thing each, and then stay open for the duration. Tells what they cost the
/// server in memory, and asks each once more at the end, to see that it still serves.
void keep_idle_connections(const Api& api, const std::atomic<bool>& interrupted, Report& report);

}  // namespace tiketi::load
