#pragma once
// Runs one seed: a random world, random people in it, random faults, and the model beside them.

#include "broken_stores.hpp"
#include "stage.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace tiketi::test {

struct Plan {
  std::uint64_t seed = 1;
  int steps = 300;
  Backend backend = Backend::memory;
  Defect defect = Defect::none;
  bool verbose = false;
};

struct Report {
  std::uint64_t trace_hash = 0;
  std::map<std::string, std::int64_t> tally;  ///< how often what happened
  std::optional<std::string> failure;         ///< seed, last steps, and how to replay it
};

/// Deterministic: the same plan gives the same report.
Report simulate(const Plan& plan);

}  // namespace tiketi::test
