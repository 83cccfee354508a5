#pragma once
// A house with one concert on sale, and customers who have paid.

#include "cli/program.hpp"

#include <tiketi/adapters/sandbox.hpp>

#include <string>

namespace tiketi::test {

class House : public Program {
 protected:
  static constexpr auto winter = "Winter Concert Tour in Seoul";

  House() { seed(); }

  /// The number of a reservation that was paid by card.
  std::string sold(const std::string& customer, const Words& places = {"--ticket", "일반석=2"}) const {
    Words words{"reserve", winter, "--user", customer};
    words.insert(words.end(), places.begin(), places.end());
    const auto held = run_json(words).json();
    const auto services = open_services();
    Pay pay;
    pay.user_id = *UserId::parse(held.at("user").as_string().c_str());
    pay.reservation_id = *ReservationId::parse(held.at("id").as_string().c_str());
    const auto paid = services->cashier().pay(pay);
    EXPECT_TRUE(paid.has_value()) << paid.error().message;
    return held.at("number").as_string().c_str();
  }

  /// Charges points at the sandbox, as a customer would.
  void charge_points(UserId customer, std::int64_t amount) const {
    const auto services = open_services();
    Prepare order;
    order.user_id = customer;
    order.amount_minor = amount;
    const auto prepared = services->cashier().prepare(order);
    ASSERT_TRUE(prepared.has_value()) << prepared.error().message;
    const std::string key = prepared->payment_url.substr(prepared->payment_url.rfind('/') + 1);
    ASSERT_TRUE(services->sandbox()->authenticate(key).has_value());
    const Payment& payment = prepared->payment;
    const auto charged = services->cashier().confirm({key, payment.order_id, payment.card_minor(), {}, {}});
    ASSERT_TRUE(charged.has_value()) << charged.error().message;
  }

  std::int64_t free_places() const { return run_json({"event", winter}).json().at("available").as_int64(); }

  /// What the newest entries of the audit log say was done, newest first.
  Words actions(const Words& filter = {}) const {
    Words words{"audit"};
    words.insert(words.end(), filter.begin(), filter.end());
    Words out;
    const auto said = run_json(words).json();
    for (const auto& each : said.at("entries").as_array()) {
      EXPECT_TRUE(each.at("actor").is_null()) << "the house itself";
      out.emplace_back(each.at("action").as_string().c_str());
    }
    return out;
  }

  void expect(const Said& said, const std::string& error, int code) const {
    EXPECT_EQ(said.code, code) << said.out << said.err;
    EXPECT_EQ(said.error(), error);
  }
};

}  // namespace tiketi::test
