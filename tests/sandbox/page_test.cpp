// PA2, PA9: an order at the provider's page, from ready to done, and how its time runs out.

#include "sandbox/till.hpp"

namespace tiketi::test {

namespace {

class Page : public SandboxTest {};

TEST_F(Page, shows_the_order_and_takes_money_only_when_confirmed) {
  const std::string order = new_order();
  const auto opened = sandbox().open({order, "오페라의 유령", {150'000, krw}}).value();
  EXPECT_EQ(opened.payment_url, "/sandbox/pay/" + opened.payment_key);
  const auto shown = sandbox().order(opened.payment_key).value().value();
  EXPECT_EQ(shown.order_name, "오페라의 유령");
  EXPECT_EQ(shown.payment.order_id, order);
  EXPECT_EQ(shown.payment.total, (Money{150'000, krw}));
  EXPECT_EQ(shown.payment.status, ProviderStatus::ready);

  EXPECT_EQ(sandbox().authenticate(opened.payment_key).value().status, ProviderStatus::in_progress);
  EXPECT_FALSE(find(order).was_paid());
  EXPECT_TRUE(sandbox().books().value().empty());

  const auto done = charge(confirmation(order, opened.payment_key)).value();
  EXPECT_EQ(done.status, ProviderStatus::done);
  EXPECT_EQ(done.balance_minor, 150'000);
  EXPECT_EQ(done.approved_at, clock.now());
  EXPECT_FALSE(done.last_transaction_key.empty());
  EXPECT_TRUE(find(order).was_paid());
}

TEST_F(Page, opening_again_gives_the_same_page) {
  const std::string order = new_order();
  const std::string key = open(order);
  EXPECT_EQ(open(order), key);
  const auto another_amount = sandbox().open({order, "", {1'000, krw}});
  ASSERT_TRUE(another_amount.has_error());
  EXPECT_EQ(another_amount.error().detail("provider_code"), "DUPLICATED_ORDER_ID");
}

TEST_F(Page, what_is_not_authenticated_can_not_be_confirmed) {
  const std::string order = new_order();
  const std::string key = open(order);
  expect_error(charge(confirmation(order, key)), Errc::payment_over, "NOT_FOUND_PAYMENT_SESSION");
  EXPECT_EQ(status(order), ProviderStatus::ready);
}

TEST_F(Page, a_confirmation_must_name_its_own_order_and_amount) {
  const std::string order = new_order();
  const std::string key = open(order);
  ASSERT_TRUE(sandbox().authenticate(key).has_value());
  Charge wrong_amount = confirmation(order, key);
  wrong_amount.amount.minor -= 1;
  wrong_amount.idempotency_key = "a";
  expect_error(charge(wrong_amount), Errc::provider_unavailable, "INVALID_REQUEST");
  Charge wrong_order = confirmation(new_order(), key);
  expect_error(charge(wrong_order), Errc::provider_unavailable, "INVALID_REQUEST");
  expect_error(charge(confirmation(new_order(), "sbx_nobody")), Errc::payment_over, "NOT_FOUND_PAYMENT");
  EXPECT_EQ(charge(confirmation(order, key)).value().status, ProviderStatus::done);
}

TEST_F(Page, an_order_waits_30_minutes_for_its_customer) {
  const std::string order = new_order();
  const std::string key = open(order);
  clock.advance(30 * minute_ms - 1);
  EXPECT_EQ(status(order), ProviderStatus::ready);
  clock.advance(1);
  EXPECT_EQ(status(order), ProviderStatus::expired);
  EXPECT_EQ(find(order).failure_code, "EXPIRED_PAYMENT");
  EXPECT_EQ(sandbox().authenticate(key).error().code, Errc::payment_over);
}

TEST_F(Page, and_10_minutes_for_the_confirmation) {
  const std::string order = new_order();
  const std::string key = open(order);
  clock.advance(29 * minute_ms);
  ASSERT_TRUE(sandbox().authenticate(key).has_value());
  clock.advance(10 * minute_ms - 1);
  EXPECT_EQ(status(order), ProviderStatus::in_progress);
  ASSERT_TRUE(sandbox().authenticate(key).has_value()) << "may be repeated, and gives no more time";
  clock.advance(1);
  EXPECT_EQ(status(order), ProviderStatus::expired);
  expect_error(charge(confirmation(order, key)), Errc::payment_over, "NOT_FOUND_PAYMENT_SESSION");
}

TEST_F(Page, a_customer_who_leaves_may_come_back) {
  const std::string order = new_order();
  const std::string key = open(order);
  EXPECT_EQ(sandbox().abandon(key).value().status, ProviderStatus::ready);
  ASSERT_TRUE(sandbox().authenticate(key).has_value());
  EXPECT_TRUE(charge(confirmation(order, key)).has_value());
  EXPECT_EQ(sandbox().abandon(key).error().code, Errc::payment_over);
}

TEST_F(Page, what_the_bank_rejects_is_aborted) {
  const std::string order = new_order();
  const std::string key = open(order);
  const auto rejected = sandbox().reject(key, "REJECT_CARD_COMPANY").value();
  EXPECT_EQ(rejected.status, ProviderStatus::aborted);
  EXPECT_EQ(find(order).failure_code, "REJECT_CARD_COMPANY");
  EXPECT_EQ(sandbox().authenticate(key).error().code, Errc::payment_over);
  expect_error(charge(confirmation(order, key)), Errc::payment_over, "NOT_FOUND_PAYMENT_SESSION");
}

TEST_F(Page, nobody_knows_a_payment_that_was_never_opened) {
  EXPECT_EQ(sandbox().authenticate("sbx_nobody").error().code, Errc::payment_not_found);
  EXPECT_EQ(sandbox().reject("sbx_nobody", "X").error().code, Errc::payment_not_found);
  EXPECT_EQ(sandbox().abandon("sbx_nobody").error().code, Errc::payment_not_found);
  EXPECT_FALSE(sandbox().order("sbx_nobody").value());
  EXPECT_FALSE(sandbox().find(new_order()).value());
}

TEST_F(Page, malformed_orders_are_not_opened) {
  for (const std::string& order : {std::string("short"), std::string(65, 'a'), std::string("has space"), std::string()})
    EXPECT_EQ(sandbox().open({order, "", {1'000, krw}}).error().detail("provider_code"), "INVALID_REQUEST") << order;
  EXPECT_EQ(sandbox().open({new_order(), "", {99, krw}}).error().detail("provider_code"), "BELOW_MINIMUM_AMOUNT");
  EXPECT_EQ(sandbox().open({new_order(), "", {0, krw}}).error().detail("provider_code"), "INVALID_REQUEST");
  EXPECT_EQ(sandbox().open({new_order(), "\n", {1'000, krw}}).error().detail("provider_code"), "INVALID_REQUEST");
}

TEST_F(Page, a_provider_may_charge_only_from_its_page) {
  options.charges_directly = false;
  options.page_prefix = "https://pay.example/";
  reopen();
  EXPECT_FALSE(sandbox().charges_directly());
  EXPECT_EQ(charge(charge_of(new_order())).error().code, Errc::not_supported);
  const std::string order = new_order();
  EXPECT_EQ(sandbox().open({order, "", {1'000, krw}}).value().payment_url, "https://pay.example/" + open(order, 1'000));
}

}  // namespace

}  // namespace tiketi::test
