// Several processes on one database, killed at any moment: nothing is sold twice (BO3), and nothing that
// was acknowledged is lost.

#include "store/acknowledged.hpp"
#include "store/store_fixture.hpp"

#include <csignal>
#include <random>

namespace tiketi::test {

namespace {

class Processes : public StoreTest {
 protected:
  Process start_worker(const NewInventory& event) {
    return Process({TIKETI_STORE_WORKER, address(), event.event_id.text(), std::to_string(++seed_)});
  }

  std::uint64_t seed_ = 100;
};

TEST_P(Processes, two_processes_share_one_database) {
  const auto event = load_inventory(100, {150});
  Acknowledged acknowledged;
  {
    Process one = start_worker(event);
    Process other = start_worker(event);
    acknowledged.note_all(one);
    EXPECT_EQ(acknowledged.last_line, "done");
    acknowledged.note_all(other);
    EXPECT_EQ(acknowledged.last_line, "done");
    EXPECT_EQ(one.wait(), 0);
    EXPECT_EQ(other.wait(), 0);
  }
  acknowledged.expect_kept(box_office());
  // Each sale took what nobody else has, and together they took everything.
  std::int64_t sold = 0;
  for (const auto& [id, status] : acknowledged.latest)
    if (status == ReservationStatus::confirmed) sold += stored(id).quantity;
  EXPECT_EQ(sold, 250 - inventory(event.event_id).available);
  EXPECT_EQ(sold, 250);
}

TEST_P(Processes, what_was_acknowledged_survives_kill_9) {
  std::mt19937 random(42);
  const auto event = load_inventory(3'000, {3'000});
  Acknowledged acknowledged;
  for (int round = 0; round < 6; ++round) {
    Process one = start_worker(event);
    Process other = start_worker(event);
    std::string line;
    for (auto lines = 1 + random() % 300; lines > 0 && one.read_line(line); --lines) acknowledged.note(line);
    one.signal(SIGKILL);
    EXPECT_EQ(one.wait(), 128 + SIGKILL);
    if (round % 2 == 0) other.signal(SIGKILL);
    else other.signal(SIGTERM);
    acknowledged.note_all(one);
    acknowledged.note_all(other);
    other.wait();
    reopen();
    acknowledged.expect_kept(box_office());
    EXPECT_TRUE(box_office().verify().value().empty()) << "round " << round;
  }
  EXPECT_GT(acknowledged.latest.size(), 100U);
}

TEST_P(Processes, everything_is_there_after_closing_and_opening) {
  const auto event = load_inventory(2, {5});
  Change change = hold(event, {0}, {2});
  change.idempotency = IdempotencyRecord{change.after.user_id, "k", 7, change.after.id, clock.now()};
  commit(change);
  const Change sale = confirmed(change.after, clock.now());
  commit(sale);
  const auto messages = box_office().outbox(10).value();
  reopen();
  EXPECT_EQ(stored(change.after.id), sale.after);
  EXPECT_EQ(seat(event.seats[0].id).state.status, PlaceStatus::sold);
  EXPECT_EQ(stock(event.stock[0].id).sold, 2);
  EXPECT_EQ(box_office().outbox(10).value(), messages);
  EXPECT_EQ(box_office().ask({{}, {}, {{change.after.user_id, "k"}}, {}}).value().records[0], change.idempotency);
}

// Each opener sees what others commit, without being told.
TEST_P(Processes, two_openers_see_each_others_changes) {
  const auto event = load_inventory(2);
  const auto other = open_another();
  const Change mine = hold(event, {0});
  commit(mine);
  EXPECT_EQ(other->box_office().reservations({&mine.after.id, 1}).value().front(), mine.after);
  const Change theirs = hold(event, {0});
  EXPECT_EQ(other->box_office().commit({&theirs, 1}).value().front().kind, Outcome::Kind::seats_unavailable);
}

INSTANTIATE_TEST_SUITE_P(Every, Processes, durable_stores(), store_name);

}  // namespace

}  // namespace tiketi::test
