// What single functions of the core cost.

#include "venue.hpp"

#include <tiketi/adapters/system.hpp>
#include <tiketi/box_office/best_available.hpp>
#include <tiketi/box_office/rules.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <stdexcept>

namespace tiketi::bench {

namespace {

struct Scene {
  std::unique_ptr<Clock> clock = make_system_clock();
  std::unique_ptr<Ids> ids = make_random_ids(*clock);
  NewInventory event = make_seats(*ids, 48'000);
  Timestamp now = clock->now();
};

/// One for all: it never changes.
Scene& scene() {
  static Scene one;
  return one;
}

Reservation some_reservation() {
  return prepare_holds(scene().event, 0, 1, *scene().ids, scene().now, {}).front().reservation;
}

SeatMap map_of(const NewInventory& event) {
  SeatMap map;
  map.event_id = event.event_id;
  std::vector<std::string> sections;
  std::vector<SeatPlace> places;
  for (const Seat& seat : event.seats) {
    if (sections.empty() || sections.back() != seat.section) sections.push_back(seat.section);
    places.push_back({seat.id, static_cast<std::uint32_t>(sections.size() - 1), seat.row, seat.number, seat.x, seat.y,
                      seat.price_minor});
  }
  map.sections = std::make_shared<const std::vector<std::string>>(std::move(sections));
  map.places = std::make_shared<const std::vector<SeatPlace>>(std::move(places));
  map.live.resize(event.seats.size());
  return map;
}

void rules_hold(benchmark::State& state) {
  const NewInventory& event = scene().event;
  const auto count = static_cast<std::size_t>(state.range(0));
  Reserve command{event.event_id, somebody(), {}, {}, {}};
  std::vector<std::optional<Seat>> seats;
  for (std::size_t i = 0; i < count; ++i) {
    command.seats.push_back(event.seats[i].id);
    seats.emplace_back(event.seats[i]);
  }
  const box_office::ReserveFacts facts{{event.event_id, {}, latest_timestamp}, event.currency, seats, {}};
  const auto id = scene().ids->next<ReservationId>();
  for (auto _ : state) {
    auto change = box_office::hold(command, facts, id, scene().now, {});
    if (change.has_error()) throw std::runtime_error(change.error().message);
    benchmark::DoNotOptimize(change);
  }
}
BENCHMARK(rules_hold)->Arg(1)->Arg(4);

void number_of(benchmark::State& state) {
  auto id = scene().ids->next<ReservationId>();
  for (auto _ : state) {
    ++id.uuid.low;
    benchmark::DoNotOptimize(box_office::number_of(id));
  }
}
BENCHMARK(number_of);

void uuid_to_text(benchmark::State& state) {
  auto id = scene().ids->next<SeatId>();
  std::array<char, 36> text{};
  for (auto _ : state) {
    ++id.uuid.low;
    benchmark::DoNotOptimize(write_uuid(id.uuid, text.data()));
    benchmark::ClobberMemory();
  }
}
BENCHMARK(uuid_to_text);

void uuid_from_text(benchmark::State& state) {
  const std::string text = scene().ids->next<SeatId>().text();
  for (auto _ : state) {
    auto id = parse_uuid(text);
    if (!id) throw std::runtime_error("the id was not read");
    benchmark::DoNotOptimize(id);
  }
}
BENCHMARK(uuid_from_text);

void news_of_a_hold(benchmark::State& state) {
  const Reservation reservation = some_reservation();
  for (auto _ : state) benchmark::DoNotOptimize(news_payload(ReservationNews::held, reservation));
}
BENCHMARK(news_of_a_hold);

void map_to_json(benchmark::State& state) {
  const SeatMap map = map_of(scene().event);
  for (auto _ : state) benchmark::DoNotOptimize(encode_seat_map_json(map, scene().now));
}
BENCHMARK(map_to_json)->Unit(benchmark::kMicrosecond);

/// In a stadium of which the first `state.range(0)` per cent are taken.
void best_of_48000(benchmark::State& state) {
  SeatMap map = map_of(scene().event);
  const std::size_t taken = map.size() * static_cast<std::size_t>(state.range(0)) / 100;
  for (std::size_t i = 0; i < taken; ++i) map.live[i] = {PlaceStatus::sold, 2, {}};
  const ReserveBest command{map.event_id, somebody(), 4, {}, {}, {}};
  for (auto _ : state) {
    auto seats = box_office::best_available(map, command, scene().now);
    if (seats.has_error() || seats->size() != 4) throw std::runtime_error("four seats were to be had");
    benchmark::DoNotOptimize(seats);
  }
}
BENCHMARK(best_of_48000)->Arg(0)->Arg(50)->Arg(99)->Unit(benchmark::kMicrosecond);

}  // namespace

}  // namespace tiketi::bench
