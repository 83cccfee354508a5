#include "live/live_events.hpp"

#include "live/plain_socket.hpp"
#include "live/queue_stream.hpp"
#include "live/socket_io.hpp"
#include "server/json.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tiketi::http::live {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds queue_interval{1'000};
constexpr std::size_t max_plain_message_bytes = 64 * 1024;
constexpr std::size_t max_queued_bytes = 1024 * 1024;  // a hall's worth of changes, for who is slow

realtime::HostOptions host_options(const LiveOptions& options) {
  realtime::HostOptions out;
  out.engine.session.ping_interval_ms = 25'000;
  out.engine.session.ping_timeout_ms = 60'000;
  out.engine.session.max_queued_bytes = max_queued_bytes;
  out.engine.max_sessions = options.max_sessions;
  out.engine.kept_headers = {};
  out.allowed_origins = options.allowed_origins;
  return out;
}

Result<std::vector<Seat>> seats_of(Services& services, std::span<const SeatId> seats) {
  ReserveQuestion question;
  question.seats.assign(seats.begin(), seats.end());
  auto answer = services.stores().box_office().ask(question);
  if (!answer) return answer.error();
  std::vector<Seat> out;
  for (std::optional<Seat>& each : answer->seats)
    if (each) out.push_back(*std::move(each));
  return out;
}

}  // namespace

LiveEvents::LiveEvents(Desks& desks, LiveOptions options)
    : desks_(desks),
      sign_in_(desks.services.accounts(), options.max_queue),
      origins_(options.allowed_origins),
      audience_([this](Room room, EventId event) {
        if (room == Room::seats) seats_->touch(event);
        else events_->begin(event);
      }),
      host_(host_options(options), [this](realtime::RealtimeHost& host) {
        return std::make_unique<SocketIo>(host, sign_in_, Clients::Shared{desks_, audience_, sessions_});
      }) {
  Services& services = desks.services;
  seats_.emplace(
      audience_, services.clock(),
      [&services](EventId event) { return services.stores().box_office().seat_map(event); },
      [&services](std::span<const SeatId> seats) { return seats_of(services, seats); },
      [this](EventId event, std::vector<Message> messages, std::function<void()> told) {
        tell_room(Room::seats, event, std::move(messages));
        host_.when_sent(std::move(told));
      });
  events_.emplace(
      audience_, services.clock(),
      [&services](std::span<const EventId> events) { return services.catalog().details(events); },
      [this](EventId event, std::vector<Message> messages) { tell_room(Room::event, event, std::move(messages)); },
      [this](EventId event) { seats_->touch(event); });
  queues_.emplace([this] {
    tell_queues();
    measure();
    return Steady::now() + queue_interval;
  });
}

LiveEvents::~LiveEvents() { stop(); }

void LiveEvents::add_sockets(Router& router) {
  host_.add_to(router, "/socket.io/");
  const OpenWebSocket open{[this](Request& request) -> std::variant<Response, AcceptWebSocket> {
    if (!origins_.allows(request))
      return problem(request, Error{Errc::not_permitted, "pages of this origin may not connect"});
    WebSocketLimits limits;
    limits.max_message_bytes = max_plain_message_bytes;
    limits.queue = unbounded_queue;
    return AcceptWebSocket{std::make_shared<PlainSocket>(sign_in_, here(), request), {}, limits};
  }};
  router.under({"/api", "/api/v1"}).add_web_socket("/live", Access::anyone, open);
}

void LiveEvents::add_queue_stream(Router::Group& queue) {
  const OpenStream open{[this](Request& request) -> std::variant<Response, AcceptStream> {
    Parameters parameters(request);
    const auto event = parameters.path_id<EventId>("eventId");
    if (parameters.failed()) return parameters.refusal();
    AcceptStream out;
    out.listener = std::make_shared<QueueStream>(here(), request.caller->user_id, event);
    return out;
  }};
  queue.add(Method::get, "/queue/stream/:eventId", Access::user, open, {.token_in_query = true});
}

