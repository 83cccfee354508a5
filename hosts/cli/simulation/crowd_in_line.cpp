// What fans do before the box office's door: come, wait, reload, give up, leave; and what bots try.

#include "simulation/crowd.hpp"

#include <tiketi/base/base64.hpp>

#include <algorithm>

namespace tiketi::cli {
namespace {

constexpr int places_per_bot = 20;
constexpr std::int64_t reload_every_us = 1'000'000;
constexpr std::int64_t sneak_every_us = 300'000;
constexpr std::int64_t way_home_us = 300'000;  // within which those leave who hear that all is sold
constexpr std::int64_t look_around_us = 50'000;
constexpr std::int64_t wait_for_answers_us = 10'000;

bool is_busy(Stage stage) { return stage == Stage::inside || stage == Stage::leaving; }

/// Which of the room's admissions an entry token is for; 0 if it is none. See entry_token.hpp for its form.
std::int64_t admission_in(const std::string& entry_token) {
  constexpr std::size_t offset = 33, size = 8;
  const auto bytes = from_base64url(entry_token);
  if (!bytes || bytes->size() < offset + size) return 0;
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < size; ++i) number = number << 8 | (*bytes)[offset + i];
  return static_cast<std::int64_t>(number);
}

}  // namespace

void Crowd::enter(std::uint32_t number) {
  Fan& fan = fans_[number];
  const bool is_bot = fan.habit == Habit::bot && !fan.has_come;
  for (int place = 0; place < (is_bot ? places_per_bot : 1); ++place) {
    const auto called = call(sale_.door->enter, number, Enter{sale_.door->event, fan.user});
    if (called.has_error()) {
      ++tally_.room.refused[called.error().code];
      break;
    }
    if (is_bot) ++tally_.room.asked_by_bots;
  }
  if (fan.calls == 0) return come_back_later(number);
  stand(fan, Stage::in_line);
}

/// The admission is over, before the fan had what it came for.
void Crowd::enter_again(std::uint32_t number) {
  Fan& fan = fans_[number];
  ++fan.tries;
  fan.entry_token.clear();
  fan.placed_us = -1;
  fan.position = 0;
  tally_.room.entered_again.push_back(fan.user);
  stand(fan, Stage::outside);
  wake(number, 0);
}

void Crowd::pass_time(std::uint32_t number) {
  Fan& fan = fans_[number];
  if (sale_.door->sold_out) return go_home(number);
  if (fan.habit == Habit::impatient) return finish(number, Ending::left_line);
  if (fan.habit == Habit::reloads) {
    ++tally_.room.reloads;
    if (call(sale_.door->enter, number, Enter{sale_.door->event, fan.user}).has_error()) wake(number, reload_every_us);
  }
  if (fan.habit == Habit::bot) {
    const bool forges = fan.random.unit() < 0.5;
    if (!sneak(number, forges ? std::string(entry_token_characters, 'A') : std::string())) wake(number, sneak_every_us);
  }
}

/// All is sold.
void Crowd::go_home(std::uint32_t number) {
  ++tally_.room.sold_out_in_line;
  finish(number, Ending::sold_out);
}

/// Of somebody in the line, when there is news and every call is answered.
void Crowd::go_on(std::uint32_t number, std::int64_t at_us) {
  Fan& fan = fans_[number];
  if (fan.calls > 0) return;
  if (!fan.entry_token.empty()) {
    go_in(fan, at_us);
    if (fan.stage == Stage::inside) wake(number, fan.random.between(0, look_around_us));
    return;
  }
  if (fan.wake_us >= 0) return;
  if (fan.habit == Habit::impatient) wake(number, patience_us(fan, sale_.options()));
  if (fan.habit == Habit::reloads) wake(number, fan.random.between(reload_every_us / 2, reload_every_us * 3 / 2));
  if (fan.habit == Habit::bot) wake(number, fan.random.between(sneak_every_us / 2, sneak_every_us * 3 / 2));
}

void Crowd::go_in(Fan& fan, std::int64_t at_us) {
  tally_.room.told.push_back({admission_in(fan.entry_token), fan.user});
  if (fan.placed_us >= 0) tally_.room.waits_us.push_back(clamp_us(at_us - std::max(fan.placed_us, sale_.start_us())));
  fan.wake_us = -1;
  stand(fan, fan.habit == Habit::idles ? Stage::idle : Stage::inside);
}

