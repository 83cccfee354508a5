#include "live/clients.hpp"

#include "server/json.hpp"
#include "server/json_writer.hpp"

#include <boost/json/serialize.hpp>

#include <utility>

namespace tiketi::http::live {
namespace {

constexpr std::size_t max_selected_seats = 100;
constexpr std::uint32_t max_open_lookups = 4;               // of each kind of room
constexpr std::string_view superseded = "superseded";       // it has joined another room of the kind since, or left
constexpr std::int64_t queue_interval_ms = second_ms - 50;  // at most once a second, as timers go

std::size_t index(Room room) noexcept { return static_cast<std::size_t>(room); }

void accept(const Acknowledge& acknowledge) {
  if (acknowledge) acknowledge({}, {});
}

void refuse(const Acknowledge& acknowledge, std::string_view error, std::string_view field = {}) {
  if (acknowledge) acknowledge(error, field);
}

/// The first argument, if it is an object.
std::optional<boost::json::object> first_object(std::string_view arguments) {
  std::string why;
  std::optional<boost::json::value> parsed = parse_json(arguments, why);
  if (!parsed || !parsed->is_array() || parsed->get_array().empty()) return std::nullopt;
  boost::json::value& first = parsed->get_array().front();
  return first.is_object() ? std::optional(std::move(first.get_object())) : std::nullopt;
}

std::optional<EventId> event_of(const boost::json::object& object) {
  const boost::json::value* id = object.if_contains("eventId");
  return id != nullptr && id->is_string() ? EventId::parse(id->get_string()) : std::nullopt;
}

/// Ids of seats as JSON text, if that is what it is.
std::optional<std::string> seats_of(const boost::json::object& object) {
  const boost::json::value* seats = object.if_contains("seats");
  if (seats == nullptr || !seats->is_array() || seats->get_array().size() > max_selected_seats) return std::nullopt;
  for (const boost::json::value& each : seats->get_array())
    if (!each.is_string() || !SeatId::parse(each.get_string())) return std::nullopt;
  return boost::json::serialize(*seats);
}

bool are_same(const RoomStatus& one, const RoomStatus& other) {
  return one.standing == other.standing && one.position == other.position &&
         one.estimated_wait_s == other.estimated_wait_s && one.waiting == other.waiting && one.active == other.active &&
         one.threshold == other.threshold && one.paused == other.paused && one.sold_out == other.sold_out;
}

Message session_restored(const Session& session) {
  std::string payload;
  JsonWriter(payload).object([&](JsonWriter& json) {
    json.member("eventId", session.rooms[index(Room::event)]);
    json.member("queueEventId", session.rooms[index(Room::queue)]);
    json.member("seatEventId", session.rooms[index(Room::seats)]);
    json.key("selectedSeats").raw(session.selected_seats);
  });
  return {"session-restored", payload};
}

/// Takes one out of a list whose members know their places.
template <class Lists, class Key, class PlaceOf>
void take_out(Lists& lists, const Key& key, std::size_t place, PlaceOf place_of) {
  const auto found = lists.find(key);
  auto& list = found->second;
  list[place] = list.back();
  place_of(*list[place]) = place;
  list.pop_back();
  if (list.empty()) lists.erase(found);
}

}  // namespace

std::string acknowledgement(std::string_view error, std::string_view field) {
  std::string out;
  JsonWriter(out).object([&](JsonWriter& json) {
    json.member("ok", error.empty());
    if (!error.empty()) json.member("error", error);
    if (!field.empty()) json.member("field", field);
  });
  return out;
}

Clients::Client& Clients::make(UserId user, std::unique_ptr<Receiver> receiver) {
  auto made = std::make_unique<Client>();
  Client& client = *made;
  client.id = ClientId{++last_id_};
  client.user = user;
  client.receiver = std::move(receiver);
  Members& of_user = by_user_[user];
  client.place_of_user = of_user.size();
  of_user.push_back(&client);
  clients_.emplace(client.id, std::move(made));
  shared_.audience.connected(user);
  return client;
}

ClientId Clients::add(UserId user, std::unique_ptr<Receiver> receiver) {
  Client& client = make(user, std::move(receiver));
  const ClientId id = client.id;
  if (auto session = shared_.sessions.connected(user, shared_.desks.services.clock().now()))
    restore(client, *std::move(session));
  return id;
}

ClientId Clients::add_to_queue(UserId user, std::unique_ptr<Receiver> receiver, EventId event,
                               const Acknowledge& acknowledge) {
  Client& client = make(user, std::move(receiver));
  client.follows_queue_only = true;
  const ClientId id = client.id;
  join_queue(client, event, acknowledge);
  return id;
}

void Clients::remove(ClientId id) {
  Client* client = find(id);
  if (client == nullptr) return;
  for (const Room room : {Room::event, Room::queue, Room::seats}) leave(*client, room);
  const auto place_of_user = [](Client& each) -> std::size_t& { return each.place_of_user; };
  take_out(by_user_, client->user, client->place_of_user, place_of_user);
  shared_.audience.disconnected(client->user);
  if (!client->follows_queue_only) shared_.sessions.disconnected(client->user, shared_.desks.services.clock().now());
  clients_.erase(id);
}

Clients::Client* Clients::find(ClientId id) const {
  const auto found = clients_.find(id);
  return found == clients_.end() ? nullptr : found->second.get();
}

void Clients::restore(Client& client, Session session) {
  auto& queue = session.rooms[index(Room::queue)];
  if (queue) {
    const auto place = shared_.desks.services.waiting_room().touch_in_memory(*queue, client.user);
    if (place && !place->queued() && place->standing != RoomStanding::active) queue.reset();  // has left it otherwise
  }
  client.receiver->tell(session_restored(session));
  for (const Room room : {Room::event, Room::seats})
    if (const auto& event = session.rooms[index(room)]) join(client, room, *event);
  if (queue) join_queue(client, *queue, {});
}

void Clients::join(Client& client, Room room, EventId event) {
  auto& present = client.rooms[index(room)];
  if (present == event) return;
  leave(client, room);
  present = event;
  Members& members = rooms_[index(room)][event];
  client.places[index(room)] = members.size();
  members.push_back(&client);
  shared_.audience.joined(room, event);
}

void Clients::leave(Client& client, Room room) {
  auto& present = client.rooms[index(room)];
  if (!present) return;
  const EventId event = *present;
  if (room == Room::queue) wait_no_more(client);
  const auto place_in_room = [room](Client& each) -> std::size_t& { return each.places[index(room)]; };
  take_out(rooms_[index(room)], event, client.places[index(room)], place_in_room);
  present.reset();
  shared_.audience.left(room, event);
}

void Clients::hear(ClientId id, std::string_view name, std::string_view arguments, const Acknowledge& acknowledge) {
  Client* client = find(id);
  if (client == nullptr || client->follows_queue_only) return;
  const auto object = first_object(arguments);
  const auto event = object ? event_of(*object) : std::nullopt;
  if (!event) return refuse(acknowledge, tiketi::name(Errc::invalid_argument), "eventId");
  if (name == "join-event") return join_event(*client, Room::event, *event, acknowledge);
  if (name == "join-seat-selection") return join_event(*client, Room::seats, *event, acknowledge);
  if (name == "join-queue") return join_queue(*client, *event, acknowledge);
  if (name == "leave-event") {
    Asked& asked = client->asked[index(Room::event)];
    if (asked.event == event) ++asked.number, asked.event.reset();
    if (client->rooms[index(Room::event)] == event) {
      leave(*client, Room::event);
      shared_.sessions.entered(client->user, Room::event, std::nullopt);
    }
    return accept(acknowledge);
  }
  if (name == "seat-selection-changed") {
    auto seats = seats_of(*object);
    if (!seats) return refuse(acknowledge, tiketi::name(Errc::invalid_argument), "seats");
    shared_.sessions.selected(client->user, *std::move(seats));
    return accept(acknowledge);
  }
  refuse(acknowledge, "unknown_event");
}

template <class Answer, class Question>
void Clients::look_up(Client& client, Room room, EventId event, Batcher<Question, Answer>& desk, Question question,
                      const Acknowledge& acknowledge, std::function<void(Clients&, Client&, const Answer&)> then) {
  Asked& asked = client.asked[index(room)];
  if (asked.open == max_open_lookups) return refuse(acknowledge, tiketi::name(Errc::limit_exceeded));
  const auto queued =
      desk.submit(std::move(question), [run_here = run_here_, id = client.id, room, number = asked.number + 1,
                                        acknowledge, then = std::move(then)](Answer answer) {
        run_here([id, room, number, acknowledge, then, answer = std::move(answer)](Clients& clients) {
          Client* found = clients.find(id);
          if (found == nullptr) return;
          Asked& of_room = found->asked[index(room)];
          --of_room.open;
          if (of_room.number != number) return refuse(acknowledge, superseded);
          of_room.event.reset();
          then(clients, *found, answer);
        });
      });
  if (!queued) return refuse(acknowledge, tiketi::name(queued.error().code));
  ++asked.number;
  ++asked.open;
  asked.event = event;
}

/// Anybody may watch an event that there is. One that is watched already need not be looked up; and when that can't be
/// done, who wants to watch need not suffer for it.
void Clients::join_event(Client& client, Room room, EventId event, const Acknowledge& acknowledge) {
  if (shared_.audience.count(Room::event, event) + shared_.audience.count(Room::seats, event) > 0) {
    ++client.asked[index(room)].number;
    return enter(client, room, event, acknowledge);
  }
  look_up<Result<bool>>(client, room, event, shared_.desks.find_event, event, acknowledge,
                        [room, event, acknowledge](Clients& clients, Client& who, const Result<bool>& found) {
                          if (found && !*found) return refuse(acknowledge, tiketi::name(Errc::event_not_found));
                          clients.enter(who, room, event, acknowledge);
                        });
}

void Clients::enter(Client& client, Room room, EventId event, const Acknowledge& acknowledge) {
  join(client, room, event);
  shared_.sessions.entered(client.user, room, event);
  accept(acknowledge);
}

/// Only who waits may be in the room. A waiting room that is not in memory yet is read elsewhere first.
void Clients::join_queue(Client& client, EventId event, const Acknowledge& acknowledge) {
  if (auto status = shared_.desks.services.waiting_room().touch_in_memory(event, client.user)) {
    ++client.asked[index(Room::queue)].number;
    return take_place(client, event, *std::move(status), acknowledge);
  }
  look_up<Result<RoomStatus>>(client, Room::queue, event, shared_.desks.read_room, Enter{event, client.user},
                              acknowledge,
                              [event, acknowledge](Clients& clients, Client& who, const Result<RoomStatus>& status) {
                                clients.take_place(who, event, status, acknowledge);
                              });
}

void Clients::take_place(Client& client, EventId event, const Result<RoomStatus>& status,
                         const Acknowledge& acknowledge) {
  if (!status) return refuse(acknowledge, tiketi::name(status.error().code));
  const bool is_in = status->standing == RoomStanding::active;
  if (!status->queued() && !is_in && !client.follows_queue_only)
    return refuse(acknowledge, tiketi::name(Errc::queue_required));
  join(client, Room::queue, event);
  if (!client.follows_queue_only) shared_.sessions.entered(client.user, Room::queue, event);
  accept(acknowledge);
  if (!is_in || client.follows_queue_only) wait(client, event);
  if (!is_in || client.follows_queue_only) tell_place(client, event, *status, shared_.desks.services.clock().now());
  if (is_in) let_in(client, event, status->entry_token);  // it may have missed the news while it was away
}

void Clients::wait(Client& client, EventId event) {
  client.told = {};
  client.missing = false;
  if (!std::exchange(client.waits, true)) shared_.audience.waits(event, client.user);
}

void Clients::wait_no_more(Client& client) {
  if (std::exchange(client.waits, false))
    shared_.audience.waits_no_more(*client.rooms[index(Room::queue)], client.user);
}

void Clients::tell_place(Client& client, EventId event, const RoomStatus& place, Timestamp at) {
  Told& told = client.told;
  if (at < told.at.plus_ms(queue_interval_ms) || (told.at.ms > 0 && are_same(place, told.place))) return;
  told = {place, at};
  told.place.entry_token = {};
  client.receiver->tell(client.follows_queue_only ? position(place) : queue_updated(event, place, at));
}

void Clients::leave_queue(Client& client) {
  leave(client, Room::queue);
  if (!client.follows_queue_only) shared_.sessions.entered(client.user, Room::queue, std::nullopt);
}

/// Stays in the room: who is in is still told when it is cleared. A stream is told once for each admission.
void Clients::let_in(Client& client, EventId event, std::string_view entry_token) {
  if (client.follows_queue_only && std::exchange(client.is_in, true)) return;
  if (client.rooms[index(Room::queue)] == event && !client.follows_queue_only) wait_no_more(client);
  client.receiver->tell(entry_allowed(event, client.user, entry_token));
}

/// A copy: who is told may leave the room. Nobody is removed meanwhile: receivers tell of their end later.
std::vector<Clients::Client*> Clients::members(Room room, EventId event) const {
  const auto found = rooms_[index(room)].find(event);
  return found == rooms_[index(room)].end() ? Members() : found->second;
}

void Clients::tell(Room room, EventId event, std::span<const Message> messages) {
  for (Client* client : members(room, event))
    if (!client->follows_queue_only)
      for (const Message& each : messages) client->receiver->tell(each);
}

void Clients::tell_admitted(EventId event, std::span<const Admitted> admitted) {
  for (const Admitted& each : admitted) {
    const auto found = by_user_.find(each.user_id);
    if (found == by_user_.end()) continue;
    for (Client* client : Members(found->second))
      if (!client->follows_queue_only || client->rooms[index(Room::queue)] == event)
        let_in(*client, event, each.entry_token);
  }
}

void Clients::tell_queue(const QueueNews& news) {
  for (Client* client : members(Room::queue, news.event_id)) {
    const auto found = news.places.find(client->user);
    if (!client->waits) tell_count(*client, news);
    else if (found != news.places.end()) tell_news(*client, news, found->second);  // else it has joined since
  }
}

/// To who waits no more.
void Clients::tell_count(Client& client, const QueueNews& news) {
  if (!client.follows_queue_only) tell_place(client, news.event_id, news.room, news.at);
}

void Clients::tell_news(Client& client, const QueueNews& news, const RoomStatus& place) {
  const bool is_active = place.standing == RoomStanding::active;
  if (place.queued() || client.follows_queue_only) tell_place(client, news.event_id, place, news.at);
  if (is_active || (place.standing == RoomStanding::open && !client.follows_queue_only))
    return let_in(client, news.event_id, place.entry_token);
  client.is_in = false;
  if (place.queued()) client.missing = false;
  else if (!client.follows_queue_only && std::exchange(client.missing, true)) leave_queue(client);  // nobody told why
}

void Clients::tell_cleared(const QueueNews& news) {
  const Message message = queue_cleared(news.event_id);
  for (Client* client : members(Room::queue, news.event_id)) {
    const auto found = news.places.find(client->user);
    if (found != news.places.end() && found->second.queued()) continue;
    client->is_in = false;
    client->receiver->tell(message);
    if (!client->follows_queue_only) leave_queue(*client);
  }
}

}  // namespace tiketi::http::live
