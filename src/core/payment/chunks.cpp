// Several calls to the provider at once.

#include "core/payment/desk.hpp"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>

namespace tiketi::payment {

void for_each_chunk(Desk& desk, std::size_t total, const ChunkWork& work) {
  const std::size_t most = std::max<std::size_t>(1, desk.provider.batch_size());
  const std::size_t chunks = (total + most - 1) / most;
  std::atomic<std::size_t> next = 0;
  const auto take_turns = [&] {
    for (std::size_t chunk = next++; chunk < chunks; chunk = next++)
      work(chunk * most, std::min(most, total - chunk * most));
  };
  std::vector<std::jthread> helpers;  // joined before what they use ends
  try {
    while (helpers.size() + 1 < std::min(chunks, desk.policy.provider_calls_at_once)) helpers.emplace_back(take_turns);
  } catch (const std::system_error&) {
    // There are no more threads: those that are here do it.
  }
  take_turns();
}

}  // namespace tiketi::payment
