#pragma once
// Follows the seats of the events that somebody watches.

#include "live/audience.hpp"
#include "live/message.hpp"
#include "live/seat_changes.hpp"
#include "live/ticker.hpp"

#include <tiketi/base/result.hpp>
#include <tiketi/box_office/seat_map.hpp>
#include <tiketi/ports/clock.hpp>

#include <chrono>
#include <functional>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace tiketi::http::live {

/// All changes of one event within a tick are told together. Reads the map only of events that were touched while
/// somebody watched them, and when a hold ends; a map that takes long to read is read less often, so that this never
/// takes more than a quarter of a core.
class SeatWatch {
 public:
  using Load = std::function<Result<SeatMap>(EventId)>;
  /// Called on the watch's thread.
  using Tell = std::function<void(EventId, std::vector<Message>)>;

  static constexpr std::chrono::milliseconds tick{50};

  SeatWatch(Audience& audience, Clock& clock, Load load, Tell tell);

  /// Its seats may have changed. From any thread; does not wait.
  void touch(EventId event);

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Watched {
    KnownSeats seats;
    Time not_before;               // of the next look
    Time not_after = Time::max();  // when a hold ends
  };

  Time turn();
  void look(EventId event, Watched& watched);

  Audience& audience_;
  Clock& clock_;
  const Load load_;
  const Tell tell_;
  std::mutex mutex_;
  std::unordered_set<EventId> touched_;
  std::unordered_map<EventId, Watched> watched_;  // of the thread
  Ticker ticker_;                                 // last: its thread uses all else
};

}  // namespace tiketi::http::live
