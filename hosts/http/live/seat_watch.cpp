#include "live/seat_watch.hpp"

#include <algorithm>
#include <utility>

namespace tiketi::http::live {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds retry{1};
constexpr int parts = 4;  // of the time; reading takes one of them at most, telling two

}  // namespace

SeatWatch::SeatWatch(Audience& audience, Clock& clock, Load load, LoadSeats load_seats, Tell tell)
    : audience_(audience),
      clock_(clock),
      load_(std::move(load)),
      load_seats_(std::move(load_seats)),
      tell_(std::move(tell)),
      ticker_([this] { return turn(); }) {}

void SeatWatch::touch(EventId event) {
  if (audience_.count(Room::seats, event) > 0 && note(event, true, {})) ticker_.wake();
}

void SeatWatch::touch(EventId event, std::span<const SeatId> seats) {
  if (!seats.empty() && audience_.count(Room::seats, event) > 0 && note(event, false, seats)) ticker_.wake();
}

void SeatWatch::told(EventId event) {
  {
    const std::lock_guard lock(mutex_);
    sent_.push_back({event, Steady::now()});
  }
  ticker_.wake();
}

void SeatWatch::rest_after(std::span<const Sent> sent) {
  for (const Sent& each : sent) {
    const auto found = watched_.find(each.event);
    if (found == watched_.end() || !found->second.telling_since) continue;
    Watched& watched = found->second;
    const Time begun = *std::exchange(watched.telling_since, std::nullopt);
    const auto pause = std::min<Steady::duration>(parts / 2 * (each.at - begun), longest_tick);
    watched.not_before = std::max(watched.not_before, begun + pause);
  }
}

/// True if nothing of the event was noted yet.
bool SeatWatch::note(EventId event, bool all, std::span<const SeatId> seats) {
  const std::lock_guard lock(mutex_);
  const auto [place, first] = touched_.try_emplace(event);
  place->second.all |= all;
  place->second.seats.insert(place->second.seats.end(), seats.begin(), seats.end());
  return first;
}

/// Looks at what is due. What was touched too soon after the last look stays noted until its time has come, and wakes
/// nobody before.
SeatWatch::Time SeatWatch::turn() {
  const Time now = Steady::now();
  std::unordered_map<EventId, Touched> touched;
  std::vector<Sent> sent;
  {
    const std::lock_guard lock(mutex_);
    touched.swap(touched_);
    sent.swap(sent_);
  }
  rest_after(sent);
  std::erase_if(watched_, [&](const auto& each) {
    return is_left(each.first) && !each.second.telling_since && each.second.not_before <= now;
  });
  for (const auto& [event, watched] : watched_) {
    if (watched.not_after <= now) touched.try_emplace(event);
    if (watched.whole_at <= now) touched[event].all = true;
  }
  Time next = now + std::chrono::hours(1);
  for (const EventId event : longest_waiting_first(touched)) {
    Watched& watched = watched_[event];
    Touched& what = touched[event];
    const bool is_due = std::max(watched.not_before, rest_until_) <= Steady::now();
    if (!is_due || watched.telling_since) note(event, what.all, what.seats);
    else if (!look(event, watched, std::move(what))) note(event, true, {});
    if (!watched.telling_since) next = std::min(next, std::max(watched.not_before, rest_until_));
  }
  for (const auto& [event, watched] : watched_)
    if (!watched.telling_since)
      next = std::min(next, std::max({std::min(watched.not_after, watched.whole_at), watched.not_before, rest_until_}));
  return next;
}

/// Those that are watched still. When all have to rest, none is forgotten over another that changes all the time.
std::vector<EventId> SeatWatch::longest_waiting_first(const std::unordered_map<EventId, Touched>& touched) {
  std::vector<EventId> out;
  for (const auto& [event, what] : touched)
    if (!is_left(event)) out.push_back(event);
  std::ranges::sort(out, {}, [this](EventId each) { return watched_[each].not_before; });
  return out;
}

bool SeatWatch::is_left(EventId event) const { return audience_.count(Room::seats, event) == 0; }

/// False if the store can't be asked now.
bool SeatWatch::look(EventId event, Watched& watched, Touched touched) {
  const Time begun = Steady::now();
  const Timestamp now = clock_.now();
  const bool whole = touched.all;
  const auto done = read(event, watched, std::move(touched), now);
  if (!done && done.error().code != Errc::event_not_found) {
    watched.not_before = begun + retry;
    return false;
  }
  if (whole || watched.whole_at == Time()) watched.whole_at = begun + whole_sweep;
  watched.not_after = Time::max();
  if (done) {
    std::vector<Message> messages = watched.seats.tell(now, audience_.count(Room::seats, event));
    if (!messages.empty()) {
      watched.telling_since = Steady::now();
      tell_(event, std::move(messages), [this, event] { told(event); });
    }
    if (watched.seats.has_more_to_tell()) watched.not_after = begun + tick;
    else if (const auto expiry = watched.seats.next_expiry(now))
      watched.not_after = Steady::now() + std::chrono::milliseconds(std::max<std::int64_t>(1, expiry->ms - now.ms));
  }
  watched.not_before = begun + tick;
  rest_until_ = begun + parts * (Steady::now() - begun);
  return true;
}

/// Holds that end are looked at too: they may have been kept for longer.
Result<void> SeatWatch::read(EventId event, Watched& watched, Touched touched, Timestamp now) {
  KnownSeats& known = watched.seats;
  std::vector<SeatId>& seats = touched.seats;
  const std::vector<SeatId> over = known.over(now);
  seats.insert(seats.end(), over.begin(), over.end());
  const bool has_all = std::ranges::all_of(seats, [&](SeatId each) { return known.has(each); });
  if (touched.all || !has_all || known.size() == 0 || seats.size() > known.size() / 4) {
    auto map = load_(event);
    if (!map) return map.error();
    known.read(std::move(*map));
    return {};
  }
  if (seats.empty()) return {};
  const auto read = load_seats_(seats);
  if (!read) return read.error();
  known.read(*read);
  return {};
}

}  // namespace tiketi::http::live
