#pragma once
// Reservations that are paid for by card.

#include "load/scenarios/holds.hpp"

namespace tiketi::load {

void append_payment(std::string& out, const Address& server, const Held& held);
Verdict judge_payment(const Response& response, const Held& held);

/// Pays for reservations that were made before.
class Payments final : public Scenario {
 public:
  explicit Payments(std::vector<Held> held) : held_(std::move(held)) {}

  std::vector<std::string> kinds() const override { return {"pay"}; }
  void prepare(Stage& stage) override;
  bool next(std::size_t connection, std::string& request, std::size_t& kind) override;
  Verdict judge(std::size_t connection, const Response& response) override;
  void verify(Stage& stage) override;

  std::int64_t paid() const { return paid_; }

 private:
  std::vector<Held> held_;
  const Address* server_ = nullptr;
  std::vector<const Held*> current_;  // of each connection
  std::atomic<std::size_t> next_{0};
  std::atomic<std::int64_t> paid_{0};
};

/// `pay`: holds of seats are made ready, only the payments are measured.
class HeldThenPaid final : public Scenario {
 public:
  static constexpr std::int64_t most_in_a_round = 20'000;  // paid well before their holds end

  std::vector<std::string> kinds() const override { return {"pay"}; }
  void prepare(Stage& stage) override;
  bool next(std::size_t connection, std::string& request, std::size_t& kind) override {
    return payments_->next(connection, request, kind);
  }
  Verdict judge(std::size_t connection, const Response& response) override {
    return payments_->judge(connection, response);
  }
  void lost(std::size_t) override { ++lost_; }
  void verify(Stage& stage) override;

 private:
  std::unique_ptr<Holds> holds_;
  std::unique_ptr<Payments> payments_;
  std::atomic<std::int64_t> lost_{0};
};

}  // namespace tiketi::load
