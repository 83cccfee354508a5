#pragma once
// One test, run on every store: memory, an SQLite file, a database of a private PostgreSQL server.

#include "support/fakes.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>
#include <tiketi/adapters/sqlite.hpp>
#include <tiketi/adapters/stores.hpp>
#include <tiketi/box_office/rules.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace tiketi::test {

enum class StoreKind { memory, sqlite, postgres };

/// For INSTANTIATE_TEST_SUITE_P(Every, MyStoreTest, every_store(), store_name).
inline auto every_store() { return ::testing::Values(StoreKind::memory, StoreKind::sqlite, StoreKind::postgres); }
/// Those that survive their process.
inline auto durable_stores() { return ::testing::Values(StoreKind::sqlite, StoreKind::postgres); }
std::string store_name(const ::testing::TestParamInfo<StoreKind>& info);

/// Freshly migrated, empty stores for each test.
class StoreTest : public ::testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override;
  void TearDown() override;  // also expects that verify() finds nothing, unless `expect_clean` is false

  Stores& stores() { return *stores_; }
  CatalogStore& catalog() { return stores_->catalog(); }
  BoxOfficeStore& box_office() { return stores_->box_office(); }

  /// Closes and opens again; of the durable stores only.
  void reopen();
  void close() { stores_.reset(); }
  /// Another process's view of the same database; of the durable stores only.
  std::unique_ptr<Stores> open_another() const;
  /// `sqlite:PATH` or a libpq connection string.
  std::string address() const;

  /// An inventory of `seats` seats (section A, rows of twenty, 50,000 won each) and one ticket type per
  /// entry of `stock` (named T1…, 10,000 won each).
  NewInventory make_inventory(std::size_t seats, const std::vector<std::int64_t>& stock = {});
  /// The same, loaded into the store.
  NewInventory load_inventory(std::size_t seats, const std::vector<std::int64_t>& stock = {});

  /// The hold of one reservation by a new customer (or `user`), with the test's ids and clock.
  Change hold(const NewInventory& inventory, const std::vector<std::size_t>& seats,
              const std::vector<std::int64_t>& tickets = {}, UserId user = {});

  /// One change, committed. A failure of the store fails the test.
  Outcome commit(const Change& change);
  std::vector<Outcome> commit(const std::vector<Change>& changes);

  /// As it is stored; fails the test if it isn't.
  Reservation stored(ReservationId id);
  Seat seat(SeatId id);
  TicketStock stock(TicketTypeId id);
  EventInventory inventory(EventId id);

  FakeClock clock;
  CountingIds ids{clock};
  bool expect_clean = true;

 private:
  std::unique_ptr<TemporaryDirectory> directory_;
  std::string dsn_;
  std::unique_ptr<Stores> stores_;
};

/// The hold of one reservation that lasts 300 s from `now`.
Change make_hold(const NewInventory& inventory, const std::vector<std::size_t>& seats,
                 const std::vector<std::int64_t>& tickets, Ids& ids, Timestamp now, UserId user = {});

// The changes that follow a hold, as the rules make them.
Change confirmed(const Reservation& current, Timestamp now, const std::string& payment_reference = "pay-1");
Change cancelled(const Reservation& current, Timestamp now);
Change extended(const Reservation& current, Timestamp now, std::int64_t by_ms);
Change expired(const Reservation& current, Timestamp now);

/// Opens what `address` names, without migrating.
Result<std::unique_ptr<Stores>> open_stores(const std::string& address);

}  // namespace tiketi::test
