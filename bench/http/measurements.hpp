#pragma once
// What is measured of the HTTP server, and beside what.

#include "bench.hpp"

#include <cstdint>

namespace tiketi::bench {

struct HttpSettings {
  double seconds = 5;  ///< for a figure, and as long for its limit
  double memory_seconds = 60;
  std::int64_t preload = 1'000'000;
  std::int64_t users = 50'000;
  std::int64_t idle = 10'000;
  std::int64_t sockets = 10'000;
  std::int64_t watchers = 2'000;
  std::int64_t waiting = 1'000'000;
};

/// Makes databases in the run's directory, starts what it measures, and adds the rows that are wanted. Throws if
/// anything was answered wrong.
void measure_http(Run& run, const HttpSettings& settings);

}  // namespace tiketi::bench
