#pragma once
// A thread's share of the fans, and what all shares have in common.

#include "simulation/door.hpp"
#include "simulation/fan.hpp"
#include "simulation/market.hpp"
#include "simulation/tally.hpp"

#include <tiketi/base/batcher.hpp>
#include <tiketi/open.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <queue>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tiketi::cli {

/// The sale, as the crowds share it.
class Sale {
 public:
  Sale(Services& services, const OnSaleOptions& options);

  const OnSaleOptions& options() const { return options_; }
  /// From now on time is counted.
  void open_doors() { opening_ = std::chrono::steady_clock::now(); }
  std::int64_t now_us() const;  ///< since the opening
  /// When the sale starts, counted from the opening.
  std::int64_t start_us() const { return door ? options_.waiting_room.lobby_ms * 1000 : 0; }

  std::shared_ptr<const Market> market() const;
  void show(std::shared_ptr<const Market> market);

  void stop() { stopping_ = true; }
  bool stopping() const { return stopping_; }

  Batcher<Reserve, Result<Reserved>> reserve;
  Batcher<Pay, Result<PaidPayment>> pay;
  std::unique_ptr<Door> door;  ///< null: everybody may come in. Set before the crowds run
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

  // What the doorman tells, from any thread.
  void admit(std::uint32_t fan, std::string entry_token) {
    post({fan, sale_.now_us(), Admission{std::move(entry_token)}});
  }
  void expel(std::uint32_t fan) { post({fan, sale_.now_us(), Expulsion{}}); }

 private:
  struct Admission {
    std::string entry_token;
  };
  struct Expulsion {};
  /// The answer to a call of that fan's, or what the doorman tells unasked.
  struct News {
    std::uint32_t fan = 0;
    std::int64_t at_us = 0;
    std::variant<Result<Reserved>, Result<PaidPayment>, Result<RoomStatus>, Result<void>, Admission, Expulsion> what;
    bool is_answer = false;
  };
  using Due = std::pair<std::int64_t, std::uint32_t>;  // when, who

  std::vector<News> wait();
  void post(News news);
  template <class Command, class Answer>
  Result<void> call(Batcher<Command, Answer>& batcher, std::uint32_t number, Command command);
  void act_on_due();
  void act(std::uint32_t number);

  // Buying: crowd.cpp
  void look(std::uint32_t number);
  void pay(std::uint32_t number);
  void take(std::uint32_t number, std::int64_t at_us, const Result<Reserved>& answer);
  void take(std::uint32_t number, std::int64_t at_us, const Result<PaidPayment>& answer);
  void wake(std::uint32_t number, std::int64_t delay_us);
  void retry(std::uint32_t number, Ending otherwise);
  void come_back_later(std::uint32_t number);
  void finish(std::uint32_t number, Ending ending);
  void done(std::uint32_t number);

  // Waiting: crowd_in_line.cpp
  void enter(std::uint32_t number);
  void enter_again(std::uint32_t number);
  void pass_time(std::uint32_t number);
  void go_home(std::uint32_t number);
  void go_on(std::uint32_t number, std::int64_t at_us);
  void go_in(Fan& fan, std::int64_t at_us);
  void note_place(Fan& fan, const RoomStatus& status, std::int64_t at_us);
  void hear_of_stock();
  bool sneak(std::uint32_t number, std::string entry_token);
  void leave(std::uint32_t number);
  void take_sneaked(std::uint32_t number, std::int64_t at_us, const Result<Reserved>& answer);
  void take(std::uint32_t number, std::int64_t at_us, const Result<RoomStatus>& answer);
  void take(std::uint32_t number, std::int64_t at_us, const Result<void>& left);
  void take(std::uint32_t number, std::int64_t at_us, const Admission& told);
  void take(std::uint32_t number, std::int64_t at_us, const Expulsion& told);
  void stand(Fan& fan, Stage stage);

  Sale& sale_;
  std::vector<Fan> fans_;
  Tally tally_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;  // one is stale unless its fan has that time too
  std::size_t alive_;
  std::size_t in_flight_ = 0;
  bool heard_sold_out_ = false;
  std::mutex mutex_;
  std::condition_variable posted_;
  std::vector<News> inbox_;
};

template <class Command, class Answer>
Result<void> Crowd::call(Batcher<Command, Answer>& batcher, std::uint32_t number, Command command) {
  auto submitted = batcher.submit(std::move(command), [this, number](Answer answer) {
    post({number, sale_.now_us(), std::move(answer), true});
  });
  if (submitted.has_error()) return submitted;
  ++in_flight_;
  ++fans_[number].calls;
  return submitted;
}

/// A time in microseconds, as it is tallied.
std::uint32_t clamp_us(std::int64_t us);

}  // namespace tiketi::cli
