#pragma once
// Reservations of places that nobody else asks for.

#include "load/sale.hpp"

#include <memory>
#include <vector>

namespace tiketi::load {

/// The request for an errand's place.
void append_hold(std::string& out, const Address& server, const Errand& errand);

/// What is wrong with the answer to it, and the id of the reservation if nothing is.
Verdict judge_hold(const Response& response, const Errand& errand, IdText& reservation);

/// A reservation that was made, and whose it is.
struct Held {
  IdText reservation;
  const User* user = nullptr;
};

/// `hold` and `stock-contended`.
class Holds final : public Scenario {
 public:
  explicit Holds(Errands::Of of) : of_(of) {}
  /// Prepares that many at once, rather than --round-size.
  Holds(Errands::Of of, std::int64_t round_size) : of_(of), round_size_(round_size) {}

  std::vector<std::string> kinds() const override { return {"hold"}; }
  void prepare(Stage& stage) override;
  bool next(std::size_t connection, std::string& request, std::size_t& kind) override;
  Verdict judge(std::size_t connection, const Response& response) override;
  void lost(std::size_t) override { ++lost_; }
  void verify(Stage& stage) override;

  /// Of this round.
  std::vector<Held> held() const;
  const Errands& errands() const { return *errands_; }

 private:
  Errands::Of of_;
  std::int64_t round_size_ = 0;
  const Address* server_ = nullptr;
  std::unique_ptr<Errands> errands_;
  std::vector<Errand> current_;  // of each connection
  std::vector<Held> held_;       // by the errand's number; without a user where nothing is held
  std::atomic<std::int64_t> lost_{0};
};

}  // namespace tiketi::load
