#pragma once
// The rooms in memory, and how they follow their logs.

#include "core/waiting_room/room.hpp"

#include <tiketi/waiting_room/waiting_room.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

namespace tiketi::waiting_room {

/// A room in memory. Records are applied only by who holds `House::writing`, who may therefore read what they make
/// without the room's mutex; all others need it, and it is held for moments.
struct LiveRoom {
  LiveRoom(EventId id, const RoomSettings& defaults, std::uint64_t hash_key) : event_id(id), room(defaults, hash_key) {}

  /// The room's own time: never runs backwards, and goes on from where it was when the clock is set back.
  Timestamp time(Timestamp now);
  bool is_occupied() const;

  const EventId event_id;
  std::atomic<bool> is_on = false;
  std::mutex mutex;
  Room room;
  std::optional<Sale> sale;
  Timestamp sale_asked_at;
  Timestamp used_at;
  Timestamp read_at;  // when its log's end was looked at
  RoomNews news;

  bool is_behind = false;  // under `writing`: the log may have grown

 private:
  Timestamp last_;
  std::int64_t ahead_ms_ = 0;  // of the clock
};

using RoomPointer = std::shared_ptr<LiveRoom>;

/// What one room is to be told: its next records, without sequence and time; none if there is nothing to do. Called
/// again if another process was quicker.
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

  /// From memory; else it is loaded. Best called before `writing` is taken: a long log takes a second. event_not_found.
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
  /// Decides and stores, in one transaction for all, until it is done or hopeless; then applies. An answer for each.
  std::vector<Result<void>> append(std::span<const RoomPointer> rooms, const Decide& decide);

  /// Thread-safe; under no mutex of the room.
  std::vector<RoomStatus> status(LiveRoom& room, std::span<const UserId> users, bool touch);
  std::string token(EventId event, UserId user, std::int64_t admission);
  RoomRecord lobby_record();

 private:
  Result<void> read_log(LiveRoom& room);
  Result<void> apply(LiveRoom& room, std::span<const RoomRecord> records);
  Result<RoomPointer> load(EventId event);
  Result<void> make_place();

  std::uint64_t hash_key_ = 0;
  std::mutex loading_;  // so that a room is loaded once
  mutable std::mutex map_mutex_;
  std::unordered_map<EventId, RoomPointer> rooms_;
};

}  // namespace tiketi::waiting_room
