// tiketi::open: the services of a store, by its address.

#include "open_fixture.hpp"

#include <tiketi/adapters/sqlite.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace tiketi::test {
namespace {

namespace fs = std::filesystem;

class OpenFileTest : public OpenTest {
 protected:
  OpenFileTest() { fs::create_directory(directory); }
  ~OpenFileTest() override {
    services = nullptr;
    fs::remove_all(directory);
  }

  const testing::TestInfo& info = *testing::UnitTest::GetInstance()->current_test_info();
  fs::path directory = fs::path(testing::TempDir()) / ("tiketi-" + std::to_string(getpid()) + '-' + info.name());
  std::string address = "sqlite:" + (directory / "box.db").string();
};

void expect_sells(Services& services, const Event& event) {
  const UserId customer = services.ids().next<UserId>();
  const auto held = services.box_office().reserve_best({.event_id = event.id, .user_id = customer, .quantity = 2});
  ASSERT_TRUE(held) << held.error().message;
  const auto sold = services.box_office().confirm({.reservation_id = held->reservation.id, .payment_reference = "p"});
  ASSERT_TRUE(sold) << sold.error().message;
  EXPECT_EQ(sold->status, ReservationStatus::confirmed);
  EXPECT_TRUE(services.verify().value().empty());
}

TEST_F(OpenTest, MemorySells) { expect_sells(*services, make_event()); }

TEST_F(OpenFileTest, SqliteSellsAndRemembers) {
  open_again(address);
  const Event event = make_event();
  expect_sells(*services, event);
  open_again(address);
  const EventDetail detail = services->catalog().detail(event.id).value();
  EXPECT_EQ(detail.summary.event, event);
  EXPECT_EQ(detail.summary.availability, (Availability{119, 117}));
  expect_sells(*services, event);
}

TEST(Open, AnUnknownAddressIsRefusedWithWhatThereIs) {
  for (const char* address :
       {"", "box.db", "mysql://localhost/box", "Memory", "memory:", "SQLITE:box.db", "http://x"}) {
    const auto refused = open(address);
    ASSERT_TRUE(refused.has_error()) << address;
    EXPECT_EQ(refused.error().code, Errc::invalid_argument) << address;
    EXPECT_EQ(refused.error().detail("field"), "store");
    EXPECT_NE(refused.error().message.find("sqlite:PATH"), std::string::npos) << refused.error().message;
  }
}

TEST(Open, ARefusedAddressIsNotRepeatedForItMayHoldAPassword) {
  EXPECT_EQ(open("mysql://root:secret@localhost/box").error().message.find("secret"), std::string::npos);
}

TEST(Open, SqliteNeedsAFile) {
  EXPECT_EQ(open("sqlite:").error().code, Errc::invalid_argument);
  EXPECT_EQ(open("sqlite::memory:").error().code, Errc::invalid_argument);
  EXPECT_NE(open("sqlite::memory:").error().message.find("memory"), std::string::npos);
}

TEST_F(OpenFileTest, AFileThatCannotBeOpenedIsUnavailable) {
  const auto refused = tiketi::open("sqlite:" + (directory / "missing" / "box.db").string());
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::unavailable);
}

TEST_F(OpenFileTest, AFileThatIsNoDatabaseIsNotOurs) {
  std::ofstream(directory / "box.db") << std::string(10'000, 'x');
  const auto refused = tiketi::open(address);
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::storage_mismatch);
}

TEST_F(OpenFileTest, CheckRefusesADatabaseWithoutItsTablesAndNamesThem) {
  const auto refused = tiketi::open(address, {.migrate = Migrate::check});
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::storage_mismatch);
  EXPECT_EQ(refused.error().detail("missing"), "1 catalogue");
  const auto stores = sqlite::open((directory / "box.db").string()).value();
  for (const MigrationStatus& each : stores->migrations().value()) EXPECT_FALSE(each.applied) << each.name;
}

TEST_F(OpenFileTest, CheckOpensADatabaseThatIsUpToDate) {
  ASSERT_TRUE(tiketi::open(address, {.migrate = Migrate::yes}).has_value());
  EXPECT_TRUE(tiketi::open(address, {.migrate = Migrate::check}).has_value());
}

TEST_F(OpenTest, GivenClockAndIdsAreUsed) {
  CountingIds ids(clock, 1000);
  const auto opened = tiketi::open("memory", {.clock = &clock, .ids = &ids}).value();
  EXPECT_EQ(&opened->clock(), &clock);
  EXPECT_EQ(&opened->ids(), &ids);
}

TEST(Open, WithoutThemTheSystemsAreUsed) {
  const auto opened = open("memory").value();
  EXPECT_GT(opened->clock().now().ms, 1'700'000'000'000);
  const auto first = opened->ids().next<SeatId>();
  EXPECT_LT(first, opened->ids().next<SeatId>());
}

TEST_F(OpenTest, ThePolicyReachesTheBoxOffice) {
  const auto opened = tiketi::open("memory", {.policy = {.hold_ms = 1234}, .clock = &clock}).value();
  EXPECT_EQ(opened->box_office().policy().hold_ms, 1234);
}

}  // namespace
}  // namespace tiketi::test
