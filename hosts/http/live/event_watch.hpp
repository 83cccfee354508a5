#pragma once
// Follows the events that somebody watches: their status, what is left of each ticket type, and how many watch.

#include "live/audience.hpp"
#include "live/message.hpp"
#include "live/ticker.hpp"

#include <tiketi/base/result.hpp>
#include <tiketi/catalog/catalog.hpp>
#include <tiketi/ports/clock.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace tiketi::http::live {

/// `event-updated`
Message event_updated(EventId event, EventStatus status);

/// An event as its watchers know it. Not thread-safe.
class KnownEvent {
 public:
  /// What has changed: `event-updated`, and `ticket-updated` for each type. The first time, all of it: who has joined
  /// before the first look has missed nothing.
  std::vector<Message> update(const EventDetail& detail, Timestamp now);
  /// Whether its seats may have changed too, as of the last update.
  bool places_changed() const noexcept { return places_changed_; }

 private:
  std::optional<EventStatus> status_;
  std::optional<Availability> places_;
  std::map<TicketTypeId, Availability> types_;
  bool places_changed_ = false;
};

class EventWatch {
 public:
  using Load = std::function<Result<std::vector<std::optional<EventDetail>>>(std::span<const EventId>)>;
  using Tell = std::function<void(EventId, std::vector<Message>)>;
  /// Any of its seats may have changed: the number of free places has, and nobody here has said why. It was another
  /// process, or a hold that ended by the clock.
  using Touch = std::function<void(EventId)>;

  static constexpr std::chrono::milliseconds tick{150};     ///< so that half of all changes are told within 100 ms
  static constexpr std::chrono::milliseconds sweep{1'000};  ///< of all that are watched, touched or not

  EventWatch(Audience& audience, Clock& clock, Load load, Tell tell, Touch touch_seats);

  /// From any thread; does not wait.
  void touch(EventId event);
  /// Somebody begins to watch it: looks at once.
  void begin(EventId event);

 private:
  using Time = std::chrono::steady_clock::time_point;

  Time turn();
  void look(std::span<const EventId> events, const std::unordered_set<EventId>& touched);
  bool is_touched(EventId event);
  void tell_counts();

  Audience& audience_;
  Clock& clock_;
  const Load load_;
  const Tell tell_;
  const Touch touch_seats_;
  std::mutex mutex_;
  std::unordered_set<EventId> touched_;
  std::unordered_set<EventId> fresh_;  // whose watchers have just come
  // Of the thread.
  std::unordered_map<EventId, KnownEvent> watched_;
  std::unordered_map<EventId, Time> counted_;  // when the room was told how many they are
  std::unordered_set<EventId> uncounted_;
  Time next_sweep_;
  Time not_before_;  // of the next look
  Ticker ticker_;    // last: its thread uses all else
};

}  // namespace tiketi::http::live
