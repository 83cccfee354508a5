#pragma once
// A bit of everything, as on a busy evening.

#include "load/scenarios/holds.hpp"
#include "load/scenarios/pages.hpp"

#include <random>

namespace tiketi::load {

/// `mixed`: of what visitors set out to do, 40 % look at the list, 25 % at an event, 15 % at its seat map, 15 % hold a
/// seat and pay, 5 % hold one and cancel. They all are at the event that is being sold.
class Mixed final : public Scenario {
 public:
  std::vector<std::string> kinds() const override {
    return {"events-list", "event-detail", "seat-map", "hold", "pay", "cancel"};
  }
  void prepare(Stage& stage) override;
  bool next(std::size_t connection, std::string& request, std::size_t& kind) override;
  Verdict judge(std::size_t connection, const Response& response) override;
  void lost(std::size_t connection) override;
  void verify(Stage& stage) override;

 private:
  enum Kind : std::uint8_t { list, detail, seat_map, hold, pay, cancel };

  struct Visitor {
    std::minstd_rand random;
    Kind asked = list;
    const Page* page = nullptr;  // that was asked for
    Errand errand;
    bool wants_to_pay = false;
    Held held;  // without a user: nothing is held
  };
  struct Counts {
    std::atomic<std::int64_t> held{0}, paid{0}, cancelled{0}, lost{0};
  };

  Kind decide(Visitor& visitor) const;
  bool ask_for_seat(Visitor& visitor, std::string& request);

  const Address* server_ = nullptr;
  std::unique_ptr<Errands> errands_;
  std::unique_ptr<Page> list_;
  std::vector<std::unique_ptr<Page>> details_, seat_maps_;  // by event
  std::vector<Visitor> visitors_;                           // by connection
  Counts counts_;
};

}  // namespace tiketi::load
