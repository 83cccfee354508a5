#include "core/box_office/best_seats.hpp"

#include "core/box_office/reserving.hpp"

#include <tiketi/box_office/best_available.hpp>

namespace tiketi::box_office {

namespace {

constexpr std::size_t max_known_maps = 64;
constexpr std::int64_t max_map_age_ms = 1'000;

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

/// Why there are no seats for a command: what comes before that in precedence, or just that.
Error refusal_without_seats(Desk& desk, const ReserveBest& command, Error no_seats) {
  auto terms = desk.events.terms({&command.event_id, 1});
  if (terms.has_error()) return terms.error();
  if (!terms->front()) return {Errc::event_not_found, "there is no event " + command.event_id.text()};
  if (auto sale = check_sale(*terms->front(), desk.clock.now()); sale.has_error()) return sale.error();
  if (auto quantity = check_quantity(*terms->front(), command.quantity); quantity.has_error()) return quantity.error();
  return no_seats;
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
    picked.push_back({command.event_id, command.user_id, std::move(*seats), {}, command.idempotency_key});
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
    else answers[index] = refusal_without_seats(desk, commands[index], answers[index].error());
  }
  std::sort(again.begin(), again.end());
  return again;
}

Result<std::vector<SeatId>> BestSeats::pick(Desk& desk, const ReserveBest& command, std::int64_t started) {
  const auto entry = known(command.event_id);
  const std::lock_guard lock(entry->mutex);
  for (;;) {
    const Timestamp now = desk.clock.now();
    const std::int64_t age = now.ms - entry->loaded_at.ms;
    if (entry->load == 0 || age < 0 || age > max_map_age_ms) {
      auto map = desk.store.seat_map(command.event_id);
      if (map.has_error()) return map.error();
      entry->map = std::move(*map);
      entry->loaded_at = now;
      entry->load = ++loads_;
    }
    auto seats = best_available(entry->map, command, now);
    if (seats.has_value()) {
      // Others in this batch, and soon after it, look elsewhere.
      for (const SeatId seat : *seats)
        entry->map.live[*entry->map.find(seat)] = {PlaceStatus::held, 0, now.plus_ms(desk.policy.hold_ms)};
      return seats;
    }
    // Seats may have come back since the map was loaded: nobody is refused on an old one.
    if (entry->load > started) return seats;
    entry->load = 0;
  }
}

void BestSeats::mark_taken(Desk& desk, EventId event, const Error& refusal) {
  const auto entry = known(event);
  const std::lock_guard lock(entry->mutex);
  const Timestamp until = desk.clock.now().plus_ms(desk.policy.hold_ms);
  for (const Detail& detail : refusal.details) {
    if (detail.name != "seat") continue;
    const auto id = SeatId::parse(detail.value);
    const auto index = id ? entry->map.find(*id) : std::nullopt;
    if (index) entry->map.live[*index] = {PlaceStatus::held, 0, until};
  }
}

void BestSeats::give_back(const Reserve& command) {
  const auto entry = known(command.event_id);
  const std::lock_guard lock(entry->mutex);
  for (const SeatId seat : command.seats)
    if (const auto index = entry->map.find(seat)) entry->map.live[*index] = {};
}

void BestSeats::forget(EventId event) {
  const auto entry = known(event);
  const std::lock_guard lock(entry->mutex);
  entry->load = 0;
}

std::shared_ptr<BestSeats::Known> BestSeats::known(EventId event) {
  const std::lock_guard lock(mutex_);
  auto& entry = maps_[event];
  if (!entry) {
    entry = std::make_shared<Known>();
    // Which one goes does not matter: it is loaded again when it is asked for.
    if (maps_.size() > max_known_maps)
      maps_.erase(maps_.begin()->first == event ? std::next(maps_.begin()) : maps_.begin());
    return maps_[event];
  }
  return entry;
}

}  // namespace tiketi::box_office
