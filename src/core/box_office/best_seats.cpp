#include "core/box_office/best_seats.hpp"

#include "core/box_office/reserving.hpp"

#include <tiketi/box_office/best_available.hpp>

namespace tiketi::box_office {

namespace {

constexpr std::size_t max_known_maps = 64;
constexpr std::int64_t max_map_age_ms = 1'000;

/// The record of each command's key, if there is one.
Result<std::vector<std::optional<IdempotencyRecord>>> find_records(Desk& desk, std::span<const ReserveBest> commands) {
  ReserveQuestion question;
  for (const ReserveBest& command : commands) question.keys.push_back({command.user_id, command.idempotency_key});
  auto answer = desk.store.ask(question);
  if (answer.has_error()) return answer.error();
  return std::move(answer->records);
}

}  // namespace

std::vector<Result<Reserved>> BestSeats::reserve(Desk& desk, std::span<const ReserveBest> commands) {
  std::vector<Result<Reserved>> answers(
      commands.size(), Error{Errc::version_conflict, "others were quicker several times in a row; try again"});
  auto records = find_records(desk, commands);
  if (records.has_error()) return {commands.size(), records.error()};

  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const auto& record = (*records)[i];
    if (auto checked = check(commands[i]); checked.has_error()) answers[i] = checked.error();
    else if (record && !commands[i].idempotency_key.empty())
      answers[i] = replay(desk, *record, fingerprint(commands[i]));
    else open.push_back(i);
  }
  const std::int64_t started = loads_;
  for (int round = 0; round < max_rounds && !open.empty(); ++round) {
    std::vector<Wish> wishes;
    std::vector<std::size_t> tried;
    for (const std::size_t index : open) {
      const ReserveBest& command = commands[index];
      auto seats = pick(desk, command, started);
      if (seats.has_error()) {
        answers[index] = seats.error();
        continue;
      }
      wishes.push_back(
          {{command.event_id, command.user_id, std::move(*seats), {}, command.idempotency_key}, fingerprint(command)});
      tried.push_back(index);
    }
    open.clear();
    auto results = reserve_all(desk, wishes);
    for (std::size_t i = 0; i < results.size(); ++i) {
      const bool again = results[i].has_error() && results[i].error().code == Errc::seat_taken;
      if (again) {
        mark_taken(desk, wishes[i].command.event_id, results[i].error());
        open.push_back(tried[i]);
      } else {
        answers[tried[i]] = std::move(results[i]);
      }
    }
  }
  return answers;
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
