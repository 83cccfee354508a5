#pragma once
// Fills a store: with the sample catalogue, or with very many events. Doing it again adds nothing, and
// completes what an interrupted run left undone.

#include "output.hpp"

#include <tiketi/open.hpp>

#include <cstdint>

namespace tiketi::cli {

struct Seeded {
  std::int64_t layouts = 0;  ///< there now
  std::int64_t created = 0;  ///< events
  std::int64_t present = 0;  ///< events that were there, unchanged
  std::int64_t updated = 0;  ///< events that were there, and were given today's dates and texts
  std::int64_t places = 0;   ///< of all these events
};

/// `replace`: give sample events that are there today's dates and texts.
Result<Seeded> seed_sample(Services& services, bool replace, Progress& progress);

/// `events` events of `seats` seats each, on sale now.
Result<Seeded> seed_scale(Services& services, std::int64_t events, std::int64_t seats, Progress& progress);

}  // namespace tiketi::cli
