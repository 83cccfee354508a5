// The sandbox stands for the world outside: what it took, it has, whatever becomes of us.

#include "sandbox/till.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

namespace tiketi::test {

namespace {

class Durable : public SandboxTest {
 protected:
  void SetUp() override {
    options.path = (directory_.path() / "sandbox.db").string();
    SandboxTest::SetUp();
  }

  TemporaryDirectory directory_;
};

TEST_F(Durable, everything_is_there_after_opening_again) {
  const std::string waiting = new_order();
  const std::string key = open(waiting);
  ASSERT_TRUE(sandbox().authenticate(key).has_value());
  const auto done = paid();
  const auto part = paid(77'000);
  const auto cancelled = cancel(cancellation_of(part, 7'000)).value();
  const std::string late = new_order();
  ASSERT_TRUE(charge(charge_of(late, 5'000, "TIKETI_LATE")).has_error());
  reopen();
  EXPECT_EQ(find(done.order_id).last_transaction_key, done.last_transaction_key);
  EXPECT_EQ(find(part.order_id).balance_minor, 70'000);
  EXPECT_EQ(cancel(cancellation_of(part, 7'000)).value().last_transaction_key, cancelled.last_transaction_key);
  EXPECT_EQ(charge(confirmation(waiting, key)).value().status, ProviderStatus::done);
  EXPECT_EQ(sandbox().order(key).value()->order_name, "오페라의 유령");
  clock.advance(options.late_ms);
  EXPECT_EQ(status(late), ProviderStatus::done);
  EXPECT_EQ(sandbox().books().value(), (std::vector{SandboxBooks{krw, 4, 382'000, 7'000}}));
}

TEST_F(Durable, several_may_share_a_file) {
  const auto other = std::move(make_sandbox(options, clock, ids).value());
  const auto mine = paid();
  EXPECT_EQ(other->find(mine.order_id).value().value().payment_key, mine.payment_key);
  Charge again = charge_of(mine.order_id);
  again.idempotency_key = "another";
  expect_error(other->charge({&again, 1}).front(), Errc::outcome_unknown, "ALREADY_PROCESSED_PAYMENT");
}

// PA3: what it told us that it took, it has after kill -9.
TEST_F(Durable, what_was_answered_survives_kill_9) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto mine = std::move(make_sandbox(options, clock, ids).value());
    for (int i = 0;; ++i) {
      const std::string order = "killed-" + std::to_string(i);
      const Charge one = charge_of(order);
      if (mine->charge({&one, 1}).front().has_error()) _exit(1);
      const std::int32_t number = i;
      if (write(ends[1], &number, sizeof number) != sizeof number) _exit(1);
    }
  }
  close(ends[1]);
  std::int32_t last = -1;
  for (int i = 0; i < 500; ++i) ASSERT_EQ(read(ends[0], &last, sizeof last), static_cast<ssize_t>(sizeof last));
  kill(child, SIGKILL);
  while (read(ends[0], &last, sizeof last) > 0) continue;
  close(ends[0]);
  waitpid(child, nullptr, 0);
  reopen();
  for (std::int32_t i = 0; i <= last; ++i) ASSERT_TRUE(find("killed-" + std::to_string(i)).was_paid()) << i;
  EXPECT_GE(sandbox().books().value().front().payments, last + 1);
}

TEST_F(Durable, other_programs_files_are_refused) {
  const std::string path = (directory_.path() / "notes.txt").string();
  std::ofstream(path) << "these are not the books of a payment provider, they are notes of somebody\n";
  SandboxOptions wrong;
  wrong.path = path;
  EXPECT_EQ(make_sandbox(wrong, clock, ids).error().code, Errc::storage_mismatch);
  wrong.path = (directory_.path() / "no" / "such" / "folder.db").string();
  EXPECT_EQ(make_sandbox(wrong, clock, ids).error().code, Errc::unavailable);
}

TEST_F(Durable, currencies_are_counted_apart) {
  paid(150'000);
  Charge dollars = charge_of(new_order(), 50);
  dollars.amount.currency = Currency::parse("USD").value();
  ASSERT_TRUE(charge(dollars).has_value());
  EXPECT_EQ(sandbox().books().value(),
            (std::vector{SandboxBooks{krw, 1, 150'000, 0}, SandboxBooks{dollars.amount.currency, 1, 50, 0}}));
}

}  // namespace

}  // namespace tiketi::test
