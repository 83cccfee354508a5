#pragma once
// Live events: whoever watches an event, its seats or its queue is told what changes. Over Socket.IO at /socket.io/,
// over a plain WebSocket at /api/live, and a place in a queue also as Server-Sent Events.
//
//   desks → touch(event) ─┬→ SeatWatch: reads the map, tells the difference, every 50 ms at most ─┐
//                         └→ EventWatch: status, stock, how many watch ───────────────────────────┼→ Clients, on each
//   doorman → tell(turns) ──→ admitted, cleared; each second, everybody's place ──────────────────┘  thread of the
//   server
//
// What is told is what is stored, read anew: whoever changed it, and however the news came.

#include "desks.hpp"
#include "live/audience.hpp"
#include "live/clients.hpp"
#include "live/event_watch.hpp"
#include "live/seat_watch.hpp"
#include "live/sessions.hpp"
#include "live/sign_in.hpp"
#include "live/ticker.hpp"
#include "realtime/host.hpp"
#include "realtime/origins.hpp"
#include "server/event_loop.hpp"
#include "server/router.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace tiketi::http::live {

struct LiveOptions {
  std::vector<std::string> allowed_origins;  ///< of pages; empty: any, without cookies
  std::size_t max_sessions = 40'000;         ///< of Socket.IO
  std::size_t max_queue = 2'000;             ///< who waits to be signed in
};

/// Outlives the server, and whoever calls `touch` and `tell`, which are thread-safe.
class LiveEvents {
 public:
  LiveEvents(Desks& desks, LiveOptions options);
  LiveEvents(const LiveEvents&) = delete;
  LiveEvents& operator=(const LiveEvents&) = delete;
  ~LiveEvents();

  // Before the server is made.
  void add_sockets(Router& router);
  void add_queue_stream(Router::Group& queue);

  /// When the server has started; once.
  void start(const std::vector<std::shared_ptr<EventLoop>>& loops);
  /// Says goodbye to all. Before the server is stopped.
  void stop();

  /// Something of the event has changed: its seats, its stock, its status; of the seats only these, if it is said
  /// which. Does not wait.
  void touch(EventId event, const std::optional<std::vector<SeatId>>& seats);
  /// What came of the waiting rooms' turn.
  void tell(std::span<const RoomTurn> turns);

 private:
  using Task = std::function<void(Clients&)>;

  std::function<Clients*()> here();
  void on_all(Task task);
  void tell_room(Room room, EventId event, std::vector<Message> messages);
  std::shared_ptr<const QueueNews> look_at_queue(EventId event);
  void tell_queues();
  void measure();

  Desks& desks_;
  SignIn sign_in_;
  const realtime::Origins origins_;
  Sessions sessions_;
  Audience audience_;
  realtime::RealtimeHost host_;
  std::mutex mutex_;
  std::unordered_map<const EventLoop*, Clients*> clients_;  // of each thread of the server
  // Started last, so that what they use is there.
  std::optional<SeatWatch> seats_;
  std::optional<EventWatch> events_;
  std::optional<Ticker> queues_;
};

}  // namespace tiketi::http::live
