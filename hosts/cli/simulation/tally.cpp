#include "simulation/tally.hpp"

#include <algorithm>

namespace tiketi::cli {

void Tally::add_hold(std::int64_t at_us) {
  ++holds;
  const auto second = static_cast<std::size_t>(std::max<std::int64_t>(at_us, 0) / 1'000'000);
  if (holds_by_second.size() <= second) holds_by_second.resize(second + 1);
  ++holds_by_second[second];
}

void Tally::add_sale(const Reservation& sold) {
  ++sales;
  for (const ReservationLine& line : sold.lines) {
    if (line.is_seat()) sold_seats.push_back(line.seat_id);
    else sold_tickets[line.ticket_type_id] += line.quantity;
  }
}

void Tally::merge(const Tally& other) {
  for (std::size_t i = 0; i < endings.size(); ++i) endings[i] += other.endings[i];
  holds += other.holds;
  sales += other.sales;
  unresolved_payments += other.unresolved_payments;
  for (const auto& [code, count] : other.refused) refused[code] += count;
  for (const auto& [code, count] : other.payment_refused) payment_refused[code] += count;
  latencies_us.insert(latencies_us.end(), other.latencies_us.begin(), other.latencies_us.end());
  holds_by_second.resize(std::max(holds_by_second.size(), other.holds_by_second.size()));
  for (std::size_t i = 0; i < other.holds_by_second.size(); ++i) holds_by_second[i] += other.holds_by_second[i];
  last_answer_us = std::max(last_answer_us, other.last_answer_us);
  sold_seats.insert(sold_seats.end(), other.sold_seats.begin(), other.sold_seats.end());
  for (const auto& [type, count] : other.sold_tickets) sold_tickets[type] += count;
}

}  // namespace tiketi::cli
