// PA3: several processes on one database, killed at any moment: nothing is paid twice, nothing that was acknowledged is
// lost, and the books balance.

#include "store/payment_fixture.hpp"
#include "support/process.hpp"

#include <csignal>
#include <map>
#include <random>
#include <sstream>

namespace tiketi::test {

namespace {

class PaymentProcesses : public PaymentStoreTest {
 protected:
  Process start_worker(UserId user, std::uint64_t first, std::uint64_t count) {
    return Process({TIKETI_PAYMENT_WORKER, address(), user.text(), std::to_string(++seed_), std::to_string(first),
                    std::to_string(count)});
  }

  /// Notes what a worker told.
  void note(const std::string& line) {
    last_line_ = line;
    std::istringstream words(line);
    std::string word, payment, reservation;
    words >> word >> payment >> reservation;
    const auto id = PaymentId::parse(payment);
    if (!id) return;
    told_[*id] = word;
    if (word != "claimed") return;
    const auto of = ReservationId::parse(reservation);
    if (of) reservations_[*id] = *of;
  }
  void note_all(Process& process) {
    for (std::string line; process.read_line(line);) note(line);
  }

  /// What was told is there; what came of it stays; and no reservation was paid twice.
  void expect_kept() {
    std::vector<PaymentId> ids_told;
    for (const auto& [id, word] : told_) ids_told.push_back(id);
    const auto found = payments().ask({ids_told, {}, {}, {}}).value().payments;
    std::map<ReservationId, PaymentId> paid;
    for (std::size_t i = 0; i < ids_told.size(); ++i) {
      const std::string& word = told_[ids_told[i]];
      ASSERT_TRUE(found[i]) << "lost: " << ids_told[i].text();
      if (word == "paid") {
        EXPECT_EQ(found[i]->status, PaymentStatus::completed);
        EXPECT_TRUE(paid.emplace(reservations_[ids_told[i]], ids_told[i]).second) << "paid twice";
      }
      if (word == "failed") {
        EXPECT_EQ(found[i]->status, PaymentStatus::failed);
      }
    }
    for (const Finding& each : payments().verify().value()) ADD_FAILURE() << each.invariant << ": " << each.what;
  }

  std::map<PaymentId, std::string> told_;
  std::map<PaymentId, ReservationId> reservations_;
  std::string last_line_;
  std::uint64_t seed_ = 100;
};

TEST_P(PaymentProcesses, two_processes_want_the_same_reservations) {
  const UserId user = rich(1'000'000);
  {
    Process one = start_worker(user, 1, 300);
    Process other = start_worker(user, 1, 300);
    note_all(one);
    EXPECT_EQ(last_line_, "done");
    note_all(other);
    EXPECT_EQ(last_line_, "done");
    EXPECT_EQ(one.wait(), 0);
    EXPECT_EQ(other.wait(), 0);
  }
  expect_kept();
  std::int64_t paid = 0;
  for (const auto& [id, word] : told_) paid += word == "paid";
  EXPECT_GE(paid, 300 / 2);
  EXPECT_LE(paid, 300);
  EXPECT_EQ(points(user), 1'000'000 - 100 * paid);
  EXPECT_EQ(balance(AccountKind::revenue), 1'000 * paid);
}

TEST_P(PaymentProcesses, what_was_acknowledged_survives_kill_9) {
  std::mt19937 random(42);
  const UserId user = rich(10'000'000);
  for (std::uint64_t round = 0; round < 6; ++round) {
    Process one = start_worker(user, round * 10'000 + 1, 10'000);
    Process other = start_worker(user, round * 10'000 + 1, 10'000);
    std::string line;
    for (auto lines = 1 + random() % 300; lines > 0 && one.read_line(line); --lines) note(line);
    one.signal(SIGKILL);
    EXPECT_EQ(one.wait(), 128 + SIGKILL);
    other.signal(round % 2 == 0 ? SIGKILL : SIGTERM);
    note_all(one);
    note_all(other);
    other.wait();
    reopen();
    expect_kept();
  }
  EXPECT_GT(told_.size(), 100U);
  // What was cut short is found again, and can be brought to an end.
  const auto due = payments().due_payments(clock.now().plus_ms(day_ms), 1'000).value();
  EXPECT_FALSE(due.empty());
  for (const Payment& each : due) apply(failed(each, ids, clock.now()));
  EXPECT_EQ(balance(AccountKind::points_set_aside), 0);
}

// Each opener sees what others commit, without being told.
TEST_P(PaymentProcesses, two_openers_see_each_others_changes) {
  const auto other = open_another();
  const Payment mine = apply(begin());
  EXPECT_EQ(other->payments().ask({{mine.id}, {}, {}, {}}).value().payments.front(), mine);
  const PaymentChange theirs = begin(1'000, 0, {}, mine.reservation_id);
  EXPECT_EQ(other->payments().commit({&theirs, 1}).value().front().kind, PaymentOutcome::Kind::claimed);
}

INSTANTIATE_TEST_SUITE_P(Every, PaymentProcesses, durable_stores(), store_name);

}  // namespace

}  // namespace tiketi::test
