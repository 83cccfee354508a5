#include "live/seat_watch.hpp"

#include <algorithm>
#include <utility>

namespace tiketi::http::live {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int parts = 4;  // of the time; reading takes one of them at most

}  // namespace

SeatWatch::SeatWatch(Audience& audience, Clock& clock, Load load, Tell tell)
    : audience_(audience), clock_(clock), load_(std::move(load)), tell_(std::move(tell)), ticker_([this] {
        return turn();
      }) {}

void SeatWatch::touch(EventId event) {
  if (audience_.count(Room::seats, event) == 0) return;
  {
    const std::lock_guard lock(mutex_);
    if (!touched_.insert(event).second) return;
  }
  ticker_.wake();
}

/// Looks at what is due. What was touched too soon after the last look stays touched until its time has come.
SeatWatch::Time SeatWatch::turn() {
  std::erase_if(watched_, [this](const auto& each) { return audience_.count(Room::seats, each.first) == 0; });
  std::unordered_set<EventId> touched;
  {
    const std::lock_guard lock(mutex_);
    touched.swap(touched_);
  }
  for (const auto& [event, watched] : watched_)
    if (watched.not_after <= Steady::now()) touched.insert(event);
  Time next = Time::max();
  for (const EventId event : touched) {
    Watched& watched = watched_[event];
    if (Steady::now() >= watched.not_before) {
      look(event, watched);
    } else {
      next = std::min(next, watched.not_before);
      const std::lock_guard lock(mutex_);
      touched_.insert(event);
    }
  }
  for (const auto& [event, watched] : watched_) next = std::min(next, watched.not_after);
  return std::min(next, Steady::now() + std::chrono::hours(1));
}

void SeatWatch::look(EventId event, Watched& watched) {
  const Time begun = Steady::now();
  const auto map = load_(event);
  watched.not_after = Time::max();
  if (map) {
    const Timestamp now = clock_.now();
    std::vector<Message> messages = watched.seats.update(*map, now);
    if (!messages.empty()) tell_(event, std::move(messages));
    if (const auto expiry = watched.seats.next_expiry())
      watched.not_after = Steady::now() + std::chrono::milliseconds(std::max<std::int64_t>(1, expiry->ms - now.ms));
  } else if (map.error().code != Errc::event_not_found) {
    watched.not_after = begun + std::chrono::seconds(1);  // the store can't be asked: later
  }
  watched.not_before = std::max(begun + tick, begun + parts * (Steady::now() - begun));
}

}  // namespace tiketi::http::live
