#pragma once
// What runs beside a sale: the sweeper, the relay of the outbox, and who loads the map that all look at.

#include "simulation/crowd.hpp"

#include <tiketi/open.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace tiketi::cli {

class Backstage {
 public:
  /// `ranking` is the event's, from rank_seats. All but `event` must outlive it.
  Backstage(Services& services, Sale& sale, EventId event, const std::vector<std::uint32_t>& ranking);

  /// Ends the threads, sweeps what is over and publishes what still waits.
  void finish();

  std::int64_t expired() const { return expired_; }      ///< holds of the event
  std::int64_t published() const { return published_; }  ///< messages
  std::vector<Error> troubles() const;                   ///< the first ten

 private:
  void refresh();
  void sweep_and_relay();
  void note(const Error& error);

  Services& services_;
  Sale& sale_;
  const EventId event_;
  const std::vector<std::uint32_t>& ranking_;
  std::atomic<std::int64_t> expired_{0};
  std::atomic<std::int64_t> published_{0};
  mutable std::mutex mutex_;
  std::vector<Error> troubles_;
  std::unique_ptr<Subscription> subscription_;
  std::jthread refresher_;
  std::jthread sweeper_;
};

}  // namespace tiketi::cli
