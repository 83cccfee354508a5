#include "house.hpp"

namespace tiketi::test {

void House::check() {
  recover_all();
  for (const Finding& finding : stores->payments().verify().value())
    ADD_FAILURE() << finding.invariant << ": " << finding.what;
  for (const Finding& finding : stores->box_office().verify().value())
    ADD_FAILURE() << finding.invariant << ": " << finding.what;
  EXPECT_EQ(provider.money(), balance(AccountKind::provider_clearing)) << "the provider holds something else";
  EXPECT_EQ(balance(AccountKind::points_set_aside), 0) << "points are set aside for nobody";
  EXPECT_EQ(balance(AccountKind::refunds_payable), 0) << "a refund is never paid";
  for (const UserId user : {customer, other})
    for (const Payment& payment : cashier().payments_of(user).value()) {
      EXPECT_NE(payment.status, PaymentStatus::processing) << "a payment never ends";
      if (payment.purpose != PaymentPurpose::reservation || payment.amount.minor == 0) continue;
      const Reservation reservation = office.reservation(payment.reservation_id).value();
      const bool sold =
          reservation.status == ReservationStatus::confirmed && reservation.payment_reference == payment.id.text();
      if (payment.status == PaymentStatus::completed || payment.status == PaymentStatus::partially_refunded) {
        EXPECT_TRUE(sold) << "money is kept for a place that was not given";
      } else if (payment.paid_at.ms == 0) {
        EXPECT_FALSE(sold) << "a place was given without money";
      }
    }
}

}  // namespace tiketi::test
