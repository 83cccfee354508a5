#pragma once
// Services on the memory store, with a clock that obeys, and an event to sell.

#include "support/fakes.hpp"

#include <gtest/gtest.h>
#include <tiketi/open.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace tiketi::test {

class OpenTest : public testing::Test {
 protected:
  OpenTest() { open_again("memory"); }

  void open_again(std::string_view address) {
    services = nullptr;
    services = tiketi::open(address, {.clock = &clock}).value();
  }

  /// An event that is on sale, with two rows of ten seats, the first of them a house seat, and standing room.
  Event make_event(std::int64_t standing = 100) {
    LayoutSection section{.name = "A", .rows = 2, .seats_per_row = 10, .price_minor = 50'000};
    section.blocked = {{1, 1}};
    const SeatLayout hall = services->catalog().add_layout({.name = "hall", .sections = {section}}).value();
    NewEvent made;
    made.event.title = "An evening of songs";
    made.event.venue = "hall";
    made.event.sale_start = clock.now();
    made.event.sale_end = clock.now().plus_ms(7 * day_ms);
    made.event.event_date = clock.now().plus_ms(8 * day_ms);
    made.event.layout_id = hall.id;
    made.ticket_types = {{.name = "standing", .price = {30'000, krw}, .total_quantity = standing}};
    return services->catalog().create({made}).front().value();
  }

  Reservation hold_two(const Event& event) {
    const ReserveBest wish{.event_id = event.id, .user_id = services->ids().next<UserId>(), .quantity = 2};
    return services->box_office().reserve_best(wish).value().reservation;
  }

  FakeClock clock;
  std::unique_ptr<Services> services;
};

}  // namespace tiketi::test
