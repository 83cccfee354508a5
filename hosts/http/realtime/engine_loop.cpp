#include "realtime/engine_loop.hpp"

#include <sys/random.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>

namespace tiketi::realtime {
namespace {

/// Each may be a system call, and a request that has come meanwhile waits for all of them: for a millisecond or two.
constexpr std::size_t most_actions_in_a_row = 60;

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

/// The system's; so few bytes always come at once.
void fill_randomly(std::span<std::uint8_t> bytes) {
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw std::runtime_error("the system has no randomness");
}

}  // namespace

http::Response to_response(Answer answer) {
  http::Response out;
  out.status = answer.status;
  out.content_type = answer.content_type;
  out.body = std::move(answer.body);
  return out;
}

Answer not_serving() {
  Answer out = refusal(RefusalCode::bad_request, "Not serving");
  out.status = 503;
  return out;
}

EngineLoop::EngineLoop(EngineOptions options, std::unique_ptr<Application> application, const Origins& origins,
                       std::shared_ptr<http::EventLoop> events)
    : application_(std::move(application)),
      origins_(origins),
      events_(std::move(events)),
      engine_(std::move(options), *application_, fill_randomly) {}

void EngineLoop::bring(http::EventLoop::Task task) {
  if (is_current()) task();
  else events_->post(std::move(task));
}

void EngineLoop::post(std::function<void(Engine&)> task) {
  events_->post([this, task = std::move(task)] {
    input([&](Engine& engine, std::int64_t) { engine.together([&] { task(engine); }); });
  });
}

void EngineLoop::when_sent(http::EventLoop::Task task) {
  events_->post([this, task = std::move(task)]() mutable {
    when_sent_.push_back(std::move(task));
    settle();
  });
}

void EngineLoop::stop() {
  events_->post([this] { stop_now(); });
}

void EngineLoop::stop_now() {
  if (std::exchange(stopped_, true)) return;
  input([](Engine& engine, std::int64_t now) { engine.close_all(now); });
}

/// One call into the engine, and what comes of it.
template <class Call>
void EngineLoop::input(Call&& call) {
  const std::int64_t now = now_ms();
  engine_.tick(now);
  call(engine_, now);
  settle();
}

BegunPost::~BegunPost() {
  if (id_ == 0) return;
  owner_.events()->post([&owner = owner_, id = id_, sid = sid_] { owner.post_dropped(id, sid); });
}

void EngineLoop::post_begun(const std::shared_ptr<BegunPost>& post) {
  if (stopped_) return;
  post->id_ = ++last_id_;
  begun_posts_.emplace(post->id_, post);
  input([&](Engine& engine, std::int64_t now) { engine.begin_post(post->id_, post->sid_, now); });
}

void EngineLoop::post_dropped(ExchangeId exchange, const std::string& sid) {
  if (begun_posts_.erase(exchange) == 0) return;
  input([&](Engine& engine, std::int64_t now) { engine.exchange_dropped(exchange, sid, now); });
}

/// The one that the engine knows it by, if it was told when the request began.
ExchangeId EngineLoop::id_of(const http::Request& request) {
  auto* post = static_cast<BegunPost*>(request.begun.get());
  if (!post || post->id_ == 0) return ++last_id_;
  begun_posts_.erase(post->id_);
  return std::exchange(post->id_, 0);
}

void EngineLoop::request(const http::Request& request, http::Respond respond) {
  const Waiting waiting{&request, std::move(respond)};
  if (stopped_) return answer(waiting, not_serving());
  const ExchangeId exchange = id_of(request);
  if (const auto* post = static_cast<const BegunPost*>(request.begun.get()); post && post->answer_)
    return answer(waiting, *post->answer_);
  exchanges_.emplace(exchange, waiting);
  input([&](Engine& engine, std::int64_t now) { engine.request(exchange, incoming_of(request), now); });
  if (!exchanges_.contains(exchange)) return;
  waiting.respond.on_interrupt(
      [this, exchange](http::Interrupt why) { bring([this, exchange, why] { interrupted(exchange, why); }); });
}

void EngineLoop::interrupted(ExchangeId exchange, http::Interrupt why) {
  if (why == http::Interrupt::stopping) return stop_now();  // which answers it
  const auto found = exchanges_.extract(exchange);
  if (!found) return;
  const std::string sid(found.mapped().request->query("sid").value_or(""));
  input([&](Engine& engine, std::int64_t now) { engine.exchange_dropped(exchange, sid, now); });
  answer(found.mapped(), refusal(RefusalCode::bad_request));
}

void EngineLoop::answer(const Waiting& waiting, Answer with) const {
  http::Response response = to_response(std::move(with));
  origins_.add_headers(*waiting.request, response);
  waiting.respond(std::move(response));
}

std::optional<Answer> EngineLoop::refuse_websocket(const http::Request& request) {
  if (stopped_) return not_serving();
  std::optional<Answer> out;
  input([&](Engine& engine, std::int64_t) { out = engine.refuse_websocket(incoming_of(request)); });
  return out;
}

void EngineLoop::websocket_opened(const std::shared_ptr<WebSocketPeer>& peer) {
  peer->id = ++last_id_;
  websockets_.emplace(peer->id, peer);
  const std::unique_ptr<WebSocketPeer::Arrival> arrival = peer->take_arrival();
  const Incoming incoming{
      .method = "GET", .query = arrival->query, .headers = arrival->headers, .client = arrival->client, .body = {}};
  input([&](Engine& engine, std::int64_t now) {
    engine.websocket_opened(peer->id, incoming, now);
    if (stopped_) engine.close_all(now);
  });
}

void EngineLoop::websocket_text(WebSocketPeer& peer, std::string_view text) {
  input([&](Engine& engine, std::int64_t now) { engine.websocket_text(peer.id, text, now); });
}

void EngineLoop::websocket_binary(WebSocketPeer& peer, std::string_view bytes) {
  input([&](Engine& engine, std::int64_t now) { engine.websocket_binary(peer.id, bytes, now); });
}

void EngineLoop::websocket_written(WebSocketPeer& peer) {
  input([&](Engine& engine, std::int64_t now) { engine.websocket_written(peer.id, now); });
}

void EngineLoop::websocket_closed(WebSocketPeer& peer) {
  websockets_.erase(peer.id);
  input([&](Engine& engine, std::int64_t now) { engine.websocket_closed(peer.id, now); });
}

WebSocketPeer* EngineLoop::find(WebSocketId websocket) const {
  const auto found = websockets_.find(websocket);
  return found == websockets_.end() ? nullptr : found->second.get();
}

/// Carries out what is to be done, and what comes of that. After so much of it others have their turn, and it goes on
/// behind them, in order: telling ten thousand sockets takes a tenth of a second.
void EngineLoop::settle() {
  std::size_t left = most_actions_in_a_row;
  while (take_actions() && left > 0) {
    for (; next_action_ < actions_.size() && left > 0; --left) {
      another_follows_ = left > 1 && is_followed(next_action_);
      std::visit([this](auto& action) { carry_out(action); }, actions_[next_action_++]);
    }
    for (const WebSocketId each : std::exchange(sent_, {}))
      if (const WebSocketPeer* peer = find(each); peer && peer->is_drained()) engine_.websocket_written(each, now_ms());
  }
  send_off();
  session_count_.store(engine_.session_count(), std::memory_order_relaxed);
  arm();
  if (next_action_ == actions_.size() && deliveries_out_ == 0)
    for (const http::EventLoop::Task& each : std::exchange(when_sent_, {})) each();
  if (next_action_ == actions_.size() || std::exchange(goes_on_, true)) return;
  events_->post([this] {
    goes_on_ = false;
    settle();
  });
}

/// Whether the action and the one behind it are frames to the same WebSocket: then one system call does for both.
bool EngineLoop::is_followed(std::size_t action) const {
  if (action + 1 >= actions_.size()) return false;
  const auto* frame = std::get_if<SendFrame>(&actions_[action]);
  const auto* next = std::get_if<SendFrame>(&actions_[action + 1]);
  return frame && next && frame->websocket == next->websocket;
}

/// False if nothing is to be done.
bool EngineLoop::take_actions() {
  if (next_action_ == actions_.size()) {
    engine_.take_actions(actions_);
    next_action_ = 0;
  } else {
    engine_.take_actions(fresh_);
    if (next_action_ > actions_.size() / 2) {  // so that what never runs out does not grow for ever
      actions_.erase(actions_.begin(), actions_.begin() + static_cast<std::ptrdiff_t>(std::exchange(next_action_, 0)));
    }
    std::ranges::move(fresh_, std::back_inserter(actions_));
  }
  return next_action_ < actions_.size();
}

void EngineLoop::carry_out(AnswerExchange& action) {
  if (const auto found = exchanges_.extract(action.exchange)) return answer(found.mapped(), std::move(action.answer));
  const auto begun = begun_posts_.extract(action.exchange);
  const std::shared_ptr<BegunPost> post = begun ? begun.mapped().lock() : nullptr;
  if (post) post->answer_ = std::move(action.answer);
}

void EngineLoop::carry_out(SendFrame& action) {
  WebSocketPeer* peer = find(action.websocket);
  if (!peer) return;
  if (&peer->connection_loop() != events_.get()) {
    deliveries_[&peer->connection_loop()].push_back({peer->shared_from_this(), std::move(action)});
    return;
  }
  peer->send(action, another_follows_);
  if (sent_.empty() || sent_.back() != action.websocket) sent_.push_back(action.websocket);
}

void EngineLoop::carry_out(CloseWebSocket& action) {
  WebSocketPeer* peer = find(action.websocket);
  if (!peer) return;
  if (&peer->connection_loop() == events_.get()) return peer->close(action.at_once);
  deliveries_[&peer->connection_loop()].push_back({peer->shared_from_this(), action});
}

/// What is for another thread goes there in one piece.
void EngineLoop::send_off() {
  for (auto& [loop, each] : std::exchange(deliveries_, {})) {
    ++deliveries_out_;
    loop->post([this, deliveries = std::move(each)]() mutable { deliver(deliveries); });
  }
}

/// On the thread of the connections.
void EngineLoop::deliver(std::vector<Delivery>& deliveries) {
  std::vector<std::shared_ptr<WebSocketPeer>> drained;
  for (std::size_t i = 0; i < deliveries.size(); ++i) {
    const auto& [peer, action] = deliveries[i];
    const bool follows = i + 1 < deliveries.size() && deliveries[i + 1].peer == peer &&
                         std::holds_alternative<SendFrame>(deliveries[i + 1].action);
    if (const auto* frame = std::get_if<SendFrame>(&action)) peer->send(*frame, follows);
    else peer->close(std::get<CloseWebSocket>(action).at_once);
  }
  for (Delivery& each : deliveries)
    if (each.peer->is_drained() && (drained.empty() || drained.back() != each.peer))
      drained.push_back(std::move(each.peer));
  events_->post([this, drained = std::move(drained)] {
    --deliveries_out_;
    input([&](Engine& engine, std::int64_t now) {
      for (const auto& each : drained) engine.websocket_written(each->id, now);
    });
  });
}

/// One timer for all: what is due first. If that is put off, the timer rings in vain, and is set again.
void EngineLoop::arm() {
  const std::int64_t due_ms = engine_.next_deadline_ms();
  if (due_ms >= armed_for_ms_) return;
  armed_for_ms_ = due_ms;
  timer_.start(events_, std::max<std::int64_t>(due_ms - now_ms(), 0), [this] {
    armed_for_ms_ = never_ms;
    input([](Engine&, std::int64_t) {});
  });
}

}  // namespace tiketi::realtime
