#pragma once
// Service: lets customers into an event's sale in the order in which they came, as many as it can take.
//
//   WaitingRoom rooms(stores.waiting_rooms(), sales, tokens, random, clock);
//   rooms.set(event, {.enabled = true, .threshold = 2'000});
//   auto answers = rooms.enter(std::vector<Enter>{{event, user}});     // a place, or an entry token
//   rooms.status(event, user);                                         // as often as anybody asks
//   auto turn = rooms.turn();                                          // about every second: who is admitted
//   rooms.check(std::vector<AdmissionQuestion>{{event, user, token}}); // before places are reserved

#include <tiketi/base/finding.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/ports/clock.hpp>
#include <tiketi/ports/random.hpp>
#include <tiketi/waiting_room/entry_token.hpp>
#include <tiketi/waiting_room/room.hpp>
#include <tiketi/waiting_room/sale.hpp>
#include <tiketi/waiting_room/store.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi {

/// What the house decides for all its rooms.
struct WaitingRoomPolicy {
  RoomSettings defaults;                      ///< of a room that nobody has set
  std::int64_t token_ms = 600 * second_ms;    ///< how long an entry token lasts; `touch` and `status` make new ones
  std::int64_t restart_grace_ms = minute_ms;  ///< no admission ends earlier than that after its room was loaded
  std::int64_t sale_age_ms = second_ms;       ///< answers about sales are asked anew when they are older
  std::int64_t discover_ms = 5 * second_ms;   ///< how often `turn` looks for rooms that other processes have opened
  std::int64_t idle_ms = 10 * minute_ms;      ///< empty rooms are forgotten by then; their logs stay
  std::int64_t keep_ms = 30 * day_ms;         ///< logs stay that long after the last record
  std::int64_t max_waiting = 5'000'000;       ///< in one room
  std::size_t max_rooms = 10'000;             ///< in memory
};

struct Enter {
  EventId event_id;
  UserId user_id;
};

/// Who has left loses his place or his admission. A purchase ends an admission only, of whoever has one: who has bought
/// and entered again since then keeps his place, and an admission that began after the purchase.
struct Leave {
  EventId event_id;
  UserId user_id;
  LeaveReason reason = LeaveReason::left;  ///< not `expired`, which is ours to tell
  std::optional<Timestamp> at = {};        ///< when it happened, if that was not just now
};

struct AdmissionQuestion {
  EventId event_id;
  UserId user_id;
  std::string_view entry_token;  ///< may be empty
};

struct Admitted {
  UserId user_id;
  std::string entry_token;
  std::int64_t waited_ms = 0;  ///< since he entered; for who was in the lobby, since its places were drawn
};

/// What has happened in a room since the last turn, whichever process did it: what its customers are to be told.
struct RoomTurn {
  EventId event_id;
  std::vector<Admitted> admitted;  ///< who had waited; `enter` told the others itself
  std::vector<UserId> expired;     ///< were idle for too long, and are out
  bool cleared = false;            ///< everybody was sent away, those admitted before included
  bool started = false;            ///< the lobby's places were drawn
  bool settings_changed = false;
  std::optional<bool> sold_out;  ///< true: admission has stopped; false: it goes on
  std::int64_t waiting = 0;
  std::int64_t active = 0;
  LetIn let_in;  ///< by this process only
  /// Why it had no turn, or one on an old answer about its sale. Of a room that is not in memory, because its log can't
  /// be read, that is all there is to tell.
  std::optional<Error> trouble;
};

inline constexpr std::size_t max_room_log_page = 10'000;

struct RoomAudit {
  std::vector<Finding> findings;  ///< empty unless something is wrong
  std::int64_t records = 0;
  std::int64_t admitted = 0;
  std::int64_t waiting = 0;
};

