// PA3, PA7: the cashier with the sandbox in trouble: whatever it was told, it gets to the end.

#include "open_fixture.hpp"

namespace tiketi::test {
namespace {

class TroubleTest : public OpenTest {
 protected:
  Result<PaidPayment> pay(const std::string& test_code) {
    return services->cashier().pay({.user_id = held.user_id, .reservation_id = held.id, .test_code = test_code});
  }
  Payment payment() { return services->cashier().payments_for({&held.id, 1}).value().front().value(); }

  Reservation held = hold_two(make_event());
};

TEST_F(TroubleTest, ARefundThatWasAnsweredWithAnErrorIsMadeInTheEnd) {
  for (const std::string code : {"FAILED_REFUND_PROCESS", "PROVIDER_ERROR", "FORBIDDEN_CONSECUTIVE_REQUEST",
                                 "REFUND_REJECTED", "FORBIDDEN_REQUEST", "TIKETI_TIMEOUT_LOST", "TIKETI_DOWN"}) {
    held = hold_two(make_event());
    ASSERT_TRUE(pay("CANCEL:" + code));
    const auto cancelled = services->cashier().cancel_reservation(held.id, RefundReason::admin);
    EXPECT_EQ(cancelled->refund->status, RefundStatus::pending) << code;
    clock.advance(minute_ms);
    EXPECT_EQ(services->cashier().recover().value(), 1U) << code;
    const PaymentId id = payment().id;
    EXPECT_EQ(services->cashier().refunds_of({&id, 1})->front().front().status, RefundStatus::completed) << code;
  }
}

TEST_F(TroubleTest, AChargeThatWasAnsweredWithAnErrorIsMadeInTheEnd) {
  for (const std::string code : {"PROVIDER_ERROR", "FAILED_INTERNAL_SYSTEM_PROCESSING"}) {
    held = hold_two(make_event());
    const auto paid = pay(code);
    ASSERT_TRUE(paid.has_error());
    EXPECT_EQ(paid.error().code, Errc::payment_in_progress) << code;
    clock.advance(10 * second_ms);
    EXPECT_EQ(services->cashier().recover().value(), 1U) << code;
    EXPECT_EQ(payment().status, PaymentStatus::completed) << code;
  }
}

}  // namespace
}  // namespace tiketi::test
