#pragma once
// The live clients of one thread: in which rooms they are, what they ask for, what they are told.

#include "desks.hpp"
#include "live/audience.hpp"
#include "live/message.hpp"
#include "live/queue_news.hpp"
#include "live/sessions.hpp"

#include <tiketi/base/id.hpp>
#include <tiketi/waiting_room/waiting_room.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tiketi::http::live {

/// Never used again on its thread.
enum class ClientId : std::uint64_t { none = 0 };

/// Tells a client that wants to know what came of what it asked: an error's code word, and the field that is wrong;
/// both empty if it was done. May itself be empty.
using Acknowledge = std::function<void(std::string_view error, std::string_view field)>;

/// The same as JSON text: `{"ok":true}` or `{"ok":false,"error":"queue_required"}`.
std::string acknowledgement(std::string_view error, std::string_view field);

/// All on one thread, which must not wait.
class Clients {
 public:
  /// Runs a task on this thread later; from any thread. It is dropped if the server has stopped.
  using RunHere = std::function<void(std::function<void(Clients&)>)>;

  /// Shared by all threads; must outlive it.
  struct Shared {
    Desks& desks;
    Audience& audience;
    Sessions& sessions;
  };

  Clients(Shared shared, RunHere run_here) : shared_(shared), run_here_(std::move(run_here)) {}
  Clients(const Clients&) = delete;
  Clients& operator=(const Clients&) = delete;

  /// A client has shown who it is. Its session of before is restored: it is in the rooms again, and is told so.
  ClientId add(UserId user, std::unique_ptr<Receiver> receiver);
  /// One that follows the customer's place in a single queue, waiting or not, has no session, and is told of nothing
  /// else.
  ClientId add_to_queue(UserId user, std::unique_ptr<Receiver> receiver, EventId event, const Acknowledge& acknowledge);
  void remove(ClientId client);

  /// What a client sends: `join-event` and so on; unknown names are no error. `arguments`: JSON text of an array, the
  /// first of which counts.
  void hear(ClientId client, std::string_view name, std::string_view arguments, const Acknowledge& acknowledge = {});

  // To the clients of this thread.

  void tell(Room room, EventId event, std::span<const Message> messages);
  /// Whoever may come in now, on all connections of theirs.
  void tell_admitted(EventId event, std::span<const Admitted> admitted);
  /// Each who waits its place, and all how many there are, if that has changed.
  void tell_queue(const QueueNews& news);
  /// Everybody was sent away, but for those who have entered again since.
  void tell_cleared(const QueueNews& news);

 private:
  /// What a client was last told of the queue.
  struct Told {
    RoomStatus place;  // without token
    Timestamp at;
  };
  /// What it has asked to join and is looked up, of each kind of room. The last one counts.
  struct Asked {
    std::uint32_t number = 0;
    std::uint32_t open = 0;  // lookups
    std::optional<EventId> event;
  };
  struct Client {
    ClientId id = ClientId::none;
    UserId user;
    std::unique_ptr<Receiver> receiver;
    bool follows_queue_only = false;
    std::array<std::optional<EventId>, room_kinds> rooms;
    std::array<std::size_t, room_kinds> places{};  // in the rooms' lists
    std::size_t place_of_user = 0;
    bool waits = false;    // for its turn, in the queue room; a stream always
    bool is_in = false;    // a stream that has told so
    bool missing = false;  // was not in the line any more when it was looked for
    std::array<Asked, room_kinds> asked{};
    Told told;
  };
  using Members = std::vector<Client*>;

  Client& make(UserId user, std::unique_ptr<Receiver> receiver);
  Client* find(ClientId id) const;
  void restore(Client& client, Session session);
  void join(Client& client, Room room, EventId event);
  void leave(Client& client, Room room);
  void join_event(Client& client, Room room, EventId event, const Acknowledge& acknowledge);
  void enter(Client& client, Room room, EventId event, const Acknowledge& acknowledge);
  /// Goes on with `then` when the answer is there, unless the client has joined another such room since.
  template <class Answer, class Question>
  void look_up(Client& client, Room room, EventId event, Batcher<Question, Answer>& desk, Question question,
               const Acknowledge& acknowledge, std::function<void(Clients&, Client&, const Answer&)> then);
  void join_queue(Client& client, EventId event, const Acknowledge& acknowledge);
  /// The waiting room has told where the customer is.
  void take_place(Client& client, EventId event, const Result<RoomStatus>& status, const Acknowledge& acknowledge);
  void tell_place(Client& client, EventId event, const RoomStatus& place, Timestamp at);
  void tell_count(Client& client, const QueueNews& news);
  void tell_news(Client& client, const QueueNews& news, const RoomStatus& place);
  void wait(Client& client, EventId event);
  void wait_no_more(Client& client);
  void leave_queue(Client& client);
  void let_in(Client& client, EventId event, std::string_view entry_token);
  std::vector<Client*> members(Room room, EventId event) const;

  const Shared shared_;
  const RunHere run_here_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<ClientId, std::unique_ptr<Client>> clients_;
  std::array<std::unordered_map<EventId, Members>, room_kinds> rooms_;
  std::unordered_map<UserId, Members> by_user_;
};

}  // namespace tiketi::http::live
