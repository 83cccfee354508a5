#include "live/sessions.hpp"

namespace tiketi::http::live {

std::optional<Session> Sessions::connected(UserId user, Timestamp now) {
  const std::lock_guard lock(mutex_);
  forget(now);
  Kept& kept = sessions_[user];
  ++kept.clients;
  if (kept.gone) gone_.erase(*kept.gone);
  kept.gone.reset();
  return kept.session.is_empty() ? std::nullopt : std::optional(kept.session);
}

void Sessions::disconnected(UserId user, Timestamp now) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(user);
  if (found == sessions_.end() || --found->second.clients > 0) return;
  if (found->second.session.is_empty()) {
    sessions_.erase(found);
    return;
  }
  found->second.gone = gone_.insert(gone_.end(), {now, user});
  forget(now);
}

void Sessions::entered(UserId user, Room room, std::optional<EventId> event) {
  const std::lock_guard lock(mutex_);
  if (const auto found = sessions_.find(user); found != sessions_.end())
    found->second.session.rooms[static_cast<std::size_t>(room)] = event;
}

void Sessions::selected(UserId user, std::string seats) {
  const std::lock_guard lock(mutex_);
  if (const auto found = sessions_.find(user); found != sessions_.end())
    found->second.session.selected_seats = std::move(seats);
}

std::size_t Sessions::size() const {
  const std::lock_guard lock(mutex_);
  return sessions_.size();
}

void Sessions::forget(Timestamp now) {
  while (!gone_.empty() && (now >= gone_.front().at.plus_ms(limits_.keep_ms) || gone_.size() > limits_.max_sessions)) {
    sessions_.erase(gone_.front().user);
    gone_.pop_front();
  }
}

}  // namespace tiketi::http::live
