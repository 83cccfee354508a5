#include "simulation/tally.hpp"

#include <algorithm>

namespace tiketi::cli {
namespace {

template <class T>
void append(std::vector<T>& to, const std::vector<T>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

void add(std::map<Errc, std::int64_t>& to, const std::map<Errc, std::int64_t>& more) {
  for (const auto& [code, count] : more) to[code] += count;
}

}  // namespace

void RoomTally::merge(const RoomTally& other) {
  came_early += other.came_early;
  came_later += other.came_later;
  reloads += other.reloads;
  bots += other.bots;
  asked_by_bots += other.asked_by_bots;
  sold_out_in_line += other.sold_out_in_line;
  intruders += other.intruders;
  places_lost += other.places_lost;
  add(refused, other.refused);
  add(turned_away, other.turned_away);
  append(waits_us, other.waits_us);
  append(told, other.told);
  append(entered_again, other.entered_again);
  append(holders, other.holders);
}

void Tally::add_hold(std::int64_t at_us) {
  ++holds;
  const auto second = static_cast<std::size_t>(std::max<std::int64_t>(at_us, 0) / 1'000'000);
  if (holds_by_second.size() <= second) holds_by_second.resize(second + 1);
  ++holds_by_second[second];
}

void Tally::add_sale(const std::vector<ReservationLine>& lines) {
  ++sales;
  for (const ReservationLine& line : lines) {
    if (line.is_seat()) sold_seats.push_back(line.seat_id);
    else sold_tickets[line.ticket_type_id] += line.quantity;
  }
}

void Tally::merge(const Tally& other) {
  for (std::size_t i = 0; i < endings.size(); ++i) endings[i] += other.endings[i];
  holds += other.holds;
  sales += other.sales;
  unresolved_payments += other.unresolved_payments;
  add(refused, other.refused);
  add(payment_refused, other.payment_refused);
  append(latencies_us, other.latencies_us);
  holds_by_second.resize(std::max(holds_by_second.size(), other.holds_by_second.size()));
  for (std::size_t i = 0; i < other.holds_by_second.size(); ++i) holds_by_second[i] += other.holds_by_second[i];
  last_answer_us = std::max(last_answer_us, other.last_answer_us);
  append(payments_us, other.payments_us);
  append(bills, other.bills);
  append(sold_seats, other.sold_seats);
  for (const auto& [type, count] : other.sold_tickets) sold_tickets[type] += count;
  room.merge(other.room);
}

}  // namespace tiketi::cli
