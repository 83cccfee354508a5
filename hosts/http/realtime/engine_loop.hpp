#pragma once
// One event loop's engine with what it needs of the world: the requests that wait for it, its WebSockets, one timer.

#include "realtime/engine.hpp"
#include "realtime/origins.hpp"
#include "realtime/websocket_peer.hpp"
#include "server/event_loop.hpp"
#include "server/handler.hpp"
#include "server/request.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tiketi::realtime {

class EngineLoop;

/// A POST from its headers until its body is there, or never will be. Made on the connection's thread; everything in it
/// belongs to the engine's.
class BegunPost {
 public:
  BegunPost(EngineLoop& owner, std::string sid) : owner_(owner), sid_(std::move(sid)) {}
  BegunPost(const BegunPost&) = delete;
  BegunPost& operator=(const BegunPost&) = delete;
  ~BegunPost();

 private:
  friend class EngineLoop;
  EngineLoop& owner_;
  const std::string sid_;
  ExchangeId id_ = 0;             // 0: the engine has not been told, or needs no more to be told
  std::optional<Answer> answer_;  // which waits for the body, so that the client is there to read it
};

/// On its event loop's thread, and not from within the application's calls, where nothing else is said. Outlives the
/// server, for connections refer to it until their end.
class EngineLoop {
 public:
  EngineLoop(EngineOptions options, std::unique_ptr<Application> application, const Origins& origins,
             std::shared_ptr<http::EventLoop> events);
  EngineLoop(const EngineLoop&) = delete;
  EngineLoop& operator=(const EngineLoop&) = delete;

  // From any thread.
  bool is_current() const noexcept { return events_->is_current(); }
  const std::shared_ptr<http::EventLoop>& events() const noexcept { return events_; }
  /// Something from the network: at once if this is the thread, else in the order of arrival.
  void bring(http::EventLoop::Task task);
  /// Work for the application, soon; also from within its calls.
  void post(std::function<void(Engine&)> task);
  /// The task runs when there is nothing left to send: everything that was posted before, and what has come meanwhile,
  /// has been handed to the system, or queued for a slow client.
  void when_sent(http::EventLoop::Task task);
  /// Closes all sessions, and refuses new ones.
  void stop();
  std::size_t session_count() const noexcept { return session_count_.load(std::memory_order_relaxed); }

  void post_begun(const std::shared_ptr<BegunPost>& post);
  /// The request lives as long as the Respond.
  void request(const http::Request& request, http::Respond respond);

  std::optional<Answer> refuse_websocket(const http::Request& request);
  void websocket_opened(const std::shared_ptr<WebSocketPeer>& peer);
  void websocket_text(WebSocketPeer& peer, std::string_view text);
  void websocket_binary(WebSocketPeer& peer, std::string_view bytes);
  void websocket_written(WebSocketPeer& peer);
  void websocket_closed(WebSocketPeer& peer);

 private:
  friend class BegunPost;
  struct Waiting {
    const http::Request* request;
    http::Respond respond;
  };
  /// For a WebSocket whose connection is on another thread.
  struct Delivery {
    std::shared_ptr<WebSocketPeer> peer;
    Action action;
  };

  template <class Call>
  void input(Call&& call);
  void settle();
  bool take_actions();
  bool is_followed(std::size_t action) const;
  void carry_out(AnswerExchange& action);
  void carry_out(SendFrame& action);
  void carry_out(CloseWebSocket& action);
  void deliver(std::vector<Delivery>& deliveries);
  void send_off();
  ExchangeId id_of(const http::Request& request);
  void post_dropped(ExchangeId exchange, const std::string& sid);
  void interrupted(ExchangeId exchange, http::Interrupt why);
  void answer(const Waiting& waiting, Answer with) const;
  void stop_now();
  void arm();
  WebSocketPeer* find(WebSocketId websocket) const;

  const std::unique_ptr<Application> application_;
  const Origins& origins_;
  const std::shared_ptr<http::EventLoop> events_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<ExchangeId, Waiting> exchanges_;
  std::unordered_map<ExchangeId, std::weak_ptr<BegunPost>> begun_posts_;
  std::unordered_map<WebSocketId, std::shared_ptr<WebSocketPeer>> websockets_;
  std::vector<Action> actions_;
  std::size_t next_action_ = 0;  // of those that are not carried out yet
  std::vector<Action> fresh_;
  bool another_follows_ = false;  // behind the one that is carried out
  std::vector<http::EventLoop::Task> when_sent_;
  bool goes_on_ = false;           // will be called to carry out the rest
  std::vector<WebSocketId> sent_;  // got frames just now
  std::map<http::EventLoop*, std::vector<Delivery>> deliveries_;
  std::size_t deliveries_out_ = 0;  // on other threads, which have not told yet that they are done
  http::Timer timer_;
  std::int64_t armed_for_ms_ = never_ms;
  bool stopped_ = false;
  std::atomic<std::size_t> session_count_ = 0;
  Engine engine_;
};

/// The answer to the request.
http::Response to_response(Answer answer);
/// There is no engine yet, or no more.
Answer not_serving();

}  // namespace tiketi::realtime
