#pragma once
// Keep-alive connections that ask, one request at a time each.

#include "load/address.hpp"
#include "load/scenario.hpp"
#include "load/stats.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>

namespace tiketi::load {

/// What a part of a run came to.
struct Part {
  Stats stats;
  double seconds = 0;    ///< from the first request to the last answer, or until the time was over
  double elapsed_s = 0;  ///< until the last answer in any case
  bool ran_out = false;  ///< every connection has asked all that the scenario's round had to ask
};

class Connections {
 public:
  /// Connects them all, as `connect` does. Broken if the server does not take one.
  Connections(const Address& server, std::size_t count, std::size_t threads);
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  std::size_t size() const noexcept;

  /// Lets each connection ask, wait for the answer, and ask again, until the time is over, the round has run out, or
  /// `interrupted`; then waits for what was asked. A connection that breaks is made anew; Broken if that fails.
  Part run(Scenario& scenario, std::chrono::nanoseconds at_most, const std::atomic<bool>& interrupted);

  /// How many are still open, as far as can be told without asking.
  std::size_t open_count();

 private:
  struct Loop;
  std::unique_ptr<Loop[]> loops_;
  std::size_t threads_;
  std::size_t count_;
};

}  // namespace tiketi::load
