#include "http/preload.hpp"

#include "bench.hpp"
#include "venue.hpp"

#include <tiketi/open.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <span>
#include <thread>

namespace tiketi::bench {
namespace {

constexpr std::size_t batch = 512;
constexpr std::int32_t rows = 400, seats_per_row = 50;
constexpr std::int64_t seats_of_an_event = std::int64_t{rows} * seats_per_row;

SeatLayout hall() {
  LayoutSection section;
  section.name = "Hall";
  section.rows = rows;
  section.seats_per_row = seats_per_row;
  section.price_minor = 50'000;
  SeatLayout out;
  out.name = "preload_hall";
  out.description = "A hall that was sold before anything was measured";
  out.sections.push_back(std::move(section));
  return out;
}

EventId make_event(Services& services, SeatLayoutId layout, std::int64_t number) {
  const Timestamp now = services.clock().now();
  NewEvent event;
  event.event.title = "Sold before " + std::to_string(number);
  event.event.venue = "Hall";
  event.event.layout_id = layout;
  event.event.sale_start = now.plus_ms(-day_ms);
  event.event.sale_end = now.plus_ms(30 * day_ms);
  event.event.event_date = now.plus_ms(31 * day_ms);
  return services.catalog().create({std::move(event)}).front().value().id;
}

void sell(Services& services, EventId event, std::span<const SeatPlace> seats) {
  std::vector<Reserve> holds;
  for (const SeatPlace& seat : seats) holds.push_back({event, somebody(), {seat.id}, {}, {}});
  const auto held = services.box_office().reserve(holds);
  require_all(held);
  std::vector<Pay> payments;
  for (std::size_t i = 0; i < holds.size(); ++i) {
    Pay pay;
    pay.user_id = holds[i].user_id;
    pay.reservation_id = held[i]->reservation.id;
    payments.push_back(std::move(pay));
  }
  std::vector<BegunPayment> begun;
  for (auto& each : services.cashier().begin(payments)) begun.push_back(std::move(each).value());
  for (const auto& each : services.cashier().finish(services.cashier().ask(std::move(begun))))
    if (each.has_error()) require(false, each.error().message);
}

void wait_for_publication(Services& services) {
  while (services.stores().box_office().outbox_size().value() > 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

std::unique_ptr<Services> open_store(const std::string& store) {
  const auto files = files_beside(store);
  OpenOptions options;
  options.keys_directory = files.keys_directory;
  options.sandbox_file = files.sandbox_file;
  return tiketi::open(store, options).value();
}

}  // namespace

void preload(const std::string& store, std::int64_t reservations) {
  const auto services = open_store(store);
  services->start_housekeeping(10);
  const SeatLayoutId layout = services->catalog().add_layout(hall()).value().id;
  for (std::int64_t sold = 0; sold < reservations;) {
    const EventId event = make_event(*services, layout, sold / seats_of_an_event);
    const SeatMap map = services->stores().box_office().seat_map(event).value();
    const auto wanted = static_cast<std::size_t>(std::min(reservations - sold, seats_of_an_event));
    for (std::size_t i = 0; i < wanted; i += batch)
      sell(*services, event, std::span(*map.places).subspan(i, std::min(batch, wanted - i)));
    sold += static_cast<std::int64_t>(wanted);
    std::cerr << "\rsold before: " << sold << " of " << reservations << std::flush;
    wait_for_publication(*services);
  }
  std::cerr << '\n';
}

std::string preload_room(const std::string& store, std::int64_t waiting) {
  const auto services = open_store(store);
  const SeatLayoutId layout = services->catalog().add_layout(hall()).value().id;
  const EventId event = make_event(*services, layout, 0);
  services->waiting_room().set(event, {.enabled = true, .threshold = 1, .active_ms = day_ms}).value();
  std::vector<Enter> entries;
  for (std::int64_t entered = 0; entered <= waiting; entered += static_cast<std::int64_t>(entries.size())) {
    entries.clear();
    const auto wanted = std::min<std::int64_t>(16 * batch, waiting + 1 - entered);
    for (std::int64_t i = 0; i < wanted; ++i) entries.push_back({event, somebody()});
    for (const auto& each : services->waiting_room().enter(entries))
      if (each.has_error()) require(false, each.error().message);
  }
  return event.text();
}

}  // namespace tiketi::bench
