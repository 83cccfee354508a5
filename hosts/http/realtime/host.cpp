#include "realtime/host.hpp"

#include <algorithm>
#include <utility>

namespace tiketi::realtime {
namespace {

constexpr std::size_t most_engines = 256;  // an id has a byte for it

struct Sum {
  std::atomic<std::size_t> total = 0;
  std::atomic<std::size_t> missing = 0;
  std::function<void(std::size_t)> then;
};

}  // namespace

RealtimeHost::RealtimeHost(HostOptions options, MakeApplication make_application)
    : options_(std::move(options)),
      make_application_(std::move(make_application)),
      origins_(options_.allowed_origins) {}

RealtimeHost::~RealtimeHost() = default;

void RealtimeHost::add_to(http::Router& router, std::string_view path) {
  using http::Access, http::Method;
  const http::Deferred deferred{
      [this](const http::Request& request, http::Respond respond) { take(request, std::move(respond)); },
      [this](const http::Request& request) { return begin(request); }};
  // A byte more than the engine takes, so that it is the one to refuse.
  const http::RouteOptions bounds{.max_body = options_.engine.session.max_payload_bytes + 1, .replays = false};
  for (const Method each : {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::del})
    router.add(each, path, Access::anyone, deferred, bounds);
  router.add(Method::options, path, Access::anyone,
             http::Direct{[this](http::Request& request) { return origins_.preflight(request); }});
  router.add_web_socket(path, Access::anyone, {[this](http::Request& request) { return open(request); }});
}

void RealtimeHost::start(const std::vector<std::shared_ptr<http::EventLoop>>& loops) {
  const std::size_t count = std::min(loops.size(), most_engines);
  for (std::size_t i = 0; i < count; ++i) {
    EngineOptions options = options_.engine;
    options.index = static_cast<std::uint8_t>(i);
    // The bound is for all.
    options.max_sessions = (options.max_sessions + count - 1) / count;
    loops_.push_back(std::make_unique<EngineLoop>(std::move(options), make_application_(*this), origins_, loops[i]));
  }
  started_ = true;
}

const RealtimeHost::Loops& RealtimeHost::loops() const noexcept {
  static const Loops none;
  return started_ ? loops_ : none;
}

/// The engine of the session; of a new one that of this thread. Null before the start.
EngineLoop* RealtimeHost::owner_of(const http::Request& request) const {
  const Loops& all = loops();
  if (all.empty()) return nullptr;
  const auto sid = request.query("sid");
  if (const auto engine = sid ? engine_of(*sid) : std::nullopt; engine && *engine < all.size())
    return all[*engine].get();
  const auto here = std::ranges::find_if(all, [](const auto& each) { return each->is_current(); });
  return here == all.end() ? all.front().get() : here->get();
}

/// The engine must know of a POST before its body is there: a second one meanwhile is a client's fault.
std::shared_ptr<void> RealtimeHost::begin(const http::Request& request) const {
  const auto sid = request.query("sid");
  EngineLoop* owner = owner_of(request);
  if (request.method != http::Method::post || !sid || !owner || !origins_.allows(request)) return nullptr;
  if (fault_of(incoming_of(request), "polling")) return nullptr;
  auto out = std::make_shared<BegunPost>(*owner, std::string(*sid));
  owner->bring([owner, out] { owner->post_begun(out); });
  return out;
}

void RealtimeHost::take(const http::Request& request, http::Respond respond) const {
  EngineLoop* owner = owner_of(request);
  if (owner && origins_.allows(request)) {
    owner->bring([owner, &request, respond = std::move(respond)] { owner->request(request, respond); });
    return;
  }
  http::Response refused = to_response(owner ? refusal(RefusalCode::forbidden) : not_serving());
  origins_.add_headers(request, refused);
  respond(std::move(refused));
}

std::variant<http::Response, http::AcceptWebSocket> RealtimeHost::open(const http::Request& request) const {
  EngineLoop* owner = owner_of(request);
  if (!owner) return to_response(not_serving());
  if (!origins_.allows(request)) return to_response(refusal(RefusalCode::forbidden));
  if (owner->is_current()) {
    if (std::optional<Answer> refused = owner->refuse_websocket(request)) return to_response(*std::move(refused));
  } else if (const auto fault = fault_of(incoming_of(request), "websocket")) {
    return to_response(refusal(*fault));  // of its sessions another thread can't be asked at once: it closes instead
  }
  http::WebSocketLimits limits;
  limits.max_message_bytes = options_.engine.session.max_payload_bytes;
  // The engine hands over the next messages when these are written, so its own bounds are those that count.
  limits.queue = http::unbounded_queue;
  return http::AcceptWebSocket{std::make_shared<WebSocketPeer>(*owner, request), {}, limits};
}

void RealtimeHost::stop() {
  for (const auto& each : loops()) each->stop();
}

void RealtimeHost::broadcast(std::string name_space, std::string room, Outgoing message, SocketId except) {
  run_on_all([name_space = std::move(name_space), room = std::move(room), message = std::move(message),
              except](Engine& engine) { engine.broadcast(name_space, room, message, except); });
}

void RealtimeHost::send(SocketId socket, Outgoing message) {
  run(socket, [socket, message = std::move(message)](Engine& engine) { engine.send(socket, message); });
}

void RealtimeHost::accept(SocketId socket, std::vector<std::string> rooms) {
  run(socket, [socket, rooms = std::move(rooms)](Engine& engine) {
    if (!engine.accept(socket)) return;
    for (const std::string& each : rooms) engine.join(socket, each);
  });
}

void RealtimeHost::refuse(SocketId socket, std::string message, std::string data) {
  run(socket, [socket, message = std::move(message), data = std::move(data)](Engine& engine) {
    engine.refuse(socket, message, data);
  });
}

void RealtimeHost::count(std::string name_space, std::string room, std::function<void(std::size_t)> then) const {
  const auto sum = std::make_shared<Sum>();
  sum->missing = loops().size();
  sum->then = std::move(then);
  run_on_all([sum, name_space = std::move(name_space), room = std::move(room)](Engine& engine) {
    sum->total += engine.count(name_space, room);
    if (--sum->missing == 0) sum->then(sum->total);
  });
}

void RealtimeHost::when_sent(std::function<void()> then) const {
  if (loops().empty()) return then();  // before the start nothing is said
  const auto sum = std::make_shared<Sum>();
  sum->missing = loops().size();
  sum->then = [then = std::move(then)](std::size_t) { then(); };
  for (const auto& each : loops())
    each->when_sent([sum] {
      if (--sum->missing == 0) sum->then(0);
    });
}

void RealtimeHost::run(SocketId socket, std::function<void(Engine&)> task) {
  const Loops& all = loops();
  if (const std::size_t engine = engine_of(socket); engine < all.size()) all[engine]->post(std::move(task));
}

void RealtimeHost::run_on_all(const std::function<void(Engine&)>& task) const {
  for (const auto& each : loops()) each->post(task);
}

std::size_t RealtimeHost::session_count() const noexcept {
  std::size_t out = 0;
  for (const auto& each : loops()) out += each->session_count();
  return out;
}

}  // namespace tiketi::realtime
