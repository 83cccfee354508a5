#pragma once
// What a customer was looking at, for when the connection comes back.

#include "live/audience.hpp"

#include <tiketi/base/id.hpp>
#include <tiketi/base/time.hpp>

#include <array>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace tiketi::http::live {

struct Session {
  std::array<std::optional<EventId>, room_kinds> rooms;  ///< by Room
  std::string selected_seats = "[]";                     ///< JSON text of an array, as the client sent it

  bool is_empty() const noexcept { return rooms == decltype(rooms){} && selected_seats == "[]"; }
};

struct SessionLimits {
  std::int64_t keep_ms = hour_ms;      ///< after the last client of the customer has gone
  std::size_t max_sessions = 100'000;  ///< of customers who are gone; those who left longest ago are forgotten first
};

/// A session for each customer, whatever connections they have: what was done last counts. Thread-safe.
class Sessions {
 public:
  explicit Sessions(SessionLimits limits = {}) : limits_(limits) {}

  /// A client of the customer has come. What there was before, if anything.
  std::optional<Session> connected(UserId user, Timestamp now);
  void disconnected(UserId user, Timestamp now);

  // While a client is there.
  void entered(UserId user, Room room, std::optional<EventId> event);
  void selected(UserId user, std::string seats);

  std::size_t size() const;

 private:
  struct Gone {
    Timestamp at;
    UserId user;
  };
  struct Kept {
    Session session;
    std::size_t clients = 0;
    std::optional<std::list<Gone>::iterator> gone;  // while there are none
  };

  void forget(Timestamp now);

  const SessionLimits limits_;
  mutable std::mutex mutex_;
  std::unordered_map<UserId, Kept> sessions_;
  std::list<Gone> gone_;  // in the order in which they went
};

}  // namespace tiketi::http::live
