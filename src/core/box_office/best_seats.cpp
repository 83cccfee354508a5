#include "core/box_office/best_seats.hpp"

#include "core/box_office/reserving.hpp"

#include <tiketi/box_office/best_available.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace tiketi::box_office {

namespace {

bool is_too_old(Timestamp loaded_at, Timestamp now) {
  const std::int64_t age = now.ms - loaded_at.ms;
  return age < 0 || age > max_map_age_ms;
}

/// The record of each command's key, if there is one.
Result<std::vector<std::optional<IdempotencyRecord>>> find_records(Desk& desk, std::span<const ReserveBest> commands,
                                                                   std::span<const std::size_t> open) {
  ReserveQuestion question;
  for (const std::size_t index : open)
    question.keys.push_back({commands[index].user_id, commands[index].idempotency_key});
  auto answer = desk.store.ask(question);
  if (answer.has_error()) return answer.error();
  return std::move(answer->records);
}

/// Why somebody gets nothing: what comes before `why` in precedence, or just that.
Error first_refusal(Desk& desk, const ReserveBest& command, Error why) {
  auto terms = desk.events.terms({&command.event_id, 1});
  if (terms.has_error()) return terms.error();
  if (!terms->front()) return {Errc::event_not_found, "there is no event " + command.event_id.text()};
  if (auto sale = check_sale(*terms->front(), desk.clock.now()); sale.has_error()) return sale.error();
  const auto quantity = check_quantity(*terms->front(), command.quantity);
  return quantity.has_error() && quantity.error().code < why.code ? quantity.error() : std::move(why);
}

/// Answers those who may not come in, before any seats are looked for; returns the others.
std::vector<std::size_t> refuse_strangers(Desk& desk, std::span<const ReserveBest> commands,
                                          std::span<const std::size_t> open, std::vector<Result<Reserved>>& answers) {
  std::vector<AdmissionClaim> claims;
  for (const std::size_t index : open)
    claims.push_back({commands[index].event_id, commands[index].user_id, commands[index].entry_token});
  const auto admissions = check_admissions(desk, claims);
  std::vector<std::size_t> admitted;
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (admissions[i].has_value()) admitted.push_back(open[i]);
    else answers[open[i]] = first_refusal(desk, commands[open[i]], admissions[i].error());
  }
  return admitted;
}

}  // namespace

std::vector<Result<Reserved>> BestSeats::reserve(Desk& desk, std::span<const ReserveBest> commands) {
  std::vector<Result<Reserved>> answers(
      commands.size(), Error{Errc::version_conflict, "others were quicker several times in a row; try again"});
  std::vector<std::size_t> checked;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (auto fine = check(commands[i]); fine.has_error()) answers[i] = fine.error();
    else checked.push_back(i);
  }
  const auto records = find_records(desk, commands, checked);
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < checked.size(); ++i) {
    const ReserveBest& command = commands[checked[i]];
    if (records.has_error()) answers[checked[i]] = records.error();
    else if ((*records)[i] && !command.idempotency_key.empty())
      answers[checked[i]] = replay(desk, *(*records)[i], fingerprint(command));
    else open.push_back(checked[i]);
  }
  open = refuse_strangers(desk, commands, open, answers);
  const std::int64_t started = loads_;
  for (int round = 0; round < max_rounds && !open.empty(); ++round)
    open = play_round(desk, commands, std::move(open), started, answers);
  return answers;
}

std::vector<std::size_t> BestSeats::play_round(Desk& desk, std::span<const ReserveBest> commands,
                                               std::vector<std::size_t> open, std::int64_t started,
                                               std::vector<Result<Reserved>>& answers) {
  std::vector<Reserve> picked;
  std::vector<std::size_t> tried;
  std::vector<std::size_t> left_out;  // of seats, perhaps by somebody who is refused
  for (const std::size_t index : open) {
    const ReserveBest& command = commands[index];
    auto seats = pick(desk, command, started);
    if (seats.has_error()) {
      answers[index] = seats.error();
      if (seats.error().code == Errc::no_best_seats) left_out.push_back(index);
      continue;
    }
    picked.push_back(
        {command.event_id, command.user_id, std::move(*seats), {}, command.idempotency_key, command.entry_token});
    tried.push_back(index);
  }
  std::vector<Wish> wishes;
  for (std::size_t i = 0; i < picked.size(); ++i) wishes.push_back({&picked[i], fingerprint(commands[tried[i]])});
  std::vector<std::size_t> again;
  bool gave_back = false;
  auto results = reserve_all(desk, wishes);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].has_error() || results[i]->replayed) {
      give_back(picked[i]);
      gave_back = true;
    }
    if (results[i].has_error() && results[i].error().code == Errc::seat_taken) {
      mark_taken(desk, picked[i].event_id, results[i].error());
      again.push_back(tried[i]);
    } else if (results[i].has_error() && results[i].error().code == Errc::seat_not_found) {
      forget(picked[i].event_id);  // the event's seats were removed since
      again.push_back(tried[i]);
    } else {
      answers[tried[i]] = std::move(results[i]);
    }
  }
  for (const std::size_t index : left_out) {
    if (gave_back) again.push_back(index);
    else answers[index] = first_refusal(desk, commands[index], answers[index].error());
  }
  std::sort(again.begin(), again.end());
  return again;
}

