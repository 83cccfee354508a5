// BO3, BO4, BO6, PA3, PA5, PA6, ST3, WR1 to WR7 under everything that can go wrong: see simulation.hpp.
//
//   TIKETI_SIMULATOR_SEEDS=100000 simulator_test     more seeds than the ordinary run
//   TIKETI_SIMULATOR_SEED=12345 simulator_test --gtest_filter='Simulator.MemoryReplay'
//                                                    one seed, with its trace

#include "simulation.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace tiketi::test {
namespace {

constexpr std::uint64_t memory_slices = 8;
constexpr std::uint64_t sqlite_slices = 2;
constexpr std::uint64_t sqlite_share = 20;  // of so many seeds, one runs on SQLite too
constexpr int sqlite_steps = 100;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::uint64_t seed_count() { return number_from("TIKETI_SIMULATOR_SEEDS", 2'400); }

Plan plan_of(std::uint64_t seed, Backend backend) {
  Plan plan;
  plan.seed = seed;
  plan.backend = backend;
  if (backend == Backend::sqlite) plan.steps = sqlite_steps;
  return plan;
}

void run_slice(std::uint64_t slice, std::uint64_t slices, std::uint64_t seeds, Backend backend) {
  for (std::uint64_t seed = 1 + slice; seed <= seeds; seed += slices) {
    const Report report = simulate(plan_of(seed, backend));
    ASSERT_FALSE(report.failure) << *report.failure;
  }
}

void replay(Backend backend) {
  Plan plan = plan_of(number_from("TIKETI_SIMULATOR_SEED", 1), backend);
  plan.verbose = std::getenv("TIKETI_SIMULATOR_SEED") != nullptr;
  const Report report = simulate(plan);
  EXPECT_FALSE(report.failure) << *report.failure;
}

TEST(Simulator, MemoryReplay) { replay(Backend::memory); }
TEST(Simulator, SqliteReplay) { replay(Backend::sqlite); }

class MemorySlice : public testing::TestWithParam<std::uint64_t> {};
TEST_P(MemorySlice, KeepsEveryPromise) { run_slice(GetParam(), memory_slices, seed_count(), Backend::memory); }
INSTANTIATE_TEST_SUITE_P(Simulator, MemorySlice, testing::Range<std::uint64_t>(0, memory_slices));

class SqliteSlice : public testing::TestWithParam<std::uint64_t> {};
TEST_P(SqliteSlice, KeepsEveryPromise) {
  run_slice(GetParam(), sqlite_slices, seed_count() / sqlite_share, Backend::sqlite);
}
INSTANTIATE_TEST_SUITE_P(Simulator, SqliteSlice, testing::Range<std::uint64_t>(0, sqlite_slices));

void expect_same_steps(std::uint64_t seed, Backend backend) {
  const Report once = simulate(plan_of(seed, backend));
  const Report again = simulate(plan_of(seed, backend));
  EXPECT_EQ(once.trace_hash, again.trace_hash) << "seed " << seed;
  EXPECT_EQ(once.tally, again.tally) << "seed " << seed;
  const Report other = simulate(plan_of(seed + 1'000'000, backend));
  EXPECT_NE(once.trace_hash, other.trace_hash) << "seed " << seed;
}

TEST(Simulator, TheSameSeedTakesTheSameSteps) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) expect_same_steps(seed, Backend::memory);
  for (std::uint64_t seed = 1; seed <= 3; ++seed) expect_same_steps(seed, Backend::sqlite);
}

/// What never happens in a simulation is not tested by it.
TEST(Simulator, EverythingHappens) {
  std::map<std::string, std::int64_t> tally;
  for (std::uint64_t seed = 1; seed <= 300; ++seed)
    for (const auto& [what, count] : simulate(plan_of(seed, Backend::memory)).tally) tally[what] += count;
  for (const char* what : {"held",
                           "replayed",
                           "confirm",
                           "cancel",
                           "extend",
                           "swept",
                           "pruned",
                           "relayed",
                           "relay failed",
                           "asked again",
                           "interleaved",
                           "crash",
                           "unavailable",
                           "lost request",
                           "lost answer",
                           "crash before",
                           "crash after",
                           "applied",
                           "idempotency_used",
                           "event_closed",
                           "buyer_limit",
                           "version_conflict",
                           "seats_unavailable",
                           "stock_short",
                           "invalid_argument",
                           "duplicate_item",
                           "idempotency_misuse",
                           "event_not_found",
                           "ticket_type_not_found",
                           "ticket_type_other_event",
                           "seat_not_found",
                           "seat_other_event",
                           "reservation_not_found",
                           "event_cancelled",
                           "sale_not_open",
                           "sale_ended",
                           "reservation_limit",
                           "seat_blocked",
                           "seat_taken",
                           "no_best_seats",
                           "hold_expired",
                           "reservation_confirmed",
                           "reservation_cancelled",
                           "extension_limit",
                           "payment_mismatch",
                           "outcome_unknown",
                           "event updated",
                           "event not updated",
                           "event cancelled",
                           "upcoming",
                           "on_sale",
                           "sold_out",
                           "ended",
                           "cancelled",
                           "creation completed",
                           "paid",
                           "paid before",
                           "pay: payment_in_progress",
                           "pay: payment_completed",
                           "pay: payment_refused",
                           "pay: payment_over",
                           "pay: provider_unavailable",
                           "pay: money_returned",
                           "pay: points_short",
                           "pay: amount_mismatch",
                           "pay: hold_expired",
                           "pay: idempotency_misuse",
                           "held up before asking",
                           "held up before finishing",
                           "late money",
                           "recovered",
                           "handed over",
                           "webhook: done",
                           "refunded",
                           "refund: done",
                           "refund: refund_exceeds",
                           "cancel: payment_in_progress",
                           "event refunded",
                           "give up: done",
                           "queue_required",
                           "entry_token_forged",
                           "entry_token_other_event",
                           "entry_token_other_user",
                           "entry_token_expired",
                           "admission_over",
                           "door: done",
                           "door: queue_required",
                           "door: entry_token_forged",
                           "door: entry_token_other_event",
                           "door: entry_token_other_user",
                           "door: entry_token_expired",
                           "door: admission_over",
                           "room: settings",
                           "room: lobby_opened",
                           "room: started",
                           "room: entered",
                           "room: admitted",
                           "room: admitted_at_once",
                           "room: left",
                           "room: touched",
                           "room: cleared",
                           "room: cleared by a turn",
                           "room: active on return",
                           "room: sold_out",
                           "room: restocked",
                           "room: conflict",
                           "room: drained",
                           "room: seed hidden",
                           "room: set wrongly",
                           "room: unavailable",
                           "standing: outside",
                           "standing: lobby",
                           "standing: waiting",
                           "standing: active",
                           "standing: open",
                           "enter: invalid_argument",
                           "enter: event_cancelled",
                           "enter: sale_ended",
                           "enter: queue_full",
                           "enter: unavailable",
                           "enter: outcome_unknown",
                           "left: keeps his place",
                           "left: keeps his admission",
                           "clear: others were quicker",
                           "told: admitted",
                           "told: trouble"})
    EXPECT_GT(tally[what], 0) << what;
}

struct Broken {
  Defect defect;
  const char* name;
  friend void PrintTo(const Broken& broken, std::ostream* out) { *out << broken.name; }
};

class SeesDefects : public testing::TestWithParam<Broken> {};

/// A simulator that finds nothing proves nothing.
TEST_P(SeesDefects, WithinFiftySeeds) {
  constexpr std::uint64_t most_seeds = 50;
  std::uint64_t seed = 0;
  std::optional<std::string> failure;
  while (!failure && seed < most_seeds) {
    Plan plan = plan_of(++seed, Backend::memory);
    plan.defect = GetParam().defect;
    failure = simulate(plan).failure;
  }
  ASSERT_TRUE(failure) << "not seen in " << most_seeds << " seeds";
  EXPECT_NE(failure->find("seed " + std::to_string(seed) + ", step "), std::string::npos);
  EXPECT_NE(failure->find("TIKETI_SIMULATOR_SEED=" + std::to_string(seed)), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Simulator, SeesDefects,
    testing::Values(
        Broken{Defect::sells_taken_seats, "SellsTakenSeats"}, Broken{Defect::sells_beyond_stock, "SellsBeyondStock"},
        Broken{Defect::loses_commits, "LosesCommits"}, Broken{Defect::applies_refused, "AppliesRefused"},
        Broken{Defect::applies_in_part, "AppliesInPart"}, Broken{Defect::forgets_keys, "ForgetsKeys"},
        Broken{Defect::ignores_buyer_limits, "IgnoresBuyerLimits"}, Broken{Defect::ignores_closing, "IgnoresClosing"},
        Broken{Defect::confirms_expired, "ConfirmsExpired"}, Broken{Defect::drops_outbox_rows, "DropsOutboxRows"},
        Broken{Defect::tells_out_of_order, "TellsOutOfOrder"}, Broken{Defect::loses_payments, "LosesPayments"},
        Broken{Defect::loses_room_records, "LosesRoomRecords"},
        Broken{Defect::hides_room_conflicts, "HidesRoomConflicts"}),
    [](const testing::TestParamInfo<Broken>& broken) { return broken.param.name; });

}  // namespace
}  // namespace tiketi::test
