#pragma once
// A sandbox with a clock that obeys, and short ways to its calls.

#include "support/fakes.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>
#include <tiketi/adapters/sandbox.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace tiketi::test {

class SandboxTest : public ::testing::Test {
 protected:
  void SetUp() override { reopen(); }

  void reopen() {
    sandbox_.reset();
    auto opened = make_sandbox(options, clock, ids);
    if (opened.has_error()) throw std::runtime_error(opened.error().message);
    sandbox_ = std::move(*opened);
  }
  SandboxProvider& sandbox() { return *sandbox_; }

  std::string new_order() { return "order-" + std::to_string(++last_order_); }
  static Charge charge_of(const std::string& order, std::int64_t minor = 150'000, const std::string& test_code = {}) {
    return {order, {}, {minor, krw}, order + ":charge", test_code};
  }
  static CancelCharge cancellation_of(const ProviderPayment& payment, std::int64_t minor,
                                      const std::string& key = "refund-1") {
    return {payment.payment_key, minor, krw, "the customer cancelled", key};
  }
  Result<ProviderPayment> charge(const Charge& charge) { return sandbox().charge({&charge, 1}).front(); }
  Result<ProviderPayment> cancel(const CancelCharge& cancellation) {
    return sandbox().cancel({&cancellation, 1}).front();
  }
  ProviderPayment paid(std::int64_t minor = 150'000, const std::string& test_code = {}) {
    return charge(charge_of(new_order(), minor, test_code)).value();
  }
  ProviderPayment find(const std::string& order) { return sandbox().find(order).value().value(); }
  ProviderStatus status(const std::string& order) { return find(order).status; }

  /// An order at the page, and its payment key.
  std::string open(const std::string& order, std::int64_t minor = 150'000) {
    return sandbox().open({order, "오페라의 유령", {minor, krw}}).value().payment_key;
  }
  Charge confirmation(const std::string& order, const std::string& payment_key) {
    Charge out = charge_of(order);
    out.payment_key = payment_key;
    out.idempotency_key = order + ":confirm";
    return out;
  }

  static void expect_error(const Result<ProviderPayment>& answer, Errc code, std::string_view provider_code) {
    ASSERT_TRUE(answer.has_error()) << "was done";
    const Error error = answer.error();
    EXPECT_EQ(error.code, code) << error.message;
    EXPECT_EQ(error.detail("provider_code"), provider_code);
  }

  SandboxOptions options;
  FakeClock clock;
  CountingIds ids{clock};

 private:
  std::unique_ptr<SandboxProvider> sandbox_;
  int last_order_ = 100'000;
};

}  // namespace tiketi::test
