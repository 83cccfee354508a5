#pragma once
// Payments, refunds and points for the store's cases, as the rules make them.

#include "store/store_fixture.hpp"

#include <tiketi/payment/store.hpp>

#include <optional>
#include <string>
#include <vector>

namespace tiketi::test {

/// A payment of a reservation that is begun at once; its points are set aside.
PaymentChange make_begun(Ids& ids, Timestamp now, UserId user, ReservationId reservation, std::int64_t amount_minor,
                         std::int64_t points_minor = 0);
/// An order for the provider's page that may be paid for 30 minutes.
PaymentChange make_order(Ids& ids, Timestamp now, UserId user, ReservationId reservation, std::int64_t amount_minor);
/// Points that were charged and paid for, in one step.
PaymentChange make_points(Ids& ids, Timestamp now, UserId user, std::int64_t amount_minor);

// The changes that follow.
PaymentChange begun(const Payment& order, Timestamp now);
PaymentChange completed(const Payment& current, Ids& ids, Timestamp now);
PaymentChange failed(const Payment& current, Ids& ids, Timestamp now);
PaymentChange given_up(const Payment& current, Timestamp now);
PaymentChange postponed(const Payment& current, Timestamp next_attempt_at);
PaymentChange refund_booked(const Payment& current, Ids& ids, Timestamp now, std::int64_t card_minor,
                            std::int64_t points_minor = 0, std::int64_t fee_minor = 0);
PaymentChange refund_paid(const Payment& current, const Refund& refund, Ids& ids, Timestamp now);

class PaymentStoreTest : public StoreTest {
 protected:
  void TearDown() override;  // also expects that the cashier's verify() finds nothing, unless `expect_clean` is false

  PaymentStore& payments() { return stores().payments(); }

  using StoreTest::commit;
  PaymentOutcome commit(const PaymentChange& change);
  std::vector<PaymentOutcome> commit(const std::vector<PaymentChange>& changes);
  /// Committed; a guard that fails fails the test. Returns the payment as it is then.
  Payment apply(const PaymentChange& change);

  PaymentChange begin(std::int64_t amount_minor = 150'000, std::int64_t points_minor = 0, UserId user = {},
                      ReservationId reservation = {});
  UserId rich(std::int64_t points_minor);  ///< a new customer with points

  Payment stored(PaymentId id);
  std::optional<Payment> paying(ReservationId id);  ///< the store's answer for a reservation
  std::int64_t points(UserId user) { return payments().points({&user, 1}).value().front(); }
  std::int64_t balance(AccountKind kind);
  std::vector<std::string> topics();
};

/// An account that is not a customer's.
inline Account house(AccountKind kind) { return {kind, krw, {}}; }
inline Account points_of(UserId user) { return {AccountKind::user_points, krw, user}; }

}  // namespace tiketi::test
