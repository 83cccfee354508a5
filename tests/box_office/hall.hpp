#pragma once
// A small hall with a box office in memory, for the tests of this column.

#include "support/fakes.hpp"
#include "support/results.hpp"

#include <tiketi/adapters/memory.hpp>
#include <tiketi/box_office/box_office.hpp>

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tiketi::test {

/// All values of a detail that may repeat.
inline std::vector<std::string> details_of(const Error& error, std::string_view name) {
  std::vector<std::string> out;
  for (const Detail& detail : error.details)
    if (detail.name == name) out.push_back(detail.value);
  return out;
}

class FakeDirectory final : public EventDirectory {
 public:
  Result<std::vector<std::optional<SaleTerms>>> terms(std::span<const EventId> events) override {
    std::vector<std::optional<SaleTerms>> out;
    for (const EventId event : events) {
      const auto at = all.find(event);
      out.push_back(at == all.end() ? std::nullopt : std::optional(at->second));
    }
    return out;
  }
  std::map<EventId, SaleTerms> all;
};

/// An event on sale for an hour since ten minutes. Section A: rows 1 and 2 of six seats at 50,000; section B: a
/// row of four at 30,000, the last a house seat. Standing: 10 at 20,000. Students: 3 at 10,000.
struct Hall {
  Hall() {
    event = open_event();
    map = stores->box_office().seat_map(event).value();
  }

  EventId open_event() {
    NewInventory inventory;
    inventory.event_id = ids.next<EventId>();
    for (std::int32_t row = 1; row <= 2; ++row)
      for (std::int32_t number = 1; number <= 6; ++number)
        inventory.seats.push_back({ids.next<SeatId>(), inventory.event_id, "A", row, number, 50'000, number, row, {}});
    for (std::int32_t number = 1; number <= 4; ++number)
      inventory.seats.push_back({ids.next<SeatId>(), inventory.event_id, "B", 1, number, 30'000, number, 9, {}});
    inventory.seats.back().state.status = PlaceStatus::blocked;
    inventory.stock.push_back({ids.next<TicketTypeId>(), inventory.event_id, "Standing", 20'000, 10, 0, 0});
    inventory.stock.push_back({ids.next<TicketTypeId>(), inventory.event_id, "Students", 10'000, 3, 0, 0});
    stores->box_office().load(inventory).value();
    directory.all[inventory.event_id] = {
        inventory.event_id, clock.now().plus_ms(-10 * minute_ms), clock.now().plus_ms(hour_ms), false, 0, 0};
    return inventory.event_id;
  }

  SaleTerms& terms() { return directory.all.at(event); }

  SeatId seat(const std::string& label) const {
    for (std::size_t i = 0; i < map.size(); ++i)
      if (map.label(i) == label) return (*map.places)[i].id;
    ADD_FAILURE() << "there is no seat " << label;
    return {};
  }
  PlaceStatus status(const std::string& label) {
    const SeatMap now = office.places(event).value().seats;
    return now.live[*now.find(seat(label))].status;
  }
  TicketStock stock(const std::string& name) {
    for (const TicketStock& each : office.places(event).value().stock)
      if (each.name == name) return each;
    ADD_FAILURE() << "there is no ticket type " << name;
    return {};
  }

  Reserve want(const std::vector<std::string>& labels, std::optional<UserId> user = {}) const {
    Reserve command{event, user.value_or(customer), {}, {}, {}};
    for (const std::string& label : labels) command.seats.push_back(seat(label));
    return command;
  }
  Reserve want_tickets(const std::string& type, std::int64_t quantity, std::optional<UserId> user = {}) {
    return {event, user.value_or(customer), {}, {{stock(type).id, quantity}}, {}};
  }
  Reservation hold(const Reserve& command) { return office.reserve(command).value().reservation; }
  Reservation buy(const Reserve& command) { return office.confirm({hold(command).id, "pay", {}}).value(); }

  /// Nothing is broken, whatever a test did.
  ~Hall() {
    for (const Finding& finding : stores->box_office().verify().value())
      ADD_FAILURE() << finding.invariant << ": " << finding.what;
  }

  FakeClock clock;
  CountingIds ids{clock};
  FakeDirectory directory;
  std::unique_ptr<Stores> stores = memory::make_stores();
  BoxOffice office{stores->box_office(), directory, clock, ids};
  UserId customer = ids.next<UserId>();
  UserId other = ids.next<UserId>();
  EventId event;
  SeatMap map;
};

}  // namespace tiketi::test
