#pragma once
// Command lines of the benchmarks.

#include <stdexcept>
#include <string>
#include <vector>

namespace tiketi::bench {

/// Calls `take(name, value)` for each argument; `value()` is the word that follows it. `take` tells whether it knows
/// the name. Throws std::invalid_argument for one that is unknown or lacks its value.
template <class Take>
void read_arguments(const std::vector<std::string>& words, Take take) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& name = words[i];
    const auto value = [&]() -> const std::string& {
      if (i + 1 == words.size()) throw std::invalid_argument(name + " needs a value; see --help");
      return words[++i];
    };
    if (!take(name, value)) throw std::invalid_argument("unknown argument " + name + "; see --help");
  }
}

}  // namespace tiketi::bench
