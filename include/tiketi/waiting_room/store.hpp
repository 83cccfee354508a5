#pragma once
// Port: where the logs of waiting rooms are kept.

#include <tiketi/base/result.hpp>
#include <tiketi/waiting_room/room.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace tiketi {

/// Records for the end of an event's log, if `after_sequence` is the last one there (0: there is no log yet). Their
/// sequences are the next ones.
struct RoomAppend {
  EventId event_id;
  std::int64_t after_sequence = 0;
  std::vector<RoomRecord> records;  ///< not empty
  bool occupied = true;             ///< whether somebody is in the room, or its lobby open, after them
};

enum class AppendOutcome : std::uint8_t {
  applied,
  conflict,  ///< somebody else has appended first
};

/// How many records somebody may have missed and still be asked.
inline constexpr std::size_t max_missed_records = 10'000;

/// Asked when another was quicker, with all records that `late` did not know of (never none): what is to be appended
/// behind them instead, if anything. Nobody else appends to this log meanwhile; so whoever revises is not too late
/// again, however busy the others are. Called with locks held: must not use the store. May be called several times
/// for one append, with more records each time: the last answer counts.
using ReviseAppend =
    std::function<std::optional<RoomAppend>(const RoomAppend& late, std::span<const RoomRecord> since)>;

/// The end of a log.
struct RoomHead {
  EventId event_id;
  std::int64_t last_sequence = 0;
  Timestamp updated_at;   ///< of the last record
  bool occupied = false;  ///< as the last append told
  friend bool operator==(const RoomHead&, const RoomHead&) = default;
};

/// Thread-safe. Reads see all that was committed before they began. Every function can return unavailable; those that
/// write also storage_full and outcome_unknown (whether it was stored is seen by reading the log's end).
class WaitingRoomStore {
 public:
  virtual ~WaitingRoomStore() = default;

  /// Makes the whole batch durable in one transaction, and answers for each on its own, in order: of two of one event
  /// the first wins. All records of one are stored, or none. What comes too late is revised; it is a conflict if there
  /// is no `revise` or no fitting answer, if it has missed too many records or a draw (which takes long to follow), or
  /// knows more records than there are.
  /// The errors of `check`.
  virtual Result<std::vector<AppendOutcome>> commit(std::span<const RoomAppend> appends,
                                                    const ReviseAppend& revise) = 0;
  Result<std::vector<AppendOutcome>> commit(std::span<const RoomAppend> appends) { return commit(appends, {}); }

  /// Records of an event in order: those after `after_sequence`, at most `limit`.
  virtual Result<std::vector<RoomRecord>> read(EventId event, std::int64_t after_sequence, std::size_t limit) = 0;

  /// The last sequence of each event's log in turn; 0 where there is none.
  virtual Result<std::vector<std::int64_t>> last_sequences(std::span<const EventId> events) = 0;

  /// All logs there are, by event.
  virtual Result<std::vector<RoomHead>> heads() = 0;

  /// Removes at most `limit` records from the end of an event's log, and returns how many: what is left after each
  /// call is a log. For events that are over.
  virtual Result<std::size_t> prune(EventId event, std::size_t limit) = 0;
};

/// What every store checks of a batch: invalid_argument (no event, no records, or sequences that are not the next
/// ones).
Result<void> check(std::span<const RoomAppend> appends);

/// For stores, while the log is locked: what becomes of a late append, if anything.
std::optional<RoomAppend> revised(const RoomAppend& late, std::span<const RoomRecord> since,
                                  const ReviseAppend& revise);

/// Whether a store reads what a late append has missed, `last_sequence` being the log's.
bool is_worth_revising(const RoomAppend& late, std::int64_t last_sequence);

}  // namespace tiketi
