#pragma once
// What runs beside a sale: the sweeper, the relay of the outbox, the recovery of payments, who loads the map
// that all look at, and the doorman.

#include "simulation/audience.hpp"
#include "simulation/moved_clock.hpp"
#include "simulation/room_day.hpp"

#include <tiketi/open.hpp>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tiketi::cli {

class Backstage {
 public:
  /// `ranking` is the event's, from rank_seats. All but `event` must outlive it.
  Backstage(Services& services, MovedClock& clock, Sale& sale, Audience& audience, EventId event,
            const std::vector<std::uint32_t>& ranking);

  /// Ends the threads, sweeps what is over and publishes what still waits.
  void finish();

  std::map<std::string, std::int64_t> messages() const;  ///< about the fans, by topic
  std::int64_t most_waiting() const { return most_waiting_; }
  std::int64_t most_active() const { return most_active_; }
  std::vector<Error> troubles() const;  ///< the first ten

 private:
  void refresh();
  void sweep_and_relay();
  void recover();
  void let_in();
  void tell(const RoomTurn& turn);
  void wait_for_idle(const RoomTurn& turn);
  void count(const Message& message);
  void note(const Error& error);

  Services& services_;
  MovedClock& clock_;
  Sale& sale_;
  Audience& audience_;
  const EventId event_;
  const std::vector<std::uint32_t>& ranking_;
  std::atomic<std::int64_t> most_waiting_{0};
  std::atomic<std::int64_t> most_active_{0};
  int quiet_turns_ = 0;  // the doorman's
  mutable std::mutex mutex_;
  std::map<std::string, std::int64_t> messages_;
  std::vector<Error> troubles_;
  std::unique_ptr<Subscription> subscription_;
  std::jthread refresher_;
  std::jthread sweeper_;
  std::jthread recovery_;
  std::jthread doorman_;
};

}  // namespace tiketi::cli
