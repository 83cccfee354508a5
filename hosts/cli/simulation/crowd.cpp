#include "simulation/crowd.hpp"

#include <algorithm>
#include <utility>

namespace tiketi::cli {
namespace {

constexpr std::int64_t longest_wait_us = 50'000;  // so that a stopped sale is noticed
constexpr std::int64_t first_pause_us = 100'000;  // after being turned away; doubles up to five times
constexpr std::int16_t patience_with_full_queue = 50;

std::uint32_t clamp_us(std::int64_t us) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(us, 0, std::int64_t{0xffff'ffff}));
}

}  // namespace

Sale::Sale(BoxOffice& box_office, const OnSaleOptions& options)
    : reserve([&box_office](std::span<const Reserve> batch) { return box_office.reserve(batch); }),
      confirm([&box_office](std::span<const Confirm> batch) { return box_office.confirm(batch); }),
      options_(options) {}

std::int64_t Sale::now_us() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - opening_).count();
}

std::shared_ptr<const Market> Sale::market() const {
  const std::lock_guard lock(mutex_);
  return market_;
}

void Sale::show(std::shared_ptr<const Market> market) {
  const std::lock_guard lock(mutex_);
  market_ = std::move(market);
}

Crowd::Crowd(Sale& sale, std::vector<Fan> fans) : sale_(sale), fans_(std::move(fans)), alive_(fans_.size()) {
  for (std::uint32_t i = 0; i < fans_.size(); ++i) due_.emplace(arrival_us(fans_[i], sale_.options()), i);
}

void Crowd::run() {
  while (alive_ > 0 && (in_flight_ > 0 || !sale_.stopping())) {
    for (const Answer& each : wait()) {
      --in_flight_;
      std::visit([&](const auto& result) { take(each.fan, each.at_us, result); }, each.result);
    }
    if (!sale_.stopping()) act_on_due();
  }
}

std::vector<Crowd::Answer> Crowd::wait() {
  std::int64_t wait_us = longest_wait_us;
  if (!due_.empty() && !sale_.stopping()) wait_us = std::min(wait_us, due_.top().first - sale_.now_us());
  std::vector<Answer> answers;
  std::unique_lock lock(mutex_);
  if (wait_us > 0) posted_.wait_for(lock, std::chrono::microseconds(wait_us), [this] { return !inbox_.empty(); });
  answers.swap(inbox_);
  return answers;
}

void Crowd::post(Answer answer) {
  const std::lock_guard lock(mutex_);  // notified under it: the crowd may be gone right after its last answer
  inbox_.push_back(std::move(answer));
  if (inbox_.size() == 1) posted_.notify_one();
}

void Crowd::act_on_due() {
  const std::int64_t now_us = sale_.now_us();
  while (!due_.empty() && due_.top().first <= now_us) {
    const std::uint32_t number = due_.top().second;
    due_.pop();
    if (fans_[number].reservation.is_nil()) look(number);
    else pay(number);
  }
}

void Crowd::look(std::uint32_t number) {
  Fan& fan = fans_[number];
  Reserve wanted = choose(fan, *sale_.market(), sale_.options());
  if (wanted.seats.empty() && wanted.tickets.empty()) return retry(number, Ending::sold_out);
  fan.called_us = sale_.now_us();
  const auto refused = sale_.reserve.submit(std::move(wanted), [this, number](Result<Reserved> answer) {
    post({number, sale_.now_us(), std::move(answer)});
  });
  if (refused.has_value()) {
    ++in_flight_;
    return;
  }
  ++tally_.refused[refused.error().code];
  come_back_later(number);
}

void Crowd::pay(std::uint32_t number) {
  Fan& fan = fans_[number];
  if (fan.plan == Plan::abandon) return finish(number, Ending::abandoned);
  const auto refused = sale_.confirm.submit(Confirm{fan.reservation, "simulated-" + fan.user.text(), fan.user},
                                            [this, number](Result<Reservation> answer) {
                                              post({number, sale_.now_us(), std::move(answer)});
                                            });
  if (refused.has_value()) {
    ++in_flight_;
    return;
  }
  ++tally_.payment_refused[refused.error().code];
  come_back_later(number);
}

void Crowd::take(std::uint32_t number, std::int64_t at_us, const Result<Reserved>& answer) {
  Fan& fan = fans_[number];
  tally_.latencies_us.push_back(clamp_us(at_us - fan.called_us));
  tally_.last_answer_us = std::max(tally_.last_answer_us, at_us);
  if (answer.has_error()) {
    ++tally_.refused[answer.error().code];
    return retry(number, Ending::gave_up);
  }
  tally_.add_hold(at_us);
  ++sale_.holds;
  fan.reservation = answer->reservation.id;
  fan.turned_away = 0;
  wake(number, payment_delay_us(fan, sale_.options()));
}

void Crowd::take(std::uint32_t number, std::int64_t, const Result<Reservation>& answer) {
  if (answer.has_value()) {
    tally_.add_sale(*answer);
    return finish(number, Ending::bought);
  }
  ++tally_.payment_refused[answer.error().code];
  if (retriable(answer.error().code)) return come_back_later(number);  // the same payment again changes nothing
  finish(number, Ending::too_late);
}

void Crowd::wake(std::uint32_t number, std::int64_t delay_us) { due_.emplace(sale_.now_us() + delay_us, number); }

void Crowd::retry(std::uint32_t number, Ending otherwise) {
  Fan& fan = fans_[number];
  if (++fan.tries >= sale_.options().tries) return finish(number, otherwise);
  // Who saw nothing free waits for what others let go of; who was refused looks again when the map is new.
  const std::int64_t turn_us =
      otherwise == Ending::sold_out ? sale_.options().hold_ms * 300 : sale_.options().refresh_ms * 1000;
  wake(number, fan.random.between(turn_us / 2, turn_us * 3 / 2));
}

void Crowd::come_back_later(std::uint32_t number) {
  Fan& fan = fans_[number];
  if (++fan.turned_away < patience_with_full_queue) {
    const std::int64_t pause_us = first_pause_us << std::min<int>(fan.turned_away - 1, 5);
    return wake(number, fan.random.between(pause_us / 2, pause_us * 3 / 2));
  }
  if (!fan.reservation.is_nil()) ++tally_.unresolved_payments;
  finish(number, fan.reservation.is_nil() ? Ending::gave_up : Ending::too_late);
}

void Crowd::finish(std::uint32_t, Ending ending) {
  ++tally_.of(ending);
  --alive_;
  ++sale_.fans_done;
}

}  // namespace tiketi::cli
