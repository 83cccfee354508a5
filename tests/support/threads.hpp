#pragma once
// Many threads at once.

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace tiketi::test {

/// Runs `body(thread)` in that many threads, which begin together.
template <class Body>
void run_threads(std::size_t count, Body body) {
  std::atomic<std::size_t> ready{0};
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < count; ++thread)
    threads.emplace_back([&, thread] {
      for (++ready; ready < count;) std::this_thread::yield();
      body(thread);
    });
  for (std::thread& each : threads) each.join();
}

}  // namespace tiketi::test
