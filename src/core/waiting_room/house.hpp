#pragma once
// The rooms in memory, and how they follow their logs.

#include "core/waiting_room/room.hpp"

#include <tiketi/waiting_room/waiting_room.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace tiketi::waiting_room {

/// A room in memory. Records are applied only by who holds `House::writing`, who may therefore read what they make
/// without the room's mutex; all others need it, and it is held for moments.
struct LiveRoom {
  LiveRoom(EventId id, const RoomSettings& defaults, std::uint64_t hash_key) : event_id(id), room(defaults, hash_key) {}

  /// The room's own time: never runs backwards, and goes on from where it was when the clock is set back. Under the
  /// mutex, and by the clock as it is then: times that were taken before, by whoever comes second, would each set the
  /// room a little ahead, for good.
  Timestamp time(Clock& clock);
  bool is_occupied() const;

  const EventId event_id;
  std::atomic<bool> is_on = false;
  std::mutex mutex;
  Room room;
  std::optional<Sale> sale;
  Timestamp sale_asked_at;
  Timestamp used_at;
  Timestamp read_at;  // all of its log that was stored before then is known

  bool is_behind = false;  // under `writing`: the log may have grown

 private:
  Timestamp last_;
  std::int64_t ahead_ms_ = 0;  // of the clock
};

using RoomPointer = std::shared_ptr<LiveRoom>;

/// What one room is to be told: its next records, without sequence and time; none if there is nothing to do. Called
/// again, under the store's locks, if another process was quicker: so it uses no port that stores. `now` is the
/// clock's, as sales know it.
using Decide = std::function<std::vector<RoomRecord>(LiveRoom& room, Timestamp now)>;

class House {
 public:
  House(WaitingRoomStore& store, SaleDirectory& sales, EntryTokenSigner& signer, Random& random, Clock& clock,
        const WaitingRoomPolicy& policy);

  WaitingRoomStore& store;
  SaleDirectory& sales;
  EntryTokenSigner& signer;
  Random& random;
  Clock& clock;
  const WaitingRoomPolicy policy;
  std::mutex writing;  // one commit at a time; taken before any other mutex

  /// From memory; else it is loaded, which delays nobody who asks for another room. Best called before `writing` is
  /// taken: a long log takes a second. event_not_found.
  Result<RoomPointer> open(EventId event);
  RoomPointer find(EventId event) const;
  std::vector<RoomPointer> all() const;
  std::size_t size() const;
  void drop(const LiveRoom& room);
  void drop_idle(Timestamp now);

  // All of these: under `writing`.

  /// Reads what others have appended.
  Result<void> catch_up(LiveRoom& room);
  /// Asks about the sales of rooms whose answer is missing or older than `max_age_ms`. What can't be asked keeps its
  /// old answer, if it has one.
  Result<void> ask_sales(std::span<const RoomPointer> rooms, std::int64_t max_age_ms);
  /// Decides and stores, in one transaction for all; again if that did not decide it, a few times; then applies. An
  /// answer for each.
  std::vector<Result<void>> append(std::span<const RoomPointer> rooms, const Decide& decide);

  /// Thread-safe; under no mutex of the room.
  std::vector<RoomStatus> status(LiveRoom& room, std::span<const UserId> users, bool touch);
  std::string token(EventId event, UserId user, std::int64_t admission);
  RoomRecord lobby_record();

 private:
  Result<void> read_log(LiveRoom& room);
  Result<void> caught_up(LiveRoom& room, Timestamp now, const Result<void>& read);
  Result<void> apply(LiveRoom& room, std::span<const RoomRecord> records, Author author = Author::another_process);
  Result<RoomPointer> load(EventId event);
  /// A room of a batch: what is to be stored of it, if anything is, and what became of it.
  struct Appending {
    LiveRoom* room;
    std::optional<RoomAppend> next = {};
    Result<void> answer = {};
  };
  void decide_next(Appending& each, const Decide& decide);
  void decide_anew(Appending& each, std::span<const RoomRecord> since, const Decide& decide);
  std::optional<RoomAppend> next_append(LiveRoom& room, const Decide& decide);
  void store_next(std::span<Appending* const> open, const Decide& decide);
  RoomPointer longest_idle() const;
  Result<void> keep(const RoomPointer& room);
  std::shared_ptr<std::mutex> loading_of(EventId event);
  std::optional<Error> recall(EventId event) const;
  void remember(EventId event, const Error& error);

  /// Why a room could not be loaded, for a while: so that nobody can have it tried as often as he asks.
  struct Refusal {
    Error error;
    Timestamp at;
    bool counts(Timestamp now) const;
  };

  std::uint64_t hash_key_ = 0;
  std::mutex keeping_;  // so that there are never too many rooms
  mutable std::mutex map_mutex_;
  std::unordered_map<EventId, RoomPointer> rooms_;
  std::unordered_map<EventId, Refusal> refusals_;
  std::unordered_map<EventId, std::weak_ptr<std::mutex>> loading_;  // so that each room is loaded once
};

}  // namespace tiketi::waiting_room