/// Synchronous and thread-safe. Any number of processes may share one store: each decides on the log as it knows it,
/// and decides anew when another has appended first. So nobody is admitted twice, skipped or overtaken, and each
/// process answers for all. `turn` has to be called in every process that answers, though one is enough to admit.
///
/// What is answered with success by `enter`, `leave`, `set` and `clear` is durable: after a crash everybody has the
/// place that he was told. `status`, `touch` and `check` answer from memory, and never wait for a commit; that somebody
/// was active is stored later, in time for every process to know. Only a room that is not in memory yet is read first,
/// and `check` looks for news of whoever seems to have been admitted by another process, unless somebody is storing
/// something just then. By the next `turn` of a process it knows of all admissions before it.
///
/// Besides what each function tells, each can return event_not_found, overloaded (too many rooms in memory),
/// unavailable and storage_mismatch (a damaged log); those that store something storage_full, version_conflict
/// (retrying did not help) and outcome_unknown (repeat the call: it finds what was stored).
class WaitingRoom {
 public:
  /// All of them must outlive it.
  WaitingRoom(WaitingRoomStore& store, SaleDirectory& sales, EntryTokenSigner& signer, Random& random, Clock& clock,
              const WaitingRoomPolicy& policy = {});
  ~WaitingRoom();
  WaitingRoom(const WaitingRoom&) = delete;
  WaitingRoom& operator=(const WaitingRoom&) = delete;

  /// In order; a batch costs one transaction. At once only if nobody waits and there is room; else the customer waits
  /// behind all others. Who is in the room already keeps his place, or has his admission renewed. Everybody has one
  /// place, however often he asks. invalid_argument (a nil user); event_cancelled, sale_ended, queue_full.
  std::vector<Result<RoomStatus>> enter(std::span<const Enter> commands);
  Result<RoomStatus> enter(const Enter& command);

  Result<RoomStatus> status(EventId event, UserId user);
  /// For each user in turn.
  Result<std::vector<RoomStatus>> status(EventId event, std::span<const UserId> users);

  /// Somebody is active: the admission lasts for another `active_ms`, and its token is new. The status as it is then.
  Result<RoomStatus> touch(EventId event, UserId user);
  /// The same for threads that must not wait; nothing if the room has to be read first: only `touch` can tell.
  std::optional<RoomStatus> touch_in_memory(EventId event, UserId user);

  /// Whoever is not in the room has left it. invalid_argument (reason `expired`).
  std::vector<Result<void>> leave(std::span<const Leave> commands);
  Result<void> leave(const Leave& command);
  /// What he came for is done: the admission makes room for the next one.
  Result<void> purchased(EventId event, UserId user, std::optional<Timestamp> at = {}) {
    return leave({event, user, LeaveReason::purchased, at});
  }

  /// Whether customers may reserve, for the box office; counts as activity. Yes while the room is off. Otherwise, in
  /// mode `strict`: queue_required (no token), entry_token_forged, entry_token_other_event, entry_token_other_user,
  /// entry_token_expired, admission_over (left, has bought, was idle, or the room was cleared). In mode `session` an
  /// admission suffices; who has none is told what is wrong with his token, or queue_required. unavailable: the token
  /// is genuine, but newer than what is known here; ask again.
  std::vector<Result<void>> check(std::span<const AdmissionQuestion> questions);
  Result<void> check(const AdmissionQuestion& question);

  /// Ends admissions that are over, opens the sale to the lobby, admits as many as rate, threshold and sale allow, and
  /// tells what is new in every room in memory. Clears a room where somebody waits for a sale that is over. To be
  /// called about every 200 to 1,000 ms. A room whose store or sale can't be reached has its turn later, and its
  /// trouble is told; if that holds for all of them the error is returned, and the next turn tells what is new.
  Result<std::vector<RoomTurn>> turn();

  Result<RoomView> view(EventId event);
  /// Takes effect at once. invalid_argument (details: field).
  Result<RoomView> set(EventId event, const RoomSettingsPatch& patch);
  /// Sends everybody away, active or waiting; returns how many: 0 if somebody else did so meanwhile, or if what became
  /// of it could only be seen in the log. Their tokens are good for nothing any more.
  Result<std::int64_t> clear(EventId event);

  /// Recomputes the room from its log; see `waiting_room::Auditor`. Reads all of it.
  Result<RoomAudit> audit(EventId event);
  /// A page of the log as it may be shown (the seed of a lobby that is open is left out), for others to recompute.
  /// invalid_argument (a limit that is not 1 to `max_room_log_page`).
  Result<std::vector<RoomRecord>> log(EventId event, std::int64_t after_sequence = 0, std::size_t limit = 1'000);

  /// Removes at most `limit` records of logs that are older than the policy keeps, of events whose sale is over;
  /// returns how many.
  Result<std::size_t> prune(std::size_t limit);

  std::size_t rooms_in_memory() const;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace tiketi
