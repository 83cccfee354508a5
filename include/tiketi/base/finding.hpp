#pragma once
// What a check of stored data finds.

#include <string>

namespace tiketi {

/// An invariant that does not hold. There is none unless something is broken.
struct Finding {
  std::string invariant;  ///< for example `seat-owner`
  std::string what;       ///< a sentence naming the rows
};

}  // namespace tiketi
