// A waiting room with a million people, against the plainest line that does: a vector of users and a map to their
// places, which tells positions only until somebody leaves.

#include "bench.hpp"
#include "support/process.hpp"

#include <tiketi/adapters/crypto.hpp>
#include <tiketi/adapters/memory.hpp>
#include <tiketi/adapters/sqlite.hpp>
#include <tiketi/adapters/system.hpp>
#include <tiketi/waiting_room/waiting_room.hpp>

#include <sqlite3.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <random>
#include <unordered_map>

namespace tiketi::bench {

namespace {

constexpr std::size_t batch = 1'000;

/// On sale for ever, with as many places as anybody wants.
class EndlessSales final : public SaleDirectory {
 public:
  Result<std::vector<std::optional<Sale>>> sales(std::span<const SaleQuestion> questions) override {
    return std::vector<std::optional<Sale>>(questions.size(), Sale{{}, latest_timestamp});
  }
};

std::vector<UserId> make_users(std::size_t count) {
  std::mt19937_64 random(42);
  std::vector<UserId> out(count);
  for (UserId& each : out) each = {make_uuid_v7(1'795'136'400'000, {random(), random()})};
  return out;
}

/// A room in which nobody is admitted until it is asked for.
struct Crowd {
  explicit Crowd(std::unique_ptr<Stores> some_stores) : stores(std::move(some_stores)) {
    require(stores->migrate().has_value(), "migrating");
    require(rooms.set(event, {.enabled = true, .threshold = 1'000'000, .rate_per_second = 10'000, .paused = true})
                .has_value(),
            "setting the room");
  }

  void enter(std::span<const UserId> users) {
    for (std::size_t i = 0; i < users.size(); i += batch) {
      std::vector<Enter> commands;
      for (const UserId user : users.subspan(i, std::min(batch, users.size() - i))) commands.push_back({event, user});
      for (const auto& each : rooms.enter(commands)) require(each.has_value() && each->position > 0, "entering");
    }
  }

  std::unique_ptr<Stores> stores;
  std::unique_ptr<Clock> clock = make_system_clock();
  std::unique_ptr<Random> random = crypto::make_random();
  std::unique_ptr<EntryTokenSigner> signer = crypto::make_ephemeral_entry_token_signer();
  EndlessSales sales;
  EventId event{{1, 2}};
  WaitingRoom rooms{stores->waiting_rooms(), sales, *signer, *random, *clock};
};

struct PlainLine {
  std::vector<UserId> line;
  std::unordered_map<UserId, std::size_t> places;

  void enter(UserId user) {
    if (places.try_emplace(user, line.size()).second) line.push_back(user);
  }
};

std::size_t people(const Run& run) { return run.quick ? 20'000 : 1'000'000; }

void enter_in_memory(Run& run) {
  if (!run.wants("waiting-room/enter")) return;
  const auto users = make_users(people(run));
  Contest contest;
  for (int round = 0; round == 0 || contest.seconds() < run.seconds(); ++round) {
    Crowd crowd(memory::make_stores());
    PlainLine plain;
    constexpr std::size_t piece = 20 * batch;
    for (std::size_t i = 0; i < users.size(); i += piece) {
      const auto some = std::span(users).subspan(i, piece);
      contest.limit.time(piece, [&] {
        for (const UserId user : some) plain.enter(user);
      });
      contest.ours.time(piece, [&] { crowd.enter(some); });
    }
    require(crowd.rooms.status(crowd.event, users.back())->position == static_cast<std::int64_t>(users.size()),
            "the last is not the last");
  }
  run.add(rate("waiting-room/enter", "users/s", contest.ours.rate(), contest.limit.rate(), "vector and unordered_map",
               "500,000 users/s"));
}

void positions(Run& run) {
  if (!run.wants("waiting-room/position")) return;
  const auto users = make_users(people(run));
  Crowd crowd(memory::make_stores());
  PlainLine plain;
  crowd.enter(users);
  for (const UserId user : users) plain.enter(user);
  std::mt19937 random(1);
  Contest contest;
  constexpr std::size_t piece = 20'000;
  do {
    std::vector<UserId> asked;
    while (asked.size() < piece) asked.push_back(users[random() % users.size()]);
    std::int64_t sum = 0, plain_sum = 0;
    contest.limit.time(piece, [&] {
      for (const UserId user : asked) plain_sum += static_cast<std::int64_t>(plain.places.find(user)->second) + 1;
    });
    contest.ours.time(piece, [&] {
      for (const UserId user : asked) sum += crowd.rooms.status(crowd.event, user)->position;
    });
    require(sum == plain_sum, "a position is wrong");
  } while (contest.seconds() < run.seconds());
  run.add(rate("waiting-room/position", "questions/s", contest.ours.rate(), contest.limit.rate(),
               "vector and unordered_map", "1,000,000 questions/s"));
}

void admissions(Run& run) {
  if (!run.wants("waiting-room/admit-10000")) return;
  constexpr std::size_t admitted = 10'000;
  const auto users = make_users(people(run));
  Contest contest;
  for (int round = 0; round == 0 || (contest.seconds() < run.seconds() && round < 10); ++round) {
    Crowd crowd(memory::make_stores());
    PlainLine plain;
    crowd.enter(users);
    for (const UserId user : users) plain.enter(user);
    require(crowd.rooms.set(crowd.event, {.paused = false}).has_value(), "resuming");
    std::unordered_map<UserId, std::int64_t> active;
    contest.limit.time(1, [&] {
      for (std::size_t i = 0; i < admitted; ++i) {
        plain.places.erase(plain.line[i]);
        active.emplace(plain.line[i], static_cast<std::int64_t>(i));
      }
    });
    std::vector<RoomTurn> turns;
    contest.ours.time(1, [&] { turns = crowd.rooms.turn().value(); });
    require(active.size() == admitted && turns.at(0).admitted.size() == admitted, "not all were admitted");
    require(turns[0].admitted.back().user_id == users[admitted - 1], "somebody else was admitted");
  }
  run.add(cost("waiting-room/admit-10000", "ms", contest.ours.median_ms(), contest.limit.median_ms(),
               "vector and unordered_map, no tokens", "20 ms"));
}

double resident_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != "VmRSS:") continue;
    double kib = 0;
    status >> kib;
    return kib / 1024;
  }
  throw std::runtime_error("/proc/self/status does not tell the resident memory");
}

/// A process of its own, because memory that was used before hides what is used now.
void memory(Run& run) {
  if (!run.wants("waiting-room/memory")) return;
  const std::string file = run.new_file("waiting-room-memory.db");
  test::Process child({run.program, "--crowd", file, std::to_string(people(run))});
  std::string line;
  require(child.read_line(line), "the process for measuring memory has said nothing");
  require(child.wait() == EXIT_SUCCESS, "the process for measuring memory has failed");
  const double ids_mb = static_cast<double>(people(run) * sizeof(UserId)) / (1024 * 1024);
  run.add(cost("waiting-room/memory", "MB", std::stod(line), ids_mb, "the ids alone", "100 MB"));
}

/// SQLite itself storing the same records in the same batches.
class RawLog {
 public:
  explicit RawLog(const std::string& path) {
    require(sqlite3_open(path.c_str(), &database_) == SQLITE_OK, "opening " + path);
    execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4096");
    execute(
        "CREATE TABLE room_log (event_id BLOB, sequence INTEGER, kind INTEGER, logged_at INTEGER, user_id BLOB, number "
        "INTEGER, detail TEXT, PRIMARY KEY (event_id, sequence)) STRICT, WITHOUT ROWID");
    require(sqlite3_prepare_v2(database_, "INSERT INTO room_log VALUES (?, ?, 4, 1795136400000, ?, 0, '')", -1,
                               &insert_, nullptr) == SQLITE_OK,
            "preparing");
  }
  ~RawLog() {
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }
  RawLog(const RawLog&) = delete;
  RawLog& operator=(const RawLog&) = delete;

