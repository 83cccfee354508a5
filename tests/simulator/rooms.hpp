#pragma once
// The model of the waiting rooms: lists and maps that follow every record which reaches a store, and a rule for each
// kind of record. Of each process it is known how far it has read a log, so every answer of a process is held against
// the room as it was at that record.

#include <tiketi/waiting_room/waiting_room.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace tiketi::test {

struct Scene;

using Visitor = std::pair<EventId, UserId>;

/// A room after some record of its log.
struct RoomState {
  struct Active {
    std::int64_t admission = 0;
    Timestamp admitted_at;
    Timestamp active_at;  ///< as the log tells
  };
  RoomSettings settings;
  LobbyPhase lobby = LobbyPhase::none;
  std::string commitment;  ///< base64url
  std::string seed;        ///< likewise
  bool sold_out = false;
  std::vector<UserId> line;
  std::map<UserId, Timestamp> waiting_since;  ///< or since the draw
  std::map<UserId, Active> active;
  std::int64_t admissions = 0;

  /// From 1; 0 for who does not wait.
  std::int64_t position(UserId user) const;
  bool contains(UserId user) const { return active.contains(user) || position(user) > 0; }
  /// Whether the command is to send somebody away.
  bool concerns(const Leave& command) const;
  /// Whether somebody waits for the sale.
  bool is_awaited() const { return !line.empty() || lobby == LobbyPhase::open; }
  bool is_occupied() const { return is_awaited() || !active.empty(); }
};

struct RoomBook {
  std::vector<RoomRecord> log;
  std::map<std::int64_t, RoomState> states;  ///< by the log's length, after each commit
  std::vector<UserId> admitted;              ///< all of them, in order
  std::vector<std::int64_t> waited_ms;       ///< and how long they had waited
  const RoomState& now() const { return states.rbegin()->second; }
};

/// How far a process knows a room.
struct RoomMemory {
  std::int64_t known = 0;
  std::optional<std::int64_t> told = 0;  ///< by turns; nothing: not known
  Timestamp loaded_at;
  Timestamp last_loaded_at;  ///< at the latest
  std::int64_t loaded_admissions = 0;
  std::int64_t grace_ms = 0;
};

/// Of an entry token that a customer was given.
struct Pass {
  EventId event_id;
  UserId user_id;
  std::int64_t admission = 0;
  Timestamp expires_at;
};

/// A place in the line that somebody was told. Nobody's ever gets worse.
struct Promise {
  std::int64_t arrival = 0;  ///< the record by which he came
  std::int64_t position = 0;
};

/// That a process saw a user's activity, and when it last told him that he is active.
struct Sighting {
  std::int64_t admission = 0;
  Timestamp at;
};

struct Rooms {
  WaitingRoomPolicy policy{.sale_age_ms = 0, .discover_ms = 0, .max_waiting = 7};
  bool clock_went_back = false;
  std::vector<EventId> events;   ///< whose rooms somebody has set
  std::vector<UserId> visitors;  ///< customers, and those who only stand in line
  std::map<EventId, RoomBook> books;
  std::map<std::pair<int, EventId>, RoomMemory> memories;
  std::map<std::tuple<int, EventId, UserId>, Sighting> seen;
  std::map<Visitor, std::vector<std::string>> wallets;  ///< tokens, the newest last
  std::map<std::string, Pass, std::less<>> passes;      ///< what they say
  std::map<Visitor, Promise> promises;
  std::function<std::int64_t(EventId)> payments_of;  ///< that are in progress

  RoomBook& book(EventId event);
  /// The room as a process knows it, or null.
  const RoomState* known(int process, EventId event) const;
  void forget_process(int process);
};

/// What the current call is there for: no record of any other kind may come of it.
enum class RoomDeed : std::uint8_t { none, enter, leave, set, clear, turn, show };

struct RoomCall {
  RoomDeed deed = RoomDeed::none;
  EventId event_id;  ///< of set and clear
  std::vector<Enter> entering;
  std::vector<Leave> leaving;
  RoomSettingsPatch patch;
  std::multimap<Visitor, std::string> shown;  ///< entry tokens
  /// Lengths of logs under which it may have decided, but for the one that its process knows now.
  std::map<EventId, std::set<std::int64_t>> looked;
  std::map<EventId, std::vector<RoomRecord>> recorded;
  std::map<EventId, std::int64_t> stored;  ///< lengths of logs, after records that it was told are there
  std::vector<std::int64_t> shown_up_to;   ///< what a call that shows a log has read: the room first, if it had to
};

/// Holds what reached a store, and the store's answer, against the rules, and enters it: what is wrong, or nothing.
std::optional<std::string> enter_append(Scene& scene, int process, const RoomAppend& append, AppendOutcome told);
void note_room_read(Scene& scene, int process, EventId event, std::int64_t after, std::int64_t last);
void note_room_known(Scene& scene, int process, EventId event, std::int64_t last);

/// Why a customer with that token may not come in, as things are in `room`; nothing if he may.
std::optional<Errc> reason_at_door(const Scene& scene, const RoomState& room, Visitor who, std::string_view token,
                                   Timestamp now);
/// The same as the current call's process knows it.
std::optional<Errc> reason_at_door(const Scene& scene, Visitor who, std::string_view token);
/// Whether the current call's process may give that answer to a customer who showed the token.
bool is_answer_at_door(const Scene& scene, Visitor who, std::string_view token, std::optional<Errc> answer);
/// Whether it may let a customer reserve whom it committed a hold for.
bool came_through_door(const Scene& scene, Visitor who);

/// What is wrong with what a customer was told by the current call, or nothing. Notes his token and place.
std::optional<std::string> check_status(Scene& scene, EventId event, UserId user, const RoomStatus& status);
/// The same for whoever knows the room like this.
std::optional<std::string> check_status(Scene& scene, const RoomState& room, EventId event, UserId user,
                                        const RoomStatus& status);
std::optional<std::string> check_token(Scene& scene, const RoomState& room, EventId event, UserId user,
                                       const std::string& token);

/// Whether all promises are kept, and the store has the logs that it should: the first that is wrong, or nothing.
std::optional<std::string> compare(const Rooms& rooms, WaitingRoomStore& store);
/// The order of admission and of the line as one log alone tells it, recomputed from its beginning.
std::optional<std::string> compare_order(const RoomBook& book, std::span<const RoomRecord> log);

}  // namespace tiketi::test
