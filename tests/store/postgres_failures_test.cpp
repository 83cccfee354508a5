// The PostgreSQL store when connections break, the server dies, or its disk is full.

#include "store/acknowledged.hpp"
#include "store/raw_sql.hpp"
#include "store/store_fixture.hpp"
#include "support/postgres_server.hpp"

#include <atomic>
#include <chrono>
#include <thread>

namespace tiketi::test {

namespace {

class PostgresFailures : public StoreTest {};

/// Commits until the outcome is known, as the box office does. Unavailable: nothing was stored.
Outcome commit_persistently(BoxOfficeStore& store, const Change& change, std::atomic<int>& broken) {
  while (true) {
    const auto done = store.commit({&change, 1});
    if (done.has_value()) return done->front();
    ++broken;
    EXPECT_TRUE(done.error().code == Errc::unavailable || done.error().code == Errc::outcome_unknown)
        << name(done.error().code) << ": " << done.error().message;
  }
}

TEST_P(PostgresFailures, connections_that_break_at_any_moment_lose_and_double_nothing) {
  const auto event = load_inventory(240, {240});
  std::atomic<bool> selling{true};
  std::atomic<int> broken{0};
  std::thread breaker([&] {
    RawSql raw(address());
    while (selling) {
      raw.execute("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'tiketi'");
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  });
  std::vector<std::thread> sellers;
  for (std::size_t thread = 0; thread < 4; ++thread)
    sellers.emplace_back([&, thread] {
      for (std::size_t i = thread * 60; i < thread * 60 + 60; ++i) {
        const Outcome outcome = commit_persistently(box_office(), hold(event, {i}, {1}), broken);
        EXPECT_EQ(outcome.kind, Outcome::Kind::applied);
      }
    });
  for (std::thread& each : sellers) each.join();
  selling = false;
  breaker.join();
  EXPECT_GT(broken, 0);
  // The pool recovers by itself; at most each idle connection fails once more.
  while (box_office().outbox_size().has_error()) ++broken;
  EXPECT_EQ(box_office().outbox_size().value(), 240);
  EXPECT_EQ(inventory(event.event_id).available, 0);
}

TEST_P(PostgresFailures, a_full_disk_of_the_server_stores_nothing_of_the_batch) {
  const auto event = load_inventory(2);
  RawSql raw(address());
  raw.execute(
      "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN RAISE disk_full; END'; CREATE TRIGGER no_room BEFORE INSERT ON outbox EXECUTE FUNCTION no_room()");
  const Change change = hold(event, {0});
  const auto refused = box_office().commit({&change, 1});
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::storage_full);
  EXPECT_EQ(seat(event.seats[0].id).state.status, PlaceStatus::available);
  raw.execute("DROP TRIGGER no_room ON outbox");
  EXPECT_EQ(commit(change).kind, Outcome::Kind::applied);
}

INSTANTIATE_TEST_SUITE_P(Every, PostgresFailures, ::testing::Values(StoreKind::postgres), store_name);

// BO3: the server itself dies in the middle of commits, and comes back.
class PostgresCrash : public StoreTest {
 protected:
  void SetUp() override {}
};

TEST_P(PostgresCrash, what_was_acknowledged_survives_a_crash_of_the_server) {
  PostgresServer server(PostgresServer::Options{.fsync = false});  // the machine stays up
  const std::string where = server.create_database();
  auto stores = std::move(open_stores(where).value());
  ASSERT_TRUE(stores->migrate().has_value());
  const auto event = make_inventory(2'000, {1'000'000'000});  // more than can be sold before the crash
  ASSERT_TRUE(stores->box_office().load(event).has_value());
  Acknowledged acknowledged;
  for (int round = 0; round < 3; ++round) {
    Process worker({TIKETI_STORE_WORKER, where, event.event_id.text(), std::to_string(round + 1)});
    std::string line;
    for (int lines = 50 * (round + 1); lines > 0 && worker.read_line(line); --lines) acknowledged.note(line);
    server.crash();
    acknowledged.note_all(worker);
    EXPECT_TRUE(acknowledged.last_line == "failed unavailable" || acknowledged.last_line == "failed outcome_unknown")
        << acknowledged.last_line;
    server.start();
    while (stores->box_office().outbox_size().has_error()) continue;  // its idle connection is gone
    acknowledged.expect_kept(stores->box_office());
    EXPECT_TRUE(stores->box_office().verify().value().empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Every, PostgresCrash, ::testing::Values(StoreKind::postgres), store_name);

}  // namespace

}  // namespace tiketi::test
