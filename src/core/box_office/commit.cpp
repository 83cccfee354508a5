#include "core/box_office/commit.hpp"

#include "core/base/known_outcome.hpp"

namespace tiketi::box_office {

namespace {

constexpr std::size_t sweep_batch = 1'000;

}  // namespace

Result<std::vector<Outcome>> commit(Desk& desk, std::span<const Change> changes, bool* repeated) {
  return base::commit_until_known<Outcome>(desk.store, changes, repeated);
}

Error refusal(const Outcome& outcome, const Change& change) {
  switch (outcome.kind) {
    case Outcome::Kind::unknown_event:
      return {Errc::event_not_found, "the event has nothing for sale"};
    case Outcome::Kind::event_closed:
      return {Errc::event_closed, "the event's sale is closed"};
    case Outcome::Kind::buyer_limit:
      return {Errc::buyer_limit,
              "at most " + std::to_string(change.buyer_limit) + " places per customer for this event",
              {{"limit", std::to_string(change.buyer_limit)}, {"holding", std::to_string(outcome.number)}}};
    default:
      return {Errc::version_conflict, "others were quicker several times in a row; try again"};
  }
}

Result<std::size_t> release_expired(Desk& desk, std::span<const Reservation> reservations, Timestamp now) {
  std::vector<Change> changes;
  for (const Reservation& reservation : reservations)
    if (auto change = expire(reservation, now)) changes.push_back(std::move(*change));
  auto outcomes = commit(desk, changes);
  if (outcomes.has_error()) return outcomes.error();
  return static_cast<std::size_t>(std::count_if(outcomes->begin(), outcomes->end(), [](const Outcome& outcome) {
    return outcome.kind == Outcome::Kind::applied;
  }));
}

Result<std::size_t> sweep(Desk& desk, std::size_t limit) {
  std::size_t released = 0;
  while (released < limit) {
    const Timestamp now = desk.clock.now();
    const std::size_t wanted = std::min(limit - released, sweep_batch);
    auto expired = desk.store.expired(now, wanted);
    if (expired.has_error()) return expired.error();
    auto count = release_expired(desk, *expired, now);
    if (count.has_error()) return count.error();
    released += *count;
    // Fewer than asked for: nothing is left. None released: another sweeper is at the same ones.
    if (expired->size() < wanted || *count == 0) break;
  }
  return released;
}

}  // namespace tiketi::box_office
