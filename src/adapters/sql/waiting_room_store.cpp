// The logs of waiting rooms in any SQL database.

#include "adapters/sql/batch.hpp"
#include "adapters/sql/run.hpp"
#include "adapters/sql/stores.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <utility>

namespace tiketi::sql {
namespace {

using Type = Field::Type;

RoomRecord record_of(const Row& row) {
  RoomRecord out;
  out.sequence = row.integer(0);
  out.kind = static_cast<RoomRecordKind>(row.integer(1));
  out.at = {row.integer(2)};
  out.user_id = UserId{row.uuid(3)};
  out.number = row.integer(4);
  out.text = row.text(5);
  return out;
}

Step read_log(EventId event, std::int64_t after_sequence, std::size_t limit, std::vector<RoomRecord>& out) {
  static const Statement statement(
      "SELECT sequence, kind, logged_at, user_id, number, detail FROM room_log "
      "WHERE event_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3");
  return {&statement, {one(event.uuid), one(after_sequence), one_limit(limit)}, [&out](const Row& row) {
            out.push_back(record_of(row));
          }};
}

/// A log's end, as a batch makes it.
struct End {
  std::int64_t last_sequence = 0;
  Timestamp updated_at;
  bool occupied = false;
  bool is_stored = false;
  bool is_changed = false;
};
using Ends = std::unordered_map<EventId, End>;

std::vector<EventId> events_of(std::span<const RoomAppend> appends) {
  std::vector<EventId> out;
  for (const RoomAppend& append : appends) out.push_back(append.event_id);
  return out;
}

Result<Ends> lock_ends(Connection& connection, std::span<const RoomAppend> appends) {
  // On servers the ends are locked, in the order of their ids, so that what is read stays true until the commit.
  static const Statement lock(
      "SELECT event_id, last_sequence FROM waiting_rooms WHERE event_id = $1",
      "SELECT event_id, last_sequence FROM waiting_rooms WHERE event_id = ANY($1) ORDER BY event_id FOR UPDATE", true);
  const std::vector<EventId> events = events_of(appends);
  Ends ends;
  const std::vector<Step> steps{{&begin_write(), {}, {}},
                                {&lock, {distinct_uuids_of(std::span<const EventId>(events))}, [&](const Row& row) {
                                   ends[EventId{row.uuid(0)}] = {.last_sequence = row.integer(1), .is_stored = true};
                                 }}};
  if (auto done = connection.run(steps); done.has_error()) return done.error();
  return ends;
}

/// The records of all appends that apply, column by column.
Step insert_records(std::span<const RoomAppend* const> appends) {
  static const Statement statement = bulk_insert("room_log", {{"event_id", Type::uuid},
                                                              {"sequence"},
                                                              {"kind"},
                                                              {"logged_at"},
                                                              {"user_id", Type::uuid},
                                                              {"number"},
                                                              {"detail", Type::text}});
  std::size_t count = 0;
  for (const RoomAppend* append : appends) count += append->records.size();
  std::vector<Uuid> events, users;
  std::vector<std::int64_t> sequences, kinds, times, numbers;
  std::vector<std::string_view> details;
  for (auto* column : {&events, &users}) column->reserve(count);
  for (auto* column : {&sequences, &kinds, &times, &numbers}) column->reserve(count);
  details.reserve(count);
  for (const RoomAppend* append : appends)
    for (const RoomRecord& record : append->records) {
      events.push_back(append->event_id.uuid);
      sequences.push_back(record.sequence);
      kinds.push_back(static_cast<std::int64_t>(record.kind));
      times.push_back(record.at.ms);
      users.push_back(record.user_id.uuid);
      numbers.push_back(record.number);
      details.push_back(record.text);
    }
  return {&statement,
          {std::move(events), std::move(sequences), std::move(kinds), std::move(times), std::move(users),
           std::move(numbers), std::move(details)},
          {}};
}

void add_ends(const Ends& ends, std::vector<Step>& steps) {
  static const std::vector<Field> values{{"last_sequence"}, {"updated_at"}, {"occupied"}};
  static const Statement insert =
      bulk_insert("waiting_rooms", {{"event_id", Type::uuid}, values[0], values[1], values[2]});
  static const Statement update = bulk_update("waiting_rooms", {{"event_id", Type::uuid}}, values);
  for (const bool is_stored : {false, true}) {
    std::vector<Uuid> events;
    std::vector<std::int64_t> sequences, times, occupied;
    for (const auto& [event, end] : ends) {
      if (!end.is_changed || end.is_stored != is_stored) continue;
      events.push_back(event.uuid);
      sequences.push_back(end.last_sequence);
      times.push_back(end.updated_at.ms);
      occupied.push_back(end.occupied ? 1 : 0);
    }
    if (events.empty()) continue;
    steps.push_back({is_stored ? &update : &insert,
                     {std::move(events), std::move(sequences), std::move(times), std::move(occupied)},
                     {}});
  }
}

/// The records that an append does not know of, if they are worth reading.
Result<std::vector<RoomRecord>> read_missed(Connection& connection, const RoomAppend& late,
                                            std::int64_t last_sequence) {
  std::vector<RoomRecord> out;
  if (!is_worth_revising(late, last_sequence)) return out;
  const Step step = read_log(late.event_id, late.after_sequence, max_missed_records, out);
  if (auto done = connection.run({&step, 1}); done.has_error()) return done.error();
  return out;
}

Result<std::vector<AppendOutcome>> try_commit(Connection& connection, std::span<const RoomAppend> appends,
                                              const ReviseAppend& revise) {
  auto ends = lock_ends(connection, appends);
  if (ends.has_error()) return ends.error();
  std::vector<AppendOutcome> outcomes;
  std::vector<const RoomAppend*> applied;
  std::deque<RoomAppend> instead;
  for (const RoomAppend& append : appends) {
    End& end = (*ends)[append.event_id];
    const RoomAppend* fitting = append.after_sequence == end.last_sequence ? &append : nullptr;
    // Behind another of the same batch nothing is revised: the first wins.
    if (fitting == nullptr && !end.is_changed && revise) {
      const auto missed = read_missed(connection, append, end.last_sequence);
      if (missed.has_error()) return missed.error();
      if (auto other = revised(append, *missed, revise)) fitting = &instead.emplace_back(std::move(*other));
    }
    outcomes.push_back(fitting != nullptr ? AppendOutcome::applied : AppendOutcome::conflict);
    if (fitting == nullptr) continue;
    applied.push_back(fitting);
    end.last_sequence = fitting->records.back().sequence;
    end.updated_at = fitting->records.back().at;
    end.occupied = fitting->occupied;
    end.is_changed = true;
  }
  if (applied.empty()) {
    connection.rollback();
    return outcomes;
  }
  std::vector<Step> steps;
  add_ends(*ends, steps);  // first: of two who begin a log, one is refused there
  steps.push_back(insert_records(applied));
  steps.push_back({&commit(), {}, {}});
  if (auto done = connection.run(steps); done.has_error()) return done.error();
  return outcomes;
}

class SqlWaitingRoomStore final : public WaitingRoomStore {
 public:
  explicit SqlWaitingRoomStore(Database& database) : database_(database) {}