  void enter(EventId event, std::span<const UserId> users) {
    const auto event_bytes = event.uuid.bytes();
    execute("BEGIN IMMEDIATE");
    for (const UserId user : users) {
      const auto user_bytes = user.uuid.bytes();
      sqlite3_bind_blob(insert_, 1, event_bytes.data(), 16, SQLITE_STATIC);
      sqlite3_bind_int64(insert_, 2, ++sequence_);
      sqlite3_bind_blob(insert_, 3, user_bytes.data(), 16, SQLITE_STATIC);
      require(sqlite3_step(insert_) == SQLITE_DONE, "inserting");
      sqlite3_reset(insert_);
    }
    execute("COMMIT");
  }

 private:
  void execute(const char* sql) {
    require(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sqlite3_errmsg(database_));
  }
  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  std::int64_t sequence_ = 0;
};

void durable_enter(Run& run) {
  if (!run.wants("waiting-room/durable-enter")) return;
  const auto users = make_users(people(run));
  Crowd crowd(sqlite::open(run.new_file("waiting-room.db")).value());
  RawLog raw(run.new_file("waiting-room-raw.db"));
  Contest contest;
  constexpr std::size_t piece = 10 * batch;
  for (std::size_t i = 0; i < users.size() && contest.seconds() < run.seconds(); i += piece) {
    const auto some = std::span(users).subspan(i, piece);
    contest.limit.time(piece, [&] {
      for (std::size_t at = 0; at < piece; at += batch) raw.enter(crowd.event, some.subspan(at, batch));
    });
    contest.ours.time(piece, [&] { crowd.enter(some); });
  }
  run.add(rate("waiting-room/durable-enter", "users/s", contest.ours.rate(), contest.limit.rate(), "raw sqlite3 loop",
               "0.5 of the limit"));
}

}  // namespace

void waiting_rooms(Run& run) {
  enter_in_memory(run);
  positions(run);
  admissions(run);
  memory(run);
  durable_enter(run);
}

int gather_and_tell_memory(const std::string& path, const std::string& count) {
  Crowd crowd(sqlite::open(path).value());
  const double before = resident_mb();
  for (std::mt19937_64 random(42);
       const std::size_t piece : std::vector<std::size_t>(std::stoul(count) / batch, batch)) {
    std::vector<UserId> users(piece);
    for (UserId& each : users) each = {make_uuid_v7(1'795'136'400'000, {random(), random()})};
    crowd.enter(users);
  }
  require(crowd.rooms.view(crowd.event)->waiting == std::stoll(count), "not everybody waits");
  std::cout << resident_mb() - before << '\n';
  return EXIT_SUCCESS;
}

}  // namespace tiketi::bench