/// Only who is in front can leave, so a place gets better and never worse.
void Crowd::note_place(Fan& fan, const RoomStatus& status, std::int64_t at_us) {
  if (!fan.has_come) {
    fan.has_come = true;
    ++(status.standing == RoomStanding::lobby ? tally_.room.came_early : tally_.room.came_later);
    if (fan.habit == Habit::bot) ++tally_.room.bots;
  }
  if (status.queued() && fan.placed_us < 0) fan.placed_us = at_us;
  if (fan.position > 0 && status.position > fan.position) ++tally_.room.places_lost;
  if (status.position > 0) fan.position = status.position;
}

/// When the last place is sold, all who wait go home.
void Crowd::hear_of_stock() {
  if (!sale_.door || heard_sold_out_ == sale_.door->sold_out) return;
  heard_sold_out_ = !heard_sold_out_;
  if (!heard_sold_out_) return;
  for (std::uint32_t number = 0; number < fans_.size(); ++number)
    if (fans_[number].stage == Stage::in_line) wake(number, fans_[number].random.between(0, way_home_us));
}

/// Tries to get places without an admission that counts. False if it could not even be tried.
bool Crowd::sneak(std::uint32_t number, std::string entry_token) {
  Reserve wanted = choose(fans_[number], *sale_.market(), sale_.options());
  if (wanted.seats.empty() && wanted.tickets.empty()) return false;
  wanted.entry_token = std::move(entry_token);
  return call(sale_.reserve, number, std::move(wanted)).has_value();
}

void Crowd::take_sneaked(std::uint32_t number, std::int64_t at_us, const Result<Reserved>& answer) {
  if (answer.has_error()) ++tally_.room.turned_away[answer.error().code];
  else ++tally_.room.intruders;
  if (fans_[number].stage == Stage::left) return done(number);
  if (fans_[number].stage == Stage::in_line) go_on(number, at_us);
}

void Crowd::leave(std::uint32_t number) {
  Fan& fan = fans_[number];
  // A call for a place that is still under way would bring the fan back.
  if (fan.calls > 0) return wake(number, wait_for_answers_us);
  const LeaveReason reason = fan.ending == Ending::bought ? LeaveReason::purchased : LeaveReason::left;
  if (call(sale_.door->leave, number, Leave{sale_.door->event, fan.user, reason}).has_error()) come_back_later(number);
}

void Crowd::take(std::uint32_t number, std::int64_t at_us, const Result<RoomStatus>& answer) {
  Fan& fan = fans_[number];
  if (answer.has_error()) ++tally_.room.refused[answer.error().code];
  if (fan.stage != Stage::in_line) return;
  if (answer.has_value()) {
    fan.turned_away = 0;
    note_place(fan, *answer, at_us);
    if (!answer->entry_token.empty()) fan.entry_token = answer->entry_token;
    if (answer->queued() && answer->sold_out) return go_home(number);
    return go_on(number, at_us);
  }
  if (fan.calls > 0 || fan.placed_us >= 0 || !fan.entry_token.empty()) return go_on(number, at_us);
  stand(fan, Stage::outside);
  if (retriable(answer.error().code)) come_back_later(number);
  else finish(number, Ending::gave_up);
}

void Crowd::take(std::uint32_t number, std::int64_t, const Result<void>& left) {
  Fan& fan = fans_[number];
  if (left.has_error() && retriable(left.error().code)) return come_back_later(number);
  stand(fan, Stage::left);
  // Who has left may not come in again with the same token.
  const bool tries_again = fan.habit == Habit::bot && !fan.entry_token.empty();
  if (!tries_again || !sneak(number, fan.entry_token)) done(number);
}

void Crowd::take(std::uint32_t number, std::int64_t at_us, const Admission& told) {
  Fan& fan = fans_[number];
  if (fan.stage != Stage::in_line) return;  // gave up meanwhile, or was told before
  fan.entry_token = told.entry_token;
  go_on(number, at_us);
}

void Crowd::take(std::uint32_t number, std::int64_t, const Expulsion&) {
  Fan& fan = fans_[number];
  if (fan.stage == Stage::in_line && fan.calls == 0) return enter_again(number);  // was not told in time
  if (fan.stage != Stage::idle) return;
  fan.ending = Ending::idled_out;
  done(number);
}

void Crowd::stand(Fan& fan, Stage stage) {
  if (sale_.door) sale_.door->busy += (is_busy(stage) ? 1 : 0) - (is_busy(fan.stage) ? 1 : 0);
  fan.stage = stage;
}

}  // namespace tiketi::cli
