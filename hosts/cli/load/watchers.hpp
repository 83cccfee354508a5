#pragma once
// Socket.IO sockets that watch an event.

#include "load/stage.hpp"
#include "load/web_socket_crowd.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace tiketi::load {

struct WatcherPlan {
  std::size_t count = 0;
  std::size_t slow = 0;              ///< the last of them: they read nothing once they watch
  std::size_t first_connection = 0;  ///< the number of the first one's connection, for `connect`
};

/// They live on a thread of their own, answer the server's pings, and drop what comes. Each is in the event's room and
/// in that of its seats; it asks for both in the same write as it connects to the namespace, so no such request may be
/// lost.
class Watchers final : private CrowdListener {
 public:
  using Instant = CrowdListener::Instant;
  /// Is told, on that thread, of each event that the server tells a watcher: a packet `42["name",…]`.
  using OnEvent = std::function<void(std::size_t watcher, std::string_view packet, Instant at)>;

  /// Users are watchers round robin, and stay.
  Watchers(const Address& server, const std::vector<User>& users, const WatcherPlan& plan, OnEvent on_event = {});
  ~Watchers();

  /// Makes all of them watch this event and no other; begins with connecting them.
  void watch(const std::string& event);
  /// Waits until each has been told that it watches, or is lost, or nothing has come of it for half a minute. Broken if
  /// they can't connect.
  void wait(const std::atomic<bool>& interrupted) const;
  /// They do nothing more, but stay connected.
  void stop();

  std::size_t watching() const { return watching_; }  ///< those that were told so
  std::size_t lost() const { return lost_; }  ///< those that read, and whose connection ended or that may not watch
  std::size_t slow_lost() const { return slow_lost_; }
  std::int64_t events() const { return events_; }                                 ///< that they were told
  bool is_lost(std::size_t watcher) const { return watchers_[watcher].is_lost; }  ///< after `stop`
  std::vector<std::string> notes() const;                                         ///< some sentences on what went wrong

 private:
  struct Watcher {
    bool has_greeted = false;
    bool is_lost = false;
    std::uint32_t watches = 0;  // the number of the wish that it was told is fulfilled
  };

  void on_open(std::size_t) override {}
  void on_text(std::size_t watcher, std::string_view text, Instant at) override;
  void on_lost(std::size_t watcher, std::string_view why) override;
  void give_up(std::size_t watcher, std::string_view why);

  void live(const std::stop_token& stop);
  void take_wish();
  void connect_some();
  void ask(std::size_t watcher, bool connects);
  void acknowledged(std::size_t watcher, std::string_view packet);
  bool is_slow(std::size_t watcher) const { return watcher >= plan_.count - plan_.slow; }
  void note(std::string what);

  const std::vector<User>& users_;
  const WatcherPlan plan_;
  const OnEvent on_event_;

  // Of the thread:
  std::vector<Watcher> watchers_;
  std::size_t greeted_ = 0;
  std::string event_;
  WebSocketCrowd crowd_;

  // What it tells the others:
  std::atomic<std::uint32_t> wish_{0};  // that it has taken
  std::atomic<std::size_t> watching_{0}, lost_{0}, slow_lost_{0};
  std::atomic<std::int64_t> events_{0};

  mutable std::mutex mutex_;  // what follows
  std::string wished_event_;
  std::uint32_t last_wish_ = 0;
  std::vector<std::string> notes_;
  std::exception_ptr broken_;

  std::jthread thread_;
};

}  // namespace tiketi::load
