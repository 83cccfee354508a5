#include "live/audience.hpp"

#include <utility>

namespace tiketi::http::live {
namespace {

std::size_t index(Room room) noexcept { return static_cast<std::size_t>(room); }

template <class Map, class Key>
void take_one(Map& counts, const Key& key) {
  const auto found = counts.find(key);
  if (found != counts.end() && --found->second == 0) counts.erase(found);
}

}  // namespace

void Audience::connected(UserId user) {
  const std::lock_guard lock(mutex_);
  ++connected_[user];
}

void Audience::disconnected(UserId user) {
  const std::lock_guard lock(mutex_);
  take_one(connected_, user);
}

void Audience::joined(Room room, EventId event) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = ++counts_[index(room)][event] == 1;
    if (room == Room::event) changed_.insert(event);
  }
  if (first && room != Room::queue) on_first_(room, event);
}

void Audience::left(Room room, EventId event) {
  const std::lock_guard lock(mutex_);
  take_one(counts_[index(room)], event);
  if (room == Room::event) changed_.insert(event);
}

void Audience::waits(EventId event, UserId user) {
  const std::lock_guard lock(mutex_);
  ++waiting_[event][user];
}

void Audience::waits_no_more(EventId event, UserId user) {
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find(event);
  if (found == waiting_.end()) return;
  take_one(found->second, user);
  if (found->second.empty()) waiting_.erase(found);
}

std::size_t Audience::count(Room room, EventId event) const {
  const std::lock_guard lock(mutex_);
  const auto& counts = counts_[index(room)];
  const auto found = counts.find(event);
  return found == counts.end() ? 0 : found->second;
}

std::vector<EventId> Audience::events(Room room) const {
  const std::lock_guard lock(mutex_);
  std::vector<EventId> out;
  for (const auto& [event, count] : counts_[index(room)]) out.push_back(event);
  return out;
}

std::vector<UserId> Audience::waiting(EventId event) const {
  const std::lock_guard lock(mutex_);
  std::vector<UserId> out;
  const auto found = waiting_.find(event);
  if (found == waiting_.end()) return out;
  out.reserve(found->second.size());
  for (const auto& [user, count] : found->second) out.push_back(user);
  return out;
}

bool Audience::is_connected(UserId user) const {
  const std::lock_guard lock(mutex_);
  return connected_.contains(user);
}

std::size_t Audience::clients() const {
  const std::lock_guard lock(mutex_);
  std::size_t out = 0;
  for (const auto& [user, count] : connected_) out += count;
  return out;
}

std::size_t Audience::in_rooms(Room room) const {
  const std::lock_guard lock(mutex_);
  std::size_t out = 0;
  for (const auto& [event, count] : counts_[index(room)]) out += count;
  return out;
}

std::vector<EventId> Audience::take_changed() {
  const std::lock_guard lock(mutex_);
  std::vector<EventId> out(changed_.begin(), changed_.end());
  changed_.clear();
  return out;
}

}  // namespace tiketi::http::live
