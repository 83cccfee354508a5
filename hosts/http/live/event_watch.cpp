#include "live/event_watch.hpp"

#include "server/json_writer.hpp"

#include <tiketi/catalog/rules.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace tiketi::http::live {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t most_in_a_question = 200;
constexpr std::chrono::seconds count_interval{1};
constexpr std::chrono::milliseconds shortest{20};  // between two looks, however many come to watch

Message ticket_updated(TicketTypeId type, const Availability& availability, Timestamp now) {
  std::string payload;
  JsonWriter(payload).object([&](JsonWriter& json) {
    json.member("ticketTypeId", type).member("availableQuantity", availability.available);
    json.member("totalQuantity", availability.total).member("timestamp", now);
  });
  return {"ticket-updated", payload, key_of(Supersedes::stock, type)};
}

Message room_info(EventId event, std::size_t count) {
  std::string payload;
  JsonWriter(payload).object([&](JsonWriter& json) { json.member("eventId", event).member("userCount", count); });
  return {"room-info", payload, key_of(Supersedes::count, event)};
}

}  // namespace

Message event_updated(EventId event, EventStatus status) {
  std::string payload;
  JsonWriter(payload).object(
      [&](JsonWriter& json) { json.member("eventId", event).member("status", catalog::name(status)); });
  return {"event-updated", payload, key_of(Supersedes::status, event)};
}

std::vector<Message> KnownEvent::update(const EventDetail& detail, Timestamp now) {
  std::vector<Message> out;
  const EventSummary& summary = detail.summary;
  if (status_ != summary.status) out.push_back(event_updated(summary.event.id, summary.status));
  status_ = summary.status;
  places_changed_ = places_ != summary.availability;
  places_ = summary.availability;
  for (const TicketTypeSummary& each : detail.ticket_types) {
    const Availability availability = each.availability.value_or(Availability{});
    const auto known = types_.find(each.type.id);
    if (known != types_.end() && known->second == availability) continue;
    types_[each.type.id] = availability;
    out.push_back(ticket_updated(each.type.id, availability, now));
  }
  return out;
}

EventWatch::EventWatch(Audience& audience, Clock& clock, Load load, Tell tell, Touch touch_seats)
    : audience_(audience),
      clock_(clock),
      load_(std::move(load)),
      tell_(std::move(tell)),
      touch_seats_(std::move(touch_seats)),
      ticker_([this] { return turn(); }) {}

void EventWatch::touch(EventId event) {
  const std::lock_guard lock(mutex_);
  touched_.insert(event);
}

void EventWatch::begin(EventId event) {
  {
    const std::lock_guard lock(mutex_);
    touched_.insert(event);
    fresh_.insert(event);
  }
  ticker_.wake();
}

EventWatch::Time EventWatch::turn() {
  const Time now = Steady::now();
  if (now < not_before_) return not_before_;
  std::unordered_set<EventId> touched, fresh;
  {
    const std::lock_guard lock(mutex_);
    touched.swap(touched_);
    fresh.swap(fresh_);
  }
  for (const EventId each : fresh) watched_.erase(each);  // they are told everything
  std::unordered_set<EventId> watched;
  for (const Room room : {Room::event, Room::seats})
    for (const EventId each : audience_.events(room)) watched.insert(each);
  std::erase_if(watched_, [&](const auto& each) { return !watched.contains(each.first); });
  const bool sweeps = now >= next_sweep_;
  if (sweeps) next_sweep_ = now + sweep;
  std::vector<EventId> due;
  for (const EventId each : watched)
    if (sweeps || touched.contains(each)) due.push_back(each);
  look(due, touched);
  tell_counts();
  constexpr int parts = 4;  // of the time; looking takes one of them at most
  not_before_ = std::max(now + shortest, now + parts * (Steady::now() - now));
  return std::max(now + tick, not_before_);
}

void EventWatch::look(std::span<const EventId> events, const std::unordered_set<EventId>& touched) {
  for (std::size_t begin = 0; begin < events.size(); begin += most_in_a_question) {
    const std::span some = events.subspan(begin, std::min(most_in_a_question, events.size() - begin));
    const auto details = load_(some);
    if (!details) return;  // the next sweep asks again
    const Timestamp now = clock_.now();
    for (std::size_t i = 0; i < some.size(); ++i) {
      if (!(*details)[i]) continue;  // no such event, or not any more
      KnownEvent& known = watched_[some[i]];
      std::vector<Message> messages = known.update(*(*details)[i], now);
      if (!messages.empty()) tell_(some[i], std::move(messages));
      if (known.places_changed() && !touched.contains(some[i]) && !is_touched(some[i])) touch_seats_(some[i]);
    }
  }
}

bool EventWatch::is_touched(EventId event) {
  const std::lock_guard lock(mutex_);
  return touched_.contains(event);
}

/// At most once a second for each room.
void EventWatch::tell_counts() {
  for (const EventId each : audience_.take_changed()) uncounted_.insert(each);
  const Time now = Steady::now();
  std::erase_if(counted_, [now](const auto& each) { return now >= each.second + count_interval; });
  std::erase_if(uncounted_, [&](EventId event) {
    if (counted_.contains(event)) return false;
    const std::size_t count = audience_.count(Room::event, event);
    if (count > 0) {
      tell_(event, {room_info(event, count)});
      counted_[event] = now;
    }
    return true;
  });
}

}  // namespace tiketi::http::live