Result<std::vector<SeatId>> BestSeats::pick(Desk& desk, const ReserveBest& command, std::int64_t started) {
  const auto known = find_or_add(command.event_id, desk.clock.now());
  const std::lock_guard lock(known->mutex);
  for (;;) {
    const Timestamp now = desk.clock.now();
    if (known->load == 0 || is_too_old(known->loaded_at, now))
      if (auto loaded = load(desk, command.event_id, known); loaded.has_error()) return loaded.error();
    auto seats = best_available(known->map, command, now);
    if (seats.has_value()) {
      // Others in this batch, and soon after it, look elsewhere.
      for (const SeatId seat : *seats)
        known->map.live[*known->map.find(seat)] = {PlaceStatus::held, 0, now.plus_ms(desk.policy.hold_ms)};
      return seats;
    }
    // Seats may have come back since the map was loaded: nobody is refused on an old one.
    if (known->load > started) return seats;
    known->load = 0;
  }
}

void BestSeats::mark_taken(Desk& desk, EventId event, const Error& refusal) {
  const auto known = find(event);
  if (!known) return;
  const std::lock_guard lock(known->mutex);
  const Timestamp until = desk.clock.now().plus_ms(desk.policy.hold_ms);
  for (const Detail& detail : refusal.details) {
    if (detail.name != "seat") continue;
    const auto id = SeatId::parse(detail.value);
    const auto index = id ? known->map.find(*id) : std::nullopt;
    if (index) known->map.live[*index] = {PlaceStatus::held, 0, until};
  }
}

void BestSeats::give_back(const Reserve& command) {
  const auto known = find(command.event_id);
  if (!known) return;
  const std::lock_guard lock(known->mutex);
  for (const SeatId seat : command.seats)
    if (const auto index = known->map.find(seat)) known->map.live[*index] = {};
}

Result<void> BestSeats::load(Desk& desk, EventId event, const std::shared_ptr<Known>& known) {
  const Timestamp now = desk.clock.now();
  auto map = desk.store.seat_map(event);
  if (map.has_error()) {
    forget(event);
    return map.error();
  }
  known->map = std::move(*map);
  known->loaded_at = now;
  known->load = ++loads_;
  keep(event, {known, now, known->map.size()});
  return {};
}

void BestSeats::forget(EventId event) {
  const std::lock_guard lock(mutex_);
  maps_.erase(event);
}

std::shared_ptr<BestSeats::Known> BestSeats::find(EventId event) {
  const std::lock_guard lock(mutex_);
  const auto found = maps_.find(event);
  return found == maps_.end() ? nullptr : found->second.known;
}

std::shared_ptr<BestSeats::Known> BestSeats::find_or_add(EventId event, Timestamp now) {
  const std::lock_guard lock(mutex_);
  Kept& kept = maps_[event];
  if (!kept.known) kept = {std::make_shared<Known>(), now, 0};
  return kept.known;
}

void BestSeats::keep(EventId event, Kept kept) {
  const std::lock_guard lock(mutex_);
  const Timestamp now = kept.loaded_at;
  maps_[event] = std::move(kept);
  std::erase_if(maps_, [now](const auto& each) { return is_too_old(each.second.loaded_at, now); });
  const auto is_older = [event](const auto& one, const auto& other) {
    return std::pair(one.first == event, one.second.loaded_at) <
           std::pair(other.first == event, other.second.loaded_at);
  };
  while (maps_.size() > 1 && count_seats() > max_seats_)
    maps_.erase(std::min_element(maps_.begin(), maps_.end(), is_older));
}

std::size_t BestSeats::count_seats() const {
  return std::accumulate(maps_.begin(), maps_.end(), std::size_t{0},
                         [](std::size_t sum, const auto& each) { return sum + each.second.seats; });
}

std::size_t BestSeats::known_seats() {
  const std::lock_guard lock(mutex_);
  return count_seats();
}

}  // namespace tiketi::box_office
