#pragma once
// A thread's share of the fans, and what all shares have in common.

#include "simulation/fan.hpp"
#include "simulation/market.hpp"
#include "simulation/tally.hpp"

#include <tiketi/base/batcher.hpp>
#include <tiketi/box_office/box_office.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <queue>
#include <utility>
#include <variant>
#include <vector>

namespace tiketi::cli {

/// The sale, as the crowds share it.
class Sale {
 public:
  Sale(BoxOffice& box_office, const OnSaleOptions& options);

  const OnSaleOptions& options() const { return options_; }
  /// From now on time is counted.
  void open_doors() { opening_ = std::chrono::steady_clock::now(); }
  std::int64_t now_us() const;  ///< since the opening

  std::shared_ptr<const Market> market() const;
  void show(std::shared_ptr<const Market> market);

  void stop() { stopping_ = true; }
  bool stopping() const { return stopping_; }

  Batcher<Reserve, Result<Reserved>> reserve;
  Batcher<Confirm, Result<Reservation>> confirm;
  std::atomic<std::int64_t> fans_done{0};
  std::atomic<std::int64_t> holds{0};

 private:
  const OnSaleOptions options_;
  std::chrono::steady_clock::time_point opening_;  ///< set before the crowds run
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::shared_ptr<const Market> market_;
};

/// Drives its fans until each of them is done, or the sale is stopped and every call is answered.
class Crowd {
 public:
  Crowd(Sale& sale, std::vector<Fan> fans);

  void run();
  const Tally& tally() const { return tally_; }  ///< after `run`

 private:
  struct Answer {
    std::uint32_t fan = 0;
    std::int64_t at_us = 0;
    std::variant<Result<Reserved>, Result<Reservation>> result;
  };
  using Due = std::pair<std::int64_t, std::uint32_t>;  // when, who

  std::vector<Answer> wait();
  void post(Answer answer);
  void act_on_due();
  void look(std::uint32_t number);
  void pay(std::uint32_t number);
  void take(std::uint32_t number, std::int64_t at_us, const Result<Reserved>& answer);
  void take(std::uint32_t number, std::int64_t at_us, const Result<Reservation>& answer);
  void wake(std::uint32_t number, std::int64_t delay_us);
  void retry(std::uint32_t number, Ending otherwise);
  void come_back_later(std::uint32_t number);
  void finish(std::uint32_t number, Ending ending);

  Sale& sale_;
  std::vector<Fan> fans_;
  Tally tally_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::size_t alive_;
  std::size_t in_flight_ = 0;
  std::mutex mutex_;
  std::condition_variable posted_;
  std::vector<Answer> inbox_;
};

}  // namespace tiketi::cli
