// The SQLite store when the file can't grow, is locked, or is no database.

#include "store/acknowledged.hpp"
#include "store/store_fixture.hpp"

#include <sqlite3.h>

#include <fstream>

namespace tiketi::test {

namespace {

class SqliteFailures : public StoreTest {
 protected:
  std::string path() const { return address().substr(std::string("sqlite:").size()); }
  std::unique_ptr<Stores> open_with(const sqlite::Options& options) const {
    return std::move(sqlite::open(path(), options).value());
  }
};

// A full disk: a clear error, nothing lost, and on it goes when there is room.
TEST_P(SqliteFailures, a_full_database_refuses_the_batch_and_keeps_the_rest) {
  const auto event = load_inventory(0, {1'000'000});
  const std::int64_t room = 130'000;  // for what is sold; how much the empty tables take depends on how many there are
  const std::int64_t max_bytes = stores().size_bytes().value() + room;
  close();
  std::vector<Reservation> acknowledged;
  std::vector<Change> refused;
  {
    const auto limited = open_with({.max_bytes = max_bytes});
    while (refused.empty()) {
      std::vector<Change> batch;
      for (int i = 0; i < 20; ++i) batch.push_back(hold(event, {}, {1}));
      const auto done = limited->box_office().commit(batch);
      if (done.has_value()) {
        for (const Change& each : batch) acknowledged.push_back(each.after);
        continue;
      }
      EXPECT_EQ(done.error().code, Errc::storage_full) << done.error().message;
      refused = batch;
    }
    EXPECT_GT(acknowledged.size(), 100U);
    // Reading goes on.
    EXPECT_EQ(limited->box_office().outbox_size().value(), static_cast<std::int64_t>(acknowledged.size()));
    EXPECT_TRUE(limited->box_office().verify().value().empty());
    EXPECT_EQ(limited->box_office().commit(refused).error().code, Errc::storage_full);
    const EventId elsewhere = ids.next<EventId>();
    NewInventory large{elsewhere, krw, {}, {}};
    for (int i = 1; i <= 5'000; ++i) large.seats.push_back({ids.next<SeatId>(), elsewhere, "A", 1, i, 0, 0, 0, {}});
    EXPECT_EQ(limited->box_office().load(large).error().code, Errc::storage_full);
    EXPECT_EQ(limited->box_office().seat_map(elsewhere).error().code, Errc::event_not_found);
  }
  reopen();
  for (const Reservation& each : acknowledged) EXPECT_EQ(stored(each.id), each);
  for (const Change& each : refused)
    EXPECT_FALSE(box_office().reservations({&each.after.id, 1}).value().front()) << each.after.id.text();
  EXPECT_EQ(stock(event.stock[0].id).held, static_cast<std::int64_t>(acknowledged.size()));
  for (const Outcome& each : commit(refused)) EXPECT_EQ(each.kind, Outcome::Kind::applied);
}

// The system itself refuses to let the files grow, in the middle of a write.
TEST_P(SqliteFailures, a_file_that_can_not_grow_loses_nothing) {
  const auto event = load_inventory(2'000, {2'000});
  close();
  for (const int limit : {400'000, 500'000, 777'777}) {
    Process worker(
        {TIKETI_STORE_WORKER, address(), event.event_id.text(), std::to_string(limit), std::to_string(limit)});
    Acknowledged acknowledged;
    acknowledged.note_all(worker);
    EXPECT_EQ(acknowledged.last_line.substr(0, 6), "failed") << acknowledged.last_line;
    EXPECT_EQ(worker.wait(), 0);
    reopen();
    acknowledged.expect_kept(box_office());
    EXPECT_TRUE(box_office().verify().value().empty());
    close();
  }
}

TEST_P(SqliteFailures, what_another_process_keeps_locked_is_unavailable_after_the_timeout) {
  const auto event = load_inventory(1);
  close();
  const auto hasty = open_with({.busy_timeout_ms = 50});
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const Change change = hold(event, {0});
  const auto refused = hasty->box_office().commit({&change, 1});
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  EXPECT_TRUE(hasty->box_office().seat_map(event.event_id).has_value()) << "readers are not held up";
  sqlite3_close(other);
  EXPECT_TRUE(hasty->box_office().commit({&change, 1}).has_value());
}

INSTANTIATE_TEST_SUITE_P(Every, SqliteFailures, ::testing::Values(StoreKind::sqlite), store_name);

TEST(SqliteAddressTest, what_is_no_database_of_ours_is_refused_and_left_as_it_is) {
  const TemporaryDirectory directory;
  const std::string text = (directory.path() / "notes.txt").string();
  std::ofstream(text) << std::string(5'000, 'n');
  EXPECT_EQ(sqlite::open(text).error().code, Errc::storage_mismatch);
  EXPECT_EQ(std::filesystem::file_size(text), 5'000U);

  const std::string foreign = (directory.path() / "recipes.db").string();
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(foreign.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "CREATE TABLE recipes (name TEXT)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  EXPECT_EQ(sqlite::open(foreign).error().code, Errc::storage_mismatch);

  EXPECT_EQ(sqlite::open((directory.path() / "no/such/folder/box.db").string()).error().code, Errc::unavailable);
  EXPECT_EQ(sqlite::open(directory.path().string()).error().code, Errc::unavailable);
  EXPECT_EQ(sqlite::open("").error().code, Errc::invalid_argument);
  EXPECT_EQ(sqlite::open((directory.path() / "b.db").string(), {.readers = 0}).error().code, Errc::invalid_argument);
}

}  // namespace

}  // namespace tiketi::test
