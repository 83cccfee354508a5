#pragma once
// What those know who pay through the cashier, and the provider who takes their money.

#include "support/fake_provider.hpp"

#include <tiketi/payment/cashier.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tiketi::test {

struct Scene;
class Stage;

/// Payers reserve, pay and cancel through the cashier only, so that each of their places must have its money.
struct Till {
  explicit Till(Clock& clock) : provider(clock) {}

  FakeProvider provider;
  std::vector<UserId> payers;
  std::vector<ReservationId> reservations;
  std::vector<ConfirmOrder> orders;
  std::vector<std::string> webhooks;  // orders that the provider will tell of until it is heard
  // Of processes that were held up: what they do next may come too late.
  std::vector<BegunPayment> begun;
  std::vector<AskedPayment> asked;
  // The topics told of each payment, by sequence.
  std::map<std::string, std::map<std::int64_t, std::string>> told;

  bool is_payer(UserId user) const;
};

/// Whether every place of a payer has its money, and all money its place: what is wrong, or nothing. Holds between any
/// two commits.
std::optional<std::string> find_wrong_payment(const Scene& scene, Stage& stage);

/// How many payments of an event are in progress.
std::int64_t payments_of(const Scene& scene, Stage& stage, EventId event);

/// When nothing is left to be done: the provider holds what the books say, and nothing hangs.
std::optional<std::string> find_unfinished_payment(const Scene& scene, Stage& stage);

}  // namespace tiketi::test
