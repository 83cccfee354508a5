// ST1: the database gets into the shape that this build expects, or is refused with a reason.

#include "adapters/sql/migrations.hpp"

#include "store/raw_sql.hpp"
#include "store/store_fixture.hpp"
#include "support/postgres_server.hpp"

#include <tiketi/adapters/memory.hpp>

#include <algorithm>
#include <mutex>
#include <thread>

namespace tiketi::test {

namespace {

class Migrations : public ::testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override {
    address_ = GetParam() == StoreKind::sqlite ? "sqlite:" + (directory_.path() / "box.db").string()
                                               : PostgresServer::shared().create_schema();
  }
  std::unique_ptr<Stores> open() const { return std::move(open_stores(address_).value()); }
  void migrate() const {
    const auto done = open()->migrate();
    ASSERT_TRUE(done.has_value()) << done.error().message;
  }
  /// Both ways of meeting the database refuse it so.
  void expect_refused(Errc code) const {
    const auto stores = open_stores(address_);
    if (stores.has_error()) {
      EXPECT_EQ(stores.error().code, code);
      return;
    }
    const auto status = (*stores)->migrations();
    const auto done = (*stores)->migrate();
    ASSERT_TRUE(status.has_error() && done.has_error());
    EXPECT_EQ(status.error().code, code);
    EXPECT_EQ(done.error().code, code);
    EXPECT_GT(done.error().message.size(), 30U) << "says what to do";
  }
  static std::vector<int> all_numbers() {
    std::vector<int> out;
    for (const auto& each : sql::migrations()) out.push_back(each.number);
    return out;
  }

  TemporaryDirectory directory_;
  std::string address_;
};

TEST_P(Migrations, are_applied_once_in_order) {
  auto stores = open();
  for (const MigrationStatus& each : stores->migrations().value()) EXPECT_FALSE(each.applied) << each.name;
  EXPECT_EQ(stores->migrate().value(), all_numbers());
  EXPECT_TRUE(stores->migrate().value().empty());
  const auto status = open()->migrations().value();
  ASSERT_EQ(status.size(), sql::migrations().size());
  for (std::size_t i = 0; i < status.size(); ++i) {
    EXPECT_TRUE(status[i].applied);
    EXPECT_EQ(status[i].number, sql::migrations()[i].number);
    EXPECT_EQ(status[i].name, sql::migrations()[i].name);
  }
  EXPECT_GT(stores->size_bytes().value(), 0);
}

TEST_P(Migrations, several_processes_may_apply_them_at_once) {
  std::mutex mutex;
  std::vector<int> applied;
  std::vector<std::thread> threads;
  std::vector<std::unique_ptr<Stores>> openers;
  for (int i = 0; i < 6; ++i) openers.push_back(open());
  for (const auto& stores : openers)
    threads.emplace_back([&, opener = stores.get()] {
      const auto done = opener->migrate();
      const std::lock_guard lock(mutex);
      if (done.has_error()) ADD_FAILURE() << done.error().message;
      else applied.insert(applied.end(), done->begin(), done->end());
    });
  for (std::thread& each : threads) each.join();
  std::sort(applied.begin(), applied.end());
  EXPECT_EQ(applied, all_numbers());
  EXPECT_TRUE(open()->box_office().verify().value().empty());
}

TEST_P(Migrations, a_database_of_a_newer_version_is_refused) {
  migrate();
  RawSql(address_).execute("INSERT INTO schema_migrations VALUES (9999, 'from_the_future', 'x', 0)");
  expect_refused(Errc::storage_newer);
  EXPECT_NE(open()->migrate().error().message.find("9999"), std::string::npos);
}

TEST_P(Migrations, an_altered_migration_is_refused) {
  migrate();
  RawSql(address_).execute("UPDATE schema_migrations SET checksum = 'another' WHERE number = 1");
  expect_refused(Errc::storage_mismatch);
  EXPECT_EQ(open()->migrate().error().detail("migration"), "1");
}

TEST_P(Migrations, a_gap_among_the_applied_is_refused) {
  migrate();
  RawSql(address_).execute("DELETE FROM schema_migrations WHERE number = 1");
  expect_refused(Errc::storage_mismatch);
}

TEST_P(Migrations, another_programs_database_is_refused_and_left_alone) {
  RawSql raw(address_);
  raw.execute("CREATE TABLE recipes (name TEXT)");
  expect_refused(Errc::storage_mismatch);
  EXPECT_NE(raw.try_execute("SELECT 1 FROM schema_migrations"), "");
  raw.execute("DROP TABLE recipes");
  migrate();
}

TEST_P(Migrations, another_programs_list_of_migrations_is_refused) {
  open();  // claims an SQLite file
  RawSql raw(address_);
  raw.execute("CREATE TABLE schema_migrations (version TEXT)");
  expect_refused(Errc::storage_mismatch);
}

// Our own tables may later stand beside an embedder's.
TEST_P(Migrations, tables_that_came_later_do_not_matter) {
  migrate();
  RawSql(address_).execute("CREATE TABLE recipes (name TEXT)");
  EXPECT_TRUE(open()->migrate().value().empty());
}

TEST_P(Migrations, one_that_fails_leaves_nothing_of_itself) {
  auto stores = open();
  RawSql raw(address_);
  raw.execute("CREATE VIEW outbox AS SELECT 1 AS sequence");  // in the way of the last table
  const auto failed = stores->migrate();
  ASSERT_TRUE(failed.has_error());
  EXPECT_NE(failed.error().message.find("migration 2"), std::string::npos) << failed.error().message;
  EXPECT_TRUE(stores->migrations().value()[0].applied);
  EXPECT_FALSE(stores->migrations().value()[1].applied);
  EXPECT_NE(raw.try_execute("SELECT 1 FROM seats"), "");
  raw.execute("DROP VIEW outbox");
  std::vector<int> rest = all_numbers();
  rest.erase(rest.begin());
  EXPECT_EQ(stores->migrate().value(), rest);
}

INSTANTIATE_TEST_SUITE_P(Every, Migrations, durable_stores(), store_name);

TEST(MemoryMigrations, there_are_none) {
  const auto stores = memory::make_stores();
  EXPECT_TRUE(stores->migrations().value().empty());
  EXPECT_TRUE(stores->migrate().value().empty());
  EXPECT_EQ(stores->size_bytes().value(), 0);
}

}  // namespace

}  // namespace tiketi::test
