#pragma once
// Many buyers, few seats: each seat is somebody's, and only one's (BO3).

#include "load/scenarios/holds.hpp"

namespace tiketi::load {

/// `hold-contended`: every connection is a buyer. For each event they all ask, each for one of its 50 seats; who gets
/// it pays afterwards, and then exactly 50 are sold.
class Contended final : public Scenario {
 public:
  static constexpr std::size_t seats = 50;
  static constexpr std::size_t events_of_a_round = 20;

  std::vector<std::string> kinds() const override { return {"hold"}; }
  void prepare(Stage& stage) override;
  bool next(std::size_t connection, std::string& request, std::size_t& kind) override;
  Verdict judge(std::size_t connection, const Response& response) override;
  void verify(Stage& stage) override;

 private:
  struct Race {
    EventOnSale event;
    std::atomic<std::size_t> answers{0};
    std::vector<Held> winners;        // by buyer; without a user if it was not given
    std::vector<std::size_t> wanted;  // by buyer: the index of the seat
  };
  void verify(Stage& stage, const Race& race);
  const User* user_of(std::size_t buyer) const;

  const Address* server_ = nullptr;
  const std::vector<User>* users_ = nullptr;
  std::vector<std::unique_ptr<Race>> races_;
  std::vector<std::size_t> at_;  // of each buyer: the race it is in
};

}  // namespace tiketi::load
