// The core in 40 lines: an event in a small hall, two seats held and paid for.
#include <tiketi/tiketi.hpp>

#include <cstdio>
#include <exception>

int main(int argc, char** argv) try {
  using namespace tiketi;
  // value() throws where there is an error: good enough here. A service looks at error().
  const auto services = open(argc > 1 ? argv[1] : "sqlite:embed.db").value();
  Catalog& catalog = services->catalog();
  BoxOffice& box_office = services->box_office();

  LayoutSection section{.name = "A", .rows = 5, .seats_per_row = 10, .price_minor = 50'000};
  const SeatLayout hall = catalog.add_layout({.name = "Small hall", .sections = {section}}).value();

  const Timestamp now = services->clock().now();
  NewEvent evening;
  evening.event.title = "An evening of songs";
  evening.event.venue = "The old cinema";
  evening.event.sale_start = now;
  evening.event.sale_end = now.plus_ms(7 * day_ms);
  evening.event.event_date = now.plus_ms(8 * day_ms);
  evening.event.layout_id = hall.id;
  const Event event = catalog.create({evening}).front().value();

  // Two seats beside each other, or none. From now on they are nobody else's for five minutes.
  const UserId customer = services->ids().next<UserId>();
  const ReserveBest wish{.event_id = event.id, .user_id = customer, .quantity = 2};
  const Reservation held = box_office.reserve_best(wish).value().reservation;
  const Reservation sold = box_office.confirm({held.id, "receipt 1"}).value();

  for (const ReservationLine& line : sold.lines) std::printf("%s  %s\n", line.label.c_str(), event.title.c_str());
  const auto number = sold.number.text();
  std::printf("%.*s, %lld won\n", int(number.size()), number.data(), static_cast<long long>(sold.total.minor));
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
