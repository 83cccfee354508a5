#include "simulation/fan.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace tiketi::cli {
namespace {

constexpr double front_lovers = 0.75;
constexpr double early_birds = 0.8;  // come before the sale starts

/// One of two friends most often; bounded by what the run allows.
std::int8_t party_size(Random& random, std::int32_t most) {
  constexpr std::array<double, 4> shares{0.30, 0.45, 0.10, 0.15};
  double whole = 0;
  for (std::int32_t i = 0; i < most; ++i) whole += shares[static_cast<std::size_t>(i)];
  double drawn = random.unit() * whole;
  std::int8_t size = 1;
  for (; size < most; ++size)
    if ((drawn -= shares[static_cast<std::size_t>(size - 1)]) < 0) break;
  return size;
}

bool adjacent(const SeatPlace& a, const SeatPlace& b) {
  return a.section == b.section && a.row == b.row && a.number + 1 == b.number;
}

/// Free seats beside each other from that position of the list on, at most `wanted`.
std::size_t run_length(const Market& market, std::size_t at, std::size_t wanted) {
  std::size_t length = 1;
  while (length < wanted && at + length < market.free.size() &&
         adjacent(market.place(at + length - 1), market.place(at + length)))
    ++length;
  return length;
}

void choose_seats(Fan& fan, const Market& market, const OnSaleOptions& options, std::vector<SeatId>& out) {
  constexpr int looks = 8;
  const double pickiness = 1.0 - static_cast<double>(fan.tries) / options.tries;
  const double exponent = fan.wants_front ? 1.0 + pickiness : 1.0;  // above 1 leans to the front
  const auto size = static_cast<double>(market.free.size());
  std::size_t best_at = 0, best_length = 0;
  for (int look = 0; look < looks && best_length < static_cast<std::size_t>(fan.wants); ++look) {
    const auto at =
        std::min(static_cast<std::size_t>(size * std::pow(fan.random.unit(), exponent)), market.free.size() - 1);
    const std::size_t length = run_length(market, at, static_cast<std::size_t>(fan.wants));
    if (length > best_length) best_at = at, best_length = length;
  }
  for (std::size_t i = 0; i < best_length; ++i) out.push_back(market.place(best_at + i).id);
}

void choose_tickets(Fan& fan, const Market& market, std::vector<TicketQuantity>& out) {
  std::int64_t pointed = fan.random.between(0, market.free_tickets - 1);
  for (const TicketStock& each : market.stock) {
    if (pointed < each.available()) {
      out.push_back({each.id, std::min<std::int64_t>(fan.wants, each.available())});
      return;
    }
    pointed -= std::max<std::int64_t>(each.available(), 0);
  }
}

Habit habit_of(double share) {
  constexpr std::array<std::pair<Habit, double>, 4> shares{
      {{Habit::impatient, 0.05}, {Habit::reloads, 0.10}, {Habit::idles, 0.02}, {Habit::bot, 0.02}}};
  for (const auto& [habit, size] : shares)
    if ((share -= size) < 0) return habit;
  return Habit::waits;
}

/// Exponential, so that the burst is thickest at the opening; 98 % lie within burst_ms.
std::int64_t burst_us(Fan& fan, const OnSaleOptions& options) {
  const double share = std::min(-std::log1p(-fan.random.unit()) / 4.0, 1.25);
  return static_cast<std::int64_t>(share * static_cast<double>(options.burst_ms) * 1000.0);
}

}  // namespace

std::uint64_t Random::next() noexcept {
  std::uint64_t x = state += 0x9e3779b97f4a7c15ULL;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
  return x ^ x >> 31;
}

double Random::unit() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

std::int64_t Random::between(std::int64_t low, std::int64_t high) noexcept {
  return low + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(high - low + 1));
}

Fan make_fan(const OnSaleOptions& options, Uuid run, std::uint64_t number) {
  Fan fan;
  fan.random.state = options.seed * 0xd1342543de82ef95ULL + number * 0x2545f4914f6cdd1dULL;
  fan.random.next();
  fan.user = UserId{{run.high, run.low ^ number}};
  fan.wants = party_size(fan.random, options.seats_per_fan);
  fan.wants_front = fan.random.unit() < front_lovers;
  const double fate = fan.random.unit();
  if (fate < options.abandon_rate) fan.plan = Plan::abandon;
  else if (fate < options.abandon_rate + options.late_rate) fan.plan = Plan::pay_late;
  if (options.waiting_room.on) {
    fan.habit = habit_of(fan.random.unit());
    fan.stage = Stage::outside;
  }
  fan.card_luck = fan.random.unit();
  return fan;
}

std::int64_t arrival_us(Fan& fan, const OnSaleOptions& options) {
  const std::int64_t lobby_us = options.waiting_room.on ? options.waiting_room.lobby_ms * 1000 : 0;
  if (lobby_us > 0 && fan.random.unit() < early_birds) return fan.random.between(0, lobby_us * 19 / 20);
  return lobby_us + burst_us(fan, options);
}

std::int64_t patience_us(Fan& fan, const OnSaleOptions& options) {
  return fan.random.between(200'000, 2'000'000 + options.waiting_room.lobby_ms * 1000);
}

Reserve choose(Fan& fan, const Market& market, const OnSaleOptions& options) {
  Reserve wanted;
  wanted.event_id = market.event_id;
  wanted.user_id = fan.user;
  const auto seats = static_cast<std::int64_t>(market.free.size());
  if (seats + market.free_tickets == 0) return wanted;
  if (fan.random.between(1, seats + market.free_tickets) <= seats) choose_seats(fan, market, options, wanted.seats);
  else choose_tickets(fan, market, wanted.tickets);
  return wanted;
}

std::int64_t payment_delay_us(Fan& fan, const OnSaleOptions& options) {
  const std::int64_t hold_us = options.hold_ms * 1000;
  if (fan.plan == Plan::pay_late) return hold_us + fan.random.between(hold_us / 20, hold_us / 5);
  return fan.random.between(hold_us / 20, hold_us / 2);
}

}  // namespace tiketi::cli
