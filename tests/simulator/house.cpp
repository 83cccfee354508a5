// What the house does about once a second, and what everybody reads.

#include "acts.hpp"
#include "answers.hpp"
#include "followed_bus.hpp"

#include <algorithm>

namespace tiketi::test {

namespace {

std::vector<Reservation> overdue(const Scene& scene) {
  std::vector<Reservation> out;
  for (const auto& [id, history] : scene.books.reservations) {
    const Reservation& each = history.back().reservation;
    if (each.status == ReservationStatus::pending && each.expires_at <= scene.clock_now()) out.push_back(each);
  }
  std::sort(out.begin(), out.end(),
            [](const Reservation& a, const Reservation& b) { return a.expires_at < b.expires_at; });
  return out;
}

std::size_t random_limit(Scene& scene) {
  return static_cast<std::size_t>(scene.random.chance(300) ? scene.random.between(1, 4) : 10'000);
}

std::string count_or_error(const Result<std::size_t>& answer) {
  return answer.has_value() ? std::to_string(*answer) : std::string(name(answer.error().code));
}

}  // namespace

void sweep(Scene& scene, Process& process) {
  const std::size_t limit = random_limit(scene);
  const std::vector<Reservation> expected = overdue(scene);
  const auto swept = process.box_office.sweep(limit);
  const Call& call = scene.calls.back();
  if (call.crashed) return;
  scene.note("sweep " + std::to_string(limit) + " -> " + count_or_error(swept));
  if (swept.has_value()) scene.count("swept", static_cast<std::int64_t>(*swept));
  if (call.disturbed) return;
  const std::size_t due = std::min(limit, expected.size());
  if (swept.has_error() || *swept != due || call.entered.size() != due)
    return scene.fail("a sweep ought to release " + std::to_string(due) + " holds");
  for (std::size_t i = 0; i < due; ++i)
    if (call.entered[i].second.reservation.expires_at != expected[i].expires_at)
      return scene.fail("a sweep ought to release the earliest first");
}

namespace {

/// Who has bought has left the waiting room.
void check_buyers_left(Scene& scene, std::span<const Message> messages) {
  for (const Message& each : messages) {
    if (each.topic != topic(ReservationNews::confirmed)) continue;
    const Reservation& sold = *scene.books.find(ReservationId::parse(each.key).value());
    check_left(scene, Leave{sold.event_id, sold.user_id, LeaveReason::purchased, each.at});
  }
}

}  // namespace

void relay(Scene& scene, Process& process, EventBus& bus) {
  FollowedBus followed(bus, {[&](auto messages) {
                         const auto done = end_admissions(process.box_office_store, process.rooms, messages);
                         if (done && !scene.calls.back().crashed) check_buyers_left(scene, messages);
                         return done;
                       }});
  const auto told = process.box_office.relay(followed, random_limit(scene));
  if (scene.calls.back().crashed) return;
  scene.note("relay -> " + count_or_error(told));
  scene.count(told.has_value() ? "relayed" : "relay failed");
}

void prune(Scene& scene, Process& process) {
  const auto pruned = process.box_office.prune();
  if (scene.calls.back().crashed) return;
  scene.note("prune -> " + count_or_error(pruned));
  if (pruned.has_value()) scene.count("pruned", static_cast<std::int64_t>(*pruned));
}

namespace {

void read_places(Scene& scene, Process& process) {
  const EventId event = scene.random.pick(scene.events);
  const auto places = process.box_office.places(event);
  if (scene.calls.back().disturbed) return;
  if (places.has_error()) return scene.fail("the places of an event can't be read: " + places.error().message);
  std::int64_t version = 0;
  std::size_t count = 0;
  for (const auto& [id, seat] : scene.books.seats) {
    if (seat.event_id != event) continue;
    ++count;
    version += seat.state.version;
    const auto index = places->seats.find(id);
    if (!index) return scene.fail("the seat map lacks " + seat.label());
    const SeatLive& live = places->seats.live[*index];
    if (live.status != seat.state.status || live.version != seat.state.version ||
        live.held_until != seat.state.held_until || places->seats.label(*index) != seat.label())
      return scene.fail("the seat map shows " + seat.label() + " wrongly");
  }
  if (places->seats.size() != count || places->seats.version != version)
    scene.fail("the seat map has a wrong size or version");
  for (const TicketStock& stock : places->stock)
    if (scene.books.stock.at(stock.id) != stock) scene.fail("the stock of " + stock.name + " is shown wrongly");
}

void read_reservation(Scene& scene, Process& process) {
  if (scene.acknowledged.empty()) return;
  auto at = scene.acknowledged.begin();
  std::advance(at, static_cast<std::ptrdiff_t>(scene.random.below(scene.acknowledged.size())));
  const Reservation expected = *scene.books.find(at->first);
  const auto found = scene.random.chance(500) ? process.box_office.reservation(expected.id, expected.user_id)
                                              : process.box_office.reservation(expected.number, expected.user_id);
  if (!scene.calls.back().disturbed && (found.has_error() || *found != expected))
    scene.fail("a customer can't read " + show(expected));
}

void read_mine(Scene& scene, Process& process) {
  const UserId user = scene.random.pick(scene.users);
  const auto found = process.box_office.reservations_of(user, {}, 1000);
  if (scene.calls.back().disturbed) return;
  const auto mine = scene.books.buyers.find(user);
  std::vector<ReservationId> expected;
  if (mine != scene.books.buyers.end()) expected = mine->second;
  std::sort(expected.rbegin(), expected.rend());
  if (found.has_error() || found->size() != expected.size()) return scene.fail("a customer can't list reservations");
  for (std::size_t i = 0; i < expected.size(); ++i)
    if ((*found)[i] != *scene.books.find(expected[i])) return scene.fail("a customer's list is wrong");
}

}  // namespace

void read_something(Scene& scene, Process& process) {
  switch (scene.random.between(0, 2)) {
    case 0:
      return read_places(scene, process);
    case 1:
      return read_reservation(scene, process);
    default:
      return read_mine(scene, process);
  }
}

}  // namespace tiketi::test
