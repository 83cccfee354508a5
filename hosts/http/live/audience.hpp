#pragma once
// Who is in which room, on all threads together: how many, and whom it concerns.

#include <tiketi/base/id.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace tiketi::http::live {

/// Of an event. A client is in at most one room of each kind.
enum class Room : std::uint8_t {
  event,  ///< its status and stock
  queue,  ///< the customer's place in its waiting room
  seats,  ///< its seats
};
inline constexpr std::size_t room_kinds = 3;

/// Thread-safe.
class Audience {
 public:
  /// `on_first` is told when somebody joins a room of seats or of an event that was empty; it must not wait, nor call
  /// back.
  explicit Audience(std::function<void(Room, EventId)> on_first) : on_first_(std::move(on_first)) {}

  void connected(UserId user);
  void disconnected(UserId user);
  void joined(Room room, EventId event);
  void left(Room room, EventId event);
  /// Of those in the queue room, whose place must be asked for.
  void waits(EventId event, UserId user);
  void waits_no_more(EventId event, UserId user);

  std::size_t count(Room room, EventId event) const;
  /// The events that have somebody in their room.
  std::vector<EventId> events(Room room) const;
  /// The customers in the event's queue room who wait, each once.
  std::vector<UserId> waiting(EventId event) const;
  bool is_connected(UserId user) const;
  std::size_t clients() const;
  std::size_t in_rooms(Room room) const;

  /// The events whose room was joined or left since the last call.
  std::vector<EventId> take_changed();

 private:
  using Users = std::unordered_map<UserId, std::size_t>;

  const std::function<void(Room, EventId)> on_first_;
  mutable std::mutex mutex_;
  Users connected_;
  std::array<std::unordered_map<EventId, std::size_t>, room_kinds> counts_;
  std::unordered_map<EventId, Users> waiting_;
  std::unordered_set<EventId> changed_;  // rooms of kind `event`
};

}  // namespace tiketi::http::live
