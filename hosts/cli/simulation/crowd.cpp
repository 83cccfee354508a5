#include "simulation/crowd.hpp"

#include "simulation/till.hpp"

#include <algorithm>
#include <utility>

namespace tiketi::cli {
namespace {

constexpr std::int64_t longest_wait_us = 50'000;  // so that a stopped sale is noticed
constexpr std::int64_t first_pause_us = 100'000;  // after being turned away; doubles up to five times
constexpr std::int16_t patience_when_turned_away = 50;
constexpr std::int8_t most_cards = 3;
constexpr std::int64_t between_cards_us = 20'000;

/// The waiting room's refusals, which stand together.
bool is_of_the_door(Errc code) { return Errc::queue_required <= code && code <= Errc::admission_over; }

}  // namespace

std::uint32_t clamp_us(std::int64_t us) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(us, 0, std::int64_t{0xffff'ffff}));
}

Sale::Sale(Services& services, const OnSaleOptions& options)
    : reserve([&services](std::span<const Reserve> batch) { return services.box_office().reserve(batch); }),
      pay([&services](std::span<const Pay> batch) { return pay_all(services.cashier(), batch); }),
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
  for (std::uint32_t i = 0; i < fans_.size(); ++i) {
    fans_[i].wake_us = arrival_us(fans_[i], sale_.options());
    due_.emplace(fans_[i].wake_us, i);
  }
}

void Crowd::run() {
  while (alive_ > 0 && (in_flight_ > 0 || !sale_.stopping())) {
    for (const News& each : wait()) {
      if (each.is_answer) {
        --in_flight_;
        --fans_[each.fan].calls;
      }
      std::visit([&](const auto& what) { take(each.fan, each.at_us, what); }, each.what);
    }
    if (sale_.stopping()) continue;
    hear_of_stock();
    act_on_due();
  }
  for (const Fan& each : fans_)
    if (!each.bill.reservation.is_nil()) tally_.bills.push_back(each.bill);
}

std::vector<Crowd::News> Crowd::wait() {
  std::int64_t wait_us = longest_wait_us;
  if (!due_.empty() && !sale_.stopping()) wait_us = std::min(wait_us, due_.top().first - sale_.now_us());
  std::vector<News> news;
  std::unique_lock lock(mutex_);
  if (wait_us > 0) posted_.wait_for(lock, std::chrono::microseconds(wait_us), [this] { return !inbox_.empty(); });
  news.swap(inbox_);
  return news;
}

void Crowd::post(News news) {
  const std::lock_guard lock(mutex_);  // notified under it: the crowd may be gone right after its last answer
  inbox_.push_back(std::move(news));
  if (inbox_.size() == 1) posted_.notify_one();
}

void Crowd::act_on_due() {
  const std::int64_t now_us = sale_.now_us();
  while (!due_.empty() && due_.top().first <= now_us) {
    const auto [due_us, number] = due_.top();
    due_.pop();
    if (fans_[number].wake_us == due_us) act(number);
  }
}

void Crowd::act(std::uint32_t number) {
  Fan& fan = fans_[number];
  fan.wake_us = -1;
  switch (fan.stage) {
    case Stage::outside:
      return enter(number);
    case Stage::in_line:
      return pass_time(number);
    case Stage::inside:
      return fan.bill.reservation.is_nil() ? look(number) : pay(number);
    case Stage::leaving:
      return leave(number);
    case Stage::idle:
    case Stage::left:
      return;
  }
}

void Crowd::look(std::uint32_t number) {
  Fan& fan = fans_[number];
  Reserve wanted = choose(fan, *sale_.market(), sale_.options());
  if (wanted.seats.empty() && wanted.tickets.empty()) return retry(number, Ending::sold_out);
  wanted.entry_token = fan.entry_token;
  fan.called_us = sale_.now_us();
  const auto called = call(sale_.reserve, number, std::move(wanted));
  if (called.has_value()) return;
  ++tally_.refused[called.error().code];
  come_back_later(number);
}

void Crowd::pay(std::uint32_t number) {
  Fan& fan = fans_[number];
  if (fan.plan == Plan::abandon) return finish(number, Ending::abandoned);
  fan.called_us = sale_.now_us();
  const auto called = call(sale_.pay, number, payment_of(fan, sale_.options()));
  if (called.has_value()) return;
  ++tally_.payment_refused[called.error().code];
  come_back_later(number);
}

void Crowd::take(std::uint32_t number, std::int64_t at_us, const Result<Reserved>& answer) {
  Fan& fan = fans_[number];
  if (fan.stage != Stage::inside) return take_sneaked(number, at_us, answer);
  tally_.latencies_us.push_back(clamp_us(at_us - fan.called_us));
  tally_.last_answer_us = std::max(tally_.last_answer_us, at_us);
  if (answer.has_error()) {
    const Errc code = answer.error().code;
    ++tally_.refused[code];
    const bool may_try = fan.tries + 1 < sale_.options().tries;
    if (sale_.door && is_of_the_door(code) && may_try) return enter_again(number);
    return retry(number, Ending::gave_up);
  }
  tally_.add_hold(at_us);
  if (sale_.door) tally_.room.holders.push_back(fan.user);
  ++sale_.holds;
  fan.bill = {.reservation = answer->reservation.id, .due = answer->reservation.total};
  fan.lines = answer->reservation.lines;
  fan.turned_away = 0;
  wake(number, payment_delay_us(fan, sale_.options()));
}

void Crowd::take(std::uint32_t number, std::int64_t at_us, const Result<PaidPayment>& answer) {
  Fan& fan = fans_[number];
  tally_.payments_us.push_back(clamp_us(at_us - fan.called_us));
  if (answer.has_value()) {
    fan.bill.told_paid = true;
    tally_.add_sale(fan.lines);
    return finish(number, Ending::bought);
  }
  const Errc code = answer.error().code;
  ++tally_.payment_refused[code];
  if (code == Errc::payment_in_progress || retriable(code)) return come_back_later(number);  // with the same payment
  const bool may_try_another = code == Errc::payment_refused || code == Errc::provider_unavailable;
  if (may_try_another && ++fan.bill.cards_refused < most_cards) {
    if (code == Errc::provider_unavailable) return come_back_later(number);
    return wake(number, between_cards_us);
  }
  finish(number, Ending::unpaid);
}

void Crowd::wake(std::uint32_t number, std::int64_t delay_us) {
  fans_[number].wake_us = sale_.now_us() + delay_us;
  due_.emplace(fans_[number].wake_us, number);
}

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
  if (++fan.turned_away < patience_when_turned_away) {
    const std::int64_t pause_us = first_pause_us << std::min<int>(fan.turned_away - 1, 5);
    return wake(number, fan.random.between(pause_us / 2, pause_us * 3 / 2));
  }
  if (fan.stage == Stage::leaving) return done(number);
  const bool holds_places = !fan.bill.reservation.is_nil();
  if (holds_places) ++tally_.unresolved_payments;
  finish(number, holds_places ? Ending::unpaid : Ending::gave_up);
}

void Crowd::finish(std::uint32_t number, Ending ending) {
  Fan& fan = fans_[number];
  fan.ending = ending;
  if (!sale_.door || fan.stage == Stage::outside) return done(number);
  fan.turned_away = 0;
  stand(fan, Stage::leaving);
  leave(number);
}

void Crowd::done(std::uint32_t number) {
  stand(fans_[number], Stage::left);
  ++tally_.of(fans_[number].ending);
  --alive_;
  ++sale_.fans_done;
}

}  // namespace tiketi::cli
