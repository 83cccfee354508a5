#include "venue.hpp"

#include "bench.hpp"

#include <tiketi/adapters/system.hpp>

#include <algorithm>
#include <random>
#include <utility>

namespace tiketi::bench {

namespace {

// Holds last for the whole run.
constexpr BoxOfficePolicy long_holds{.hold_ms = day_ms};

template <class StrongId>
std::vector<StrongId> make_ids(Ids& ids, std::size_t count) {
  std::vector<Uuid> uuids(count);
  ids.fill(uuids);
  std::vector<StrongId> out;
  out.reserve(count);
  for (const Uuid uuid : uuids) out.push_back({uuid});
  return out;
}

}  // namespace

Result<std::vector<std::optional<SaleTerms>>> OpenDirectory::terms(std::span<const EventId> events) {
  std::vector<std::optional<SaleTerms>> out;
  for (const EventId event : events) out.push_back(SaleTerms{event, {}, latest_timestamp, false, 0, 0});
  return out;
}

NewInventory make_seats(Ids& ids, std::size_t count) {
  constexpr std::size_t row_seats = 40, section_seats = 1000;
  NewInventory out;
  out.event_id = ids.next<EventId>();
  out.seats.reserve(count);
  const auto seat_ids = make_ids<SeatId>(ids, count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t section = i / section_seats;
    const auto row = static_cast<std::int32_t>(i % section_seats / row_seats);
    const auto number = static_cast<std::int32_t>(i % row_seats);
    Seat seat;
    seat.id = seat_ids[i];
    seat.event_id = out.event_id;
    seat.section = 'S' + std::to_string(100 + section);
    seat.row = row + 1;
    seat.number = number + 1;
    seat.price_minor = 150'000 - 1'000 * static_cast<std::int64_t>(section);
    seat.x = 50 * number + 2'200 * static_cast<std::int32_t>(section % 8);
    seat.y = 90 * row + 2'500 * static_cast<std::int32_t>(section / 8);
    out.seats.push_back(std::move(seat));
  }
  return out;
}

NewInventory make_stock(Ids& ids, std::int64_t total) {
  NewInventory out;
  out.event_id = ids.next<EventId>();
  out.stock.push_back({ids.next<TicketTypeId>(), out.event_id, "Standing", 99'000, total, 0, 0});
  return out;
}

std::vector<PreparedHold> prepare_holds(const NewInventory& event, std::size_t first, std::size_t count, Ids& ids,
                                        Timestamp now, const BoxOfficePolicy& policy) {
  const auto reservations = make_ids<ReservationId>(ids, count);
  std::vector<PreparedHold> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::optional<Seat> seat = event.seats[first + i];
    const Reserve command{event.event_id, somebody(), {seat->id}, {}, {}};
    const box_office::ReserveFacts facts{
        {event.event_id, {}, latest_timestamp, false, 0, 0}, event.currency, {&seat, 1}, {}};
    Change change = box_office::hold(command, facts, reservations[i], now, policy).value();
    out.push_back({std::move(change.after), {}});
    out.back().payload = news_payload(ReservationNews::held, out.back().reservation);
  }
  return out;
}

UserId somebody() {
  static thread_local std::mt19937_64 random(1);
  constexpr std::int64_t last_year = 1'760'000'000'000;
  const auto ms = last_year + static_cast<std::int64_t>(random() % (365 * std::uint64_t{day_ms}));
  return UserId{make_uuid_v7(ms, {random(), random()})};
}

void require_all(const std::vector<Result<Reserved>>& answers) {
  for (const auto& answer : answers)
    if (answer.has_error()) require(false, answer.error().message);
}

Venue::Venue(std::unique_ptr<Stores> stores, std::size_t seats_per_event)
    : stores_(std::move(stores)),
      clock_(make_system_clock()),
      ids_(make_random_ids(*clock_)),
      box_office_(stores_->box_office(), directory_, *clock_, *ids_, long_holds),
      seats_per_event_(seats_per_event) {
  stores_->migrate().value();
}

std::vector<Reserve> Venue::next_commands(std::size_t count) {
  const std::size_t first = take(count);
  std::vector<Reserve> out;
  out.reserve(count);
  for (std::size_t i = first; i < first + count; ++i)
    out.push_back({event_.event_id, somebody(), {event_.seats[i].id}, {}, {}});
  return out;
}

std::vector<PreparedHold> Venue::next_holds(std::size_t count) {
  return prepare_holds(event_, take(count), count, *ids_, clock_->now(), long_holds);
}

void Venue::load(const NewInventory& inventory) {
  store().load(inventory).value();
  events_.push_back(inventory.event_id);
}

void Venue::check() {
  std::int64_t held = 0;
  for (const EventId event : events_) {
    const SeatMap map = store().seat_map(event).value();
    held += std::count_if(map.live.begin(), map.live.end(),
                          [](const SeatLive& seat) { return seat.status == PlaceStatus::held; });
  }
  require(held == taken_, std::to_string(held) + " seats are held instead of " + std::to_string(taken_));
  const std::vector<Finding> findings = store().verify().value();
  require(findings.empty(), findings.empty() ? "" : findings.front().invariant + ": " + findings.front().what);
}

std::size_t Venue::take(std::size_t count) {
  if (event_.seats.size() - next_ < count) {
    event_ = make_seats(*ids_, std::max(seats_per_event_, count));
    next_ = 0;
    load(event_);
  }
  next_ += count;
  taken_ += static_cast<std::int64_t>(count);
  return next_ - count;
}

}  // namespace tiketi::bench
