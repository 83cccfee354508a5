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
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace tiketi::http::live {

/// All changes of one event within a tick are told together. Reads only seats that were touched while somebody watched
/// them, and those whose hold ends; all of an event if it isn't said which. A tick is 50 ms, but reading takes at most
/// a quarter of the time and telling half of it: with very many watchers, or when the server has its hands full, news
/// come less often, so that the sale goes on.
class SeatWatch {
 public:
  using Load = std::function<Result<SeatMap>(EventId)>;
  using LoadSeats = std::function<Result<std::vector<Seat>>(std::span<const SeatId>)>;  ///< those that there are
  /// Called on the watch's thread; `told` is called when the messages have left, on any thread.
  using Tell = std::function<void(EventId, std::vector<Message>, std::function<void()> told)>;

  static constexpr std::chrono::milliseconds tick{50};
  static constexpr std::chrono::milliseconds longest_tick{500};  ///< unless reading takes long, or messages to leave
  /// How often all seats that are watched are read: nobody tells what another process has changed.
  static constexpr std::chrono::milliseconds whole_sweep{5'000};

  SeatWatch(Audience& audience, Clock& clock, Load load, LoadSeats load_seats, Tell tell);

  // From any thread; these do not wait.

  /// Any of its seats may have changed.
  void touch(EventId event);
  /// These may have.
  void touch(EventId event, std::span<const SeatId> seats);

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Touched {
    bool all = false;
    std::vector<SeatId> seats;
  };
  struct Watched {
    KnownSeats seats;
    Time not_before;                         // of the next look
    Time not_after = Time::max();            // when a hold ends, or more is to be told
    Time whole_at;                           // when all of it is read again; epoch: was never read
    std::optional<Time> telling_since = {};  // until the messages have left
  };
  /// Messages that have left.
  struct Sent {
    EventId event;
    Time at;
  };

  Time turn();
  void told(EventId event);
  void rest_after(std::span<const Sent> sent);
  bool note(EventId event, bool all, std::span<const SeatId> seats);
  std::vector<EventId> longest_waiting_first(const std::unordered_map<EventId, Touched>& touched);
  bool is_left(EventId event) const;
  bool look(EventId event, Watched& watched, Touched touched);
  Result<void> read(EventId event, Watched& watched, Touched touched, Timestamp now);

  Audience& audience_;
  Clock& clock_;
  const Load load_;
  const LoadSeats load_seats_;
  const Tell tell_;
  std::mutex mutex_;
  std::unordered_map<EventId, Touched> touched_;
  std::vector<Sent> sent_;
  // Of the thread.
  std::unordered_map<EventId, Watched> watched_;
  Time rest_until_;
  Ticker ticker_;  // last: its thread uses all else
};

}  // namespace tiketi::http::live