/// The clients of the thread that calls; null before the start, and on threads that have none.
std::function<Clients*()> LiveEvents::here() {
  return [this]() -> Clients* {
    const std::lock_guard lock(mutex_);
    const auto found = clients_.find(EventLoop::current().get());
    return found == clients_.end() ? nullptr : found->second;
  };
}

void LiveEvents::start(const std::vector<std::shared_ptr<EventLoop>>& loops) {
  host_.start(loops);
  host_.run_on_all([this](realtime::Engine& engine) {
    const std::lock_guard lock(mutex_);
    clients_[EventLoop::current().get()] = &static_cast<SocketIo&>(engine.application()).clients();
  });
}

void LiveEvents::stop() {
  host_.stop();
  sign_in_.stop();
}

void LiveEvents::touch(EventId event, const std::optional<std::vector<SeatId>>& seats) {
  events_->touch(event);
  if (seats) seats_->touch(event, *seats);
  else seats_->touch(event);
}

/// On each thread of the server, soon.
void LiveEvents::on_all(Task task) {
  host_.run_on_all([task = std::move(task)](realtime::Engine& engine) {
    task(static_cast<SocketIo&>(engine.application()).clients());
  });
}

void LiveEvents::tell_room(Room room, EventId event, std::vector<Message> messages) {
  on_all([room, event, shared = std::make_shared<const std::vector<Message>>(std::move(messages))](Clients& clients) {
    clients.tell(room, event, *shared);
  });
}

void LiveEvents::tell(std::span<const RoomTurn> turns) {
  for (const RoomTurn& turn : turns) {
    if (turn.cleared)
      if (const auto news = look_at_queue(turn.event_id))
        on_all([news](Clients& clients) { clients.tell_cleared(*news); });
    if (turn.sold_out)
      tell_room(Room::queue, turn.event_id,
                {event_updated(turn.event_id, *turn.sold_out ? EventStatus::sold_out : EventStatus::on_sale)});
    std::vector<Admitted> here;
    for (const Admitted& each : turn.admitted)
      if (audience_.is_connected(each.user_id)) here.push_back(each);
    if (here.empty()) continue;
    on_all([event = turn.event_id, shared = std::make_shared<const std::vector<Admitted>>(std::move(here))](
               Clients& clients) { clients.tell_admitted(event, *shared); });
  }
}

void LiveEvents::tell_queues() {
  for (const EventId event : audience_.events(Room::queue))
    if (const auto news = look_at_queue(event)) on_all([news](Clients& clients) { clients.tell_queue(*news); });
}

/// Null if it can't be told now.
std::shared_ptr<const QueueNews> LiveEvents::look_at_queue(EventId event) {
  std::vector<UserId> users = audience_.waiting(event);
  users.push_back(UserId{});  // nobody's place: how many there are
  auto places = desks_.services.waiting_room().status(event, users);
  if (!places) return nullptr;
  auto news = std::make_shared<QueueNews>();
  news->event_id = event;
  news->at = desks_.services.clock().now();
  news->room = std::move(places->back());
  users.pop_back();
  for (std::size_t i = 0; i < users.size(); ++i) news->places.emplace(users[i], std::move((*places)[i]));
  return news;
}

void LiveEvents::measure() {
  telemetry::Metrics& metrics = desks_.metrics;
  metrics.gauge("tiketi_live_clients", "Connections that are told live events")
      .set(static_cast<double>(audience_.clients()));
  metrics.gauge("tiketi_live_sessions", "Sessions of Socket.IO").set(static_cast<double>(host_.session_count()));
  const auto members = [&](const char* name, Room room) {
    metrics.gauge("tiketi_live_room_members", "Connections in rooms, by kind", {{"room", name}})
        .set(static_cast<double>(audience_.in_rooms(room)));
  };
  members("event", Room::event);
  members("queue", Room::queue);
  members("seats", Room::seats);
}

}  // namespace tiketi::http::live