  Result<std::vector<AppendOutcome>> commit(std::span<const RoomAppend> appends, const ReviseAppend& revise) override {
    if (auto sound = check(appends); sound.has_error()) return sound.error();
    if (appends.empty()) return std::vector<AppendOutcome>();
    return transact(database_, [&](Connection& connection) { return try_commit(connection, appends, revise); });
  }

  Result<std::vector<RoomRecord>> read(EventId event, std::int64_t after_sequence, std::size_t limit) override {
    std::vector<RoomRecord> out;
    const Step step = read_log(event, after_sequence, limit, out);
    if (auto done = sql::read(database_, step); done.has_error()) return done.error();
    return out;
  }

  Result<std::vector<std::int64_t>> last_sequences(std::span<const EventId> events) override {
    static const Statement statement =
        bulk_select("waiting_rooms", {{"event_id", Type::uuid}}, "event_id, last_sequence");
    std::unordered_map<EventId, std::int64_t> found;
    const Step step{&statement, {distinct_uuids_of(events)}, [&](const Row& row) {
                      found.emplace(EventId{row.uuid(0)}, row.integer(1));
                    }};
    if (!events.empty())
      if (auto done = sql::read(database_, step); done.has_error()) return done.error();
    std::vector<std::int64_t> out;
    for (const EventId event : events) {
      const auto at = found.find(event);
      out.push_back(at == found.end() ? 0 : at->second);
    }
    return out;
  }

  Result<std::vector<RoomHead>> heads() override {
    static const Statement statement(
        "SELECT event_id, last_sequence, updated_at, occupied FROM waiting_rooms ORDER BY event_id");
    std::vector<RoomHead> out;
    const Step step{&statement, {}, [&](const Row& row) {
                      out.push_back({EventId{row.uuid(0)}, row.integer(1), {row.integer(2)}, row.integer(3) != 0});
                    }};
    if (auto done = sql::read(database_, step); done.has_error()) return done.error();
    return out;
  }

  Result<std::size_t> prune(EventId event, std::size_t limit) override {
    return transact(database_, [&](Connection& connection) { return try_prune(connection, event, limit); });
  }

 private:
  static Result<std::size_t> try_prune(Connection& connection, EventId event, std::size_t limit) {
    static const Statement lock("SELECT last_sequence FROM waiting_rooms WHERE event_id = $1",
                                "SELECT last_sequence FROM waiting_rooms WHERE event_id = $1 FOR UPDATE", false);
    static const Statement cut("DELETE FROM room_log WHERE event_id = $1 AND sequence > $2");
    static const Statement shorten(
        "UPDATE waiting_rooms SET last_sequence = $2, "
        "updated_at = (SELECT logged_at FROM room_log WHERE event_id = $1 AND sequence = $2) WHERE event_id = $1");
    static const Statement remove("DELETE FROM waiting_rooms WHERE event_id = $1");
    std::int64_t last = 0;
    const std::vector<Step> reading{{&begin_write(), {}, {}},
                                    {&lock, {one(event.uuid)}, [&](const Row& row) { last = row.integer(0); }}};
    if (auto done = connection.run(reading); done.has_error()) return done.error();
    const auto count = std::min<std::int64_t>(last, std::get<std::vector<std::int64_t>>(one_limit(limit)).front());
    if (count == 0) {
      connection.rollback();
      return 0;
    }
    std::vector<Step> steps;
    if (count == last) steps.push_back({&remove, {one(event.uuid)}, {}});
    else steps.push_back({&shorten, {one(event.uuid), one(last - count)}, {}});
    steps.push_back({&cut, {one(event.uuid), one(last - count)}, {}});
    steps.push_back({&sql::commit(), {}, {}});
    if (auto done = connection.run(steps); done.has_error()) return done.error();
    return static_cast<std::size_t>(count);
  }

  Database& database_;
};

}  // namespace

std::unique_ptr<WaitingRoomStore> make_waiting_room_store(Database& database) {
  return std::make_unique<SqlWaitingRoomStore>(database);
}

}  // namespace tiketi::sql
