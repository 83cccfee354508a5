// A process of its own that pays for reservations which other processes want to pay for too, and tells on its output
// what was acknowledged: `claimed PAYMENT RESERVATION`, `paid PAYMENT`, `failed PAYMENT`; at the end `done`, or
// `error CODE` when the store fails.
//
//   payment_worker ADDRESS USER SEED FIRST COUNT
//
// The reservations are the ids that a counter makes from FIRST on; USER has points.

#include "store/payment_fixture.hpp"

#include <unistd.h>

#include <cstdlib>
#include <random>
#include <utility>

namespace tiketi::test {

namespace {

/// Until it fails; each line in one write, so that a kill leaves no half of one unnoticed.
void say(const std::string& lines) {
  if (write(STDOUT_FILENO, lines.data(), lines.size()) < 0) std::_Exit(1);
}

class Payer {
 public:
  Payer(Stores& stores, UserId user, std::uint64_t seed) : store_(stores.payments()), user_(user), seed_(seed) {}

  Result<void> pay(std::uint64_t first, std::uint64_t count) {
    CountingIds reservations(clock_, first);
    for (std::uint64_t left = count; left > 0 || !begun_.empty();) {
      std::vector<PaymentChange> changes;
      for (const Payment& each : std::exchange(begun_, {}))
        changes.push_back(random_() % 4 == 0 ? failed(each, ids_, clock_.now()) : completed(each, ids_, clock_.now()));
      for (std::uint64_t i = 1 + random_() % 8; i > 0 && left > 0; --i, --left)
        changes.push_back(make_begun(ids_, clock_.now(), user_, reservations.next<ReservationId>(), 1'000, 100));
      if (auto done = commit(changes); done.has_error()) return done;
    }
    return {};
  }

 private:
  Result<void> commit(const std::vector<PaymentChange>& changes) {
    const auto outcomes = store_.commit(changes);
    if (outcomes.has_error()) return outcomes.error();
    std::string lines;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if ((*outcomes)[i].kind != PaymentOutcome::Kind::applied) continue;
      const Payment& after = changes[i].after;
      if (after.status == PaymentStatus::processing) {
        begun_.push_back(after);
        lines += "claimed " + after.id.text() + ' ' + after.reservation_id.text() + '\n';
      } else {
        lines += (after.status == PaymentStatus::completed ? "paid " : "failed ") + after.id.text() + '\n';
      }
    }
    say(lines);
    return {};
  }

  PaymentStore& store_;
  UserId user_;
  std::uint64_t seed_;
  FakeClock clock_;
  CountingIds ids_{clock_, seed_ << 32};
  std::mt19937_64 random_{seed_};
  std::vector<Payment> begun_;
};

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() != 6) return 2;
  auto stores = open_stores(arguments[1]);
  if (stores.has_error()) {
    say("error " + std::string(name(stores.error().code)) + '\n');
    return 0;
  }
  Payer payer(**stores, UserId::parse(arguments[2]).value(), std::stoull(arguments[3]));
  const auto paid = payer.pay(std::stoull(arguments[4]), std::stoull(arguments[5]));
  say(paid.has_value() ? "done\n" : "error " + std::string(name(paid.error().code)) + '\n');
  return 0;
}

}  // namespace

}  // namespace tiketi::test

int main(int argc, char** argv) { return tiketi::test::run({argv, argv + argc}); }
